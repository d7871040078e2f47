//! Filters and orders, and what a row tells of its photo.

use std::path::Path;

use likeness_domain::CaptureTime;

use super::*;
use crate::testing::{Disk, Library, content, path};
use crate::{Available, FolderState, Outcome};

/// Five photos: taken at 1 to 5 seconds, with different sizes, cameras and formats, in different places.
fn library() -> Library {
    let library = Library::new();
    let mut disk = Disk::default();
    for (name, content) in
        [("b.jpg", 1), ("sub/C.jpg", 2), ("sub/deep/a.png", 3), ("sub-2/e.jpg", 4), ("d.jpg", 5)]
    {
        disk.write(name, content);
    }
    disk.write("b.xmp", 10);
    disk.write("b.jpg.json", 11);
    disk.write("b.jpg.extra.json", 12);
    disk.write("b-2.xmp", 13);
    disk.write("sub/b.xmp", 14);
    library.scan(&disk);
    for (index, file) in library.store.files_to_read(None, None, 10).expect("a list").iter().enumerate() {
        let node = &disk.files[&RelativePath::of(Path::new("/photos"), &file.path).expect("below")];
        let mut content = content(node.content);
        content.facts.width = 100 * (1 + index as u32);
        if node.content == 3 {
            content.facts.format = PictureFormat::Png;
            content.facts.camera = Some("SONY ILCE-7".to_owned());
            content.facts.taken = Some(CaptureTime { local_ms: -5, zone_minutes: None });
        }
        let outcome = Outcome::Photo { file: file.id, stamp: file.stamp, content: Box::new(content) };
        library.store.commit(&[outcome]).expect("committed");
    }
    library
}

/// File names of what `query` finds, without their ending.
fn names(library: &Library, query: &PhotoQuery) -> String {
    let rows = library.store.query_photos(query).expect("photos");
    let shape = library.store.shape(query).expect("a shape");
    assert_eq!(
        rows.iter().map(|row| (row.id, row.shown_at_ms)).collect::<Vec<_>>(),
        shape.iter().map(|row| (row.photo, row.shown_at_ms)).collect::<Vec<_>>()
    );
    let name = |row: &PhotoRow| row.path.file_stem().expect("a name").to_string_lossy().into_owned();
    rows.iter().map(name).collect()
}

#[test]
fn every_order_is_as_it_is_called() {
    let library = library();
    let d = library.photo_at("d.jpg").expect("a photo");
    library.store.rate(&[d], Rating::new(1).expect("stars")).expect("rated");
    for (sort, expected) in [
        (Sort::Newest, "deCba"),
        (Sort::Oldest, "abCed"),
        (Sort::Name, "abCde"),
        (Sort::Largest, "deaCb"),
        (Sort::BestRated, "deCba"),
        (Sort::RecentlyAdded, "aCedb"),
    ] {
        assert_eq!(names(&library, &PhotoQuery { sort, ..PhotoQuery::default() }), expected, "{sort:?}");
        let two = PhotoQuery { sort, limit: Some(2), ..PhotoQuery::default() };
        assert_eq!(names(&library, &two), expected[..2], "{sort:?}");
    }
}

#[test]
fn every_condition_holds() {
    let library = library();
    let b = library.photo_at("b.jpg").expect("a photo");
    library.store.rate(&[b], Rating::new(3).expect("stars")).expect("rated");
    library.store.flag(&[b], Flag::Pick).expect("flagged");
    let all = PhotoQuery { sort: Sort::Name, ..PhotoQuery::default() };
    for (query, expected) in [
        (all.clone(), "abCde"),
        (PhotoQuery { folder: Some(library.folder), ..all.clone() }, "abCde"),
        (PhotoQuery { folder: Some(FolderId(99)), ..all.clone() }, ""),
        (PhotoQuery { below: Some(path("sub")), ..all.clone() }, "aC"),
        (PhotoQuery { folder: Some(library.folder), below: Some(path("sub/deep")), ..all.clone() }, "a"),
        (PhotoQuery { below: Some(RelativePath::ROOT), ..all.clone() }, "abCde"),
        (PhotoQuery { since_ms: Some(2000), ..all.clone() }, "Cde"),
        (PhotoQuery { since_ms: Some(2000), until_ms: Some(4000), ..all.clone() }, "Ce"),
        (PhotoQuery { camera: Some("sony".to_owned()), ..all.clone() }, "a"),
        (PhotoQuery { camera: Some("%".to_owned()), ..all.clone() }, ""),
        (PhotoQuery { rating_at_least: Rating::new(3), ..all.clone() }, "b"),
        (PhotoQuery { rating_at_least: Rating::new(4), ..all.clone() }, ""),
        (PhotoQuery { flag: Some(Flag::Pick), ..all.clone() }, "b"),
        (PhotoQuery { flag: Some(Flag::None), format: Some(PictureFormat::Jpeg), ..all.clone() }, "Cde"),
    ] {
        assert_eq!(names(&library, &query), expected, "{query:?}");
    }
    let cameras = library.store.cameras().expect("cameras");
    assert_eq!(cameras, [("Leica Q3".to_owned(), 4), ("SONY ILCE-7".to_owned(), 1)]);
}

