//! The walk on real temporary folders: what is found, under which name, and what is not.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use likeness_domain::{FileKind, FileStamp, FoundFiles, JobContext, JobControl, RelativePath};
use likeness_scan::{FindError, SkippedPlaces, find_files, stamp_of};
use tempfile::TempDir;

const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";

fn nothing_known(_: &RelativePath, _: &FileStamp) -> Option<FileKind> {
    None
}

fn find(root: &Path) -> FoundFiles {
    find_under(root, "")
}

fn find_under(root: &Path, under: &str) -> FoundFiles {
    let skip = SkippedPlaces::default();
    find_files(&JobContext::unattended(), root, &path(under), &skip, &nothing_known)
        .expect("the root is there")
}

fn path(text: &str) -> RelativePath {
    RelativePath::from_bytes(text.into()).expect("a valid path")
}

fn make(root: &Path, names: &[&str]) {
    for name in names {
        make_file(&root.join(name), JPEG);
    }
}

fn make_file(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("below a folder")).expect("made");
    fs::write(path, bytes).expect("written");
}

fn names(found: &FoundFiles) -> Vec<String> {
    let mut names: Vec<String> = found.files.iter().map(|file| file.path.to_string()).collect();
    names.sort();
    names
}

fn kind_of(found: &FoundFiles, name: &str) -> Option<FileKind> {
    found.files.iter().find(|file| file.path == path(name)).map(|file| file.kind)
}

#[test]
fn files_are_found_with_their_stamps_and_kinds() {
    let root = TempDir::new().expect("made");
    make(
        root.path(),
        &["a.JPG", "2020/b.cr3", "2020/b.xmp", "2020/c.heic", "2020/C.MOV", "2020/d.mov", "2020/notes.txt"],
    );
    make(root.path(), &["export/e.jpg", "export/e.jpg.json", "export/manifest.json", "export/deep/er/f.png"]);
    let found = find(root.path());
    assert_eq!(found.unlisted, []);
    assert_eq!(
        names(&found),
        [
            "2020/C.MOV",
            "2020/b.cr3",
            "2020/b.xmp",
            "2020/c.heic",
            "2020/d.mov",
            "a.JPG",
            "export/deep/er/f.png",
            "export/e.jpg",
            "export/e.jpg.json",
        ]
    );
    assert_eq!(kind_of(&found, "a.JPG"), Some(FileKind::Picture));
    assert_eq!(kind_of(&found, "2020/b.xmp"), Some(FileKind::Companion));
    assert_eq!(kind_of(&found, "2020/C.MOV"), Some(FileKind::Companion));
    assert_eq!(kind_of(&found, "2020/d.mov"), Some(FileKind::Video));
    for file in &found.files {
        assert_eq!(file.stamp, stamp_of(&file.path.below(root.path())).expect("there"));
    }
}

#[test]
fn a_part_is_scanned_alone_and_a_part_that_is_gone_is_empty() {
    let root = TempDir::new().expect("made");
    make(root.path(), &["a/b/1.jpg", "a/2.heic", "a/2.mov", "c/3.jpg", ".hidden/4.jpg"]);
    assert_eq!(names(&find_under(root.path(), "a/b")), ["a/b/1.jpg"]);
    assert_eq!(names(&find_under(root.path(), "c/3.jpg")), ["c/3.jpg"]);
    let movie = find_under(root.path(), "a/2.mov");
    assert_eq!((movie.files.len(), kind_of(&movie, "a/2.mov")), (1, Some(FileKind::Companion)));
    for gone in ["z", "a/z.jpg", "a/2.heic/z", ".hidden", ".hidden/4.jpg", "a/notes.txt"] {
        assert_eq!(find_under(root.path(), gone), FoundFiles::default(), "{gone}");
    }
}

