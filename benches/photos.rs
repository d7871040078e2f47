//! Makes a library of small photos for measuring with: `photos FOLDER COUNT`.
//!
//! Every photo is another picture, 320 pixels on its longer side, taken by one of a few cameras at a time within
//! twelve years, and lies in a folder for its year and month. They come in outings, as people's photos do. The same
//! count gives the same files. Knows nothing of how Likeness reads them.

use std::{
    fs,
    io::{self, Cursor},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use exif::{Field, In, Tag, Value, experimental::Writer};
use jiff::{ToSpan, civil::DateTime};
use likeness_testkit::photo_jpeg;
use rayon::prelude::*;

/// Width and height in pixels, as often as they occur.
const SHAPES: [(u32, u32); 6] = [(320, 240), (320, 240), (320, 214), (240, 320), (320, 180), (320, 320)];
/// Maker and model, one after the other through the years.
const CAMERAS: [(&str, &str); 5] = [
    ("Canon", "Canon EOS 600D"),
    ("NIKON CORPORATION", "NIKON D7100"),
    ("FUJIFILM", "X-T2"),
    ("Apple", "iPhone 11"),
    ("Google", "Pixel 7"),
];
const FIRST_DAY: DateTime = jiff::civil::date(2013, 1, 1).at(8, 0, 0, 0);
const DAYS: usize = 12 * 365;
/// Photos of one outing lie half a minute apart.
const OUTING: usize = 40;
const SECONDS_APART: usize = 30;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, count] = arguments.as_slice() else { bail!("usage: photos FOLDER COUNT") };
    let count: usize = count.parse().with_context(|| format!("{count} is not a number of photos"))?;
    let folder = Path::new(folder);
    (0..count).into_par_iter().try_for_each(|at| {
        let path = folder.join(place(at, count));
        write_photo(&path, at, count).with_context(|| format!("cannot write {}", path.display()))
    })
}

fn write_photo(path: &Path, at: usize, count: usize) -> io::Result<()> {
    let (width, height) = SHAPES[at * 7 % SHAPES.len()];
    let picture = photo_jpeg(at as u64, width, height);
    let facts = camera_facts(CAMERAS[at * CAMERAS.len() / count], taken_at(at, count));
    fs::create_dir_all(path.parent().expect("a photo lies in a folder of its month"))?;
    fs::write(path, with_facts(&picture, &facts))
}

/// The local time that photo `at` of `count` was taken.
fn taken_at(at: usize, count: usize) -> DateTime {
    let outings = count.div_ceil(OUTING);
    let day = (at / OUTING) * DAYS / outings;
    let seconds = at % OUTING * SECONDS_APART;
    FIRST_DAY + (day as i64).days() + (seconds as i64).seconds()
}

/// `2019/07/IMG_004711.jpg`
fn place(at: usize, count: usize) -> PathBuf {
    let taken = taken_at(at, count);
    PathBuf::from(format!("{}/{:02}/IMG_{at:06}.jpg", taken.year(), taken.month()))
}

/// An EXIF block in TIFF form: maker, model, and when the photo was taken.
fn camera_facts((maker, model): (&str, &str), taken: DateTime) -> Vec<u8> {
    let field =
        |tag, text: String| Field { tag, ifd_num: In::PRIMARY, value: Value::Ascii(vec![text.into_bytes()]) };
    let fields = [
        field(Tag::Make, maker.into()),
        field(Tag::Model, model.into()),
        field(Tag::DateTimeOriginal, taken.strftime("%Y:%m:%d %H:%M:%S").to_string()),
    ];
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut block = Cursor::new(Vec::new());
    writer.write(&mut block, true).expect("three short texts fit an EXIF block");
    block.into_inner()
}

/// The JPEG with `facts` as its EXIF segment, which comes first after the start marker.
fn with_facts(jpeg: &[u8], facts: &[u8]) -> Vec<u8> {
    const START: usize = 2;
    const HEADER: &[u8] = b"Exif\0\0";
    let length = u16::try_from(2 + HEADER.len() + facts.len()).expect("three short texts fit a segment");
    [&jpeg[..START], &[0xff, 0xe1], &length.to_be_bytes(), HEADER, facts, &jpeg[START..]].concat()
}
