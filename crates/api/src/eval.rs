//! `eval`: how well the built-in model looks at a folder, and how well other vectors of the same pictures do.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use likeness_domain::JobContext;
use likeness_library::{
    ClassFigures, CopyFigures, CopyPhotos, DecodePool, EmbeddedFile, Error, Evaluation, Figures, Model,
    Strength, class_of, decoders, embed_files, evaluate, measure_copies, picture_files,
};

use crate::embed::{builtin_model, problem_lines};
use crate::failure::{self, Words};
use crate::lines::{ClassLine, ClassesLine, ConfusedLine, CopyLine, EvalLine, FiguresLine, ProblemLine};
use crate::session::Job;
use crate::wire::Failure;
use crate::{numpy, report};

/// What `eval` measures.
#[derive(Debug, Clone)]
pub struct EvalTarget {
    /// Pictures, in a sub-folder for each class.
    pub folder: PathBuf,
    /// Other vectors of the same pictures, as `embed` writes them: measured beside.
    pub against: Option<PathBuf>,
    /// Also whether copies of photos are found.
    pub copies: bool,
    /// More photos that copies are looked for among.
    pub distractors: Option<PathBuf>,
    /// A page to write for people: tables, and the pairs of pictures that the model confuses.
    pub report: Option<PathBuf>,
}

/// Measures. Says which pictures could not be read.
///
/// # Errors
/// When there are fewer than two classes and copies are not asked for, `against` does not fit, or the report cannot be
/// written.
pub fn eval(job: &Job, target: &EvalTarget) -> Result<(EvalLine, Vec<ProblemLine>), Failure> {
    if let Some(page) = &target.report {
        failure::check_place(page)?;
    }
    let against = target.against.as_deref();
    let against = against.map(|npy| OtherVectors::read(npy, &target.folder)).transpose()?;
    let model = builtin_model(None)?;
    let decoders = decoders().in_words()?;
    let (ctx, dimension) = (&job.0, model.tag().dimension());
    let embedded = embedded_below(ctx, &decoders, model.as_ref(), &target.folder)?;
    let mut problems = problem_lines(&embedded);
    let files: Vec<&Path> =
        embedded.iter().filter(|file| file.embedding.is_ok()).map(|file| file.path.as_path()).collect();
    if files.is_empty() {
        return Err(failure::no_pictures(&target.folder));
    }
    let vectors: Vec<f32> = embedded
        .iter()
        .filter_map(|file| file.embedding.as_ref().ok())
        .flat_map(|e| e.values())
        .copied()
        .collect();

    let classes = match evaluate(ctx, &target.folder, &files, &vectors, dimension) {
        Err(Error::TooFewClasses(_)) if target.copies => None,
        measured => Some(measured.in_words()?),
    };
    let against = match against {
        None => None,
        Some(other) => {
            let vectors = other.of(&files)?;
            Some(evaluate(ctx, &target.folder, &files, &vectors, other.rows.dimension).in_words()?)
        }
    };
    let copies = if target.copies {
        let distractors = match &target.distractors {
            Some(folder) => embedded_below(ctx, &decoders, model.as_ref(), folder)?,
            None => Vec::new(),
        };
        problems.extend(problem_lines(&distractors));
        let among = CopyPhotos { photos: &embedded, distractors: &distractors };
        Some(measure_copies(ctx, &decoders, model.as_ref(), &among).in_words()?)
    } else {
        None
    };
    let line = EvalLine {
        images: files.len(),
        model: model.tag().to_string(),
        measured: classes.as_ref().map(|measured| classes_line(measured, &target.folder, &files)),
        against: against.as_ref().map(|measured| figures_line(measured.figures)),
        copies: copies.as_deref().map(|copies| copies.iter().map(copy_line).collect()),
        problems: problems.len(),
    };
    if let Some(page) = &target.report {
        let thumbnail = |path: &Path| decoders.worker().screen_picture(path, report::THUMBNAIL_SIDE).ok();
        std::fs::write(page, report::page(&target.folder, &line, thumbnail))
            .map_err(|error| failure::unwritable(page, &error))?;
    }
    Ok((line, problems))
}

