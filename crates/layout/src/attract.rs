//! Attraction of a point to its neighbours.

use crate::Affinities;

/// Neighbours that are computed together.
const LANES: usize = 16;

/// With r the distance to each of its neighbours, the sum of the vectors to `point` from them, times affinity / (1 + r²).
#[inline]
pub(crate) fn attraction<const D: usize>(
    affinities: &Affinities,
    row: usize,
    point: &[f32; D],
    positions: &[[f32; D]],
) -> [f32; D] {
    let (targets, weights) = affinities.slices(row);
    let mut sums = [[0.0; LANES]; D];
    let (target_blocks, last_targets) = targets.as_chunks::<LANES>();
    let (weight_blocks, last_weights) = weights.as_chunks::<LANES>();
    for (targets, weights) in target_blocks.iter().zip(weight_blocks) {
        add_block(targets, weights, point, positions, &mut sums);
    }
    if !last_targets.is_empty() {
        // Padded with neighbours that attract by 0.
        let (mut targets, mut weights) = ([last_targets[0]; LANES], [0.0; LANES]);
        targets[..last_targets.len()].copy_from_slice(last_targets);
        weights[..last_weights.len()].copy_from_slice(last_weights);
        add_block(&targets, &weights, point, positions, &mut sums);
    }
    sums.map(|lanes| lanes.iter().sum())
}

#[inline(always)]
fn add_block<const D: usize>(
    targets: &[u32; LANES],
    weights: &[f32; LANES],
    point: &[f32; D],
    positions: &[[f32; D]],
    sums: &mut [[f32; LANES]; D],
) {
    let mut away = [[0.0; LANES]; D];
    for lane in 0..LANES {
        let other = &positions[targets[lane] as usize];
        for axis in 0..D {
            away[axis][lane] = point[axis] - other[axis];
        }
    }
    for lane in 0..LANES {
        let mut squared = 0.0;
        for away in &away {
            squared += away[lane] * away[lane];
        }
        let pull = weights[lane] / (1.0 + squared);
        for axis in 0..D {
            sums[axis][lane] += pull * away[axis][lane];
        }
    }
}
