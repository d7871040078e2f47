//! Identity: what moves, copies, swaps and edits do to photos and decisions.

use std::path::Path;

use likeness_domain::{Rating, RelativePath, Stage};

use super::*;
use crate::Available;
use crate::testing::{Disk, Library, content, embedding, hash, path, tag};

fn stars(count: u8) -> Rating {
    Rating::new(count).expect("at most five")
}

fn changes(committed: &[Committed]) -> Vec<Change> {
    committed.iter().map(|done| done.change).collect()
}

#[test]
fn an_edit_in_place_inherits_decisions_and_keeps_those_of_the_old_content() {
    for save in [Disk::write, Disk::write_and_rename] {
        let library = Library::new();
        let mut disk = Disk::with(&[("a.jpg", 1)]);
        assert_eq!(changes(&library.refresh(&disk).1), [Change::New]);
        let before = library.photo_at("a.jpg").expect("a photo");
        library.store.rate(&[before], stars(4)).expect("rated");

        save(&mut disk, "a.jpg", 2);
        let (scanned, _) = (library.scan(&disk), ());
        assert_eq!((scanned.changed, scanned.missing, scanned.new), (1, 0, 0));
        assert_eq!(library.photo_at("a.jpg"), Some(before), "shown until the new content has been read");
        assert_eq!(changes(&library.read(&disk)), [Change::Edited]);
        let after = library.photo_at("a.jpg").expect("a photo");
        assert_ne!(after, before);
        assert_eq!(library.stars_at("a.jpg"), 4);
        assert_eq!(library.shown(), [after.0]);

        library.store.rate(&[after], stars(1)).expect("rated");
        save(&mut disk, "a.jpg", 1);
        assert_eq!(changes(&library.refresh(&disk).1), [Change::Replaced]);
        assert_eq!((library.photo_at("a.jpg"), library.stars_at("a.jpg")), (Some(before), 4));
    }
}

#[test]
fn one_of_two_copies_that_is_edited_inherits_too() {
    let library = Library::new();
    let mut disk = Disk::with(&[("a.jpg", 1)]);
    disk.copy("a.jpg", "b.jpg");
    assert_eq!(changes(&library.refresh(&disk).1), [Change::New, Change::Copied]);
    library.store.rate(&[library.photo_at("b.jpg").expect("a photo")], stars(3)).expect("rated");
    disk.write("b.jpg", 2);
    assert_eq!(changes(&library.refresh(&disk).1), [Change::Edited]);
    assert_eq!((library.stars_at("a.jpg"), library.stars_at("b.jpg")), (3, 3));
}

#[test]
fn swapped_names_take_their_decisions_along_and_embed_nothing() {
    let library = Library::new();
    let mut disk = Disk::with(&[("a.jpg", 1), ("b.jpg", 2)]);
    library.refresh(&disk);
    let (a, b) = (library.photo_at("a.jpg"), library.photo_at("b.jpg"));
    library.store.rate(&[a.expect("a photo")], stars(5)).expect("rated");
    disk.rename("a.jpg", "c.jpg");
    disk.rename("b.jpg", "a.jpg");
    disk.rename("c.jpg", "b.jpg");

    let (scanned, committed) = library.refresh(&disk);
    assert_eq!((scanned.moved, scanned.new, scanned.missing, scanned.changed), (2, 0, 0, 0));
    assert_eq!(changes(&committed), [Change::SameContent; 2]);
    assert_eq!((library.photo_at("b.jpg"), library.photo_at("a.jpg")), (a, b));
    assert_eq!((library.stars_at("b.jpg"), library.stars_at("a.jpg")), (5, 0));
    assert_eq!(library.embeddings(), 2);
}

#[test]
fn contents_that_were_swapped_without_renaming_take_their_decisions_along() {
    let library = Library::new();
    let mut disk = Disk::with(&[("a.jpg", 1), ("b.jpg", 2)]);
    library.refresh(&disk);
    let a = library.photo_at("a.jpg");
    library.store.rate(&[a.expect("a photo")], stars(5)).expect("rated");
    disk.write("a.jpg", 2);
    disk.write("b.jpg", 1);
    assert_eq!(changes(&library.refresh(&disk).1), [Change::Replaced; 2]);
    assert_eq!((library.photo_at("b.jpg"), library.stars_at("b.jpg"), library.stars_at("a.jpg")), (a, 5, 0));
}

