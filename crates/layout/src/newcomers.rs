//! New photos among those that have their places: nobody else moves.

use likeness_domain::JobContext;
use rayon::prelude::*;

use crate::improve::{Descent, Phase};
use crate::nearby::Nearby;
use crate::random::signed_unit;
use crate::rows::check_positions;
use crate::{Affinities, LayoutError, NeighborGraph};

/// Rounds in which newcomers find their places.
const ROUNDS: usize = 60;
/// Neighbours among the placed by which a newcomer's start is chosen, as many as are nearest.
const LEADERS: usize = 30;
/// How far newcomers with the same neighbours start from each other, in units of the layout.
const JITTER: f32 = 0.1;
/// Nearest neighbours that a newcomer should lie amid.
const AMID: usize = 10;
/// How far it stays aside of a place that may be another's, in units of the layout: less than neighbours are apart.
const ASIDE: f32 = 0.05;

/// Places for newcomers among `placed`, which stay as they are. `graph` has one row for each newcomer; rows are numbered
/// with the placed first, then the newcomers, so that newcomers who look alike find each other too.
///
/// A newcomer starts where most of its nearest neighbours among the placed lie together, and feels the same forces as in a
/// full layout of `perplexity` for some rounds. Those forces count on the others to make room, which they do not do here:
/// so in the end it moves to one of its nearest neighbours, or between two of them, if more of them are nearest there.
///
/// # Errors
/// When the job is stopped, a position is not finite, or a neighbour is neither placed nor a newcomer.
pub fn place_newcomers<const D: usize>(
    context: &JobContext,
    placed: &[[f32; D]],
    graph: &NeighborGraph,
    perplexity: f32,
    seed: u64,
) -> Result<Vec<[f32; D]>, LayoutError> {
    check_positions(placed, placed.len())?;
    let all = placed.len() + graph.len();
    if let Some(&stranger) = graph.all_neighbors().iter().find(|&&row| row as usize >= all) {
        return Err(LayoutError::Count { what: "neighbours", expected: all, actual: stranger as usize + 1 });
    }
    let affinities = Affinities::of_newcomers(graph, perplexity, all);
    let mut positions = placed.to_vec();
    positions.extend(starts(&affinities, |row| placed.get(row as usize).copied(), seed));
    let mut descent = Descent::new(positions, placed.len());
    for _ in 0..ROUNDS {
        context.check()?;
        descent.step(&affinities, Phase::UNFOLDING);
    }
    Ok(amid_most_neighbors(&descent.positions, placed.len(), graph, seed))
}

/// For each newcomer, from `first` on: the place, of those between two of its nearest neighbours, at them, and its own, at
/// which most of its nearest neighbours are among the nearest points.
fn amid_most_neighbors<const D: usize>(
    positions: &[[f32; D]],
    first: usize,
    graph: &NeighborGraph,
    seed: u64,
) -> Vec<[f32; D]> {
    let nearby = Nearby::new(positions);
    let nearest_of = |newcomer: usize| -> Vec<[f32; D]> {
        graph.neighbors(newcomer).iter().take(AMID).map(|&row| positions[row as usize]).collect()
    };
    let place = |newcomer: usize| {
        let own = positions[first + newcomer];
        let neighbors = nearest_of(newcomer);
        if neighbors.is_empty() {
            return own;
        }
        let gathered = |place: &[f32; D]| {
            let reach = nearby.squared_distance_to(place, neighbors.len());
            let near = |neighbor: &&[f32; D]| squared_distance(place, neighbor) <= reach;
            neighbors.iter().filter(near).count()
        };
        // It is its own nearest point, which others will not be for long: at its own place it looks one further.
        let reach = nearby.squared_distance_to(&own, neighbors.len() + 1);
        let gathered_at_own =
            neighbors.iter().filter(|neighbor| squared_distance(&own, neighbor) <= reach).count();
        let candidates = (0..neighbors.len()).flat_map(|a| (a..neighbors.len()).map(move |b| (a, b)));
        let mut best = (gathered_at_own, None);
        for (a, b) in candidates {
            let between = std::array::from_fn(|axis| (neighbors[a][axis] + neighbors[b][axis]) / 2.0);
            let count = gathered(&between);
            if count > best.0 {
                best = (count, Some(between));
            }
        }
        let Some(between) = best.1 else { return own };
        // Nobody should lie exactly upon another.
        std::array::from_fn(|axis| between[axis] + ASIDE * signed_unit(seed, (newcomer * D + axis) as u64))
    };
    (0..graph.len()).into_par_iter().map(place).collect()
}

