//! What becomes of files, whoever reads them: this process or another.
//!
//! The catalog is compared with what it said before. So nothing is told twice and nothing is missed, however many
//! processes follow the same folders.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::time::Instant;

use likeness_domain::{FileId, FileState, FolderId, PhotoId};
use likeness_store::{KnownFile, Store};

use crate::{Error, Library};

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileChange {
    /// A photo that was not in the library.
    New,
    /// A known photo, at one more place.
    Copied,
    /// Another photo than before lies there.
    Changed,
    /// A known photo came from another place, where it is no more.
    Moved,
    /// Not found any more.
    Missing,
    /// A known photo, found again after it lay nowhere.
    Returned,
    /// It cannot become a photo.
    Problem,
}

impl FileChange {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            FileChange::New => "new",
            FileChange::Copied => "copied",
            FileChange::Changed => "changed",
            FileChange::Moved => "moved",
            FileChange::Missing => "missing",
            FileChange::Returned => "returned",
            FileChange::Problem => "problem",
        }
    }
}

impl Library {
    /// What becomes of files from now on.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn file_changes(&self) -> Result<FileChanges, Error> {
        let store = self.store.clone();
        let mut changes =
            FileChanges { store, version: 0, known: Known::default(), next_look: Instant::now() };
        changes.look()?;
        Ok(changes)
    }
}

/// Tells what became of files since it was last asked.
pub struct FileChanges {
    store: Store,
    version: u64,
    known: Known,
    next_look: Instant,
}

/// All files are looked up each time: so much longer than that takes is waited for the next time.
const REST: u32 = 10;

impl FileChanges {
    /// What became of which files since the last call, with where they lie or lay. Nothing while files are found but not
    /// read. To be called often: when nothing changed it takes microseconds.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn take(&mut self) -> Result<Vec<(FileChange, PathBuf)>, Error> {
        if Instant::now() < self.next_look || self.store.version()? == self.version {
            return Ok(Vec::new());
        }
        let changed = self.look()?;
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let roots: HashMap<FolderId, PathBuf> =
            self.store.folders()?.into_iter().map(|row| (row.id, row.path)).collect();
        // A folder that was removed meanwhile is of no interest any more.
        let place = |(change, file): (FileChange, KnownFile)| {
            Some((change, file.path.below(roots.get(&file.folder)?)))
        };
        Ok(changed.into_iter().filter_map(place).collect())
    }

    fn look(&mut self) -> Result<Vec<(FileChange, KnownFile)>, Error> {
        let started = Instant::now();
        // Asked first: what changes while the files are looked up is looked up again.
        self.version = self.store.version()?;
        let mut comparison = Comparison::with(&self.known);
        let newest = self.store.each_file(|file| comparison.see(file))?;
        let (known, changed) = comparison.end(newest);
        self.known = known;
        self.next_look = Instant::now() + started.elapsed() * REST;
        Ok(changed)
    }
}

/// What the catalog said of the files.
#[derive(Default)]
struct Known {
    files: HashMap<FileId, Seen>,
    newest: Option<PhotoId>,
}

/// Of one file, as little as can be compared: there may be half a million.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    /// A hash of where it lies.
    place: u64,
    state: FileState,
    photo: Option<PhotoId>,
}

impl Seen {
    fn of(file: &KnownFile) -> Self {
        let mut place = DefaultHasher::new();
        (file.folder, &file.path).hash(&mut place);
        Self { place: place.finish(), state: file.state, photo: file.photo }
    }

    fn shows(&self, photo: PhotoId) -> bool {
        self.state == FileState::Indexed && self.photo == Some(photo)
    }
}

/// A look at all files, laid beside the last one.
struct Comparison<'k> {
    before: &'k Known,
    files: HashMap<FileId, Seen>,
    differing: Vec<(Option<Seen>, Seen, KnownFile)>,
}

impl<'k> Comparison<'k> {
    fn with(before: &'k Known) -> Self {
        Self { before, files: HashMap::with_capacity(before.files.len()), differing: Vec::new() }
    }

