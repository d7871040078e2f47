//! The trash of the system, by the `trash` crate and file by file, with what that leaves open done here: which folder a file
//! will go to is known before and lies on the file's own volume; where it came to lie is found out by its inode; what a
//! failed move leaves behind is cleared away; and all of it is on the disk before the journal says so.
//!
//! After the FreeDesktop.org Trash specification 1.0.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use likeness_domain::FileStamp;
use rustix::fs::{AtFlags, CWD, StatxFlags};

use crate::act::Reason;

/// What stands beside a file in the trash.
const INFO: &str = ".trashinfo";
/// The most bytes in a name.
const MOST_NAME_BYTES: usize = 255;
/// Room for the number that a name gets when it is taken.
const NUMBER_BYTES: usize = 6;

/// Moves the file at `path`, which `stamp` describes, to the trash of its own volume. Tells where it lies there.
///
/// # Errors
/// With the reason; then the file lies where it lay.
pub(crate) fn move_there(path: &Path, stamp: &FileStamp) -> Result<PathBuf, Reason> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Err(Reason::Gone) };
    if name.len() + INFO.len() + NUMBER_BYTES > MOST_NAME_BYTES {
        return Err(Reason::NameTooLong);
    }
    let folder = folder.canonicalize().map_err(|_| Reason::Gone)?;
    let path = folder.join(name);
    let trash = Trash::of(&folder)?;
    trash.make_ready(&folder)?;
    let before = trash.names_like(name);
    // It unwraps what programs wrote into the system's lists.
    let asked = catch_unwind(AssertUnwindSafe(|| trash::delete(&path)));
    let is_it = |at: &Path| {
        let now = fs::symlink_metadata(at);
        now.is_ok_and(|now| (now.ino(), now.size()) == (stamp.inode, stamp.size_bytes))
    };
    if fs::symlink_metadata(&path).is_ok_and(|now| now.ino() == stamp.inode) {
        trash.clear_away(name, &path, Some(&before));
        return Err(match asked {
            Ok(Err(error)) => reason_of(error, &path),
            Ok(Ok(())) => Reason::NotTrashed("it is still there".into()),
            Err(_) => Reason::NotTrashed("the system's trash could not be asked".into()),
        });
    }
    let at = match trash.find(name, is_it) {
        Some(at) => at,
        None => trash
            .copied(name, &before, stamp)
            .ok_or_else(|| Reason::NotTrashed("it is not where the trash put it".into()))?,
    };
    sync_folder(&folder);
    sync_folder(&trash.files());
    sync_folder(&trash.infos());
    Ok(at)
}

/// Where a file that lay at `path` lies in the trash: the first of its name that `is_it`. What a move that ended in the
/// middle left there is cleared away.
pub(crate) fn find(path: &Path, mut is_it: impl FnMut(&Path) -> bool) -> Option<PathBuf> {
    let (folder, name) = (path.parent()?, path.file_name()?);
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let trash = Trash::of(&folder).ok()?;
    let found = trash.find(name, &mut is_it);
    trash.clear_away(name, &folder.join(name), None);
    found
}

/// Takes away the note beside a file that was put back.
pub(crate) fn beside_in_trash(trashed_at: &Path) {
    let (Some(files), Some(name)) = (trashed_at.parent(), trashed_at.file_name()) else { return };
    let Some(trash) = files.parent() else { return };
    let trash = Trash(trash.to_path_buf());
    let mut info = name.to_owned();
    info.push(INFO);
    // A note without a file is passed by by every program.
    let _ = fs::remove_file(trash.infos().join(info));
    sync_folder(files);
}

/// Sees to it that what was moved into or out of a folder is on the disk. Some network drives cannot; they keep it themselves.
pub(crate) fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

/// A trash folder, with `files` and `info` inside.
struct Trash(PathBuf);

impl Trash {
    /// The trash that a file in `folder`, a real path, will go to.
    fn of(folder: &Path) -> Result<Self, Reason> {
        let mounts = mount_points()?;
        let top = top_of(folder, &mounts);
        let home = home_trash()?;
        if top_of(&home, &mounts) == top {
            return Ok(Self(home));
        }
        let user = rustix::process::getuid().as_raw().to_string();
        let shared = top.join(".Trash");
        let is_sound = fs::symlink_metadata(&shared)
            .is_ok_and(|metadata| metadata.is_dir() && metadata.permissions().mode() & 0o1000 != 0);
        let own = shared.join(&user);
        Ok(Self(if is_sound && own.is_dir() { own } else { top.join(format!(".Trash-{user}")) }))
    }

