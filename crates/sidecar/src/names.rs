//! Which sidecar belongs to which picture, told by their names.
//!
//! Two schemes are in use. `IMG_1.jpg.xmp` (digiKam, darktable) names its picture in full and belongs to it alone.
//! `IMG_1.xmp` (Lightroom, Bridge, Capture One) leaves the extension out. Beside a raw file and the camera's JPEG it
//! belongs to the raw file, since Adobe's programs write into JPEGs themselves and beside raw files; DNGs, which are
//! written into as well, come after the cameras' own raw files. Where there is no raw file it belongs to every picture
//! of that name. A picture that has both kinds is read from and written to the one that names it in full: it is the
//! one that cannot be meant for another. Names are compared without regard to ASCII capitals.

use std::collections::{HashMap, HashSet};

use likeness_domain::stem;

/// The pictures and sidecars of one folder. Names are the file system's bytes, without a path.
#[derive(Debug)]
pub struct FolderNames<'a> {
    pictures: HashSet<Vec<u8>>,
    /// By name without extension.
    alike: HashMap<Vec<u8>, Vec<&'a [u8]>>,
    /// By name without `.xmp`.
    sidecars: HashMap<Vec<u8>, Vec<&'a [u8]>>,
    /// Whether most sidecars leave the extension of their picture out.
    are_mostly_short: bool,
}

impl<'a> FolderNames<'a> {
    /// `pictures` and `sidecars` may be in any order; of sidecars, names that do not end with `.xmp` are left out.
    pub fn new(
        pictures: impl IntoIterator<Item = &'a [u8]>,
        sidecars: impl IntoIterator<Item = &'a [u8]>,
    ) -> Self {
        let mut names = Self {
            pictures: HashSet::new(),
            alike: HashMap::new(),
            sidecars: HashMap::new(),
            are_mostly_short: false,
        };
        for picture in pictures {
            let lower = picture.to_ascii_lowercase();
            names.alike.entry(stem(&lower).to_vec()).or_default().push(picture);
            names.pictures.insert(lower);
        }
        for sidecar in sidecars {
            let lower = sidecar.to_ascii_lowercase();
            if let Some(named) = lower.strip_suffix(b".xmp") {
                names.sidecars.entry(named.to_vec()).or_default().push(sidecar);
            }
        }
        for alike in names.sidecars.values_mut() {
            alike.sort_unstable();
        }
        let named = || names.sidecars.keys();
        let in_full = named().filter(|named| names.pictures.contains(*named)).count();
        let matching =
            named().filter(|named| names.pictures.contains(*named) || names.alike.contains_key(*named));
        names.are_mostly_short = matching.count() > 2 * in_full;
        names
    }

    /// The sidecars of `picture`, the one that counts first.
    pub fn sidecars_of(&self, picture: &[u8]) -> Vec<&'a [u8]> {
        let lower = picture.to_ascii_lowercase();
        let mut sidecars = self.named(&lower, picture);
        if self.shares_short_name(picture) {
            sidecars.extend(self.named(stem(&lower), stem(picture)));
        }
        sidecars
    }

    /// The pictures that `sidecar` belongs to; also those that have another sidecar, which counts before it.
    pub fn pictures_of(&self, sidecar: &[u8]) -> Vec<&'a [u8]> {
        let lower = sidecar.to_ascii_lowercase();
        let Some(named) = lower.strip_suffix(b".xmp") else { return Vec::new() };
        let in_full = self.alike.get(stem(named)).into_iter().flatten();
        let in_full = in_full.filter(|picture| picture.eq_ignore_ascii_case(named));
        let short =
            self.alike.get(named).into_iter().flatten().filter(|picture| self.shares_short_name(picture));
        let mut pictures: Vec<&[u8]> = in_full.chain(short).copied().collect();
        pictures.dedup();
        pictures
    }

    /// What to call a first sidecar of `picture`: as those of the other pictures are called, and in full where there
    /// are none or where the short name would be another picture's too.
    pub fn new_sidecar_of(&self, picture: &[u8]) -> Vec<u8> {
        let own = stem(picture);
        let alike = self.alike.get(&own.to_ascii_lowercase()).map_or(&[][..], Vec::as_slice);
        let is_alone = alike.iter().filter(|other| self.shares_short_name(other)).count() == 1;
        let name =
            if self.are_mostly_short && is_alone && self.shares_short_name(picture) { own } else { picture };
        [name, b".xmp"].concat()
    }

    /// Sidecars of this name, the one of the same capitals first.
    fn named(&self, lower: &[u8], exact: &[u8]) -> Vec<&'a [u8]> {
        let mut sidecars = self.sidecars.get(lower).cloned().unwrap_or_default();
        sidecars.sort_by_key(|sidecar| !sidecar.starts_with(exact));
        sidecars
    }

    /// Whether a sidecar without the extension in its name is about `picture`.
    fn shares_short_name(&self, picture: &[u8]) -> bool {
        let lower = picture.to_ascii_lowercase();
        let short = stem(&lower);
        if short == lower || self.pictures.contains(short) {
            return false;
        }
        let alike = self.alike.get(short).into_iter().flatten();
        alike.map(|other| claim(other)).min() == Some(claim(picture))
    }
}