    fn see(&mut self, file: KnownFile) {
        let before = self.before.files.get(&file.id).copied();
        if file.state == FileState::Found {
            // Until it has been read it is what it was.
            let shown = file.photo.map(|_| Seen { state: FileState::Indexed, ..Seen::of(&file) });
            self.files.extend(before.or(shown).map(|seen| (file.id, seen)));
            return;
        }
        let now = Seen::of(&file);
        self.files.insert(file.id, now);
        if before != Some(now) {
            self.differing.push((before, now, file));
        }
    }

    fn end(self, newest: Option<PhotoId>) -> (Known, Vec<(FileChange, KnownFile)>) {
        let mut origins = Origins::of(&self);
        let changed = self
            .differing
            .into_iter()
            .filter_map(|(before, now, file)| Some((change(before, now, &mut origins)?, file)))
            .collect();
        (Known { files: self.files, newest }, changed)
    }
}

fn change(before: Option<Seen>, now: Seen, origins: &mut Origins) -> Option<FileChange> {
    use FileState::{Found, Indexed, Missing, Unreadable};
    let has_moved = before.is_some_and(|before| before.place != now.place && before.photo == now.photo);
    match (before.map(|before| before.state), now.state) {
        (_, Found) | (None | Some(Missing), Missing) => None,
        (_, Missing) => Some(FileChange::Missing),
        (_, Unreadable | Indexed) if has_moved => Some(FileChange::Moved),
        (Some(Unreadable), Unreadable) => None,
        (_, Unreadable) => Some(FileChange::Problem),
        (was, Indexed) => {
            let photo = now.photo?;
            let origin = origins.take(photo);
            Some(match (was, origin) {
                _ if before.is_some_and(|before| before.photo == Some(photo)) => FileChange::Returned,
                (Some(Indexed), FileChange::Moved) => FileChange::Moved,
                (Some(Indexed), _) => FileChange::Changed,
                (_, origin) => origin,
            })
        }
    }
}

/// Where photos come from that turn up somewhere.
struct Origins {
    known: HashMap<PhotoId, FileChange>,
    newest: Option<PhotoId>,
}

impl Origins {
    fn of(comparison: &Comparison<'_>) -> Self {
        let asked: HashSet<PhotoId> =
            comparison.differing.iter().filter_map(|(_, now, _)| now.photo).collect();
        let mut known = HashMap::new();
        for (id, before) in &comparison.before.files {
            let Some(photo) = before.photo.filter(|photo| asked.contains(photo)) else { continue };
            match comparison.files.get(id) {
                Some(now) if now.shows(photo) => _ = known.insert(photo, FileChange::Copied),
                None | Some(Seen { state: FileState::Missing, .. }) => {
                    known.entry(photo).or_insert(FileChange::Moved);
                }
                Some(_) => {}
            }
        }
        Self { known, newest: comparison.before.newest }
    }

    /// How the photo came to the first file that shows it now; to every further one it was copied.
    fn take(&mut self, photo: PhotoId) -> FileChange {
        let unknown = if Some(photo) > self.newest { FileChange::New } else { FileChange::Returned };
        self.known.insert(photo, FileChange::Copied).unwrap_or(unknown)
    }
}

#[cfg(test)]
mod tests {
    use likeness_domain::RelativePath;

    use super::*;

