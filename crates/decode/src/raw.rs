//! Camera RAW files: the largest ordinary JPEG that the camera put inside, and the RAW file's own EXIF.
//! Sensor data are not developed.

use likeness_domain::PictureFormat;

use crate::DecodeError;
use crate::exif::Exif;
use crate::jpeg;
use crate::jpeg_segments::{self, Frame};
use crate::needed::Needed;
use crate::orientation::Orientation;
use crate::picture::Picture;
use crate::tiff::{Directory, Tiff, tag};

/// A preview of a megapixel fills a screen; with less than that, the rest of the file is searched for a better one.
const GOOD_PIXELS: u64 = 1_000_000;
/// JPEGs looked at in that search. Lossless sensor data may contain the mark of a JPEG by chance.
const SEARCH_LIMIT: usize = 256;
/// How far into a CR3 file its metadata boxes lie.
const CR3_HEAD_BYTES: usize = 1 << 20;

/// Decodes the best preview.
pub(crate) fn decode(bytes: &[u8], needed: &Needed) -> Result<Picture, DecodeError> {
    let tiff = Tiff::read(bytes);
    let own = match &tiff {
        Some(tiff) => Exif::from_tiff(tiff),
        None => cr3_exif(bytes),
    };
    let listed = tiff.iter().flat_map(listed_previews).chain(fuji_preview(bytes));
    let mut best = largest(bytes, listed);
    if best.is_none_or(|(_, pixels)| pixels < GOOD_PIXELS) {
        best =
            largest(bytes, found_previews(bytes)).into_iter().chain(best).max_by_key(|(_, pixels)| *pixels);
    }
    let (start, _) = best.ok_or(DecodeError::NoPreview)?;
    let mut picture = jpeg::decode(&bytes[start..], needed)?;
    picture.format = PictureFormat::Raw;
    picture.bits = tiff.as_ref().and_then(Tiff::sensor_bits);
    // A preview may carry a copy of the EXIF block: the orientation counts once, the RAW file's own first.
    if own != Exif::default() {
        picture.orientation = own.orientation.unwrap_or(Orientation::UPRIGHT);
        picture.exif = own;
    }
    Ok(picture)
}

/// Where the directories say that previews start.
fn listed_previews(tiff: &Tiff) -> Vec<usize> {
    let start_in = |directory: &Directory| {
        let one_strip = || {
            let starts = tiff.numbers(directory, tag::STRIP_OFFSETS);
            let is_jpeg = matches!(tiff.number(directory, tag::COMPRESSION), Some(6 | 7));
            (is_jpeg && starts.len() == 1).then(|| starts[0])
        };
        tiff.number(directory, tag::JPEG_OFFSET)
            .filter(|_| directory.has(tag::JPEG_LENGTH))
            .or_else(one_strip)
            .map(|start| start as usize)
    };
    let panasonic = tiff.start_of(&tiff.first(), tag::PANASONIC_JPEG);
    tiff.all_directories().iter().filter_map(start_in).chain(panasonic).collect()
}

/// Fujifilm's header says where its JPEG starts.
fn fuji_preview(bytes: &[u8]) -> Option<usize> {
    let field = bytes.strip_prefix(b"FUJIFILMCCD-RAW").and(bytes.get(84..88))?;
    Some(u32::from_be_bytes(field.try_into().ok()?) as usize)
}

/// Everything in the file that starts like a JPEG.
fn found_previews(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let starts = |window: &[u8]| matches!(window, [0xff, 0xd8, 0xff, 0xc0..=0xfe]);
    bytes
        .windows(4)
        .enumerate()
        .filter(move |(_, window)| starts(window))
        .map(|(at, _)| at)
        .take(SEARCH_LIMIT)
}

/// The start and the pixels of the largest ordinary JPEG among those that start at `starts`.
fn largest(bytes: &[u8], starts: impl Iterator<Item = usize>) -> Option<(usize, u64)> {
    let pixels = |start: usize| {
        let jpeg = bytes.get(start..).filter(|rest| rest.starts_with(b"\xff\xd8\xff"))?;
        let Frame { kind, bits, width, height, components } = jpeg_segments::walk(jpeg).frame?;
        let is_photo = kind <= 2 && bits == 8 && matches!(components, 1 | 3);
        (is_photo && width > 0 && height > 0).then(|| u64::from(width) * u64::from(height))
    };
    starts.filter_map(|start| Some((start, pixels(start)?))).max_by_key(|(_, pixels)| *pixels)
}

/// Canon's CR3 is an ISO media file that keeps EXIF in boxes, one TIFF structure for each directory.
fn cr3_exif(bytes: &[u8]) -> Exif {
    let head = &bytes[..bytes.len().min(CR3_HEAD_BYTES)];
    let boxed = |name: &[u8; 4]| {
        let at = head.windows(4).position(|window| window == name)?;
        Tiff::read(head.get(at + 4..)?)
    };
    let mut exif = Exif::default();
    if let Some(main) = boxed(b"CMT1") {
        exif.add_main(&main, &main.first());
    }
    if let Some(details) = boxed(b"CMT2") {
        exif.add_details(&details, &details.first());
    }
    if let Some(gps) = boxed(b"CMT4") {
        exif.add_gps(&gps, &gps.first());
    }
    exif
}
