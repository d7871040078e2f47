//! Tells a picture's format by its first bytes. Knows nothing of names.

use likeness_domain::PictureFormat;

use crate::tiff::Tiff;

/// The format of a file that begins with `bytes`; `None` when it is no picture that we know.
pub(crate) fn sniff(bytes: &[u8]) -> Option<PictureFormat> {
    use PictureFormat::*;
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some(Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(WebP),
        [0xff, 0x0a, ..] => Some(JpegXl),
        [0, 0, 0, 12, b'J', b'X', b'L', b' ', b'\r', b'\n', 0x87, b'\n', ..] => Some(JpegXl),
        _ if bytes.starts_with(b"FUJIFILMCCD-RAW") => Some(Raw),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => sniff_brands(bytes),
        [b'I', b'I', ..] | [b'M', b'M', ..] => sniff_tiff(bytes),
        [b'B', b'M', ..] if is_bmp(bytes) => Some(Bmp),
        _ => find_jpeg_after_junk(bytes).map(|_| Jpeg),
    }
}

/// Where the JPEG starts in a file with a little junk before it (some phones write zeros or a line break first).
pub(crate) fn find_jpeg_after_junk(bytes: &[u8]) -> Option<usize> {
    const JUNK_LIMIT: usize = 1024;
    let head = &bytes[..bytes.len().min(JUNK_LIMIT)];
    head.windows(4).position(|window| matches!(window, [0xff, 0xd8, 0xff, 0xe0 | 0xe1 | 0xdb]))
}

/// A BMP starts with two letters only, so its header's own length has to make sense as well.
fn is_bmp(bytes: &[u8]) -> bool {
    bytes.get(14..18).is_some_and(|length| {
        matches!(
            u32::from_le_bytes([length[0], length[1], length[2], length[3]]),
            12 | 16 | 40 | 52 | 56 | 64 | 108 | 124
        )
    })
}

/// ISO base media files say what they are in a list of brands: the major one, then the compatible ones.
fn sniff_brands(bytes: &[u8]) -> Option<PictureFormat> {
    let length = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
    let list = bytes.get(8..length.clamp(8, 256).min(bytes.len()))?;
    let brands = list.chunks_exact(4).enumerate().filter(|(i, _)| *i != 1).map(|(_, brand)| brand);
    let mut found = None;
    for brand in brands {
        match brand {
            b"avif" | b"avis" => return Some(PictureFormat::Avif),
            b"crx " => return Some(PictureFormat::Raw),
            b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" | b"mif2"
            | b"mif3" => {
                found = Some(PictureFormat::Heic);
            }
            _ => {}
        }
    }
    found
}

/// TIFF and the many camera formats that are TIFF inside.
fn sniff_tiff(bytes: &[u8]) -> Option<PictureFormat> {
    match bytes.get(..4)? {
        b"II\x55\0" | b"IIRO" | b"IIRS" | b"MMOR" => return Some(PictureFormat::Raw),
        b"II\x2b\0" | b"MM\0\x2b" => return Some(PictureFormat::Tiff),
        b"II\x2a\0" | b"MM\0\x2a" => {}
        _ => return None,
    }
    let is_camera_file =
        bytes.get(8..10) == Some(b"CR") || Tiff::read(bytes).is_some_and(|tiff| tiff.holds_sensor_data());
    Some(if is_camera_file { PictureFormat::Raw } else { PictureFormat::Tiff })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_content() {
        let cases: [(&[u8], Option<PictureFormat>); 9] = [
            (b"\xff\xd8\xff\xe1", Some(PictureFormat::Jpeg)),
            (b"\0\0\n\xff\xd8\xff\xe0", Some(PictureFormat::Jpeg)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(PictureFormat::WebP)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Some(PictureFormat::Avif)),
            (b"\0\0\0\x14ftypheic\0\0\0\0mif1", Some(PictureFormat::Heic)),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", None),
            (b"BM is how this text begins", None),
            (b"<svg>", None),
            (b"", None),
        ];
        for (bytes, format) in cases {
            assert_eq!(sniff(bytes), format, "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
