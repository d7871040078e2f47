//! What a name beside a picture says: whose it is, and what would go with that picture.

use std::collections::{BTreeSet, HashMap};

use likeness_domain::{RelativePath, stem};
use rusqlite::{Connection, params};

use crate::Error;
use crate::words::Columns;

/// Endings of what programs keep edits in.
const EDITS: [&[u8]; 4] = [b"xmp", b"aae", b"pp3", b"dop"];
/// Endings of the movie of a Live Photo.
const MOVIES: [&[u8]; 4] = [b"mov", b"mp4", b"m4v", b"mp"];
/// The ending of a memo that was spoken with a picture.
const MEMOS: [&[u8]; 1] = [b"wav"];

/// Whether a companion is named after a picture: `IMG_1.aae`, `IMG_1.jpg.json` and
/// `IMG_1.jpg.supplemental-metadata.json` are, after `IMG_1.jpg`.
pub fn is_named_after(companion: &[u8], picture: &[u8]) -> bool {
    let (companion, picture) = (companion.to_ascii_lowercase(), picture.to_ascii_lowercase());
    short_names(&companion).contains(&stem(&picture)) || full_names(&companion).any(|name| name == picture)
}

/// Whether a companion was recorded along with its picture, and not made from it: the movie of a Live Photo, a memo.
pub fn is_recording(path: &RelativePath) -> bool {
    path.name().is_some_and(|name| Beside::by_ending(&name.to_ascii_lowercase()).is_recording())
}

/// What lies beside one picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    pub(crate) edits: bool,
    pub(crate) movie: bool,
    memo: bool,
}

impl Beside {
    /// What a companion with this name, in lower case, is.
    fn by_ending(name: &[u8]) -> Self {
        Self {
            edits: has_ending(name, &EDITS),
            movie: has_ending(name, &MOVIES),
            memo: has_ending(name, &MEMOS),
        }
    }

    /// Whether something was recorded along with the picture.
    pub(crate) fn is_recording(self) -> bool {
        self.movie || self.memo
    }

    fn add(&mut self, other: Self) {
        self.edits |= other.edits;
        self.movie |= other.movie;
        self.memo |= other.memo;
    }
}

/// Edits and recordings, by the names of the pictures that they are named after. Names count in lower case, folders as
/// they are.
#[derive(Default)]
pub(crate) struct Companions {
    full: HashMap<(i64, Vec<u8>), Beside>,
    short: HashMap<(i64, Vec<u8>), Beside>,
}

impl Companions {
    /// Those of a whole library.
    pub(crate) fn read(view: &Connection) -> Result<Self, Error> {
        let mut all = Self::default();
        let mut select = view.prepare_cached(
            "SELECT folder, path FROM files WHERE kind = 'companion' AND missing_since_ms IS NULL",
        )?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            all.add(row.get("folder")?, row.path_below("path")?.as_bytes());
        }
        Ok(all)
    }

    /// Those that lie in the same folders as `pictures`, each a source folder and a path below.
    pub(crate) fn read_beside<'p>(
        view: &Connection,
        pictures: impl IntoIterator<Item = (i64, &'p [u8])>,
    ) -> Result<Self, Error> {
        let mut all = Self::default();
        // All paths below a folder; '0' follows '/' in byte order.
        let mut select = view.prepare_cached(
            "SELECT path FROM files INDEXED BY companions_by_path
             WHERE folder = ?1 AND path >= ?2 AND (?3 IS NULL OR path < ?3)
                AND kind = 'companion' AND missing_since_ms IS NULL",
        )?;
        let folders: BTreeSet<(i64, &[u8])> =
            pictures.into_iter().map(|(folder, path)| (folder, &path[..name_at(path)])).collect();
        for (folder, above) in folders {
            let until = above.strip_suffix(b"/").map(|above| [above, b"0"].concat());
            let mut rows = select.query(params![folder, above, until])?;
            while let Some(row) = rows.next()? {
                let path = row.path_below("path")?;
                if name_at(path.as_bytes()) == above.len() {
                    all.add(folder, path.as_bytes());
                }
            }
        }
        Ok(all)
    }

    fn add(&mut self, folder: i64, path: &[u8]) {
        let (above, name) = split(path);
        let beside = Beside::by_ending(&name);
        if beside != Beside::default() {
            let key = |part: &[u8]| (folder, [above, part].concat());
            full_names(&name).for_each(|part| self.full.entry(key(part)).or_default().add(beside));
            short_names(&name)
                .into_iter()
                .for_each(|part| self.short.entry(key(part)).or_default().add(beside));
        }
    }

    /// What is named after the picture at `path`.
    pub(crate) fn of(&self, folder: i64, path: &[u8]) -> Beside {
        let (above, name) = split(path);
        let mut beside = Beside::default();
        let full = self.full.get(&(folder, [above, &name].concat()));
        let short = self.short.get(&(folder, [above, stem(&name)].concat()));
        full.into_iter().chain(short).for_each(|other| beside.add(*other));
        beside
    }
}