#[test]
fn a_row_tells_what_was_committed() {
    let library = library();
    let id = library.photo_at("b.jpg").expect("a photo");
    let detail = library.store.photo(id).expect("an answer").expect("a photo");
    let mut expected = content(1);
    expected.facts.width = 100;
    assert_eq!(detail.row.facts, expected.facts);
    assert_eq!((detail.row.hash, detail.row.preview), (expected.hash, Some(expected.preview)));
    assert_eq!((detail.row.size_bytes, detail.row.shown_at_ms, detail.row.files), (1001, 1000, 1));
    let companions = ["/photos/b.jpg.extra.json", "/photos/b.jpg.json", "/photos/b.xmp"];
    assert_eq!(detail.companions, companions.map(std::path::PathBuf::from));
    let shape = library.store.shape(&PhotoQuery::default()).expect("a shape");
    assert_eq!(shape.iter().find(|row| row.photo == id).expect("in view").aspect, 0.5);
}

#[test]
fn rows_come_in_the_order_asked_and_strangers_are_left_out() {
    let (library, photos) = Library::with_photos(3);
    let asked = [photos[2], PhotoId(99), photos[0], photos[2]];
    let rows = library.store.photos(&asked).expect("photos");
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [photos[2], photos[0], photos[2]]);
    assert_eq!(library.store.photo(PhotoId(99)).expect("an answer"), None);
    assert_eq!(library.store.photo_at(Path::new("/elsewhere/1.jpg")).expect("an answer"), None);
}

#[test]
fn the_best_file_is_one_that_is_there() {
    let (library, photos) = Library::with_photos(1);
    let store = &library.store;
    let other = store.add_folder(Path::new("/other"), None).expect("added");
    let mut disk = Disk::default();
    disk.write("copy.jpg", 1);
    store.record_found(other, &RelativePath::ROOT, &disk.found()).expect("recorded");
    let file = library.file_to_read();
    let stamp = disk.files[&path("copy.jpg")].stamp;
    store.commit(&[Outcome::Known { file, stamp, hash: content(1).hash }]).expect("committed");

    let best = || {
        let row = store.photos(&photos).expect("photos").remove(0);
        (row.path.to_string_lossy().into_owned(), row.available, row.files)
    };
    let first = "/photos/1.jpg".to_owned();
    let copy = "/other/copy.jpg".to_owned();
    assert_eq!(best(), (first.clone(), Available::Present, 2));
    store.set_folder_state(library.folder, FolderState::Offline).expect("set");
    assert_eq!(best(), (copy.clone(), Available::Present, 2));
    store.set_folder_state(other, FolderState::Offline).expect("set");
    assert_eq!(best(), (first, Available::Offline, 2));
    store.set_folder_state(library.folder, FolderState::Online).expect("set");
    library.scan(&Disk::default());
    assert_eq!(best(), (copy, Available::Offline, 1));
}

#[test]
fn a_folder_is_added_once_and_keeps_its_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let library = Library::new();
    let store = &library.store;
    let odd = Path::new(std::ffi::OsStr::from_bytes(b"/photos \xff"));
    let id = store.add_folder(odd, None).expect("added");
    assert_eq!(store.add_folder(odd, Some("stick")).expect("the same"), id);
    let row = store.folders().expect("folders").remove(1);
    assert_eq!((row.path.as_path(), row.volume.as_deref(), row.state.word()), (odd, Some("stick"), "online"));

    library.refresh(&Disk::with(&[("a.jpg", 1)]));
    let photo = library.photo_at("a.jpg");
    assert!(matches!(store.relink_folder(library.folder, odd, None), Err(crate::Error::FolderTaken { .. })));
    store.relink_folder(library.folder, Path::new("/moved"), Some("disk")).expect("relinked");
    assert_eq!(store.photo_at(Path::new("/moved/a.jpg")).expect("an answer"), photo);
    assert_eq!(store.count_to_read(None).expect("a count"), 0, "nothing is read again");
    assert!(matches!(store.remove_folder(FolderId(99)), Err(crate::Error::UnknownFolder(_))));
}

#[test]
fn filters_by_sides_size_lens_name_and_looks() {
    let library = library();
    let by = |query: PhotoQuery| names(&library, &PhotoQuery { sort: Sort::Oldest, ..query });
    let all = by(PhotoQuery::default());
    let heights = library.store.shape(&PhotoQuery::default()).expect("a shape");
    let landscapes = heights.iter().filter(|row| row.aspect > 1.0).count();
    let of = |orientation| PhotoQuery { orientation: Some(orientation), ..PhotoQuery::default() };
    assert_eq!(by(of(Orientation::Landscape)).len(), landscapes);
    assert!(by(of(Orientation::Landscape)).len() + by(of(Orientation::Portrait)).len() <= all.len());
    // Contents 1 to 5 have 1001 to 1005 bytes.
    assert_eq!(by(PhotoQuery { bytes_at_least: Some(1004), ..PhotoQuery::default() }), "ed");
    assert_eq!(by(PhotoQuery { bytes_at_most: Some(1002), ..PhotoQuery::default() }), "bC");
    assert_eq!(by(PhotoQuery { lens: Some("24".to_owned()), ..PhotoQuery::default() }), "");
    assert_eq!(by(PhotoQuery { name: Some("c.J".to_owned()), ..PhotoQuery::default() }), "C");
    assert_eq!(by(PhotoQuery { name: Some("sub".to_owned()), ..PhotoQuery::default() }), "");
    let like = vec![library.photo_at("d.jpg").expect("a photo")];
    let unseen = PhotoQuery { similar_to: like.clone(), ..PhotoQuery::default() };
    assert_eq!(by(unseen.clone()), "");
    let alike = vec![like[0], library.photo_at("sub/C.jpg").expect("a photo")];
    assert_eq!(by(PhotoQuery { looks: Looks::from([(like, alike)]), ..unseen }), "Cd");
}
