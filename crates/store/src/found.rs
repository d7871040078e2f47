//! What a completed scan changes in the catalog: it is laid beside what was known, row by row in path order.
//!
//! Only names and stamps are compared here. Whether a content changed is known when the file has been read.

use std::collections::HashMap;

use likeness_domain::{FileKind, FileStamp, FileState, FolderId, FoundFile, FoundFiles, RelativePath};
use rusqlite::{Row, Transaction, params};

use crate::words::{Columns, kind_word, now_ms};
use crate::{Error, Store};

/// What a scan changed. The first five count pictures, and add up to all pictures that are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Known, and as they were.
    pub unchanged: u64,
    /// Never seen.
    pub new: u64,
    /// Known, with another stamp: to be read again.
    pub changed: u64,
    /// Known from another place in the folder: to be hashed again.
    pub moved: u64,
    /// Were missing, and are as they were.
    pub returned: u64,
    /// Pictures that this scan was the first not to find.
    pub missing: u64,
    /// Sidecars and movies of Live Photos that are there.
    pub companions: u64,
    /// Videos that are there.
    pub videos: u64,
}

impl Store {
    /// Takes over what a scan found in `folder` under the path `under`, in one transaction. Files there that were not
    /// found are missing from now on, except under what could not be listed: that keeps its state. A missing file whose
    /// inode, size and time of change turn up under another name was moved: it keeps its number and its photo.
    ///
    /// # Errors
    /// When there is no such folder or the catalog cannot be written.
    pub fn record_found(
        &self,
        folder: FolderId,
        under: &RelativePath,
        found: &FoundFiles,
    ) -> Result<Changes, Error> {
        let mut files: Vec<&FoundFile> =
            found.files.iter().filter(|file| file.path.is_under(under)).collect();
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        self.write(|catalog| {
            let update = "UPDATE folders SET last_scan_ms = coalesce(?2, last_scan_ms) WHERE id = ?1";
            let whole_scan_ms = under.is_root().then(now_ms);
            if catalog.execute(update, params![folder.0, whole_scan_ms])? == 0 {
                return Err(Error::UnknownFolder(folder));
            }
            let mut comparison = Comparison::of(catalog, folder, under, &files)?;
            comparison.gone.retain(|row| !found.unlisted.iter().any(|(path, _)| row.path.is_under(path)));
            comparison.find_moves(catalog, folder)?;
            comparison.apply(catalog, folder)
        })
    }
}

/// A row of `files`, as far as a scan can contradict it.
struct Known {
    id: i64,
    path: RelativePath,
    kind: FileKind,
    stamp: FileStamp,
    is_missing: bool,
}

impl Known {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            path: row.path_below("path")?,
            kind: row.kind("kind")?,
            stamp: row.stamp()?,
            is_missing: row.file_state()? == Some(FileState::Missing),
        })
    }
}

const COLUMNS: &str =
    "id, path, kind, state, missing_since_ms, size_bytes, modified_ns, changed_ns, inode, device";

