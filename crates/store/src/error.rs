//! Why the catalog could not do what it was asked. Words for a person are made elsewhere.

use std::io;
use std::path::{Path, PathBuf};

use likeness_domain::{AlbumId, AlbumName, CleanupId, FolderId, PhotoId, SuggestionId, Tag};
use rusqlite::ErrorCode;
use rusqlite::ffi;

/// Why the catalog could not do what it was asked. Whatever failed left no half state.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No room is left where the library lies.
    #[error("the disk is full at {}", path.display())]
    DiskFull {
        /// The library's folder.
        path: PathBuf,
    },
    /// The library may not be written.
    #[error("{} is read-only", path.display())]
    ReadOnly {
        /// The library's folder, or its file.
        path: PathBuf,
    },
    /// Another process wrote to the library for longer than the store waits.
    #[error("another program has been writing to {} for too long", path.display())]
    Busy {
        /// The library's folder.
        path: PathBuf,
    },
    /// A file of the library is damaged or is no file of a library.
    #[error("{} is damaged: {detail}", path.display())]
    Corrupt {
        /// The damaged file, or the library's folder when it is not known which.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A newer Likeness made the file. It was not touched.
    #[error("{} was made by a newer Likeness (schema {found}, this one knows {known})", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// The file could not be brought to the next schema. It is as it was before.
    #[error("{} could not be brought to schema {to}", path.display())]
    Migration {
        /// The file.
        path: PathBuf,
        /// The schema that was tried.
        to: u32,
        /// What failed.
        source: rusqlite::Error,
    },
    /// The SQLite that was linked is too old to be trusted with write-ahead logs.
    #[error("SQLite {found} was linked, but 3.51.3 or later is needed")]
    OldSqlite {
        /// Its version.
        found: &'static str,
    },
    /// No such source folder.
    #[error("there is no source folder {0}")]
    UnknownFolder(FolderId),
    /// The path is a source folder already.
    #[error("{} is a source folder already", path.display())]
    FolderTaken {
        /// The path.
        path: PathBuf,
    },
    /// No such photo.
    #[error("there is no photo {0}")]
    UnknownPhoto(PhotoId),
    /// No such tag.
    #[error("there is no tag {0}")]
    UnknownTag(Tag),
    /// A tag cannot lie below itself.
    #[error("{tag} cannot become {to}, which lies below it")]
    TagInItself {
        /// The tag.
        tag: Tag,
        /// What it was to become.
        to: Tag,
    },
    /// No such clean-up.
    #[error("there is no clean-up {0}")]
    UnknownCleanup(CleanupId),
    /// The last step moved files, which the catalog alone cannot take back.
    #[error("the last step was clean-up {0}, which moved files")]
    MovedFiles(CleanupId),
    /// No such album.
    #[error("there is no album {0}")]
    UnknownAlbum(AlbumId),
    /// Another album in the same album has the name.
    #[error("there is an album \"{0}\" already")]
    AlbumTaken(AlbumName),
    /// No such suggestion, or photos were grouped again since.
    #[error("there is no suggestion {0}")]
    UnknownSuggestion(SuggestionId),
    /// An album cannot lie in itself.
    #[error("an album cannot lie in itself or in an album in it")]
    AlbumInItself(AlbumId),
    /// A saved search finds its photos by itself.
    #[error("a saved search finds its photos by itself")]
    NotByHand(AlbumId),
    /// Only a saved search asks something.
    #[error("the album is no saved search")]
    NoSearch(AlbumId),
    /// A saved search cannot look in what it finds.
    #[error("a saved search cannot ask for itself")]
    AsksForItself(AlbumId),
    /// Only a taught album proposes photos.
    #[error("the album was not taught and proposes nothing")]
    NotTaught(AlbumId),
    /// The photo does not lie in the album.
    #[error("photo {photo} does not lie in the album")]
    NotInAlbum {
        /// The photo.
        photo: PhotoId,
        /// The album.
        album: AlbumId,
    },
    /// A file or folder of the library could not be made, opened or copied.
    #[error("{}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// SQLite failed in a way that has no name of its own here.
    #[error("the catalog failed")]
    Sqlite(#[from] rusqlite::Error),
}

impl Error {
    /// An error of the file system at `path`, by its own name where it has one.
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull => Error::DiskFull { path },
            io::ErrorKind::ReadOnlyFilesystem => Error::ReadOnly { path },
            _ => Error::Io { path, source },
        }
    }

    /// An error of SQLite while it worked on `path`, by its own name where it has one.
    pub(crate) fn at(self, path: &Path) -> Self {
        let Error::Sqlite(source) = self else { return self };
        let path = path.to_path_buf();
        match &source {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => Error::DiskFull { path },
                // Where no room is left even for the shared index of the write-ahead log.
                ErrorCode::SystemIoFailure if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE => {
                    Error::DiskFull { path }
                }
                ErrorCode::ReadOnly => Error::ReadOnly { path },
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Busy { path },
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                    Error::Corrupt { path, detail: source.to_string() }
                }
                _ => Error::Sqlite(source),
            },
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..) => Error::Corrupt { path, detail: source.to_string() },
            _ => Error::Sqlite(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sqlite_says_gets_its_name() {
        let named = |code| {
            let source = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            Error::from(source).at(Path::new("/library"))
        };
        assert!(matches!(named(ffi::SQLITE_FULL), Error::DiskFull { path } if path == Path::new("/library")));
        assert!(matches!(named(ffi::SQLITE_READONLY), Error::ReadOnly { .. }));
        assert!(matches!(named(ffi::SQLITE_BUSY), Error::Busy { .. }));
        assert!(matches!(named(ffi::SQLITE_BUSY_SNAPSHOT), Error::Busy { .. }));
        assert!(matches!(named(ffi::SQLITE_NOTADB), Error::Corrupt { .. }));
        assert!(matches!(named(ffi::SQLITE_MISUSE), Error::Sqlite(_)));
        assert!(!named(ffi::SQLITE_BUSY).to_string().contains("locked"));
    }
}
