//! Damaged and hostile files: each ends as a photo or as a problem with a reason, costs no other file, and no worker
//! is lost for good. Covers decompression bombs, cut-off and mutated files, decoders that misbehave, and places that
//! are no files.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use likeness_decode::{DecodeError, DecodePool, Decoded, Limits, Worker, WorkerCommand};
use likeness_domain::Stage;

fn main() -> ExitCode {
    likeness_decode::run_worker_if_asked();
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("decoders that misbehave cost one file", misbehaving_decoders_cost_one_file),
        Trial::test("a decoder that hangs is ended", a_hanging_decoder_is_ended),
        Trial::test("bombs are refused with their size", bombs_are_refused),
        Trial::test("an honest 200 megapixel panorama is shown", an_honest_panorama_is_shown),
        Trial::test("a cut-off photo is shown as far as it goes", a_cut_off_photo_is_shown),
        Trial::test("files cut anywhere end well", files_cut_anywhere_end_well),
        Trial::test("mutated files end well", mutated_files_end_well),
        Trial::test("a file that changes while it is read is not believed", a_changing_file_is_not_believed),
        Trial::test("questions without a file are refused", questions_without_a_file_are_refused),
    ];
    #[cfg(unix)]
    trials.push(Trial::test("pipes, devices and folders are not waited for", places_that_are_no_files));
    for path in files_below(&data().join("broken")) {
        let name = path.strip_prefix(data()).unwrap_or(&path).display().to_string();
        trials.push(Trial::test(name, move || ends_well(&mut pool().worker(), &path)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn data() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    std::env::var_os("LIKENESS_DATA").map_or_else(default, PathBuf::from)
}

/// All tests share their workers: what one file does to a worker, the next would notice.
fn pool() -> &'static DecodePool {
    static POOL: std::sync::LazyLock<DecodePool> = std::sync::LazyLock::new(|| pool_with(Limits::default()));
    &POOL
}

fn pool_with(limits: Limits) -> DecodePool {
    DecodePool::new(WorkerCommand::this_program().expect("the system tells which program this is"), limits)
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

fn decode(worker: &mut Worker, path: &Path) -> Result<Decoded, DecodeError> {
    worker.open(path)?;
    worker.decode(224)
}

/// A whole photo, or a problem with a reason; and a good photo right after.
fn ends_well(worker: &mut Worker, path: &Path) -> Result<(), Failed> {
    match decode(worker, path) {
        Ok(decoded) => assert!(!decoded.thumbnails.small.is_empty() && !decoded.preview.is_empty()),
        Err(error @ (DecodeError::Worker(_) | DecodeError::NothingOpen)) => {
            return Err(error.to_string().into());
        }
        Err(error) => {
            let problem = error.problem();
            let is_sentence = problem.reason.len() > 10 && !problem.reason.contains('\n');
            assert!(is_sentence && matches!(problem.stage, Stage::Read | Stage::Decode), "{problem:?}");
        }
    }
    still_works(worker)
}

fn good_photo() -> PathBuf {
    data().join("originals/orientation/Landscape_6.jpg")
}

fn still_works(worker: &mut Worker) -> Result<(), Failed> {
    let decoded = decode(worker, &good_photo())?;
    assert!(decoded.facts.width > decoded.facts.height && decoded.warning.is_none());
    Ok(())
}

fn file_with(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

fn misbehaving_decoders_cost_one_file() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let limits = Limits { memory_bytes: 512 << 20, ..Limits::default() };
    let mut worker = pool_with(limits).worker();
    for (fault, is_right) in [
        ("panic", (|error| matches!(error, DecodeError::Crashed)) as fn(&DecodeError) -> bool),
        ("abort", |error| matches!(error, DecodeError::Crashed)),
        ("stack", |error| matches!(error, DecodeError::Crashed)),
        ("memory", |error| matches!(error, DecodeError::NeedsTooMuchMemory)),
        ("chatter", |error| matches!(error, DecodeError::NotAPicture)),
    ] {
        let path = file_with(&folder, fault, format!("LIKENESS FAULT {fault}").as_bytes());
        let error = decode(&mut worker, &path).expect_err("no picture");
        assert!(is_right(&error), "{fault}: {error:?}");
        still_works(&mut worker)?;
    }
    Ok(())
}

fn a_hanging_decoder_is_ended() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = file_with(&folder, "hang", b"LIKENESS FAULT hang");
    let limits = Limits { decoding: Duration::from_secs(2), ..Limits::default() };
    let mut worker = pool_with(limits).worker();
    let error = decode(&mut worker, &path).expect_err("no picture");
    assert!(matches!(error, DecodeError::TookTooLong { seconds: 2 }), "{error:?}");
    still_works(&mut worker)
}

fn bombs_are_refused() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let mut worker = pool().worker();
    let too_many = |error: &DecodeError| matches!(error, DecodeError::TooManyPixels { .. });
    let too_much = |error: &DecodeError| {
        matches!(error, DecodeError::TooManyPixels { .. } | DecodeError::NeedsTooMuchMemory)
    };
    type Expected<'a> = &'a dyn Fn(&DecodeError) -> bool;
    let cases: [(&str, Vec<u8>, Expected<'_>); 5] = [
        ("60000.png", png_header(60_000, 60_000), &too_many),
        ("65500.jpg", flat_jpeg(65_500, 65_500, 10), &too_many),
        ("65535.gif", gif_header(65_535, 65_535), &too_much),
        ("50000.bmp", bmp_header(50_000, 50_000), &too_many),
        ("60000.tif", tiff_header(60_000, 60_000), &too_much),
    ];
    for (name, bytes, is_right) in cases {
        let error = decode(&mut worker, &file_with(&folder, name, &bytes)).expect_err("a bomb");
        assert!(is_right(&error), "{name}: {error:?}");
        if let DecodeError::TooManyPixels { width, .. } = error {
            assert!(error.problem().reason.contains(&width.to_string()), "{error}");
        }
        still_works(&mut worker)?;
    }
    Ok(())
}

fn an_honest_panorama_is_shown() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let (width, height) = (25_000u32, 8_000u32);
    let blocks = (width / 8 * (height / 8)) as usize;
    let path = file_with(&folder, "panorama.jpg", &flat_jpeg(width as u16, height as u16, blocks / 4));
    let decoded = decode(&mut pool().worker(), &path)?;
    assert_eq!((decoded.facts.width, decoded.facts.height, decoded.warning), (width, height, None));
    assert!(decoded.pixels.rgb().iter().all(|sample| *sample == 128));
    Ok(())
}

