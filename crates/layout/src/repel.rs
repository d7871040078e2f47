//! Repulsion of points from all others: exactly for few, by way of a grid for many.

use rayon::prelude::*;

use crate::mesh::Mesh;

/// Up to so many pairs, the sum over all of them is quicker than a grid.
const EXACT_PAIRS: usize = 1_000_000;
/// Points that one task computes.
const POINTS_AT_ONCE: usize = 32;

/// What a point feels of all points: with r the distance to each of them,
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Repulsion<const D: usize> {
    /// the sum of 1 / (1 + r²), the point itself included,
    pub(crate) potential: f32,
    /// and the sum of the vectors from each of them, times 1 / (1 + r²)².
    pub(crate) force: [f32; D],
}

impl<const D: usize> Repulsion<D> {
    pub(crate) const NONE: Self = Self { potential: 0.0, force: [0.0; D] };
}

/// Computes repulsion round after round.
pub(crate) struct Repeller<const D: usize> {
    mesh: Mesh<D>,
}

impl<const D: usize> Repeller<D> {
    pub(crate) fn new() -> Self {
        Self { mesh: Mesh::new() }
    }

    /// Computes the repulsion of the points from `first` on from all points.
    pub(crate) fn repulsion(&mut self, points: &[[f32; D]], first: usize, out: &mut [Repulsion<D>]) {
        if points.len() * (points.len() - first) <= EXACT_PAIRS {
            exact_repulsion(points, first, out);
        } else {
            self.mesh.repulsion(points, first, out);
        }
    }
}

/// The same, pair by pair.
pub(crate) fn exact_repulsion<const D: usize>(points: &[[f32; D]], first: usize, out: &mut [Repulsion<D>]) {
    let axes: Vec<Vec<f32>> = (0..D).map(|axis| points.iter().map(|point| point[axis]).collect()).collect();
    out.par_iter_mut().zip(&points[first..]).with_min_len(POINTS_AT_ONCE).for_each(|(out, point)| {
        pulp::Arch::new().dispatch(|| *out = exact_repulsion_of(point, &axes));
    });
}

/// In lanes, which the compiler turns into vectors and which fixes the order of additions.
#[inline(always)]
fn exact_repulsion_of<const D: usize>(point: &[f32; D], axes: &[Vec<f32>]) -> Repulsion<D> {
    const LANES: usize = 16;
    let count = axes[0].len();
    let mut potential = [0.0; LANES];
    let mut force = [[0.0; LANES]; D];
    let mut add = |start: usize, lanes: usize| {
        let away: [[f32; LANES]; D] = std::array::from_fn(|axis| {
            let mut away = [0.0; LANES];
            let others = &axes[axis][start..start + lanes];
            away.iter_mut().zip(others).for_each(|(away, other)| *away = point[axis] - other);
            away
        });
        for lane in 0..lanes {
            let squared: f32 = (0..D).map(|axis| away[axis][lane] * away[axis][lane]).sum();
            let weight = 1.0 / (1.0 + squared);
            potential[lane] += weight;
            for (force, away) in force.iter_mut().zip(&away) {
                force[lane] += weight * weight * away[lane];
            }
        }
    };
    let whole = count / LANES * LANES;
    (0..whole).step_by(LANES).for_each(|start| add(start, LANES));
    add(whole, count - whole);
    Repulsion { potential: potential.iter().sum(), force: force.map(|lanes| lanes.iter().sum()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::signed_unit;

    fn exact_in_f64<const D: usize>(points: &[[f32; D]]) -> Vec<(f64, [f64; D])> {
        let of = |point: &[f32; D]| {
            points.iter().fold((0.0, [0.0; D]), |(potential, mut force), other| {
                let away: [f64; D] =
                    std::array::from_fn(|axis| f64::from(point[axis]) - f64::from(other[axis]));
                let weight = 1.0 / (1.0 + away.iter().map(|part| part * part).sum::<f64>());
                force.iter_mut().zip(away).for_each(|(force, away)| *force += weight * weight * away);
                (potential + weight, force)
            })
        };
        points.iter().map(of).collect()
    }

    /// Points in clumps over `extent`, as in a layout.
    fn clumps<const D: usize>(count: usize, extent: f32) -> Vec<[f32; D]> {
        (0..count as u64)
            .map(|at| {
                std::array::from_fn(|axis| {
                    let clump = signed_unit(axis as u64, at % 23);
                    extent * (0.9 * clump + 0.1 * signed_unit(9 + axis as u64, at))
                })
            })
            .collect()
    }

    /// The root mean square of what is wrong, as shares of the root mean squares of force and potential.
    fn errors<const D: usize>(found: &[Repulsion<D>], exact: &[(f64, [f64; D])]) -> (f64, f64) {
        let (mut wrong, mut all) = ([0.0; 2], [0.0; 2]);
        for (found, (potential, force)) in found.iter().zip(exact) {
            wrong[0] += (f64::from(found.potential) - potential).powi(2);
            all[0] += potential * potential;
            for (found, exact) in found.force.iter().zip(force) {
                wrong[1] += (f64::from(*found) - exact).powi(2);
                all[1] += exact * exact;
            }
        }
        ((wrong[1] / all[1]).sqrt(), (wrong[0] / all[0]).sqrt())
    }

    fn check<const D: usize>(count: usize, extent: f32, force_error: f64, potential_error: f64) {
        let points = clumps::<D>(count, extent);
        let exact = exact_in_f64(&points);
        let mut found = vec![Repulsion::NONE; count];
        exact_repulsion(&points, 0, &mut found);
        let (force, potential) = errors(&found, &exact);
        assert!(force < 1e-4 && potential < 1e-5, "pair by pair: {force:.1e}, {potential:.1e}");
        Mesh::new().repulsion(&points, 0, &mut found);
        let (force, potential) = errors(&found, &exact);
        assert!(
            force < force_error && potential < potential_error,
            "by grid, {count} points over {extent}: force {force:.1e}, potential {potential:.1e}"
        );
    }

    #[test]
    fn the_grid_gives_what_the_sum_over_all_pairs_gives_in_the_plane() {
        check::<2>(3000, 5.0, 1e-2, 1e-3);
        check::<2>(3000, 30.0, 1e-2, 1e-3);
        check::<2>(3000, 100.0, 1e-2, 1e-3);
    }

    #[test]
    fn the_grid_gives_what_the_sum_over_all_pairs_gives_in_space() {
        check::<3>(2000, 3.0, 1e-2, 1e-3);
        check::<3>(2000, 12.0, 1e-2, 1e-3);
    }

    #[test]
    fn points_that_lie_almost_together_part() {
        let points: Vec<[f32; 2]> = clumps(3000, 1e-4);
        let exact = exact_in_f64(&points);
        let mut found = vec![Repulsion::NONE; points.len()];
        Mesh::new().repulsion(&points, 0, &mut found);
        // A force that is the same for all moves them together and parts nobody.
        let mean = |axis: usize| {
            found.iter().map(|found| f64::from(found.force[axis])).sum::<f64>() / points.len() as f64
        };
        let mean = [mean(0), mean(1)];
        let (mut wrong, mut all) = (0.0, 0.0);
        for (found, (_, force)) in found.iter().zip(&exact) {
            for axis in 0..2 {
                wrong += (f64::from(found.force[axis]) - mean[axis] - force[axis]).powi(2);
                all += force[axis].powi(2);
            }
        }
        let error = (wrong / all).sqrt();
        assert!(error < 0.1, "{error}");
    }
}
