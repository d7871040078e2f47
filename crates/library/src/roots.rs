//! Source folders as the disk has them now: there, away, or something else in their place.

use std::path::{Path, PathBuf};

use likeness_domain::FolderId;
use likeness_scan::{RootState, VolumeId, root_state, volume_of};
use likeness_store::{FolderRow, FolderState};

use crate::{Error, Library, Notice};

/// A source folder with what it takes to know it again.
#[derive(Debug, Clone)]
pub(crate) struct Root {
    pub(crate) id: FolderId,
    pub(crate) path: PathBuf,
    volume: Option<VolumeId>,
}

impl Root {
    pub(crate) fn of(row: &FolderRow) -> Self {
        Self { id: row.id, path: row.path.clone(), volume: row.volume.clone().map(VolumeId::from) }
    }

    pub(crate) fn state(&self) -> RootState {
        root_state(&self.path, self.volume.as_ref())
    }
}

impl Library {
    pub(crate) fn folder_row(&self, folder: FolderId) -> Result<FolderRow, Error> {
        let rows = self.store.folders()?;
        rows.into_iter().find(|row| row.id == folder).ok_or(Error::UnknownFolder(folder))
    }

    pub(crate) fn roots(&self) -> Result<Vec<Root>, Error> {
        Ok(self.store.folders()?.iter().map(Root::of).collect())
    }

    /// Looks whether each source folder can be reached.
    ///
    /// # Errors
    /// When the catalog cannot be read or written.
    pub fn look_at_roots(&self) -> Result<(), Error> {
        self.roots()?.iter().try_for_each(|root| self.look_at_root(root).map(drop))
    }

    /// Notes in the catalog whether the folder can be reached, and says so.
    pub(crate) fn look_at_root(&self, root: &Root) -> Result<FolderState, Error> {
        let before = self.store.folder_state(root.id)?;
        let now = match (root.state(), before) {
            (RootState::Online, FolderState::Waiting) => FolderState::Waiting,
            (RootState::Online, _) => FolderState::Online,
            (RootState::Offline { .. } | RootState::Foreign, _) => FolderState::Offline,
        };
        if now != before {
            self.store.set_folder_state(root.id, now)?;
            self.notices.tell(Notice::StateChanged);
            self.notices.tell(Notice::PhotosChanged);
        }
        Ok(now)
    }
}

/// The folder's real place, after a look whether it can be listed, and its volume.
pub(crate) fn check_new_root(path: &Path) -> Result<(PathBuf, Option<VolumeId>), Error> {
    let no_folder = |source| Error::NoFolder { path: path.to_path_buf(), source: Some(source) };
    let real = path.canonicalize().map_err(no_folder)?;
    std::fs::read_dir(&real).map_err(no_folder)?;
    let volume = volume_of(&real);
    Ok((real, volume))
}
