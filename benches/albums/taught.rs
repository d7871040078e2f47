//! Taught albums beside plain likeness to the mean of the examples.

use std::time::Instant;

use anyhow::Result;
use likeness_cluster::{DEFAULT_CONFIDENCE, Examples, Method, teach};
use likeness_domain::JobContext;

use crate::{Photos, Random, average_precision, dot, mean, ranked};

const DRAWS: u64 = 3;
const BACKGROUND: usize = 600;
/// Answers that a person gives in a round: the surest proposals.
const ANSWERS: usize = 10;
const TIMED_PHOTOS: usize = 100_000;

#[derive(Default)]
struct Table {
    plain: Vec<f64>,
    taught: Vec<f64>,
    /// Proposals, right ones, and all that could have been proposed.
    proposed: usize,
    right: usize,
    members: usize,
    regressions: usize,
    seconds: f64,
}

pub(crate) fn measure(photos: &Photos) -> Result<()> {
    let classes = photos.classes("/caltech/");
    println!(
        "{} photos, {} classes, {DRAWS} draws, {BACKGROUND} random photos as background",
        photos.len(),
        classes.len()
    );
    println!(
        "| examples | AP, plain likeness | AP, taught | classes better / worse | proposals | right | found | regression chosen | s |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for count in [3, 5, 10] {
        let (mut table, mut answered) = (Table::default(), Table::default());
        for members in classes.values() {
            for draw in 0..DRAWS {
                let mut random = Random(draw);
                let yes = random.draw(members, count);
                let no = one_round(photos, &yes, &[], members, &mut random, &mut table)?;
                let (more, refused): (Vec<usize>, Vec<usize>) =
                    no.into_iter().partition(|photo| members.contains(photo));
                let yes = [yes, more].concat();
                if yes.len() < members.len() {
                    one_round(photos, &yes, &refused, members, &mut random, &mut answered)?;
                }
            }
        }
        table.print(&count.to_string(), DRAWS as usize);
        answered.print(&format!("{count} and {ANSWERS} answers"), DRAWS as usize);
    }
    time(photos)
}

/// Teaches once, and measures among all photos that are no examples; the surest are what a person is asked next.
fn one_round(
    photos: &Photos,
    yes: &[usize],
    no: &[usize],
    members: &[usize],
    random: &mut Random,
    table: &mut Table,
) -> Result<Vec<usize>> {
    let others: Vec<usize> =
        (0..photos.len()).filter(|photo| !yes.contains(photo) && !no.contains(photo)).collect();
    let examples = Examples {
        dimension: photos.dimension,
        yes: &photos.rows(yes),
        no: &photos.rows(no),
        background: &photos.rows(&random.draw(&others, BACKGROUND)),
    };
    let started = Instant::now();
    let taught = teach(&JobContext::unattended(), &examples)?;
    table.seconds += started.elapsed().as_secs_f64();
    let confidences = taught.confidences(&photos.vectors)?;
    let mut plain = vec![0.0; photos.dimension];
    for &photo in yes {
        plain.iter_mut().zip(photos.row(photo)).for_each(|(sum, value)| *sum += value);
    }
    let plain: Vec<f32> = (0..photos.len()).map(|photo| dot(&plain, photos.row(photo))).collect();
    let belongs = |photo: usize| members.contains(&photo);
    let by_taught = ranked(&confidences, &others);
    table.plain.push(average_precision(&ranked(&plain, &others), belongs));
    table.taught.push(average_precision(&by_taught, belongs));
    let proposed: Vec<usize> =
        others.iter().copied().filter(|&photo| confidences[photo] >= DEFAULT_CONFIDENCE).collect();
    table.proposed += proposed.len();
    table.right += proposed.iter().filter(|&&photo| belongs(photo)).count();
    table.members += members.len() - yes.len();
    table.regressions += usize::from(taught.method() != Method::NearestMean);
    Ok(by_taught[..ANSWERS].to_vec())
}

impl Table {
    fn print(&self, name: &str, draws: usize) {
        // Draws of one class stand one after the other.
        let by_class = |values: &[f64]| values.chunks(draws).map(mean).collect::<Vec<f64>>();
        let gains: Vec<f64> = by_class(&self.taught)
            .iter()
            .zip(by_class(&self.plain))
            .map(|(taught, plain)| taught - plain)
            .collect();
        let (better, worse) = (
            gains.iter().filter(|&&gain| gain > 0.0).count(),
            gains.iter().filter(|&&gain| gain < 0.0).count(),
        );
        println!(
            "| {name} | {:.3} | {:.3} | {better} / {worse} | {} | {:.3} | {:.3} | {:.2} | {:.3} |",
            mean(&self.plain),
            mean(&self.taught),
            self.proposed,
            self.right as f64 / self.proposed.max(1) as f64,
            self.right as f64 / self.members.max(1) as f64,
            self.regressions as f64 / self.taught.len().max(1) as f64,
            self.seconds / self.taught.len().max(1) as f64,
        );
    }
}

fn time(photos: &Photos) -> Result<()> {
    let mut random = Random(0);
    let all: Vec<usize> = (0..photos.len()).collect();
    let drawn = random.draw(&all, BACKGROUND + 10);
    let (yes, background) = drawn.split_at(10);
    let examples = Examples {
        dimension: photos.dimension,
        yes: &photos.rows(yes),
        no: &[],
        background: &photos.rows(background),
    };
    let taught = teach(&JobContext::unattended(), &examples)?;
    let many: Vec<usize> = (0..TIMED_PHOTOS).map(|at| at % photos.len()).collect();
    let many = photos.rows(&many);
    let mut times: Vec<f64> = Vec::new();
    for _ in 0..9 {
        let started = Instant::now();
        taught.confidences(&many)?;
        times.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    println!("\n{TIMED_PHOTOS} photos scored in {:.0} ms (best {:.0})", times[4], times[0]);
    Ok(())
}