fn a_cut_off_photo_is_shown() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let bytes = std::fs::read(good_photo())?;
    let mut worker = pool().worker();
    let whole = decode(&mut worker, &good_photo())?;
    let cut = decode(&mut worker, &file_with(&folder, "cut.jpg", &bytes[..bytes.len() / 2]))?;
    let warning = cut.warning.ok_or("a warning")?;
    assert!(warning.reason.contains("cut off"), "{warning:?}");
    assert_eq!((cut.facts.width, cut.facts.height), (whole.facts.width, whole.facts.height));
    assert_eq!(cut.pixels.rgb().len(), whole.pixels.rgb().len());
    Ok(())
}

/// One file of each format, small.
const SAMPLES: [&str; 14] = [
    "formats/pillow/hopper.jpg",
    "formats/pillow/hopper_orientation_6.jpg",
    "formats/image-rs/basn2c16.png",
    "formats/pillow/hopper.webp",
    "formats/webp/lossless_vec_1_1.webp",
    "formats/pillow/hopper.gif",
    "formats/image-rs/Core_8_Bit.bmp",
    "formats/image-rs/rgb24prof2.bmp",
    "formats/pillow/hopper_lzw.tif",
    "formats/image-rs/l1.tiff",
    "formats/heif/rainbow-451x461.heic",
    "formats/avif/abc_color_irot_alpha_NOirot.avif",
    "formats/jxl/input_0fa257.jxl",
    "formats/exiftool/FujiFilm.raf",
];

fn files_cut_anywhere_end_well() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let mut worker = pool().worker();
    for sample in SAMPLES {
        let bytes = std::fs::read(data().join(sample))?;
        for part in 0..12 {
            let path = file_with(&folder, "cut", &bytes[..bytes.len() * part / 12]);
            ends_well(&mut worker, &path).map_err(|failed| format!("{sample}, {part}/12: {failed:?}"))?;
        }
    }
    Ok(())
}

