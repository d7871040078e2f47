//! The nearest neighbours of every vector.
//!
//! `likeness-neighbors` answers one question at once; for all of them together matrix products are many times quicker.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use likeness_domain::{JobContext, Stage};
use ndarray::{ArrayView2, s};
use rayon::prelude::*;

use crate::LayoutError;
use crate::partition::Partition;
use crate::products::products;
use crate::rows::matrix;

/// Up to so many vectors all pairs are compared.
const ALL_PAIRS: usize = 20_000;
/// Vectors that a matrix product asks for ...
const QUERIES_AT_ONCE: usize = 256;
/// ... and that it looks among.
const OTHERS_AT_ONCE: usize = 2_048;

/// The nearest neighbours of some rows, the same number for each.
#[derive(Debug, Clone, PartialEq)]
pub struct NeighborGraph {
    rows: usize,
    neighbors_of_each: usize,
    neighbors: Vec<u32>,
    distances: Vec<f32>,
}

impl NeighborGraph {
    /// Rows that have neighbours here.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Neighbours that each row has.
    pub fn neighbors_of_each(&self) -> usize {
        self.neighbors_of_each
    }

    /// The nearest neighbours of a row, nearest first, as numbers of rows.
    pub fn neighbors(&self, row: usize) -> &[u32] {
        &self.neighbors[row * self.neighbors_of_each..][..self.neighbors_of_each]
    }

    /// Their cosine distances, 0 to 2.
    pub fn distances(&self, row: usize) -> &[f32] {
        &self.distances[row * self.neighbors_of_each..][..self.neighbors_of_each]
    }

    pub(crate) fn all_neighbors(&self) -> &[u32] {
        &self.neighbors
    }

    pub(crate) fn all_distances(&self) -> &[f32] {
        &self.distances
    }

    /// One row after the other, each as sorted cosines.
    pub(crate) fn from_sorted(rows: Vec<Vec<(f32, u32)>>, neighbors_of_each: usize) -> Self {
        let count = rows.len();
        let (distances, neighbors) =
            rows.into_iter().flatten().map(|(cosine, row)| ((1.0 - cosine).clamp(0.0, 2.0), row)).unzip();
        Self { rows: count, neighbors_of_each, neighbors, distances }
    }
}

/// The `count` nearest neighbours (or all, when there are fewer) of each of the unit vectors in `vectors` (rows of
/// `dimension` numbers). Exact for up to 20,000; beyond that among the vectors of the nearest parts of the library,
/// which finds 96 to 99 of 100 of them on vectors of photos (BENCHMARKS.md). Always the same for the same vectors.
/// Tells its progress as [`Stage::Compare`].
///
/// # Errors
/// When the job is stopped, or the numbers are not rows or not finite.
pub fn neighbor_graph(
    context: &JobContext,
    vectors: &[f32],
    dimension: usize,
    count: usize,
) -> Result<NeighborGraph, LayoutError> {
    let rows = matrix(vectors, dimension)?;
    if rows.nrows() <= ALL_PAIRS {
        return exact_neighbors(context, rows, 0..rows.nrows(), count);
    }
    Partition::new(context, rows)?.neighbor_graph(context, count)
}

/// The `count` nearest neighbours of the rows `queries` among all rows of `vectors`, exactly. Takes time with the product
/// of the two numbers: for newcomers among many. A row is not its own neighbour.
///
/// # Errors
/// As [`neighbor_graph`].
///
/// # Panics
/// When `queries` are none of the rows.
pub fn nearest_to(
    context: &JobContext,
    vectors: &[f32],
    dimension: usize,
    queries: Range<usize>,
    count: usize,
) -> Result<NeighborGraph, LayoutError> {
    exact_neighbors(context, matrix(vectors, dimension)?, queries, count)
}

