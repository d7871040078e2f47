//! How long does it take to find the photos that look like one, and are they the right ones?
//!
//! `cargo bench -p likeness-benches --bench nearest -- 100000 1000000 [--dimension 256] [--graphs-up-to 100000]
//! [--folder DIR]` prints a table for each number of made-up clustered vectors: building time, memory, latency and
//! recall@10 against an exact search in f32. With `--folder` the vectors are left there for `nearest_faiss.py`.

mod nearest_int8;

use std::collections::HashSet;
use std::hint::black_box;
use std::io::{self, BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use half::f16;
use likeness_domain::{Embedding, ModelTag, PhotoId};
use likeness_neighbors::{Accuracy, Metric, Query, SearchOptions, VectorIndex};
use nearest_int8::Int8Rows;
use usearch::{Index, IndexOptions, MetricKind, ScalarKind};

/// Queries that latency and recall are measured with, after as many as warm up: rows at even distances.
const QUERIES: usize = 200;
const WARM_UP: usize = 20;
/// Neighbours that are looked for.
const COUNT: usize = 10;
const SEED: u64 = 1;

struct Settings {
    counts: Vec<usize>,
    dimension: usize,
    graphs_up_to: usize,
    folder: Option<PathBuf>,
}

fn main() -> Result<()> {
    let settings = settings(std::env::args().skip(1))?;
    for &count in &settings.counts {
        measure(count, &settings)?;
    }
    Ok(())
}

fn settings(arguments: impl Iterator<Item = String>) -> Result<Settings> {
    let mut settings =
        Settings { counts: Vec::new(), dimension: 256, graphs_up_to: usize::MAX, folder: None };
    // Cargo adds `--bench` when it runs a bench.
    let mut arguments = arguments.filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} wants a value"));
        match argument.as_str() {
            "--dimension" => settings.dimension = value()?.parse()?,
            "--graphs-up-to" => settings.graphs_up_to = value()?.parse()?,
            "--folder" => settings.folder = Some(value()?.into()),
            count => settings.counts.push(count.parse().with_context(|| format!("{count} is no count"))?),
        }
    }
    if settings.counts.is_empty() {
        settings.counts.push(100_000);
    }
    if settings.counts.iter().any(|&count| count <= QUERIES) {
        bail!("at least {} vectors", QUERIES + 1);
    }
    Ok(settings)
}

/// The same vectors and right answers for every contender.
struct Course {
    vectors: Vec<f32>,
    dimension: usize,
    /// The rows that are asked about, and the ten nearest others of each.
    queries: Vec<(usize, HashSet<u32>)>,
}

fn measure(count: usize, settings: &Settings) -> Result<()> {
    let dimension = settings.dimension;
    let vectors = likeness_testkit::clustered_vectors(count, dimension, SEED);
    if let Some(folder) = &settings.folder {
        write_npy(&folder.join(format!("vectors-{count}x{dimension}.npy")), &vectors, dimension)?;
    }
    let rows = (0..QUERIES).map(|at| at * (count / QUERIES));
    let queries =
        rows.map(|row| (row, nearest_plain(&vectors, dimension, row).into_iter().collect())).collect();
    let course = Course { vectors, dimension, queries };

    println!("\n{count} x {dimension}, {QUERIES} queries, {COUNT} nearest\n");
    println!("| how | threads | build s | memory MB | median ms | p95 ms | recall@10 |");
    println!("|---|---|---|---|---|---|---|");
    let f32_megabytes = (count * dimension * 4) as f64 / 1e6;
    course.run("f32, every vector (plain)", 1, Duration::ZERO, f32_megabytes, |row| {
        nearest_plain(&course.vectors, dimension, row)
    });
    measure_index(&course)?;
    measure_int8(&course);
    if count <= settings.graphs_up_to {
        for connectivity in [16, 32] {
            measure_usearch(&course, connectivity)?;
        }
    }
    Ok(())
}

fn measure_index(course: &Course) -> Result<()> {
    let dimension = course.dimension;
    let tag = ModelTag::new("bench", "0", "none", dimension)?;
    let halves: Vec<f16> = course.vectors.iter().map(|&value| f16::from_f32(value)).collect();
    let before = resident_megabytes()?;
    let started = Instant::now();
    let mut index = VectorIndex::new(tag.clone());
    let rows = halves.chunks_exact(dimension).enumerate();
    let damaged = index.insert_many(rows.map(|(row, vector)| (PhotoId(row as i64), vector)));
    let (built, megabytes) = (started.elapsed(), resident_megabytes()? - before);
    if !damaged.is_empty() {
        bail!("{} damaged vectors", damaged.len());
    }
    drop(halves);
    for (name, metric, accuracy) in [
        ("Likeness, exact (f16 vectors, f32 sums)", Metric::Cosine, Accuracy::Exact),
        ("Likeness, quick (binary codes, then f16)", Metric::Cosine, Accuracy::Quick),
        ("Likeness, Hamming", Metric::Hamming, Accuracy::Quick),
    ] {
        for threads in [1, 2] {
            index.limit_threads(NonZeroUsize::new(threads).context("not 0")?);
            course.run(name, threads, built, megabytes, |row| {
                let values = course.row(row).to_vec();
                let query = Query::like(Embedding::new(tag.clone(), values).expect("a direction"));
                let excluded = [PhotoId(row as i64)];
                let options =
                    SearchOptions { metric, accuracy, excluded: &excluded, ..SearchOptions::nearest(COUNT) };
                let found = index.nearest(&query, &options).expect("of this model");
                found.iter().map(|found| found.photo.0 as u32).collect()
            });
        }
    }
    Ok(())
}

