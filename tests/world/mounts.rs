//! Drives that come and go, and one that is small. Mounting takes rights that not every machine gives: then there is
//! none, and the test that wanted it says so and ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A file with an ext4 file system in it, to be mounted. It keeps its name for the system wherever it is mounted.
pub struct Disk {
    image: PathBuf,
    mounted: Option<PathBuf>,
}

impl Disk {
    /// In a new file; `None` where that cannot be done.
    pub fn new(image: PathBuf) -> Option<Self> {
        fs::File::create(&image).expect("made").set_len(16 << 20).expect("sized");
        let made = succeeds(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image));
        made.then_some(Self { image, mounted: None })
    }

    /// Plugs it in; whether that is permitted.
    #[must_use]
    pub fn mount(&mut self, place: &Path) -> bool {
        let mounted = succeeds(Command::new("mount").args(["-o", "loop"]).arg(&self.image).arg(place));
        self.mounted = mounted.then(|| place.to_path_buf());
        mounted
    }

    /// Lets nobody write to it any more.
    pub fn make_read_only(&self) {
        let place = self.mounted.as_ref().expect("mounted");
        let mut remount = Command::new("mount");
        assert!(succeeds(remount.args(["-o", "remount,ro"]).arg(place)), "mounted anew");
    }

    /// Pulls it out.
    pub fn unmount(&mut self) {
        if let Some(place) = self.mounted.take() {
            assert!(succeeds(Command::new("umount").arg(&place)), "{} can be unmounted", place.display());
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Some(place) = self.mounted.take() {
            succeeds(Command::new("umount").arg("-l").arg(place));
        }
    }
}

/// A volume in memory that holds little, until it is enlarged.
pub struct SmallVolume(TempDir);

impl SmallVolume {
    /// `None` where mounting is not permitted.
    pub fn mount(kilobytes: u32) -> Option<Self> {
        let place = tempfile::tempdir().expect("a temporary folder");
        let size = format!("size={kilobytes}k");
        let mounted =
            succeeds(Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(place.path()));
        mounted.then_some(Self(place))
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Gives it room.
    pub fn enlarge(&self, kilobytes: u32) {
        let size = format!("remount,size={kilobytes}k");
        assert!(succeeds(Command::new("mount").args(["-o", &size]).arg(self.path())), "enlarged");
    }
}

impl Drop for SmallVolume {
    fn drop(&mut self) {
        succeeds(Command::new("umount").arg("-l").arg(self.path()));
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
