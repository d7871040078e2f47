//! The journal of clean-ups: what is about to be moved to the trash, what was, and what came back. Every entry is on the
//! disk before the call that writes it returns. Nothing here touches a photo: see `likeness-cleanup`.

use std::path::{Path, PathBuf};

use likeness_domain::{CleanupId, ContentHash, FileId, FileStamp, PhotoId, RelativePath};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::words::{Columns, now_ms, path_bytes};
use crate::{Error, Store, cleanup_passed, journal};

/// Why something went to the trash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CleanupKind {
    /// Other photos were kept in its place.
    Duplicates,
    /// The person chose these very photos.
    Trash,
}

impl CleanupKind {
    /// The word in the catalog, in JSON and on screen.
    pub fn word(self) -> &'static str {
        match self {
            CleanupKind::Duplicates => "duplicates",
            CleanupKind::Trash => "trash",
        }
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(if row.get_ref("kind")?.as_str()? == "trash" {
            CleanupKind::Trash
        } else {
            CleanupKind::Duplicates
        })
    }
}

/// Where a file lies, in a way that can be found again when its source folder is forgotten or its drive away.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FilePlace {
    /// The source folder.
    pub root: PathBuf,
    /// What the volume of the source folder is known by, if that is known.
    pub volume: Option<String>,
    /// Below the source folder.
    pub path: RelativePath,
}

impl FilePlace {
    /// The whole path.
    pub fn absolute(&self) -> PathBuf {
        self.path.below(&self.root)
    }

    /// Its last part, for reading.
    pub fn name(&self) -> String {
        String::from_utf8_lossy(self.path.name().unwrap_or_default()).into_owned()
    }
}

/// A file that goes, as it was when it was last looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoingFile {
    /// Its number.
    pub file: FileId,
    /// The photo that it shows; nothing for what lies beside a picture.
    pub photo: Option<PhotoId>,
    /// Where it lies.
    pub place: FilePlace,
    /// Of its bytes.
    pub hash: ContentHash,
    /// As the file system described it.
    pub stamp: FileStamp,
}

/// Files that go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitId(pub i64);

/// How far files that go together have gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitState {
    /// About to go: written before the disk is touched.
    Intended,
    /// All of them lie in the trash.
    Trashed,
    /// Something went wrong. What went was put back, but for files that say otherwise.
    Failed,
    /// Nothing of them was touched.
    Skipped,
    /// About to come back: written before the disk is touched.
    Restoring,
    /// All of them are back.
    Restored,
}

impl UnitState {
    const ALL: [UnitState; 6] = {
        use UnitState::*;
        [Intended, Trashed, Failed, Skipped, Restoring, Restored]
    };

    /// The word in the catalog, in JSON and on screen.
    pub fn word(self) -> &'static str {
        match self {
            UnitState::Intended => "intended",
            UnitState::Trashed => "trashed",
            UnitState::Failed => "failed",
            UnitState::Skipped => "skipped",
            UnitState::Restoring => "restoring",
            UnitState::Restored => "restored",
        }
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let word = row.get_ref("state")?.as_str()?;
        Self::ALL.into_iter().find(|state| state.word() == word).ok_or(rusqlite::Error::InvalidQuery)
    }
}

/// A file in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalFile {
    /// Its number in the journal.
    pub entry: i64,
    /// What it was.
    pub going: GoingFile,
    /// Where it lies, or lay, in the trash.
    pub trashed_at: Option<PathBuf>,
    /// Where it is to be put back, below the source folder, or was when [`is_back`](Self::is_back).
    pub back_at: Option<RelativePath>,
    /// Whether it came back.
    pub is_back: bool,
    /// Whether it did not lie in the trash any more when it was looked for.
    pub is_lost: bool,
}

impl JournalFile {
    /// Where it lies in the trash now, as far as the journal knows: what was lost there may be found again.
    pub fn in_trash(&self) -> Option<&Path> {
        self.trashed_at.as_deref().filter(|_| !self.is_back)
    }
}

