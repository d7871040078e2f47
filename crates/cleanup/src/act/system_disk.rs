//! The real disk: files are looked at again, moved to the system's trash and put back. What a picture is, and whether a drive
//! is there, it asks [`Eyes`].

use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use likeness_domain::{ContentHash, FileStamp};
use likeness_store::{FilePlace, GoingFile};
use rustix::fs::{Access, CWD, OFlags, RenameFlags, StatVfsMountFlags};
use rustix::io::Errno;

use crate::act::system_trash::{self, beside_in_trash, sync_folder};
use crate::act::{Disk, Reason, Seen};

/// What moving files does not know by itself.
pub trait Eyes {
    /// Whether the source folder of `place` is there, on the volume that it was on.
    ///
    /// # Errors
    /// [`Reason::Away`] or [`Reason::Foreign`].
    fn check_present(&mut self, place: &FilePlace) -> Result<(), Reason>;

    /// Opens a file, hashes it and turns it into a picture.
    ///
    /// # Errors
    /// Why it cannot be, in words.
    fn decode(&mut self, path: &Path) -> Result<Seen, String>;
}

/// The real disk.
#[derive(Debug)]
pub struct SystemDisk<E> {
    eyes: E,
}

impl<E: Eyes> SystemDisk<E> {
    /// Looks with `eyes`.
    pub fn new(eyes: E) -> Self {
        Self { eyes }
    }
}

impl<E: Eyes> Disk for SystemDisk<E> {
    fn check_present(&mut self, place: &FilePlace) -> Result<(), Reason> {
        self.eyes.check_present(place)
    }

    fn check_movable(&mut self, place: &FilePlace) -> Result<(), Reason> {
        self.eyes.check_present(place)?;
        let path = place.absolute();
        let folder = path.parent().ok_or(Reason::Gone)?;
        let volume = rustix::fs::statvfs(folder).map_err(|errno| gone_or(errno.into()))?;
        if volume.f_flag.contains(StatVfsMountFlags::RDONLY) {
            return Err(Reason::ReadOnly { path });
        }
        match rustix::fs::access(folder, Access::WRITE_OK | Access::EXEC_OK) {
            Ok(()) => Ok(()),
            Err(Errno::ROFS) => Err(Reason::ReadOnly { path }),
            Err(_) => Err(Reason::NotPermitted { folder: folder.into() }),
        }
    }

    fn stamp(&mut self, path: &Path) -> io::Result<FileStamp> {
        let metadata = fs::symlink_metadata(path)?;
        if metadata.is_file() { Ok(stamp(&metadata)) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    fn is_folder(&mut self, path: &Path) -> bool {
        path.is_dir()
    }

    fn hash(&mut self, path: &Path) -> Result<(ContentHash, FileStamp), Reason> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        let opened = OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path);
        let mut file = opened.map_err(gone_or)?;
        let before = file.metadata().map_err(gone_or)?;
        if !before.is_file() {
            return Err(Reason::Unreadable("it is no file".into()));
        }
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; 256 << 10];
        loop {
            match file.read(&mut buffer).map_err(gone_or)? {
                0 => break,
                count => _ = hasher.update(&buffer[..count]),
            }
        }
        let after = stamp(&file.metadata().map_err(gone_or)?);
        if after != stamp(&before) {
            return Err(Reason::Changed);
        }
        Ok((ContentHash(*hasher.finalize().as_bytes()), after))
    }

    fn decode(&mut self, path: &Path) -> Result<Seen, Reason> {
        let metadata = fs::symlink_metadata(path).map_err(gone_or)?;
        if metadata.is_symlink() {
            return Err(Reason::Link);
        }
        let seen = self.eyes.decode(path).map_err(Reason::Unreadable)?;
        // Eyes may follow links: they must have read what lies here.
        if seen.stamp == stamp(&metadata) { Ok(seen) } else { Err(Reason::Changed) }
    }

    fn named_after(&mut self, picture: &Path) -> Vec<PathBuf> {
        named_after(picture)
    }

    fn trash(&mut self, path: &Path, stamp: &FileStamp) -> Result<PathBuf, Reason> {
        system_trash::move_there(path, stamp)
    }

    fn find_in_trash(&mut self, file: &GoingFile) -> Option<PathBuf> {
        let path = file.place.absolute();
        let is_it = |at: &Path| {
            self.stamp(at).is_ok_and(|now| now.size_bytes == file.stamp.size_bytes)
                && self.hash(at).is_ok_and(|(hash, _)| hash == file.hash)
        };
        system_trash::find(&path, is_it)
    }

    fn put_back(&mut self, trashed_at: &Path, path: &Path) -> Result<FileStamp, Reason> {
        let folder = path.parent().ok_or(Reason::Gone)?;
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => Reason::NotInTrash,
            io::ErrorKind::AlreadyExists => Reason::NotPutBack("another file lies in its place".into()),
            io::ErrorKind::StorageFull => Reason::DriveFull { path: path.into() },
            _ => Reason::NotPutBack(error.to_string()),
        };
        fs::create_dir_all(folder).map_err(|error| Reason::NotPutBack(error.to_string()))?;
        move_to_free_name(trashed_at, path).map_err(failed)?;
        sync_folder(folder);
        beside_in_trash(trashed_at);
        self.stamp(path).map_err(failed)
    }
}

/// Moves a file to a name that no file has. Where the file system cannot do that in one step, it has both names for a moment.
fn move_to_free_name(from: &Path, to: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            fs::hard_link(from, to)?;
            fs::remove_file(from)
        }
        done => Ok(done?),
    }
}

fn gone_or(error: io::Error) -> Reason {
    match (error.kind(), error.raw_os_error()) {
        (io::ErrorKind::NotFound | io::ErrorKind::NotADirectory, _) => Reason::Gone,
        (_, Some(code)) if code == Errno::LOOP.raw_os_error() => Reason::Link,
        _ => Reason::Unreadable(error.to_string()),
    }
}

fn stamp(metadata: &Metadata) -> FileStamp {
    let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    FileStamp {
        size_bytes: metadata.size(),
        modified_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        changed_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        inode: metadata.ino(),
        device: metadata.dev(),
    }
}

/// Endings of what programs and cameras write beside a picture, in place of its ending or behind it.
const BESIDE: [&str; 13] = [
    "xmp",
    "aae",
    "thm",
    "pp3",
    "dop",
    "json",
    "supplemental-metadata.json",
    "mov",
    "mp4",
    "m4v",
    "mp",
    "wav",
    "MP",
];

/// Asks for names that may be there instead of listing the folder, which may be large.
fn named_after(picture: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let (Some(folder), Some(name)) = (picture.parent(), picture.file_name()) else { return found };
    let stem = picture.file_stem().unwrap_or(name);
    for base in [name, stem] {
        for ending in BESIDE {
            for ending in [ending.to_owned(), ending.to_uppercase()] {
                let mut beside = base.to_owned();
                beside.push(".");
                beside.push(&ending);
                let beside = folder.join(beside);
                let is_file = fs::symlink_metadata(&beside).is_ok_and(|metadata| metadata.is_file());
                if is_file && beside != picture && !found.contains(&beside) {
                    found.push(beside);
                }
            }
        }
    }
    found
}
