//! What a camera wrote into its EXIF block: time, camera, lens, exposure, place, orientation.
//! Our own reader, because RAW previews need a bounded TIFF walker anyway and libraries copy whole RAW files for it.
//! All text is kept as text: trimmed, without control characters, never interpreted.

use likeness_domain::{CaptureTime, Exposure, GpsPosition};

use crate::capture_time;
use crate::orientation::Orientation;
use crate::tiff::{Directory, Tiff, tag};

/// Everything that EXIF says and Likeness shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Exif {
    pub(crate) orientation: Option<Orientation>,
    pub(crate) taken: Option<CaptureTime>,
    pub(crate) camera: Option<String>,
    pub(crate) lens: Option<String>,
    pub(crate) exposure: Exposure,
    pub(crate) gps: Option<GpsPosition>,
}

/// Letters of a camera or lens name that are kept.
const TEXT_LIMIT: usize = 120;

impl Exif {
    /// Reads a block as containers hold it: a TIFF structure, with or without the six bytes that JPEG puts before it.
    /// What cannot be read is left out.
    pub(crate) fn from_block(block: &[u8]) -> Self {
        let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        Tiff::read(block).map(|tiff| Self::from_tiff(&tiff)).unwrap_or_default()
    }

    /// Reads a TIFF structure: an EXIF block, a TIFF file or a RAW file.
    pub(crate) fn from_tiff(tiff: &Tiff) -> Self {
        let mut exif = Self::default();
        let main = tiff.first();
        exif.add_main(tiff, &main);
        if let Some(details) = tiff.child(&main, tag::EXIF_IFD) {
            exif.add_details(tiff, &details);
        }
        if let Some(gps) = tiff.child(&main, tag::GPS_IFD) {
            exif.add_gps(tiff, &gps);
        }
        exif
    }

    /// Adds what the main directory says.
    pub(crate) fn add_main(&mut self, tiff: &Tiff, main: &Directory) {
        self.orientation = tiff.number(main, tag::ORIENTATION).map(Orientation::from_exif);
        let model = text(tiff, main, tag::MODEL).or_else(|| text(tiff, main, tag::UNIQUE_CAMERA_MODEL));
        self.camera = one_line(text(tiff, main, tag::MAKE), model);
        if self.taken.is_none() {
            self.taken =
                tiff.bytes(main, tag::DATE_TIME).and_then(|text| capture_time::parse(text, None, None));
        }
    }

    /// Adds what the EXIF directory says; its times are better than the main directory's.
    pub(crate) fn add_details(&mut self, tiff: &Tiff, details: &Directory) {
        let time = |date_time, sub_seconds, offset| {
            let text = |tag| tiff.bytes(details, tag);
            capture_time::parse(text(date_time)?, text(sub_seconds), text(offset))
        };
        self.taken = time(tag::DATE_TIME_ORIGINAL, tag::SUB_SEC_TIME_ORIGINAL, tag::OFFSET_TIME_ORIGINAL)
            .or_else(|| {
                time(tag::DATE_TIME_DIGITIZED, tag::SUB_SEC_TIME_DIGITIZED, tag::OFFSET_TIME_DIGITIZED)
            })
            .or_else(|| time(tag::DATE_TIME, tag::SUB_SEC_TIME, tag::OFFSET_TIME))
            .or(self.taken);
        self.lens = one_line(text(tiff, details, tag::LENS_MAKE), text(tiff, details, tag::LENS_MODEL));
        let positive = |tag| {
            let value = tiff.fractions(details, tag).first().copied().flatten()?;
            (value > 0.0 && value.is_finite()).then_some(value)
        };
        self.exposure = Exposure {
            time_seconds: positive(tag::EXPOSURE_TIME),
            f_number: positive(tag::F_NUMBER),
            iso: tiff.number(details, tag::ISO).filter(|iso| *iso > 0),
            focal_length_mm: positive(tag::FOCAL_LENGTH),
        };
    }

