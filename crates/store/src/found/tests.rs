//! What scans of changed, torn and strange disks do to the catalog.

use likeness_domain::{PhotoId, Problem, Stage};

use super::*;
use crate::testing::{Disk, Library, path};
use crate::{Available, Outcome};

fn moved(moved: u64) -> Changes {
    Changes { moved, ..Changes::default() }
}

/// What a scan says that misses one file.
fn one_missing(unchanged: u64) -> Changes {
    Changes { unchanged, missing: 1, ..Changes::default() }
}

#[test]
fn an_unchanged_disk_changes_nothing() {
    let library = Library::new();
    let disk = Disk::with(&[("a.jpg", 1), ("b/c.jpg", 2), ("b/c.jpg.xmp", 3), ("d.mp4", 4)]);
    let first = library.scan(&disk);
    assert_eq!(first, Changes { new: 2, companions: 1, videos: 1, ..Changes::default() });
    library.read(&disk);
    let again = library.scan(&disk);
    assert_eq!(again, Changes { unchanged: 2, companions: 1, videos: 1, ..Changes::default() });
    assert!(library.read(&disk).is_empty(), "no file is opened");
    let folders = library.store.folders().expect("folders");
    assert_eq!((folders[0].photos, folders[0].problems), (2, 0));
    assert!(folders[0].last_scan_ms.is_some());
    let counts = library.store.counts().expect("counts");
    assert_eq!(
        (counts.photos, counts.files, counts.companions, counts.videos, counts.missing),
        (2, 2, 1, 1, 0)
    );
}

#[test]
fn any_difference_in_a_stamp_means_changed_and_older_times_too() {
    let differences: [fn(&mut FileStamp); 5] = [
        |stamp| stamp.size_bytes += 1,
        |stamp| stamp.modified_ns -= 1,
        |stamp| stamp.modified_ns += 1,
        |stamp| stamp.changed_ns -= 1,
        |stamp| stamp.inode += 1000,
    ];
    for differ in differences {
        let library = Library::new();
        let mut disk = Disk::with(&[("a.jpg", 1)]);
        library.refresh(&disk);
        disk.files.values_mut().for_each(|node| differ(&mut node.stamp));
        assert_eq!(library.scan(&disk), Changes { changed: 1, ..Changes::default() });
        assert_eq!(library.read(&disk).len(), 1);
        assert_eq!(library.scan(&disk), Changes { unchanged: 1, ..Changes::default() });
    }
}

#[test]
fn another_number_of_the_volume_is_no_change() {
    let library = Library::new();
    let mut disk = Disk::with(&[("a.jpg", 1)]);
    library.refresh(&disk);
    disk.files.values_mut().for_each(|node| node.stamp.device = 99);
    assert_eq!(library.scan(&disk).unchanged, 1);
}

#[test]
fn a_missing_file_keeps_its_photo_and_comes_back_without_being_read() {
    let library = Library::new();
    let mut disk = Disk::with(&[("a.jpg", 1), ("b.jpg", 2)]);
    library.refresh(&disk);
    let photo = library.photo_at("a.jpg").expect("a photo");
    let node = disk.remove("a.jpg");
    assert_eq!(library.scan(&disk), one_missing(1));
    assert_eq!(library.scan(&disk).missing, 0, "only the first time");
    assert_eq!(library.photo_at("a.jpg"), None);
    let row = library.store.photos(&[photo]).expect("photos").remove(0);
    assert_eq!((row.available, row.files), (Available::Missing, 0));
    assert_eq!(library.store.counts().expect("counts").missing, 1);

    disk.files.insert(path("a.jpg"), node);
    assert_eq!(library.scan(&disk), Changes { unchanged: 1, returned: 1, ..Changes::default() });
    assert_eq!(library.photo_at("a.jpg"), Some(photo));
    assert!(library.read(&disk).is_empty());
}