fn exact_neighbors(
    context: &JobContext,
    rows: ArrayView2<'_, f32>,
    queries: Range<usize>,
    count: usize,
) -> Result<NeighborGraph, LayoutError> {
    let count = count.min(rows.nrows().saturating_sub(1));
    let starts: Vec<usize> = queries.clone().step_by(QUERIES_AT_ONCE).collect();
    let compared = Compared::new(context, queries.len());
    let blocks = starts.into_par_iter().map(|start| {
        context.check()?;
        let asked: Vec<u32> = (start as u32..queries.end.min(start + QUERIES_AT_ONCE) as u32).collect();
        let mut nearest = vec![Nearest::new(count); asked.len()];
        let block = rows.slice(s![start..start + asked.len(), ..]);
        for first in (0..rows.nrows()).step_by(OTHERS_AT_ONCE) {
            let others = rows.slice(s![first..rows.nrows().min(first + OTHERS_AT_ONCE), ..]);
            let products = products(block, others);
            for ((cosines, nearest), &own) in products.rows().into_iter().zip(&mut nearest).zip(&asked) {
                let cosines = cosines.to_slice().expect("a new matrix lies row after row");
                nearest.offer(cosines, own, |at| (first + at) as u32);
            }
        }
        compared.add(asked.len());
        Ok(nearest.into_iter().map(Nearest::into_sorted).collect())
    });
    let blocks: Vec<Vec<_>> = blocks.collect::<Result<_, LayoutError>>()?;
    Ok(NeighborGraph::from_sorted(blocks.into_iter().flatten().collect(), count))
}

/// Counts rows whose neighbours are found.
pub(crate) struct Compared<'a> {
    context: &'a JobContext,
    done: AtomicUsize,
    total: usize,
}

impl<'a> Compared<'a> {
    pub(crate) fn new(context: &'a JobContext, total: usize) -> Self {
        Self { context, done: AtomicUsize::new(0), total }
    }

    pub(crate) fn add(&self, rows: usize) {
        let done = self.done.fetch_add(rows, Ordering::Relaxed) + rows;
        self.context.progress(Stage::Compare, done as u64, self.total as u64);
    }
}

/// The nearest rows of those offered so far, and some that were.
#[derive(Clone)]
pub(crate) struct Nearest {
    count: usize,
    /// Less near rows are not wanted any more.
    least: f32,
    kept: Vec<(f32, u32)>,
}

impl Nearest {
    pub(crate) fn new(count: usize) -> Self {
        let least = if count == 0 { f32::INFINITY } else { f32::NEG_INFINITY };
        Self { count, least, kept: Vec::with_capacity(2 * count) }
    }

    /// Looks at rows with these `cosines`; the number of one is asked for by its place among them.
    pub(crate) fn offer(&mut self, cosines: &[f32], own: u32, row: impl Fn(usize) -> u32) {
        // Most are too far: whole runs of them are passed by with a few instructions.
        for (run, cosines) in cosines.chunks(32).enumerate() {
            if maximum(cosines) < self.least {
                continue;
            }
            for (at, &cosine) in cosines.iter().enumerate() {
                let other = row(run * 32 + at);
                if cosine >= self.least && other != own {
                    self.kept.push((cosine, other));
                    if self.kept.len() == 2 * self.count.max(1) {
                        self.drop_far();
                    }
                }
            }
        }
    }

    /// Nearest first; equally near ones by their numbers, so that answers repeat.
    pub(crate) fn into_sorted(mut self) -> Vec<(f32, u32)> {
        self.kept.sort_unstable_by(nearer);
        self.kept.truncate(self.count);
        self.kept
    }

    fn drop_far(&mut self) {
        let (_, last, _) = self.kept.select_nth_unstable_by(self.count - 1, nearer);
        self.least = last.0;
        self.kept.truncate(self.count);
    }
}

