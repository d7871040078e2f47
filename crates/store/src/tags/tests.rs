//! Tags: hierarchy, changes of the whole vocabulary, undo.

use super::*;
use crate::testing::{Disk, Library};
use crate::{PhotoQuery, Sort};

fn tag(text: &str) -> Tag {
    text.parse().expect("a tag")
}

fn tags(texts: &[&str]) -> Vec<Tag> {
    texts.iter().map(|text| tag(text)).collect()
}

/// `Animals 2, Animals|Dogs 1`: the vocabulary with its counts.
fn vocabulary(store: &Store) -> String {
    let vocabulary = store.vocabulary().expect("a vocabulary");
    let texts: Vec<String> = vocabulary.iter().map(|tag| format!("{} {}", tag.tag, tag.photos)).collect();
    texts.join(", ")
}

fn found(store: &Store, asked: &[&str]) -> Vec<i64> {
    let query = PhotoQuery { tags: tags(asked), sort: Sort::Oldest, ..PhotoQuery::default() };
    store.shape(&query).expect("a shape").iter().map(|row| row.photo.0).collect()
}

#[test]
fn a_tag_finds_what_lies_below_it() {
    let (library, photos) = Library::with_photos(4);
    let store = &library.store;
    store.add_tags(&photos[..1], &tags(&["Animals|Dogs|Rex", "Animals|Cats"])).expect("tagged");
    store.add_tags(&photos[1..2], &tags(&["Animals|Dogs"])).expect("tagged");
    assert_eq!(store.add_tags(&photos[..3], &tags(&["Animals|Dogs"])).expect("tagged"), 2);
    store.add_tags(&photos[3..], &tags(&["Animals|Dogsled", "animals"])).expect("tagged");
    assert_eq!(
        vocabulary(store),
        "Animals 4, Animals|Cats 1, Animals|Dogs 3, Animals|Dogs|Rex 1, Animals|Dogsled 1, animals 1"
    );
    assert_eq!(found(store, &["Animals|Dogs"]), [1, 2, 3]);
    assert_eq!(found(store, &["Animals"]), [1, 2, 3, 4]);
    assert_eq!(found(store, &["Animals|Dogs", "Animals|Cats"]), [1]);
    assert_eq!(found(store, &["Plants"]), [0; 0]);
    let of = store.tags_of(&photos[..2]).expect("tags");
    let of: Vec<_> = of.iter().map(|(tag, photos)| (tag.as_str(), *photos)).collect();
    assert_eq!(of, [("Animals|Cats", 1), ("Animals|Dogs", 2), ("Animals|Dogs|Rex", 1)]);
}

#[test]
fn tags_come_and_go_step_by_step() {
    let (library, photos) = Library::with_photos(3);
    let store = &library.store;
    store.add_tags(&photos, &tags(&["Sea"])).expect("tagged");
    assert_eq!(store.remove_tags(&photos[..2], &tags(&["Sea", "Sky"])).expect("untagged"), 2);
    assert_eq!(found(store, &["Sea"]), [3]);
    let library = library.reopened(|_| {}).expect("opened");
    let store = &library.store;
    let undone = store.undo().expect("undone").expect("a step");
    assert_eq!((undone.action, undone.photos), (Decision::RemoveTag, photos[..2].to_vec()));
    assert_eq!(found(store, &["Sea"]), [1, 2, 3]);
    store.undo().expect("undone").expect("a step");
    assert_eq!((found(store, &["Sea"]), vocabulary(store)), (vec![], String::new()));
    store.redo().expect("done again").expect("a step");
    store.redo().expect("done again").expect("a step");
    assert_eq!((found(store, &["Sea"]), vocabulary(store)), (vec![3], "Sea 1".to_owned()));
    // What changes nothing is no step.
    store.add_tags(&photos[2..], &tags(&["Sea"])).expect("tagged");
    assert_eq!(store.undo_label().expect("an answer"), Some(Decision::RemoveTag));
}

#[test]
fn a_new_tag_that_others_got_from_elsewhere_stays_with_them() {
    let (library, photos) = Library::with_photos(2);
    let store = &library.store;
    store.add_tags(&photos[..1], &tags(&["Sea"])).expect("tagged");
    let from_elsewhere = "INSERT INTO photo_tags (photo, tag) SELECT ?1, id FROM tags";
    store.write(|catalog| Ok(catalog.execute(from_elsewhere, [photos[1].0])?)).expect("tagged");
    store.undo().expect("undone").expect("a step");
    assert_eq!(found(store, &["Sea"]), [2]);
    store.redo().expect("done again").expect("a step");
    assert_eq!(found(store, &["Sea"]), [1, 2]);
}

