//! Vectors spread as embeddings of real libraries are: few big clusters, many small ones, each of them flat.

use rayon::prelude::*;

use crate::random::Random;

/// Vectors in an average cluster.
const CLUSTER_SIZE: usize = 500;
/// Directions in which a cluster spreads: embeddings of one kind of thing vary in few ways.
const RANK: usize = 16;
/// Length of the spread within those directions, beside a centre of length 1.
const FLAT_SPREAD: f32 = 0.7;
/// Length of the spread in all directions.
const ROUND_SPREAD: f32 = 0.25;

struct Cluster {
    centre: Vec<f32>,
    /// `RANK` directions, one after the other.
    directions: Vec<f32>,
}

/// `count` unit vectors of `dimension` numbers, one after the other, in about `count / 500` clusters whose sizes
/// follow a power law (the n-th largest has a share proportional to 1 / n) and which lie in random order.
///
/// A vector is its cluster's centre (length 1), plus a random mix of the cluster's 16 directions (length about 0.7,
/// falling by direction), plus noise in all directions (length about 0.25), scaled to length 1.
pub fn clustered_vectors(count: usize, dimension: usize, seed: u64) -> Vec<f32> {
    let cluster_count = (count / CLUSTER_SIZE).max(1);
    let clusters: Vec<Cluster> =
        (0..cluster_count).into_par_iter().map(|at| cluster(dimension, seed, at as u64)).collect();
    let shares: Vec<f64> = (1..=cluster_count)
        .scan(0.0, |sum, rank| {
            *sum += 1.0 / rank as f64;
            Some(*sum)
        })
        .collect();
    let all_shares = shares.last().copied().unwrap_or_default();

    let mut vectors = vec![0.0; count * dimension];
    vectors.par_chunks_exact_mut(dimension).enumerate().for_each(|(at, vector)| {
        let mut random = Random::new(seed, (1 << 40) + at as u64);
        let share = f64::from(random.unit()) * all_shares;
        let cluster = &clusters[shares.partition_point(|&sum| sum <= share).min(cluster_count - 1)];
        fill(vector, cluster, &mut random);
    });
    vectors
}

fn cluster(dimension: usize, seed: u64, at: u64) -> Cluster {
    let mut random = Random::new(seed, at);
    let mut direction = || {
        let mut direction: Vec<f32> = (0..dimension).map(|_| random.normal()).collect();
        scale_to_length_one(&mut direction);
        direction
    };
    let centre = direction();
    Cluster { centre, directions: (0..RANK).flat_map(|_| direction()).collect() }
}

fn fill(vector: &mut [f32], cluster: &Cluster, random: &mut Random) {
    let dimension = vector.len();
    let falling = |at: usize| 1.0 / ((at + 1) as f32).sqrt();
    let flat = FLAT_SPREAD / (0..RANK).map(|at| falling(at).powi(2)).sum::<f32>().sqrt();
    let round = ROUND_SPREAD / (dimension as f32).sqrt();
    for (value, centre) in vector.iter_mut().zip(&cluster.centre) {
        *value = centre + round * random.normal();
    }
    for (at, direction) in cluster.directions.chunks_exact(dimension).enumerate() {
        let amount = flat * falling(at) * random.normal();
        for (value, part) in vector.iter_mut().zip(direction) {
            *value += amount * part;
        }
    }
    scale_to_length_one(vector);
}

fn scale_to_length_one(vector: &mut [f32]) {
    let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|v| *v /= length);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_have_length_one_and_come_again_with_their_seed() {
        let vectors = clustered_vectors(2000, 48, 7);
        assert_eq!(vectors.len(), 2000 * 48);
        for vector in vectors.chunks_exact(48) {
            let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
            assert!((length - 1.0).abs() < 1e-5, "{length}");
        }
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        assert_eq!(vectors, one_thread.install(|| clustered_vectors(2000, 48, 7)));
        assert_ne!(vectors, clustered_vectors(2000, 48, 8));
    }

    #[test]
    fn vectors_lie_in_clusters_of_unequal_size() {
        // Four clusters with shares 1, 1/2, 1/3, 1/4: a vector's cluster is told by what is nearer than 0.3 cosine.
        let vectors = clustered_vectors(2000, 256, 1);
        let rows: Vec<&[f32]> = vectors.chunks_exact(256).collect();
        let alike = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>() > 0.3;
        let mut sizes: Vec<usize> =
            rows.iter().take(60).map(|row| rows.iter().filter(|other| alike(row, other)).count()).collect();
        sizes.sort_unstable();
        assert!(sizes[0] > 100 && sizes[0] < 500, "smallest of {sizes:?}");
        assert!(sizes[59] > 700 && sizes[59] < 1200, "largest of {sizes:?}");
    }
}