/// Who a sidecar without an extension in its name belongs to, the first to claim it first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    CamerasRaw,
    Dng,
    Other,
}

fn claim(picture: &[u8]) -> Claim {
    let lower = picture.to_ascii_lowercase();
    let extension = &lower[stem(&lower).len()..];
    match extension.strip_prefix(b".") {
        Some(b"dng") => Claim::Dng,
        Some(extension) if CAMERAS_RAW.iter().any(|raw| raw.as_bytes() == extension) => Claim::CamerasRaw,
        _ => Claim::Other,
    }
}

/// Extensions of raw files that programs leave as they are.
const CAMERAS_RAW: [&str; 30] = [
    "3fr", "arw", "cr2", "cr3", "crw", "dcr", "dcs", "erf", "fff", "gpr", "iiq", "kdc", "mef", "mfw", "mos",
    "mrw", "nef", "nrw", "orf", "ori", "pef", "raf", "raw", "rw2", "rwl", "sr2", "srf", "srw", "x3f", "cap",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn folder<'a>(pictures: &[&'a str], sidecars: &[&'a str]) -> FolderNames<'a> {
        let bytes = |names: &[&'a str]| names.iter().map(|name| name.as_bytes()).collect::<Vec<_>>();
        FolderNames::new(bytes(pictures), bytes(sidecars))
    }

    fn words(names: Vec<&[u8]>) -> Vec<&str> {
        names.into_iter().map(|name| std::str::from_utf8(name).expect("words")).collect()
    }

    #[test]
    fn the_full_name_counts_before_the_short_one() {
        let names = folder(&["IMG_1.jpg", "IMG_2.jpg"], &["IMG_1.xmp", "IMG_1.jpg.xmp", "IMG_10.xmp"]);
        assert_eq!(words(names.sidecars_of(b"IMG_1.jpg")), ["IMG_1.jpg.xmp", "IMG_1.xmp"]);
        assert!(names.sidecars_of(b"IMG_2.jpg").is_empty());
        assert_eq!(words(names.pictures_of(b"IMG_1.xmp")), ["IMG_1.jpg"]);
        assert_eq!(words(names.pictures_of(b"IMG_1.jpg.xmp")), ["IMG_1.jpg"]);
        assert!(names.pictures_of(b"IMG_10.xmp").is_empty());
        assert!(names.pictures_of(b"IMG_1.jpg").is_empty());
    }

    #[test]
    fn beside_raw_and_jpeg_the_short_name_is_the_raw_files() {
        let names =
            folder(&["IMG_1.JPG", "IMG_1.CR3", "IMG_1.dng", "b.dng", "b.jpg"], &["IMG_1.xmp", "b.XMP"]);
        assert_eq!(words(names.sidecars_of(b"IMG_1.CR3")), ["IMG_1.xmp"]);
        assert!(names.sidecars_of(b"IMG_1.JPG").is_empty());
        assert!(names.sidecars_of(b"IMG_1.dng").is_empty());
        assert_eq!(words(names.pictures_of(b"IMG_1.xmp")), ["IMG_1.CR3"]);
        assert_eq!(words(names.pictures_of(b"b.XMP")), ["b.dng"]);
    }

    #[test]
    fn without_a_raw_file_the_short_name_is_every_pictures() {
        let names = folder(&["a.heic", "a.JPG"], &["A.xmp", "a.xmp"]);
        assert_eq!(words(names.pictures_of(b"a.xmp")), ["a.heic", "a.JPG"]);
        assert_eq!(words(names.sidecars_of(b"a.heic")), ["a.xmp", "A.xmp"]);
    }

    #[test]
    fn a_sidecar_that_names_a_picture_in_full_is_no_others_short_one() {
        let names = folder(&["a.jpg", "a.jpg.tif", "b"], &["a.jpg.xmp", "b.xmp"]);
        assert_eq!(words(names.pictures_of(b"a.jpg.xmp")), ["a.jpg"]);
        assert!(names.sidecars_of(b"a.jpg.tif").is_empty());
        assert_eq!(words(names.sidecars_of(b"b")), ["b.xmp"]);
        assert_eq!(words(names.pictures_of(b"b.xmp")), ["b"]);
    }

    #[test]
    fn a_new_sidecar_is_called_as_its_neighbours_are() {
        let new = |names: &FolderNames<'_>, picture: &str| {
            String::from_utf8(names.new_sidecar_of(picture.as_bytes())).expect("words")
        };
        let pictures = ["a.cr2", "a.jpg", "b.cr2", "c.jpg", "c.heic"];
        let lightroom = folder(&pictures, &["b.xmp"]);
        assert_eq!(new(&lightroom, "a.cr2"), "a.xmp");
        assert_eq!(new(&lightroom, "a.jpg"), "a.jpg.xmp", "the short name is the raw file's");
        assert_eq!(new(&lightroom, "c.jpg"), "c.jpg.xmp", "the short name is two pictures'");
        for sidecars in [&[][..], &["b.cr2.xmp", "stray.xmp"]] {
            assert_eq!(new(&folder(&pictures, sidecars), "a.cr2"), "a.cr2.xmp");
        }
    }
}
