//! Rows of numbers, seen as a matrix. Checks the shape once, so that nothing behind it can fail.

use ndarray::ArrayView2;

/// The numbers are not rows of the dimension that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{numbers} numbers are not {rows} rows of {dimension}")]
pub struct ShapeError {
    /// Numbers that were given.
    pub numbers: usize,
    /// Rows that they should make.
    pub rows: usize,
    /// Numbers that a row should have.
    pub dimension: usize,
}

/// `vectors` as `rows` rows of `dimension` numbers.
pub(crate) fn matrix(
    vectors: &[f32],
    rows: usize,
    dimension: usize,
) -> Result<ArrayView2<'_, f32>, ShapeError> {
    let wrong = ShapeError { numbers: vectors.len(), rows, dimension };
    // ndarray would take fewer numbers than it is given.
    if dimension == 0 || rows.checked_mul(dimension) != Some(vectors.len()) {
        return Err(wrong);
    }
    ArrayView2::from_shape((rows, dimension), vectors).map_err(|_| wrong)
}