fn mutated_files_end_well() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let mut worker = pool().worker();
    // A small generator with a fixed seed (xorshift): the same cases in every run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for sample in SAMPLES {
        let original = std::fs::read(data().join(sample))?;
        for case in 0..15 {
            let mut bytes = original.clone();
            // Headers are where decoders decide how much to allocate: half of the flips go there.
            for _ in 0..1 + random(12) {
                let reach = if random(2) == 0 { bytes.len().min(512) } else { bytes.len() };
                let at = random(reach);
                bytes[at] = random(256) as u8;
            }
            let path = file_with(&folder, "mutated", &bytes);
            ends_well(&mut worker, &path).map_err(|failed| format!("{sample}, case {case}: {failed:?}"))?;
        }
    }
    Ok(())
}

fn a_changing_file_is_not_believed() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = file_with(&folder, "growing.jpg", &vec![0xff; 64 << 20]);
    let stop = std::sync::atomic::AtomicBool::new(false);
    let (mut worker, mut seen) = (pool().worker(), false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = std::fs::OpenOptions::new().append(true).open(&path).expect("writable");
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                file.write_all(b"more").expect("written");
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        for _ in 0..50 {
            if matches!(worker.open(&path), Err(DecodeError::ChangedWhileReading)) {
                seen = true;
                break;
            }
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert!(seen, "a file that grew was read as if it held still");
    assert!(worker.open(&path).is_ok());
    Ok(())
}

fn questions_without_a_file_are_refused() -> Result<(), Failed> {
    let mut worker = pool_with(Limits::default()).worker();
    assert!(matches!(worker.decode(224), Err(DecodeError::NothingOpen)));
    assert!(worker.open(&data().join("no such file")).is_err());
    assert!(matches!(worker.decode(224), Err(DecodeError::NothingOpen)));
    assert!(matches!(worker.picture_from_bytes(&[], 224, None), Err(DecodeError::Empty)));
    still_works(&mut worker)
}

#[cfg(unix)]
fn places_that_are_no_files() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status()?.success());
    let mut worker = pool().worker();
    for place in [pipe.as_path(), folder.path(), Path::new("/dev/zero")] {
        let error = worker.open(place).expect_err("no file");
        assert!(matches!(error, DecodeError::NotAFile), "{}: {error:?}", place.display());
    }
    still_works(&mut worker)
}

/// A grey JPEG of any size whose Huffman codes are one zero bit each, so that a block takes two bits: `data_bytes`
/// zero bytes hold four times as many blocks.
fn flat_jpeg(width: u16, height: u16, data_bytes: usize) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xdb\0\x43\0".to_vec();
    bytes.extend([1; 64]);
    bytes.extend(b"\xff\xc0\0\x0b\x08");
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend(b"\x01\x01\x11\0");
    for class in [0x00, 0x10] {
        bytes.extend(b"\xff\xc4\0\x14");
        bytes.extend([class, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
    bytes.extend(b"\xff\xda\0\x08\x01\x01\0\0\x3f\0");
    bytes.extend(vec![0; data_bytes]);
    bytes.extend(b"\xff\xd9");
    bytes
}

fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    bytes.extend(&header);
    bytes.extend(crc32(&header).to_be_bytes());
    bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xae\x42\x60\x82");
    bytes
}

/// The checksum of PNG chunks.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

fn gif_header(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    for _ in 0..2 {
        bytes.extend(width.to_le_bytes());
        bytes.extend(height.to_le_bytes());
        bytes.extend(if bytes.len() < 12 {
            &b"\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0"[..]
        } else {
            b"\0\x02\x02\x44\x01\0\x3b"
        });
    }
    bytes
}

fn bmp_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend(b"\x01\0\x18\0");
    bytes.extend([0; 24]);
    bytes
}

fn tiff_header(width: u32, height: u32) -> Vec<u8> {
    let entries: [(u16, u32); 9] = [
        (0x100, width),
        (0x101, height),
        (0x102, 8),
        (0x103, 1),
        (0x106, 1),
        (0x111, 8),
        (0x115, 1),
        (0x116, height),
        (0x117, width.wrapping_mul(height)),
    ];
    let mut bytes = b"II\x2a\0\x08\0\0\0\x09\0".to_vec();
    for (tag, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(b"\x04\0\x01\0\0\0");
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes
}