fn measure_int8(course: &Course) {
    let started = Instant::now();
    let rows = Int8Rows::new(&course.vectors, course.dimension);
    let built = started.elapsed();
    // The vectors that are compared again are counted as f16, as the index keeps them.
    let megabytes = course.vectors.len() as f64 * 3.0 / 1e6;
    let name = format!("int8, every vector ({}), 200 again in f32", nearest_int8::instructions());
    for threads in [1, 2] {
        course.run(&name, threads, built, megabytes, |row| {
            let nearest = rows.nearest(course.row(row), &course.vectors, COUNT + 1, threads);
            nearest.into_iter().filter(|&found| found as usize != row).take(COUNT).collect()
        });
    }
}

fn measure_usearch(course: &Course, connectivity: usize) -> Result<()> {
    let options = IndexOptions {
        dimensions: course.dimension,
        metric: MetricKind::IP,
        quantization: ScalarKind::F16,
        connectivity,
        ..IndexOptions::default()
    };
    let threads = std::thread::available_parallelism()?.get();
    let count = course.vectors.len() / course.dimension;
    let index = Index::new(&options)?;
    // Without room for all of them and a slot for each thread, adding crashes.
    index.reserve_capacity_and_threads(count, threads)?;
    let started = Instant::now();
    std::thread::scope(|scope| {
        let adders: Vec<_> = (0..threads)
            .map(|thread| {
                let index = &index;
                scope.spawn(move || {
                    (thread..count)
                        .step_by(threads)
                        .try_for_each(|row| index.add(row as u64, course.row(row)))
                })
            })
            .collect();
        adders.into_iter().try_for_each(|adder| adder.join().expect("adding does not panic"))
    })?;
    let (built, megabytes) = (started.elapsed(), index.memory_usage() as f64 / 1e6);
    for expansion in [64, 128, 256, 512, 1024] {
        index.change_expansion_search(expansion);
        let name = format!("usearch f16, connectivity {connectivity}, ef {expansion}");
        course.run(&name, 1, built, megabytes, |row| {
            let matches = index.search(course.row(row), COUNT + 1).expect("a search");
            let found = matches.keys.iter().map(|&key| key as u32);
            found.filter(|&found| found as usize != row).take(COUNT).collect()
        });
    }
    Ok(())
}

impl Course {
    fn row(&self, row: usize) -> &[f32] {
        &self.vectors[row * self.dimension..][..self.dimension]
    }

    /// Asks every query of one contender and prints its line.
    fn run(
        &self,
        name: &str,
        threads: usize,
        built: Duration,
        megabytes: f64,
        nearest: impl Fn(usize) -> Vec<u32>,
    ) {
        for (row, _) in self.queries.iter().take(WARM_UP) {
            black_box(nearest(*row));
        }
        let mut right = 0;
        let mut times: Vec<Duration> = self
            .queries
            .iter()
            .map(|(row, truth)| {
                let started = Instant::now();
                let found = black_box(nearest(*row));
                let took = started.elapsed();
                right += found.iter().filter(|&found| truth.contains(found)).count();
                took
            })
            .collect();
        times.sort_unstable();
        let milliseconds = |at: usize| times[at].as_secs_f64() * 1e3;
        println!(
            "| {name} | {threads} | {:.1} | {megabytes:.0} | {:.2} | {:.2} | {:.3} |",
            built.as_secs_f64(),
            milliseconds(times.len() / 2),
            milliseconds(times.len() * 95 / 100),
            right as f64 / (self.queries.len() * COUNT) as f64,
        );
    }
}

/// The ten nearest rows to a row, by comparing it with every other in f32 on one thread: the truth, and the slowest.
fn nearest_plain(vectors: &[f32], dimension: usize, row: usize) -> Vec<u32> {
    let query = &vectors[row * dimension..][..dimension];
    let others = vectors.chunks_exact(dimension).enumerate().filter(|(other, _)| *other != row);
    let mut best: Vec<(f32, u32)> = Vec::with_capacity(COUNT + 1);
    for (other, vector) in others {
        let nearness = dot(query, vector);
        if best.len() < COUNT || nearness > best[COUNT - 1].0 {
            let at = best.partition_point(|(kept, _)| *kept >= nearness);
            best.insert(at, (nearness, other as u32));
            best.truncate(COUNT);
        }
    }
    best.into_iter().map(|(_, row)| row).collect()
}

/// The sum of products in sixteen parts, which the compiler turns into whatever vector instructions it may use.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 16];
    let (a, b) = (a.as_chunks::<16>(), b.as_chunks::<16>());
    for (a, b) in a.0.iter().zip(b.0) {
        for lane in 0..16 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + a.1.iter().zip(b.1).map(|(a, b)| a * b).sum::<f32>()
}

/// Memory of this process now, in millions of bytes.
fn resident_megabytes() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS line")?;
    let kilobytes = line.split_whitespace().nth(1).context("no number after VmRSS")?;
    Ok(kilobytes.parse::<f64>()? * 1024.0 / 1e6)
}

/// Writes rows of `dimension` numbers in numpy's format, version 1.
fn write_npy(path: &Path, vectors: &[f32], dimension: usize) -> io::Result<()> {
    let rows = vectors.len() / dimension;
    let shape = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {dimension}), }}");
    // Magic, version and length are 10 bytes; the header ends with a line feed at a multiple of 64.
    let header = format!("{shape:<width$}\n", width = (shape.len() + 11).next_multiple_of(64) - 11);
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    file.write_all(b"\x93NUMPY\x01\x00")?;
    file.write_all(&(header.len() as u16).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    vectors.iter().try_for_each(|value| file.write_all(&value.to_le_bytes()))?;
    file.flush()
}
