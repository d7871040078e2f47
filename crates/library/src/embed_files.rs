//! Embeddings of picture files, without a library: for `embed`, for `eval`, and for photos that wait for theirs.

use std::path::{Path, PathBuf};

use likeness_decode::{DecodeError, DecodePool, Worker};
use likeness_domain::{Embedding, FileKind, JobContext, Pixels, Problem, RelativePath, Stage};
use likeness_embed::Model;
use likeness_scan::{SkippedPlaces, find_files};

use crate::Error;
use crate::all_cores::on_all_cores;

/// A file and what the model sees in it.
#[derive(Debug, Clone)]
pub struct EmbeddedFile {
    /// The file.
    pub path: PathBuf,
    /// The embedding, or why there is none.
    pub embedding: Result<Embedding, Problem>,
}

/// Pictures embedded at a time.
const BATCH: usize = 8;

/// The embeddings of `files`, in their order, on all cores.
///
/// # Errors
/// When the job is cancelled. Files that cannot be read say so one by one.
pub fn embed_files(
    ctx: &JobContext,
    decoders: &DecodePool,
    model: &dyn Model,
    files: &[PathBuf],
) -> Result<Vec<EmbeddedFile>, Error> {
    embed_read(ctx, decoders, model, files, |worker, file| {
        worker.picture(&files[file], model.input_short_side(), None)
    })
}

/// The same for files whose pixels `read` gets, given a worker and the place of the file in `files`.
pub(crate) fn embed_read(
    ctx: &JobContext,
    decoders: &DecodePool,
    model: &dyn Model,
    files: &[PathBuf],
    read: impl Fn(&mut Worker, usize) -> Result<Pixels, DecodeError> + Sync,
) -> Result<Vec<EmbeddedFile>, Error> {
    on_all_cores(ctx, decoders, Stage::Embed, files.len(), BATCH, |worker, batch| {
        let pixels = batch.clone().map(|file| read(worker, file)).collect();
        embed_batch(model, &files[batch], pixels)
    })
}

fn embed_batch(
    model: &dyn Model,
    files: &[PathBuf],
    pixels: Vec<Result<Pixels, DecodeError>>,
) -> Vec<EmbeddedFile> {
    let mut problems = Vec::with_capacity(files.len());
    let mut pictures = Vec::with_capacity(files.len());
    for pixels in pixels {
        match pixels {
            Ok(pixels) => {
                pictures.push(model.prepare(&pixels));
                problems.push(None);
            }
            Err(error) => problems.push(Some(error.problem())),
        }
    }
    let mut embeddings = model.embed(&pictures).into_iter();
    files
        .iter()
        .zip(problems)
        .map(|(path, problem)| {
            let embedding = match problem {
                Some(problem) => Err(problem),
                None => embeddings
                    .next()
                    .expect("a model answers for every picture")
                    .map_err(|error| Problem::new(Stage::Embed, error.to_string())),
            };
            EmbeddedFile { path: path.clone(), embedding }
        })
        .collect()
}

/// Every picture file below `folder`, by name, in order; `folder` may also be one file.
///
/// # Errors
/// When the folder cannot be read, or the job is cancelled.
pub fn picture_files(ctx: &JobContext, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    if folder.is_file() {
        return Ok(vec![folder.to_path_buf()]);
    }
    let no_folder = |source| Error::NoFolder { path: folder.to_path_buf(), source: Some(source) };
    std::fs::read_dir(folder).map_err(no_folder)?;
    let found = find_files(ctx, folder, &RelativePath::ROOT, &SkippedPlaces::default(), &|_, _| None)?;
    let mut files: Vec<PathBuf> = found
        .files
        .iter()
        .filter(|file| file.kind == FileKind::Picture)
        .map(|file| file.path.below(folder))
        .collect();
    files.sort_unstable();
    Ok(files)
}
