//! t-SNE: moves points until neighbours lie together, by gradient descent on the Kullback-Leibler divergence.
//!
//! Rates and rounds are those of openTSNE, after Belkina et al. (2019).

use likeness_domain::JobContext;
use rayon::prelude::*;

use crate::attract::attraction;
use crate::random::signed_unit;
use crate::repel::{Repeller, Repulsion};
use crate::rows::check_positions;
use crate::{Affinities, LayoutError};

/// Spread of the first positions along their widest axis: so small that all attract each other alike.
const FIRST_SPREAD: f32 = 1e-4;
/// How far points that would start at the same place are moved apart, as a share of the spread.
const JITTER: f32 = 1e-2;
/// A gain grows by this where the gradient keeps pushing the same way ...
const GAIN_STEP: f32 = 0.2;
/// ... and shrinks by this factor where it turns, to no less than `LEAST_GAIN`.
const GAIN_DECAY: f32 = 0.8;
const LEAST_GAIN: f32 = 0.01;
/// The furthest that a point moves in one round.
const LONGEST_STEP: f32 = 5.0;
/// What forces are divided by at least: a photo alone has nobody to be pushed by.
const LEAST_NORMALIZER: f64 = 1e-30;
/// Points that one task moves. Sums are taken by task, so they do not depend on the number of threads.
const POINTS_AT_ONCE: usize = 512;

/// How long to go on, and how strongly neighbours attract each other at first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    /// Rounds in which attraction is `exaggeration` times as strong, so that clusters find their places.
    pub gathering_rounds: usize,
    /// More than 1.
    pub exaggeration: f32,
    /// Rounds after those, in which clusters unfold.
    pub unfolding_rounds: usize,
}

impl Default for Schedule {
    /// 250 rounds with 12 times the attraction, and 500 without.
    fn default() -> Self {
        Self { gathering_rounds: 250, exaggeration: Phase::GATHERING.exaggeration, unfolding_rounds: 500 }
    }
}

impl Schedule {
    /// For a new layout that begins at an old one (at its positions as they are) and should still look like it: clusters
    /// gather for fewer rounds, with 4 times the attraction, so that they do not change places.
    pub fn again() -> Self {
        Self { gathering_rounds: 50, exaggeration: 4.0, ..Self::default() }
    }
}

/// A layout in the making, after each round.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a, const D: usize> {
    /// Rounds done.
    pub round: usize,
    /// Rounds in all.
    pub rounds: usize,
    /// Where the points are now, with their mean at 0. Distances of 1 matter: neighbours lie closer.
    pub positions: &'a [[f32; D]],
}

/// Where t-SNE begins: the principal components, scaled so that the first spreads by 0.0001. What lies at the same place
/// is moved apart a little, as `seed` says.
pub fn first_positions<const D: usize>(components: &[[f32; D]], seed: u64) -> Vec<[f32; D]> {
    let sum: f64 = components.iter().map(|component| f64::from(component[0]).powi(2)).sum();
    let spread = (sum / components.len().max(1) as f64).sqrt() as f32;
    let scale = if spread > f32::MIN_POSITIVE { FIRST_SPREAD / spread } else { 0.0 };
    let start = |(row, place): (usize, &[f32; D])| {
        std::array::from_fn(|axis| {
            let jitter = JITTER * FIRST_SPREAD * signed_unit(seed, (row * D + axis) as u64);
            place[axis] * scale + jitter
        })
    };
    components.iter().enumerate().map(start).collect()
}

/// Moves `positions` until photos lie together as `affinities` say. `watch` is called after each round and must be quick.
///
/// # Errors
/// When the job is stopped, positions are not finite, or there are not as many as rows of affinities.
pub fn improve<const D: usize>(
    context: &JobContext,
    affinities: &Affinities,
    positions: Vec<[f32; D]>,
    schedule: &Schedule,
    mut watch: impl FnMut(Moment<'_, D>),
) -> Result<Vec<[f32; D]>, LayoutError> {
    check_positions(&positions, affinities.len())?;
    let rounds = schedule.gathering_rounds + schedule.unfolding_rounds;
    let mut descent = Descent::new(positions, 0);
    for round in 0..rounds {
        context.check()?;
        let gathering = Phase { exaggeration: schedule.exaggeration, ..Phase::GATHERING };
        let phase = if round < schedule.gathering_rounds { gathering } else { Phase::UNFOLDING };
        if round == schedule.gathering_rounds {
            descent.rest();
        }
        descent.step(affinities, phase);
        watch(Moment { round: round + 1, rounds, positions: &descent.positions });
    }
    Ok(descent.positions)
}

/// How strongly points attract each other, as a multiple of their affinities, and how much of its velocity a point keeps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phase {
    exaggeration: f32,
    momentum: f32,
}