    /// Files as (number, path, state, photo).
    type Row = (i64, &'static str, FileState, Option<i64>);

    fn file((id, path, state, photo): Row) -> KnownFile {
        KnownFile {
            id: FileId(id),
            folder: FolderId(1),
            path: RelativePath::from_bytes(path.into()).expect("a path"),
            state,
            photo: photo.map(PhotoId),
        }
    }

    /// What is told when the catalog says `rows`.
    fn look(known: &mut Known, rows: &[Row]) -> Vec<(FileChange, String)> {
        let mut comparison = Comparison::with(known);
        rows.iter().for_each(|row| comparison.see(file(*row)));
        let newest = rows.iter().filter_map(|row| row.3.map(PhotoId)).max().max(known.newest);
        let (now, changed) = comparison.end(newest);
        *known = now;
        changed.into_iter().map(|(change, file)| (change, file.path.to_string())).collect()
    }

    fn told(before: &[Row], now: &[Row]) -> Vec<(FileChange, String)> {
        let mut known = Known::default();
        look(&mut known, before);
        look(&mut known, now)
    }

    fn one(change: FileChange, path: &str) -> Vec<(FileChange, String)> {
        vec![(change, path.into())]
    }

    use FileState::{Found, Indexed, Missing, Unreadable};

    const A: Row = (1, "a", Indexed, Some(1));
    const B: Row = (2, "b", Indexed, Some(2));

    #[test]
    fn each_change_has_its_word() {
        assert_eq!(told(&[A], &[A]), []);
        assert_eq!(told(&[A], &[A, B]), one(FileChange::New, "b"));
        assert_eq!(told(&[A], &[A, (2, "b", Indexed, Some(1))]), one(FileChange::Copied, "b"));
        assert_eq!(told(&[A], &[(1, "a", Indexed, Some(2))]), one(FileChange::Changed, "a"));
        assert_eq!(told(&[A], &[(1, "b", Indexed, Some(1))]), one(FileChange::Moved, "b"));
        assert_eq!(told(&[A], &[(1, "a", Missing, Some(1))]), one(FileChange::Missing, "a"));
        assert_eq!(told(&[(1, "a", Missing, Some(1))], &[A]), one(FileChange::Returned, "a"));
        assert_eq!(told(&[A], &[A, (2, "b", Unreadable, None)]), one(FileChange::Problem, "b"));
        assert_eq!(told(&[A], &[(1, "a", Unreadable, Some(1))]), one(FileChange::Problem, "a"));
        assert_eq!(told(&[(1, "a", Unreadable, None)], &[A]), one(FileChange::New, "a"));
    }

    #[test]
    fn what_is_not_read_yet_is_what_it_was() {
        let mut known = Known::default();
        look(&mut known, &[A, (2, "b", Found, Some(2))]);
        assert_eq!(look(&mut known, &[(1, "a", Found, Some(1)), B, (3, "c", Found, None)]), []);
        assert_eq!(look(&mut known, &[(1, "a", Indexed, Some(4)), B]), one(FileChange::Changed, "a"));
    }

    #[test]
    fn a_move_is_told_by_what_is_gone_elsewhere() {
        let gone = (1, "a", Missing, Some(1));
        let to_c = (3, "c", Indexed, Some(1));
        assert_eq!(told(&[A], &[to_c]), one(FileChange::Moved, "c"), "copied, and deleted");
        assert_eq!(told(&[gone], &[to_c]), one(FileChange::Moved, "c"), "seen to be missing before");
        let over = [(2, "b", Indexed, Some(1))];
        assert_eq!(told(&[A, B], &over), one(FileChange::Moved, "b"), "over another");
        let twice = [to_c, (4, "d", Indexed, Some(1))];
        let moved_and_copied = [(FileChange::Moved, "c".into()), (FileChange::Copied, "d".into())];
        assert_eq!(told(&[A], &twice), moved_and_copied);
        let swapped = [(1, "b", Indexed, Some(1)), (2, "a", Indexed, Some(2))];
        let both = [(FileChange::Moved, "b".into()), (FileChange::Moved, "a".into())];
        assert_eq!(told(&[A, B], &swapped), both);
    }

    #[test]
    fn what_is_replaced_at_its_place_has_not_moved() {
        // A photo that was known once, and lies nowhere any more.
        let mut known = Known::default();
        look(&mut known, &[(1, "a", Indexed, Some(1)), B]);
        look(&mut known, &[(1, "a", Indexed, Some(3)), B]);
        assert_eq!(look(&mut known, &[A, B]), one(FileChange::Changed, "a"));
        // One that lies elsewhere too, and two that were exchanged.
        assert_eq!(look(&mut known, &[A, (2, "b", Indexed, Some(1))]), one(FileChange::Changed, "b"));
        let exchanged = [(1, "a", Indexed, Some(2)), (2, "b", Indexed, Some(1))];
        let both = [(FileChange::Changed, "a".into()), (FileChange::Changed, "b".into())];
        assert_eq!(told(&[A, B], &exchanged), both);
        // At a place of its own it returns.
        look(&mut known, &[]);
        assert_eq!(look(&mut known, &[(9, "e", Indexed, Some(1))]), one(FileChange::Returned, "e"));
    }
}
