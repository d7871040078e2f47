//! Files as a clean-up plans with them: those that show given photos, and what lies beside them.

use likeness_domain::{
    ContentHash, FileId, FileKind, FileStamp, FolderId, PhotoId, PictureFormat, RelativePath,
};
use rusqlite::{Connection, params};

use crate::words::Columns;
use crate::{Error, FilePlace, FolderState, Store};

/// A file that shows a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberFile {
    /// Its number.
    pub file: FileId,
    /// The photo that it shows.
    pub photo: PhotoId,
    /// Of its bytes.
    pub hash: ContentHash,
    /// How it is stored.
    pub format: PictureFormat,
    /// The source folder that it lies in.
    pub folder: FolderId,
    /// Whether that can be reached.
    pub folder_state: FolderState,
    /// Where it lies.
    pub place: FilePlace,
    /// As it was when it was last looked at.
    pub stamp: FileStamp,
}

/// A file in a folder of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BesideRow {
    /// Its number.
    pub file: FileId,
    /// What it is.
    pub kind: FileKind,
    /// Below the source folder.
    pub path: RelativePath,
    /// As it was when it was last looked at.
    pub stamp: FileStamp,
    /// The photo that it shows, of a picture that was read.
    pub photo: Option<PhotoId>,
}

impl Store {
    /// All files that show `photos`, by photo in the order asked, those known for longest first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn member_files(&self, photos: &[PhotoId]) -> Result<Vec<MemberFile>, Error> {
        self.read(|view| members(view, "photo", photos.iter().map(|photo| photo.0)))
    }

    /// Those of `files` that show a photo, in the order asked.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn files_as_members(&self, files: &[FileId]) -> Result<Vec<MemberFile>, Error> {
        self.read(|view| members(view, "files.id", files.iter().map(|file| file.0)))
    }

    /// The files that lie in `path` below the source folder itself, not deeper, and are not missing.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn files_in(&self, folder: FolderId, path: &RelativePath) -> Result<Vec<BesideRow>, Error> {
        let select = "SELECT id, kind, path, size_bytes, modified_ns, changed_ns, inode, device, shows FROM files
             WHERE folder = ?1 AND path >= ?2 AND (?3 IS NULL OR path < ?3) AND missing_since_ms IS NULL ORDER BY path";
        // '0' follows '/' in byte order.
        let (from, until) = match path.as_bytes() {
            [] => (Vec::new(), None),
            path => ([path, b"/"].concat(), Some([path, b"0"].concat())),
        };
        self.read(|view| {
            let mut select = view.prepare_cached(select)?;
            let rows = select.query_map(params![folder.0, from, until], |row| {
                Ok(BesideRow {
                    file: FileId(row.get("id")?),
                    kind: row.kind("kind")?,
                    path: row.path_below("path")?,
                    stamp: row.stamp()?,
                    photo: row.get::<_, Option<i64>>("shows")?.map(PhotoId),
                })
            })?;
            let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
            rows.retain(|row| !row.path.as_bytes()[from.len()..].contains(&b'/'));
            Ok(rows)
        })
    }
}

/// Files of which `column` is one of `ids`.
fn members(
    view: &Connection,
    column: &str,
    ids: impl Iterator<Item = i64>,
) -> Result<Vec<MemberFile>, Error> {
    let mut select = view.prepare_cached(&format!(
        "SELECT files.id AS id, photo, hash, format, folder, folders.state AS folder_state, volume,
            folders.path AS root, files.path AS path, files.size_bytes AS size_bytes, modified_ns, changed_ns,
            inode, device
         FROM files JOIN photos ON photos.id = photo JOIN folders ON folders.id = folder
         WHERE {column} = ?1 AND shows IS NOT NULL ORDER BY files.id"
    ))?;
    let mut members = Vec::new();
    for id in ids {
        let rows = select.query_map([id], |row| {
            Ok(MemberFile {
                file: FileId(row.get("id")?),
                photo: PhotoId(row.get("photo")?),
                hash: row.hash("hash")?,
                format: row.format("format")?,
                folder: FolderId(row.get("folder")?),
                folder_state: FolderState::of(row, "folder_state")?,
                place: FilePlace {
                    root: row.path("root")?,
                    volume: row.get("volume")?,
                    path: row.path_below("path")?,
                },
                stamp: row.stamp()?,
            })
        })?;
        for row in rows {
            members.push(row?);
        }
    }
    Ok(members)
}
