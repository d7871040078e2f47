//! How well do albums learn, and do suggestions stay what they are?
//!
//! `cargo bench -p likeness-benches --bench albums -- WHAT VECTORS.npy`, where WHAT is `taught`, `identity`,
//! `outliers`, `contexts` or `eye`, and VECTORS.npy is what `likeness embed` writes of photos (rows of f32 of unit
//! length), with VECTORS.npy.txt beside it: the path of each photo, a line each. The folder that a photo lies in is its
//! class. `taught` asks for all classes below `caltech`. `contexts` with a number after the file also takes the time
//! for so many made-up photos.

mod contexts;
mod eye;
mod identity;
mod outliers;
mod taught;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

fn main() -> Result<()> {
    // Cargo adds `--bench` when it runs a bench.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [what, vectors, rest @ ..] = arguments.as_slice() else {
        println!("albums: wants what to measure and a file of vectors");
        return Ok(());
    };
    let photos = Photos::read(Path::new(vectors))?;
    match what.as_str() {
        "taught" => taught::measure(&photos),
        "identity" => identity::measure(&photos),
        "outliers" => outliers::measure(&photos),
        "contexts" => contexts::measure(&photos, rest.first().map(|count| count.parse()).transpose()?),
        "eye" => eye::measure(&photos),
        what => bail!("{what} is nothing that is measured here"),
    }
}

/// Embedded photos, and the folder that each lies in.
struct Photos {
    dimension: usize,
    vectors: Vec<f32>,
    /// Without the file's name.
    folders: Vec<String>,
}

impl Photos {
    fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        ensure!(bytes.starts_with(b"\x93NUMPY\x01"), "not a file of NumPy's first version");
        let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let (numbers, _) = bytes[10 + header..].as_chunks::<4>();
        let vectors: Vec<f32> = numbers.iter().map(|number| f32::from_le_bytes(*number)).collect();
        let names = std::fs::read_to_string(path.with_added_extension("txt"))?;
        let folder =
            |name: &str| name.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        let folders: Vec<String> = names.lines().map(folder).collect();
        ensure!(!folders.is_empty() && vectors.len().is_multiple_of(folders.len()), "a name for each row");
        Ok(Self { dimension: vectors.len() / folders.len(), vectors, folders })
    }

    fn len(&self) -> usize {
        self.folders.len()
    }

    fn row(&self, photo: usize) -> &[f32] {
        &self.vectors[photo * self.dimension..][..self.dimension]
    }

    fn rows(&self, photos: &[usize]) -> Vec<f32> {
        photos.iter().flat_map(|&photo| self.row(photo).iter().copied()).collect()
    }

    /// The photos of each folder whose path has `part` in it.
    fn classes(&self, part: &str) -> BTreeMap<&str, Vec<usize>> {
        let mut classes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (photo, folder) in self.folders.iter().enumerate().filter(|(_, folder)| folder.contains(part)) {
            classes.entry(folder.as_str()).or_default().push(photo);
        }
        classes
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Rows by falling score.
fn ranked(scores: &[f32], rows: &[usize]) -> Vec<usize> {
    let mut rows = rows.to_vec();
    rows.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    rows
}

/// The mean precision at the places of those that belong.
fn average_precision(ranked: &[usize], belongs: impl Fn(usize) -> bool) -> f64 {
    let (mut found, mut sum) = (0, 0.0);
    for (at, _) in ranked.iter().enumerate().filter(|(_, row)| belongs(**row)) {
        found += 1;
        sum += f64::from(found) / (at + 1) as f64;
    }
    sum / f64::from(found.max(1))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// SplitMix64: the same draws for the same seed, always.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        ((u128::from(mixed) * end as u128) >> 64) as usize
    }

    /// So many of `things`, each at most once, in random order.
    fn draw<T: Copy>(&mut self, things: &[T], count: usize) -> Vec<T> {
        let mut things = things.to_vec();
        for at in 0..count.min(things.len()) {
            let other = at + self.below(things.len() - at);
            things.swap(at, other);
        }
        things.truncate(count);
        things
    }
}
