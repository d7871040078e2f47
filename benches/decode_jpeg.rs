//! How long does one JPEG take from its bytes to thumbnails, preview, hash and model input?
//!
//! `cargo bench -p likeness-benches --bench decode_jpeg` measures 12-megapixel photos, then photos of about 300 pixels,
//! each beside libjpeg-turbo's own decode at the same scale, which makes none of these. The same work is measured in
//! this process and in a worker: the difference is what the process boundary costs. All take turns on the same files,
//! and the ratios are medians over pairs of one turn, so that a busy moment falls on both.
//! The large photos have a camera's detail: each is a camera file beside its mirror images, cut at 4000 x 3000.
//! Knows nothing of folders and models.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use likeness_decode::{DecodePool, InProcess, Limits, WorkerCommand};
use turbojpeg::{Compressor, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp};

/// What the large photos are made of, below the test data's originals/.
const CAMERA_FILES: [&str; 5] = [
    "exif-samples/canon_hdr_NO.jpg",
    "exif-samples/canon_hdr_YES.jpg",
    "exif-samples/Reconyx_HC500_Hyperfire.jpg",
    "exif-samples/jolla.jpg",
    "orientation/Landscape_1.jpg",
];
const WIDTH: usize = 4000;
const HEIGHT: usize = 3000;
const QUALITY: i32 = 90;
/// What the built-in model asks for.
const SHORT_SIDE: u32 = 224;
const ROUNDS: usize = 31;

fn main() -> Result<()> {
    likeness_decode::run_worker_if_asked();
    let folder = tempfile::tempdir()?;
    measure("12 megapixels", &large_files(folder.path())?, ScalingFactor::ONE_EIGHTH)?;
    measure("about 300 pixels", &small_files()?, ScalingFactor::ONE)
}

/// Seconds of one turn, in the order of [`NAMES`].
type Turn = [f64; 6];

const NAMES: [&str; 6] = [
    "turbojpeg, bytes in memory",
    "turbojpeg, file read first",
    "this process: decode",
    "this process: open and decode",
    "worker: decode",
    "worker: open and decode",
];

fn measure(kind: &str, files: &[PathBuf], scale: ScalingFactor) -> Result<()> {
    let pool = DecodePool::new(WorkerCommand::this_program()?, Limits::default());
    let (mut worker, mut here) = (pool.worker(), InProcess::default());
    let (mut turns, mut bytes_together) = (Vec::new(), 0);
    for path in files {
        let bytes = fs::read(path)?;
        bytes_together += bytes.len();
        // One round that does not count: processes start, buffers grow.
        for round in 0..=ROUNDS {
            let (alone, _) = timed(|| turbo(&bytes, scale))?;
            let (with_read, _) = timed(|| turbo(&fs::read(path)?, scale))?;
            let (here_open, _) = timed(|| Ok(here.open(path)?))?;
            let (here_decode, same) = timed(|| Ok(here.decode(SHORT_SIDE)?))?;
            let (worker_open, _) = timed(|| Ok(worker.open(path)?))?;
            let (worker_decode, decoded) = timed(|| Ok(worker.decode(SHORT_SIDE)?))?;
            ensure!(same == decoded, "a worker makes something else of {}", path.display());
            let here_both = here_open + here_decode;
            let worker_both = worker_open + worker_decode;
            if round > 0 {
                turns.push([alone, with_read, here_decode, here_both, worker_decode, worker_both]);
            }
        }
    }
    let kilobytes = bytes_together / files.len() / 1000;
    println!("{kind}: {} photos of {kilobytes} kB in the mean, {ROUNDS} rounds", files.len());
    print(&turns);
    Ok(())
}

/// Median and best of each, and the medians of ratios within a turn.
fn print(turns: &[Turn]) {
    let sorted = |value: &dyn Fn(&Turn) -> f64| {
        let mut values: Vec<f64> = turns.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    for (at, name) in NAMES.iter().enumerate() {
        let times = sorted(&|turn| turn[at] * 1e3);
        println!("{name:>30}: {:7.3} ms (best {:.3})", times[times.len() / 2], times[0]);
    }
    for (above, below) in [(2, 0), (4, 0), (3, 1), (5, 1), (4, 2), (5, 3)] {
        let ratios = sorted(&|turn| turn[above] / turn[below]);
        println!("{:>30} / {}: {:.3}", NAMES[above], NAMES[below], ratios[ratios.len() / 2]);
    }
}

fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(f64, T)> {
    let started = Instant::now();
    let result = black_box(work()?);
    Ok((started.elapsed().as_secs_f64(), result))
}

/// What anyone would write with libjpeg-turbo: the picture at that scale and nothing else.
fn turbo(bytes: &[u8], scale: ScalingFactor) -> Result<Image<Vec<u8>>> {
    let mut decompressor = Decompressor::new()?;
    decompressor.set_scaling_factor(scale)?;
    let header = decompressor.read_header(bytes)?.scaled(scale);
    let (width, height) = (header.width, header.height);
    let format = PixelFormat::RGB;
    let mut image = Image { pixels: vec![0; width * height * 3], width, pitch: width * 3, height, format };
    decompressor.decompress(bytes, image.as_deref_mut())?;
    Ok(image)
}

/// Camera files at 12 megapixels, with chroma at half the resolution as cameras write it.
fn large_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(QUALITY)?;
    compressor.set_subsamp(Subsamp::Sub2x2)?;
    let mut files = Vec::new();
    for name in CAMERA_FILES {
        let path = data().join("originals").join(name);
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        let photo = turbojpeg::decompress(&bytes, PixelFormat::RGB)?;
        let picture = with_mirror_images(&photo);
        let file = folder.join(format!("{}.jpg", files.len()));
        fs::write(&file, compressor.compress_to_vec(picture.as_deref())?)?;
        files.push(file);
    }
    Ok(files)
}

/// One photo of each class, as they are.
fn small_files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for class in fs::read_dir(data().join("photos/caltech"))? {
        let photos = fs::read_dir(class?.path())?.map(|entry| Ok(entry?.path()));
        files.extend(photos.collect::<Result<Vec<PathBuf>>>()?.into_iter().min());
    }
    Ok(files)
}

/// The photo, continued by its mirror images to the right and below, cut at this size.
fn with_mirror_images(photo: &Image<Vec<u8>>) -> Image<Vec<u8>> {
    let folded = |at: usize, side: usize| {
        let at = at % (2 * side);
        at.min(2 * side - 1 - at)
    };
    let mut pixels = Vec::with_capacity(WIDTH * HEIGHT * 3);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let from = folded(y, photo.height) * photo.pitch + folded(x, photo.width) * 3;
            pixels.extend_from_slice(&photo.pixels[from..from + 3]);
        }
    }
    Image { pixels, width: WIDTH, pitch: WIDTH * 3, height: HEIGHT, format: PixelFormat::RGB }
}

fn data() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    std::env::var_os("LIKENESS_DATA").map_or_else(default, PathBuf::from)
}