#[test]
fn an_unreadable_file_that_returns_is_still_unreadable() {
    let library = Library::new();
    let disk = Disk::with(&[("a.jpg", 1)]);
    library.scan(&disk);
    let problem = Problem::new(Stage::Decode, "it is empty");
    let outcome = Outcome::Problem {
        file: library.file_to_read(),
        stamp: disk.files[&path("a.jpg")].stamp,
        problem: problem.clone(),
    };
    library.store.commit(&[outcome]).expect("committed");
    library.scan(&Disk::default());
    assert!(library.store.problems().expect("problems").is_empty());
    assert_eq!(library.scan(&disk).returned, 1);
    assert_eq!(library.store.problems().expect("problems")[0].reason, problem.reason);
    assert!(library.read(&disk).is_empty());
}

#[test]
fn a_thousand_moved_files_keep_their_numbers_and_embed_nothing() {
    let library = Library::new();
    let names: Vec<String> = (0..1000).map(|i| format!("old/{i:03}.jpg")).collect();
    let mut disk = Disk::default();
    names.iter().zip(1..).for_each(|(name, content)| disk.write(name, content));
    library.refresh(&disk);
    let before: Vec<Option<PhotoId>> = names.iter().map(|name| library.photo_at(name)).collect();
    for name in &names {
        disk.rename(name, &name.replace("old", "new"));
    }
    let (changes, committed) = library.refresh(&disk);
    assert_eq!(changes, moved(1000));
    assert!(committed.iter().all(|done| done.change == crate::Change::SameContent));
    let after: Vec<Option<PhotoId>> =
        names.iter().map(|name| library.photo_at(&name.replace("old", "new"))).collect();
    assert_eq!(before, after);
    assert_eq!(library.embeddings(), 1000);
}

#[test]
fn a_file_renamed_over_another_takes_its_place() {
    let library = Library::new();
    let mut disk = Disk::with(&[("a.jpg", 1), ("b.jpg", 2)]);
    library.refresh(&disk);
    let b = library.photo_at("b.jpg");
    disk.rename("b.jpg", "a.jpg");
    assert_eq!(library.refresh(&disk).0, moved(1));
    assert_eq!((library.photo_at("a.jpg"), library.photo_at("b.jpg")), (b, None));
    assert_eq!(library.store.counts().expect("counts").files, 1);
}

#[test]
fn names_that_three_files_pass_on_keep_their_rows_apart() {
    let library = Library::new();
    let mut disk = Disk::with(&[("a.jpg", 1), ("b.jpg", 2), ("c.jpg", 3)]);
    library.refresh(&disk);
    let photos = ["a.jpg", "b.jpg", "c.jpg"].map(|name| library.photo_at(name));
    for (from, to) in [("c.jpg", "x"), ("b.jpg", "c.jpg"), ("a.jpg", "b.jpg"), ("x", "a.jpg")] {
        disk.rename(from, to);
    }
    assert_eq!(library.refresh(&disk).0, moved(3));
    assert_eq!(["b.jpg", "c.jpg", "a.jpg"].map(|name| library.photo_at(name)), photos);
}

#[test]
fn what_could_not_be_listed_keeps_its_state() {
    let library = Library::new();
    let mut disk = Disk::with(&[("a.jpg", 1), ("b/c.jpg", 2), ("b/d/e.jpg", 3), ("bc/f.jpg", 4)]);
    library.refresh(&disk);
    for name in ["b/c.jpg", "b/d/e.jpg", "bc/f.jpg"] {
        disk.remove(name);
    }
    disk.unlisted.push(path("b"));
    assert_eq!(library.scan(&disk), one_missing(1));
    assert!(library.photo_at("b/d/e.jpg").is_some());
    disk.unlisted = vec![RelativePath::ROOT];
    disk.remove("a.jpg");
    assert_eq!(library.scan(&disk), Changes::default(), "a folder that could not be listed proves nothing");
    assert!(library.photo_at("a.jpg").is_some());
}