#[test]
fn only_what_is_missing_elsewhere_was_moved() {
    let library = Library::new();
    let mut disk = Disk::with(&[("a.jpg", 1), ("b.jpg", 2)]);
    library.refresh(&disk);
    // Copied to another place and deleted, with another time.
    disk.remove("b.jpg");
    disk.write("c.jpg", 2);
    assert_eq!(changes(&library.refresh(&disk).1), [Change::Moved]);
    // Over another photo.
    disk.remove("c.jpg");
    disk.write_and_rename("a.jpg", 2);
    assert_eq!(changes(&library.refresh(&disk).1), [Change::Moved]);
    assert_eq!(library.store.counts().expect("counts").missing, 0);
    // Deleted and put back from a backup, at once and in two steps.
    disk.write_and_rename("a.jpg", 1);
    assert_eq!(changes(&library.refresh(&disk).1), [Change::Replaced]);
    disk.remove("a.jpg");
    library.scan(&disk);
    disk.write("a.jpg", 1);
    assert_eq!(changes(&library.refresh(&disk).1), [Change::Returned]);
    // Over another photo, and still at its own place.
    disk.write("d.jpg", 4);
    library.refresh(&disk);
    disk.copy("a.jpg", "d.jpg");
    assert_eq!(changes(&library.refresh(&disk).1), [Change::Replaced]);
}

#[test]
fn a_name_that_is_used_for_another_photo_inherits_nothing() {
    let library = Library::new();
    let mut disk = Disk::with(&[("1.jpg", 1)]);
    library.refresh(&disk);
    library.store.rate(&[library.photo_at("1.jpg").expect("a photo")], stars(5)).expect("rated");
    // At once ...
    disk.rename("1.jpg", "2.jpg");
    disk.write("1.jpg", 3);
    assert_eq!(changes(&library.refresh(&disk).1), [Change::New, Change::SameContent]);
    assert_eq!((library.stars_at("1.jpg"), library.stars_at("2.jpg")), (0, 5));
    // ... and after the name was seen to be free.
    disk.remove("2.jpg");
    library.refresh(&disk);
    disk.write("2.jpg", 4);
    assert_eq!(changes(&library.refresh(&disk).1), [Change::New]);
    assert_eq!(library.stars_at("2.jpg"), 0);
}

#[test]
fn a_photo_moves_between_folders_with_its_number() {
    let library = Library::new();
    let disk = Disk::with(&[("a.jpg", 1)]);
    library.refresh(&disk);
    let photo = library.photo_at("a.jpg").expect("a photo");
    let other = library.store.add_folder(Path::new("/other"), None).expect("added");
    assert_eq!(library.scan(&Disk::default()).missing, 1);
    assert!(library.shown().is_empty());
    library.store.record_found(other, &RelativePath::ROOT, &disk.found()).expect("recorded");
    let outcome = Outcome::Known {
        file: library.file_to_read(),
        stamp: disk.files[&path("a.jpg")].stamp,
        hash: hash(1),
    };
    assert_eq!(changes(&library.store.commit(&[outcome]).expect("committed")), [Change::Moved]);
    let detail = library.store.photo(photo).expect("an answer").expect("a photo");
    assert_eq!(detail.row.path, Path::new("/other/a.jpg"));
    assert_eq!((detail.files.len(), detail.row.available), (1, Available::Present));
    assert_eq!(library.store.counts().expect("counts").missing, 0);
}

