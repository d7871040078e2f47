//! Why a sidecar could not be read or written.

use std::io;
use std::path::{Path, PathBuf};

use crate::Damage;

/// Why a sidecar could not be read or written. Whatever failed left the file as it was.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The content is no XMP.
    #[error("{} is damaged at {damage}", path.display())]
    Damaged {
        /// The sidecar.
        path: PathBuf,
        /// What is wrong, and where.
        #[source]
        damage: Damage,
    },
    /// Far larger than sidecars are. It was not read.
    #[error("{} has {bytes} bytes, and no sidecar has more than {most}", path.display())]
    TooLarge {
        /// The sidecar.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The largest size that is read.
        most: u64,
    },
    /// A link, a folder or a device, which is neither followed nor replaced; or its name does not end with `.xmp`.
    #[error("{} is not a sidecar file", path.display())]
    NotASidecar {
        /// What lies there.
        path: PathBuf,
    },
    /// The file, its folder or its drive may not be written.
    #[error("{} is read-only", path.display())]
    ReadOnly {
        /// The sidecar.
        path: PathBuf,
    },
    /// No room is left on the drive.
    #[error("the disk is full at {}", path.display())]
    DiskFull {
        /// The sidecar.
        path: PathBuf,
    },
    /// The system would not, for another reason; also when there is no such file.
    #[error("{}", path.display())]
    Io {
        /// The sidecar.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl Error {
    /// The sidecar.
    pub fn path(&self) -> &Path {
        match self {
            Error::Damaged { path, .. }
            | Error::TooLarge { path, .. }
            | Error::NotASidecar { path }
            | Error::ReadOnly { path }
            | Error::DiskFull { path }
            | Error::Io { path, .. } => path,
        }
    }

    /// What the system said while `path` was written.
    pub(crate) fn of_writing(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Io { path, source },
        }
    }
}
