//! What a clean-up asks of the disk. One implementation moves real files; another, in tests, fails on purpose.

use std::io;
use std::path::{Path, PathBuf};

use likeness_domain::{ContentHash, FileStamp};
use likeness_store::{FilePlace, GoingFile};

use crate::act::Reason;

/// A moment between two steps: what was journalled and done before it holds, whatever comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Moment {
    Checked,
    Intended,
    MovedToTrash,
    AllMovedToTrash,
    PutBack,
    Concluded,
}

/// A picture file that was opened, hashed and decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Of its bytes.
    pub hash: ContentHash,
    /// As it was while it was read.
    pub stamp: FileStamp,
    /// What of the picture could not be read, when the rest could.
    pub flaw: Option<String>,
}

/// The disk with the photos, and its trash.
pub trait Disk {
    /// Whether the source folder of `place` is there, on the volume that it was on.
    ///
    /// # Errors
    /// With the reason.
    fn check_present(&mut self, place: &FilePlace) -> Result<(), Reason>;

    /// Whether the file at `place` could be moved: on top of [`check_present`](Self::check_present), by the rights on its
    /// folder and its drive.
    ///
    /// # Errors
    /// With the reason.
    fn check_movable(&mut self, place: &FilePlace) -> Result<(), Reason>;

    /// The stamp of the file at `path` itself: links are not followed.
    ///
    /// # Errors
    /// Those of the system; of a link or a folder, [`io::ErrorKind::InvalidInput`].
    fn stamp(&mut self, path: &Path) -> io::Result<FileStamp>;

    /// Whether a folder lies at `path`.
    fn is_folder(&mut self, path: &Path) -> bool;

    /// Reads the file whole. The stamp is that of the bytes that were hashed.
    ///
    /// # Errors
    /// [`Reason::Gone`], [`Reason::Link`], [`Reason::Unreadable`].
    fn hash(&mut self, path: &Path) -> Result<(ContentHash, FileStamp), Reason>;

    /// Reads the file whole and turns it into a picture.
    ///
    /// # Errors
    /// As [`hash`](Self::hash).
    fn decode(&mut self, path: &Path) -> Result<Seen, Reason>;

    /// Files beside a picture that are named after it and would have to go with it.
    fn named_after(&mut self, picture: &Path) -> Vec<PathBuf>;

    /// Moves the file, which `stamp` describes, to the trash of its own volume, and tells where it lies there. It is on the
    /// disk when this returns.
    ///
    /// # Errors
    /// With the reason; then the file lies where it lay.
    fn trash(&mut self, path: &Path, stamp: &FileStamp) -> Result<PathBuf, Reason>;

    /// Where `file` lies in the trash, told by its name and content. Clears away what an interrupted move left there.
    fn find_in_trash(&mut self, file: &GoingFile) -> Option<PathBuf>;

    /// Moves a file from the trash to `path`, with its times, and never over anything. It is on the disk when this returns.
    ///
    /// # Errors
    /// With the reason; then the file lies in the trash as before.
    fn put_back(&mut self, trashed_at: &Path, path: &Path) -> Result<FileStamp, Reason>;

    /// Called between steps.
    fn passes(&mut self, _moment: Moment) {}
}

/// Whether two stamps may be of one file: the same file under two names, or reached by two ways (then the volume has two
/// numbers, but all else is equal to the nanosecond).
pub(crate) fn may_be_one_file(a: &FileStamp, b: &FileStamp) -> bool {
    a.on_disk() == b.on_disk() || a.is_unchanged(b)
}

/// Whether the file was moved and nothing else: moving changes the time of change alone.
pub(crate) fn is_moved(before: &FileStamp, after: &FileStamp) -> bool {
    (before.size_bytes, before.modified_ns, before.inode)
        == (after.size_bytes, after.modified_ns, after.inode)
}
