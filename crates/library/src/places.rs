//! Where a library and its cache lie on this machine. Never inside a photo folder.

use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy, choose_base_strategy};

use crate::Error;

/// The two folders that belong to Likeness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The catalog.
    pub library: PathBuf,
    /// Thumbnails: may be deleted at any time.
    pub cache: PathBuf,
}

impl Places {
    /// The library in `folder`, with its cache inside.
    pub fn at(folder: &Path) -> Self {
        Self { library: folder.to_path_buf(), cache: folder.join("cache") }
    }

    /// The user's own library, where the platform keeps such things.
    ///
    /// # Errors
    /// [`Error::NoHome`] when the platform does not say where that is.
    pub fn of_user() -> Result<Self, Error> {
        let platform = choose_base_strategy().map_err(|_| Error::NoHome)?;
        Ok(Self {
            library: platform.data_dir().join("likeness"),
            cache: platform.cache_dir().join("likeness"),
        })
    }
}
