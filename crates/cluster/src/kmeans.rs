//! KMeans: groups of vectors around their means.
//!
//! linfa-clustering fits on a sample, where its plain loops are quick enough; the rounds over everything are matrix
//! products. The starts come from our own k-means++, which keeps the distances that linfa's computes again for each
//! start.

use std::num::NonZeroUsize;

use likeness_domain::{Cancelled, JobContext};
use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::{KMeans, KMeansError, KMeansInit};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use rayon::prelude::*;

use crate::rows::{ShapeError, matrix};

/// Rows for each cluster that linfa fits on: with 256, as faiss takes, the fit takes longer and is no tighter.
const SAMPLE_PER_CLUSTER: usize = 64;
/// Rounds on the sample.
const SAMPLE_ROUNDS: usize = 3;
/// Rounds over everything, at most ...
const ROUNDS: usize = 15;
/// ... and until one makes the inertia less by no more than this share.
const ENOUGH: f64 = 5e-4;
/// Rows whose distances from all centres are computed in one matrix product.
const ROWS_AT_ONCE: usize = 1024;

/// Vectors in groups around their means.
#[derive(Debug, Clone, PartialEq)]
pub struct Clusters {
    /// One centre after the other, each of as many numbers as a vector. Means: shorter than unit vectors.
    pub centres: Vec<f32>,
    /// The cluster of each vector, from 0: the one whose centre is nearest. A cluster may be empty only when there
    /// are fewer distinct vectors than clusters.
    pub assignment: Vec<usize>,
    /// The sum of the squared distances of all vectors from their centres.
    pub inertia: f64,
}

/// Why there is no answer about vectors.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The job was stopped.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The numbers are not rows.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A vector holds a number that is not finite.
    #[error("vector {row} holds a number that is not finite")]
    NotFinite {
        /// The vector, counted from 0.
        row: usize,
    },
    /// There cannot be more clusters than vectors.
    #[error("{clusters} clusters of {vectors} vectors")]
    TooFewVectors {
        /// Vectors that were given.
        vectors: usize,
        /// Clusters that were asked for.
        clusters: usize,
    },
    /// linfa found no clusters in the sample.
    #[error("no clusters were found in the sample")]
    Fit(#[source] KMeansError),
}

/// Groups `vectors` (rows of `dimension` numbers) into `cluster_count` clusters around their means. The same seed gives
/// the same clusters.
///
/// # Errors
/// [`ClusterError`]: cancelled, not rows, not finite, or fewer rows than clusters.
pub fn kmeans(
    context: &JobContext,
    vectors: &[f32],
    dimension: usize,
    cluster_count: NonZeroUsize,
    seed: u64,
) -> Result<Clusters, ClusterError> {
    let rows = rows_to_cluster(vectors, dimension, cluster_count)?;
    let centres = fit_sample(context, rows, cluster_count.get(), seed)?;
    refine(context, rows, centres)
}

/// The same, from the clusters that rows were in `before`: of each row its cluster, or `None` for newcomers. They begin
/// at the means of what is there of them, so that they stay what they were as far as photos allow, by another model
/// too. When there are to be fewer, the smallest end; more begin far from all others.
///
/// # Errors
/// As [`kmeans`], and when there is not one cluster of before for each row.
pub fn kmeans_again(
    context: &JobContext,
    vectors: &[f32],
    dimension: usize,
    cluster_count: NonZeroUsize,
    before: &[Option<usize>],
    seed: u64,
) -> Result<Clusters, ClusterError> {
    matrix(vectors, before.len(), dimension)?;
    let rows = rows_to_cluster(vectors, dimension, cluster_count)?;
    let count = before.iter().flatten().max().map_or(0, |most| most + 1);
    let mut sums = Array2::<f32>::zeros((count, dimension));
    let mut sizes = vec![0usize; count];
    for (row, cluster) in rows.rows().into_iter().zip(before).filter_map(|(row, of)| Some((row, (*of)?))) {
        sums.row_mut(cluster).scaled_add(1.0, &row);
        sizes[cluster] += 1;
    }
    let mut largest: Vec<usize> = (0..count).filter(|&cluster| sizes[cluster] > 0).collect();
    largest.sort_by_key(|&cluster| std::cmp::Reverse(sizes[cluster]));
    largest.truncate(cluster_count.get());
    largest.sort_unstable();
    let mut begun = sums.select(Axis(0), &largest);
    begun.rows_mut().into_iter().zip(&largest).for_each(|(mut mean, &cluster)| mean /= sizes[cluster] as f32);
    let mut random = Xoshiro256Plus::seed_from_u64(seed);
    let starts = plus_plus_starts(context, rows, &begun, cluster_count.get(), &mut random)?;
    refine(context, rows, starts)
}