#[test]
fn names_that_say_nothing_are_opened_once() {
    let root = TempDir::new().expect("made");
    make(root.path(), &["picture", "also.picture"]);
    make_file(&root.path().join("script"), b"#!/bin/sh");
    make_file(&root.path().join("empty"), b"");
    let found = find(root.path());
    assert_eq!(names(&found), ["also.picture", "empty", "picture", "script"]);
    assert_eq!(kind_of(&found, "picture"), Some(FileKind::Picture));
    assert_eq!(kind_of(&found, "script"), Some(FileKind::Other));

    // A catalog that calls everything a video is believed, which shows that nothing was opened.
    let asked = RefCell::new(0);
    let known = |path: &RelativePath, stamp: &FileStamp| {
        *asked.borrow_mut() += 1;
        let earlier = found.files.iter().find(|file| file.path == *path)?;
        stamp.is_unchanged(&earlier.stamp).then_some(FileKind::Video)
    };
    let skip = SkippedPlaces::default();
    let again = find_files(&JobContext::unattended(), root.path(), &RelativePath::ROOT, &skip, &known)
        .expect("the root is there");
    assert!(again.files.iter().all(|file| file.kind == FileKind::Video));
    assert_eq!(*asked.borrow(), 4);
}

#[test]
fn hidden_system_and_own_folders_are_not_entered() {
    let root = TempDir::new().expect("made");
    make(root.path(), &["a.jpg", ".Trash-0/files/b.jpg", "@eaDir/c.jpg", "._d.jpg", ".stfolder/e.jpg"]);
    make(root.path(), &["lost+found/f.jpg", "Library/cache/g.jpg", "x.jpg.tmp"]);
    make(root.path(), &["Mine.photoslibrary/resources/h.jpg", "Mine.photoslibrary/originals/0/i.jpg"]);
    symlink(root.path().join("Library"), root.path().join("other name")).expect("made");
    let skip = SkippedPlaces::new([root.path().join("Library"), PathBuf::from("/nowhere/at/all")]);
    let find = |under: &str| {
        find_files(&JobContext::unattended(), root.path(), &path(under), &skip, &nothing_known)
            .expect("there")
    };
    assert_eq!(names(&find("")), ["Mine.photoslibrary/originals/0/i.jpg", "a.jpg"]);
    assert_eq!(find("Library/cache"), FoundFiles::default());
    assert_eq!(find("Library/cache/g.jpg"), FoundFiles::default());
}

#[test]
fn link_loops_end_and_every_file_keeps_its_own_path() {
    let root = TempDir::new().expect("made");
    let elsewhere = TempDir::new().expect("made");
    make(root.path(), &["a/1.jpg"]);
    make(elsewhere.path(), &["2.jpg", "deep/3.jpg"]);
    symlink("..", root.path().join("a/up")).expect("made");
    symlink(root.path(), root.path().join("a/root")).expect("made");
    symlink(root.path().join("a"), root.path().join("0")).expect("made");
    symlink("self", root.path().join("self")).expect("made");
    symlink("/", root.path().join("everything")).expect("made");
    symlink(elsewhere.path(), root.path().join("link")).expect("made");
    symlink(elsewhere.path().join("deep"), root.path().join("second")).expect("made");
    symlink(root.path(), elsewhere.path().join("back")).expect("made");
    let found = find(root.path());
    assert_eq!(found.unlisted, []);
    let found = names(&found);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.contains(&"a/1.jpg".into()) && found.contains(&"link/2.jpg".into()), "{found:?}");
}

#[test]
fn linked_files_are_second_names_of_one_file() {
    let root = TempDir::new().expect("made");
    make(root.path(), &["a.jpg", ".objects/b"]);
    fs::hard_link(root.path().join("a.jpg"), root.path().join("hard.jpg")).expect("made");
    symlink("a.jpg", root.path().join("soft.jpg")).expect("made");
    symlink(".objects/b", root.path().join("kept elsewhere.jpg")).expect("made");
    let found = find(root.path());
    assert_eq!(names(&found), ["a.jpg", "hard.jpg", "kept elsewhere.jpg", "soft.jpg"]);
    let same: Vec<_> = found.files.iter().filter(|file| file.path != path("kept elsewhere.jpg")).collect();
    assert!(same.iter().all(|file| file.stamp == same[0].stamp), "one inode on one device");
}

#[test]
fn links_that_lead_nowhere_are_unknown_and_not_missing() {
    let root = TempDir::new().expect("made");
    symlink("/nowhere/at/all", root.path().join("usb")).expect("made");
    let found = find(root.path());
    let unlisted: Vec<_> = found.unlisted.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!((found.files.len(), unlisted), (0, vec!["usb".to_string()]));
}

