//! Walks the segments of a JPEG up to its picture data: size, EXIF block, colour profile, Adobe's mark.

/// What the segments say. All slices lie in the file's bytes.
#[derive(Debug, Default)]
pub(crate) struct Segments<'a> {
    pub(crate) frame: Option<Frame>,
    pub(crate) exif: Option<&'a [u8]>,
    pub(crate) icc: Option<Vec<u8>>,
    /// Adobe's programs store CMYK the other way round.
    pub(crate) is_adobe: bool,
}

/// The picture's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The last four bits of the marker: 0 to 2 are ordinary photos, 3 is lossless (a RAW file's sensor data).
    pub(crate) kind: u8,
    pub(crate) bits: u8,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) components: u8,
}

/// Cameras write a few dozen segments.
const SEGMENT_LIMIT: usize = 2000;
const ICC_MARK: &[u8] = b"ICC_PROFILE\0";

/// Reads the segments of the JPEG that starts at the first byte.
pub(crate) fn walk(bytes: &[u8]) -> Segments<'_> {
    let mut found = Segments::default();
    let mut icc_parts: Vec<(u8, &[u8])> = Vec::new();
    let mut at = 2;
    for _ in 0..SEGMENT_LIMIT {
        // Junk between segments is skipped, as decoders do; fill bytes are any number of 0xff.
        let Some(mark) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xff)) else {
            break;
        };
        at += mark;
        let Some(&marker) = bytes.get(at + 1) else { break };
        at += 1;
        if marker == 0xff {
            continue;
        }
        at += 1;
        if matches!(marker, 0 | 1 | 0xd0..=0xd8) {
            continue;
        }
        if matches!(marker, 0xd9 | 0xda) {
            break;
        }
        let Some(length) = bytes.get(at..at + 2).map(|two| usize::from(u16::from_be_bytes([two[0], two[1]])))
        else {
            break;
        };
        let Some(segment) = bytes.get(at + 2..at + length.max(2)) else { break };
        match marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                if let [bits, h1, h2, w1, w2, components, ..] = *segment {
                    let (height, width) = (u16::from_be_bytes([h1, h2]), u16::from_be_bytes([w1, w2]));
                    let (width, height) = (width.into(), height.into());
                    found.frame.get_or_insert(Frame { kind: marker & 0xf, bits, width, height, components });
                }
            }
            0xe1 if segment.starts_with(b"Exif\0") => {
                found.exif.get_or_insert(segment);
            }
            0xe2 if segment.starts_with(ICC_MARK) => {
                if let [number, _count, part @ ..] = &segment[ICC_MARK.len()..] {
                    icc_parts.push((*number, part));
                }
            }
            0xee if segment.starts_with(b"Adobe") => found.is_adobe = true,
            _ => {}
        }
        at += length.max(2);
    }
    if !icc_parts.is_empty() {
        icc_parts.sort_by_key(|(number, _)| *number);
        found.icc = Some(icc_parts.into_iter().flat_map(|(_, part)| part).copied().collect());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_found_between_junk_and_fill_bytes() {
        let mut bytes = b"\xff\xd8\0\0\xff\xff\xee\0\x07Adobe".to_vec();
        bytes.extend(b"\xff\xe2\0\x13ICC_PROFILE\0\x02\x02two\xff\xe2\0\x13ICC_PROFILE\0\x01\x02one");
        bytes.extend(b"\xff\xc2\0\x09\x08\0\x02\0\x03\x03\0\xff\xda");
        let found = walk(&bytes);
        assert!(found.is_adobe);
        assert_eq!(found.icc.as_deref(), Some(&b"onetwo"[..]));
        assert_eq!(found.frame, Some(Frame { kind: 2, bits: 8, width: 3, height: 2, components: 3 }));
        for length in 0..bytes.len() {
            walk(&bytes[..length]);
        }
    }
}
