//! The trash of this system, in a home of its own: each test runs in a process that is told where that is.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use likeness_domain::{FileId, FileStamp, RelativePath};
use likeness_store::{FilePlace, GoingFile};

use super::memory::hash;
use crate::act::{Disk, Eyes, Reason, Seen, SystemDisk};

const HOME: &str = "LIKENESS_CLEANUP_TEST_HOME";

/// Runs the test `name` of this file in a process whose home is a new folder, and tells that folder.
fn run_at_home(name: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("act::tests::real::{name}"), "--ignored", "--nocapture"])
        .env(HOME, home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "{said}");
    home
}

fn home() -> PathBuf {
    PathBuf::from(std::env::var_os(HOME).expect("named by the test that started this one"))
}

/// Takes every file for a picture.
struct Believing;

impl Eyes for Believing {
    fn check_present(&mut self, place: &FilePlace) -> Result<(), Reason> {
        let root = place.root.clone();
        if root.is_dir() { Ok(()) } else { Err(Reason::Away { root, why: "it is not there".into() }) }
    }

    fn decode(&mut self, path: &Path) -> Result<Seen, String> {
        let bytes = fs::read(path).map_err(|error| error.to_string())?;
        let stamp = SystemDisk::new(Believing).stamp(path).map_err(|error| error.to_string())?;
        Ok(Seen { hash: hash(&bytes), stamp, flaw: None })
    }
}

fn write(path: &Path, bytes: &[u8]) -> FileStamp {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_nanos(1_234_567_890_123_456_789)).unwrap();
    SystemDisk::new(Believing).stamp(path).unwrap()
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names
}

#[test]
fn files_go_and_come_back_as_they_were() {
    run_at_home("goes_and_comes_back");
}

#[test]
#[ignore = "started by the test above"]
fn goes_and_comes_back() {
    let photos = home().join("photos");
    let mut disk = SystemDisk::new(Believing);
    let names: [&[u8]; 6] =
        [b"a.jpg", b"a b=c%41.jpg", b"\xff.jpg", "ü.jpg".as_bytes(), b"new\nline.jpg", b"-.jpg"];
    for name in names {
        let path = photos.join(OsStr::from_bytes(name));
        let stamp = write(&path, name);
        let at = disk.trash(&path, &stamp).unwrap();
        assert!(!path.exists() && at.starts_with(home().join("data/Trash/files")), "{}", at.display());
        let going = GoingFile {
            file: FileId(1),
            photo: None,
            place: FilePlace {
                root: photos.clone(),
                volume: None,
                path: RelativePath::from_bytes(name.to_vec()).unwrap(),
            },
            hash: hash(name),
            stamp,
        };
        assert_eq!(disk.find_in_trash(&going), Some(at.clone()));
        let back = disk.put_back(&at, &path).unwrap();
        assert_eq!(
            (back.size_bytes, back.modified_ns, back.inode),
            (stamp.size_bytes, stamp.modified_ns, stamp.inode)
        );
        assert_eq!(fs::read(&path).unwrap(), name);
    }
    for part in ["files", "info"] {
        assert_eq!(listed(&home().join("data/Trash").join(part)), [] as [PathBuf; 0]);
    }
}

#[test]
fn namesakes_and_foreign_notes_are_told_apart() {
    run_at_home("tells_namesakes_apart");
}

/// Two of one name in one second; notes that other programs wrote badly; a name that is taken in the trash.
#[test]
#[ignore = "started by the test above"]
fn tells_namesakes_apart() {
    let (photos, trash) = (home().join("photos"), home().join("data/Trash"));
    write(&trash.join("info/blank.trashinfo"), b"[Trash Info]\n\nPath=\n\n");
    write(&trash.join("info/x.jpg.trashinfo"), b"");
    write(&trash.join("files/x.jpg.2"), b"");
    let mut disk = SystemDisk::new(Believing);
    let paths = ["1/x.jpg", "2/x.jpg", "3/x.jpg"].map(|name| photos.join(name));
    let trashed: Vec<PathBuf> = paths
        .iter()
        .map(|path| {
            let stamp = write(path, path.as_os_str().as_bytes());
            disk.trash(path, &stamp).unwrap()
        })
        .collect();
    for (path, at) in paths.iter().zip(&trashed).rev() {
        assert_eq!(fs::read(at).unwrap(), path.as_os_str().as_bytes());
        // Its folder went as well.
        fs::remove_dir(path.parent().unwrap()).unwrap();
        disk.put_back(at, path).unwrap();
    }
    for path in &paths {
        assert_eq!(fs::read(path).unwrap(), path.as_os_str().as_bytes());
    }
    let left = [trash.join("info/blank.trashinfo"), trash.join("info/x.jpg.trashinfo")];
    assert_eq!(listed(&trash.join("info")), left, "what others left there is theirs");
    assert_eq!(listed(&trash.join("files")), [trash.join("files/x.jpg.2")]);
}

#[test]
fn what_cannot_go_stays_and_leaves_nothing_behind() {
    run_at_home("stays_where_it_cannot_go");
}

#[test]
#[ignore = "started by the test above"]
fn stays_where_it_cannot_go() {
    let (photos, trash) = (home().join("photos"), home().join("data/Trash"));
    let mut disk = SystemDisk::new(Believing);
    let long = photos.join(format!("{}.jpg", "n".repeat(245)));
    let stamp = write(&long, b"long");
    assert_eq!(disk.trash(&long, &stamp), Err(Reason::NameTooLong));
    let path = photos.join("a.jpg");
    let stamp = write(&path, b"bytes");
    // Nothing comes over what lies there.
    let at = disk.trash(&path, &stamp).unwrap();
    write(&path, b"another");
    assert!(matches!(disk.put_back(&at, &path), Err(Reason::NotPutBack(_))));
    assert_eq!((fs::read(&path).unwrap(), fs::read(&at).unwrap()), (b"another".to_vec(), b"bytes".to_vec()));
    fs::remove_file(&at).unwrap();
    assert_eq!(disk.put_back(&at, &photos.join("b.jpg")), Err(Reason::NotInTrash));
    fs::remove_dir_all(&trash).unwrap();
    // A link is no photo, and a trash that is a link leads who knows where.
    let link = photos.join("link.jpg");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert_eq!(disk.decode(&link), Err(Reason::Link));
    assert_eq!(disk.hash(&link), Err(Reason::Link));
    assert_eq!(disk.hash(&photos.join("absent.jpg")), Err(Reason::Gone));
    // A file that may not be moved: not every file system knows such.
    let pinned = photos.join("pinned.jpg");
    let stamp = write(&pinned, b"pinned");
    let pins =
        |how: &str| Command::new("chattr").arg(how).arg(&pinned).status().is_ok_and(|done| done.success());
    if pins("+i") {
        let refused = disk.trash(&pinned, &stamp);
        assert!(pins("-i"));
        assert!(matches!(refused, Err(Reason::NotTrashed(_))), "{refused:?}");
        assert_eq!(fs::read(&pinned).unwrap(), b"pinned");
        for part in ["files", "info"] {
            assert_eq!(listed(&trash.join(part)), [] as [PathBuf; 0], "nothing of it is left in the trash");
        }
    }
}
