//! The mounted file systems, as Linux lists them.
//!
//! Read anew at every question: drives come and go.

use std::ffi::OsString;
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

/// One line of `/proc/self/mountinfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    id: u64,
    pub mount_point: PathBuf,
    /// Such as `ext4`, `nfs4`, `fuse.sshfs`.
    pub file_system: String,
    /// A device, a server's export, or a word without meaning.
    pub source: OsString,
}

/// Everything that is mounted, in the order of mounting.
pub(crate) fn all() -> Vec<Mount> {
    // Not text: mount points are bytes.
    let table = fs::read("/proc/self/mountinfo").unwrap_or_default();
    table.split(|&byte| byte == b'\n').filter_map(Mount::parse).collect()
}

/// What `path` lies on. Asks for the path's own mount and not for the longest name, as mounts may hide each other.
pub(crate) fn of(path: &Path) -> Option<Mount> {
    let opened = rustix::fs::open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let description = fs::read_to_string(format!("/proc/self/fdinfo/{}", opened.as_raw_fd())).ok()?;
    let id = description.lines().find_map(|line| line.strip_prefix("mnt_id:"))?.trim().parse().ok()?;
    all().into_iter().find(|mount: &Mount| mount.id == id)
}

impl Mount {
    /// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw`: see proc_pid_mountinfo(5).
    fn parse(line: &[u8]) -> Option<Self> {
        let fields: Vec<&[u8]> = line.split(|&byte| byte == b' ').collect();
        let separator = fields.iter().position(|field| *field == b"-")?;
        Some(Self {
            id: std::str::from_utf8(fields.first()?).ok()?.parse().ok()?,
            mount_point: unescape(fields.get(4)?).into(),
            file_system: String::from_utf8_lossy(fields.get(separator + 1)?).into_owned(),
            source: unescape(fields.get(separator + 2)?),
        })
    }

    /// Whether it lies on another machine, or is served by a program, so that changes made there send no events.
    pub(crate) fn is_remote(&self) -> bool {
        const REMOTE: [&str; 15] = [
            "nfs",
            "nfs4",
            "cifs",
            "smb3",
            "smbfs",
            "9p",
            "afs",
            "ceph",
            "coda",
            "davfs",
            "glusterfs",
            "lustre",
            "virtiofs",
            "vboxsf",
            "vmhgfs",
        ];
        // `fuseblk` is a local disk through a program, such as NTFS.
        REMOTE.contains(&self.file_system.as_str())
            || self.file_system == "fuse"
            || self.file_system.starts_with("fuse.")
    }
}

/// Blanks and the like are written as a backslash and three octal digits.
fn unescape(field: &[u8]) -> OsString {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&byte, after)) = rest.split_first() {
        let octal =
            after.get(..3).filter(|digits| byte == b'\\' && digits.iter().all(|d| (b'0'..=b'7').contains(d)));
        if let Some(digits) = octal {
            bytes.push(
                digits.iter().fold(0_u8, |value, digit| value.wrapping_mul(8).wrapping_add(digit - b'0')),
            );
            rest = &after[3..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    OsString::from_vec(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_mount_table_is_read() {
        let line =
            br"36 35 98:0 / /media/my\040disk rw,noatime master:1 shared:2 - fuse.sshfs me@host:/p\134q rw";
        let mount = Mount::parse(line).expect("a line");
        assert_eq!(mount.mount_point, Path::new("/media/my disk"));
        assert_eq!(
            (mount.file_system.as_str(), mount.source.to_str()),
            ("fuse.sshfs", Some(r"me@host:/p\q"))
        );
        assert!(mount.is_remote());
        assert_eq!(Mount::parse(b"not a mount"), None);
    }

    #[test]
    fn a_path_lies_on_what_is_mounted_there() {
        let mount = of(Path::new("/proc/self")).expect("always mounted");
        assert_eq!((mount.mount_point.as_path(), mount.file_system.as_str()), (Path::new("/proc"), "proc"));
    }
}
