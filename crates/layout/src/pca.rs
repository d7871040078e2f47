//! Principal components: the directions in which vectors differ most.
//!
//! linfa-reduction finds them in a sample, because it decomposes the rows themselves; everything is then projected by
//! one matrix product.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_reduction::Pca;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use crate::LayoutError;
use crate::rows::matrix;

/// Rows that the directions are found in.
const SAMPLE: usize = 4096;
/// Rows that are projected in one matrix product.
const ROWS_AT_ONCE: usize = 4096;

/// Where each of `vectors` (rows of `dimension` numbers) lies along the `D` directions of largest spread, largest first,
/// with the mean at 0. A direction points to where its largest part is positive. Directions beyond what the vectors
/// span are 0.
///
/// # Errors
/// When the numbers are not rows or not finite, or linfa finds no components.
pub fn principal_components<const D: usize>(
    vectors: &[f32],
    dimension: usize,
) -> Result<Vec<[f32; D]>, LayoutError> {
    let rows = matrix(vectors, dimension)?;
    let (mean, directions) = directions(rows, D)?;
    let blocks: Vec<ArrayView2<'_, f32>> = rows.axis_chunks_iter(Axis(0), ROWS_AT_ONCE).collect();
    let origin = directions.dot(&mean);
    let places = |block: ArrayView2<'_, f32>| {
        let products = block.dot(&directions.t());
        let place = |row: ArrayView1<'_, f32>| {
            std::array::from_fn(|axis| if axis < row.len() { row[axis] - origin[axis] } else { 0.0 })
        };
        products.rows().into_iter().map(place).collect::<Vec<[f32; D]>>()
    };
    Ok(blocks.into_par_iter().flat_map_iter(places).collect())
}

/// The mean of a sample, and up to `count` unit vectors of largest spread around it.
pub(crate) fn directions(
    rows: ArrayView2<'_, f32>,
    count: usize,
) -> Result<(Array1<f32>, Array2<f32>), LayoutError> {
    let step = rows.nrows().div_ceil(SAMPLE).max(1);
    let sample = rows.slice(ndarray::s![..;step, ..]).mapv(f64::from);
    let (sampled, dimension) = sample.dim();
    let found = count.min(dimension).min(sampled.saturating_sub(1));
    if found == 0 {
        return Ok((Array1::zeros(dimension), Array2::zeros((0, dimension))));
    }
    let fitted = Pca::params(found)
        .fit(&DatasetBase::from(sample))
        .map_err(|source| LayoutError::Components { rows: sampled, dimension, source })?;
    let mut directions = fitted.components().mapv(|value| value as f32);
    for mut direction in directions.rows_mut() {
        // Vectors that do not differ have no direction: linfa's has length 0 or is not a number.
        if !direction.iter().all(|value| value.is_finite()) {
            direction.fill(0.0);
        }
        let largest = direction.iter().fold(0.0f32, |a, &b| if b.abs() > a.abs() { b } else { a });
        if largest < 0.0 {
            direction.mapv_inplace(|value| -value);
        }
    }
    Ok((fitted.mean().mapv(|value| value as f32), directions))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows spread by 3 along one direction, by 1 along another, and by 0.1 along a third.
    fn spread_rows() -> (Vec<f32>, [[f32; 6]; 3]) {
        let third = 1.0 / 3f32.sqrt();
        let half = 1.0 / 2f32.sqrt();
        let directions = [
            [third, third, third, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, half, half, 0.0],
            [0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
        ];
        let sizes = [3.0, 1.0, 0.1];
        let rows = (0..10_000u64).flat_map(|row| {
            let amounts: [f32; 3] =
                std::array::from_fn(|at| sizes[at] * crate::random::signed_unit(at as u64, row));
            (0..6).map(move |at| 5.0 + (0..3).map(|of| amounts[of] * directions[of][at]).sum::<f32>())
        });
        (rows.collect(), directions)
    }

    #[test]
    fn the_directions_of_largest_spread_are_found_in_order_and_point_to_their_largest_part() {
        let (rows, expected) = spread_rows();
        let (_, found) = directions(matrix(&rows, 6).expect("rows"), 2).expect("components");
        for (found, expected) in found.rows().into_iter().zip(expected) {
            let cosine: f32 = found.iter().zip(expected).map(|(a, b)| a * b).sum();
            assert!(cosine > 0.999, "{found} for {expected:?}");
        }
    }

    #[test]
    fn places_are_around_zero_and_as_far_apart_as_the_rows() {
        let (rows, _) = spread_rows();
        let places = principal_components::<2>(&rows, 6).expect("components");
        let mean: f32 = places.iter().map(|place| place[0]).sum::<f32>() / places.len() as f32;
        assert!(mean.abs() < 0.05, "{mean}");
        let apart = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum() };
        for pair in 0..50 {
            let (a, b) = (pair, 9_999 - pair);
            let in_rows = apart(&rows[a * 6..][..6], &rows[b * 6..][..6]);
            let in_places = apart(&places[a], &places[b]);
            assert!((in_rows - in_places).abs() < 0.05, "{in_places} for {in_rows}");
        }
    }

    #[test]
    fn rows_that_span_less_than_the_layout_lie_at_zero_in_the_rest() {
        let alone = principal_components::<2>(&[1.0, 2.0, 3.0], 3).expect("components");
        assert_eq!(alone, [[0.0, 0.0]]);
        assert!(principal_components::<2>(&[], 3).expect("nothing to place").is_empty());
        let pair = principal_components::<3>(&[0.0, 0.0, 0.0, 2.0], 2).expect("components");
        assert!((pair[0][0] + 1.0).abs() < 1e-5 && (pair[1][0] - 1.0).abs() < 1e-5, "{pair:?}");
        assert!(pair.iter().all(|place| place[1].abs() < 1e-5 && place[2] == 0.0), "{pair:?}");
        let alike = principal_components::<2>(&[0.5; 400], 4).expect("components");
        assert!(alike.iter().flatten().all(|value| value.abs() < 1e-5), "{alike:?}");
    }
}