    fn files(&self) -> PathBuf {
        self.0.join("files")
    }

    fn infos(&self) -> PathBuf {
        self.0.join("info")
    }

    /// Makes the trash when there is none, and refuses one that files of `folder` could only be copied to.
    fn make_ready(&self, folder: &Path) -> Result<(), Reason> {
        if fs::symlink_metadata(&self.0).is_ok_and(|metadata| metadata.is_symlink()) {
            return Err(Reason::NoTrash(format!("{} is a link", self.0.display())));
        }
        let mut private = DirBuilder::new();
        private.recursive(true).mode(0o700);
        for part in [self.files(), self.infos()] {
            private.create(&part).map_err(|error| match error.kind() {
                io::ErrorKind::StorageFull => Reason::DriveFull { path: part.clone() },
                io::ErrorKind::ReadOnlyFilesystem => Reason::ReadOnly { path: part.clone() },
                _ => Reason::NoTrash(format!("{} cannot be made ({error})", self.0.display())),
            })?;
        }
        let volume = |path: &Path| volume(path).map_err(|error| Reason::NoTrash(error.to_string()));
        if volume(&self.files())? != volume(folder)? {
            return Err(Reason::NoTrash(format!("{} lies on another drive", self.0.display())));
        }
        Ok(())
    }

    /// The file in the trash that lay under `name` and `is_it`. A name that is taken gets a number: `a.jpg.2` and on.
    fn find(&self, name: &OsStr, mut is_it: impl FnMut(&Path) -> bool) -> Option<PathBuf> {
        let names = self.names_like(name);
        let files = self.files();
        names.into_iter().map(|name| files.join(name)).find(|at| is_it(at))
    }

    /// The file, where the file system gave it another inode or the crate copied it: then its time was lost and nothing is on
    /// the disk for certain. The caller compares its bytes.
    fn copied(&self, name: &OsStr, before: &BTreeSet<OsString>, stamp: &FileStamp) -> Option<PathBuf> {
        let is_new = |at: &Path| {
            let size = fs::symlink_metadata(at).map(|now| now.size());
            at.file_name().is_some_and(|name| !before.contains(name))
                && size.is_ok_and(|size| size == stamp.size_bytes)
        };
        let at = self.find(name, is_new)?;
        let since_1970 = Duration::from_nanos(u64::try_from(stamp.modified_ns).unwrap_or(0));
        let file = File::options().write(true).open(&at).ok()?;
        file.set_modified(SystemTime::UNIX_EPOCH + since_1970).and_then(|()| file.sync_all()).ok()?;
        Some(at)
    }

    /// Names in the trash that a file called `name` may have got, of files and of notes.
    fn names_like(&self, name: &OsStr) -> BTreeSet<OsString> {
        let mut names = BTreeSet::new();
        let mut misses = 0;
        for number in 1_u32.. {
            let in_trash = numbered(name, number);
            let exists = |path: PathBuf| fs::symlink_metadata(path).is_ok();
            if exists(self.files().join(&in_trash)) || exists(self.infos().join(info_name(&in_trash))) {
                names.insert(in_trash);
            } else {
                misses += 1;
            }
            // Emptying the trash in part leaves gaps.
            if misses > number / 2 + 16 {
                break;
            }
        }
        names
    }

    /// Takes away notes without a file and empty files without bytes that a move of `path` left behind: `before`, or
    /// where that is not known, those whose note names `path`.
    fn clear_away(&self, name: &OsStr, path: &Path, before: Option<&BTreeSet<OsString>>) {
        for in_trash in self.names_like(name) {
            let (file, info) = (self.files().join(&in_trash), self.infos().join(info_name(&in_trash)));
            let holds_nothing = match fs::symlink_metadata(&file) {
                Ok(metadata) => metadata.is_file() && metadata.size() == 0,
                Err(error) => error.kind() == io::ErrorKind::NotFound,
            };
            let is_ours = match before {
                // Another program may be in the middle of the same with a file of the same name.
                Some(before) => {
                    !before.contains(&in_trash)
                        && original_path(&info).is_none_or(|original| original == path)
                }
                None => original_path(&info).is_some_and(|original| original == path),
            };
            if holds_nothing && is_ours {
                let _ = fs::remove_file(&file);
                let _ = fs::remove_file(&info);
            }
        }
    }
}

