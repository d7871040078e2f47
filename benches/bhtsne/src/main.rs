//! How long does the crate `bhtsne` take for a map of the same vectors?
//!
//! ```text
//! cargo bench -p likeness-benches --bench tsne -- 10000 --out FOLDER
//! cargo run --release --manifest-path benches/bhtsne/Cargo.toml -- FOLDER [barnes-hut|fft]
//! ```
//!
//! Reads vectors.f32 (256 numbers each), writes bhtsne-METHOD.f32, which `tsne_peers.py FOLDER` judges beside the others, and
//! prints seconds. Perplexity 30 and 750 rounds, as all; Barnes-Hut's theta is 0.5, the rest is what the crate comes with.

use std::time::Instant;
use std::{env, fs};

const DIMENSION: usize = 256;

fn main() {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().expect("the folder of vectors.f32");
    let method = arguments.next().unwrap_or_else(|| "fft".into());
    let bytes = fs::read(format!("{folder}/vectors.f32")).expect("vectors.f32");
    let numbers: Vec<f32> =
        bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    let rows: Vec<&[f32]> = numbers.chunks_exact(DIMENSION).collect();
    let apart = |a: &&[f32], b: &&[f32]| a.iter().zip(*b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt();

    let started = Instant::now();
    let mut layout = bhtsne::tSNE::<f32, &[f32], 2>::new(&rows);
    layout.perplexity(30.0).epochs(750);
    match method.as_str() {
        "barnes-hut" => layout.barnes_hut(0.5, apart),
        _ => layout.fit_sne(apart),
    };
    println!("{} x {DIMENSION}, {method}: {:.1} s", rows.len(), started.elapsed().as_secs_f64());

    let map: Vec<u8> = layout.embedding().iter().flat_map(|place| place.to_le_bytes()).collect();
    fs::write(format!("{folder}/bhtsne-{method}.f32"), map).expect("the map written");
}