#[test]
fn a_file_that_was_unreadable_for_a_while_was_edited() {
    let library = Library::new();
    let mut disk = Disk::with(&[("a.jpg", 1)]);
    library.refresh(&disk);
    library.store.rate(&[library.photo_at("a.jpg").expect("a photo")], stars(2)).expect("rated");
    disk.write("a.jpg", 2);
    library.scan(&disk);
    let problem = Problem::new(Stage::Decode, "the picture is cut off");
    let file = library.file_to_read();
    let stamp = disk.files[&path("a.jpg")].stamp;
    library.store.commit(&[Outcome::Problem { file, stamp, problem: problem.clone() }]).expect("committed");
    assert!(library.shown().is_empty());
    let problems = library.store.problems().expect("problems");
    assert_eq!((problems.len(), problems[0].reason.as_str(), problems[0].photo), (1, &*problem.reason, None));
    assert_eq!(library.scan(&disk).unchanged, 1);
    assert!(library.read(&disk).is_empty(), "not opened again until it changes");

    disk.write("a.jpg", 3);
    assert_eq!(changes(&library.refresh(&disk).1), [Change::Edited]);
    assert_eq!(library.stars_at("a.jpg"), 2);
    assert!(library.store.problems().expect("problems").is_empty());
}

#[test]
fn what_comes_of_a_forgotten_file_is_dropped() {
    let library = Library::new();
    let disk = Disk::with(&[("a.jpg", 1)]);
    library.scan(&disk);
    let (file, stamp) = (library.file_to_read(), disk.files[&path("a.jpg")].stamp);
    library.store.remove_folder(library.folder).expect("removed");
    let outcomes = [
        Outcome::Photo { file, stamp, content: Box::new(content(1)) },
        Outcome::Problem { file, stamp, problem: Problem::new(Stage::Read, "gone") },
        Outcome::Gone { file },
    ];
    assert_eq!(library.store.commit(&outcomes).expect("committed"), []);
    assert_eq!(library.store.photo_of(&hash(1)).expect("an answer"), None);
}

#[test]
fn a_file_that_went_away_before_its_turn_is_missing() {
    let library = Library::new();
    library.scan(&Disk::with(&[("a.jpg", 1)]));
    let file = library.file_to_read();
    let committed = library.store.commit(&[Outcome::Gone { file }]).expect("committed");
    assert_eq!(changes(&committed), [Change::Gone]);
    assert_eq!(library.store.count_to_read(None).expect("a count"), 0);
}

#[test]
fn a_photo_without_capture_time_is_shown_at_the_earliest_time_of_its_files() {
    let library = Library::new();
    let mut disk = Disk::with(&[("b.jpg", 1)]);
    disk.copy("b.jpg", "a.jpg");
    library.scan(&disk);
    let mut undated = content(1);
    undated.facts.taken = None;
    undated.warning = Some(Problem::new(Stage::Decode, "the last rows are missing"));
    let files = library.store.files_to_read(None, None, 10).expect("a list");
    for file in files {
        let content = Box::new(undated.clone());
        library
            .store
            .commit(&[Outcome::Photo { file: file.id, stamp: file.stamp, content }])
            .expect("committed");
    }
    let photo = library.photo_at("a.jpg").expect("a photo");
    let detail = library.store.photo(photo).expect("an answer").expect("a photo");
    assert_eq!(detail.row.shown_at_ms, 1000);
    assert_eq!((detail.row.files, detail.warning), (2, undated.warning));
    let problems = library.store.problems().expect("problems");
    assert_eq!((problems.len(), problems[0].photo), (2, Some(photo)), "one for each file");
}

#[test]
fn a_content_comes_back_with_everything_after_its_folder_was_removed() {
    let library = Library::new();
    let disk = Disk::with(&[("a.jpg", 1)]);
    library.refresh(&disk);
    let photo = library.photo_at("a.jpg").expect("a photo");
    library.store.rate(&[photo], stars(5)).expect("rated");
    library.store.remove_folder(library.folder).expect("removed");
    assert!(library.shown().is_empty());

    let again = library.store.add_folder(Path::new("/photos"), None).expect("added");
    assert_ne!(again, library.folder);
    let library = Library { folder: again, ..library };
    assert_eq!(changes(&library.refresh(&disk).1), [Change::Returned]);
    assert_eq!((library.photo_at("a.jpg"), library.stars_at("a.jpg")), (Some(photo), 5));
    let kept = library.store.embedding(photo, &tag()).expect("an answer").expect("an embedding");
    let made = embedding(1);
    let difference = kept.values().iter().zip(made.values()).map(|(a, b)| (a - b).abs());
    assert!(difference.fold(0.0, f32::max) < 1e-3, "kept as half-precision numbers");
}
