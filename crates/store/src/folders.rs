//! Source folders: the roots that the person gave.

use std::path::{Path, PathBuf};

use likeness_domain::FolderId;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::words::{Columns, path_bytes};
use crate::{Error, Store};

/// Whether what lies in a source folder can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FolderState {
    /// It is there.
    Online,
    /// Its volume is away: nothing under it is missing.
    Offline,
    /// It is there, but waits for the person before what a scan found is believed.
    Waiting,
}

impl FolderState {
    /// The word in the catalog, in JSON and on screen.
    pub fn word(self) -> &'static str {
        match self {
            FolderState::Online => "online",
            FolderState::Offline => "offline",
            FolderState::Waiting => "waiting",
        }
    }

    pub(crate) fn of(row: &Row<'_>, column: &str) -> rusqlite::Result<Self> {
        Ok(match row.get_ref(column)?.as_str()? {
            "online" => FolderState::Online,
            "offline" => FolderState::Offline,
            _ => FolderState::Waiting,
        })
    }
}

/// A source folder as the places column shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderRow {
    /// Its number.
    pub id: FolderId,
    /// Where it lies, byte for byte as it was given.
    pub path: PathBuf,
    /// What its volume is known by, if that is known.
    pub volume: Option<String>,
    /// Whether it can be reached.
    pub state: FolderState,
    /// Photos that lie in it.
    pub photos: u64,
    /// Files in it that are there and could not be read.
    pub problems: u64,
    /// When it was last scanned as a whole, milliseconds since 1970.
    pub last_scan_ms: Option<i64>,
    /// Its place in the person's order, 0 first; `None` where it was given none.
    pub rank: Option<u32>,
}