fn numbered(name: &OsStr, number: u32) -> OsString {
    let mut numbered = name.to_owned();
    if number > 1 {
        numbered.push(format!(".{number}"));
    }
    numbered
}

fn info_name(name: &OsStr) -> OsString {
    let mut info = name.to_owned();
    info.push(INFO);
    info
}

/// What a note says its file was called.
fn original_path(info: &Path) -> Option<PathBuf> {
    let note = fs::read(info).ok()?;
    let line = note.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(b"Path="))?;
    Some(PathBuf::from(OsString::from_vec(percent_decoded(line))))
}

fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) if byte == b'%' => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    bytes
}

/// The trash in the person's home, by its real place, there or not.
fn home_trash() -> Result<PathBuf, Reason> {
    let given = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let data = given("XDG_DATA_HOME").or_else(|| Some(given("HOME")?.join(".local/share")));
    let trash = data.ok_or_else(|| Reason::NoTrash("the system names no home folder".into()))?.join("Trash");
    let mut above = trash.as_path();
    loop {
        match above.canonicalize() {
            Ok(real) => return Ok(real.join(trash.strip_prefix(above).unwrap_or(Path::new("")))),
            Err(error) => {
                let higher = above.parent().filter(|_| error.kind() == io::ErrorKind::NotFound);
                above = higher.ok_or_else(|| Reason::NoTrash(error.to_string()))?;
            }
        }
    }
}

/// The places where drives are mounted, the deepest first. The crate refuses to read a list with a name that is no text,
/// and for good.
fn mount_points() -> Result<Vec<PathBuf>, Reason> {
    let list = fs::read("/proc/mounts").map_err(|error| Reason::NoTrash(error.to_string()))?;
    let fields = list.split(|&byte| byte == b'\n').filter_map(|line| line.split(|&byte| byte == b' ').nth(1));
    let mut mounts: Vec<Vec<u8>> = fields.map(octal_decoded).collect();
    if mounts.iter().any(|mount| std::str::from_utf8(mount).is_err()) {
        return Err(Reason::NoTrash("a drive is mounted under a name that is no text".into()));
    }
    mounts.sort_by_key(|mount| std::cmp::Reverse(mount.len()));
    Ok(mounts.into_iter().map(|mount| PathBuf::from(OsString::from_vec(mount))).collect())
}

/// Blanks and the like are written as a backslash and three octal digits.
fn octal_decoded(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(decoded) if byte == b'\\' => {
                bytes.push(decoded);
                rest = &after[3..];
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    bytes
}

fn top_of<'a>(path: &Path, mounts: &'a [PathBuf]) -> &'a Path {
    mounts.iter().find(|mount| path.starts_with(mount)).map_or(Path::new("/"), PathBuf::as_path)
}

/// What has to be equal for a file to be moved and not copied: the device and the mount, as a disk that is mounted twice
/// cannot be moved across.
fn volume(folder: &Path) -> io::Result<(u64, u64)> {
    let device = fs::metadata(folder)?.dev();
    let stat = rustix::fs::statx(CWD, folder, AtFlags::empty(), StatxFlags::MNT_ID)?;
    Ok((device, stat.stx_mnt_id))
}

fn reason_of(error: trash::Error, path: &Path) -> Reason {
    match error {
        trash::Error::FileSystem { source, .. } => match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Reason::DriveFull { path: path.into() }
            }
            io::ErrorKind::ReadOnlyFilesystem => Reason::ReadOnly { path: path.into() },
            _ => Reason::NotTrashed(source.to_string()),
        },
        other => Reason::NotTrashed(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_systems_are_read_back() {
        assert_eq!(percent_decoded(b"/a%20b%2Fc%zz%ff"), b"/a b/c%zz\xff");
        assert_eq!(octal_decoded(br"/media/my\040disk\134"), b"/media/my disk\\");
    }

    #[test]
    fn the_deepest_mount_counts() {
        let mounts: Vec<PathBuf> = ["/media/disk", "/media", "/"].map(PathBuf::from).to_vec();
        assert_eq!(top_of(Path::new("/media/disk/a"), &mounts), Path::new("/media/disk"));
        assert_eq!(top_of(Path::new("/media/diskette/a"), &mounts), Path::new("/media"));
        assert_eq!(top_of(Path::new("/home/a"), &mounts), Path::new("/"));
    }
}
