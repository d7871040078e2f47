//! Drives that are away, swapped and back, with file systems in loop-mounted images.
//!
//! Mounting takes rights that not every machine gives: where it is refused the tests of mounts end early and say so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use likeness_domain::{JobContext, RelativePath};
use likeness_scan::{
    FindError, RootState, SkippedPlaces, VolumeId, find_files, find_volume, root_state, volume_of,
};
use tempfile::TempDir;

/// A file with an ext4 file system in it.
struct Disk {
    image: PathBuf,
}

/// A mounted disk; dropped, it is unmounted.
struct Mounted {
    mount_point: PathBuf,
}

impl Disk {
    /// `None` where there is no tool for it.
    fn new(folder: &Path, name: &str) -> Option<Self> {
        let image = folder.join(name);
        let file = fs::File::create(&image).expect("made");
        file.set_len(4 << 20).expect("sized");
        succeeds(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image)).then_some(Self { image })
    }

    /// `None` where mounting is not permitted.
    fn mount(&self, mount_point: &Path) -> Option<Mounted> {
        let mounted = succeeds(Command::new("mount").args(["-o", "loop"]).arg(&self.image).arg(mount_point));
        mounted.then(|| Mounted { mount_point: mount_point.to_path_buf() })
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        succeeds(Command::new("umount").arg("-l").arg(&self.mount_point));
    }
}

fn succeeds(command: &mut Command) -> bool {
    match command.output() {
        Ok(output) if output.status.success() => true,
        Ok(output) => {
            eprintln!("not done: {}", String::from_utf8_lossy(&output.stderr));
            false
        }
        Err(error) => {
            eprintln!("not done: {error}");
            false
        }
    }
}

#[test]
fn an_unplugged_drive_is_offline_another_one_is_foreign_and_the_first_is_found_again() {
    let folder = TempDir::new().expect("made");
    let (here, there) = (folder.path().join("here"), folder.path().join("over there"));
    fs::create_dir(&here).expect("made");
    fs::create_dir(&there).expect("made");
    let (Some(disk), Some(other)) = (Disk::new(folder.path(), "disk"), Disk::new(folder.path(), "other"))
    else {
        return eprintln!("skipped: no file system can be made here");
    };
    let Some(mounted) = disk.mount(&here) else {
        return eprintln!("skipped: mounting is not permitted here");
    };
    fs::write(here.join("a.jpg"), b"\xff\xd8\xff").expect("written");
    let volume = volume_of(&here).expect("told");
    assert_eq!(root_state(&here, Some(&volume)), RootState::Online);
    assert_eq!(find_volume(&volume), std::slice::from_ref(&here));
    assert_ne!(volume_of(folder.path()), Some(volume.clone()));

    drop(mounted);
    assert!(matches!(root_state(&here, Some(&volume)), RootState::Offline { .. }));
    assert_eq!(find_volume(&volume), Vec::<PathBuf>::new());

    let another = other.mount(&here).expect("permitted before");
    assert_eq!(root_state(&here, Some(&volume)), RootState::Foreign);
    drop(another);

    let _back = disk.mount(&there).expect("permitted before");
    assert_eq!(find_volume(&volume), std::slice::from_ref(&there));
    assert_eq!(root_state(&there, Some(&volume)), RootState::Online);
}

#[test]
fn a_drive_unplugged_during_a_scan_proves_nothing() {
    let folder = TempDir::new().expect("made");
    let Some(disk) = Disk::new(folder.path(), "disk") else {
        return eprintln!("skipped: no file system can be made here");
    };
    let root = folder.path().join("root");
    fs::create_dir(&root).expect("made");
    let Some(mounted) = disk.mount(&root) else {
        return eprintln!("skipped: mounting is not permitted here");
    };
    fs::write(root.join("no extension"), b"text").expect("written");
    fs::create_dir(root.join("deep")).expect("made");
    fs::write(root.join("deep/a.jpg"), b"\xff\xd8\xff").expect("written");
    let mounted = std::cell::RefCell::new(Some(mounted));
    let found = find_files(
        &JobContext::unattended(),
        &root,
        &RelativePath::ROOT,
        &SkippedPlaces::default(),
        &|_, _| {
            mounted.borrow_mut().take();
            None
        },
    );
    assert!(matches!(found, Err(FindError::RootChanged { .. })), "{found:?}");
}

#[test]
fn a_folder_that_is_not_there_is_offline() {
    let folder = TempDir::new().expect("made");
    // Where the system does not tell, as inside a bare chroot, a folder that is there is online all the same.
    let volume = volume_of(folder.path());
    assert_eq!(root_state(folder.path(), volume.as_ref()), RootState::Online);
    assert_eq!(root_state(folder.path(), None), RootState::Online);
    for root in [folder.path().join("gone"), PathBuf::from("/dev/null")] {
        assert!(matches!(root_state(&root, volume.as_ref()), RootState::Offline { .. }), "{root:?}");
    }
}

#[test]
fn an_empty_folder_on_another_volume_is_an_unplugged_drive() {
    let folder = TempDir::new().expect("made");
    let away = VolumeId::from("uuid:0".to_string());
    assert!(matches!(root_state(folder.path(), Some(&away)), RootState::Offline { .. }));
    fs::write(folder.path().join("a.jpg"), b"x").expect("written");
    assert_eq!(root_state(folder.path(), Some(&away)), RootState::Foreign);
}
