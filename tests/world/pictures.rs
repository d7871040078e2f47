//! Picture files, made up and real, and what lies in a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use image::{ImageFormat, RgbImage, imageops};
use likeness_testkit::photo_jpeg;

/// A small JPEG; another seed gives another picture.
pub fn photo(seed: u64) -> Vec<u8> {
    photo_jpeg(seed, 96, 64)
}

/// The same with an EXIF block that names the camera, whatever bytes `make` and `model` have.
pub fn photo_by(seed: u64, make: &[u8], model: &[u8]) -> Vec<u8> {
    with_exif(&photo(seed), &[(0x010f, make), (0x0110, model)])
}

/// A JPEG that says that `camera` took it at `time`, such as `2024:05:01 10:00:00`.
pub fn taken(jpeg: &[u8], camera: &str, time: &str) -> Vec<u8> {
    with_exif(jpeg, &[(0x0110, camera.as_bytes()), (0x0132, time.as_bytes())])
}

/// A JPEG with an EXIF block before all that it has: texts by their tags, lowest first.
fn with_exif(jpeg: &[u8], entries: &[(u16, &[u8])]) -> Vec<u8> {
    let first_text_at = 8 + 2 + entries.len() as u32 * 12 + 4;
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend((entries.len() as u16).to_le_bytes());
    let mut texts = Vec::new();
    for (tag, text) in entries {
        let text = [text, b"\0\0\0\0".as_slice()].concat();
        tiff.extend(tag.to_le_bytes());
        tiff.extend(2_u16.to_le_bytes());
        tiff.extend((text.len() as u32).to_le_bytes());
        tiff.extend((first_text_at + texts.len() as u32).to_le_bytes());
        texts.extend(text);
    }
    tiff.extend([0; 4]);
    tiff.extend(texts);
    let segment = [b"Exif\0\0".as_slice(), &tiff].concat();
    let length = ((segment.len() + 2) as u16).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &segment, &jpeg[2..]].concat()
}

/// Two picture files side by side, each as wide as the other, as PNG.
pub fn beside_each_other(left: &Path, right: &Path) -> Vec<u8> {
    const SIDE: u32 = 300;
    let mut both = RgbImage::new(SIDE * 2, SIDE);
    for (path, x) in [(left, 0), (right, SIDE)] {
        let picture = image::open(path).expect("a picture").to_rgb8();
        let square = imageops::resize(&picture, SIDE, SIDE, imageops::FilterType::Triangle);
        imageops::replace(&mut both, &square, i64::from(x), 0);
    }
    let mut png = Cursor::new(Vec::new());
    both.write_to(&mut png, ImageFormat::Png).expect("encoded");
    png.into_inner()
}

/// The folder of other people's pictures that tests read and never change.
pub fn data() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("LIKENESS_DATA").map_or_else(default, PathBuf::from);
    folder.canonicalize().expect("LIKENESS_DATA names the folder of test pictures")
}

/// All files below a folder, in order.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// Names, contents and times of all files below a folder.
pub fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (blake3::Hash, SystemTime)> {
    let seen = |path: PathBuf| {
        let bytes = fs::read(&path).expect("a file");
        let modified = fs::metadata(&path).expect("a file").modified().expect("a time");
        (path, (blake3::hash(&bytes), modified))
    };
    files_below(folder).into_iter().map(seen).collect()
}
