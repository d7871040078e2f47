//! Clusters of clusters: the two whose union costs least become one, again and again (Ward 1963), so that coarser
//! groupings are made of whole finer clusters.

use crate::rows::{ShapeError, matrix};

/// Which clusters become one when only so many are left as each of `counts`, which fall: for each count, the coarser cluster
/// of every cluster, numbered from 0 in the order of their first. `centres` are rows of `dimension` numbers, `sizes` how
/// many vectors each stands for.
///
/// # Errors
/// [`ShapeError`] when there is not one row for each size.
pub fn merge_clusters(
    centres: &[f32],
    dimension: usize,
    sizes: &[usize],
    counts: &[usize],
) -> Result<Vec<Vec<usize>>, ShapeError> {
    let rows = matrix(centres, sizes.len(), dimension)?;
    let mut means: Vec<Vec<f64>> =
        rows.rows().into_iter().map(|row| row.iter().map(|&value| f64::from(value)).collect()).collect();
    let mut weights: Vec<f64> = sizes.iter().map(|&size| size as f64).collect();
    // The cluster that each one went into; itself while it stands.
    let mut into: Vec<usize> = (0..sizes.len()).collect();
    let mut standing: Vec<usize> = (0..sizes.len()).collect();
    let mut merged = Vec::with_capacity(counts.len());
    for &count in counts {
        while standing.len() > count.max(1) {
            let (kept, gone) = cheapest(&standing, &means, &weights);
            let weight = weights[kept] + weights[gone];
            if weight > 0.0 {
                let lost = std::mem::take(&mut means[gone]);
                for (mean, lost) in means[kept].iter_mut().zip(lost) {
                    *mean = (*mean * weights[kept] + lost * weights[gone]) / weight;
                }
            }
            weights[kept] = weight;
            into.iter_mut().filter(|into| **into == gone).for_each(|into| *into = kept);
            standing.retain(|&cluster| cluster != gone);
        }
        let number =
            |cluster: &usize| standing.binary_search(cluster).expect("clusters go into standing ones");
        merged.push(into.iter().map(number).collect());
    }
    Ok(merged)
}

/// The two whose union makes the inertia grow least, the first of them first.
fn cheapest(standing: &[usize], means: &[Vec<f64>], weights: &[f64]) -> (usize, usize) {
    let mut best = (f64::INFINITY, (0, 0));
    for (at, &a) in standing.iter().enumerate() {
        for &b in &standing[at + 1..] {
            let apart: f64 = means[a].iter().zip(&means[b]).map(|(a, b)| (a - b) * (a - b)).sum();
            let weight = weights[a] + weights[b];
            let cost = if weight > 0.0 { weights[a] * weights[b] / weight * apart } else { 0.0 };
            if cost < best.0 {
                best = (cost, (a, b));
            }
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_and_smallest_become_one_first() {
        let centres = [0.0, 1.0, 5.0, 9.0, 9.5];
        let merged = merge_clusters(&centres, 1, &[10, 10, 1, 10, 10], &[5, 4, 3, 2, 1]).expect("merged");
        assert_eq!(
            merged,
            [[0, 1, 2, 3, 4], [0, 1, 2, 3, 3], [0, 0, 1, 2, 2], [0, 0, 1, 1, 1], [0, 0, 0, 0, 0]]
        );
    }

    #[test]
    fn coarser_groupings_are_made_of_finer_ones() {
        let centres = likeness_testkit::clustered_vectors(40, 16, 3);
        let sizes: Vec<usize> = (1..=40).collect();
        let merged = merge_clusters(&centres, 16, &sizes, &[20, 10, 5]).expect("merged");
        for pair in merged.windows(2) {
            for a in 0..40 {
                for b in 0..40 {
                    assert!(pair[0][a] != pair[0][b] || pair[1][a] == pair[1][b]);
                }
            }
        }
        assert_eq!(
            merged.iter().map(|of| of.iter().max().map_or(0, |most| most + 1)).collect::<Vec<_>>(),
            [20, 10, 5]
        );
        assert!(merge_clusters(&centres, 16, &sizes[1..], &[3]).is_err());
        assert_eq!(merge_clusters(&[], 16, &[], &[3]).expect("nothing"), [vec![]; 1]);
    }
}
