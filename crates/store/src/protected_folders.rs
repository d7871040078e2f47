//! Folders that nothing is moved to the trash from.

use likeness_domain::{FolderId, RelativePath};
use rusqlite::params;

use crate::words::Columns;
use crate::{Error, Store};

/// A protected folder, with all that lies below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProtectedFolder {
    /// The source folder.
    pub folder: FolderId,
    /// Below it; the empty path is all of it.
    pub path: RelativePath,
}

impl Store {
    /// Protects a folder and all below it.
    ///
    /// # Errors
    /// When there is no such source folder or the catalog cannot be written.
    pub fn protect(&self, folder: FolderId, path: &RelativePath) -> Result<(), Error> {
        self.folder_state(folder)?;
        let insert = "INSERT OR IGNORE INTO protected_folders (folder, path) VALUES (?1, ?2)";
        self.write(|catalog| {
            catalog.execute(insert, params![folder.0, path.as_bytes()])?;
            Ok(())
        })
    }

    /// Protects a folder no more; what lies below it may still be protected by itself.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn unprotect(&self, folder: FolderId, path: &RelativePath) -> Result<(), Error> {
        let delete = "DELETE FROM protected_folders WHERE folder = ?1 AND path = ?2";
        self.write(|catalog| {
            catalog.execute(delete, params![folder.0, path.as_bytes()])?;
            Ok(())
        })
    }

    /// All protected folders, in order.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn protected_folders(&self) -> Result<Vec<ProtectedFolder>, Error> {
        self.read(|view| {
            let mut select =
                view.prepare_cached("SELECT folder, path FROM protected_folders ORDER BY folder, path")?;
            let rows = select.query_map([], |row| {
                Ok(ProtectedFolder { folder: FolderId(row.get("folder")?), path: row.path_below("path")? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