fn rows_to_cluster(
    vectors: &[f32],
    dimension: usize,
    cluster_count: NonZeroUsize,
) -> Result<ArrayView2<'_, f32>, ClusterError> {
    let rows = matrix(vectors, vectors.len() / dimension.max(1), dimension)?;
    if let Some(at) = vectors.iter().position(|value| !value.is_finite()) {
        return Err(ClusterError::NotFinite { row: at / dimension });
    }
    let clusters = cluster_count.get();
    if rows.nrows() < clusters {
        return Err(ClusterError::TooFewVectors { vectors: rows.nrows(), clusters });
    }
    Ok(rows)
}

/// Rounds of Lloyd over all rows, as long as they gain something.
fn refine(
    context: &JobContext,
    rows: ArrayView2<'_, f32>,
    mut centres: Array2<f32>,
) -> Result<Clusters, ClusterError> {
    let mut nearest = nearest_centres(context, rows, &centres)?;
    let mut inertia = nearest.inertia();
    for _ in 0..ROUNDS {
        let moved = means(rows, &nearest, &centres);
        let nearer = nearest_centres(context, rows, &moved)?;
        let less = inertia - nearer.inertia();
        if less <= 0.0 {
            break;
        }
        (centres, nearest, inertia) = (moved, nearer, inertia - less);
        if less <= ENOUGH * inertia {
            break;
        }
    }
    Ok(Clusters { centres: centres.into_raw_vec_and_offset().0, assignment: nearest.clusters, inertia })
}

/// The cluster of each of `vectors`, from 0: the one whose centre, of as many numbers, is nearest. For newcomers.
///
/// # Errors
/// [`ShapeError`] when vectors or centres are no rows of `dimension` numbers, or there is no centre.
pub fn nearest_clusters(
    vectors: &[f32],
    dimension: usize,
    centres: &[f32],
) -> Result<Vec<usize>, ShapeError> {
    let rows = matrix(vectors, vectors.len() / dimension.max(1), dimension)?;
    let centres = matrix(centres, (centres.len() / dimension.max(1)).max(1), dimension)?;
    let nearest = nearest_centres(&JobContext::unattended(), rows, &centres.to_owned());
    Ok(nearest.expect("nobody stops it").clusters)
}

fn fit_sample(
    context: &JobContext,
    rows: ArrayView2<'_, f32>,
    cluster_count: usize,
    seed: u64,
) -> Result<Array2<f32>, ClusterError> {
    let mut random = Xoshiro256Plus::seed_from_u64(seed);
    let mut drawn: Vec<usize> = (0..rows.nrows()).collect();
    drawn.sort_by_cached_key(|_| random.next_u64());
    drawn.truncate(cluster_count * SAMPLE_PER_CLUSTER);
    let sample = rows.select(Axis(0), &drawn);
    let none = Array2::zeros((0, rows.ncols()));
    let mut centres = plus_plus_starts(context, sample.view(), &none, cluster_count, &mut random)?;
    let sample = DatasetBase::from(sample);
    // linfa cannot be stopped, so it is asked for one round after the other.
    for _ in 0..SAMPLE_ROUNDS {
        context.check()?;
        let round = KMeans::params_with_rng(cluster_count, random.clone())
            .n_runs(1)
            .max_n_iterations(1)
            .init_method(KMeansInit::Precomputed(centres));
        centres = round.fit(&sample).map_err(ClusterError::Fit)?.centroids().clone();
    }
    Ok(centres)
}

