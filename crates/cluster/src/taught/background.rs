//! How photos of a library differ from each other, and vectors in which that is evened out: what many photos differ in
//! tells less about an album than what few do. Linear discriminant analysis with the covariance of the background,
//! shrunk (Friedman 1989; Hariharan, Malik and Ramanan 2012).

use ndarray::{Array1, Array2, ArrayView2, Axis, s};

/// How much of the covariance is taken to be the same in all directions: chosen on photos that no figure is told of.
const ROUND: f32 = 0.9;

/// The mean and the spread of the background.
pub(super) struct Background {
    mean: Array1<f32>,
    /// Lower triangle L: the shrunk covariance, at a mean variance of 1, is L times its transpose.
    root: Array2<f32>,
}

impl Background {
    /// `None` when the rows do not differ or are not finite.
    pub(super) fn new(rows: ArrayView2<'_, f32>) -> Option<Self> {
        let mean = rows.mean_axis(Axis(0))?;
        let centred = &rows - &mean;
        let mut covariance = centred.t().dot(&centred);
        let variance = covariance.diag().sum() / covariance.nrows() as f32;
        if !(variance.is_finite() && variance > 0.0) {
            return None;
        }
        covariance *= (1.0 - ROUND) / variance;
        covariance.diag_mut().mapv_inplace(|value| value + ROUND);
        Some(Self { mean, root: root(covariance) })
    }

    pub(super) fn mean(&self) -> &Array1<f32> {
        &self.mean
    }

    /// Rows less the mean, with the spread evened out.
    pub(super) fn even(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        // L x = row, for all rows at once, one number of all after the other.
        let mut evened = (&rows - &self.mean).reversed_axes().as_standard_layout().into_owned();
        for at in 0..self.root.nrows() {
            let (solved, mut rest) = evened.view_mut().split_at(Axis(0), at);
            let mut own = rest.row_mut(0);
            for (&factor, solved) in self.root.slice(s![at, ..at]).iter().zip(solved.rows()) {
                own.scaled_add(-factor, &solved);
            }
            own /= self.root[[at, at]];
        }
        evened.reversed_axes().as_standard_layout().into_owned()
    }

    /// The direction among rows as they were given that scores them as `direction` scores evened ones, but for an
    /// offset.
    pub(super) fn uneven(&self, direction: &Array1<f32>) -> Array1<f32> {
        // Transposed L x = direction, from the last number to the first.
        let mut found = direction.clone();
        for at in (0..found.len()).rev() {
            let below = self.root.slice(s![at + 1.., at]).dot(&found.slice(s![at + 1..]));
            found[at] = (found[at] - below) / self.root[[at, at]];
        }
        found
    }
}

/// Cholesky's decomposition of a symmetric positive definite matrix: the lower triangle.
fn root(mut matrix: Array2<f32>) -> Array2<f32> {
    for column in 0..matrix.nrows() {
        let own = matrix.slice(s![column, ..column]).to_owned();
        let pivot = (matrix[[column, column]] - own.dot(&own)).max(f32::MIN_POSITIVE).sqrt();
        let products = matrix.slice(s![column + 1.., ..column]).dot(&own);
        let mut below = matrix.slice_mut(s![column + 1.., column]);
        below -= &products;
        below /= pivot;
        matrix[[column, column]] = pivot;
        matrix.slice_mut(s![column, column + 1..]).fill(0.0);
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evened_rows_spread_alike_and_scores_stay() {
        let vectors = likeness_testkit::clustered_vectors(400, 12, 5);
        let rows = ArrayView2::from_shape((400, 12), &vectors).expect("rows");
        let background = Background::new(rows).expect("they differ");
        let rebuilt = background.root.dot(&background.root.t());
        assert!((rebuilt.diag().sum() - 12.0).abs() < 1e-3, "a mean variance of 1");
        let even = background.even(rows);
        assert!(even.mean_axis(Axis(0)).expect("rows").iter().all(|mean| mean.abs() < 1e-4));
        let direction = Array1::from_shape_fn(12, |at| at as f32 - 4.0);
        let scores = even.dot(&direction);
        let given = rows.dot(&background.uneven(&direction));
        let offset = scores[0] - given[0];
        assert!(scores.iter().zip(&given).all(|(a, b)| (a - b - offset).abs() < 1e-3));
    }

    #[test]
    fn rows_that_do_not_differ_are_refused() {
        let rows = Array2::from_elem((5, 3), 0.5);
        assert!(Background::new(rows.view()).is_none());
        assert!(Background::new(Array2::from_elem((5, 3), f32::NAN).view()).is_none());
    }
}
