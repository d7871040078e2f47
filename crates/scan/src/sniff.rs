//! What the first bytes of a file say, for files whose names say nothing.
//!
//! Only told apart: picture, video, neither. Which picture format it is, and whether it is whole, is for the decoder.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use likeness_domain::FileKind;

/// As many bytes as the longest signature needs.
const FIRST_BYTES: u64 = 32;

/// Opens the file and tells its kind by its first bytes.
pub(crate) fn kind_by_content(path: &Path) -> io::Result<FileKind> {
    // Non-blocking, as the file may have become a pipe since it was listed.
    let options = OpenOptions::new().read(true).custom_flags(NON_BLOCKING).open(path)?;
    let mut first_bytes = Vec::with_capacity(FIRST_BYTES as usize);
    options.take(FIRST_BYTES).read_to_end(&mut first_bytes)?;
    Ok(kind_by_first_bytes(&first_bytes))
}

const NON_BLOCKING: i32 = rustix::fs::OFlags::NONBLOCK.bits() as i32;

/// Signatures as the formats' own specifications give them.
fn kind_by_first_bytes(bytes: &[u8]) -> FileKind {
    let starts_with = |signature: &[u8]| bytes.starts_with(signature);
    let at =
        |from: usize, signature: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(signature));

    if at(4, b"ftyp") {
        return kind_by_brand(bytes.get(8..12).unwrap_or_default());
    }
    if starts_with(b"RIFF") {
        return match bytes.get(8..12) {
            Some(b"WEBP") => FileKind::Picture,
            Some(b"AVI ") => FileKind::Video,
            _ => FileKind::Other,
        };
    }
    // The header of a bitmap has four reserved zeros, and the size of one of the known info headers.
    let is_bitmap = starts_with(b"BM")
        && at(6, &[0; 4])
        && [12, 40, 52, 56, 64, 108, 124].iter().any(|&size: &u8| at(14, &[size, 0, 0, 0]));
    if is_bitmap || PICTURES.iter().any(|signature| starts_with(signature)) {
        FileKind::Picture
    } else if VIDEOS.iter().any(|signature| starts_with(signature)) {
        FileKind::Video
    } else {
        FileKind::Other
    }
}

/// ISO base media: the brand tells still pictures from movies and sound.
fn kind_by_brand(brand: &[u8]) -> FileKind {
    match brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" | b"avif" | b"avis"
        | b"crx " => FileKind::Picture,
        b"M4A " | b"M4B " | b"M4P " => FileKind::Other,
        _ => FileKind::Video,
    }
}

const PICTURES: [&[u8]; 17] = [
    b"\xff\xd8\xff",      // JPEG
    b"\x89PNG\r\n\x1a\n", // PNG
    b"GIF87a",
    b"GIF89a",
    b"II*\0", // TIFF, and most RAW formats
    b"MM\0*",
    b"II+\0", // BigTIFF
    b"MM\0+",
    b"IIRO", // Olympus
    b"IIRS",
    b"IIU\0",                // Panasonic
    b"II\x1a\0\0\0HEAPCCDR", // Canon CRW
    b"FUJIFILMCCD-RAW",
    b"FOVb",                     // Sigma
    b"\xff\x0a",                 // JPEG XL, bare
    b"\0\0\0\x0cJXL \r\n\x87\n", // JPEG XL, boxed
    b"\0\0\0\x0cjP  \r\n\x87\n", // JPEG 2000
];

const VIDEOS: [&[u8]; 4] = [
    b"\x1a\x45\xdf\xa3", // Matroska, WebM
    b"FLV\x01",
    b"\0\0\x01\xba",                     // MPEG
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", // Windows Media
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_pictures_from_videos_and_the_rest() {
        let bitmap = b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0";
        for (bytes, kind) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], FileKind::Picture),
            (b"RIFF\x10\0\0\0WEBPVP8 ", FileKind::Picture),
            (b"RIFF\x10\0\0\0WAVEfmt ", FileKind::Other),
            (b"\0\0\0\x18ftypheic\0\0\0\0", FileKind::Picture),
            (b"\0\0\0\x18ftypcrx \0\0\0\0", FileKind::Picture),
            (b"\0\0\0\x18ftypisom\0\0\0\0", FileKind::Video),
            (b"\0\0\0\x18ftypM4A \0\0\0\0", FileKind::Other),
            (bitmap, FileKind::Picture),
            (b"BMW is a maker of cars, and this is text", FileKind::Other),
            (b"#!/bin/sh", FileKind::Other),
            (b"", FileKind::Other),
        ] {
            assert_eq!(kind_by_first_bytes(bytes), kind, "{bytes:?}");
        }
    }
}