/// Rows and found files that do not simply agree.
#[derive(Default)]
struct Comparison<'f> {
    changes: Changes,
    /// Not found at their path.
    gone: Vec<Known>,
    /// At paths that no row has.
    new: Vec<&'f FoundFile>,
    /// At the path of the row, with another stamp or of another kind.
    changed: Vec<(Known, &'f FoundFile)>,
    /// As they were, but known as missing until now.
    returned: Vec<i64>,
    /// Found at another path than the row's.
    moved: Vec<(i64, &'f FoundFile)>,
    /// Rows whose path another row has moved to.
    overwritten: Vec<i64>,
}

impl<'f> Comparison<'f> {
    /// Walks through the rows of `folder` under `under` and through `files`, both in path order.
    fn of(
        catalog: &Transaction<'_>,
        folder: FolderId,
        under: &RelativePath,
        files: &[&'f FoundFile],
    ) -> Result<Self, Error> {
        let mut comparison = Self::default();
        // The range also holds siblings such as `a-b` of `a`: those are passed over.
        let end = if under.is_root() { vec![0xff; 1] } else { [under.as_bytes(), b"0"].concat() };
        let mut known = catalog.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM files WHERE folder = ?1 AND path >= ?2 AND (?3 OR path < ?4) ORDER BY path"
        ))?;
        let mut rows = known.query(params![folder.0, under.as_bytes(), under.is_root(), end])?;
        let mut files = files.iter().copied().peekable();
        while let Some(row) = rows.next()? {
            let path = row.get_ref("path")?.as_blob().map_err(rusqlite::Error::from)?;
            while let Some(file) = files.next_if(|file| file.path.as_bytes() < path) {
                comparison.new.push(file);
            }
            match files.next_if(|file| file.path.as_bytes() == path) {
                Some(file) => comparison.at_its_path(row, file)?,
                None => {
                    let known = Known::of(row)?;
                    if known.path.is_under(under) {
                        comparison.gone.push(known);
                    }
                }
            }
        }
        comparison.new.extend(files);
        Ok(comparison)
    }

    fn at_its_path(&mut self, row: &Row<'_>, file: &'f FoundFile) -> Result<(), Error> {
        if !file.stamp.is_unchanged(&row.stamp()?) || file.kind != row.kind("kind")? {
            self.changed.push((Known::of(row)?, file));
        } else if row.file_state()? == Some(FileState::Missing) {
            self.returned.push(row.get("id")?);
            self.changes.count(file.kind, |changes| &mut changes.returned);
        } else {
            self.changes.count(file.kind, |changes| &mut changes.unchanged);
        }
        Ok(())
    }

    /// Gives rows that lost their path the path where their file turned up. The file that lies at a row's path now may
    /// be one that moved there, too: names that were swapped or passed on keep their rows apart.
    fn find_moves(&mut self, catalog: &Transaction<'_>, folder: FolderId) -> Result<(), Error> {
        let replaced = |(row, file): &(Known, &FoundFile)| row.stamp.inode != file.stamp.inode;
        if self.new.is_empty() && !self.changed.iter().any(replaced) {
            return Ok(());
        }
        let elsewhere = missing_files(catalog, folder)?;
        let displaced = self.changed.iter().filter(|pair| replaced(pair)).map(|(row, _)| row);
        let mut homeless: HashMap<_, Vec<i64>> = HashMap::new();
        for row in elsewhere.iter().chain(&self.gone).chain(displaced) {
            let ids = homeless.entry(identity(row.kind, &row.stamp)).or_default();
            if !ids.contains(&row.id) {
                ids.push(row.id);
            }
        }
        let mut moved: HashMap<i64, &FoundFile> = HashMap::new();
        let mut claim = |file: &'f FoundFile| {
            let row = homeless.get_mut(&identity(file.kind, &file.stamp)).and_then(Vec::pop);
            row.inspect(|row| _ = moved.insert(*row, file)).is_some()
        };
        self.new.retain(|file| !claim(file));
        let (taken, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.changed).into_iter().partition(|pair| replaced(pair) && claim(pair.1));

        self.overwritten =
            taken.iter().map(|(row, _)| row.id).filter(|row| !moved.contains_key(row)).collect();
        for (row, file) in kept {
            if moved.contains_key(&row.id) { self.new.push(file) } else { self.changed.push((row, file)) }
        }
        self.gone.retain(|row| !moved.contains_key(&row.id));
        self.moved = moved.into_iter().collect();
        Ok(())
    }

    fn apply(mut self, catalog: &Transaction<'_>, folder: FolderId) -> Result<Changes, Error> {
        let mut forget = catalog.prepare_cached("DELETE FROM files WHERE id = ?1")?;
        let mut free_path = catalog.prepare_cached("UPDATE files SET path = ?2 WHERE id = ?1")?;
        let mut miss = catalog.prepare_cached("UPDATE files SET missing_since_ms = ?2 WHERE id = ?1")?;
        let mut bring_back =
            catalog.prepare_cached("UPDATE files SET missing_since_ms = NULL WHERE id = ?1")?;
        // A file that came back as something else is no edit of what lay there once: it forgets its photo.
        let mut update = catalog.prepare_cached(
            "UPDATE files SET path = ?2, kind = ?3, state = ?4, size_bytes = ?5, modified_ns = ?6, changed_ns = ?7,
                inode = ?8, device = ?9, missing_since_ms = NULL, problem_stage = NULL, problem_reason = NULL,
                photo = CASE WHEN ?4 IS NULL OR
                    (missing_since_ms IS NOT NULL AND (size_bytes <> ?5 OR modified_ns <> ?6)) THEN NULL ELSE photo END
             WHERE id = ?1",
        )?;
        let mut insert = catalog.prepare_cached(
            "INSERT INTO files (folder, path, kind, state, size_bytes, modified_ns, changed_ns, inode, device)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;

        // Paths are unique, and rows may exchange theirs: first they all let go. No path below a folder has a zero byte.
        for (id, _) in &self.moved {
            free_path.execute(params![id, [b"\0", id.to_string().as_bytes()].concat()])?;
        }
        for id in &self.overwritten {
            forget.execute([id])?;
        }
        let now = now_ms();
        for row in self.gone.iter().filter(|row| !row.is_missing) {
            // What nobody decides about needs no memory.
            if row.kind == FileKind::Picture {
                miss.execute(params![row.id, now])?;
                self.changes.missing += 1;
            } else {
                forget.execute([row.id])?;
            }
        }
        for id in &self.returned {
            bring_back.execute([id])?;
        }
        let changed = self.changed.iter().map(|(row, file)| (row.id, *file));
        for (id, file) in self.moved.iter().copied().chain(changed) {
            update.execute(row_of(id, file))?;
        }
        for file in &self.new {
            insert.execute(row_of(folder.0, file))?;
        }
        self.moved.iter().for_each(|(_, file)| self.changes.count(file.kind, |changes| &mut changes.moved));
        self.changed
            .iter()
            .for_each(|(_, file)| self.changes.count(file.kind, |changes| &mut changes.changed));
        self.new.iter().for_each(|file| self.changes.count(file.kind, |changes| &mut changes.new));
        Ok(self.changes)
    }
}

