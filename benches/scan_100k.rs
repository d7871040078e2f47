//! How long does it take to see that nothing changed? The walk over 100,000 files in 100 folders, caches warm.
//!
//! Beside it a plain walk with `walkdir` that reads the same stamps, in no special order and without kinds. Nothing is
//! asked of a catalog here: this is the part of an unchanged scan that the file system sets.
//!
//! `cargo bench --bench scan_100k`; the files lie in the system's folder for temporary files (`TMPDIR`).

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use likeness_domain::{JobContext, RelativePath};
use likeness_scan::{SkippedPlaces, find_files};
use walkdir::WalkDir;

const FOLDERS: usize = 100;
const FILES_PER_FOLDER: usize = 1000;
const ROUNDS: usize = 11;

fn main() -> Result<()> {
    let root = tempfile::tempdir()?;
    make_files(root.path()).context("making the files")?;
    // In turns, so that a busy moment of the machine falls on both.
    let mut ours = Vec::new();
    let mut plain = Vec::new();
    for _ in 0..ROUNDS {
        ours.push(timed(|| find(root.path()))?);
        plain.push(timed(|| walk(root.path()))?);
    }
    println!("files: {}, folders: {FOLDERS}, rounds: {ROUNDS}", FOLDERS * FILES_PER_FOLDER);
    report("find_files", ours);
    report("walkdir and metadata", plain);
    Ok(())
}

fn make_files(root: &Path) -> Result<()> {
    for folder in 0..FOLDERS {
        let folder_path = root.join(format!("{:04}-{:02}", 2015 + folder / 12, folder % 12 + 1));
        fs::create_dir(&folder_path)?;
        for file in 0..FILES_PER_FOLDER {
            fs::write(folder_path.join(format!("IMG_{folder:03}{file:04}.jpg")), [folder as u8, file as u8])?;
        }
    }
    Ok(())
}

fn find(root: &Path) -> Result<usize> {
    let ctx = JobContext::unattended();
    let found = find_files(&ctx, root, &RelativePath::ROOT, &SkippedPlaces::default(), &|_, _| None)?;
    Ok(found.files.len())
}

fn walk(root: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in WalkDir::new(root) {
        let entry = entry?;
        if entry.file_type().is_file() && std::hint::black_box(entry.metadata()?).is_file() {
            count += 1;
        }
    }
    Ok(count)
}

fn timed(walk: impl Fn() -> Result<usize>) -> Result<Duration> {
    let start = Instant::now();
    let count = walk()?;
    ensure!(count == FOLDERS * FILES_PER_FOLDER, "{count} files found");
    Ok(start.elapsed())
}

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{name}: median {:.0} ms, fastest {:.0} ms, slowest {:.0} ms",
        milliseconds(times[times.len() / 2]),
        milliseconds(times[0]),
        milliseconds(times[times.len() - 1]),
    );
}