fn embedded_below(
    ctx: &JobContext,
    decoders: &DecodePool,
    model: &dyn Model,
    folder: &Path,
) -> Result<Vec<EmbeddedFile>, Failure> {
    let files = picture_files(ctx, folder).in_words()?;
    embed_files(ctx, decoders, model, &files).in_words()
}

/// The vectors of a NumPy file, each of length 1.
struct OtherVectors<'t> {
    npy: &'t Path,
    folder: &'t Path,
    rows: numpy::Rows,
}

impl<'t> OtherVectors<'t> {
    fn read(npy: &'t Path, folder: &'t Path) -> Result<Self, Failure> {
        let mut rows = numpy::read(npy).map_err(|error| failure::no_vectors(npy, &error))?;
        for row in rows.values.chunks_exact_mut(rows.dimension) {
            let length = row.iter().map(|value| value * value).sum::<f32>().sqrt();
            if length == 0.0 || !length.is_finite() {
                return Err(failure::misfit(npy, folder, "it has a row without direction"));
            }
            row.iter_mut().for_each(|value| *value /= length);
        }
        Ok(Self { npy, folder, rows })
    }

    /// Those that stand for `files`: by the names beside the file, or in the same order.
    fn of(&self, files: &[&Path]) -> Result<Vec<f32>, Failure> {
        let Self { npy, folder, rows: numpy::Rows { values, dimension, names } } = self;
        let does_not_fit = |what: &str| failure::misfit(npy, folder, what);
        let Some(names) = names else {
            let count = values.len() / dimension;
            return if count == files.len() {
                Ok(values.clone())
            } else {
                Err(does_not_fit(&format!("{count} rows for {} pictures", files.len())))
            };
        };
        let places: HashMap<&str, usize> =
            names.iter().enumerate().map(|(place, name)| (&**name, place)).collect();
        let mut vectors = Vec::with_capacity(files.len() * dimension);
        for file in files {
            let name = numpy::name_of(file.strip_prefix(folder).unwrap_or(file));
            let place = places.get(&*name).or_else(|| places.get(&*numpy::name_of(file)));
            let place = place.ok_or_else(|| does_not_fit(&format!("it has no row for {name}")))?;
            vectors.extend_from_slice(&values[place * dimension..(place + 1) * dimension]);
        }
        Ok(vectors)
    }
}

fn classes_line(measured: &Evaluation, folder: &Path, files: &[&Path]) -> ClassesLine {
    let class = |class: &ClassFigures| ClassLine {
        class: class.class.clone(),
        images: class.images,
        figures: figures_line(class.figures),
    };
    let confused = measured.confused.iter().map(|pair| {
        let [a, b] = pair.pictures.map(|picture| files[picture]);
        let class =
            |file| class_of(folder, file).map_or_else(String::new, |class| class.display().to_string());
        ConfusedLine {
            a: a.display().to_string(),
            class_a: class(a),
            b: b.display().to_string(),
            class_b: class(b),
            distance: pair.distance,
        }
    });
    ClassesLine {
        classes: measured.class_count,
        figures: figures_line(measured.figures),
        purity: measured.purity,
        nmi: measured.nmi,
        confused: confused.collect(),
        per_class: measured.classes.iter().map(class).collect(),
    }
}

fn figures_line(figures: Figures) -> FiguresLine {
    let Figures { precision_at_1, precision_at_5, precision_at_10, map } = figures;
    FiguresLine { p_at_1: precision_at_1, p_at_5: precision_at_5, p_at_10: precision_at_10, map }
}

fn copy_line(copies: &CopyFigures) -> CopyLine {
    CopyLine {
        change: copies.change,
        strength: match copies.strength {
            Strength::Mild => "mild",
            Strength::Strong => "strong",
        },
        queries: copies.queries,
        recall_at_1: copies.recall_at_1,
        median_distance: copies.median_distance,
    }
}
