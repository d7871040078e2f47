//! Layouts laid upon others, and the frames around them. Moving, turning and mirroring a whole layout changes nothing that it says.

use linfa_linalg::svd::SVD;
use ndarray::Array2;

/// Moves, turns and mirrors `positions` as a whole so that they come as near as they can to `old`, where it has a place
/// for them (Procrustes, in the least-squares sense; Schönemann 1966). Distances stay as they are, so that newcomers
/// can still be placed among them.
///
/// # Panics
/// When there is not one old place, or none, for each position.
pub fn align<const D: usize>(positions: &[[f32; D]], old: &[Option<[f32; D]>]) -> Vec<[f32; D]> {
    assert_eq!(positions.len(), old.len(), "an old place, or none, for each position");
    let pairs = || positions.iter().zip(old).filter_map(|(new, old)| old.map(|old| (*new, old)));
    let count = pairs().count();
    if count == 0 {
        return positions.to_vec();
    }
    let mean = |sum: [f64; D]| sum.map(|sum| sum / count as f64);
    let (new_sum, old_sum) = pairs().fold(([0.0; D], [0.0; D]), |(new_sum, old_sum), (new, old)| {
        let add =
            |sum: [f64; D], place: [f32; D]| std::array::from_fn(|axis| sum[axis] + f64::from(place[axis]));
        (add(new_sum, new), add(old_sum, old))
    });
    let (new_mean, old_mean) = (mean(new_sum), mean(old_sum));
    let mut products = Array2::<f64>::zeros((D, D));
    for (new, old) in pairs() {
        for row in 0..D {
            for column in 0..D {
                products[[row, column]] +=
                    (f64::from(new[row]) - new_mean[row]) * (f64::from(old[column]) - old_mean[column]);
            }
        }
    }
    let turn = nearest_turn(&products);
    let moved = |position: &[f32; D]| {
        std::array::from_fn(|column| {
            let turned = (0..D)
                .map(|row| (f64::from(position[row]) - new_mean[row]) * turn[[row, column]])
                .sum::<f64>();
            (turned + old_mean[column]) as f32
        })
    };
    positions.iter().map(moved).collect()
}

/// The square (or cube) around a layout, in its units. What comes to the layout later is seen in the same frame, so that
/// nobody moves on the screen either.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame<const D: usize> {
    /// Its middle.
    pub middle: [f32; D],
    /// The length of its sides; 0 when all lie in one place.
    pub side: f32,
}

impl<const D: usize> Frame<D> {
    /// The smallest around `positions`; of size 0 around 0 when there are none.
    pub fn around(positions: &[[f32; D]]) -> Self {
        let mut low = [f32::INFINITY; D];
        let mut high = [f32::NEG_INFINITY; D];
        for position in positions {
            for axis in 0..D {
                low[axis] = low[axis].min(position[axis]);
                high[axis] = high[axis].max(position[axis]);
            }
        }
        if positions.is_empty() {
            return Self { middle: [0.0; D], side: 0.0 };
        }
        let middle = std::array::from_fn(|axis| low[axis] / 2.0 + high[axis] / 2.0);
        Self { middle, side: (0..D).map(|axis| high[axis] - low[axis]).fold(0.0, f32::max) }
    }

    /// Where `position` lies when the frame is the square (or cube) from 0 to 1.
    pub fn seen(&self, position: &[f32; D]) -> [f32; D] {
        let scale = if self.side > 0.0 { 1.0 / self.side } else { 0.0 };
        std::array::from_fn(|axis| (position[axis] - self.middle[axis]) * scale + 0.5)
    }
}

/// The rotation or reflection that is nearest to `products` (its orthogonal polar factor).
fn nearest_turn(products: &Array2<f64>) -> Array2<f64> {
    let size = products.nrows();
    match products.svd(true, true) {
        Ok((Some(left), _, Some(right))) if left.iter().chain(&right).all(|value| value.is_finite()) => {
            left.dot(&right)
        }
        // Nothing says how to turn.
        _ => Array2::eye(size),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::signed_unit;

    fn scattered<const D: usize>(count: usize) -> Vec<[f32; D]> {
        (0..count).map(|at| std::array::from_fn(|axis| 10.0 * signed_unit(axis as u64, at as u64))).collect()
    }

    fn assert_same<const D: usize>(found: &[[f32; D]], expected: &[[f32; D]]) {
        for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
            assert!((found - expected).abs() < 1e-3, "{found} for {expected}");
        }
    }

    #[test]
    fn what_was_turned_mirrored_and_moved_is_laid_back() {
        let old = scattered::<2>(100);
        let (sine, cosine) = 2.1f32.sin_cos();
        for mirror in [1.0, -1.0] {
            let new: Vec<[f32; 2]> = old
                .iter()
                .map(|[x, y]| [cosine * x - sine * y + 40.0, mirror * (sine * x + cosine * y) - 7.0])
                .collect();
            let wanted: Vec<Option<[f32; 2]>> = old.iter().copied().map(Some).collect();
            assert_same(&align(&new, &wanted), &old);
            // Half of them say enough.
            let half: Vec<Option<[f32; 2]>> =
                old.iter().enumerate().map(|(at, place)| (at % 2 == 0).then_some(*place)).collect();
            assert_same(&align(&new, &half), &old);
        }
    }

    #[test]
    fn space_is_turned_too() {
        let old = scattered::<3>(60);
        let new: Vec<[f32; 3]> = old.iter().map(|[x, y, z]| [*z + 1.0, -x, *y]).collect();
        let wanted: Vec<Option<[f32; 3]>> = old.iter().copied().map(Some).collect();
        assert_same(&align(&new, &wanted), &old);
    }

    #[test]
    fn few_or_no_old_places_are_no_trouble() {
        let new = scattered::<2>(5);
        assert_eq!(align(&new, &[None; 5]), new);
        let mut one = [None; 5];
        one[2] = Some([3.0, 4.0]);
        assert_same(&align(&new, &one)[2..3], &[[3.0, 4.0]]);
        let in_a_line: Vec<Option<[f32; 2]>> = (0..5).map(|at| Some([at as f32, 0.0])).collect();
        assert!(align(&new, &in_a_line).iter().flatten().all(|value| value.is_finite()));
    }

    #[test]
    fn a_layout_fills_its_frame_evenly_and_a_newcomer_may_lie_outside() {
        let seen = |positions: &[[f32; 2]]| {
            let frame = Frame::around(positions);
            positions.iter().map(|position| frame.seen(position)).collect::<Vec<_>>()
        };
        let positions = [[-5.0, 2.0], [15.0, 2.0], [5.0, 7.0]];
        assert_same(&seen(&positions), &[[0.0, 0.375], [1.0, 0.375], [0.5, 0.625]]);
        assert_same(&[Frame::around(&positions).seen(&[25.0, 4.5])], &[[1.5, 0.5]]);
        assert_same(&seen(&[[3.0, 3.0]; 4]), &[[0.5; 2]; 4]);
        assert_same(&[Frame::around(&[]).seen(&[9.0, 9.0])], &[[0.5; 2]]);
    }
}
