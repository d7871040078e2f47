//! Reads the tag structure of TIFF: what EXIF blocks, TIFF files and most RAW files are made of.
//! Every offset is hostile: all reads are bounded, loops end. Knows nothing of what the tags mean to a person.

/// A directory of a TIFF structure.
#[derive(Debug, Clone, Default)]
pub(crate) struct Directory {
    entries: Vec<Entry>,
    next: u32,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    /// Where the entry's value field lies.
    field: usize,
}

/// A TIFF structure in memory: the bytes, their order, and the directories that were found.
#[derive(Debug, Clone)]
pub(crate) struct Tiff<'a> {
    bytes: &'a [u8],
    big_endian: bool,
    /// The chain of top directories; the first is the main picture's.
    pub(crate) chain: Vec<Directory>,
}

/// Tags with the numbers that the TIFF, EXIF and DNG specifications give them.
pub(crate) mod tag {
    #![allow(missing_docs)]
    pub const NEW_SUBFILE_TYPE: u16 = 0x00fe;
    pub const BITS_PER_SAMPLE: u16 = 0x0102;
    pub const COMPRESSION: u16 = 0x0103;
    pub const PHOTOMETRIC: u16 = 0x0106;
    pub const MAKE: u16 = 0x010f;
    pub const MODEL: u16 = 0x0110;
    pub const STRIP_OFFSETS: u16 = 0x0111;
    pub const ORIENTATION: u16 = 0x0112;
    pub const DATE_TIME: u16 = 0x0132;
    pub const SUB_IFDS: u16 = 0x014a;
    pub const JPEG_OFFSET: u16 = 0x0201;
    pub const JPEG_LENGTH: u16 = 0x0202;
    pub const PANASONIC_JPEG: u16 = 0x002e;
    pub const EXPOSURE_TIME: u16 = 0x829a;
    pub const F_NUMBER: u16 = 0x829d;
    pub const EXIF_IFD: u16 = 0x8769;
    pub const GPS_IFD: u16 = 0x8825;
    pub const ISO: u16 = 0x8827;
    pub const DATE_TIME_ORIGINAL: u16 = 0x9003;
    pub const DATE_TIME_DIGITIZED: u16 = 0x9004;
    pub const OFFSET_TIME: u16 = 0x9010;
    pub const OFFSET_TIME_ORIGINAL: u16 = 0x9011;
    pub const OFFSET_TIME_DIGITIZED: u16 = 0x9012;
    pub const SUB_SEC_TIME: u16 = 0x9290;
    pub const SUB_SEC_TIME_ORIGINAL: u16 = 0x9291;
    pub const SUB_SEC_TIME_DIGITIZED: u16 = 0x9292;
    pub const FOCAL_LENGTH: u16 = 0x920a;
    pub const LENS_MAKE: u16 = 0xa433;
    pub const LENS_MODEL: u16 = 0xa434;
    pub const DNG_VERSION: u16 = 0xc612;
    pub const UNIQUE_CAMERA_MODEL: u16 = 0xc614;
    pub const GPS_LATITUDE_REF: u16 = 1;
    pub const GPS_LATITUDE: u16 = 2;
    pub const GPS_LONGITUDE_REF: u16 = 3;
    pub const GPS_LONGITUDE: u16 = 4;
    pub const GPS_ALTITUDE_REF: u16 = 5;
    pub const GPS_ALTITUDE: u16 = 6;
}

/// Directories in a chain, entries in a directory, values of an entry: far above what cameras write.
const CHAIN_LIMIT: usize = 32;
const ENTRY_LIMIT: usize = 2048;
const VALUE_LIMIT: u32 = 4096;

const COLOR_FILTER_ARRAY: u32 = 32803;
const LINEAR_RAW: u32 = 34892;

