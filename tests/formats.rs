//! Every file of the test data's formats/ and originals/ against a table that other decoders made, and EXIF's eight
//! orientations in the containers of which there are no such files. One test a file; run some with
//! `cargo test -p likeness-tests --test formats -- heif`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, RgbImage};
use libtest_mimic::{Arguments, Failed, Trial};
use likeness_decode::{DecodeError, DecodePool, Limits, WorkerCommand};
use likeness_domain::{Pixels, Stage};

/// Written by formats_reference.py.
const TABLE: &str = include_str!("formats.tsv");
/// Cells in each direction of the table's colour grids.
const CELLS: usize = 4;
/// Mean difference of a grid's samples that two right decoders may have: chroma upsampling, rounding, profiles.
const TOLERANCE: f64 = 6.0;

fn main() -> ExitCode {
    likeness_decode::run_worker_if_asked();
    let arguments = Arguments::from_args();
    let program = WorkerCommand::this_program().expect("the system tells which program this is");
    let pool = DecodePool::new(program, Limits::default());
    let mut trials: Vec<Trial> = TABLE.lines().skip(1).map(|line| row_trial(line, pool.clone())).collect();
    trials.push(Trial::test("the table names every file", || every_file_is_named(&data())));
    for orientation in 1..=8 {
        for (name, encode) in [("PNG", png as fn(&RgbImage, Vec<u8>) -> Vec<u8>), ("WebP", webp)] {
            let pool = pool.clone();
            let name = format!("orientation {orientation} in {name}");
            trials.push(Trial::test(name, move || is_turned_upright(orientation, encode, &pool)));
        }
    }
    trials.push(Trial::test("facts of a camera file", move || facts_are_read(&pool)));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn data() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    std::env::var_os("LIKENESS_DATA").map_or_else(default, PathBuf::from)
}

fn row_trial(line: &'static str, pool: DecodePool) -> Trial {
    let name = line.split('\t').next().unwrap_or_default();
    Trial::test(name, move || matches_row(line, &pool))
}

fn matches_row(line: &str, pool: &DecodePool) -> Result<(), Failed> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [path, expected, width, height, grid, _reason] = columns[..] else {
        return Err(format!("{} columns", columns.len()).into());
    };
    let mut worker = pool.worker();
    let decoded = worker.open(&data().join(path)).and_then(|_| worker.decode(64));
    let decoded = match (expected, decoded) {
        ("photo", Ok(decoded)) => decoded,
        ("companion" | "video", Err(DecodeError::NotAPicture)) => return Ok(()),
        ("problem", Err(error)) => return is_a_sentence(&error),
        (_, Ok(decoded)) => return Err(format!("a photo, {:?}", decoded.facts).into()),
        (_, Err(error)) => return Err(format!("not a photo: {error}").into()),
    };
    let size = format!("{width} x {height}");
    let actual = format!("{} x {}", decoded.facts.width, decoded.facts.height);
    if size != actual {
        return Err(format!("{actual} instead of {size}").into());
    }
    if grid.is_empty() {
        return Ok(());
    }
    let difference = difference(&averages(&decoded.pixels), &from_hex(grid)?);
    if difference > TOLERANCE {
        return Err(format!("colours or orientation differ by {difference:.1}").into());
    }
    Ok(())
}

/// A reason that a person can read: one line, no full stop, no crash.
fn is_a_sentence(error: &DecodeError) -> Result<(), Failed> {
    let problem = error.problem();
    let is_expected = !matches!(
        error,
        DecodeError::Crashed
            | DecodeError::TookTooLong { .. }
            | DecodeError::Worker(_)
            | DecodeError::NothingOpen
    );
    let is_sentence =
        problem.reason.len() > 10 && !problem.reason.ends_with('.') && !problem.reason.contains('\n');
    if is_expected && is_sentence { Ok(()) } else { Err(format!("{problem:?}").into()) }
}

fn every_file_is_named(data: &Path) -> Result<(), Failed> {
    let named: std::collections::BTreeSet<&str> =
        TABLE.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    let mut folders = vec![data.join("formats"), data.join("originals")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let name = path.strip_prefix(data)?.to_string_lossy().into_owned();
            if !named.contains(name.as_str()) {
                return Err(format!("{name} is not in the table").into());
            }
        }
    }
    if files == named.len() { Ok(()) } else { Err(format!("{files} files, {} rows", named.len()).into()) }
}

