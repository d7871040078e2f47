//! The walk: finds every file of interest under a source folder, with its stamp, and says what it could not list.
//!
//! Remembers nothing: what is new, changed or missing is for the catalog to say.

use std::collections::{HashSet, VecDeque};
use std::ffi::OsStr;
use std::fs::canonicalize;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use likeness_domain::{
    Cancelled, FileKind, FileStamp, FoundFile, FoundFiles, JobContext, RelativePath, Stage,
};
use rustix::fs::{AtFlags, FileType};
use rustix::io::Errno;

use crate::folder::{self, ListedFile, open_folder};
use crate::names::{self, EntryType};
use crate::places::{Identity, SkippedPlaces, is_kernel_folder};
use crate::sniff;
use crate::stamp::stamp_from_stat;

/// Progress is told, and a wish to stop heard, every so many files.
const FILES_PER_REPORT: usize = 1000;

/// Why a walk has no result. Single folders that fail are part of the result.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The source folder itself cannot be entered: nothing is known about its files.
    #[error("the folder {} cannot be opened", path.display())]
    RootUnreachable {
        /// The source folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another folder lies at the source folder's path than when the walk began: a drive came or went, the walk saw
    /// half of each, and proves nothing.
    #[error("the drive of {} came or went during the scan", path.display())]
    RootChanged {
        /// The source folder.
        path: PathBuf,
    },
    /// Asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// What is already known of a file whose name says nothing about its kind, so that it need not be opened again: its
/// kind, when the catalog has this path with an unchanged stamp.
pub type KnownKind<'a> = &'a dyn Fn(&RelativePath, &FileStamp) -> Option<FileKind>;

/// Finds all pictures, companions and videos at or under `under`, which is a folder or a file below `root`. When
/// nothing lies there any more, or a scan passes by it, the result is empty.
///
/// No file is opened, except those whose names say nothing and of which `known` knows nothing: their first bytes tell
/// whether they are pictures, and if not they are listed as [`FileKind::Other`], to be remembered. Files with names of
/// other known things (texts, archives, sound) are not listed.
///
/// Passed by: hidden, system, trash, thumbnail and cache folders, unfinished files, and `skip`. Of a photo library of
/// another program only the originals are listed.
///
/// Symbolic links are followed. A folder is entered once, whatever its names. A link to a folder that the walk enters
/// anyway, or that the source folder lies in, is not followed; other links come last: so a file keeps its own path. A
/// linked file is listed under the link's name with the target's stamp: like a hard link it is a second name of one
/// file, with equal inode and device. A link that leads nowhere counts as not listed, as its drive may be away.
///
/// A movie or record beside a picture of its name is that picture's companion, also when it is scanned alone.
///
/// # Errors
/// When `root` cannot be entered, changes meanwhile, or the job is cancelled.
pub fn find_files(
    ctx: &JobContext,
    root: &Path,
    under: &RelativePath,
    skip: &SkippedPlaces,
    known: KnownKind,
) -> Result<FoundFiles, FindError> {
    let unreachable = |source| FindError::RootUnreachable { path: root.to_path_buf(), source };
    let root_identity = Identity::of(root).map_err(unreachable)?;
    let mut walk = Walk {
        ctx,
        root,
        real_root: canonicalize(root).map_err(unreachable)?,
        root_identity,
        skip: skip.identities(),
        known,
        entered: HashSet::new(),
        folders: Vec::new(),
        linked_folders: VecDeque::new(),
        found: FoundFiles::default(),
    };
    walk.start(under)?;
    while let Some(folder) = walk.next_folder() {
        walk.list_folder(&folder, None)?;
    }
    if Identity::of(root).ok() != Some(root_identity) {
        return Err(FindError::RootChanged { path: root.to_path_buf() });
    }
    let count = walk.found.files.len() as u64;
    ctx.progress(Stage::Find, count, count);
    Ok(walk.found)
}

struct Walk<'a> {
    ctx: &'a JobContext,
    root: &'a Path,
    /// Without symbolic links.
    real_root: PathBuf,
    root_identity: Identity,
    skip: HashSet<Identity>,
    known: KnownKind<'a>,
    entered: HashSet<Identity>,
    /// Still to be listed, the next one last: depth first keeps the list short.
    folders: Vec<RelativePath>,
    linked_folders: VecDeque<RelativePath>,
    found: FoundFiles,
}