/// Starts far from each other, after those that are `begun`. A row is drawn with a chance in proportion to its squared
/// distance from the nearest start so far; of a few that are drawn, the one that leaves the least inertia is the next
/// start (k-means++ with several trials, Arthur and Vassilvitskii 2007, section 5; as many trials as scikit-learn makes).
fn plus_plus_starts(
    context: &JobContext,
    sample: ArrayView2<'_, f32>,
    begun: &Array2<f32>,
    cluster_count: usize,
    random: &mut Xoshiro256Plus,
) -> Result<Array2<f32>, Cancelled> {
    let mut unit = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let trials = 2 + (cluster_count as f64).ln() as usize;
    let squares = squared_lengths(sample);
    let mut distances = Array1::from_elem(sample.nrows(), f32::INFINITY);
    let mut drawn = vec![(unit() * sample.nrows() as f64) as usize];
    let mut starts = Array2::zeros((cluster_count, sample.ncols()));
    for (at, mut start) in starts.rows_mut().into_iter().enumerate() {
        context.check()?;
        let candidates =
            if at < begun.nrows() { begun.select(Axis(0), &[at]) } else { sample.select(Axis(0), &drawn) };
        let products = sample.dot(&candidates.t());
        let left_by = |(candidate, own): (ArrayView1<'_, f32>, ArrayView1<'_, f32>)| {
            let own = own.dot(&own);
            let to_candidate = candidate
                .iter()
                .zip(&squares)
                .map(|(product, square)| (square + own - 2.0 * product).max(0.0));
            let left: Array1<f32> = to_candidate.zip(&distances).map(|(new, old)| new.min(*old)).collect();
            (inertia(&left), left)
        };
        let (best, (total, left)) = products
            .columns()
            .into_iter()
            .zip(candidates.rows())
            .map(left_by)
            .enumerate()
            .min_by(|(_, a), (_, b)| a.0.total_cmp(&b.0))
            .expect("one is drawn at least");
        start.assign(&candidates.row(best));
        distances = left;
        drawn = (0..trials).map(|_| reached(&distances, unit() * total)).collect();
    }
    Ok(starts)
}

/// The first row at which the sum of the distances is more than `drawn`. When all are 0 every row already is a start, and
/// any will do.
fn reached(distances: &Array1<f32>, drawn: f64) -> usize {
    let mut sum = 0.0;
    let row = distances.iter().position(|&distance| {
        sum += f64::from(distance);
        sum > drawn
    });
    row.unwrap_or(0)
}

fn inertia<'a>(distances: impl IntoIterator<Item = &'a f32>) -> f64 {
    distances.into_iter().map(|&distance| f64::from(distance)).sum()
}

/// The nearest centre of each row, and its squared distance.
struct Nearest {
    clusters: Vec<usize>,
    distances: Vec<f32>,
}

impl Nearest {
    fn inertia(&self) -> f64 {
        inertia(&self.distances)
    }
}

fn nearest_centres(
    context: &JobContext,
    rows: ArrayView2<'_, f32>,
    centres: &Array2<f32>,
) -> Result<Nearest, Cancelled> {
    let centre_squares = squared_lengths(centres.view());
    let blocks: Vec<ArrayView2<'_, f32>> = rows.axis_chunks_iter(Axis(0), ROWS_AT_ONCE).collect();
    let nearest = blocks.into_par_iter().map(|block| {
        context.check()?;
        let products = block.dot(&centres.t());
        let of_row = |(products, square): (ArrayView1<'_, f32>, f32)| {
            let (cluster, distance) = nearest_of(products, &centre_squares);
            (cluster, (square + distance).max(0.0))
        };
        Ok(products.rows().into_iter().zip(squared_lengths(block)).map(of_row).collect())
    });
    let nearest: Vec<Vec<(usize, f32)>> = nearest.collect::<Result<_, Cancelled>>()?;
    let (clusters, distances) = nearest.into_iter().flatten().unzip();
    Ok(Nearest { clusters, distances })
}

/// The centre with the least squared distance, and that distance less the row's own squared length.
fn nearest_of(products: ArrayView1<'_, f32>, centre_squares: &Array1<f32>) -> (usize, f32) {
    let mut best = (0, f32::INFINITY);
    for (cluster, (product, square)) in products.iter().zip(centre_squares).enumerate() {
        let distance = square - 2.0 * product;
        if distance < best.1 {
            best = (cluster, distance);
        }
    }
    best
}

