//! Every file of the test data's formats/ and originals/ against a table that other decoders made; EXIF's eight
//! orientations in the containers of which there are no such files; marked parts, pictures for the screen and pasted
//! bytes. One test a file; run some with `cargo test -p likeness-tests --test formats -- heif`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, RgbImage};
use libtest_mimic::{Arguments, Failed, Trial};
use likeness_decode::{DecodeError, DecodePool, Limits, WorkerCommand};
use likeness_domain::{Pixels, Region, Stage};

/// Written by formats_reference.py.
const TABLE: &str = include_str!("formats.tsv");
/// Cells in each direction of the table's colour grids.
const CELLS: usize = 4;
/// Mean difference of a grid's samples that two right decoders may have: chroma upsampling, rounding, profiles.
const TOLERANCE: f64 = 6.0;

/// Files whose names, or whose makers, say how many bits each colour has.
const BITS: [(&str, u8); 18] = [
    ("formats/jpeg/monkey12.jpg", 12),
    ("originals/cameras/Blackberry Z10.jpg", 8),
    ("formats/image-rs/basn2c16.png", 16),
    ("formats/image-rs/rgba16.png", 16),
    ("formats/image-rs/rgb-3c-16b.tiff", 16),
    ("formats/image-rs/rgb32f_color.tiff", 32),
    ("formats/image-rs/l1.tiff", 8),
    ("formats/image-rs/Core_4_Bit.bmp", 8),
    ("formats/webp/lossless_vec_1_10.webp", 8),
    ("formats/avif/fox.profile0.10bpc.yuv420.avif", 10),
    ("formats/avif/fox.profile2.12bpc.yuv444.avif", 12),
    ("formats/mixed/10bit-HDR-P3-nclx.avif", 10),
    ("formats/mixed/8bit-sRGB.avif", 8),
    ("formats/mixed/8bit-sRGB.jxl", 8),
    ("formats/mixed/IMG_2682.heic", 8),
    ("formats/heif/with-alpha-512x512.heic", 8),
    ("formats/pillow/hopper.tif", 8),
    ("formats/pillow/16bit.cropped.tif", 16),
];

