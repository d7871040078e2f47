//! How much photos attract each other: distances to neighbours turned into probabilities (van der Maaten and Hinton 2008).

use likeness_domain::{Cancelled, JobContext};
use rayon::prelude::*;

use crate::NeighborGraph;

/// Rounds of the search for a width; each at least halves what is unknown, most do far better.
const SEARCH_ROUNDS: usize = 60;
/// Sharper distributions are 0 for all but the nearest, as far as these numbers can tell distances apart.
const SHARPEST: f32 = 1e12;
/// Entropy may miss the wanted one by so much, in nats.
const ENTROPY_TOLERANCE: f32 = 1e-4;

/// Probabilities that rows choose each other as neighbours, kept where they are not 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Affinities {
    /// Where each row's entries begin, and where the last row's end.
    starts: Vec<usize>,
    /// The other row of each entry, rising within a row.
    targets: Vec<u32>,
    weights: Vec<f32>,
}

impl Affinities {
    /// The symmetric joint probabilities of t-SNE, 1 in all. Each row spreads its probability over its neighbours as a
    /// normal distribution does whose width gives it about `perplexity` neighbours (at most a third of those there are,
    /// at least 1); the two directions are averaged.
    ///
    /// # Errors
    /// When the job is stopped.
    ///
    /// # Panics
    /// When a neighbour in `graph` is none of its rows.
    pub fn joint(context: &JobContext, graph: &NeighborGraph, perplexity: f32) -> Result<Self, Cancelled> {
        let conditional = Self::conditional(graph, perplexity);
        context.check()?;
        let transposed = conditional.transposed(graph.len());
        context.check()?;
        let scale = 0.5 / graph.len().max(1) as f32;
        let merged: Vec<Vec<(u32, f32)>> = (0..graph.len())
            .into_par_iter()
            .map(|row| {
                let mut entries: Vec<(u32, f32)> = conditional.row(row).collect();
                entries.sort_unstable_by_key(|&(target, _)| target);
                add_sorted(&entries, transposed.row(row), scale)
            })
            .collect();
        context.check()?;
        Ok(Self::from_rows(&merged))
    }

    /// One row of probabilities for each newcomer, over neighbours among the `all` photos there will be: in proportion
    /// to what the newcomer would have in a joint distribution, 1 / `all` in each row.
    pub(crate) fn of_newcomers(graph: &NeighborGraph, perplexity: f32, all: usize) -> Self {
        let mut conditional = Self::conditional(graph, perplexity);
        let scale = 1.0 / all.max(1) as f32;
        conditional.weights.par_iter_mut().for_each(|weight| *weight *= scale);
        conditional
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The other rows that `row` is drawn to, and how much.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (u32, f32)> {
        let (targets, weights) = self.slices(row);
        targets.iter().copied().zip(weights.iter().copied())
    }

    pub(crate) fn slices(&self, row: usize) -> (&[u32], &[f32]) {
        let of = self.starts[row]..self.starts[row + 1];
        (&self.targets[of.clone()], &self.weights[of])
    }

    /// Rows that sum to 1, in the order of the graph.
    fn conditional(graph: &NeighborGraph, perplexity: f32) -> Self {
        let count = graph.neighbors_of_each();
        let perplexity = perplexity.min(count as f32 / 3.0).max(1.0);
        let mut weights = vec![0.0; graph.len() * count];
        if count > 0 {
            let rows = weights.par_chunks_exact_mut(count).zip(graph.all_distances().par_chunks_exact(count));
            rows.for_each(|(weights, distances)| spread_probability(distances, perplexity.ln(), weights));
        }
        let starts = (0..=graph.len()).map(|row| row * count).collect();
        Self { starts, targets: graph.all_neighbors().to_vec(), weights }
    }

    fn transposed(&self, rows: usize) -> Self {
        let mut starts = vec![0; rows + 2];
        self.targets.iter().for_each(|&target| starts[target as usize + 2] += 1);
        for at in 2..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut targets = vec![0; self.targets.len()];
        let mut weights = vec![0.0; self.targets.len()];
        for row in 0..self.len() {
            for (target, weight) in self.row(row) {
                let next = &mut starts[target as usize + 1];
                (targets[*next], weights[*next]) = (row as u32, weight);
                *next += 1;
            }
        }
        starts.pop();
        Self { starts, targets, weights }
    }

    fn from_rows(rows: &[Vec<(u32, f32)>]) -> Self {
        let mut starts = Vec::with_capacity(rows.len() + 1);
        starts.push(0);
        let mut end = 0;
        starts.extend(rows.iter().map(|row| {
            end += row.len();
            end
        }));
        let (targets, weights) = rows.iter().flatten().copied().unzip();
        Self { starts, targets, weights }
    }
}

/// Fills `weights` with probabilities exp(-b (d - nearest)), scaled to sum 1, with the b for which their entropy is
/// `entropy` nats. Finds it by Newton's method within bounds that close in, by halves where Newton leaves them.
fn spread_probability(distances: &[f32], entropy: f32, weights: &mut [f32]) {
    let nearest = distances.iter().fold(f32::INFINITY, |a, &b| a.min(b));
    let mean = distances.iter().map(|distance| distance - nearest).sum::<f32>() / distances.len() as f32;
    if mean <= f32::MIN_POSITIVE {
        // All are as near as each other.
        weights.fill(1.0 / weights.len() as f32);
        return;
    }
    let (mut low, mut high) = (0.0, f32::INFINITY);
    let mut sharpness = 1.0 / mean;
    for _ in 0..SEARCH_ROUNDS {
        // With weights w = exp(-b d): entropy H = ln Σw + b Σwd / Σw, and dH/db = -b (Σwd² / Σw - (Σwd / Σw)²).
        let (mut sum, mut first, mut second) = (0.0, 0.0, 0.0);
        for (weight, distance) in weights.iter_mut().zip(distances) {
            let further = distance - nearest;
            *weight = (-sharpness * further).exp();
            sum += *weight;
            first += *weight * further;
            second += *weight * further * further;
        }
        let (mean, variance) = (first / sum, (second / sum - (first / sum).powi(2)).max(0.0));
        let excess = sum.ln() + sharpness * mean - entropy;
        if excess.abs() < ENTROPY_TOLERANCE {
            break;
        }
        if excess > 0.0 {
            low = sharpness
        } else {
            high = sharpness
        }
        // More neighbours may be equally near than are wanted: then no distribution is sharp enough.
        if low >= SHARPEST {
            break;
        }
        let newton = sharpness + excess / (sharpness * variance).max(f32::MIN_POSITIVE);
        let next = if newton > low && newton < high {
            newton
        } else if high.is_finite() {
            (low + high) / 2.0
        } else {
            sharpness * 2.0
        };
        sharpness = next.min(SHARPEST);
    }
    let sum: f32 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
}

/// The sum of two rows with rising targets, times `scale`.
fn add_sorted(row: &[(u32, f32)], other: impl Iterator<Item = (u32, f32)>, scale: f32) -> Vec<(u32, f32)> {
    let mut sum = Vec::with_capacity(2 * row.len());
    let mut own = row.iter().copied().peekable();
    for (target, weight) in other {
        while let Some((before, weight)) = own.next_if(|&(own, _)| own < target) {
            sum.push((before, weight * scale));
        }
        let both = own.next_if(|&(own, _)| own == target).map_or(weight, |(_, own)| own + weight);
        sum.push((target, both * scale));
    }
    sum.extend(own.map(|(target, weight)| (target, weight * scale)));
    sum
}

#[cfg(test)]
mod tests {
    use likeness_domain::JobContext;