/// The mean of each cluster. One that nobody is nearest to moves to the row that is furthest from its own centre.
fn means(rows: ArrayView2<'_, f32>, nearest: &Nearest, centres: &Array2<f32>) -> Array2<f32> {
    let mut sums = Array2::<f32>::zeros(centres.raw_dim());
    let mut counts = vec![0usize; centres.nrows()];
    for (row, &cluster) in rows.rows().into_iter().zip(&nearest.clusters) {
        sums.row_mut(cluster).scaled_add(1.0, &row);
        counts[cluster] += 1;
    }
    let empty = counts.iter().filter(|&&count| count == 0).count();
    let mut furthest: Vec<usize> = Vec::new();
    if empty > 0 {
        furthest = (0..rows.nrows()).collect();
        furthest.sort_by(|&a, &b| nearest.distances[b].total_cmp(&nearest.distances[a]));
        furthest.truncate(empty);
    }
    let mut furthest = furthest.into_iter();
    for (mut mean, count) in sums.rows_mut().into_iter().zip(counts) {
        match count {
            0 => mean.assign(&rows.row(furthest.next().expect("one for each empty cluster"))),
            count => mean /= count as f32,
        }
    }
    sums
}

fn squared_lengths(rows: ArrayView2<'_, f32>) -> Array1<f32> {
    rows.rows().into_iter().map(|row| row.dot(&row)).collect()
}

#[cfg(test)]
mod tests {
    use likeness_domain::JobControl;
    use likeness_testkit::clustered_vectors;

    use super::*;
    use crate::purity;

