//! The page that `eval --report` writes: one file, with its pictures inside, that any browser shows.

use std::fmt::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::lines::{ClassLine, ConfusedLine, CopyLine, EvalLine};

/// Pixels in the long side of the pictures on the page.
pub(crate) const THUMBNAIL_SIDE: u32 = 240;

const STYLE: &str = ":root{color-scheme:light dark;font:14px/1.5 system-ui,sans-serif}\
body{max-width:60rem;margin:2rem auto;padding:0 1rem}h2{margin-top:2.5rem}\
table{border-collapse:collapse}td,th{padding:.25rem 1rem .25rem 0;text-align:left}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}tr+tr{border-top:1px solid #8883}\
.pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:2rem}\
.pair{display:grid;grid-template-columns:1fr 1fr;gap:.5rem}figure{margin:0}\
img{width:100%;height:9rem;object-fit:contain;background:#8882;border-radius:4px}\
figcaption{font-size:12px;overflow-wrap:anywhere}.pair p{grid-column:1/-1;margin:0}";

/// The page about `line`; `thumbnail` gives a picture's JPEG, or nothing when it cannot be read any more.
pub(crate) fn page(folder: &Path, line: &EvalLine, thumbnail: impl Fn(&Path) -> Option<Vec<u8>>) -> String {
    let title = escaped(&format!("How Likeness sees {}", folder.display()));
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style><h1>{title}</h1>\
         <p>{} pictures, by the model {}.</p>",
        line.images,
        escaped(&line.model)
    );
    let mut tell = |part: String| html.push_str(&part);
    if let Some(measured) = &line.measured {
        tell("<h2>Figures</h2>".to_owned());
        let mut rows = vec![("This model", measured.figures)];
        rows.extend(line.against.map(|figures| ("The other vectors", figures)));
        tell(table(
            &["", "precision@1", "@5", "@10", "mAP"],
            rows.iter().map(|(name, f)| {
                let figures = [f.p_at_1, f.p_at_5, f.p_at_10, f.map].map(|figure| format!("{figure:.3}"));
                std::iter::once((*name).to_owned()).chain(figures).collect()
            }),
        ));
        tell(format!("<p>Clusters: purity {:.3}, NMI {:.3}.</p>", measured.purity, measured.nmi));
        tell("<h2>Classes, the hardest first</h2>".to_owned());
        tell(table(
            &["class", "pictures", "precision@1", "@10", "mAP"],
            measured.per_class.iter().map(class_row),
        ));
    }
    if let Some(copies) = &line.copies {
        tell("<h2>Copies: is the original the nearest of all?</h2>".to_owned());
        tell(table(&["change", "", "photos", "recall@1", "distance"], copies.iter().map(copy_row)));
    }
    if let Some(measured) = line.measured.as_ref().filter(|measured| !measured.confused.is_empty()) {
        tell("<h2>Different classes that look most alike</h2><div class=\"pairs\">".to_owned());
        measured.confused.iter().for_each(|pair| tell(confused(pair, &thumbnail)));
        tell("</div>".to_owned());
    }
    html.push_str("</html>\n");
    html
}

fn class_row(line: &ClassLine) -> Vec<String> {
    let figures =
        [line.figures.p_at_1, line.figures.p_at_10, line.figures.map].map(|figure| format!("{figure:.3}"));
    [line.class.clone(), line.images.to_string()].into_iter().chain(figures).collect()
}

fn copy_row(line: &CopyLine) -> Vec<String> {
    vec![
        line.change.to_owned(),
        line.strength.to_owned(),
        line.queries.to_string(),
        format!("{:.3}", line.recall_at_1),
        format!("{:.3}", line.median_distance),
    ]
}

/// The first column is text, the others stand to the right.
fn table(heading: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut html = "<table>".to_owned();
    let mut row = |tag: &str, cells: &[String]| {
        html.push_str("<tr>");
        for (column, cell) in cells.iter().enumerate() {
            let class = if column == 0 { "" } else { " class=\"n\"" };
            write!(html, "<{tag}{class}>{}</{tag}>", escaped(cell)).expect("writing to a string");
        }
        html.push_str("</tr>");
    };
    row("th", &heading.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>());
    rows.for_each(|cells| row("td", &cells));
    html + "</table>"
}

fn confused(pair: &ConfusedLine, thumbnail: &impl Fn(&Path) -> Option<Vec<u8>>) -> String {
    let picture = |path: &str, class: &str| {
        let jpeg = thumbnail(Path::new(path)).unwrap_or_default();
        let name = Path::new(path).file_name().unwrap_or_default().display().to_string();
        format!(
            "<figure><img alt=\"{0}\" src=\"data:image/jpeg;base64,{1}\"><figcaption>{2} · {0}</figcaption></figure>",
            escaped(&name),
            STANDARD.encode(jpeg),
            escaped(class)
        )
    };
    format!(
        "<div class=\"pair\">{}{}<p>distance {:.3}</p></div>",
        picture(&pair.a, &pair.class_a),
        picture(&pair.b, &pair.class_b),
        pair.distance
    )
}

/// Names are text, whatever is in them.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use crate::lines::{ClassesLine, FiguresLine};

    use super::*;

    #[test]
    fn names_are_text_and_pictures_lie_inside() {
        let figures = FiguresLine { p_at_1: 1.0, p_at_5: 0.5, p_at_10: 0.25, map: 0.125 };
        let confused = ConfusedLine {
            a: "/f/a/<b>.jpg".into(),
            class_a: "a & b".into(),
            b: "/f/b/2.jpg".into(),
            class_b: "c".into(),
            distance: 0.25,
        };
        let line = EvalLine {
            images: 3,
            model: "m".into(),
            measured: Some(ClassesLine {
                classes: 1,
                figures,
                purity: 0.5,
                nmi: 0.75,
                per_class: vec![ClassLine { class: "a & b".into(), images: 3, figures }],
                confused: vec![confused],
            }),
            against: Some(figures),
            copies: None,
            problems: 0,
        };
        let html = page(Path::new("/f"), &line, |_| Some(vec![0xff, 0xd8]));
        assert!(html.contains("&lt;b&gt;.jpg") && !html.contains("<b>"), "{html}");
        assert!(
            html.contains("a &amp; b") && html.contains("base64,/9g=") && html.contains("0.125"),
            "{html}"
        );
        assert!(!html.contains("http"), "nothing is loaded from elsewhere");
    }
}