    use super::*;
    use crate::neighbor_graph;

    fn graph(count: usize, neighbors: usize) -> NeighborGraph {
        let vectors = likeness_testkit::clustered_vectors(count, 32, 3);
        neighbor_graph(&JobContext::unattended(), &vectors, 32, neighbors).expect("a graph")
    }

    #[test]
    fn each_row_has_the_perplexity_that_was_asked_for() {
        let graph = graph(1500, 90);
        for perplexity in [2.0f64, 5.0, 30.0] {
            let conditional = Affinities::conditional(&graph, perplexity as f32);
            for row in 0..conditional.len() {
                let weights: Vec<f64> = conditional.row(row).map(|(_, weight)| f64::from(weight)).collect();
                let entropy: f64 =
                    weights.iter().filter(|&&w| w > 0.0).map(|weight| -weight * weight.ln()).sum();
                assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-5);
                assert!((entropy.exp() - perplexity).abs() < 0.01 * perplexity, "{}", entropy.exp());
                assert!(weights.is_sorted_by(|a, b| a >= b), "nearer ones count more");
            }
        }
    }

    #[test]
    fn joint_affinities_are_symmetric_and_sum_to_one() {
        let joint = Affinities::joint(&JobContext::unattended(), &graph(600, 30), 10.0).expect("affinities");
        let mut sum = 0.0;
        for row in 0..joint.len() {
            assert!(joint.slices(row).0.is_sorted_by(|a, b| a < b));
            for (target, weight) in joint.row(row) {
                sum += f64::from(weight);
                let back = joint.row(target as usize).find(|(back, _)| *back == row as u32);
                assert_eq!(back.expect("the other direction").1, weight);
            }
        }
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
    }

    #[test]
    fn vectors_that_are_all_alike_share_evenly() {
        let graph = neighbor_graph(&JobContext::unattended(), &[0.5; 40], 4, 9).expect("a graph");
        let conditional = Affinities::conditional(&graph, 3.0);
        assert!(conditional.weights.iter().all(|weight| (weight - 1.0 / 9.0).abs() < 1e-6));
    }

    #[test]
    fn more_copies_than_wanted_neighbours_share_all() {
        // Half of each other's neighbours are the same, and some differ from them as little as numbers can.
        let mut vectors = likeness_testkit::clustered_vectors(400, 8, 5);
        let first = vectors[..8].to_vec();
        vectors[..8 * 46].copy_from_slice(&first.repeat(46));
        (0..5).for_each(|row| vectors[8 * row] = f32::from_bits(vectors[8 * row].to_bits() + 1));
        let graph = neighbor_graph(&JobContext::unattended(), &vectors, 8, 90).expect("a graph");
        for perplexity in [1.0, 5.0, 30.0] {
            let conditional = Affinities::conditional(&graph, perplexity);
            for row in 0..conditional.len() {
                let sum: f32 = conditional.row(row).map(|(_, weight)| weight).sum();
                assert!((sum - 1.0).abs() < 1e-4, "{sum} in row {row}");
            }
        }
    }

    #[test]
    fn nothing_and_one_alone_have_no_affinities() {
        let context = JobContext::unattended();
        for count in [0, 1] {
            let graph = neighbor_graph(&context, &[1.0, 0.0][..2 * count], 2, 9).expect("a graph");
            let joint = Affinities::joint(&context, &graph, 30.0).expect("affinities");
            assert_eq!((joint.len(), joint.targets.len()), (count, 0));
        }
    }
}
