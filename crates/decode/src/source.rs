//! Reads one file into memory, hashing on the way, and makes sure that it held still meanwhile.
//!
//! Read, not mapped: a mapped file that someone cuts short kills the process, and with a reused buffer reading costs
//! no more than the page faults of a map.

use std::fs::{File, Metadata, OpenOptions};
use std::io::Read;
use std::path::Path;

use likeness_domain::{ContentHash, FileStamp};

use crate::DecodeError;

/// Bytes that are read and then hashed while they are still in the cache.
const CHUNK_BYTES: u64 = 512 << 10;
/// A buffer beyond this is given back before the next file.
const KEPT_BYTES: usize = 64 << 20;

/// Reads the file at `path` into `bytes`.
pub(crate) fn read(
    path: &Path,
    limit_bytes: u64,
    bytes: &mut Vec<u8>,
) -> Result<(ContentHash, FileStamp), DecodeError> {
    release(bytes);
    let mut file = open(path).map_err(DecodeError::Read)?;
    let before = file.metadata().map_err(DecodeError::Read)?;
    if !before.is_file() {
        return Err(DecodeError::NotAFile);
    }
    if before.len() > limit_bytes {
        return Err(DecodeError::TooManyBytes { size_bytes: before.len(), limit_bytes });
    }
    bytes.try_reserve_exact(before.len() as usize + 1).map_err(|_| DecodeError::NeedsTooMuchMemory)?;
    let mut hasher = blake3::Hasher::new();
    loop {
        let start = bytes.len();
        Read::by_ref(&mut file).take(CHUNK_BYTES).read_to_end(bytes).map_err(DecodeError::Read)?;
        if bytes.len() == start {
            break;
        }
        if bytes.len() as u64 > before.len() {
            return Err(DecodeError::ChangedWhileReading);
        }
        hasher.update(&bytes[start..]);
    }
    let after = file.metadata().map_err(DecodeError::Read)?;
    let stamp = stamp(&after);
    if stamp != self::stamp(&before) || bytes.len() as u64 != stamp.size_bytes {
        return Err(DecodeError::ChangedWhileReading);
    }
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    Ok((ContentHash(*hasher.finalize().as_bytes()), stamp))
}

/// Empties the buffer, and gives its memory back when it is large.
pub(crate) fn release(bytes: &mut Vec<u8>) {
    bytes.clear();
    bytes.shrink_to(KEPT_BYTES);
}

#[cfg(unix)]
fn open(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // A named pipe without a writer must not hold us, nor a terminal become ours.
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(unix)]
fn stamp(metadata: &Metadata) -> FileStamp {
    use std::os::unix::fs::MetadataExt;
    let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    FileStamp {
        size_bytes: metadata.size(),
        modified_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        changed_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        inode: metadata.ino(),
        device: metadata.dev(),
    }
}

#[cfg(not(unix))]
fn stamp(metadata: &Metadata) -> FileStamp {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let modified_ns = modified.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or(0);
    FileStamp { size_bytes: metadata.len(), modified_ns, changed_ns: modified_ns, inode: 0, device: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_and_hashed_in_one_go() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("file");
        let content: Vec<u8> = (0..1_500_000u32).map(|i| (i % 251) as u8).collect();
        std::fs::write(&path, &content).expect("written");
        let mut bytes = vec![1, 2, 3];
        let (hash, stamp) = read(&path, 2_000_000, &mut bytes).expect("readable");
        assert!(bytes == content);
        assert_eq!(hash.0, *blake3::hash(&content).as_bytes());
        assert_eq!(stamp.size_bytes, 1_500_000);
        assert!(matches!(read(&path, 1000, &mut bytes), Err(DecodeError::TooManyBytes { .. })));
    }

    #[test]
    fn folders_and_empty_and_absent_files_are_told_apart() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let empty = folder.path().join("empty");
        std::fs::write(&empty, []).expect("written");
        let mut bytes = Vec::new();
        assert!(matches!(read(folder.path(), 1000, &mut bytes), Err(DecodeError::NotAFile)));
        assert!(matches!(read(&empty, 1000, &mut bytes), Err(DecodeError::Empty)));
        assert!(matches!(read(&folder.path().join("absent"), 1000, &mut bytes), Err(DecodeError::Read(_))));
    }
}