impl Phase {
    const GATHERING: Self = Self { exaggeration: 12.0, momentum: 0.8 };
    /// openTSNE keeps 0.8 here too; with 0.9 the same rounds end at a divergence 2 % smaller (10,000 vectors).
    pub(crate) const UNFOLDING: Self = Self { exaggeration: 1.0, momentum: 0.9 };
}

/// Gradient descent with momentum and gains. Points before `first` never move.
pub(crate) struct Descent<const D: usize> {
    pub(crate) positions: Vec<[f32; D]>,
    first: usize,
    moving: Vec<Moving<D>>,
    repulsion: Vec<Repulsion<D>>,
    repeller: Repeller<D>,
}

#[derive(Clone, Copy)]
struct Moving<const D: usize> {
    next: [f32; D],
    velocity: [f32; D],
    gains: [f32; D],
}

impl<const D: usize> Moving<D> {
    const AT_REST: Self = Self { next: [0.0; D], velocity: [0.0; D], gains: [1.0; D] };
}

impl<const D: usize> Descent<D> {
    /// # Panics
    /// When `first` is more than the number of positions.
    pub(crate) fn new(positions: Vec<[f32; D]>, first: usize) -> Self {
        let moving = positions.len() - first;
        Self {
            positions,
            first,
            moving: vec![Moving::AT_REST; moving],
            repulsion: vec![Repulsion::NONE; moving],
            repeller: Repeller::new(),
        }
    }

    /// Forgets velocities and gains.
    pub(crate) fn rest(&mut self) {
        self.moving.fill(Moving::AT_REST);
    }

    /// One round. Row r of `affinities` belongs to the r-th moving point.
    pub(crate) fn step(&mut self, affinities: &Affinities, phase: Phase) {
        let (first, count) = (self.first, self.positions.len());
        self.repeller.repulsion(&self.positions, first, &mut self.repulsion);
        let normalizer = self.normalizer();
        let settings = Step {
            phase,
            inverse_normalizer: (1.0 / normalizer) as f32,
            rate: count as f32 / phase.exaggeration,
        };
        let (positions, repulsion) = (&self.positions, &self.repulsion);
        let tasks =
            self.moving.par_chunks_mut(POINTS_AT_ONCE).zip(repulsion.par_chunks(POINTS_AT_ONCE)).enumerate();
        tasks.for_each(|(task, (moving, repulsion))| {
            pulp::Arch::new().dispatch(|| {
                for (at, (moving, repulsion)) in moving.iter_mut().zip(repulsion).enumerate() {
                    let row = task * POINTS_AT_ONCE + at;
                    let point = &positions[first + row];
                    let pull = attraction(affinities, row, point, positions);
                    settings.advance(point, pull, repulsion.force, moving);
                }
            });
        });
        let mean = if first == 0 { mean_of_next(&self.moving) } else { [0.0; D] };
        for (position, moving) in self.positions[first..].iter_mut().zip(&self.moving) {
            *position = std::array::from_fn(|axis| moving.next[axis] - mean[axis]);
        }
    }

    /// The sum of 1 / (1 + r²) over all pairs of different points, or what the moving points say that it is.
    fn normalizer(&self) -> f64 {
        let sums: Vec<f64> = self
            .repulsion
            .par_chunks(POINTS_AT_ONCE)
            .map(|chunk| chunk.iter().map(|repulsion| f64::from(repulsion.potential) - 1.0).sum())
            .collect();
        let all_of_moving = self.positions.len() as f64 / self.moving.len().max(1) as f64;
        (sums.iter().sum::<f64>() * all_of_moving).max(LEAST_NORMALIZER)
    }
}

struct Step {
    phase: Phase,
    inverse_normalizer: f32,
    rate: f32,
}