/// Files that go together, in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalUnit {
    /// Their number.
    pub id: UnitId,
    /// The clean-up that they belong to.
    pub cleanup: CleanupId,
    /// The photo that stays in their place and gets what was decided about them, if one does.
    pub keeper: Option<PhotoId>,
    /// How far they have gone.
    pub state: UnitState,
    /// Why they did not go, or did not come back.
    pub reason: Option<String>,
    /// The picture first, then what goes with it.
    pub files: Vec<JournalFile>,
}

/// A clean-up in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanupRow {
    /// Its number.
    pub id: CleanupId,
    /// Why.
    pub kind: CleanupKind,
    /// When it began, milliseconds since 1970.
    pub begun_ms: i64,
    /// Files that lie in the trash now.
    pub in_trash: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// Files that were put back.
    pub restored: u64,
    /// Units that did not go, or did not come back.
    pub failed: u64,
}

impl Store {
    /// Begins a clean-up in which nothing has gone yet.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn begin_cleanup(&self, kind: CleanupKind) -> Result<CleanupId, Error> {
        let insert = "INSERT INTO cleanups (kind, begun_ms) VALUES (?1, ?2) RETURNING id";
        self.write(|catalog| {
            Ok(CleanupId(catalog.query_row(insert, params![kind.word(), now_ms()], |row| row.get(0))?))
        })
    }

    /// Writes down that `files` are about to go to the trash together.
    ///
    /// # Errors
    /// When the catalog cannot be written; then nothing may be moved.
    pub fn intend_to_trash(
        &self,
        cleanup: CleanupId,
        keeper: Option<PhotoId>,
        files: &[GoingFile],
    ) -> Result<JournalUnit, Error> {
        self.write(|catalog| {
            let unit = insert_unit(catalog, cleanup, keeper, UnitState::Intended, None, files)?;
            unit_row(catalog, unit)
        })
    }

    /// Writes down that `files` were not touched, and why.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn note_skipped(
        &self,
        cleanup: CleanupId,
        keeper: Option<PhotoId>,
        files: &[GoingFile],
        reason: &str,
    ) -> Result<(), Error> {
        self.write(|catalog| {
            insert_unit(catalog, cleanup, keeper, UnitState::Skipped, Some(reason), files)?;
            Ok(())
        })
    }

    /// Writes down where all files of a unit lie in the trash. In the same step they leave the views, and the keeper gets
    /// what was decided about them.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn conclude_trashed(&self, unit: &JournalUnit, trashed_at: &[PathBuf]) -> Result<(), Error> {
        self.write(|catalog| {
            set_state(catalog, unit.id, UnitState::Trashed, None)?;
            for (file, at) in unit.files.iter().zip(trashed_at) {
                note_trashed(catalog, file, at)?;
            }
            if let Some(keeper) = unit.keeper {
                let gone = unit.files.iter().filter_map(|file| file.going.photo);
                cleanup_passed::pass_on(catalog, unit.id, keeper, gone)?;
            }
            journal::mark_cleanup(catalog, unit.cleanup)
        })
    }

    /// Writes down that a unit did not go, and why; `left_in_trash` are those of its files that could not be put back.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn conclude_failed(
        &self,
        unit: &JournalUnit,
        reason: &str,
        left_in_trash: &[(i64, PathBuf)],
    ) -> Result<(), Error> {
        self.write(|catalog| {
            set_state(catalog, unit.id, UnitState::Failed, Some(reason))?;
            for file in &unit.files {
                if let Some((_, at)) = left_in_trash.iter().find(|(entry, _)| *entry == file.entry) {
                    note_trashed(catalog, file, at)?;
                }
            }
            if left_in_trash.is_empty() { Ok(()) } else { journal::mark_cleanup(catalog, unit.cleanup) }
        })
    }

    /// Writes down that files of a unit are about to come back, each to its place.
    ///
    /// # Errors
    /// When the catalog cannot be written; then nothing may be moved.
    pub fn intend_to_restore(&self, unit: UnitId, places: &[(i64, RelativePath)]) -> Result<(), Error> {
        self.write(|catalog| {
            set_state(catalog, unit, UnitState::Restoring, None)?;
            let mut update = catalog.prepare_cached("UPDATE cleanup_files SET back_at = ?2 WHERE id = ?1")?;
            for (entry, path) in places {
                update.execute(params![entry, path.as_bytes()])?;
            }
            Ok(())
        })
    }

    /// Writes down which files of a unit came back, with their stamps now, and why not all of them, if so. In the same step
    /// those at their old place are in view again, and when all are, the keeper loses what it had got from them.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn conclude_restored(
        &self,
        unit: UnitId,
        back: &[(i64, FileStamp)],
        reason: Option<&str>,
    ) -> Result<UnitState, Error> {
        self.write(|catalog| {
            let mut update =
                catalog.prepare_cached("UPDATE cleanup_files SET is_back = 1, is_lost = 0 WHERE id = ?1")?;
            for (entry, stamp) in back {
                update.execute([entry])?;
                show_again(catalog, *entry, stamp)?;
            }
            let now = unit_row(catalog, unit)?;
            let is_whole = now.files.iter().all(|file| file.in_trash().is_none());
            let state = if is_whole { UnitState::Restored } else { UnitState::Trashed };
            set_state(catalog, unit, state, reason)?;
            if is_whole {
                cleanup_passed::take_back(catalog, unit)?;
            }
            Ok(state)
        })
    }

    /// Writes down that files of a unit do not lie in the trash any more, and why they did not come back.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn note_lost(&self, unit: UnitId, entries: &[i64], reason: &str) -> Result<(), Error> {
        self.write(|catalog| {
            let mut update = catalog.prepare_cached("UPDATE cleanup_files SET is_lost = 1 WHERE id = ?1")?;
            entries.iter().try_for_each(|entry| update.execute([entry]).map(drop))?;
            let update = "UPDATE cleanup_units SET reason = ?2 WHERE id = ?1";
            catalog.prepare_cached(update)?.execute(params![unit.0, reason])?;
            Ok(())
        })
    }

    /// The source folder of a file as it is now, and its volume; `None` when the folder was forgotten.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn root_of_file(&self, file: FileId) -> Result<Option<(PathBuf, Option<String>)>, Error> {
        let select = "SELECT folders.path AS path, volume FROM files JOIN folders ON folders.id = folder WHERE files.id = ?1";
        self.read(|view| {
            let mut find = view.prepare_cached(select)?;
            Ok(find.query_row([file.0], |row| Ok((row.path("path")?, row.get("volume")?))).optional()?)
        })
    }

    /// Writes down where a file and its source folder lie now, of one that moved along with its drive.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn note_elsewhere(&self, file: &JournalFile) -> Result<(), Error> {
        let update = "UPDATE cleanup_files SET root = ?2, volume = ?3, trashed_at = ?4 WHERE id = ?1";
        let FilePlace { root, volume, .. } = &file.going.place;
        let at = file.trashed_at.as_deref().map(path_bytes);
        self.write(|catalog| {
            catalog.prepare_cached(update)?.execute(params![file.entry, path_bytes(root), volume, at])?;
            Ok(())
        })
    }

    /// Takes a clean-up out of the person's steps: it was taken back, as far as could be. What still lies in the trash can
    /// be taken back again by its number.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn forget_cleanup_step(&self, cleanup: CleanupId) -> Result<(), Error> {
        self.write(|catalog| journal::forget_cleanup(catalog, cleanup))
    }

    /// Units whose state was written before the disk was touched, and nothing after: a process ended between.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn units_to_settle(&self) -> Result<Vec<JournalUnit>, Error> {
        let select = "SELECT id FROM cleanup_units WHERE state IN ('intended', 'restoring') ORDER BY id";
        self.read(|view| {
            let mut select = view.prepare_cached(select)?;
            let units = select.query_map([], |row| row.get(0).map(UnitId))?.collect::<Result<Vec<_>, _>>()?;
            units.into_iter().map(|unit| unit_row(view, unit)).collect()
        })
    }

    /// All units of a clean-up, in the order in which they went.
    ///
    /// # Errors
    /// When there is no such clean-up or the catalog cannot be read.
    pub fn cleanup_units(&self, cleanup: CleanupId) -> Result<Vec<JournalUnit>, Error> {
        self.read(|view| {
            let known = view.prepare_cached("SELECT 1 FROM cleanups WHERE id = ?1")?.exists([cleanup.0])?;
            if !known {
                return Err(Error::UnknownCleanup(cleanup));
            }
            let mut select =
                view.prepare_cached("SELECT id FROM cleanup_units WHERE cleanup = ?1 ORDER BY id")?;
            let units = select.query_map([cleanup.0], |row| row.get(0).map(UnitId))?;
            let units = units.collect::<Result<Vec<_>, _>>()?;
            units.into_iter().map(|unit| unit_row(view, unit)).collect()
        })
    }

    /// All clean-ups that came to a file, the newest first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn cleanups(&self) -> Result<Vec<CleanupRow>, Error> {
        let select = "SELECT cleanups.id AS id, kind, begun_ms,
                count(*) FILTER (WHERE trashed_at IS NOT NULL AND NOT is_back AND NOT is_lost) AS in_trash,
                total(size_bytes) FILTER (WHERE trashed_at IS NOT NULL AND NOT is_back AND NOT is_lost) AS bytes,
                total(is_back) AS restored,
                (SELECT count(*) FROM cleanup_units WHERE cleanup = cleanups.id
                    AND (state IN ('failed', 'skipped') OR reason IS NOT NULL)) AS failed
             FROM cleanups JOIN cleanup_units AS unit ON unit.cleanup = cleanups.id
             LEFT JOIN cleanup_files AS file ON file.unit = unit.id
             GROUP BY cleanups.id ORDER BY cleanups.id DESC";
        self.read(|view| {
            let mut select = view.prepare_cached(select)?;
            let rows = select.query_map([], |row| {
                let whole = |column: &str| row.get::<_, f64>(column).map(|value| value as u64);
                Ok(CleanupRow {
                    id: CleanupId(row.get("id")?),
                    kind: CleanupKind::of(row)?,
                    begun_ms: row.get("begun_ms")?,
                    in_trash: row.get::<_, i64>("in_trash")? as u64,
                    bytes: whole("bytes")?,
                    restored: whole("restored")?,
                    failed: row.get::<_, i64>("failed")? as u64,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The newest clean-up of which something lies in the trash.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn last_cleanup(&self) -> Result<Option<CleanupId>, Error> {
        let select = "SELECT max(cleanup) FROM cleanup_units JOIN cleanup_files ON unit = cleanup_units.id
             WHERE trashed_at IS NOT NULL AND NOT is_back AND NOT is_lost";
        self.read(|view| {
            let id: Option<i64> = view.prepare_cached(select)?.query_row([], |row| row.get(0))?;
            Ok(id.map(CleanupId))
        })
    }
}

fn insert_unit(
    catalog: &Transaction<'_>,
    cleanup: CleanupId,
    keeper: Option<PhotoId>,
    state: UnitState,
    reason: Option<&str>,
    files: &[GoingFile],
) -> Result<UnitId, Error> {
    let insert = "INSERT INTO cleanup_units (cleanup, keeper, state, reason) VALUES (?1, ?2, ?3, ?4)";
    let keeper = keeper.map(|photo| photo.0);
    catalog.prepare_cached(insert)?.execute(params![cleanup.0, keeper, state.word(), reason])?;
    let unit = UnitId(catalog.last_insert_rowid());
    let mut insert = catalog.prepare_cached(
        "INSERT INTO cleanup_files (unit, file, photo, root, volume, path, hash,
            size_bytes, modified_ns, changed_ns, inode, device)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    for GoingFile { file, photo, place, hash, stamp } in files {
        insert.execute(params![
            unit.0,
            file.0,
            photo.map(|photo| photo.0),
            path_bytes(&place.root),
            place.volume,
            place.path.as_bytes(),
            hash.0,
            stamp.size_bytes as i64,
            stamp.modified_ns,
            stamp.changed_ns,
            stamp.inode as i64,
            stamp.device as i64,
        ])?;
    }
    Ok(unit)
}

fn set_state(
    catalog: &Transaction<'_>,
    unit: UnitId,
    state: UnitState,
    reason: Option<&str>,
) -> Result<(), Error> {
    let mut update =
        catalog.prepare_cached("UPDATE cleanup_units SET state = ?2, reason = ?3 WHERE id = ?1")?;
    update.execute(params![unit.0, state.word(), reason])?;
    Ok(())
}

/// The file lies in the trash: no scan is needed to know that it lies nowhere else.
fn note_trashed(catalog: &Transaction<'_>, file: &JournalFile, at: &Path) -> Result<(), Error> {
    let mut update = catalog.prepare_cached("UPDATE cleanup_files SET trashed_at = ?2 WHERE id = ?1")?;
    update.execute(params![file.entry, path_bytes(at)])?;
    let mut update = catalog.prepare_cached(
        "UPDATE files SET missing_since_ms = ?3 WHERE id = ?1 AND path = ?2 AND missing_since_ms IS NULL",
    )?;
    update.execute(params![file.going.file.0, file.going.place.path.as_bytes(), now_ms()])?;
    Ok(())
}

/// The file lies at its old place again, and shows what it showed; elsewhere the next scan finds it.
fn show_again(catalog: &Transaction<'_>, entry: i64, stamp: &FileStamp) -> Result<(), Error> {
    let mut update = catalog.prepare_cached(
        "UPDATE files SET missing_since_ms = NULL,
            size_bytes = ?2, modified_ns = ?3, changed_ns = ?4, inode = ?5, device = ?6
         FROM cleanup_files AS gone JOIN folders ON folders.path = gone.root
         WHERE gone.id = ?1 AND files.id = gone.file AND files.folder = folders.id
            AND files.path = gone.path AND gone.back_at = gone.path AND files.photo IS gone.photo",
    )?;
    let FileStamp { size_bytes, modified_ns, changed_ns, inode, device } = *stamp;
    update.execute(params![
        entry,
        size_bytes as i64,
        modified_ns,
        changed_ns,
        inode as i64,
        device as i64
    ])?;
    Ok(())
}

fn unit_row(view: &Connection, unit: UnitId) -> Result<JournalUnit, Error> {
    let mut find = view.prepare_cached("SELECT * FROM cleanup_units WHERE id = ?1")?;
    let (cleanup, keeper, state, reason) = find.query_row([unit.0], |row| {
        let keeper: Option<i64> = row.get("keeper")?;
        let cleanup = CleanupId(row.get("cleanup")?);
        Ok((cleanup, keeper.map(PhotoId), UnitState::of(row)?, row.get("reason")?))
    })?;
    let mut select = view.prepare_cached("SELECT * FROM cleanup_files WHERE unit = ?1 ORDER BY id")?;
    let files = select.query_map([unit.0], journal_file)?.collect::<Result<_, _>>()?;
    Ok(JournalUnit { id: unit, cleanup, keeper, state, reason, files })
}

fn journal_file(row: &Row<'_>) -> rusqlite::Result<JournalFile> {
    let optional = |column: &str| row.get::<_, Option<Vec<u8>>>(column);
    let place =
        FilePlace { root: row.path("root")?, volume: row.get("volume")?, path: row.path_below("path")? };
    let back_at = match optional("back_at")? {
        Some(_) => Some(row.path_below("back_at")?),
        None => None,
    };
    Ok(JournalFile {
        entry: row.get("id")?,
        going: GoingFile {
            file: FileId(row.get("file")?),
            photo: row.get::<_, Option<i64>>("photo")?.map(PhotoId),
            place,
            hash: row.hash("hash")?,
            stamp: row.stamp()?,
        },
        trashed_at: optional("trashed_at")?.map(crate::words::path_from),
        back_at,
        is_back: row.get("is_back")?,
        is_lost: row.get("is_lost")?,
    })
}

/// The clean-up that a step of the person stands for.
pub(crate) fn cleanup_of(view: &Connection, action: i64) -> Result<Option<CleanupId>, Error> {
    let mut find = view.prepare_cached("SELECT id FROM cleanups WHERE action = ?1")?;
    Ok(find.query_row([action], |row| row.get(0).map(CleanupId)).optional()?)
}
