//! Folders as the system knows them, whatever they are called; and those that a scan passes by.

use std::collections::HashSet;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

/// Folders that no scan enters and no watch listens to, wherever they appear: our own library and cache.
#[derive(Debug, Clone, Default)]
pub struct SkippedPlaces(Vec<PathBuf>);

impl SkippedPlaces {
    /// The folders by absolute path. They need not exist; those that do are known by volume and inode, so that other
    /// names for them are skipped too.
    pub fn new(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        Self(folders.into_iter().collect())
    }

    /// Those that exist now.
    pub(crate) fn identities(&self) -> HashSet<Identity> {
        self.0.iter().filter_map(|folder| Identity::of(folder).ok()).collect()
    }
}

/// What one folder is known by while its volume is mounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// Of what lies at `path`, through symbolic links.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self::from_stat(&rustix::fs::stat(path)?))
    }

    pub(crate) fn of_open(folder: impl AsFd) -> io::Result<Self> {
        Ok(Self::from_stat(&rustix::fs::fstat(folder)?))
    }

    pub(crate) fn is_on_volume_of(&self, other: &Identity) -> bool {
        self.device == other.device
    }

    fn from_stat(stat: &rustix::fs::Stat) -> Self {
        Self { device: stat.st_dev, inode: stat.st_ino }
    }
}

/// Whether an open folder shows the kernel's own state (`/proc`, `/sys` and the like) and holds no files of a person.
pub(crate) fn is_kernel_folder(folder: impl AsFd) -> bool {
    // linux/magic.h: proc, sysfs, cgroup, cgroup2, debugfs, tracefs, devpts, securityfs.
    const KERNEL_FILE_SYSTEMS: [u64; 8] =
        [0x9fa0, 0x6265_6572, 0x0027_e0eb, 0x6367_7270, 0x6462_6720, 0x7472_6163, 0x1cd1, 0x7363_6673];
    rustix::fs::fstatfs(folder).is_ok_and(|volume| KERNEL_FILE_SYSTEMS.contains(&(volume.f_type as u64)))
}