impl<'a> Tiff<'a> {
    /// Reads the header and the chain of directories. `None` when `bytes` are no TIFF structure.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let big_endian = match bytes.get(..2)? {
            b"II" => false,
            b"MM" => true,
            _ => return None,
        };
        let mut tiff = Self { bytes, big_endian, chain: Vec::new() };
        // 42 in TIFF and EXIF, 0x55 in Panasonic's RAW, letters in Olympus's.
        if !matches!(tiff.u16_at(2)?, 42 | 0x55 | 0x4f52 | 0x5352) {
            return None;
        }
        let mut offset = tiff.u32_at(4)?;
        while offset != 0 && tiff.chain.len() < CHAIN_LIMIT {
            let Some(directory) = tiff.directory_at(offset) else { break };
            offset = directory.next;
            tiff.chain.push(directory);
        }
        Some(tiff)
    }

    /// The main picture's directory; empty when it is out of reach.
    pub(crate) fn first(&self) -> Directory {
        self.chain.first().cloned().unwrap_or_default()
    }

    /// The directory that an entry of `parent` points to.
    pub(crate) fn child(&self, parent: &Directory, tag: u16) -> Option<Directory> {
        self.directory_at(self.number(parent, tag)?)
    }

    /// The chain and all sub-directories, in file order, each one level deep.
    pub(crate) fn all_directories(&self) -> Vec<Directory> {
        let mut all = Vec::new();
        for directory in &self.chain {
            all.push(directory.clone());
            let children = self.numbers(directory, tag::SUB_IFDS);
            all.extend(children.into_iter().take(CHAIN_LIMIT).filter_map(|offset| self.directory_at(offset)));
        }
        all
    }

    /// Whether a camera's sensor data lie in here, so that the file is a RAW file and no ordinary TIFF.
    pub(crate) fn holds_sensor_data(&self) -> bool {
        self.all_directories()
            .iter()
            .any(|directory| directory.has(tag::DNG_VERSION) || self.is_of_sensor(directory))
    }

    /// Bits of a sample of the sensor, where a directory of sensor data says it.
    pub(crate) fn sensor_bits(&self) -> Option<u8> {
        let directories = self.all_directories();
        let of_sensor = directories.iter().filter(|directory| self.is_of_sensor(directory));
        let bits = of_sensor.filter_map(|directory| self.number(directory, tag::BITS_PER_SAMPLE));
        bits.max().and_then(|bits| u8::try_from(bits).ok())
    }

    fn is_of_sensor(&self, directory: &Directory) -> bool {
        matches!(self.number(directory, tag::PHOTOMETRIC), Some(COLOR_FILTER_ARRAY | LINEAR_RAW))
    }

    /// How many full pictures the chain holds: thumbnails and masks do not count.
    pub(crate) fn count_pages(&self) -> usize {
        const REDUCED_OR_MASK: u32 = 0b101;
        let is_page = |directory: &&Directory| {
            self.number(directory, tag::NEW_SUBFILE_TYPE).unwrap_or(0) & REDUCED_OR_MASK == 0
        };
        self.chain.iter().filter(is_page).count()
    }

    /// The first whole number of an entry.
    pub(crate) fn number(&self, directory: &Directory, tag: u16) -> Option<u32> {
        let entry = directory.find(tag)?;
        self.number_at(entry, 0)
    }

    /// The whole numbers of an entry.
    pub(crate) fn numbers(&self, directory: &Directory, tag: u16) -> Vec<u32> {
        let Some(entry) = directory.find(tag) else { return Vec::new() };
        (0..entry.count.min(VALUE_LIMIT)).map_while(|index| self.number_at(entry, index)).collect()
    }

    /// The fractions of an entry; those that divide by zero are left out as `None`.
    pub(crate) fn fractions(&self, directory: &Directory, tag: u16) -> Vec<Option<f64>> {
        let Some(entry) = directory.find(tag) else { return Vec::new() };
        (0..entry.count.min(VALUE_LIMIT)).map_while(|index| self.fraction_at(entry, index)).collect()
    }

    /// The text or the raw bytes of an entry.
    pub(crate) fn bytes(&self, directory: &Directory, tag: u16) -> Option<&'a [u8]> {
        let entry = directory.find(tag)?;
        let start = self.value_start(entry)?;
        self.bytes.get(start..start.checked_add(entry.bytes()? as usize)?)
    }

    /// Where the bytes of an entry lie in the file.
    pub(crate) fn start_of(&self, directory: &Directory, tag: u16) -> Option<usize> {
        self.value_start(directory.find(tag)?)
    }

    fn directory_at(&self, offset: u32) -> Option<Directory> {
        let start = offset as usize;
        let count = usize::from(self.u16_at(start)?).min(ENTRY_LIMIT);
        let mut directory = Directory::default();
        for index in 0..count {
            let at = start + 2 + index * 12;
            let (Some(tag), Some(kind), Some(count)) =
                (self.u16_at(at), self.u16_at(at + 2), self.u32_at(at + 4))
            else {
                break;
            };
            directory.entries.push(Entry { tag, kind, count, field: at + 8 });
        }
        directory.next = self.u32_at(start + 2 + count * 12).unwrap_or(0);
        Some(directory)
    }

    fn number_at(&self, entry: &Entry, index: u32) -> Option<u32> {
        if index >= entry.count {
            return None;
        }
        let start = self.value_start(entry)?;
        let index = index as usize;
        match entry.kind {
            1 | 7 => self.bytes.get(start + index).copied().map(u32::from),
            3 => self.u16_at(start + 2 * index).map(u32::from),
            4 | 13 => self.u32_at(start + 4 * index),
            _ => None,
        }
    }

    /// Outer `None`: out of reach or no number. Inner `None`: divided by zero.
    fn fraction_at(&self, entry: &Entry, index: u32) -> Option<Option<f64>> {
        let start = self.value_start(entry)? + 8 * index as usize;
        let (above, below) = match entry.kind {
            5 => (f64::from(self.u32_at(start)?), f64::from(self.u32_at(start + 4)?)),
            10 => (f64::from(self.u32_at(start)? as i32), f64::from(self.u32_at(start + 4)? as i32)),
            _ => return self.number_at(entry, index).map(|whole| Some(f64::from(whole))),
        };
        Some((below != 0.0).then(|| above / below))
    }

    fn value_start(&self, entry: &Entry) -> Option<usize> {
        if entry.bytes()? <= 4 { Some(entry.field) } else { self.u32_at(entry.field).map(|at| at as usize) }
    }

    fn u16_at(&self, at: usize) -> Option<u16> {
        let bytes: [u8; 2] = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32_at(&self, at: usize) -> Option<u32> {
        let bytes: [u8; 4] = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }
}

