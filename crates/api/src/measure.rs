//! What the command line runs without a library: embeddings into a file, and how well a model looks.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use likeness_domain::ModelTag;
use likeness_library::{EmbeddedFile, Error, Model, builtin, decoders, embed_files, evaluate, picture_files};

use crate::failure::{self, Words};
use crate::lines::{EmbedLine, EvalLine, ProblemLine};
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
    /// The `.npy` file to write; the names of its rows go beside it, as `.npy.txt`.
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
    let model = builtin_model(target.model.as_deref())?;
    let mut files = Vec::new();
    for source in &target.sources {
        files.extend(picture_files(&job.0, source).in_words()?);
    }
    if let Some(Shard { index, count }) = target.shard {
        files = files.into_iter().skip(index - 1).step_by(count).collect();
    }
    let embedded = embed_files(&job.0, &decoders().in_words()?, model.as_ref(), &files).in_words()?;
    let rows: Vec<(&Path, &[f32])> = embedded
        .iter()
        .filter_map(|file| Some((file.path.as_path(), file.embedding.as_ref().ok()?.values())))
        .collect();
    write_npy(&target.out, &rows, model.tag().dimension())
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

/// Measures how well the model looks at a folder whose sub-folders are classes. Says which pictures could not be read.
///
/// # Errors
/// When there are fewer than two classes.
pub fn eval(job: &Job, folder: &Path) -> Result<(EvalLine, Vec<ProblemLine>), Failure> {
    let model = builtin_model(None)?;
    let figures = evaluate(&job.0, &decoders().in_words()?, model.as_ref(), folder).in_words()?;
    let problems = problem_lines(&figures.unread);
    let line = EvalLine {
        images: figures.images,
        classes: figures.classes,
        p_at_1: figures.precision_at_1,
        p_at_5: figures.precision_at_5,
        p_at_10: figures.precision_at_10,
        map: figures.map,
        purity: figures.purity,
        nmi: figures.nmi,
        problems: problems.len(),
    };
    Ok((line, problems))
}

fn problem_lines(files: &[EmbeddedFile]) -> Vec<ProblemLine> {
    let line = |file: &EmbeddedFile| {
        let problem = file.embedding.as_ref().err()?;
        let path = file.path.display().to_string();
        Some(ProblemLine { path, stage: problem.stage.word(), reason: problem.reason.clone() })
    };
    files.iter().filter_map(line).collect()
}

fn builtin_model(asked: Option<&str>) -> Result<Arc<dyn Model>, Failure> {
    let model = builtin().map_err(|error| Error::NoModel(error.to_string())).in_words()?;
    check_model(asked, model.tag())?;
    Ok(model)
}

/// NumPy's format 1.0, little-endian f32 in C order; the rows' files go beside it, one per line.
fn write_npy(out: &Path, rows: &[(&Path, &[f32])], dimension: usize) -> std::io::Result<()> {
    let mut header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {dimension}), }}", rows.len());
    // Magic, version and length take 10 bytes; the whole is padded to a multiple of 64 and ends with a line feed.
    let padding = 63 - (10 + header.len()) % 64;
    header.extend(std::iter::repeat_n(' ', padding));
    header.push('\n');
    let mut file = BufWriter::new(File::create(out)?);
    file.write_all(b"\x93NUMPY\x01\x00")?;
    file.write_all(&(header.len() as u16).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    for (_, values) in rows {
        for value in *values {
            file.write_all(&value.to_le_bytes())?;
        }
    }
    file.flush()?;
    let mut names = BufWriter::new(File::create(out.with_extension("npy.txt"))?);
    for (path, _) in rows {
        writeln!(names, "{}", path.display())?;
    }
    names.flush()
}

pub(crate) fn check_model(asked: Option<&str>, tag: &ModelTag) -> Result<(), Failure> {
    match asked {
        Some(asked) if asked != tag.as_str() => Err(failure::wrong_usage(
            format!("there is no model {asked}"),
            format!("The model in use is {tag}."),
        )),
        _ => Ok(()),
    }
}
