//! Reads a small file whole, and puts a whole new one in its place: at every moment, and after any crash, the old
//! content or the new lies there. Knows nothing of what is in it.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

use rustix::fs::{Access, OFlags};
use rustix::io::Errno;

use crate::Error;

/// Larger files are refused before they are read. Long darktable histories and Lightroom's masks stay far below.
pub(crate) const MOST_BYTES: u64 = 8 << 20;

/// A file as it was when it was read.
#[derive(Debug)]
pub(crate) struct Seen {
    pub bytes: Vec<u8>,
    metadata: Metadata,
}

/// The file at `path`; `None` when nothing lies there. Links are not followed, and nothing but a file is opened.
pub(crate) fn look(path: &Path) -> Result<Option<Seen>, Error> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = match OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let is_other = [Errno::LOOP, Errno::NXIO].map(Errno::raw_os_error).map(Some);
            return Err(match is_other.contains(&error.raw_os_error()) {
                true => Error::NotASidecar { path: path.into() },
                false => Error::Io { path: path.into(), source: error },
            });
        }
    };
    let reading = |source| Error::Io { path: path.into(), source };
    let metadata = file.metadata().map_err(reading)?;
    if !metadata.is_file() {
        return Err(Error::NotASidecar { path: path.into() });
    }
    let too_large = |bytes| Error::TooLarge { path: path.into(), bytes, most: MOST_BYTES };
    if metadata.len() > MOST_BYTES {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    // It may have grown since.
    let read = file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(reading)? as u64;
    if read > MOST_BYTES {
        return Err(too_large(read));
    }
    Ok(Some(Seen { bytes, metadata }))
}

/// What came of replacing a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replaced {
    Done,
    /// Another program wrote to it since it was seen. It was not touched.
    ChangedMeanwhile,
}

/// What is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Create,
    Write,
    Permit,
    Sync,
    Compare,
    Rename,
    SyncFolder,
}

/// Puts `bytes` at `path` in the place of `seen`, with its permissions; of nothing, with those of any new file.
/// Asks `before` ahead of every step, and goes no further when that fails.
pub(crate) fn replace(
    path: &Path,
    bytes: &[u8],
    seen: Option<&Seen>,
    before: &mut dyn FnMut(Step) -> io::Result<()>,
) -> Result<Replaced, Error> {
    if seen.is_some_and(|seen| seen.metadata.mode() & 0o222 == 0)
        || rustix::fs::access(path, Access::WRITE_OK).is_err_and(|errno| errno != Errno::NOENT)
    {
        return Err(Error::ReadOnly { path: path.into() });
    }
    put(path, bytes, seen, before).map_err(|source| Error::of_writing(path, source))
}

fn put(
    path: &Path,
    bytes: &[u8],
    seen: Option<&Seen>,
    before: &mut dyn FnMut(Step) -> io::Result<()>,
) -> io::Result<Replaced> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    before(Step::Create)?;
    // Hidden and unfinished by its name, so that no program takes it for a sidecar should it ever stay behind.
    let mut new = tempfile::Builder::new()
        .prefix(".likeness-")
        .suffix(".tmp")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    before(Step::Write)?;
    new.write_all(bytes)?;
    before(Step::Permit)?;
    if let Some(seen) = seen {
        // Only root may give files away; elsewhere the file becomes the writer's, as with every program that saves so.
        let _ = fchown(new.as_file(), Some(seen.metadata.uid()), Some(seen.metadata.gid()));
        new.as_file().set_permissions(Permissions::from_mode(seen.metadata.mode() & 0o777))?;
    }
    before(Step::Sync)?;
    new.as_file().sync_all()?;
    before(Step::Compare)?;
    if let Some(seen) = seen
        && !fs::symlink_metadata(path).is_ok_and(|now| is_same(&now, &seen.metadata))
    {
        return Ok(Replaced::ChangedMeanwhile);
    }
    before(Step::Rename)?;
    match seen {
        Some(_) => new.persist(path).map_err(|error| error.error)?,
        None => match new.persist_noclobber(path) {
            Ok(file) => file,
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                return Ok(Replaced::ChangedMeanwhile);
            }
            Err(error) => return Err(error.error),
        },
    };
    before(Step::SyncFolder)?;
    // The content is whole either way; some network drives cannot sync a folder.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(Replaced::Done)
}

fn is_same(now: &Metadata, seen: &Metadata) -> bool {
    let stamp = |metadata: &Metadata| {
        let (modified, changed) =
            ((metadata.mtime(), metadata.mtime_nsec()), (metadata.ctime(), metadata.ctime_nsec()));
        (metadata.dev(), metadata.ino(), metadata.len(), modified, changed)
    };
    stamp(now) == stamp(seen)
}

#[cfg(test)]
mod tests;