/// The greatest of finite numbers, several looked at side by side.
pub(crate) fn maximum(values: &[f32]) -> f32 {
    let greater = |a: f32, b: f32| if b > a { b } else { a };
    let (runs, rest) = values.as_chunks::<8>();
    let mut lanes = [f32::NEG_INFINITY; 8];
    for run in runs {
        for (most, &value) in lanes.iter_mut().zip(run) {
            *most = greater(*most, value);
        }
    }
    lanes.into_iter().chain(rest.iter().copied()).fold(f32::NEG_INFINITY, greater)
}

fn nearer(a: &(f32, u32), b: &(f32, u32)) -> std::cmp::Ordering {
    b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_worked_by_hand() {
        // Angles 0, 10, 30, 90 degrees.
        let vectors: Vec<f32> = [0f32, 10.0, 30.0, 90.0]
            .iter()
            .flat_map(|a| [a.to_radians().cos(), a.to_radians().sin()])
            .collect();
        let graph = neighbor_graph(&JobContext::unattended(), &vectors, 2, 2).expect("a graph");
        let found: Vec<&[u32]> = (0..4).map(|row| graph.neighbors(row)).collect();
        assert_eq!(found, [[1, 2], [0, 2], [1, 0], [2, 1]]);
        let expected = 1.0 - 20f32.to_radians().cos();
        assert!((graph.distances(2)[0] - expected).abs() < 1e-6);
        let few = neighbor_graph(&JobContext::unattended(), &vectors, 2, 10).expect("a graph");
        assert_eq!((few.neighbors_of_each(), few.neighbors(3)), (3, &[2, 1, 0][..]));
    }

    #[test]
    fn what_the_exact_search_finds_is_nearer_than_all_the_rest() {
        let vectors = likeness_testkit::clustered_vectors(3000, 24, 4);
        let graph = nearest_to(&JobContext::unattended(), &vectors, 24, 2500..3000, 20).expect("a graph");
        let rows: Vec<&[f32]> = vectors.chunks_exact(24).collect();
        for (query, row) in (2500..3000).enumerate() {
            let cosine = |other: usize| rows[row].iter().zip(rows[other]).map(|(a, b)| a * b).sum::<f32>();
            let mut all: Vec<f32> = (0..3000).filter(|&other| other != row).map(cosine).collect();
            all.sort_unstable_by(|a, b| b.total_cmp(a));
            for (found, expected) in graph.neighbors(query).iter().zip(all) {
                assert!((cosine(*found as usize) - expected).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn nearly_all_neighbours_are_found_among_many() {
        let context = JobContext::unattended();
        let vectors = likeness_testkit::clustered_vectors(8000, 64, 2);
        let rows = matrix(&vectors, 64).expect("rows");
        let graph =
            Partition::new(&context, rows).expect("parts").neighbor_graph(&context, 90).expect("a graph");
        let exact = nearest_to(&context, &vectors, 64, 0..8000, 90).expect("a graph");
        let found: usize = (0..8000)
            .map(|row| graph.neighbors(row).iter().filter(|&n| exact.neighbors(row).contains(n)).count())
            .sum();
        let recall = found as f64 / (8000.0 * 90.0);
        assert!(recall > 0.97, "{recall}");
    }

    #[test]
    fn wrong_numbers_are_refused() {
        let context = JobContext::unattended();
        let graph = |vectors: &[f32], dimension| neighbor_graph(&context, vectors, dimension, 3);
        assert!(matches!(graph(&[1.0; 5], 2), Err(LayoutError::Shape { numbers: 5, dimension: 2 })));
        assert!(matches!(graph(&[1.0, 0.0, f32::NAN, 0.0], 2), Err(LayoutError::NotFinite { row: 1 })));
        let control = likeness_domain::JobControl::new();
        control.cancel();
        let stopped = neighbor_graph(&JobContext::new(control, |_| {}), &[1.0; 8], 2, 3);
        assert!(matches!(stopped, Err(LayoutError::Cancelled(_))));
    }
}