#[test]
fn names_keep_their_bytes() {
    let root = TempDir::new().expect("made");
    let longest = [&[b'n'; 251][..], b".jpg"].concat();
    let odd: [&[u8]; 5] =
        [b"\xff\xfe.jpg", "\u{e9}.jpg".as_bytes(), "e\u{301}.jpg".as_bytes(), b"a\nb.jpg", &longest];
    for name in odd {
        make_file(&root.path().join(OsStr::from_bytes(name)), JPEG);
    }
    make(root.path(), &["case.jpg", "CASE.jpg"]);
    let found = find(root.path());
    let found_bytes: Vec<&[u8]> = found.files.iter().map(|file| file.path.as_bytes()).collect();
    assert_eq!(found_bytes.len(), 7);
    for name in odd {
        assert!(found_bytes.contains(&name), "{name:?}");
    }
    for file in &found.files {
        assert_eq!(fs::read(file.path.below(root.path())).expect("opens again"), JPEG);
    }
}

#[test]
fn a_path_too_long_to_open_is_unlisted_and_the_walk_goes_on() {
    let root = TempDir::new().expect("made");
    make(root.path(), &["a.jpg"]);
    // Relative to open folders there is no limit: 20 names of 250 bytes are more than the 4096 that a path may have.
    let name = "d".repeat(250);
    let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::DIRECTORY;
    let mut folder = rustix::fs::open(root.path(), flags, rustix::fs::Mode::empty()).expect("opened");
    for _ in 0..20 {
        rustix::fs::mkdirat(&folder, &name, rustix::fs::Mode::RWXU).expect("made");
        folder = rustix::fs::openat(&folder, &name, flags, rustix::fs::Mode::empty()).expect("opened");
    }
    let found = find(root.path());
    assert_eq!(names(&found), ["a.jpg"]);
    assert_eq!(found.unlisted.len(), 1);
    assert!(found.unlisted[0].1.contains("longer"), "{}", found.unlisted[0].1);
}

#[test]
fn a_folder_that_is_closed_to_us_is_unlisted_and_the_walk_goes_on() {
    let root = TempDir::new().expect("made");
    make(root.path(), &["closed/a.jpg", "open/b.jpg"]);
    let closed = root.path().join("closed");
    fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).expect("set");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("set");
    let found =
        std::thread::scope(|threads| threads.spawn(|| without_privileges(|| find(root.path()))).join())
            .expect("no panic");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).expect("set");
    assert_eq!(names(&found), ["open/b.jpg"]);
    let unlisted: Vec<_> = found.unlisted.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(unlisted, ["closed"]);
    assert!(found.unlisted[0].1.contains("permission"), "{}", found.unlisted[0].1);
}

/// Root ignores mode bits, so as root the rest of this thread, and no other, is nobody.
fn without_privileges<T>(act: impl FnOnce() -> T) -> T {
    if rustix::process::geteuid().is_root() {
        let nobody = rustix::process::Uid::from_raw(65_534);
        rustix::thread::set_thread_res_uid(nobody, nobody, nobody).expect("root may");
    }
    act()
}

#[test]
fn a_root_that_is_gone_proves_nothing() {
    let root = TempDir::new().expect("made");
    let gone = root.path().join("gone");
    for under in ["", "a.jpg"] {
        let found = find_files(
            &JobContext::unattended(),
            &gone,
            &path(under),
            &SkippedPlaces::default(),
            &nothing_known,
        );
        assert!(matches!(found, Err(FindError::RootUnreachable { .. })), "{found:?}");
    }
}

#[test]
fn a_root_that_is_swapped_during_the_walk_proves_nothing() {
    let parent = TempDir::new().expect("made");
    let root = parent.path().join("root");
    make(&root, &["no extension", "deep/a.jpg"]);
    let swap = |_: &RelativePath, _: &FileStamp| {
        fs::rename(&root, parent.path().join("away")).expect("moved");
        fs::create_dir(&root).expect("made");
        Some(FileKind::Other)
    };
    let found =
        find_files(&JobContext::unattended(), &root, &RelativePath::ROOT, &SkippedPlaces::default(), &swap);
    assert!(matches!(found, Err(FindError::RootChanged { .. })), "{found:?}");
}

#[test]
fn a_cancelled_walk_has_no_result() {
    let root = TempDir::new().expect("made");
    let control = JobControl::new();
    control.cancel();
    let ctx = JobContext::new(control, |_| {});
    let found = find_files(&ctx, root.path(), &RelativePath::ROOT, &SkippedPlaces::default(), &nothing_known);
    assert!(matches!(found, Err(FindError::Cancelled(_))), "{found:?}");
}
