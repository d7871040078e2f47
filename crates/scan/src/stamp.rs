//! Stamps: what tells, without opening a file, whether it changed or is still changing.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use likeness_domain::FileStamp;

/// A file that changed less than this ago may still be being written.
pub const SETTLING: Duration = Duration::from_secs(2);

const NANOSECONDS: i64 = 1_000_000_000;

/// The stamp of the file at `path` now, through symbolic links.
///
/// # Errors
/// Those of the system, when the file is gone or cannot be reached.
pub fn stamp_of(path: &Path) -> io::Result<FileStamp> {
    std::fs::metadata(path).map(|metadata| stamp_from(&metadata))
}

/// Whether the file changed so short ago that it may still be written to: look again after [`SETTLING`].
///
/// A time of change ahead of `now` by more than that is a wrong clock and not a file that never settles.
pub fn is_settling(stamp: &FileStamp, now: SystemTime) -> bool {
    let settling = SETTLING.as_nanos() as u64;
    let now_ns = match now.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(_) => 0,
    };
    [stamp.modified_ns, stamp.changed_ns].iter().any(|time| now_ns.abs_diff(*time) < settling)
}

pub(crate) fn stamp_from(metadata: &Metadata) -> FileStamp {
    FileStamp {
        size_bytes: metadata.size(),
        modified_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        changed_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        inode: metadata.ino(),
        device: metadata.dev(),
    }
}

pub(crate) fn stamp_from_stat(stat: &rustix::fs::Stat) -> FileStamp {
    FileStamp {
        size_bytes: stat.st_size as u64,
        modified_ns: nanoseconds(stat.st_mtime, stat.st_mtime_nsec as i64),
        changed_ns: nanoseconds(stat.st_ctime, stat.st_ctime_nsec as i64),
        inode: stat.st_ino,
        device: stat.st_dev,
    }
}

/// Saturates at the years 1677 and 2262, which only a broken file system tells.
fn nanoseconds(seconds: i64, nanoseconds: i64) -> i64 {
    seconds.saturating_mul(NANOSECONDS).saturating_add(nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_settles_two_seconds_after_its_last_change() {
        let at = |modified_s: i64| FileStamp {
            size_bytes: 1,
            modified_ns: modified_s * NANOSECONDS,
            changed_ns: 0,
            inode: 1,
            device: 1,
        };
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        assert!(is_settling(&at(999), now));
        assert!(!is_settling(&at(998), now));
        assert!(is_settling(&at(1001), now), "a clock that is slightly ahead");
        assert!(!is_settling(&at(5000), now), "a clock that is wrong never settles otherwise");
    }
}
