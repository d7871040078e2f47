//! Guesses what a photo goes with from what it looks like, by ridge regression (Hoerl and Kennard 1970).

use ndarray::{Array2, ArrayView2, Axis, s};

use crate::skip_gram::{Contexts, NUMBERS};

/// How much plainer a map must be to be preferred, as a share of the mean variance of looks.
const RIDGE: f64 = 1.0;
/// Photos that are enough to learn from; of more, evenly taken ones are used.
const SAMPLE: usize = 20_000;

/// The numbers do not make rows, or there is nothing to learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{numbers} numbers are not {rows} rows of {dimension}, or there are no rows")]
pub struct ProjectionError {
    numbers: usize,
    rows: usize,
    dimension: usize,
}

/// A linear map from looks to contexts.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    mean_look: Vec<f32>,
    mean_context: Vec<f32>,
    /// A row of [`NUMBERS`] for each number of a look.
    weights: Array2<f32>,
}

impl Projection {
    /// Learns from photos whose looks (rows of `dimension` numbers, one for each of `photos`) and contexts are known. Photos that stand in no sentence
    /// teach nothing: leave them out.
    ///
    /// # Errors
    /// When there is not one row for each of `photos`, or there are none.
    ///
    /// # Panics
    /// When `contexts` do not know one of `photos`.
    pub fn learn(
        looks: &[f32],
        dimension: usize,
        contexts: &Contexts,
        photos: &[usize],
    ) -> Result<Self, ProjectionError> {
        let wrong = ProjectionError { numbers: looks.len(), rows: photos.len(), dimension };
        // ndarray would take fewer numbers than it is given.
        if photos.is_empty() || dimension == 0 || photos.len() * dimension != looks.len() {
            return Err(wrong);
        }
        let looks = ArrayView2::from_shape((photos.len(), dimension), looks).map_err(|_| wrong)?;
        let step = photos.len().div_ceil(SAMPLE);
        let looks = looks.slice(s![..;step, ..]);
        let rows: Vec<f32> = photos.iter().step_by(step).flat_map(|&photo| *contexts.of(photo)).collect();
        let rows = Array2::from_shape_vec((looks.nrows(), NUMBERS), rows).expect("a context for each look");
        let mean_look = looks.mean_axis(Axis(0)).expect("at least one row");
        let mean_context = rows.mean_axis(Axis(0)).expect("at least one row");
        let centred = &looks - &mean_look;
        let mut covariance = centred.t().dot(&centred).mapv(f64::from);
        let ridge = RIDGE * covariance.diag().sum() / dimension as f64;
        covariance.diag_mut().mapv_inplace(|value| value + ridge.max(f64::MIN_POSITIVE));
        let mut weights = centred.t().dot(&(rows - &mean_context)).mapv(f64::from);
        solve(covariance, &mut weights);
        Ok(Self {
            mean_look: mean_look.to_vec(),
            mean_context: mean_context.to_vec(),
            weights: weights.mapv(|value| value as f32),
        })
    }

    /// What photos with these `looks` may go with: [`NUMBERS`] numbers for each.
    ///
    /// # Errors
    /// When the numbers are not rows of the dimension that was learned from.
    pub fn guess(&self, looks: &[f32]) -> Result<Vec<f32>, ProjectionError> {
        let dimension = self.mean_look.len();
        let rows = looks.len() / dimension;
        let wrong = ProjectionError { numbers: looks.len(), rows, dimension };
        if rows * dimension != looks.len() {
            return Err(wrong);
        }
        let looks = ArrayView2::from_shape((rows, dimension), looks).map_err(|_| wrong)?;
        let centred = &looks - &ndarray::aview1(&self.mean_look);
        let guesses = centred.dot(&self.weights) + ndarray::aview1(&self.mean_context);
        Ok(guesses.into_raw_vec_and_offset().0)
    }
}