impl Store {
    /// All source folders, in the order in which they were added.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn folders(&self) -> Result<Vec<FolderRow>, Error> {
        let select = "SELECT id, path, volume, state, last_scan_ms,
                CASE WHEN rank IS NOT NULL THEN (SELECT count(*) FROM folders AS other WHERE other.rank < folders.rank) END AS rank,
                (SELECT count(DISTINCT shows) FROM files WHERE folder = folders.id AND shows IS NOT NULL) AS photos,
                (SELECT count(*) FROM files WHERE folder = folders.id AND state = 'unreadable'
                    AND missing_since_ms IS NULL)
                + (SELECT count(*) FROM photos JOIN files ON photo = photos.id AND shows = photos.id
                    WHERE warning_reason IS NOT NULL AND folder = folders.id) AS problems
             FROM folders ORDER BY id";
        self.read(|view| {
            let mut folders = view.prepare_cached(select)?;
            let rows = folders.query_map([], |row| {
                Ok(FolderRow {
                    id: FolderId(row.get("id")?),
                    path: row.path("path")?,
                    volume: row.get("volume")?,
                    state: FolderState::of(row, "state")?,
                    photos: row.get::<_, i64>("photos")? as u64,
                    problems: row.get::<_, i64>("problems")? as u64,
                    last_scan_ms: row.get("last_scan_ms")?,
                    rank: row.get("rank")?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How a source folder stands, without counting what is in it.
    ///
    /// # Errors
    /// When there is no such folder or the catalog cannot be read.
    pub fn folder_state(&self, folder: FolderId) -> Result<FolderState, Error> {
        self.read(|view| {
            let mut find = view.prepare_cached("SELECT state FROM folders WHERE id = ?1")?;
            let state = find.query_row([folder.0], |row| FolderState::of(row, "state")).optional()?;
            state.ok_or(Error::UnknownFolder(folder))
        })
    }

    /// Adds the source folder at `path`, online. The same path again gives the same number, and learns `volume`.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn add_folder(&self, path: &Path, volume: Option<&str>) -> Result<FolderId, Error> {
        let upsert = "INSERT INTO folders (path, volume) VALUES (?1, ?2)
             ON CONFLICT (path) DO UPDATE SET volume = coalesce(excluded.volume, volume) RETURNING id";
        self.write(|catalog| {
            let id = catalog.query_row(upsert, params![path_bytes(path), volume], |row| row.get(0))?;
            Ok(FolderId(id))
        })
    }

    /// Forgets the folder and its files. Photos and what was decided about them stay, and come back with the content.
    ///
    /// # Errors
    /// When there is no such folder or the catalog cannot be written.
    pub fn remove_folder(&self, folder: FolderId) -> Result<(), Error> {
        self.write(|catalog| {
            catalog.execute("DELETE FROM files WHERE folder = ?1", [folder.0])?;
            let removed = catalog.execute("DELETE FROM folders WHERE id = ?1", [folder.0])?;
            one_folder(removed, folder)
        })
    }

    /// Says that what lay in `folder` lies at `path` now. Its files keep what is known of them.
    ///
    /// # Errors
    /// When there is no such folder, `path` is another source folder, or the catalog cannot be written.
    pub fn relink_folder(&self, folder: FolderId, path: &Path, volume: Option<&str>) -> Result<(), Error> {
        self.write(|catalog| {
            if folder_at(catalog, path)?.is_some_and(|there| there != folder) {
                return Err(Error::FolderTaken { path: path.to_path_buf() });
            }
            let update = "UPDATE folders SET path = ?2, volume = ?3 WHERE id = ?1";
            one_folder(catalog.execute(update, params![folder.0, path_bytes(path), volume])?, folder)
        })
    }

    /// The source folders that have a place in the person's order, the first one first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn folder_order(&self) -> Result<Vec<FolderId>, Error> {
        self.read(|view| {
            let mut select =
                view.prepare_cached("SELECT id FROM folders WHERE rank IS NOT NULL ORDER BY rank")?;
            let rows = select.query_map([], |row| row.get(0).map(FolderId))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Puts source folders in order; the others have no place in it any more.
    ///
    /// # Errors
    /// When one of them is no source folder or the catalog cannot be written; then the order stays what it was.
    pub fn set_folder_order(&self, order: &[FolderId]) -> Result<(), Error> {
        self.write(|catalog| {
            catalog.execute("UPDATE folders SET rank = NULL", [])?;
            let mut update = catalog.prepare_cached("UPDATE folders SET rank = ?2 WHERE id = ?1")?;
            order.iter().enumerate().try_for_each(|(rank, folder)| {
                one_folder(update.execute(params![folder.0, rank as i64])?, *folder)
            })
        })
    }

    /// Says whether `folder` can be reached. Nothing that is known of its files changes.
    ///
    /// # Errors
    /// When there is no such folder or the catalog cannot be written.
    pub fn set_folder_state(&self, folder: FolderId, state: FolderState) -> Result<(), Error> {
        self.write(|catalog| {
            let update = "UPDATE folders SET state = ?2 WHERE id = ?1";
            one_folder(catalog.execute(update, params![folder.0, state.word()])?, folder)
        })
    }
}

fn folder_at(catalog: &Transaction<'_>, path: &Path) -> Result<Option<FolderId>, Error> {
    let find = "SELECT id FROM folders WHERE path = ?1";
    Ok(catalog.query_row(find, [path_bytes(path)], |row| row.get(0)).optional()?.map(FolderId))
}

fn one_folder(changed: usize, folder: FolderId) -> Result<(), Error> {
    if changed == 1 { Ok(()) } else { Err(Error::UnknownFolder(folder)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Library;

    #[test]
    fn folders_keep_the_places_that_they_were_given() {
        let library = Library::new();
        let store = &library.store;
        let first = library.folder;
        let added = ["/backup", "/phone"].map(|path| store.add_folder(Path::new(path), None).expect("added"));
        let ranks = || -> Vec<Option<u32>> {
            store.folders().expect("folders").into_iter().map(|row| row.rank).collect()
        };
        assert_eq!((ranks(), store.folder_order().expect("an order")), (vec![None; 3], vec![]));
        store.set_folder_order(&[added[1], first]).expect("ordered");
        assert_eq!(ranks(), [Some(1), None, Some(0)]);
        store.relink_folder(added[1], Path::new("/elsewhere"), None).expect("relinked");
        store.add_folder(Path::new("/new"), None).expect("added");
        assert_eq!(store.folder_order().expect("an order"), [added[1], first]);
        let refused = store.set_folder_order(&[first, FolderId(99)]).expect_err("no such folder");
        assert!(matches!(refused, Error::UnknownFolder(FolderId(99))));
        assert_eq!(store.folder_order().expect("an order"), [added[1], first], "nothing changed");
        store.remove_folder(added[1]).expect("removed");
        assert_eq!(ranks(), [Some(0), None, None]);
        store.set_folder_order(&[]).expect("no order any more");
        assert_eq!(ranks(), [None; 3]);
    }
}
