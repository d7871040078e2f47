//! How well a grouping suits its vectors: whether they lie nearer to their own cluster than to the next one.

use ndarray::{ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use crate::rows::{ShapeError, matrix};

/// Vectors that are compared with each other, evenly taken from all.
const SAMPLE: usize = 4096;
/// Vectors that are compared with all others in one matrix product.
const ROWS_AT_ONCE: usize = 128;

/// The mean silhouette (Rousseeuw 1987) of a sample of unit vectors, -1 to 1, by cosine distance: of each, how much nearer
/// it is on average to the others of its own cluster than to those of the nearest other cluster, as a share of the
/// larger distance. 0 for one that is alone in its cluster, and for fewer than two clusters.
///
/// # Errors
/// [`ShapeError`] when there is not one cluster for each row.
pub fn silhouette(vectors: &[f32], dimension: usize, assignment: &[usize]) -> Result<f64, ShapeError> {
    let rows = matrix(vectors, assignment.len(), dimension)?;
    let step = assignment.len().div_ceil(SAMPLE).max(1);
    let sample = rows.slice(ndarray::s![..;step, ..]);
    let clusters: Vec<usize> = assignment.iter().copied().step_by(step).collect();
    let count = clusters.iter().max().map_or(0, |most| most + 1);
    let mut sizes = vec![0usize; count];
    clusters.iter().for_each(|&cluster| sizes[cluster] += 1);
    if sizes.iter().filter(|&&size| size > 0).count() < 2 {
        return Ok(0.0);
    }
    let of_row = |row: usize, cosines: ArrayView1<'_, f32>| {
        let mut sums = vec![0.0f64; count];
        for (other, &cosine) in cosines.iter().enumerate() {
            // What rounding makes of its distance from itself belongs to no mean.
            if other != row {
                sums[clusters[other]] += f64::from(1.0 - cosine);
            }
        }
        of_one(clusters[row], &sums, &sizes)
    };
    let blocks: Vec<ArrayView2<'_, f32>> = sample.axis_chunks_iter(Axis(0), ROWS_AT_ONCE).collect();
    let of_block = |(block, rows): (usize, ArrayView2<'_, f32>)| {
        let cosines = rows.dot(&sample.t());
        let numbered = cosines.rows().into_iter().enumerate();
        numbered.map(|(at, cosines)| of_row(block * ROWS_AT_ONCE + at, cosines)).collect::<Vec<f64>>()
    };
    let of_each: Vec<f64> = blocks.into_par_iter().enumerate().flat_map_iter(of_block).collect();
    Ok(of_each.iter().sum::<f64>() / of_each.len() as f64)
}

/// `sums` are distances to all others, by cluster.
fn of_one(own: usize, sums: &[f64], sizes: &[usize]) -> f64 {
    if sizes[own] < 2 {
        return 0.0;
    }
    let within = sums[own] / (sizes[own] - 1) as f64;
    let mean = |cluster: usize| sums[cluster] / sizes[cluster] as f64;
    let others = (0..sizes.len()).filter(|&cluster| cluster != own && sizes[cluster] > 0);
    let next = others.map(mean).fold(f64::INFINITY, f64::min);
    let larger = within.max(next);
    if larger > 0.0 { (next - within) / larger } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn angles(degrees: &[f32]) -> Vec<f32> {
        degrees.iter().flat_map(|a| [a.to_radians().cos(), a.to_radians().sin()]).collect()
    }

    #[test]
    fn silhouettes_worked_by_hand() {
        // Distances: 0 to 60 degrees 0.5, to 90 degrees 1.0; 60 to 90 degrees 1 - cos 30.
        let vectors = angles(&[0.0, 60.0, 90.0]);
        let near = f64::from(1.0 - 30f32.to_radians().cos());
        let expected = ((1.0 - 0.5) / 1.0 + (near - 0.5) / 0.5 + 0.0) / 3.0;
        let found = silhouette(&vectors, 2, &[0, 0, 2]).expect("a silhouette");
        assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
        assert_eq!(silhouette(&vectors, 2, &[1, 1, 1]).expect("a silhouette"), 0.0);
        assert_eq!(silhouette(&[], 2, &[]).expect("a silhouette"), 0.0);
        assert!(silhouette(&vectors, 2, &[0, 1]).is_err());
    }

    #[test]
    fn the_right_grouping_suits_better_than_a_coarser_or_finer_one() {
        let vectors = angles(&[0.0, 1.0, 2.0, 3.0, 120.0, 121.0, 122.0, 123.0, 240.0, 241.0, 242.0, 243.0]);
        let of = |assignment: [usize; 12]| silhouette(&vectors, 2, &assignment).expect("a silhouette");
        let right = of([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
        assert!(right > 0.99, "{right}");
        assert!(of([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]) < right);
        assert!(of([0, 0, 3, 3, 1, 1, 4, 4, 2, 2, 5, 5]) < right);
    }
}