impl Step {
    #[inline(always)]
    fn advance<const D: usize>(
        &self,
        point: &[f32; D],
        pull: [f32; D],
        push: [f32; D],
        moving: &mut Moving<D>,
    ) {
        let mut squared_length = 0.0;
        for axis in 0..D {
            let slope = self.phase.exaggeration * pull[axis] - push[axis] * self.inverse_normalizer;
            let (gain, velocity) = (&mut moving.gains[axis], &mut moving.velocity[axis]);
            *gain = if (slope > 0.0) == (*velocity > 0.0) {
                // The velocity points up the slope: it turns.
                (*gain * GAIN_DECAY).max(LEAST_GAIN)
            } else {
                *gain + GAIN_STEP
            };
            *velocity = self.phase.momentum * *velocity - self.rate * *gain * slope;
            squared_length += *velocity * *velocity;
        }
        if squared_length > LONGEST_STEP * LONGEST_STEP {
            let shorten = LONGEST_STEP / squared_length.sqrt();
            moving.velocity.iter_mut().for_each(|velocity| *velocity *= shorten);
        }
        moving.next = std::array::from_fn(|axis| point[axis] + moving.velocity[axis]);
    }
}

fn mean_of_next<const D: usize>(moving: &[Moving<D>]) -> [f32; D] {
    let sums: Vec<[f64; D]> =
        moving.par_chunks(POINTS_AT_ONCE).map(|chunk| sum(chunk.iter().map(|m| &m.next))).collect();
    let total = sums.iter().fold([0.0; D], |total, sum| std::array::from_fn(|axis| total[axis] + sum[axis]));
    total.map(|sum| (sum / moving.len().max(1) as f64) as f32)
}

fn sum<'a, const D: usize>(positions: impl Iterator<Item = &'a [f32; D]>) -> [f64; D] {
    positions
        .fold([0.0; D], |sum, position| std::array::from_fn(|axis| sum[axis] + f64::from(position[axis])))
}

#[cfg(test)]
mod tests {
    use likeness_domain::JobControl;

    use super::*;
    use crate::{NeighborGraph, kl_divergence, neighbor_graph, neighbors_kept, principal_components};

    fn joint(graph: &NeighborGraph, perplexity: f32) -> Affinities {
        Affinities::joint(&JobContext::unattended(), graph, perplexity).expect("affinities")
    }

    fn made_up(count: usize) -> (NeighborGraph, Affinities, Vec<[f32; 2]>) {
        let vectors = likeness_testkit::clustered_vectors(count, 32, 6);
        let graph = neighbor_graph(&JobContext::unattended(), &vectors, 32, 45).expect("a graph");
        let affinities = joint(&graph, 15.0);
        let components = principal_components(&vectors, 32).expect("components");
        (graph, affinities, first_positions(&components, 1))
    }

    /// Long enough for maps of few photos.
    const SHORT: Schedule = Schedule { gathering_rounds: 100, exaggeration: 12.0, unfolding_rounds: 150 };

    fn improved<const D: usize>(affinities: &Affinities, start: Vec<[f32; D]>) -> Vec<[f32; D]> {
        improve(&JobContext::unattended(), affinities, start, &SHORT, |_| ()).expect("a layout")
    }

    #[test]
    fn a_step_goes_down_the_exact_gradient_of_the_divergence() {
        let (_, affinities, start) = made_up(300);
        // Places at which forces are neither tiny nor all alike.
        let places: Vec<[f32; 2]> = start.iter().map(|place| place.map(|value| value * 3e4)).collect();
        let mut descent = Descent::new(places.clone(), 0);
        descent.step(&affinities, Phase::UNFOLDING);
        let divergence = |at: usize, axis: usize, by: f32| {
            let mut moved = places.clone();
            moved[at][axis] += by;
            kl_divergence(&affinities, &moved)
        };
        let mut slopes = Vec::new();
        for at in 0..300 {
            for axis in 0..2 {
                const BY: f32 = 0.02;
                let slope = (divergence(at, axis, BY) - divergence(at, axis, -BY)) / f64::from(2.0 * BY);
                // 4 times the gradient is the slope of the divergence; the first step is the rate times gain 0.8 or 1.2.
                let velocity = f64::from(descent.moving[at].velocity[axis]);
                let gain = f64::from(descent.moving[at].gains[axis]);
                slopes.push((slope, -4.0 * velocity / gain / 300.0));
            }
        }
        let size = (slopes.iter().map(|(slope, _)| slope * slope).sum::<f64>() / 600.0).sqrt();
        assert!(size > 1e-5, "{size}");
        for (slope, found) in slopes {
            assert!((slope - found).abs() < 0.02 * size, "{found} for {slope}, typically {size}");
        }
    }

