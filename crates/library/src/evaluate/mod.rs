//! How well a model looks, measured on a folder whose sub-folders are classes, and on copies of photos.

mod changes;
mod copies;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use likeness_cluster::{Retrieval, kmeans, measure_retrieval, normalized_mutual_information, purity};
use likeness_domain::JobContext;

pub use changes::Strength;
pub use copies::{CopyFigures, CopyPhotos, measure_copies};

use crate::Error;

/// Figures of one evaluation, each 0 to 1 and better when higher. The query is always left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Share of the nearest 1, 5 and 10 pictures that are of the same class.
    pub precision_at_1: f64,
    /// See above.
    pub precision_at_5: f64,
    /// See above.
    pub precision_at_10: f64,
    /// Mean average precision over the whole ranking.
    pub map: f64,
}

/// What came of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassFigures {
    /// The sub-folder.
    pub class: String,
    /// Its pictures.
    pub images: usize,
    /// Means over its pictures as queries.
    pub figures: Figures,
}

/// Two pictures of different classes that look more alike than they should.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfusedPair {
    /// The two, by their places among the pictures.
    pub pictures: [usize; 2],
    /// Their cosine distance.
    pub distance: f32,
}

/// How well vectors agree with classes.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Over all pictures.
    pub figures: Figures,
    /// Sub-folders with at least one picture.
    pub class_count: usize,
    /// By class, the worst first; those of one picture are left out.
    pub classes: Vec<ClassFigures>,
    /// Share of pictures in a cluster mostly of their class; KMeans with as many clusters as classes.
    pub purity: f64,
    /// Normalised mutual information of the same clusters and the classes.
    pub nmi: f64,
    /// The nearest pairs of different classes, nearest first, at most [`MOST_CONFUSED`].
    pub confused: Vec<ConfusedPair>,
}

/// As many as a person looks through.
pub const MOST_CONFUSED: usize = 40;
const SEED: u64 = 0;
const DEPTHS: [usize; 3] = [1, 5, 10];

/// Compares what looks alike with what lies together: `vectors` holds a unit vector of `dimension` numbers for each of
/// `files`, whose class is the sub-folder of `folder` that it lies in. Files directly in `folder` belong to no class.
///
/// # Errors
/// When there are fewer than two classes, the vectors do not fit the files, or the job is cancelled.
pub fn evaluate(
    ctx: &JobContext,
    folder: &Path,
    files: &[&Path],
    vectors: &[f32],
    dimension: usize,
) -> Result<Evaluation, Error> {
    let mut names: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut labelled = Vec::with_capacity(files.len());
    for (file, path) in files.iter().enumerate() {
        if let Some(class) = class_of(folder, path) {
            let next = names.len();
            labelled.push((file, *names.entry(class.to_path_buf()).or_insert(next)));
        }
    }
    let count = NonZero::new(names.len())
        .filter(|classes| classes.get() >= 2)
        .ok_or_else(|| Error::TooFewClasses(folder.to_path_buf()))?;
    let vectors: Vec<f32> = labelled
        .iter()
        .flat_map(|(file, _)| &vectors[file * dimension..(file + 1) * dimension])
        .copied()
        .collect();
    let labels: Vec<usize> = labelled.iter().map(|(_, label)| *label).collect();
    let clusters = kmeans(ctx, &vectors, dimension, count, SEED)?;
    let retrieval = measure_retrieval(ctx, &vectors, dimension, &labels, &DEPTHS)?;

    let mut classes: Vec<ClassFigures> = names
        .iter()
        .map(|(class, label)| ClassFigures {
            class: class.display().to_string(),
            images: labels.iter().filter(|of| *of == label).count(),
            figures: figures(&retrieval, |row| labels[row] == *label),
        })
        .filter(|class| class.images > 1)
        .collect();
    classes.sort_by(|a, b| a.figures.precision_at_10.total_cmp(&b.figures.precision_at_10));
    Ok(Evaluation {
        figures: figures(&retrieval, |_| true),
        class_count: count.get(),
        classes,
        purity: purity(&clusters.assignment, &labels),
        nmi: normalized_mutual_information(&clusters.assignment, &labels),
        confused: confused(&retrieval, |row| labelled[row].0),
    })
}

fn figures(retrieval: &Retrieval, rows: impl Fn(usize) -> bool) -> Figures {
    Figures {
        precision_at_1: retrieval.precision_at(0, &rows),
        precision_at_5: retrieval.precision_at(1, &rows),
        precision_at_10: retrieval.precision_at(2, &rows),
        map: retrieval.mean_average_precision(&rows),
    }
}

/// Each query's nearest picture of another class; a pair that both name counts once.
fn confused(retrieval: &Retrieval, picture: impl Fn(usize) -> usize) -> Vec<ConfusedPair> {
    let pair = |query: &likeness_cluster::RankedQuery| {
        let (other, cosine) = query.nearest_other?;
        let (a, b) = (picture(query.row), picture(other));
        Some(ConfusedPair { pictures: [a.min(b), a.max(b)], distance: 1.0 - cosine })
    };
    let mut pairs: Vec<ConfusedPair> = retrieval.queries.iter().filter_map(pair).collect();
    pairs.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.pictures.cmp(&b.pictures)));
    pairs.dedup_by_key(|pair| pair.pictures);
    pairs.truncate(MOST_CONFUSED);
    pairs
}

/// The sub-folder of `folder` that a file lies in, at any depth; `None` for files directly in it.
pub fn class_of<'a>(folder: &Path, file: &'a Path) -> Option<&'a Path> {
    let below = file.strip_prefix(folder).ok()?;
    let mut parts = below.components();
    let class = parts.next()?;
    parts.next()?;
    Some(Path::new(class.as_os_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_measured_apart_and_the_nearest_strangers_named() {
        let files = ["/f/a/1", "/f/a/2", "/f/b/1", "/f/b/2", "/f/loose"].map(Path::new);
        // Degrees 0, 10, 40, 80; the loose one is left out, however near it is.
        let vectors: Vec<f32> = [0f32, 10.0, 40.0, 80.0, 5.0]
            .iter()
            .flat_map(|angle| [angle.to_radians().cos(), angle.to_radians().sin()])
            .collect();
        let context = JobContext::unattended();
        let found = evaluate(&context, Path::new("/f"), &files, &vectors, 2).expect("two classes");
        assert_eq!(found.figures.precision_at_1, 0.75);
        let classes: Vec<(&str, f64)> =
            found.classes.iter().map(|class| (&*class.class, class.figures.precision_at_1)).collect();
        assert_eq!(classes, [("a", 1.0), ("b", 0.5)], "equal at 10, so by name");
        assert_eq!(found.confused[0].pictures, [1, 2]);
        assert!((found.confused[0].distance - (1.0 - 30f32.to_radians().cos())).abs() < 1e-6);
        let one_class = evaluate(&context, Path::new("/f/a"), &files[..2], &vectors[..4], 2);
        assert!(matches!(one_class, Err(Error::TooFewClasses(_))));
    }
}