impl Walk<'_> {
    fn start(&mut self, under: &RelativePath) -> Result<(), FindError> {
        let path = under.below(self.root);
        let entry = match std::fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => EntryType::Folder,
            Ok(_) => EntryType::File,
            Err(error) => {
                if !is_gone(&error) {
                    self.not_listed(under.clone(), &error);
                }
                return Ok(());
            }
        };
        if names::is_skipped_path(self.root, under, entry) || self.lies_in_skipped_place(under) {
            return Ok(());
        }
        match (entry, under.parent(), path.file_name()) {
            (EntryType::File, Some(parent), Some(name)) => self.list_folder(&parent, Some(name)),
            _ => {
                self.folders.push(under.clone());
                Ok(())
            }
        }
    }

    fn lies_in_skipped_place(&self, path: &RelativePath) -> bool {
        std::iter::successors(path.parent(), RelativePath::parent).any(|above| {
            Identity::of(&above.below(self.root)).is_ok_and(|folder| self.skip.contains(&folder))
        })
    }

    fn next_folder(&mut self) -> Option<RelativePath> {
        self.folders.pop().or_else(|| self.linked_folders.pop_front())
    }

    /// Lists one folder, or of it only what is called `only`.
    fn list_folder(&mut self, folder: &RelativePath, only: Option<&OsStr>) -> Result<(), FindError> {
        self.ctx.check()?;
        let (identity, opened) = match open_folder(&folder.below(self.root)) {
            Ok(opened) => opened,
            Err(error) if is_gone(&error) => return Ok(()),
            Err(error) => {
                self.not_listed(folder.clone(), &error);
                return Ok(());
            }
        };
        let is_foreign = !identity.is_on_volume_of(&self.root_identity) && is_kernel_folder(&opened);
        if is_foreign || self.skip.contains(&identity) || !self.entered.insert(identity) {
            return Ok(());
        }

        let folder_name = folder.name().unwrap_or(names::folder_name(self.root));
        let mut listing = folder::list(&opened, folder_name);
        if let Some(only) = only {
            listing.keep_only(only);
        }
        for (name, error) in listing.failures {
            let path = name.map_or_else(|| folder.clone(), |name| folder.join(&name));
            self.not_listed(path, &error);
        }
        self.folders.extend(listing.folders.iter().rev().map(|name| folder.join(name)));
        for name in listing.linked_folders {
            let link = folder.join(&name);
            if self.leads_out(&link) {
                self.linked_folders.push_back(link);
            }
        }
        self.stamp_files(folder, &opened, listing.files)
    }

    /// Whether a link to a folder leads to a place that the walk does not come to by itself.
    fn leads_out(&self, link: &RelativePath) -> bool {
        let Ok(target) = canonicalize(link.below(self.root)) else {
            return false;
        };
        match RelativePath::of(&self.real_root, &target) {
            Some(inside) => names::is_skipped_path(&self.real_root, &inside, EntryType::Folder),
            None => !self.real_root.starts_with(&target),
        }
    }

    fn stamp_files(
        &mut self,
        folder: &RelativePath,
        opened: &OwnedFd,
        files: Vec<ListedFile>,
    ) -> Result<(), FindError> {
        for ListedFile { name, kind } in files {
            let path = folder.join(&name);
            let stat = match rustix::fs::statat(opened, &name, AtFlags::empty()) {
                Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile => stat,
                Ok(_) | Err(Errno::NOENT) => continue,
                Err(errno) => {
                    self.not_listed(path, &errno.into());
                    continue;
                }
            };
            let stamp = stamp_from_stat(&stat);
            match kind.map_or_else(|| self.kind_by_content(&path, &stamp), Ok) {
                Ok(kind) => self.found.files.push(FoundFile { path, stamp, kind }),
                Err(error) if is_gone(&error) => {}
                Err(error) => self.not_listed(path, &error),
            }
            if self.found.files.len().is_multiple_of(FILES_PER_REPORT) {
                self.ctx.check()?;
                let count = self.found.files.len() as u64;
                self.ctx.progress(Stage::Find, count, count);
            }
        }
        Ok(())
    }

    fn kind_by_content(&self, path: &RelativePath, stamp: &FileStamp) -> io::Result<FileKind> {
        match (self.known)(path, stamp) {
            Some(kind) => Ok(kind),
            None if stamp.size_bytes == 0 => Ok(FileKind::Other),
            None => sniff::kind_by_content(&path.below(self.root)),
        }
    }

    fn not_listed(&mut self, path: RelativePath, error: &io::Error) {
        self.found.unlisted.push((path, reason(error)));
    }
}

/// Gone between being listed and being looked at, which happens and is no failure.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "you have no permission to look inside".into(),
        io::ErrorKind::InvalidFilename => "its path is longer than the system can open".into(),
        io::ErrorKind::NotFound => "the link leads to nothing; its drive may be away".into(),
        io::ErrorKind::StaleNetworkFileHandle => {
            "the network drive has lost it; connect the drive again".into()
        }
        _ => format!("the drive could not read it ({error})"),
    }
}
