//! Opening: new, newer, damaged and foreign libraries, and two of them at once.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

use likeness_domain::Rating;

use super::*;
use crate::testing::{Disk, Library, content, hash, tag};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o777
}

#[test]
fn only_the_owner_may_read_a_library_whatever_its_name() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let folder = place.path().join(std::ffi::OsStr::from_bytes(b"sub/lib \xff'?x=1"));
    let store = Store::open(&folder).expect("a new library");
    store.set_setting("a", "b").expect("set");
    assert_eq!(mode(&folder), 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).expect("a folder").flatten() {
        assert_eq!(mode(&entry.path()), 0o600, "{entry:?}");
        names.push(entry.file_name());
    }
    assert!(
        names.iter().any(|name| name == "derived.db") && names.iter().any(|name| name == "library.db-wal")
    );
}

#[test]
fn a_newer_library_is_refused_by_name_and_keeps_every_byte() {
    for (name, schemas) in
        [("library.db", migrate::LIBRARY.len() as u32), ("derived.db", migrate::DERIVED.len() as u32)]
    {
        let place = tempfile::tempdir().expect("a temporary folder");
        drop(Store::open(place.path()).expect("a new library"));
        let path = place.path().join(name);
        let file = Connection::open(&path).expect("opened");
        file.pragma_update(None, "user_version", 99).expect("set");
        file.close().expect("closed");
        let before = fs::read(&path).expect("read");
        let error = Store::open(place.path()).expect_err("newer");
        assert!(matches!(&error, Error::Newer { found: 99, known, .. } if *known == schemas), "{error:?}");
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!(fs::read(&path).expect("read"), before);
        assert!(!beside(&path, "-wal").exists());
    }
}

#[test]
fn a_damaged_library_is_named_on_open_and_not_touched() {
    let damages: [fn(&mut Vec<u8>); 4] = [
        |bytes| bytes.truncate(50),
        |bytes| bytes.truncate(bytes.len() - 4096),
        |bytes| bytes[..16].fill(b'x'),
        |bytes| bytes[100..4096].fill(0xa5),
    ];
    for damage in damages {
        let place = tempfile::tempdir().expect("a temporary folder");
        drop(Store::open(place.path()).expect("a new library"));
        let path = library_path(place.path());
        let mut bytes = fs::read(&path).expect("read");
        damage(&mut bytes);
        fs::write(&path, &bytes).expect("written");
        let error = Store::open(place.path()).expect_err("damaged");
        assert!(matches!(&error, Error::Corrupt { path, .. } if path.ends_with("library.db")), "{error:?}");
        assert_eq!(fs::read(&path).expect("read"), bytes);
    }
}

#[test]
fn work_that_was_lost_or_damaged_is_begun_again() {
    let losses: [fn(&Path); 3] = [
        |path| fs::remove_file(path).expect("deleted"),
        |path| fs::write(path, "no database").expect("written"),
        |path| {
            let bytes = fs::read(path).expect("read");
            fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
        },
    ];
    for lose in losses {
        let (library, photos) = Library::with_photos(3);
        library.store.rate(&photos, Rating::new(4).expect("stars")).expect("rated");
        let library = library.reopened(|folder| lose(&derived_path(folder))).expect("opened");
        let rows = library.store.photos(&photos).expect("photos");
        assert!(rows.iter().all(|row| row.decisions.rating.stars() == 4 && row.preview.is_none()));
        assert_eq!(library.store.count_without_embedding(&tag()).expect("a count"), 3);
        assert!(!library.store.photo_of(&hash(1)).expect("an answer").expect("known").has_preview);
    }
}

#[test]
fn work_for_another_history_is_not_believed() {
    let (library, _) = Library::with_photos(1);
    let backup = library.place.path().join("backup");
    library.store.backup_to(&backup).expect("copied");
    let mut disk = Disk::with(&[("1.jpg", 1)]);
    disk.write("other.jpg", 2);
    library.refresh(&disk);
    assert_eq!(library.embeddings(), 2);

    let restore = |folder: &Path| fs::rename(&backup, library_path(folder)).map(|_| ()).expect("restored");
    let library = library.reopened(restore).expect("opened");
    assert_eq!(library.embeddings(), 0, "photo 2 will be another one in this history");
    disk.remove("other.jpg");
    disk.write("third.jpg", 3);
    library.refresh(&disk);
    let third = library.photo_at("third.jpg").expect("a photo");
    let row = library.store.photos(&[third]).expect("photos").remove(0);
    assert_eq!((third.0, row.preview), (2, Some(content(3).preview)));
}

#[test]
fn two_stores_of_one_library_wait_for_each_other() {
    let (library, photos) = Library::with_photos(1);
    let other = Store::open(library.place.path()).expect("opened twice");
    let version = other.others_version().expect("a version");
    let (begun, wait_for_begin) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| {
            library.store.write(|catalog| {
                catalog.execute("UPDATE photos SET flag = 'pick'", [])?;
                begun.send(()).expect("heard");
                std::thread::sleep(Duration::from_millis(600));
                Ok(())
            })
        });
        wait_for_begin.recv().expect("begun");
        assert_eq!(other.shape(&crate::PhotoQuery::default()).expect("read meanwhile").len(), 1);
        other.rate(&photos, Rating::new(2).expect("stars")).expect("waited");
        slow.join().expect("no panic").expect("written");
    });
    let decisions = other.photos(&photos).expect("photos")[0].decisions;
    assert_eq!((decisions.rating.stars(), decisions.flag), (2, likeness_domain::Flag::Pick));
    assert!(other.others_version().expect("a version") > version);
}

#[test]
fn the_version_changes_with_every_write() {
    let (library, photos) = Library::with_photos(1);
    let other = Store::open(library.place.path()).expect("opened twice");
    let version = || library.store.version().expect("a version");
    let before = version();
    library.store.photos(&photos).expect("photos");
    assert_eq!(version(), before);
    library.store.rate(&photos, Rating::new(1).expect("stars")).expect("rated");
    let own = version();
    assert!(own > before);
    other.rate(&photos, Rating::new(2).expect("stars")).expect("rated");
    assert!(version() > own);
}

#[test]
fn only_what_others_write_changes_their_version() {
    let (library, photos) = Library::with_photos(1);
    let other = Store::open(library.place.path()).expect("opened twice");
    let version = || library.store.others_version().expect("a version");
    let before = version();
    library.store.photos(&photos).expect("photos");
    library.store.rate(&photos, Rating::new(1).expect("stars")).expect("rated");
    assert_eq!(version(), before);
    other.photos(&photos).expect("photos");
    assert_eq!(version(), before);
    other.rate(&photos, Rating::new(2).expect("stars")).expect("rated");
    assert!(version() > before);
}

#[test]
fn many_open_a_new_library_at_once() {
    let place = tempfile::tempdir().expect("a temporary folder");
    std::thread::scope(|scope| {
        let open = |i: u32| {
            let store = Store::open(place.path()).expect("opened");
            store.set_setting(&i.to_string(), "here").expect("set");
        };
        (0..8).for_each(|i| _ = scope.spawn(move || open(i)));
    });
    let store = Store::open(place.path()).expect("opened");
    assert!((0..8).all(|i: u32| store.setting(&i.to_string()).expect("an answer").is_some()));
}
