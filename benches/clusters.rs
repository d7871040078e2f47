//! How long does it take to group photos by look, and how tight are the groups?
//!
//! `cargo bench -p likeness-benches --bench clusters -- 20000 100000 [--clusters 100] [--dimension 256] [--vectors FILE]`
//! prints seconds and inertia of KMeans. Vectors are made up, or the first ones of FILE (f32, little endian), such as the
//! tsne bench writes with `--out`. `clusters_peers.py` measures faiss and scikit-learn on the same FILE.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use likeness_domain::JobContext;

const VECTOR_SEED: u64 = 1;
/// Starts of KMeans: the best and the worst show how much they matter.
const SEEDS: [u64; 3] = [0, 1, 2];

fn main() -> Result<()> {
    let (mut counts, mut clusters, mut dimension, mut file) = (Vec::new(), 100, 256, None);
    // Cargo adds `--bench` when it runs a bench.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} wants a value"));
        match argument.as_str() {
            "--clusters" => clusters = value()?.parse()?,
            "--dimension" => dimension = value()?.parse()?,
            "--vectors" => file = Some(PathBuf::from(value()?)),
            count => counts.push(count.parse().with_context(|| format!("{count} is no count"))?),
        }
    }
    if counts.is_empty() {
        counts.push(20_000);
    }
    let clusters = NonZeroUsize::new(clusters).context("at least one cluster")?;

    println!("| vectors | clusters | seed | s | inertia |");
    println!("|---|---|---|---|---|");
    for count in counts {
        let vectors = match &file {
            Some(file) => likeness_benches::read_numbers(file, Some(count * dimension))?,
            None => likeness_testkit::clustered_vectors(count, dimension, VECTOR_SEED),
        };
        for seed in SEEDS {
            let started = Instant::now();
            let found =
                likeness_cluster::kmeans(&JobContext::unattended(), &vectors, dimension, clusters, seed)?;
            let seconds = started.elapsed().as_secs_f64();
            println!("| {count} x {dimension} | {clusters} | {seed} | {seconds:.2} | {:.0} |", found.inertia);
        }
    }
    Ok(())
}