    fn clusters(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).expect("not 0")
    }

    fn kmeans_of(vectors: &[f32], dimension: usize, count: usize) -> Clusters {
        kmeans(&JobContext::unattended(), vectors, dimension, clusters(count), 0).expect("clusters")
    }

    #[test]
    fn clusters_worked_by_hand() {
        let vectors = [0.0, 0.0, 0.0, 2.0, 10.0, 0.0, 10.0, 4.0];
        let found = kmeans_of(&vectors, 2, 2);
        assert_eq!(found.assignment[0], found.assignment[1]);
        assert_eq!(found.assignment[2], found.assignment[3]);
        assert_ne!(found.assignment[0], found.assignment[2]);
        let centre = |of: usize| &found.centres[found.assignment[of] * 2..][..2];
        assert_eq!((centre(0), centre(2)), (&[0.0, 1.0][..], &[10.0, 2.0][..]));
        assert!((found.inertia - (1.0 + 1.0 + 4.0 + 4.0)).abs() < 1e-4, "{}", found.inertia);
    }

    #[test]
    fn each_vector_belongs_to_the_nearest_centre_and_each_centre_is_their_mean() {
        let vectors = clustered_vectors(5000, 32, 1);
        let found = kmeans_of(&vectors, 32, 10);
        let distance = |row: &[f32], centre: &[f32]| -> f32 {
            row.iter().zip(centre).map(|(a, b)| (a - b) * (a - b)).sum()
        };
        let mut inertia = 0.0;
        for (row, &cluster) in vectors.chunks_exact(32).zip(&found.assignment) {
            let own = distance(row, &found.centres[cluster * 32..][..32]);
            assert!(found.centres.chunks_exact(32).all(|centre| own <= distance(row, centre) + 1e-5));
            inertia += f64::from(own);
        }
        assert!((found.inertia - inertia).abs() < 1e-3 * inertia, "{} for {inertia}", found.inertia);
        for (cluster, centre) in found.centres.chunks_exact(32).enumerate() {
            let members: Vec<&[f32]> = vectors
                .chunks_exact(32)
                .zip(&found.assignment)
                .filter(|(_, of)| **of == cluster)
                .map(|(row, _)| row)
                .collect();
            assert!(!members.is_empty(), "cluster {cluster} is empty");
            let mean: Vec<f32> = (0..32)
                .map(|at| members.iter().map(|row| row[at]).sum::<f32>() / members.len() as f32)
                .collect();
            // The last round stops short of the means by what little it still gained.
            assert!(distance(&mean, centre) < 1e-2, "cluster {cluster}: {}", distance(&mean, centre));
        }
    }

    #[test]
    fn kmeans_finds_clusters_that_are_there() {
        // 12 kinds of unequal size, each far out on an axis of its own.
        let labels: Vec<usize> = (0..3000).map(|at| (at * at + at / 7) % 12).collect();
        let mut vectors = clustered_vectors(3000, 64, 3);
        for (vector, &label) in vectors.chunks_exact_mut(64).zip(&labels) {
            vector[label] += 3.0;
        }
        let found = kmeans_of(&vectors, 64, 12);
        assert!(purity(&found.assignment, &labels) > 0.95, "{}", purity(&found.assignment, &labels));
    }

    #[test]
    fn the_same_seed_gives_the_same_clusters() {
        let vectors = clustered_vectors(4000, 32, 4);
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        let found = kmeans_of(&vectors, 32, 12);
        assert_eq!(one_thread.install(|| kmeans_of(&vectors, 32, 12)), found);
    }

    #[test]
    fn fewer_distinct_vectors_than_clusters() {
        let vectors = [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0];
        let found = kmeans_of(&vectors, 2, 3);
        assert!(found.inertia < 1e-6);
        assert!(found.centres.iter().all(|value| value.is_finite()));
        assert_eq!(kmeans_of(&vectors, 2, 4).assignment.len(), 4);
    }

    #[test]
    fn clusters_that_begin_where_they_were_stay_what_they_were() {
        let vectors = clustered_vectors(3000, 32, 5);
        let first = kmeans_of(&vectors[..2500 * 32], 32, 12);
        let before: Vec<Option<usize>> =
            (0..3000).map(|row| first.assignment.get(row).copied().filter(|_| row >= 200)).collect();
        let again = |count| {
            kmeans_again(&JobContext::unattended(), &vectors, 32, clusters(count), &before, 9)
                .expect("clusters")
        };
        let stayed = |found: &Clusters| {
            (200..2500).filter(|&row| found.assignment[row] == first.assignment[row]).count() as f64 / 2300.0
        };
        assert!(stayed(&again(12)) > 0.9, "{}", stayed(&again(12)));
        assert!(stayed(&again(15)) > 0.7, "{}", stayed(&again(15)));
        assert_eq!(again(15).centres.len(), 15 * 32);
        assert_eq!(again(5).centres.len(), 5 * 32);
        let short = kmeans_again(&JobContext::unattended(), &vectors, 32, clusters(2), &before[1..], 9);
        assert!(matches!(short, Err(ClusterError::Shape(_))));
    }

    #[test]
    fn newcomers_join_the_cluster_whose_centre_is_nearest() {
        let centres = [0.0, 0.0, 10.0, 0.0, 0.0, 10.0];
        assert_eq!(
            nearest_clusters(&[9.0, 1.0, -3.0, 2.0, 4.0, 7.0], 2, &centres).expect("clusters"),
            [1, 0, 2]
        );
        assert!(nearest_clusters(&[], 2, &centres).expect("clusters").is_empty());
        assert!(nearest_clusters(&[1.0, 0.0, 1.0], 2, &centres).is_err());
        assert!(nearest_clusters(&[1.0, 0.0], 2, &[]).is_err());
    }

    #[test]
    fn what_cannot_be_clustered_is_refused() {
        let context = JobContext::unattended();
        let refused = |vectors: &[f32], dimension| {
            kmeans(&context, vectors, dimension, clusters(2), 0).expect_err("refused")
        };
        assert!(matches!(refused(&[1.0, 0.0, 1.0], 2), ClusterError::Shape(_)));
        assert!(matches!(refused(&[1.0, 0.0], 0), ClusterError::Shape(_)));
        assert!(matches!(refused(&[1.0, 0.0, f32::NAN, 0.0], 2), ClusterError::NotFinite { row: 1 }));
        assert!(matches!(refused(&[1.0, 0.0], 2), ClusterError::TooFewVectors { vectors: 1, clusters: 2 }));
        let control = JobControl::new();
        control.cancel();
        let cancelled = kmeans(&JobContext::new(control, |_| {}), &[0.0; 40], 2, clusters(2), 0);
        assert!(matches!(cancelled, Err(ClusterError::Cancelled(_))));
    }
}
