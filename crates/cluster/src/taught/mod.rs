//! Taught albums: from three photos or more that belong and some that do not, how sure it is of every other that it belongs.
//!
//! The straight line of [`teach`]: the background says how photos of this library differ, and evens that out
//! ([`Background`]); each way to learn is tried on examples that it did not see; the better one learns from all of them;
//! what it says about the examples that were kept out tells how sure it may be ([`confidence`]).

mod background;
mod confidence;
mod direction;

use likeness_domain::{Cancelled, JobContext, Stage};
use ndarray::{Array1, Array2, Axis, s};
use rayon::prelude::*;

use crate::rows::{ShapeError, matrix};
use background::Background;
use confidence::Sureness;
pub use direction::Method;
use direction::direction;

/// Proposals that are at least so sure are shown.
pub const DEFAULT_CONFIDENCE: f32 = 0.9;
/// Yes examples that it takes.
const FEWEST: usize = 3;
/// Parts that examples are kept out in, in turn.
const PARTS: usize = 5;

/// What a person said, and photos drawn at random. Rows of unit length and one dimension.
#[derive(Debug, Clone, Copy)]
pub struct Examples<'a> {
    /// Numbers of a row.
    pub dimension: usize,
    /// Photos that belong: three or more.
    pub yes: &'a [f32],
    /// Photos that do not belong.
    pub no: &'a [f32],
    /// Photos drawn at random from the whole library, without the examples: some 600. That some of them belong does little harm.
    pub background: &'a [f32],
}

/// Why nothing was learned.
#[derive(Debug, thiserror::Error)]
pub enum TeachError {
    /// The numbers do not make rows.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// There are too few examples or too little background.
    #[error("{yes} photos that belong and {background} others; it takes {FEWEST} and {PARTS}")]
    TooFew {
        /// Photos that belong.
        yes: usize,
        /// Photos drawn at random.
        background: usize,
    },
    /// A number is not finite, or all photos are the same.
    #[error("the numbers of the photos are not finite, or all photos are one")]
    Degenerate,
    /// Stopped.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// What was learned: a photo's score is a linear function of its vector, and confidence grows with the score.
#[derive(Debug, Clone, PartialEq)]
pub struct Taught {
    method: Method,
    direction: Array1<f32>,
    /// What a photo like the background's mean scores, in standard deviations of the background.
    offset: f32,
    sureness: Sureness,
}

impl Taught {
    /// How sure it is of each of `vectors`, rows of the dimension that was learned from, that it belongs: 0 to 1.
    ///
    /// # Errors
    /// When the numbers are not rows of that dimension.
    pub fn confidences(&self, vectors: &[f32]) -> Result<Vec<f32>, ShapeError> {
        let dimension = self.direction.len();
        let rows = matrix(vectors, vectors.len() / dimension, dimension)?;
        let blocks: Vec<_> = rows.axis_chunks_iter(Axis(0), 1024).collect();
        let sure = |score: &f32| self.sureness.of(score + self.offset);
        Ok(blocks
            .into_par_iter()
            .flat_map_iter(|block| block.dot(&self.direction).iter().map(sure).collect::<Vec<f32>>())
            .collect())
    }

    /// How it was learned: the way that did better on examples that it had not seen.
    pub fn method(&self) -> Method {
        self.method
    }
}

/// Learns from examples. The same examples always teach the same. Tells its progress as [`Stage::Learn`]; takes tenths of a
/// second for tens of examples, hundreds of others and 512 numbers.
///
/// # Errors
/// When the numbers are not rows or not finite, there are fewer than three yes examples or five others, or the job is stopped.
pub fn teach(ctx: &JobContext, examples: &Examples<'_>) -> Result<Taught, TeachError> {
    let rows = |numbers: &'_ [f32]| numbers.len() / examples.dimension.max(1);
    let yes = matrix(examples.yes, rows(examples.yes), examples.dimension)?;
    let no = matrix(examples.no, rows(examples.no), examples.dimension)?;
    let others = matrix(examples.background, rows(examples.background), examples.dimension)?;
    if yes.nrows() < FEWEST || others.nrows() < PARTS {
        return Err(TeachError::TooFew { yes: yes.nrows(), background: others.nrows() });
    }
    let background = Background::new(others).ok_or(TeachError::Degenerate)?;
    let seen = Rows { yes: background.even(yes), no: background.even(no), others: background.even(others) };
    if !seen.are_finite() {
        return Err(TeachError::Degenerate);
    }
    let steps = Method::ALL.len() as u64 + 1;
    let mut best: Option<(f64, Method, KeptOut)> = None;
    for (done, method) in (0..).zip(Method::ALL) {
        ctx.progress(Stage::Learn, done, steps);
        let kept_out = seen.keep_out_in_turn(ctx, method)?;
        let precision = kept_out.average_precision();
        if best.as_ref().is_none_or(|(most, ..)| precision > *most) {
            best = Some((precision, method, kept_out));
        }
    }
    let (_, method, kept_out) = best.expect("there are methods");
    ctx.check()?;
    let learned = direction(method, seen.yes.view(), seen.no.view(), seen.others.view());
    let others = seen.others.dot(&learned);
    let scale = Scale::of(&others, kept_out.belongs);
    let others: Vec<f32> = others.iter().map(|&score| scale.apply(score)).collect();
    let sureness = Sureness::learn(&kept_out.yes, &kept_out.no, &others);
    let direction = background.uneven(&learned) / scale.deviation;
    let offset = -direction.dot(background.mean()) - scale.mean / scale.deviation;
    ctx.progress(Stage::Learn, steps, steps);
    Ok(Taught { method, direction, offset, sureness })
}

/// The rows of `yes` (rows of as many numbers as `vector` has) that are nearest to a proposed `vector`, nearest first, at most `count`, with
/// their cosines: why it is proposed.
pub fn nearest_examples(vector: &[f32], yes: &[f32], count: usize) -> Vec<(usize, f32)> {
    let cosine = |row: &[f32]| row.iter().zip(vector).map(|(a, b)| a * b).sum();
    let mut examples: Vec<(usize, f32)> =
        yes.chunks_exact(vector.len().max(1)).map(cosine).enumerate().collect();
    examples.sort_by(|a, b| b.1.total_cmp(&a.1));
    examples.truncate(count);
    examples
}

/// All that is learned from, evened out.
struct Rows {
    yes: Array2<f32>,
    no: Array2<f32>,
    others: Array2<f32>,
}

impl Rows {
    fn are_finite(&self) -> bool {
        [&self.yes, &self.no, &self.others].into_iter().flatten().all(|value| value.is_finite())
    }

