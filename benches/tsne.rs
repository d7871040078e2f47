//! How long does it take to lay out a whole library by look, and how good is the map?
//!
//! `cargo bench -p likeness-benches --bench tsne -- 10000 [--dimension 256] [--vectors FILE] [--newcomers 1000] [--out FOLDER]`
//! prints seconds for each step and what the map is worth. Vectors are made up, or read from FILE (f32, little endian,
//! unit length, jittered to the number). With `--out`, the vectors and the map are written for `tsne_peers.py`, which
//! measures openTSNE, scikit-learn and umap-learn on the same vectors.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use likeness_domain::JobContext;
use likeness_layout::{
    Affinities, Schedule, first_positions, improve, kl_divergence, nearest_to, neighbor_graph,
    neighbors_kept, place_newcomers, principal_components,
};

const VECTOR_SEED: u64 = 1;
const PERPLEXITY: f32 = 30.0;
const NEIGHBORS: usize = 90;
/// Neighbours whose share is measured, and rows that it is measured on.
const KEPT_OF: usize = 10;
const SAMPLE: usize = 1000;
/// Length of the noise that makes many vectors of few: what two shots of one thing differ by.
const JITTER: f32 = 0.25;

struct Options {
    count: usize,
    dimension: usize,
    newcomers: usize,
    vectors: Option<PathBuf>,
    out: Option<PathBuf>,
}

fn main() -> Result<()> {
    let options = options()?;
    let Options { dimension, count, .. } = options;
    let context = JobContext::unattended();
    let vectors = vectors(&options)?;
    let mut total = 0.0;
    let mut say = |what: &str, started: Instant| {
        let seconds = started.elapsed().as_secs_f64();
        total += seconds;
        println!("| {what} | {seconds:.2} s |");
    };
    println!("| {count} x {dimension} | |\n|---|---|");
    let before = processor_seconds();

    let started = Instant::now();
    let graph = neighbor_graph(&context, &vectors, dimension, NEIGHBORS)?;
    say("neighbours", started);
    let started = Instant::now();
    let affinities = Affinities::joint(&context, &graph, PERPLEXITY)?;
    say("affinities", started);
    let started = Instant::now();
    let start = first_positions(&principal_components::<2>(&vectors, dimension)?, 0);
    say("principal components", started);
    let started = Instant::now();
    let map = improve(&context, &affinities, start, &Schedule::default(), |_| ())?;
    say("t-SNE, 750 rounds", started);
    println!("| all | {total:.2} s |\n| processor, all | {:.2} s |", processor_seconds() - before);

    let sample: Vec<usize> = (0..count).step_by(count.div_ceil(SAMPLE)).collect();
    let mut found = 0;
    for &row in &sample {
        let exact = nearest_to(&context, &vectors, dimension, row..row + 1, NEIGHBORS)?;
        found += graph.neighbors(row).iter().filter(|&near| exact.neighbors(0).contains(near)).count();
    }
    println!("| {NEIGHBORS} neighbours found | {:.4} |", found as f64 / (sample.len() * NEIGHBORS) as f64);
    println!("| KL divergence | {:.4} |", kl_divergence(&affinities, &map));
    println!("| {KEPT_OF} neighbours kept | {:.4} |", neighbors_kept(&graph, &map, &sample, KEPT_OF));
    if let Some(folder) = &options.out {
        write(folder, "vectors.f32", &vectors)?;
        write(folder, "map.f32", map.as_flattened())?;
    }
    if options.newcomers > 0 {
        measure_newcomers(&context, &options, &vectors, &map)?;
    }
    Ok(())
}

/// Adds the last photos to a map of the others, and compares with `map`, which was laid out with them.
fn measure_newcomers(
    context: &JobContext,
    options: &Options,
    vectors: &[f32],
    map: &[[f32; 2]],
) -> Result<()> {
    let Options { count, dimension, newcomers, .. } = *options;
    let old = count.checked_sub(newcomers).context("fewer photos than newcomers")?;
    let graph = neighbor_graph(context, &vectors[..old * dimension], dimension, NEIGHBORS)?;
    let start = first_positions(&principal_components::<2>(&vectors[..old * dimension], dimension)?, 0);
    let affinities = Affinities::joint(context, &graph, PERPLEXITY)?;
    let mut grown = improve(context, &affinities, start, &Schedule::default(), |_| ())?;

    let started = Instant::now();
    let graph = nearest_to(context, vectors, dimension, old..count, NEIGHBORS)?;
    let places = place_newcomers(context, &grown, &graph, PERPLEXITY, 0)?;
    println!("| {newcomers} newcomers among {old} | {:.2} s |", started.elapsed().as_secs_f64());
    grown.extend(places);
    let whole = neighbor_graph(context, vectors, dimension, KEPT_OF)?;
    let sample: Vec<usize> = (old..count).step_by(newcomers.div_ceil(SAMPLE)).collect();
    println!(
        "| {KEPT_OF} neighbours of newcomers kept | {:.4} |",
        neighbors_kept(&whole, &grown, &sample, KEPT_OF)
    );
    println!("| in a map with them from the start | {:.4} |", neighbors_kept(&whole, map, &sample, KEPT_OF));
    Ok(())
}

fn vectors(options: &Options) -> Result<Vec<f32>> {
    let Options { count, dimension, .. } = *options;
    let Some(file) = &options.vectors else {
        return Ok(likeness_testkit::clustered_vectors(count, dimension, VECTOR_SEED));
    };
    let numbers = likeness_benches::read_numbers(file, None)?;
    ensure!(
        !numbers.is_empty() && numbers.len().is_multiple_of(dimension),
        "{} holds no rows of {dimension}",
        file.display()
    );
    let real = numbers.len() / dimension;
    let noise = likeness_testkit::clustered_vectors(count, dimension, VECTOR_SEED);
    let jittered = noise.chunks_exact(dimension).enumerate().flat_map(|(at, noise)| {
        let size = if at < real { 0.0 } else { JITTER };
        let row = numbers[at % real * dimension..][..dimension].iter().zip(noise);
        let moved: Vec<f32> = row.map(|(value, noise)| value + size * noise).collect();
        let length = moved.iter().map(|value| value * value).sum::<f32>().sqrt();
        moved.into_iter().map(move |value| value / length)
    });
    Ok(jittered.collect())
}

/// What all threads of this process have used so far.
fn processor_seconds() -> f64 {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    used.tv_sec as f64 + used.tv_nsec as f64 / 1e9
}

fn write(folder: &Path, name: &str, numbers: &[f32]) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    std::fs::write(folder.join(name), bytes).with_context(|| folder.join(name).display().to_string())
}

fn options() -> Result<Options> {
    let mut options = Options { count: 10_000, dimension: 256, newcomers: 0, vectors: None, out: None };
    // Cargo adds `--bench` when it runs a bench.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} wants a value"));
        match argument.as_str() {
            "--dimension" => options.dimension = value()?.parse()?,
            "--newcomers" => options.newcomers = value()?.parse()?,
            "--vectors" => options.vectors = Some(value()?.into()),
            "--out" => options.out = Some(value()?.into()),
            count => options.count = count.parse().with_context(|| format!("{count} is no count"))?,
        }
    }
    Ok(options)
}