fn main() -> ExitCode {
    likeness_decode::run_worker_if_asked();
    let arguments = Arguments::from_args();
    let program = WorkerCommand::this_program().expect("the system tells which program this is");
    let pool = DecodePool::new(program, Limits::default());
    let mut trials: Vec<Trial> = TABLE.lines().skip(1).map(|line| row_trial(line, pool.clone())).collect();
    trials.push(Trial::test("the table names every file", || every_file_is_named(&data())));
    let containers: [(&str, Container); 5] =
        [("PNG", png), ("WebP", webp), ("RAW", raw), ("JPEG XL", jpeg_xl), ("AVIF", avif)];
    for (name, container) in containers {
        for orientation in 1..=8 {
            let pool = pool.clone();
            let name = format!("orientation {orientation} in {name}");
            trials.push(Trial::test(name, move || is_turned_upright(orientation, container, &pool)));
        }
    }
    for orientation in [2, 3, 4, 6, 8] {
        let pool = pool.clone();
        let name = format!("orientation {orientation} in HEIC");
        trials.push(Trial::test(name, move || is_turned_upright(orientation, heic, &pool)));
    }
    for (path, bits) in BITS {
        let pool = pool.clone();
        trials.push(Trial::test(format!("bits of {path}"), move || has_bits(path, bits, &pool)));
    }
    let shared = pool.clone();
    trials.push(Trial::test("a marked part of the upright picture", move || parts_are_cut_out(&shared)));
    let shared = pool.clone();
    trials.push(Trial::test("pictures for the screen", move || screen_pictures_fit(&shared)));
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

fn has_bits(path: &str, bits: u8, pool: &DecodePool) -> Result<(), Failed> {
    let mut worker = pool.worker();
    worker.open(&data().join(path))?;
    let told = worker.decode(64)?.facts.bits;
    if told == Some(bits) { Ok(()) } else { Err(format!("{told:?} instead of {bits}").into()) }
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

/// The bytes of a file whose stored picture is always the same, and which asks for this orientation.
type Container = fn(u8, &DecodePool) -> Result<Vec<u8>, Failed>;

/// Against the stored picture, turned by the image crate.
fn is_turned_upright(orientation: u8, container: Container, pool: &DecodePool) -> Result<(), Failed> {
    let decode =
        |orientation| Ok(pool.worker().picture_from_bytes(&container(orientation, pool)?, 12, None)?);
    let stored: Result<Pixels, Failed> = decode(1);
    let stored = stored?;
    let expected =
        RgbImage::from_raw(stored.width(), stored.height(), stored.into_rgb()).ok_or("a picture")?;
    let mut expected = DynamicImage::ImageRgb8(expected);
    expected.apply_orientation(Orientation::from_exif(orientation).ok_or("an orientation")?);
    let expected = Pixels::new(expected.width(), expected.height(), expected.into_rgb8().into_raw())?;
    let actual: Result<Pixels, Failed> = decode(orientation);
    let actual = actual?;
    if (actual.width(), actual.height()) != (expected.width(), expected.height()) {
        return Err(format!("{actual:?} instead of {expected:?}").into());
    }
    let difference = difference(&averages(&actual), &averages(&expected));
    if difference < 1.0 { Ok(()) } else { Err(format!("differs by {difference:.1}").into()) }
}

fn four_colors() -> RgbImage {
    RgbImage::from_fn(120, 80, |x, y| match (x < 60, y < 40) {
        (true, true) => image::Rgb([200, 30, 30]),
        (false, true) => image::Rgb([30, 200, 30]),
        (true, false) => image::Rgb([30, 30, 200]),
        (false, false) => image::Rgb([220, 220, 40]),
    })
}

fn exif_with_orientation(orientation: u8) -> Vec<u8> {
    let mut block = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0]);
    block
}

fn png(orientation: u8, _pool: &DecodePool) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    encode(PngEncoder::new(&mut bytes), orientation)?;
    Ok(bytes)
}

fn webp(orientation: u8, _pool: &DecodePool) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    encode(WebPEncoder::new_lossless(&mut bytes), orientation)?;
    Ok(bytes)
}

fn encode(mut encoder: impl ImageEncoder, orientation: u8) -> Result<(), Failed> {
    let picture = four_colors();
    encoder.set_exif_metadata(exif_with_orientation(orientation))?;
    encoder.write_image(&picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)?;
    Ok(())
}