    #[test]
    fn neighbours_lie_together_and_the_same_seed_gives_the_same_map_on_any_number_of_threads() {
        let (graph, affinities, start) = made_up(2500);
        let map_of = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| improved(&affinities, start.clone()))
        };
        let map = map_of(1);
        assert_eq!(map, map_of(3));
        let sample: Vec<usize> = (0..2500).step_by(5).collect();
        let kept = neighbors_kept(&graph, &map, &sample, 10);
        let at_first = neighbors_kept(&graph, &start, &sample, 10);
        assert!(kept > 0.4 && kept > 2.0 * at_first, "{kept}, at first {at_first}");
        let (divergence, before) = (kl_divergence(&affinities, &map), kl_divergence(&affinities, &start));
        assert!(divergence < 0.5 * before, "{divergence}, at first {before}");
    }

    #[test]
    fn space_keeps_more_neighbours_than_the_plane() {
        let (graph, affinities, start) = made_up(2000);
        let in_space: Vec<[f32; 3]> =
            start.iter().enumerate().map(|(at, [x, y])| [*x, *y, 1e-5 * signed_unit(3, at as u64)]).collect();
        let sample: Vec<usize> = (0..2000).step_by(4).collect();
        let plane = neighbors_kept(&graph, &improved(&affinities, start), &sample, 10);
        let space = neighbors_kept(&graph, &improved(&affinities, in_space), &sample, 10);
        assert!(space > plane, "{space} in space, {plane} in the plane");
    }

    #[test]
    fn every_round_is_shown_and_a_cancelled_job_ends() {
        let (_, affinities, start) = made_up(200);
        let schedule = Schedule { gathering_rounds: 3, exaggeration: 12.0, unfolding_rounds: 4 };
        let mut seen = Vec::new();
        let context = JobContext::unattended();
        let last = improve(&context, &affinities, start.clone(), &schedule, |moment| {
            seen.push((moment.round, moment.rounds, moment.positions.to_vec()));
        })
        .expect("a layout");
        assert_eq!(seen.iter().map(|(round, ..)| *round).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
        assert!(seen.iter().all(|(_, rounds, _)| *rounds == 7));
        assert_eq!(seen[6].2, last);

        let control = JobControl::new();
        let context = JobContext::new(control.clone(), |_| {});
        let stopped = improve(&context, &affinities, start.clone(), &Schedule::default(), |moment| {
            if moment.round == 5 {
                control.cancel();
            }
            assert!(moment.round <= 5);
        });
        assert!(matches!(stopped, Err(LayoutError::Cancelled(_))));
        let short = improve(&context, &affinities, start[1..].to_vec(), &Schedule::default(), |_| ());
        assert!(matches!(short, Err(LayoutError::Count { expected: 200, actual: 199, .. })));
    }

    #[test]
    fn a_new_layout_from_an_old_one_looks_like_it() {
        let (_, affinities, start) = made_up(1000);
        let context = JobContext::unattended();
        let old = improve(&context, &affinities, start, &Schedule::default(), |_| ()).expect("a layout");
        let new = improve(&context, &affinities, old.clone(), &Schedule::again(), |_| ()).expect("a layout");
        let wanted: Vec<Option<[f32; 2]>> = old.iter().copied().map(Some).collect();
        let aligned = crate::align(&new, &wanted);
        let square = |places: &[[f32; 2]], of: &[[f32; 2]]| -> f32 {
            places.iter().flatten().zip(of.iter().flatten()).map(|(a, b)| (a - b) * (a - b)).sum()
        };
        let moved = square(&aligned, &old) / square(&vec![[0.0; 2]; 1000], &old);
        assert!(moved < 0.1, "{moved} of the map's own spread");
        assert!(kl_divergence(&affinities, &new) < kl_divergence(&affinities, &old));
    }

    #[test]
    fn few_photos_and_photos_that_are_all_alike_make_a_map_without_nonsense() {
        for count in [0, 1, 2, 3, 10] {
            let vectors = likeness_testkit::clustered_vectors(count, 8, 1);
            let graph = neighbor_graph(&JobContext::unattended(), &vectors, 8, 90).expect("a graph");
            let start = first_positions(&principal_components::<2>(&vectors, 8).expect("components"), 0);
            let map = improved(&joint(&graph, 30.0), start);
            assert_eq!(map.len(), count);
            assert!(map.iter().flatten().all(|value| value.is_finite()), "{count}: {map:?}");
        }
        let vectors = [0.5; 4 * 300];
        let graph = neighbor_graph(&JobContext::unattended(), &vectors, 4, 90).expect("a graph");
        let start = first_positions(&principal_components::<2>(&vectors, 4).expect("components"), 0);
        let map = improved(&joint(&graph, 30.0), start);
        assert!(map.iter().flatten().all(|value| value.is_finite()));
        assert!(map[0] != map[150], "even photos that are alike are not on top of each other");
    }
}