impl Changes {
    /// Counts one file that is there: a picture where `place` says.
    fn count(&mut self, kind: FileKind, place: impl FnOnce(&mut Self) -> &mut u64) {
        match kind {
            FileKind::Picture => *place(self) += 1,
            FileKind::Companion => self.companions += 1,
            FileKind::Video => self.videos += 1,
            FileKind::Other => {}
        }
    }
}

/// What a file keeps when it is renamed. The content decides later.
fn identity(kind: FileKind, stamp: &FileStamp) -> (FileKind, u64, u64, i64) {
    (kind, stamp.inode, stamp.size_bytes, stamp.modified_ns)
}

fn missing_files(catalog: &Transaction<'_>, folder: FolderId) -> Result<Vec<Known>, Error> {
    let mut missing = catalog.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM files WHERE folder = ?1 AND missing_since_ms IS NOT NULL"
    ))?;
    let rows = missing.query_map([folder.0], Known::of)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The parameters of a row from `path` on, behind the number `first`.
fn row_of(first: i64, file: &FoundFile) -> impl rusqlite::Params + '_ {
    let FileStamp { size_bytes, modified_ns, changed_ns, inode, device } = file.stamp;
    let state = (file.kind == FileKind::Picture).then_some("found");
    (
        first,
        file.path.as_bytes(),
        kind_word(file.kind),
        state,
        size_bytes as i64,
        modified_ns,
        changed_ns,
        inode as i64,
        device as i64,
    )
}

#[cfg(test)]
mod tests;
