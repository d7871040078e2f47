//! What is known of files between scans: which still have to be read, and which contents are known already.

use std::path::PathBuf;

use likeness_domain::{
    ContentHash, FileId, FileKind, FileStamp, FileState, FolderId, ModelTag, PhotoId, RelativePath,
};
use rusqlite::{OptionalExtension, params};

use crate::words::Columns;
use crate::{Error, Store};

/// A picture that was found and has not been read since it last changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileToRead {
    /// Its number.
    pub id: FileId,
    /// The source folder it lies in.
    pub folder: FolderId,
    /// Where it lies.
    pub path: PathBuf,
    /// What the scan saw.
    pub stamp: FileStamp,
}

/// Where a picture file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFile {
    /// Its number.
    pub id: FileId,
    /// The source folder it lies in.
    pub folder: FolderId,
    /// Where it lies below that.
    pub path: RelativePath,
    /// Where it stands.
    pub state: FileState,
    /// What lay there when it was last read.
    pub photo: Option<PhotoId>,
}

/// A content that the catalog has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownPhoto {
    /// Its number.
    pub id: PhotoId,
    /// Whether its preview and perceptual hash are there.
    pub has_preview: bool,
}

impl Store {
    /// What the file at `path` turned out to be when it was last looked at, if it has not changed since.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn known_kind(
        &self,
        folder: FolderId,
        path: &RelativePath,
        stamp: &FileStamp,
    ) -> Result<Option<FileKind>, Error> {
        let select = "SELECT kind, size_bytes, modified_ns, changed_ns, inode, device FROM files
             WHERE folder = ?1 AND path = ?2";
        self.read(|view| {
            let mut find = view.prepare_cached(select)?;
            let known = find
                .query_row(params![folder.0, path.as_bytes()], |row| Ok((row.kind("kind")?, row.stamp()?)))
                .optional()?;
            Ok(known.and_then(|(kind, earlier)| stamp.is_unchanged(&earlier).then_some(kind)))
        })
    }

    /// Up to `limit` pictures that have to be read, in online folders (or in `folder` alone), ordered by folder and path,
    /// those behind `after`. A file drops out of the list when its outcome is committed.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn files_to_read(
        &self,
        folder: Option<FolderId>,
        after: Option<FileId>,
        limit: usize,
    ) -> Result<Vec<FileToRead>, Error> {
        let select = "SELECT files.id, folder, files.path, folders.path AS root,
                size_bytes, modified_ns, changed_ns, inode, device
             FROM files JOIN folders ON folders.id = folder
             WHERE files.state = 'found' AND missing_since_ms IS NULL AND folders.state = 'online'
               AND folder BETWEEN ?1 AND ?2 AND (folder, files.path) > (?3, ?4)
             ORDER BY folder, files.path LIMIT ?5";
        let (first, last) = folder.map_or((i64::MIN, i64::MAX), |only| (only.0, only.0));
        self.read(|view| {
            let place = "SELECT folder, path FROM files WHERE id = ?1";
            let behind: Option<(i64, Vec<u8>)> = match after {
                Some(file) => view
                    .prepare_cached(place)?
                    .query_row([file.0], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()?,
                None => None,
            };
            let (behind_folder, behind_path) = behind.unwrap_or((i64::MIN, Vec::new()));
            let mut files = view.prepare_cached(select)?;
            let rows =
                files.query_map(params![first, last, behind_folder, behind_path, limit as i64], |row| {
                    Ok(FileToRead {
                        id: FileId(row.get("id")?),
                        folder: FolderId(row.get("folder")?),
                        path: row.path_below("path")?.below(&row.path("root")?),
                        stamp: row.stamp()?,
                    })
                })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many pictures have to be read, in online folders or in `folder` alone.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn count_to_read(&self, folder: Option<FolderId>) -> Result<u64, Error> {
        let select = "SELECT count(*) FROM files JOIN folders ON folders.id = folder
             WHERE files.state = 'found' AND missing_since_ms IS NULL AND folders.state = 'online'
               AND folder BETWEEN ?1 AND ?2";
        let (first, last) = folder.map_or((i64::MIN, i64::MAX), |only| (only.0, only.0));
        self.read(|view| {
            let count: i64 = view.prepare_cached(select)?.query_row([first, last], |row| row.get(0))?;
            Ok(count as u64)
        })
    }

    /// Calls `each` with every picture file, in the order of their numbers. Answers with the newest photo at that time.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn each_file(&self, mut each: impl FnMut(KnownFile)) -> Result<Option<PhotoId>, Error> {
        let select = "SELECT id, folder, path, state, missing_since_ms, photo FROM files
             WHERE kind = 'picture' ORDER BY id";
        self.read(|view| {
            let mut select = view.prepare_cached(select)?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let Some(state) = row.file_state()? else { continue };
                each(KnownFile {
                    id: FileId(row.get("id")?),
                    folder: FolderId(row.get("folder")?),
                    path: row.path_below("path")?,
                    state,
                    photo: row.get::<_, Option<i64>>("photo")?.map(PhotoId),
                });
            }
            let newest: Option<i64> = view.query_row("SELECT max(id) FROM photos", [], |row| row.get(0))?;
            Ok(newest.map(PhotoId))
        })
    }

    /// The photo with this content, if the catalog has it.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photo_of(&self, hash: &ContentHash) -> Result<Option<KnownPhoto>, Error> {
        let select = "SELECT id, EXISTS (SELECT 1 FROM derived.previews WHERE photo = photos.id)
             FROM photos WHERE hash = ?1";
        self.read(|view| {
            let mut find = view.prepare_cached(select)?;
            let known = |row: &rusqlite::Row<'_>| {
                Ok(KnownPhoto { id: PhotoId(row.get(0)?), has_preview: row.get(1)? })
            };
            Ok(find.query_row([hash.0], known).optional()?)
        })
    }

    /// Whether the embedding of `photo` by the model `tag` is there.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn has_embedding(&self, photo: PhotoId, tag: &ModelTag) -> Result<bool, Error> {
        let select = "SELECT 1 FROM derived.embeddings
             WHERE photo = ?1 AND model = (SELECT id FROM derived.models WHERE tag = ?2)";
        self.read(|view| Ok(view.prepare_cached(select)?.exists(params![photo.0, tag.as_str()])?))
    }
}
