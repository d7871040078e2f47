//! Odd ones out: how much further a row lies from its neighbours than these lie from theirs.

use crate::rows::ShapeError;

/// A score is this when a row lies as much further out as one of many rows does by chance; more is cut off at 1.
/// Distances grow with density, so neighbours nearer than this count as this far: copies must not make everybody near them odd.
const NEAREST: f32 = 0.02;

/// For each row how odd it is, 0 (as near to others as they are to theirs, or nearer) to 1, from its `count` nearest
/// neighbours: their numbers and their cosine distances (0 to 2), nearest first, row after row. All 0 where rows have no
/// neighbours.
///
/// A row's mean distance from its neighbours is divided by the mean of what theirs is, which is the simplified local
/// outlier factor (Schubert, Zimek and Kriegel 2014, after Breunig et al. 2000). Its logarithm is then read against the
/// bulk of all rows, told by median and median deviation, so that a score means the same in every library (Gaussian
/// scaling, Kriegel et al. 2011).
///
/// # Errors
/// [`ShapeError`] when there are not `count` distances for each row.
///
/// # Panics
/// When a neighbour is none of the rows.
pub fn oddness(neighbors: &[u32], distances: &[f32], count: usize) -> Result<Vec<f32>, ShapeError> {
    let rows = if count == 0 { 0 } else { distances.len() / count };
    if neighbors.len() != distances.len() || rows * count != distances.len() {
        return Err(ShapeError { numbers: neighbors.len(), rows, dimension: count });
    }
    let factors = local_factors(neighbors, distances, count);
    let bulk = median(factors.clone());
    let deviation = median(factors.iter().map(|factor| (factor - bulk).abs()).collect());
    // The median deviation of a normal distribution is 0.6745 of its standard deviation.
    let standard = (deviation / 0.6745).max(f32::MIN_POSITIVE);
    Ok(factors.iter().map(|factor| gaussian_share((factor - bulk) / standard)).collect())
}

/// Logarithms of simplified local outlier factors.
fn local_factors(neighbors: &[u32], distances: &[f32], count: usize) -> Vec<f32> {
    let reach: Vec<f32> = distances
        .chunks_exact(count)
        .map(|distances| (distances.iter().sum::<f32>() / count as f32).max(NEAREST))
        .collect();
    let of_row = |(neighbors, own): (&[u32], &f32)| {
        let theirs = neighbors.iter().map(|&row| reach[row as usize]).sum::<f32>() / count as f32;
        (own / theirs).ln()
    };
    neighbors.chunks_exact(count).zip(&reach).map(of_row).collect()
}

fn median(mut values: Vec<f32>) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// The share of a normal distribution within so many standard deviations of its mean, and 0 below the mean: the error
/// function of the same over the square root of 2 (Abramowitz and Stegun 7.1.26, right to 1.5e-7).
fn gaussian_share(deviations: f32) -> f32 {
    let x = deviations.max(0.0) / std::f32::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let polynomial =
        t * (0.254_829_6 + t * (-0.284_496_74 + t * (1.421_413_7 + t * (-1.453_152 + t * 1.061_405_4))));
    (1.0 - polynomial * (-x * x).exp()).clamp(0.0, 1.0)
}
