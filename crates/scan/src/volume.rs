//! Which drive a source folder lies on, and whether that drive is there.
//!
//! An unmounted drive leaves an empty folder behind, or another drive takes its path: neither means that photos were
//! deleted. Only Linux tells here what a volume is; a folder whose volume was never known is judged by its presence.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::ioctl::{Getter, opcode};

use crate::mounts::{self, Mount};

/// What a volume is known by, as far as it can be told stably:
///
/// - `uuid:…` for local disks, from the file system itself (Linux 6.9 and newer) or the system's list of disks;
/// - `nfs:server:/export`, `smb://server/share`, `fuse.sshfs:…`: file system and source of what lies elsewhere;
/// - `id:ext4:…` where a disk's id is not told, but the file system derives a number from it;
/// - `source:vfat:/dev/sdb1` else.
///
/// A folder in memory (tmpfs) is another volume each time it is mounted, as nothing in it stays. A disk that was
/// copied sector by sector has the id of its original.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VolumeId(String);

impl VolumeId {
    /// The id as text, to be kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id that was kept as text.
impl From<String> for VolumeId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for VolumeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a source folder is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootState {
    /// There, and on the volume that it was on before.
    Online,
    /// Away: nothing is known about its files.
    Offline {
        /// Why, in words for a person, such as "its drive is not connected".
        reason: String,
    },
    /// Something lies at its path, but on another volume: not the folder that was added.
    Foreign,
}

/// Whether the source folder at `root`, which was on volume `expected` before, is there now.
pub fn root_state(root: &Path, expected: Option<&VolumeId>) -> RootState {
    let offline = |reason: &str| RootState::Offline { reason: reason.into() };
    let is_empty = match fs::read_dir(root) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => {
            return match error.kind() {
                io::ErrorKind::NotFound => offline("the folder is not there"),
                io::ErrorKind::NotADirectory => offline("a file lies where the folder was"),
                io::ErrorKind::PermissionDenied => offline("you have no permission to look inside"),
                _ => RootState::Offline { reason: format!("its drive does not answer ({error})") },
            };
        }
    };
    match expected {
        None => RootState::Online,
        Some(expected) if volume_of(root).as_ref() == Some(expected) => RootState::Online,
        Some(_) if is_empty => offline("its drive is not connected"),
        Some(_) => RootState::Foreign,
    }
}

/// The volume that the folder at `path` lies on; `None` when it cannot be opened, or the system does not tell.
pub fn volume_of(path: &Path) -> Option<VolumeId> {
    let mount = mounts::of(path)?;
    volume_at(path, &mount)
}

/// Where a volume is mounted now. Remote drives are told by the mount table alone and not waited for.
pub fn find_volume(volume: &VolumeId) -> Vec<PathBuf> {
    let is_sought = |mount: &Mount| volume_at(&mount.mount_point, mount).as_ref() == Some(volume);
    mounts::all().into_iter().filter(is_sought).map(|mount| mount.mount_point).collect()
}

fn volume_at(path: &Path, mount: &Mount) -> Option<VolumeId> {
    let file_system = match mount.file_system.as_str() {
        "nfs4" => "nfs",
        "cifs" | "smb3" | "smbfs" => "smb",
        other => other,
    };
    let source = mount.source.to_string_lossy();
    if mount.is_remote() {
        return Some(VolumeId(format!("{file_system}:{source}")));
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = rustix::fs::open(path, flags, Mode::empty()).ok()?;
    let told = uuid_from_kernel(&folder).or_else(|| uuid_from_disks(Path::new(&mount.source)));
    Some(VolumeId(match told {
        Some(uuid) => format!("uuid:{uuid}"),
        None => match derived_id(&folder, file_system) {
            Some(id) => format!("id:{file_system}:{id:016x}"),
            None => format!("source:{file_system}:{source}"),
        },
    }))
}

/// `struct fsuuid2` of linux/fs.h.
#[repr(C)]
struct KernelUuid {
    length: u8,
    bytes: [u8; 16],
}

/// The id that the file system itself carries.
fn uuid_from_kernel(folder: impl AsFd) -> Option<String> {
    const FS_IOC_GETFSUUID: rustix::ioctl::Opcode = opcode::read::<KernelUuid>(0x15, 0);
    // SAFETY: the call writes one `struct fsuuid2`, whose layout `KernelUuid` has.
    let uuid = unsafe { rustix::ioctl::ioctl(folder, Getter::<FS_IOC_GETFSUUID, KernelUuid>::new()) }.ok()?;
    (uuid.length == 16 && uuid.bytes != [0; 16]).then(|| hyphenated(&uuid.bytes))
}

/// The id by which the system lists the disk `device`.
fn uuid_from_disks(device: &Path) -> Option<String> {
    let device = fs::canonicalize(device).ok().filter(|device| device.starts_with("/dev"))?;
    let listed = fs::read_dir("/dev/disk/by-uuid").ok()?;
    let is_device = |link: &fs::DirEntry| fs::canonicalize(link.path()).is_ok_and(|target| target == device);
    let name: OsString = listed.flatten().find(is_device)?.file_name();
    Some(name.to_string_lossy().to_lowercase())
}

/// A number that these file systems, unlike others, make from the disk's id and not from the place it is plugged in.
fn derived_id(folder: impl AsFd, file_system: &str) -> Option<u64> {
    if !["ext2", "ext3", "ext4", "btrfs", "zfs", "tmpfs"].contains(&file_system) {
        return None;
    }
    rustix::fs::fstatvfs(folder).ok().map(|volume| volume.f_fsid).filter(|id| *id != 0)
}

/// 8-4-4-4-12 hexadecimal digits.
fn hyphenated(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}