/// The folders of a path, and its name in lower case.
fn split(path: &[u8]) -> (&[u8], Vec<u8>) {
    let (above, name) = path.split_at(name_at(path));
    (above, name.to_ascii_lowercase())
}

/// Where the name begins in a path.
fn name_at(path: &[u8]) -> usize {
    path.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1)
}

/// Names of pictures that `companion` has in front of a point.
fn full_names(companion: &[u8]) -> impl Iterator<Item = &[u8]> {
    (1..companion.len()).filter(|&at| companion[at] == b'.').map(|at| &companion[..at])
}

/// Names without ending of pictures that `companion` goes by: Pixel phones leave the ending of a movie out, `PXL_1.MP` is
/// the one of `PXL_1.MP.jpg`.
fn short_names(companion: &[u8]) -> [&[u8]; 2] {
    [stem(companion), companion]
}

fn has_ending(name: &[u8], endings: &[&[u8]]) -> bool {
    let at = stem(name).len() + 1;
    name.get(at..).is_some_and(|ending| endings.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Disk, Library};

    const PICTURES: [&str; 6] =
        ["a/IMG_1.jpg", "a/b.heic", "a/PXL_2.MP.jpg", "a/c.jpg", "b/IMG_1.jpg", "d.jpg"];
    /// A companion, the picture that it is named after, whether it has edits, whether it is a recording.
    const NAMED: [(&str, Option<&str>, bool, bool); 8] = [
        ("a/img_1.AAE", Some("a/IMG_1.jpg"), true, false),
        ("a/b.MOV", Some("a/b.heic"), false, true),
        ("a/PXL_2.MP", Some("a/PXL_2.MP.jpg"), false, true),
        ("b/IMG_1.jpg.pp3", Some("b/IMG_1.jpg"), true, false),
        ("d.jpg.dop", Some("d.jpg"), true, false),
        ("d.wav", Some("d.jpg"), false, true),
        ("a/c.jpg.json", Some("a/c.jpg"), false, false),
        ("a/cc.xmp", None, true, false),
    ];

    #[test]
    fn edits_and_recordings_are_those_of_the_pictures_that_they_are_named_after() {
        let library = Library::new();
        let mut disk = Disk::default();
        PICTURES.iter().zip(1..).for_each(|(name, content)| disk.write(name, content));
        NAMED.iter().zip(20..).for_each(|((name, ..), content)| disk.write(name, content));
        library.refresh(&disk);
        let all = library.store.read(Companions::read).expect("read");
        for picture in PICTURES {
            let own = || NAMED.iter().filter(|(_, owner, ..)| *owner == Some(picture));
            let edits = own().any(|(_, _, edits, _)| *edits);
            let recording = own().any(|(.., recording)| *recording);
            let of = |companions: &Companions| {
                let beside = companions.of(library.folder.0, picture.as_bytes());
                (beside.edits, beside.is_recording(), beside.movie)
            };
            let movie = recording && picture != "d.jpg";
            assert_eq!(of(&all), (edits, recording, movie), "{picture}");
            let place = [(library.folder.0, picture.as_bytes())];
            let near = library.store.read(|view| Companions::read_beside(view, place)).expect("read");
            assert_eq!(of(&near), of(&all), "{picture}");
            for (companion, owner, ..) in NAMED {
                let (above, name) = split(companion.as_bytes());
                let (above_picture, own) = split(picture.as_bytes());
                let is_owner = above == above_picture && is_named_after(&name, &own);
                assert_eq!(is_owner, owner == Some(picture), "{companion} of {picture}");
            }
        }
    }
}