impl Directory {
    /// Whether there is an entry with this tag.
    pub(crate) fn has(&self, tag: u16) -> bool {
        self.find(tag).is_some()
    }

    fn find(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }
}

impl Entry {
    fn bytes(&self) -> Option<u32> {
        let each = match self.kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => return None,
        };
        self.count.checked_mul(each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One directory with one short (orientation 6) whose chain points back at itself.
    const LOOP: &[u8] = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x08\0\0\0";

    #[test]
    fn a_chain_that_bites_its_tail_ends() {
        let tiff = Tiff::read(LOOP).expect("a TIFF structure");
        assert_eq!(tiff.chain.len(), CHAIN_LIMIT);
        assert_eq!(tiff.number(&tiff.first(), tag::ORIENTATION), Some(6));
    }

    #[test]
    fn every_cut_and_every_flipped_byte_is_survived() {
        for length in 0..LOOP.len() {
            if let Some(tiff) = Tiff::read(&LOOP[..length]) {
                tiff.all_directories();
            }
        }
        for position in 0..LOOP.len() {
            let mut bytes = LOOP.to_vec();
            bytes[position] = 0xff;
            if let Some(tiff) = Tiff::read(&bytes) {
                tiff.holds_sensor_data();
                tiff.bytes(&tiff.first(), tag::ORIENTATION);
                tiff.fractions(&tiff.first(), tag::ORIENTATION);
            }
        }
    }
}