/// A DNG with nothing but an embedded preview, which does not say how it is turned.
fn raw(orientation: u8, pool: &DecodePool) -> Result<Vec<u8>, Failed> {
    let preview = pool.worker().screen_picture_from_bytes(&png(1, pool)?, 120)?;
    let entries: [(u16, u16, u32, u32); 4] = [
        (0x0112, 3, 1, orientation.into()),
        (0x0201, 4, 1, 62),
        (0x0202, 4, 1, preview.len() as u32),
        (0xc612, 1, 4, 0x0401),
    ];
    let mut bytes = b"II\x2a\0\x08\0\0\0\x04\0".to_vec();
    for (tag, kind, count, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes.extend(preview);
    Ok(bytes)
}

/// A file of the test data whose header has the orientation, less one, in the last bits of a byte.
fn jpeg_xl(orientation: u8, _pool: &DecodePool) -> Result<Vec<u8>, Failed> {
    const PLACE: usize = 366;
    let mut bytes = std::fs::read(data().join("formats/jxl/input_38adac.jxl"))?;
    assert_eq!(bytes[PLACE] & 7, 5 - 1, "another file than expected");
    bytes[PLACE] = bytes[PLACE] & !7 | (orientation - 1);
    Ok(bytes)
}

/// A file of the test data with a turn, whose colour box gives its place to a mirror. What both mean was checked with
/// libavif. Its alpha is cut off, because that is not turned with it.
fn avif(orientation: u8, _pool: &DecodePool) -> Result<Vec<u8>, Failed> {
    // Quarter turns against the clock, then the mirror's axis.
    let (turns, axis) = match orientation {
        2 => (0, Some(1)),
        3 => (2, None),
        4 => (0, Some(0)),
        5 => (1, Some(0)),
        6 => (3, None),
        7 => (1, Some(1)),
        8 => (1, None),
        _ => (0, None),
    };
    let mut bytes = std::fs::read(data().join("formats/avif/abc_color_irot_alpha_NOirot.avif"))?;
    replace(&mut bytes, b"auxl", b"none");
    replace(&mut bytes, b"irot\x01", &[b'i', b'r', b'o', b't', turns]);
    if let Some(axis) = axis {
        replace(&mut bytes, b"colrn", &[b'i', b'm', b'i', b'r', axis]);
        // The properties' numbers: turn before mirror, both essential.
        replace(&mut bytes, b"\x83\x04\x85", b"\x83\x85\x84");
    } else {
        replace(&mut bytes, b"colr", b"none");
    }
    Ok(bytes)
}

/// A phone's photo, whose turn may give its place to a mirror.
fn heic(orientation: u8, _pool: &DecodePool) -> Result<Vec<u8>, Failed> {
    let turn = match orientation {
        2 => b"imir\x01",
        3 => b"irot\x02",
        4 => b"imir\x00",
        6 => b"irot\x03",
        8 => b"irot\x01",
        _ => b"irot\x00",
    };
    let mut bytes = std::fs::read(data().join("formats/mixed/IMG_2682.heic"))?;
    replace(&mut bytes, b"irot\x00", turn);
    Ok(bytes)
}

fn replace(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    let at = bytes.windows(old.len()).position(|window| window == old).expect("another file than expected");
    bytes[at..at + new.len()].copy_from_slice(new);
}

/// A part has as many pixels as if it were the picture, and a picture from memory is the same as from a file.
fn parts_are_cut_out(pool: &DecodePool) -> Result<(), Failed> {
    let path = data().join("originals/orientation/Landscape_6.jpg");
    let mut worker = pool.worker();
    let whole = worker.picture(&path, 1200, None)?;
    assert_eq!((whole.width(), whole.height()), (1800, 1200));
    for (x, y, width, height) in [(0.5, 0.25, 0.5, 0.5), (0.0, 0.75, 0.25, 0.25), (0.1, 0.2, 0.3, 0.05)] {
        let region = Region::new(x, y, width, height)?;
        let part = worker.picture(&path, 48, Some(region))?;
        assert!(part.width().min(part.height()) >= 48, "{part:?}");
        let difference = difference(&averages(&part), &averages(&whole.crop(region)));
        assert!(difference < TOLERANCE, "{region:?} differs by {difference:.1}");
        let pasted = worker.picture_from_bytes(&std::fs::read(&path)?, 48, Some(region))?;
        assert_eq!(pasted.rgb(), part.rgb());
    }
    Ok(())
}

fn screen_pictures_fit(pool: &DecodePool) -> Result<(), Failed> {
    let path = data().join("originals/orientation/Landscape_6.jpg");
    let mut worker = pool.worker();
    let whole = worker.picture(&path, 1200, None)?;
    for (long_side, size) in [(300, (300, 200)), (1000, (1000, 667)), (u32::MAX, (1800, 1200))] {
        let jpeg = worker.screen_picture(&path, long_side)?;
        let shown = worker.picture_from_bytes(&jpeg, 1200, None)?;
        assert_eq!((shown.width(), shown.height()), size);
        let difference = difference(&averages(&shown), &averages(&whole));
        assert!(difference < TOLERANCE, "{long_side}: differs by {difference:.1}");
    }
    assert!(matches!(worker.screen_picture_from_bytes(b"no picture", 300), Err(DecodeError::NotAPicture)));
    Ok(())
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
    assert_eq!(facts.lens.as_deref(), Some("Apple iPhone 11 Pro Max back triple camera 4.25mm f/1.8"));
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
