//! `embed`: embeddings of files without a library, into a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use likeness_domain::ModelTag;
use likeness_library::{EmbeddedFile, Error, Model, builtin, decoders, embed_files, picture_files};

use crate::failure::{self, Words};
use crate::lines::{EmbedLine, ProblemLine};
use crate::numpy;
use crate::session::Job;
use crate::wire::Failure;

/// One of several processes that share the work of `embed`: the `index`th of `count`, from 1.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Shard {
    pub index: usize,
    pub count: usize,
}

/// What `embed` reads and writes.
#[derive(Debug, Clone)]
pub struct EmbedTarget {
    /// Files and folders.
    pub sources: Vec<PathBuf>,
    /// The `.npy` file to write; the names of its rows go beside it, as `.npy.txt`. Where `sources` is one folder they are
    /// relative to it.
    pub out: PathBuf,
    /// Only this share of the files.
    pub shard: Option<Shard>,
    /// Only with this model.
    pub model: Option<String>,
}

/// Embeds pictures without a library, into a `.npy` file of one row per picture. Says which could not be read.
///
/// # Errors
/// When a source cannot be listed, nothing can be read, or `out` cannot be written.
pub fn embed(job: &Job, target: &EmbedTarget) -> Result<(EmbedLine, Vec<ProblemLine>), Failure> {
    let started = Instant::now();
    if target.out.extension().is_none_or(|extension| extension != "npy") {
        return Err(failure::wrong_usage(
            format!("{} is not named as a NumPy file", target.out.display()),
            "Let the name end with .npy.",
        ));
    }
    failure::check_place(&target.out)?;
    let model = builtin_model(target.model.as_deref())?;
    let mut files = Vec::new();
    for source in &target.sources {
        files.extend(picture_files(&job.0, source).in_words()?);
    }
    if let Some(Shard { index, count }) = target.shard {
        files = files.into_iter().skip(index - 1).step_by(count).collect();
    }
    let embedded = embed_files(&job.0, &decoders().in_words()?, model.as_ref(), &files).in_words()?;
    let rows: Vec<(String, &[f32])> = embedded
        .iter()
        .filter_map(|file| {
            Some((row_name(&file.path, &target.sources), file.embedding.as_ref().ok()?.values()))
        })
        .collect();
    numpy::write(&target.out, &rows, model.tag().dimension())
        .map_err(|error| failure::unwritable(&target.out, &error))?;
    let seconds = started.elapsed().as_secs_f64();
    let problems = problem_lines(&embedded);
    let line = EmbedLine {
        images: rows.len(),
        problems: problems.len(),
        dimension: model.tag().dimension(),
        model: model.tag().to_string(),
        seconds,
        images_per_second: rows.len() as f64 / seconds,
    };
    Ok((line, problems))
}

fn row_name(file: &Path, sources: &[PathBuf]) -> String {
    let below = match sources {
        [folder] => file.strip_prefix(folder).ok().filter(|below| !below.as_os_str().is_empty()),
        _ => None,
    };
    numpy::name_of(below.unwrap_or(file))
}

pub(crate) fn problem_lines(files: &[EmbeddedFile]) -> Vec<ProblemLine> {
    let line = |file: &EmbeddedFile| {
        let problem = file.embedding.as_ref().err()?;
        let path = file.path.display().to_string();
        Some(ProblemLine { path, stage: problem.stage.word(), reason: problem.reason.clone() })
    };
    files.iter().filter_map(line).collect()
}

pub(crate) fn builtin_model(asked: Option<&str>) -> Result<Arc<dyn Model>, Failure> {
    let found = |asked| builtin(asked).map_err(|error| Error::NoModel(error.to_string())).in_words();
    match found(asked)? {
        Some(model) => Ok(model),
        None => {
            let quickest = found(None)?.expect("a form when none is asked for");
            Err(failure::unknown_model(asked.unwrap_or_default(), quickest.tag()))
        }
    }
}

pub(crate) fn check_model(asked: Option<&str>, tag: &ModelTag) -> Result<(), Failure> {
    match asked {
        Some(asked) if asked != tag.as_str() => Err(failure::unknown_model(asked, tag)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_relative_to_the_one_folder_given() {
        let name = |file: &str, sources: &[&str]| {
            row_name(Path::new(file), &sources.iter().map(PathBuf::from).collect::<Vec<_>>())
        };
        assert_eq!(name("/p/a/1.jpg", &["/p/"]), "a/1.jpg");
        assert_eq!(name("./1.jpg", &["."]), "1.jpg");
        assert_eq!(name("p/1.jpg", &["p", "q"]), "p/1.jpg");
        assert_eq!(name("p/1.jpg", &["p/1.jpg"]), "p/1.jpg", "a file is named as it was given");
    }
}