    /// What is said of every example by one that learned without it.
    fn keep_out_in_turn(&self, ctx: &JobContext, method: Method) -> Result<KeptOut, Cancelled> {
        let parts = self.yes.nrows().min(PARTS);
        let of_parts: Vec<KeptOut> = (0..parts)
            .into_par_iter()
            .map(|part| {
                ctx.check()?;
                let learned = |rows: &Array2<f32>| {
                    let kept: Vec<usize> = (0..rows.nrows()).filter(|row| row % parts != part).collect();
                    rows.select(Axis(0), &kept)
                };
                let (yes, no, others) = (learned(&self.yes), learned(&self.no), learned(&self.others));
                let direction = direction(method, yes.view(), no.view(), others.view());
                let scores = |rows: &Array2<f32>| rows.slice(s![part..;parts, ..]).dot(&direction);
                let others = scores(&self.others);
                let yes = scores(&self.yes);
                let belongs = yes.mean().unwrap_or_default();
                let scale = Scale::of(&others, belongs);
                let scaled = |scores: Array1<f32>| scores.iter().map(|&score| scale.apply(score)).collect();
                // A part may have no such rows at all.
                let of =
                    |rows: &Array2<f32>| if rows.nrows() > part { scaled(scores(rows)) } else { Vec::new() };
                Ok(KeptOut { yes: scaled(yes), no: of(&self.no), others: scaled(others), belongs })
            })
            .collect::<Result<_, Cancelled>>()?;
        let joined = |scores: fn(&KeptOut) -> &Vec<f32>| of_parts.iter().flat_map(scores).copied().collect();
        Ok(KeptOut {
            yes: joined(|part| &part.yes),
            no: joined(|part| &part.no),
            others: joined(|part| &part.others),
            belongs: of_parts.iter().map(|part| part.belongs).sum::<f32>() / parts as f32,
        })
    }
}

/// Scores of examples that were not learned from, in standard deviations from the mean of the background.
struct KeptOut {
    yes: Vec<f32>,
    no: Vec<f32>,
    others: Vec<f32>,
    /// What those that belong score on average, before it is scaled.
    belongs: f32,
}

impl KeptOut {
    /// How well they rank: the mean precision at the places of those that belong.
    fn average_precision(&self) -> f64 {
        let mut ranked: Vec<(f32, bool)> = self.yes.iter().map(|&score| (score, true)).collect();
        ranked.extend(self.no.iter().chain(&self.others).map(|&score| (score, false)));
        // Of equal scores, the others come first.
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let (mut found, mut sum) = (0, 0.0);
        for (at, _) in ranked.iter().enumerate().filter(|(_, (_, belongs))| *belongs) {
            found += 1;
            sum += f64::from(found) / (at + 1) as f64;
        }
        sum / f64::from(found.max(1))
    }
}

/// Of the background, so many belong at most as far as its scale is concerned. Of a kind that makes up a tenth of a library,
/// those in the background would spread it so far that nothing could lie above it, and nothing would be proposed.
const BELONG: f32 = 0.01;

/// Where scores of the background lie.
struct Scale {
    mean: f32,
    deviation: f32,
}

impl Scale {
    /// Mean and standard deviation, or what they would be if only [`BELONG`] of them scored like those that `belong`:
    /// whichever is narrower.
    fn of(scores: &Array1<f32>, belongs: f32) -> Self {
        let narrower = Self::of_few(scores, belongs);
        let whole = Self { mean: scores.mean().unwrap_or_default(), deviation: scores.std(0.0) };
        let scale = if narrower.deviation < whole.deviation { narrower } else { whole };
        Self { deviation: if scale.deviation > 0.0 { scale.deviation } else { 1.0 }, ..scale }
    }

    /// From the median and the median deviation, which a few that belong do not move.
    fn of_few(scores: &Array1<f32>, belongs: f32) -> Self {
        let usual = median(scores.to_vec());
        // The median deviation of a normal distribution is 0.6745 of its standard deviation.
        let spread = median(scores.iter().map(|score| (score - usual).abs()).collect()) / 0.6745;
        let above = belongs - usual;
        let deviation = (spread * spread + BELONG * above * above).sqrt();
        Self { mean: usual + BELONG * above, deviation }
    }

    fn apply(&self, score: f32) -> f32 {
        (score - self.mean) / self.deviation
    }
}

fn median(mut values: Vec<f32>) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

#[cfg(test)]
mod tests;