/// Stores a picture turned as each orientation asks, and expects it to come out upright.
fn is_turned_upright(
    orientation: u8,
    encode: fn(&RgbImage, Vec<u8>) -> Vec<u8>,
    pool: &DecodePool,
) -> Result<(), Failed> {
    let upright = RgbImage::from_fn(120, 80, |x, y| match (x < 60, y < 40) {
        (true, true) => image::Rgb([200, 30, 30]),
        (false, true) => image::Rgb([30, 200, 30]),
        (true, false) => image::Rgb([30, 30, 200]),
        (false, false) => image::Rgb([220, 220, 40]),
    });
    // Quarter turns undo each other, all other orientations undo themselves.
    let back = match orientation {
        6 => 8,
        8 => 6,
        other => other,
    };
    let mut stored = DynamicImage::ImageRgb8(upright.clone());
    stored.apply_orientation(Orientation::from_exif(back).ok_or("an orientation")?);
    let bytes = encode(&stored.into_rgb8(), exif_with_orientation(orientation));
    let pixels = pool.worker().picture_from_bytes(&bytes, 80, None)?;
    if (pixels.width(), pixels.height()) != upright.dimensions() {
        return Err(format!("{pixels:?}").into());
    }
    let expected = Pixels::new(120, 80, upright.into_raw())?;
    let difference = difference(&averages(&pixels), &averages(&expected));
    if difference < 2.0 { Ok(()) } else { Err(format!("differs by {difference:.1}").into()) }
}

fn exif_with_orientation(orientation: u8) -> Vec<u8> {
    let mut block = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0]);
    block
}

fn png(picture: &RgbImage, exif: Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(PngEncoder::new(&mut bytes), picture, exif);
    bytes
}

fn webp(picture: &RgbImage, exif: Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(WebPEncoder::new_lossless(&mut bytes), picture, exif);
    bytes
}

fn encode(mut encoder: impl ImageEncoder, picture: &RgbImage, exif: Vec<u8>) {
    encoder.set_exif_metadata(exif).expect("the format takes EXIF");
    encoder
        .write_image(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .expect("written to memory");
}

/// Against what Pillow reads from the same file.
fn facts_are_read(pool: &DecodePool) -> Result<(), Failed> {
    let mut worker = pool.worker();
    worker.open(&data().join("originals/exif-samples/IMG_5195.HEIC"))?;
    let decoded = worker.decode(224)?;
    let facts = decoded.facts;
    let taken = facts.taken.ok_or("a time")?;
    let gps = facts.gps.ok_or("a place")?;
    assert_eq!((taken.local_ms, taken.zone_minutes), (1_618_156_073_054, Some(-300)));
    assert_eq!(facts.camera.as_deref(), Some("Apple iPhone 11 Pro Max"));
    assert_eq!(facts.lens.as_deref(), Some("iPhone 11 Pro Max back triple camera 4.25mm f/1.8"));
    assert_eq!((facts.exposure.iso, facts.exposure.f_number), (Some(32), Some(1.8)));
    assert_eq!(facts.exposure.focal_length_mm, Some(4.25));
    assert!((gps.latitude - 39.051_344).abs() < 1e-5 && (gps.longitude + 94.288_773).abs() < 1e-5, "{gps:?}");
    assert!(gps.altitude_m.is_some_and(|altitude| (altitude - 260.56).abs() < 0.01), "{gps:?}");
    assert!(decoded.preview.len() > 10 && decoded.warning.is_none() && !facts.animated);
    worker.open(&data().join("formats/exiftool/Writer.jpg"))?;
    assert_eq!(worker.decode(224)?.facts.taken, None);
    worker.open(&data().join("formats/image-rs/anim.webp"))?;
    assert!(worker.decode(224)?.facts.animated);
    let absent = worker.open(&data().join("no such file")).expect_err("there is none").problem();
    assert_eq!(absent.stage, Stage::Read);
    Ok(())
}

/// Mean colours of 4 x 4 cells, red, green, blue; pixels on a border count in part.
fn averages(pixels: &Pixels) -> Vec<f64> {
    let shares = |side: u32, cell: usize| {
        let (start, end) = (cell as f64 * f64::from(side) / 4.0, (cell + 1) as f64 * f64::from(side) / 4.0);
        (0..side as usize).map(move |at| (end.min(at as f64 + 1.0) - start.max(at as f64)).max(0.0))
    };
    let mut means = Vec::with_capacity(CELLS * CELLS * 3);
    for row in 0..CELLS {
        for column in 0..CELLS {
            let mut sums = [0.0; 3];
            let mut weight = 0.0;
            for (y, down) in shares(pixels.height(), row).enumerate().filter(|(_, share)| *share > 0.0) {
                for (x, across) in
                    shares(pixels.width(), column).enumerate().filter(|(_, share)| *share > 0.0)
                {
                    let at = (y * pixels.width() as usize + x) * 3;
                    for (sum, sample) in sums.iter_mut().zip(&pixels.rgb()[at..at + 3]) {
                        *sum += f64::from(*sample) * down * across;
                    }
                    weight += down * across;
                }
            }
            means.extend(sums.map(|sum| sum / weight));
        }
    }
    means
}

fn difference(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| (left - right).abs()).sum::<f64>() / left.len() as f64
}

fn from_hex(text: &str) -> Result<Vec<f64>, Failed> {
    let byte =
        |at: usize| Ok(f64::from(u8::from_str_radix(text.get(at..at + 2).ok_or("an odd length")?, 16)?));
    (0..text.len()).step_by(2).map(byte).collect()
}