#[test]
fn a_scan_of_a_part_says_nothing_of_the_rest() {
    let library = Library::new();
    let mut disk = Disk::with(&[("a.jpg", 1), ("b/c.jpg", 2), ("b-d/e.jpg", 3), ("b0", 4)]);
    library.refresh(&disk);
    disk.files.clear();
    disk.write("b/new.jpg", 5);
    let changes = library.store.record_found(library.folder, &path("b"), &disk.found()).expect("recorded");
    assert_eq!(changes, Changes { new: 1, ..one_missing(0) });
    assert_eq!(library.photo_at("b/c.jpg"), None);
    for name in ["a.jpg", "b-d/e.jpg", "b0"] {
        assert!(library.photo_at(name).is_some(), "{name}");
    }
}

#[test]
fn names_keep_their_bytes() {
    let library = Library::new();
    let long = "n".repeat(255);
    let mut disk = Disk::with(&[("é.jpg", 1), ("e\u{301}.jpg", 2), ("A.jpg", 3), ("a.jpg", 4), (&long, 5)]);
    let odd = RelativePath::from_bytes(b"d/\xff\xfe.jpg".to_vec()).expect("a path");
    let node = disk.remove(&long);
    disk.files.insert(odd.clone(), node);
    assert_eq!(library.scan(&disk).new, 5);
    let files = library.store.files_to_read(None, None, 10).expect("a list");
    let mut listed: Vec<_> = files.iter().map(|file| file.path.clone()).collect();
    listed.sort();
    let mut expected: Vec<_> = disk.files.keys().map(|path| path.below("/photos".as_ref())).collect();
    expected.sort();
    assert_eq!(listed, expected);
    assert_eq!(library.scan(&disk).unchanged, 5);
}

#[test]
fn files_to_read_come_in_pages_in_path_order_from_online_folders_only() {
    let library = Library::new();
    let disk = Disk::with(&[("c.jpg", 1), ("a/b.jpg", 2), ("a-b.jpg", 3), ("d.xmp", 4), ("e.mp4", 5)]);
    library.scan(&disk);
    let mut after = None;
    let mut seen = Vec::new();
    while let Some(file) = library.store.files_to_read(None, after, 1).expect("a page").pop() {
        after = Some(file.id);
        seen.push(file.path);
    }
    assert_eq!(seen, ["/photos/a-b.jpg", "/photos/a/b.jpg", "/photos/c.jpg"].map(std::path::PathBuf::from));
    assert_eq!(library.store.count_to_read(Some(library.folder)).expect("a count"), 3);
    for state in [crate::FolderState::Offline, crate::FolderState::Waiting] {
        library.store.set_folder_state(library.folder, state).expect("set");
        assert_eq!(library.store.files_to_read(None, None, 10).expect("a list"), []);
        assert_eq!(library.store.count_to_read(None).expect("a count"), 0);
    }
}

#[test]
fn a_file_that_turns_out_to_be_no_picture_is_remembered_until_it_changes() {
    let library = Library::new();
    let mut disk = Disk::with(&[("odd", 1)]);
    let odd = path("odd");
    disk.files.get_mut(&odd).expect("there").kind = FileKind::Other;
    assert_eq!(library.scan(&disk), Changes::default());
    let stamp = disk.files[&odd].stamp;
    let known = |stamp| library.store.known_kind(library.folder, &odd, &stamp).expect("an answer");
    assert_eq!(known(stamp), Some(FileKind::Other));
    assert_eq!(known(FileStamp { size_bytes: 0, ..stamp }), None);
    disk.files.get_mut(&odd).expect("there").kind = FileKind::Picture;
    assert_eq!(library.refresh(&disk).0.changed, 1);
    assert!(library.photo_at("odd").is_some());
    disk.files.get_mut(&odd).expect("there").kind = FileKind::Other;
    library.scan(&disk);
    assert_eq!(library.photo_at("odd"), None);
}

#[test]
fn an_unknown_folder_is_named() {
    let library = Library::new();
    let error =
        library.store.record_found(FolderId(77), &path("a"), &FoundFiles::default()).expect_err("unknown");
    assert!(matches!(error, Error::UnknownFolder(FolderId(77))), "{error}");
}
