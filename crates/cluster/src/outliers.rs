//! Odd ones out: how far a row lies from its neighbours, for how far these lie from theirs.

use crate::rows::ShapeError;

/// Neighbours nearer than this count as this far: copies must not make everybody near them odd.
const NEAREST: f32 = 0.02;
/// How much of its neighbours' distance is taken off. All of it, as the local outlier factor has it, hides photos that
/// came as a handful, since their neighbours are as far out; none of it calls every photo of a loose kind odd.
const CORRECTION: f32 = 0.25;

/// For each row how odd it is, 0 (as most are, or nearer) to 1, from its `count` nearest neighbours: their numbers and
/// their cosine distances (0 to 2), nearest first, row after row. All 0 where rows have no neighbours.
///
/// The logarithm of a row's mean distance from its neighbours, less a part of that of their own mean distance: between
/// the distance to neighbours (Ramaswamy, Rastogi and Shim 2000) and the simplified local outlier factor (Schubert,
/// Zimek and Kriegel 2014). Read against the bulk of all rows, told by median and median deviation, so that a score
/// means the same in every library (Gaussian scaling, Kriegel et al. 2011). Many neighbours serve better than few: 90,
/// as the map has them.
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

/// Logarithms of how far rows lie from their neighbours, for how far these lie from theirs.
fn local_factors(neighbors: &[u32], distances: &[f32], count: usize) -> Vec<f32> {
    let reach: Vec<f32> = distances
        .chunks_exact(count)
        .map(|distances| (distances.iter().sum::<f32>() / count as f32).max(NEAREST))
        .collect();
    let of_row = |(neighbors, own): (&[u32], &f32)| {
        let theirs = neighbors.iter().map(|&row| reach[row as usize]).sum::<f32>() / count as f32;
        own.ln() - CORRECTION * theirs.ln()
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
    if deviations <= 0.0 {
        return 0.0;
    }
    let x = deviations / std::f32::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let polynomial =
        t * (0.254_829_6 + t * (-0.284_496_74 + t * (1.421_413_7 + t * (-1.453_152 + t * 1.061_405_4))));
    (1.0 - polynomial * (-x * x).exp()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_far_from_its_neighbours_is_odd_and_no_other() {
        // Rows of a ring, each with both its neighbours, at nearly one distance; row 7 is far from both.
        let neighbors: Vec<u32> = (0..40).flat_map(|row| [(row + 1) % 40, (row + 39) % 40]).collect();
        let distance = |row: u32| if row == 7 { 0.9 } else { 0.2 + (row % 5) as f32 * 0.01 };
        let distances: Vec<f32> = (0..40).flat_map(|row| [distance(row); 2]).collect();
        let odd = oddness(&neighbors, &distances, 2).expect("scores");
        assert!(odd[7] > 0.99, "{odd:?}");
        assert!(odd.iter().enumerate().all(|(row, &score)| row == 7 || score < odd[7]), "{odd:?}");
        assert!(odd.iter().all(|score| (0.0..=1.0).contains(score)));
    }

    #[test]
    fn what_lies_in_a_loose_neighbourhood_is_less_odd() {
        // Rows 0 and 1 are equally far from their neighbours; those of row 1 are far from theirs as well.
        let neighbors: Vec<u32> = (0..30).map(|row| if row == 1 { 2 } else { (row + 3) % 30 }).collect();
        let mut distances: Vec<f32> = (0..30).map(|row| 0.1 + row as f32 * 0.001).collect();
        (distances[0], distances[1], distances[2]) = (0.135, 0.135, 0.135);
        let odd = oddness(&neighbors, &distances, 1).expect("scores");
        assert!(odd[1] < odd[0], "{odd:?}");
    }

    #[test]
    fn scores_of_a_normal_distribution() {
        for (deviations, share) in
            [(-1.0, 0.0), (0.0, 0.0), (1.0, 0.682_689_5), (2.0, 0.954_499_7), (9.0, 1.0)]
        {
            assert!((gaussian_share(deviations) - share).abs() < 1e-5, "{deviations}");
        }
    }

    #[test]
    fn copies_and_nothing_at_all() {
        assert_eq!(oddness(&[1, 0], &[0.0, 0.0], 1).expect("scores"), [0.0, 0.0]);
        assert!(oddness(&[], &[], 90).expect("nothing").is_empty());
        assert!(oddness(&[0, 1, 2], &[0.1, 0.1, 0.1], 2).is_err());
        assert!(oddness(&[0], &[0.1, 0.1], 1).is_err());
    }
}