/// Solves `matrix * x = right` for a symmetric positive definite matrix, by Cholesky's decomposition; `right` becomes x.
fn solve(mut matrix: Array2<f64>, right: &mut Array2<f64>) {
    let size = matrix.nrows();
    for column in 0..size {
        let (done, mut rest) = matrix.view_mut().split_at(Axis(0), column);
        drop(done);
        let own = rest.slice(s![0, ..column]).to_owned();
        let pivot = (rest[[0, column]] - own.iter().map(|value| value * value).sum::<f64>()).sqrt();
        rest[[0, column]] = pivot;
        let mut below = rest.slice_mut(s![1.., ..=column]);
        let products = below.slice(s![.., ..column]).dot(&own);
        let mut target = below.column_mut(column);
        target -= &products;
        target /= pivot;
    }
    for row in 0..size {
        let (solved, mut rest) = right.view_mut().split_at(Axis(0), row);
        let mut own = rest.row_mut(0);
        own -= &matrix.slice(s![row, ..row]).dot(&solved);
        own /= matrix[[row, row]];
    }
    for row in (0..size).rev() {
        let (mut rest, solved) = right.view_mut().split_at(Axis(0), row + 1);
        let mut own = rest.row_mut(row);
        own -= &matrix.slice(s![row + 1.., row]).dot(&solved);
        own /= matrix[[row, row]];
    }
}

#[cfg(test)]
mod tests {
    use likeness_domain::JobContext;

    use super::*;

    #[test]
    fn a_system_is_solved() {
        let half = Array2::from_shape_fn((9, 9), |(row, column)| ((row * 7 + column * 3) % 11) as f64 - 4.0);
        let matrix = half.t().dot(&half) + Array2::<f64>::eye(9);
        let expected = Array2::from_shape_fn((9, 2), |(row, column)| row as f64 - 3.0 * column as f64);
        let mut found = matrix.dot(&expected);
        solve(matrix, &mut found);
        assert!((found - expected).iter().all(|error| error.abs() < 1e-6));
    }

    #[test]
    fn what_looks_like_an_outing_is_guessed_to_go_with_it() {
        let sentences: Vec<Vec<u32>> =
            (0..10).map(|outing| (outing * 30..outing * 30 + 30).collect()).collect();
        let contexts = Contexts::learn(&JobContext::unattended(), &sentences, 300, 1).expect("learned");
        // Photos of one outing look alike: an axis of its own and a little noise.
        let look = |photo: usize| -> Vec<f32> {
            (0..16)
                .map(|at| {
                    f32::from(u8::from(at == photo / 30)) + ((photo * 31 + at * 17) % 13) as f32 / 130.0
                })
                .collect()
        };
        let known: Vec<usize> = (0..300).filter(|photo| photo % 3 != 0).collect();
        let looks: Vec<f32> = known.iter().flat_map(|&photo| look(photo)).collect();
        let projection = Projection::learn(&looks, 16, &contexts, &known).expect("learned");
        let cosine = |a: &[f32], b: &[f32]| {
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
        };
        let right = (0..300).step_by(3).filter(|&photo| {
            let guess = projection.guess(&look(photo)).expect("a guess");
            let nearest = known
                .iter()
                .max_by(|&&a, &&b| cosine(&guess, contexts.of(a)).total_cmp(&cosine(&guess, contexts.of(b))));
            nearest.is_some_and(|nearest| nearest / 30 == photo / 30)
        });
        let right = right.count();
        assert!(right > 90, "{right} of 100");
    }

    #[test]
    fn what_is_no_rows_is_refused() {
        let contexts = Contexts::learn(&JobContext::unattended(), &[], 3, 0).expect("nothing");
        assert!(Projection::learn(&[0.0; 7], 2, &contexts, &[0, 1, 2]).is_err());
        assert!(Projection::learn(&[], 2, &contexts, &[]).is_err());
        let projection = Projection::learn(&[0.5; 6], 2, &contexts, &[0, 1, 2]).expect("all alike");
        assert!(projection.guess(&[0.0; 3]).is_err());
        assert_eq!(projection.guess(&[0.5; 4]).expect("a guess").len(), 2 * NUMBERS);
    }
}
