//! Rows of numbers, seen as a matrix. Checks shape and numbers once, so that nothing behind it can fail.

use ndarray::ArrayView2;

use crate::LayoutError;

/// `vectors` as rows of `dimension` finite numbers.
pub(crate) fn matrix(vectors: &[f32], dimension: usize) -> Result<ArrayView2<'_, f32>, LayoutError> {
    let wrong = LayoutError::Shape { numbers: vectors.len(), dimension };
    if dimension == 0 || !vectors.len().is_multiple_of(dimension) {
        return Err(wrong);
    }
    if let Some(at) = vectors.iter().position(|value| !value.is_finite()) {
        return Err(LayoutError::NotFinite { row: at / dimension });
    }
    ArrayView2::from_shape((vectors.len() / dimension, dimension), vectors).map_err(|_| wrong)
}

/// Checks that all positions are finite and as many as there should be.
pub(crate) fn check_positions<const D: usize>(
    positions: &[[f32; D]],
    expected: usize,
) -> Result<(), LayoutError> {
    if positions.len() != expected {
        return Err(LayoutError::Count { what: "positions", expected, actual: positions.len() });
    }
    match positions.iter().position(|position| position.iter().any(|value| !value.is_finite())) {
        Some(row) => Err(LayoutError::NotFinite { row }),
        None => Ok(()),
    }
}