#[test]
fn a_tag_is_renamed_with_all_below_it_and_in_searches() {
    let (library, photos) = Library::with_photos(3);
    let store = &library.store;
    store.add_tags(&photos[..1], &tags(&["Animals|Dogs|Rex"])).expect("tagged");
    store.add_tags(&photos[1..2], &tags(&["Animals|Dogs"])).expect("tagged");
    store.add_tags(&photos[1..], &tags(&["Fauna|Dogs"])).expect("tagged");
    let dogs = PhotoQuery { tags: tags(&["Animals|Dogs"]), ..PhotoQuery::default() };
    let album = store.create_search(&"Dogs".parse().expect("a name"), None, &dogs).expect("saved");
    let before = vocabulary(store);
    store.rename_tag(&tag("Animals"), &tag("Fauna")).expect("renamed");
    assert_eq!(vocabulary(store), "Fauna 3, Fauna|Dogs 3, Fauna|Dogs|Rex 1");
    let asked = PhotoQuery { album: Some(album), ..PhotoQuery::default() };
    assert_eq!(store.shape(&asked).expect("a shape").len(), 3);
    store.undo().expect("undone").expect("a step");
    assert_eq!(vocabulary(store), before);
    assert_eq!(store.shape(&asked).expect("a shape").len(), 2);
    store.redo().expect("done again").expect("a step");
    assert_eq!(vocabulary(store), "Fauna 3, Fauna|Dogs 3, Fauna|Dogs|Rex 1");
}

#[test]
fn a_tag_moves_up_over_its_own_kind() {
    let (library, photos) = Library::with_photos(3);
    let store = &library.store;
    for (photo, text) in photos.iter().zip(["a|a", "a|a|a", "a"]) {
        store.add_tags(&[*photo], &tags(&[text])).expect("tagged");
    }
    store.rename_tag(&tag("a|a"), &tag("a")).expect("renamed");
    assert_eq!(vocabulary(store), "a 3, a|a 1");
    assert_eq!(found(store, &["a|a"]), [2]);
    let error = store.rename_tag(&tag("a"), &tag("a|b")).expect_err("below itself");
    assert!(matches!(error, Error::TagInItself { .. }), "{error}");
    let error = store.rename_tag(&tag("b"), &tag("c")).expect_err("unknown");
    assert!(matches!(error, Error::UnknownTag(_)), "{error}");
}

#[test]
fn tags_become_one_or_go() {
    let (library, photos) = Library::with_photos(4);
    let store = &library.store;
    for (photo, text) in photos.iter().zip(["Sea", "Ocean", "Water|Sea", "Sky"]) {
        store.add_tags(&[*photo], &tags(&[text])).expect("tagged");
    }
    let before = vocabulary(store);
    store.merge_tags(&tags(&["Sea", "Ocean", "Water|Sea"]), &tag("Water|Sea")).expect("merged");
    assert_eq!(vocabulary(store), "Sky 1, Water 3, Water|Sea 3");
    store.delete_tag(&tag("Water")).expect("deleted");
    assert_eq!(vocabulary(store), "Sky 1");
    store.undo().expect("undone").expect("a step");
    store.undo().expect("undone").expect("a step");
    assert_eq!(vocabulary(store), before);
    store.redo().expect("done again").expect("a step");
    store.redo().expect("done again").expect("a step");
    assert_eq!(vocabulary(store), "Sky 1");
}

#[test]
fn an_edited_photo_inherits_and_nothing_is_lost_by_undo() {
    let library = Library::new();
    let mut disk = Disk::with(&[("a.jpg", 1)]);
    library.refresh(&disk);
    let store = &library.store;
    let original = library.photo_at("a.jpg").expect("a photo");
    store.add_tags(&[original], &tags(&["Sea"])).expect("tagged");
    disk.write("a.jpg", 2);
    library.refresh(&disk);
    let edited = library.photo_at("a.jpg").expect("a photo");
    assert_ne!(original, edited);
    assert_eq!(store.tags_of(&[edited]).expect("tags").len(), 1);
    // The step was about the original alone: the heir keeps the tag, as it keeps stars.
    store.undo().expect("undone").expect("a step");
    assert_eq!(store.tags_of(&[original]).expect("tags"), []);
    assert_eq!(store.tags_of(&[edited]).expect("tags").len(), 1);
    store.redo().expect("done again").expect("a step");
    assert_eq!(store.tags_of(&[original, edited]).expect("tags"), [(tag("Sea"), 2)]);
}

#[test]
fn a_tag_that_came_from_elsewhere_does_not_keep_a_step_from_being_undone() {
    let (library, photos) = Library::with_photos(2);
    let store = &library.store;
    store.add_tags(&photos[..1], &tags(&["Sea"])).expect("tagged");
    store.rename_tag(&tag("Sea"), &tag("Ocean")).expect("renamed");
    let elsewhere = |catalog: &Transaction<'_>| {
        let id = id_of(catalog, &tag("Sea"))?;
        change_each(catalog, &photos[1..], &[id], "INSERT INTO photo_tags (photo, tag) VALUES (?1, ?2)")
    };
    store.write(elsewhere).expect("written");
    store.undo().expect("undone").expect("a step");
    assert_eq!((vocabulary(store), found(store, &["Sea"])), ("Sea 2".to_owned(), vec![1, 2]));
    store.redo().expect("done again").expect("a step");
    assert_eq!((found(store, &["Ocean"]), found(store, &["Sea"])), (vec![1], vec![2]));
}
