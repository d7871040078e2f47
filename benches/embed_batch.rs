//! How long does one photo take in the network, and where does the time go?
//!
//! `cargo bench -p likeness-benches --bench embed_batch` prints milliseconds per photo (median and best of the rounds)
//! for batches of 1 and 16 on one core and two, and each operator's share on one core. With `f32` or `int8`
//! and `THREADS BATCH ROUNDS` as arguments it measures that form alone and prints one JSON object, for
//! `embed_onnxruntime.py`. Pictures are made up: the network does the same work for every picture.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use likeness_domain::Pixels;
use likeness_embed::{Model, Precision, Prepared};

const ROUNDS: usize = 40;

fn main() -> Result<()> {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if let [form, numbers @ ..] = &arguments[..] {
        let numbers = numbers.iter().map(|number| number.parse()).collect::<Result<Vec<usize>, _>>()?;
        let [threads, batch, rounds] = numbers[..] else { bail!("FORM THREADS BATCH ROUNDS") };
        let model = likeness_embed::builtin(match form.as_str() {
            "f32" => Precision::F32,
            "int8" => Precision::Int8,
            _ => bail!("f32 or int8"),
        })?;
        let (median, best) = per_photo(&*model, threads, batch, rounds)?;
        println!("{}", serde_json::json!({ "median_ms": median, "best_ms": best, "peak_mb": peak_mb()? }));
        return Ok(());
    }
    for precision in [Precision::F32, Precision::Int8] {
        let model = likeness_embed::builtin(precision)?;
        println!("{} on {}", model.tag(), model.device_name());
        for (threads, batch) in [(1, 1), (1, 16), (2, 1), (2, 16)] {
            let (median, best) = per_photo(&*model, threads, batch, ROUNDS)?;
            println!("{threads} threads, batch {batch:2}: {median:6.2} ms per photo (best {best:.2})");
        }
    }
    let model = likeness_embed::builtin(Precision::F32)?;
    let picture = noise(640, 480);
    let started = Instant::now();
    (0..ROUNDS).for_each(|_| drop(black_box(model.prepare(&picture))));
    println!("prepare from 640 x 480:  {:6.2} ms", milliseconds(started.elapsed()) / ROUNDS as f64);
    print_shares(&*model)
}

/// The most memory that this process has held.
fn peak_mb() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes / 1e3)
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Median and best milliseconds per photo over the rounds, after two rounds that do not count.
fn per_photo(model: &dyn Model, threads: usize, batch: usize, rounds: usize) -> Result<(f64, f64)> {
    let prepared: Vec<Prepared> = vec![model.prepare(&noise(640, 480)); batch];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let mut times = Vec::new();
    for round in 0..rounds + 2 {
        let started = Instant::now();
        black_box(pool.install(|| model.embed(&prepared)));
        if round >= 2 {
            times.push(milliseconds(started.elapsed()) / batch as f64);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok((times[times.len() / 2], times[0]))
}

fn noise(width: u32, height: u32) -> Pixels {
    let mut state = 1u32;
    let rgb = (0..width * height * 3).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    Pixels::new(width, height, rgb.collect()).expect("three bytes for each place")
}

fn print_shares(model: &dyn Model) -> Result<()> {
    let prepared = vec![model.prepare(&noise(640, 480)); 16];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let times = Arc::new(OperatorTimes::default());
    tracing::subscriber::set_global_default(Arc::clone(&times))?;
    let started = Instant::now();
    pool.install(|| black_box(model.embed(&prepared)));
    let whole = milliseconds(started.elapsed()) / prepared.len() as f64;
    let mut rest = whole;
    for (operator, time) in times.by_name() {
        let time = milliseconds(time) / prepared.len() as f64;
        rest -= time;
        println!("{operator:>12}: {time:6.2} ms, {:4.1} %", time / whole * 100.0);
    }
    println!("{:>12}: {rest:6.2} ms, {:4.1} %", "rest", rest / whole * 100.0);
    Ok(())
}

/// Sums the time inside each of the network's spans. They are never nested and run on one thread here.
#[derive(Default)]
struct OperatorTimes {
    spans: AtomicU64,
    names: Mutex<BTreeMap<u64, &'static str>>,
    entered: Mutex<Option<Instant>>,
    sums: Mutex<BTreeMap<&'static str, Duration>>,
}

impl OperatorTimes {
    fn by_name(&self) -> BTreeMap<&'static str, Duration> {
        self.sums.lock().expect("no panic").clone()
    }
}

impl tracing::Subscriber for OperatorTimes {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("likeness_embed")
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        let id = self.spans.fetch_add(1, Ordering::Relaxed) + 1;
        self.names.lock().expect("no panic").insert(id, span.metadata().name());
        tracing::span::Id::from_u64(id)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, _: &tracing::Event<'_>) {}

    fn enter(&self, _: &tracing::span::Id) {
        *self.entered.lock().expect("no panic") = Some(Instant::now());
    }

    fn exit(&self, span: &tracing::span::Id) {
        let now = Instant::now();
        let entered = self.entered.lock().expect("no panic").take();
        let name = self.names.lock().expect("no panic").get(&span.into_u64()).copied();
        if let Some((entered, name)) = entered.zip(name) {
            *self.sums.lock().expect("no panic").entry(name).or_default() += now - entered;
        }
    }
}
