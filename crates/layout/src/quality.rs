//! How good a layout is.

use rayon::prelude::*;

use crate::repel::{Repeller, Repulsion};
use crate::{Affinities, NeighborGraph};

/// The Kullback-Leibler divergence of the layout from the affinities, in nats: what t-SNE makes small. Compare it only
/// between layouts of the same affinities. 0 for nothing to compare.
///
/// # Panics
/// When there are not as many positions as rows of affinities.
pub fn kl_divergence<const D: usize>(affinities: &Affinities, positions: &[[f32; D]]) -> f64 {
    assert_eq!(affinities.len(), positions.len(), "a position for each row");
    let mut repulsion = vec![Repulsion::NONE; positions.len()];
    Repeller::new().repulsion(positions, 0, &mut repulsion);
    let normalizer: f64 = repulsion.iter().map(|repulsion| f64::from(repulsion.potential) - 1.0).sum();
    let of_row = |row: usize| -> f64 {
        let of_pair = |(target, weight): (u32, f32)| {
            let other = &positions[target as usize];
            let squared: f64 = positions[row].iter().zip(other).map(|(a, b)| f64::from(a - b).powi(2)).sum();
            let (p, q) = (f64::from(weight), 1.0 / (1.0 + squared) / normalizer);
            if p > 0.0 { p * (p / q).ln() } else { 0.0 }
        };
        affinities.row(row).map(of_pair).sum()
    };
    let rows: Vec<f64> = (0..positions.len()).into_par_iter().map(of_row).collect();
    rows.iter().sum()
}

/// The share of each sampled row's `count` nearest rows in the layout that are among its `count` nearest by `graph`,
/// on average: 0 to 1. `sample` says which rows; 1 when there are none.
///
/// # Panics
/// When the graph has fewer than `count` neighbours of each, or a sampled row is none of its rows.
pub fn neighbors_kept<const D: usize>(
    graph: &NeighborGraph,
    positions: &[[f32; D]],
    sample: &[usize],
    count: usize,
) -> f64 {
    assert!(graph.neighbors_of_each() >= count, "the graph knows {count} neighbours of each");
    let kept = |&row: &usize| -> usize {
        let mut distances: Vec<(f32, u32)> = positions
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != row)
            .map(|(other, place)| {
                let squared = positions[row].iter().zip(place).map(|(a, b)| (a - b) * (a - b)).sum();
                (squared, other as u32)
            })
            .collect();
        let order = |a: &(f32, u32), b: &(f32, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        if count < distances.len() {
            distances.select_nth_unstable_by(count, order);
            distances.truncate(count);
        }
        let nearest = &graph.neighbors(row)[..count];
        distances.iter().filter(|(_, other)| nearest.contains(other)).count()
    };
    if sample.is_empty() || count == 0 {
        return 1.0;
    }
    let kept: usize = sample.par_iter().map(kept).sum();
    kept as f64 / (sample.len() * count) as f64
}