    /// Adds where the photo was taken.
    pub(crate) fn add_gps(&mut self, tiff: &Tiff, gps: &Directory) {
        let degrees = |value, reference, negative: &[u8], limit: f64| {
            let parts = tiff.fractions(gps, value);
            let part = |index: usize| parts.get(index).copied().flatten().unwrap_or(0.0);
            parts.first().copied().flatten()?;
            let size = part(0) + part(1) / 60.0 + part(2) / 3600.0;
            let is_negative = tiff.bytes(gps, reference).is_some_and(|letter| letter.starts_with(negative));
            (size.is_finite() && (0.0..=limit).contains(&size)).then_some(if is_negative {
                -size
            } else {
                size
            })
        };
        let latitude = degrees(tag::GPS_LATITUDE, tag::GPS_LATITUDE_REF, b"S", 90.0);
        let longitude = degrees(tag::GPS_LONGITUDE, tag::GPS_LONGITUDE_REF, b"W", 180.0);
        let (Some(latitude), Some(longitude)) = (latitude, longitude) else { return };
        // Cameras without a fix write zeros; nobody takes photos exactly there.
        if latitude == 0.0 && longitude == 0.0 {
            return;
        }
        let is_below = tiff.number(gps, tag::GPS_ALTITUDE_REF) == Some(1);
        let altitude = tiff.fractions(gps, tag::GPS_ALTITUDE).first().copied().flatten();
        let altitude_m = altitude.filter(|metres| metres.is_finite()).map(|m| if is_below { -m } else { m });
        self.gps = Some(GpsPosition { latitude, longitude, altitude_m });
    }
}

/// Text up to the first zero byte, without control and replacement characters; `None` when nothing is left.
fn text(tiff: &Tiff, directory: &Directory, tag: u16) -> Option<String> {
    let bytes = tiff.bytes(directory, tag)?;
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let clean: String = String::from_utf8_lossy(&bytes[..end])
        .chars()
        .map(|letter| if letter.is_control() || letter == '\u{fffd}' { ' ' } else { letter })
        .take(TEXT_LIMIT)
        .collect();
    let words: Vec<&str> = clean.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Maker and model in one line: "NIKON CORPORATION" and "NIKON D70" become "NIKON D70".
fn one_line(maker: Option<String>, model: Option<String>) -> Option<String> {
    const COMPANY: [&str; 9] =
        ["corporation", "corp.", "corp", "co.,ltd", "co.,ltd.", "co.,", "co.", "ltd.", "inc."];
    let (maker, model) = match (maker, model) {
        (Some(maker), Some(model)) => (maker, model),
        (maker, model) => return maker.or(model),
    };
    let short: Vec<&str> =
        maker.split(' ').take_while(|word| !COMPANY.contains(&word.to_lowercase().as_str())).collect();
    let begins_alike = |name: &&str| model.to_lowercase().starts_with(&name.to_lowercase());
    if short.first().is_none_or(begins_alike) {
        Some(model)
    } else {
        Some(format!("{} {model}", short.join(" ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_is_named_once() {
        let cases = [
            ("NIKON CORPORATION", "NIKON D70", "NIKON D70"),
            ("Canon", "Canon EOS 40D", "Canon EOS 40D"),
            ("OLYMPUS CORPORATION", "C8080WZ", "OLYMPUS C8080WZ"),
            ("SONY", "DSLR-A700", "SONY DSLR-A700"),
            ("Hewlett-Packard", "HP PhotoSmart", "Hewlett-Packard HP PhotoSmart"),
        ];
        for (maker, model, expected) in cases {
            assert_eq!(one_line(Some(maker.into()), Some(model.into())).as_deref(), Some(expected));
        }
        assert_eq!(one_line(None, None), None);
    }

    /// A block with one text entry (the model) of the given bytes.
    fn with_model(model: &[u8]) -> Vec<u8> {
        let mut block = b"II\x2a\0\x08\0\0\0\x01\0\x10\x01\x02\0".to_vec();
        block.extend((model.len() as u32).to_le_bytes());
        block.extend(26u32.to_le_bytes());
        block.extend(0u32.to_le_bytes());
        block.extend(model);
        block
    }

    #[test]
    fn hostile_text_stays_text() {
        let model = b"<img src=x onerror=alert(1)>\x1b[2J\r\n' OR 1=1 --\xff\xfe";
        let exif = Exif::from_block(&with_model(model));
        assert_eq!(exif.camera.as_deref(), Some("<img src=x onerror=alert(1)> [2J ' OR 1=1 --"));
        assert_eq!(Exif::from_block(&with_model(b"\0\0\0\0\0\0")).camera, None);
    }
}
