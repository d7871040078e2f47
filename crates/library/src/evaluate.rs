//! How well a model looks, measured on a folder whose sub-folders are classes.

use std::num::NonZero;
use std::path::{Path, PathBuf};

use likeness_cluster::{kmeans, measure_retrieval, normalized_mutual_information, purity};
use likeness_decode::DecodePool;
use likeness_domain::JobContext;
use likeness_embed::Model;

use crate::Error;
use crate::embed_files::{EmbeddedFile, embed_files, picture_files};

/// Figures of one evaluation, each 0 to 1 and better when higher.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// Pictures that were looked at.
    pub images: usize,
    /// Sub-folders with at least one of them.
    pub classes: usize,
    /// Share of the nearest 1, 5 and 10 pictures that are of the same class, the query left out.
    pub precision_at_1: f64,
    /// See above.
    pub precision_at_5: f64,
    /// See above.
    pub precision_at_10: f64,
    /// Mean average precision over the whole ranking, the query left out.
    pub map: f64,
    /// Share of pictures in a cluster mostly of their class; KMeans with as many clusters as classes.
    pub purity: f64,
    /// Normalised mutual information of the same clusters and the classes.
    pub nmi: f64,
    /// Files that could not be read, each with its reason.
    pub unread: Vec<EmbeddedFile>,
}

const SEED: u64 = 0;

/// Looks at every picture below `folder` and compares what looks alike with what lies together.
///
/// # Errors
/// When there are fewer than two classes, the folder cannot be read, or the job is cancelled.
pub fn evaluate(
    ctx: &JobContext,
    decoders: &DecodePool,
    model: &dyn Model,
    folder: &Path,
) -> Result<Evaluation, Error> {
    let files = picture_files(ctx, folder)?;
    let embedded = embed_files(ctx, decoders, model, &files)?;
    let mut names: Vec<PathBuf> = Vec::new();
    let mut labels = Vec::new();
    let mut vectors = Vec::new();
    for file in &embedded {
        let (Ok(embedding), Some(class)) = (&file.embedding, class_of(folder, &file.path)) else { continue };
        let label = names.iter().position(|name| name == class).unwrap_or_else(|| {
            names.push(class.to_path_buf());
            names.len() - 1
        });
        labels.push(label);
        vectors.extend_from_slice(embedding.values());
    }
    let dimension = model.tag().dimension();
    let classes = NonZero::new(names.len())
        .filter(|classes| classes.get() >= 2)
        .ok_or_else(|| Error::TooFewClasses(folder.to_path_buf()))?;
    let clusters = kmeans(ctx, &vectors, dimension, classes, SEED)?;
    let retrieval = measure_retrieval(&vectors, dimension, &labels, &[1, 5, 10])?;
    Ok(Evaluation {
        images: labels.len(),
        classes: classes.get(),
        precision_at_1: retrieval.precision_at[0],
        precision_at_5: retrieval.precision_at[1],
        precision_at_10: retrieval.precision_at[2],
        map: retrieval.mean_average_precision,
        purity: purity(&clusters.assignment, &labels),
        nmi: normalized_mutual_information(&clusters.assignment, &labels),
        unread: embedded.into_iter().filter(|file| file.embedding.is_err()).collect(),
    })
}

/// The sub-folder of `folder` that a file lies in, at any depth; `None` for files directly in it.
fn class_of<'a>(folder: &Path, file: &'a Path) -> Option<&'a Path> {
    let below = file.strip_prefix(folder).ok()?;
    let mut parts = below.components();
    let class = parts.next()?;
    parts.next()?;
    Some(Path::new(class.as_os_str()))
}
