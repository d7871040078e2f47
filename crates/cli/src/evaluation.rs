//! What `eval` says to people.

use std::fmt::Write;

use likeness_api::lines::{ClassesLine, CopyLine, EvalLine, FiguresLine};

use crate::output::printable;

/// Tables, the hardest classes first.
pub fn evaluation(line: &EvalLine) -> String {
    let mut text = format!("{} pictures, by {}", line.images, line.model);
    if let Some(measured) = &line.measured {
        text.push_str(&classes(measured, line.against.as_ref()));
    }
    if let Some(lines) = &line.copies {
        text.push_str(&copies(lines));
    }
    text
}

fn classes(measured: &ClassesLine, against: Option<&FiguresLine>) -> String {
    let mut text = format!(" in {} classes\n\n", measured.classes);
    let row = |text: &mut String, name: &str, f: &FiguresLine| {
        let name = printable(name);
        writeln!(text, "{name:<32}{:>7.3}{:>7.3}{:>7.3}{:>7.3}", f.p_at_1, f.p_at_5, f.p_at_10, f.map)
            .expect("writing to a string");
    };
    writeln!(text, "{:<32}{:>7}{:>7}{:>7}{:>7}", "precision", "@1", "@5", "@10", "mAP")
        .expect("writing to a string");
    row(&mut text, "all", &measured.figures);
    if let Some(against) = against {
        row(&mut text, "all, the other vectors", against);
    }
    measured.per_class.iter().for_each(|class| row(&mut text, &class.class, &class.figures));
    write!(text, "\nclusters: purity {:.3}, NMI {:.3}", measured.purity, measured.nmi)
        .expect("writing to a string");
    text
}

fn copies(lines: &[CopyLine]) -> String {
    let mut text = format!("\n\n{:<36}{:>8}{:>10}{:>10}\n", "copies", "", "recall@1", "distance");
    for line in lines {
        writeln!(
            text,
            "{:<36}{:>8}{:>10.3}{:>10.3}",
            line.change, line.strength, line.recall_at_1, line.median_distance
        )
        .expect("writing to a string");
    }
    text.trim_end().to_owned()
}
