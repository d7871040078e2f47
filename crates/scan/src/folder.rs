//! One folder: its entries by name and type, in an order that is quick to stat.
//!
//! Knows nothing of the walk: which sub-folders are entered and which files are stamped is decided there.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use likeness_domain::FileKind;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::names::{self, EntryType, NameSays, PictureNames};
use crate::places::Identity;

/// What lies in a folder, without what a scan passes by.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// In disk order.
    pub files: Vec<ListedFile>,
    /// In disk order.
    pub folders: Vec<OsString>,
    /// Links to folders.
    pub linked_folders: Vec<OsString>,
    /// Entries that could not be looked at, or the folder itself where there is no name.
    pub failures: Vec<(Option<OsString>, io::Error)>,
}

/// A file, or a link to one.
#[derive(Debug)]
pub(crate) struct ListedFile {
    pub name: OsString,
    /// What its name, and the pictures beside it, say that it is; `None`: only its content can tell.
    pub kind: Option<FileKind>,
}

/// Opens a folder for listing, through symbolic links.
pub(crate) fn open_folder(path: &Path) -> io::Result<(Identity, OwnedFd)> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags, Mode::empty())?;
    Ok((Identity::of_open(&opened)?, opened))
}

/// Lists an open folder that is called `folder_name`.
pub(crate) fn list(folder: &OwnedFd, folder_name: &[u8]) -> Listing {
    let mut listing = Listing::default();
    let mut files = Vec::new();
    let (entries, failure) = entries_in_disk_order(folder);
    listing.failures.extend(failure.map(|errno| (None, errno.into())));
    for Entry { name, file_type, .. } in entries {
        let passes_by = |entry| names::is_skipped(folder_name, name.as_bytes(), entry);
        match file_type.map_or_else(|| target_type(folder, &name, AtFlags::SYMLINK_NOFOLLOW), Ok) {
            Ok(FileType::Directory) if !passes_by(EntryType::Folder) => listing.folders.push(name),
            Ok(FileType::RegularFile) if !passes_by(EntryType::File) => files.push(name),
            Ok(FileType::Symlink) if !passes_by(EntryType::File) => {
                match target_type(folder, &name, AtFlags::empty()) {
                    Ok(FileType::Directory) if !passes_by(EntryType::Folder) => {
                        listing.linked_folders.push(name)
                    }
                    Ok(FileType::RegularFile) => files.push(name),
                    // A link to itself will never hold anything.
                    Ok(_) | Err(Errno::LOOP) => {}
                    Err(errno) => listing.failures.push((Some(name), errno.into())),
                }
            }
            Ok(_) | Err(Errno::NOENT) => {}
            Err(errno) => listing.failures.push((Some(name), errno.into())),
        }
    }
    listing.files = files_with_kinds(files);
    listing
}

impl Listing {
    /// Forgets all but what is called `only`.
    pub(crate) fn keep_only(&mut self, only: &OsStr) {
        self.files.retain(|file| file.name == only);
        self.folders.retain(|name| name == only);
        self.linked_folders.retain(|name| name == only);
        self.failures.retain(|(name, _)| name.as_ref().is_none_or(|name| name == only));
    }
}

/// Tells kinds from names, drops what is no business of ours.
fn files_with_kinds(files: Vec<OsString>) -> Vec<ListedFile> {
    let said: Vec<NameSays> = files.iter().map(|name| names::name_says(name.as_bytes())).collect();
    let needs_pictures =
        said.iter().any(|says| matches!(says, NameSays::Movie | NameSays::Record | NameSays::Memo));
    let pictures = if needs_pictures {
        let is_picture = |(_, says): &(&OsString, &NameSays)| **says == NameSays::Picture;
        PictureNames::new(files.iter().zip(&said).filter(is_picture).map(|(name, _)| name.as_bytes()))
    } else {
        PictureNames::default()
    };
    let with_kind = |(name, says): (OsString, NameSays)| {
        let kind = match says {
            NameSays::Picture => Some(FileKind::Picture),
            NameSays::Companion => Some(FileKind::Companion),
            NameSays::Movie | NameSays::Memo if pictures.share_name_with(name.as_bytes()) => {
                Some(FileKind::Companion)
            }
            NameSays::Record if pictures.are_recorded_by(name.as_bytes()) => Some(FileKind::Companion),
            NameSays::Movie | NameSays::Video => Some(FileKind::Video),
            NameSays::Nothing => None,
            NameSays::Record | NameSays::Memo | NameSays::Foreign => return None,
        };
        Some(ListedFile { name, kind })
    };
    files.into_iter().zip(said).filter_map(with_kind).collect()
}

struct Entry {
    inode: u64,
    name: OsString,
    /// Where the file system tells it in the listing.
    file_type: Option<FileType>,
}

/// All entries, as far as they could be read, and why they could not be read further.
///
/// Inodes follow the disk's order and names do not: on a cold disk this makes stamps, and later contents, quicker to
/// read.
fn entries_in_disk_order(folder: &OwnedFd) -> (Vec<Entry>, Option<Errno>) {
    let mut entries = Vec::new();
    let mut read_all = || -> Result<(), Errno> {
        for entry in Dir::read_from(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                entries.push(Entry {
                    inode: entry.ino(),
                    name: OsStr::from_bytes(name).to_os_string(),
                    file_type: Some(entry.file_type()).filter(|known| *known != FileType::Unknown),
                });
            }
        }
        Ok(())
    };
    let failure = read_all().err();
    entries.sort_unstable_by(|a, b| (a.inode, &a.name).cmp(&(b.inode, &b.name)));
    (entries, failure)
}

fn target_type(folder: &OwnedFd, name: &OsStr, flags: AtFlags) -> Result<FileType, Errno> {
    rustix::fs::statat(folder, name, flags).map(|stat| FileType::from_raw_mode(stat.st_mode))
}