fn squared_distance<const D: usize>(a: &[f32; D], b: &[f32; D]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// Where a new layout begins: everybody at their `old` place; those without one where most of their nearest neighbours
/// with one lie together. `graph` has a row for each of them.
///
/// # Errors
/// When an old place is not finite, or there are not as many as rows.
pub fn start_among<const D: usize>(
    old: &[Option<[f32; D]>],
    graph: &NeighborGraph,
    perplexity: f32,
    seed: u64,
) -> Result<Vec<[f32; D]>, LayoutError> {
    if old.len() != graph.len() {
        return Err(LayoutError::Count { what: "places", expected: graph.len(), actual: old.len() });
    }
    let finite = |place: &Option<[f32; D]>| place.iter().flatten().all(|value| value.is_finite());
    if let Some(row) = old.iter().position(|place| !finite(place)) {
        return Err(LayoutError::NotFinite { row });
    }
    let affinities = Affinities::of_newcomers(graph, perplexity, old.len());
    let found = starts(&affinities, |row| old[row as usize], seed);
    Ok(old.iter().zip(found).map(|(old, found)| old.unwrap_or(found)).collect())
}

/// Where the newcomers, one a row, start; those without placed neighbours in the middle of the others.
fn starts<const D: usize>(
    affinities: &Affinities,
    place_of: impl Fn(u32) -> Option<[f32; D]> + Sync,
    seed: u64,
) -> Vec<[f32; D]> {
    let start = |newcomer: usize| densest(affinities.row(newcomer), &place_of);
    let found: Vec<Option<[f32; D]>> = (0..affinities.len()).into_par_iter().map(start).collect();
    let count = found.iter().flatten().count().max(1) as f32;
    let middle = found
        .iter()
        .flatten()
        .fold([0.0; D], |sum, start| std::array::from_fn(|axis| sum[axis] + start[axis] / count));
    let place = |(newcomer, start): (usize, &Option<[f32; D]>)| {
        let start = start.unwrap_or(middle);
        std::array::from_fn(|axis| start[axis] + JITTER * signed_unit(seed, (newcomer * D + axis) as u64))
    };
    found.iter().enumerate().map(place).collect()
}

/// The place of the placed neighbour around which the others attract most, and from there to the mean of those around
/// it. The mean of all would lie between clusters when they are in several.
fn densest<const D: usize>(
    neighbors: impl Iterator<Item = (u32, f32)>,
    place_of: impl Fn(u32) -> Option<[f32; D]>,
) -> Option<[f32; D]> {
    let leaders: Vec<([f32; D], f32)> = neighbors
        .filter_map(|(row, weight)| Some((place_of(row)?, weight.max(f32::MIN_POSITIVE))))
        .take(LEADERS)
        .collect();
    let pull = |at: &[f32; D], (place, weight): &([f32; D], f32)| -> f32 {
        weight / (1.0 + at.iter().zip(place).map(|(a, b)| (a - b) * (a - b)).sum::<f32>())
    };
    let pulls = |at: &[f32; D]| -> f32 { leaders.iter().map(|leader| pull(at, leader)).sum() };
    let (best, _) = leaders
        .iter()
        .map(|(place, _)| (*place, pulls(place)))
        .reduce(|best, next| if next.1 > best.1 { next } else { best })?;
    let all = pulls(&best);
    Some(std::array::from_fn(|axis| {
        leaders.iter().map(|leader| pull(&best, leader) / all * leader.0[axis]).sum()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Schedule, first_positions, improve, nearest_to, neighbor_graph, neighbors_kept, principal_components,
    };

    const DIMENSION: usize = 32;
    const NEIGHBORS: usize = 45;
    const PERPLEXITY: f32 = 15.0;

    fn map_of(vectors: &[f32]) -> Vec<[f32; 2]> {
        let context = JobContext::unattended();
        let graph = neighbor_graph(&context, vectors, DIMENSION, NEIGHBORS).expect("a graph");
        let start = first_positions(&principal_components(vectors, DIMENSION).expect("components"), 0);
        let affinities = Affinities::joint(&context, &graph, PERPLEXITY).expect("affinities");
        let schedule = Schedule { gathering_rounds: 100, exaggeration: 12.0, unfolding_rounds: 150 };
        improve(&context, &affinities, start, &schedule, |_| ()).expect("a map")
    }

    #[test]
    fn newcomers_keep_most_of_the_neighbours_that_a_new_map_keeps() {
        let (old, all) = (2000, 2200);
        let context = JobContext::unattended();
        let vectors = likeness_testkit::clustered_vectors(all, DIMENSION, 8);
        let mut grown = map_of(&vectors[..old * DIMENSION]);
        let graph = nearest_to(&context, &vectors, DIMENSION, old..all, NEIGHBORS).expect("a graph");
        let placed = grown.clone();
        let newcomers = place_newcomers(&context, &placed, &graph, PERPLEXITY, 0).expect("places");
        assert_eq!(newcomers, place_newcomers(&context, &placed, &graph, PERPLEXITY, 0).expect("places"));
        grown.extend(newcomers);

        let of_all = nearest_to(&context, &vectors, DIMENSION, 0..all, 10).expect("a graph");
        let sample: Vec<usize> = (old..all).collect();
        let kept = neighbors_kept(&of_all, &grown, &sample, 10);
        let in_new_map = neighbors_kept(&of_all, &map_of(&vectors), &sample, 10);
        assert!(kept > in_new_map - 0.03, "{kept}, in a new map {in_new_map}");
    }

    #[test]
    fn newcomers_unlike_all_others_lie_together_but_not_on_top_of_each_other() {
        let context = JobContext::unattended();
        let mut vectors = likeness_testkit::clustered_vectors(1500, DIMENSION, 8);
        let placed = map_of(&vectors);
        vectors.extend(likeness_testkit::clustered_vectors(100, DIMENSION, 99));
        let graph = nearest_to(&context, &vectors, DIMENSION, 1500..1600, NEIGHBORS).expect("a graph");
        let newcomers = place_newcomers(&context, &placed, &graph, PERPLEXITY, 0).expect("places");
        let apart = |a: &[f32; 2], b: &[f32; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
        let mut to_nearest: Vec<f32> = (0..100)
            .map(|at| {
                let others = (0..100).filter(|&other| other != at);
                others.map(|other| apart(&newcomers[at], &newcomers[other])).fold(f32::INFINITY, f32::min)
            })
            .collect();
        to_nearest.sort_unstable_by(f32::total_cmp);
        assert!(to_nearest[50] > 0.05 && to_nearest[90] < 3.0, "{to_nearest:?}");
    }

    #[test]
    fn a_new_layout_begins_at_the_old_places_and_newcomers_among_their_neighbours() {
        let context = JobContext::unattended();
        let vectors = likeness_testkit::clustered_vectors(1200, DIMENSION, 8);
        let map = map_of(&vectors);
        let graph = neighbor_graph(&context, &vectors, DIMENSION, NEIGHBORS).expect("a graph");
        let old: Vec<Option<[f32; 2]>> =
            map.iter().enumerate().map(|(at, place)| (at % 3 > 0).then_some(*place)).collect();
        let start = start_among(&old, &graph, PERPLEXITY, 0).expect("places");
        assert!(old.iter().zip(&start).all(|(old, start)| old.is_none_or(|old| old == *start)));
        let sample: Vec<usize> = (0..1200).step_by(3).collect();
        let kept = neighbors_kept(&graph, &start, &sample, 10);
        let in_map = neighbors_kept(&graph, &map, &sample, 10);
        assert!(kept > 0.5 * in_map, "{kept}, in the map {in_map}");
        let nobody = start_among(&[None::<[f32; 2]>; 1200], &graph, PERPLEXITY, 0).expect("places");
        assert!(nobody.iter().flatten().all(|value| value.abs() <= JITTER));
        assert!(start_among(&old[1..], &graph, PERPLEXITY, 0).is_err());
    }

    #[test]
    fn a_first_photo_and_no_newcomers_are_no_trouble() {
        let context = JobContext::unattended();
        let vectors = likeness_testkit::clustered_vectors(3, DIMENSION, 1);
        let graph = nearest_to(&context, &vectors, DIMENSION, 0..3, NEIGHBORS).expect("a graph");
        let first = place_newcomers::<2>(&context, &[], &graph, PERPLEXITY, 0).expect("places");
        assert!(first.len() == 3 && first.iter().flatten().all(|value| value.is_finite()), "{first:?}");
        let nobody = nearest_to(&context, &vectors, DIMENSION, 3..3, NEIGHBORS).expect("a graph");
        let placed = place_newcomers(&context, &first, &nobody, PERPLEXITY, 0).expect("nothing to do");
        assert!(placed.is_empty());
        let strangers = place_newcomers::<2>(&context, &first[..1], &graph, PERPLEXITY, 0);
        assert!(strangers.is_ok());
    }
}
