//! Albums: their tree, their photos, saved searches, undo.

use likeness_domain::Rating;

use super::*;
use crate::testing::{Disk, Library};

fn name(text: &str) -> AlbumName {
    text.parse().expect("a name")
}

/// `Trips 3: 1 2 3`: each album, deeper ones indented, with its count and its first photos.
fn wall(store: &Store) -> Vec<String> {
    let summaries = store.album_wall(&Looks::new()).expect("a wall");
    let line = |summary: &AlbumSummary| {
        let mut depth = 0;
        let mut parent = summary.album.parent;
        while let Some(above) = parent {
            depth += 1;
            parent = summaries.iter().find(|each| each.album.id == above).and_then(|each| each.album.parent);
        }
        let first: Vec<String> = summary.first.iter().map(|photo| photo.0.to_string()).collect();
        format!("{}{} {}: {}", "-".repeat(depth), summary.album.name, summary.photos, first.join(" "))
    };
    summaries.iter().map(line).collect()
}

fn order(store: &Store, album: AlbumId) -> Vec<i64> {
    let query = PhotoQuery { album: Some(album), sort: Sort::Album, ..PhotoQuery::default() };
    store.shape(&query).expect("a shape").iter().map(|row| row.photo.0).collect()
}

#[test]
fn albums_hold_photos_in_an_order_and_lie_in_albums() {
    let (library, photos) = Library::with_photos(8);
    let store = &library.store;
    let trips = store.create_album(&name("Trips"), None, &[]).expect("made");
    let rome = store.create_album(&name("Rome"), Some(trips), &[photos[4], photos[1]]).expect("made");
    store.create_album(&name("Best"), None, &photos[7..]).expect("made");
    assert_eq!(store.add_to_album(rome, &[photos[1], photos[0]]).expect("added"), 1);
    assert_eq!(wall(store), ["Trips 3: 5 2 1", "-Rome 3: 5 2 1", "Best 1: 8"]);
    store.set_album_cover(rome, Some(photos[1])).expect("set");
    store.reorder_album(rome, &[photos[0]], Some(photos[4])).expect("moved");
    assert_eq!(order(store, rome), [1, 5, 2]);
    store.reorder_album(rome, &[photos[0], photos[4]], Some(photos[4])).expect("moved");
    assert_eq!(order(store, rome), [1, 5, 2]);
    store.reorder_album(rome, &[photos[0]], None).expect("moved");
    assert_eq!(order(store, rome), [5, 2, 1]);
    assert_eq!(store.remove_from_album(rome, &photos[..1]).expect("removed"), 1);
    assert_eq!(wall(store), ["Trips 2: 5 2", "-Rome 2: 2 5", "Best 1: 8"]);
    let times = store.album_wall(&Looks::new()).expect("a wall")[1].shown_at_ms;
    assert_eq!(times, Some((2000, 5000)));
    assert_eq!(store.albums_of(&photos[..2]).expect("albums"), [AlbumOf { album: rome, photos: 1 }]);
}

#[test]
fn undo_leaves_a_cover_that_followed_its_photo() {
    let (library, photos) = Library::with_photos(2);
    let store = &library.store;
    let rome = store.create_album(&name("Rome"), None, &photos[..1]).expect("made");
    let cover = || store.read(|view| Ok(find(view, rome)?.cover)).expect("an album");
    store.set_album_cover(rome, Some(photos[0])).expect("set");
    store.rename_album(rome, &name("Roma")).expect("renamed");
    store.write(|catalog| inherit(catalog, photos[1], photos[0])).expect("inherited");
    store.undo().expect("undone").expect("a step");
    assert_eq!((wall(store), cover()), (vec!["Rome 2: 2 1".to_owned()], Some(photos[1])));
    store.undo().expect("undone").expect("a step");
    assert_eq!(cover(), None);
}

#[test]
fn every_step_with_albums_is_undone_and_done_again_across_restarts() {
    let (library, photos) = Library::with_photos(6);
    let store = &library.store;
    let mut walls = vec![wall(store)];
    let trips = store.create_album(&name("Trips"), None, &photos[..2]).expect("made");
    walls.push(wall(store));
    let rome = store.create_album(&name("Rome"), Some(trips), &photos[2..4]).expect("made");
    walls.push(wall(store));
    store.add_to_album(rome, &photos[3..]).expect("added");
    walls.push(wall(store));
    store.reorder_album(rome, &photos[5..], Some(photos[2])).expect("moved");
    walls.push(wall(store));
    store.set_album_cover(rome, Some(photos[4])).expect("set");
    walls.push(wall(store));
    store.rename_album(trips, &name("Travels")).expect("renamed");
    walls.push(wall(store));
    store.move_album(rome, None, Some(trips)).expect("moved");
    walls.push(wall(store));
    store.remove_from_album(rome, &photos[2..4]).expect("removed");
    walls.push(wall(store));
    let rated = PhotoQuery { rating_at_least: Rating::new(3), ..PhotoQuery::default() };
    let best = store.create_search(&name("Best"), Some(rome), &rated).expect("saved");
    walls.push(wall(store));
    store.rate(&photos[..1], Rating::new(4).expect("stars")).expect("rated");
    walls.push(wall(store));
    store.set_album_query(best, &PhotoQuery { rating_at_least: Rating::new(5), ..rated }).expect("set");
    walls.push(wall(store));
    store.delete_album(rome).expect("deleted");
    walls.push(wall(store));
    assert!(walls.windows(2).all(|pair| pair[0] != pair[1]), "{walls:#?}");

    let library = library.reopened(|_| {}).expect("opened");
    for before in walls.iter().rev().skip(1) {
        library.store.undo().expect("undone").expect("a step");
        assert_eq!(wall(&library.store), *before);
    }
    assert_eq!(library.store.undo().expect("nothing left"), None);
    let library = library.reopened(|_| {}).expect("opened");
    for after in walls.iter().skip(1) {
        library.store.redo().expect("done again").expect("a step");
        assert_eq!(wall(&library.store), *after);
    }
    // Numbers come back, too: addresses that name an album hold.
    assert_eq!(library.store.albums().expect("albums")[0].id, trips);
}

#[test]
fn what_cannot_be_is_named_and_changes_nothing() {
    let (library, photos) = Library::with_photos(2);
    let store = &library.store;
    let a = store.create_album(&name("A"), None, &photos[..1]).expect("made");
    let b = store.create_album(&name("B"), Some(a), &[]).expect("made");
    let search = store.create_search(&name("S"), None, &PhotoQuery::default()).expect("saved");
    let before = (wall(store), store.undo_label().expect("an answer"));
    let unknown = AlbumId(99);
    assert!(matches!(store.create_album(&name("A"), None, &[]), Err(Error::AlbumTaken(_))));
    assert!(matches!(store.rename_album(search, &name("A")), Err(Error::AlbumTaken(_))));
    assert!(matches!(store.create_album(&name("C"), Some(unknown), &[]), Err(Error::UnknownAlbum(_))));
    assert!(matches!(store.create_album(&name("C"), None, &[PhotoId(9)]), Err(Error::UnknownPhoto(_))));
    assert!(matches!(store.move_album(a, Some(b), None), Err(Error::AlbumInItself(_))));
    assert!(matches!(store.move_album(a, Some(a), None), Err(Error::AlbumInItself(_))));
    assert!(matches!(store.add_to_album(search, &photos), Err(Error::NotByHand(_))));
    assert!(matches!(store.set_album_query(a, &PhotoQuery::default()), Err(Error::NoSearch(_))));
    let itself = PhotoQuery { album: Some(search), ..PhotoQuery::default() };
    assert!(matches!(store.set_album_query(search, &itself), Err(Error::AsksForItself(_))));
    assert!(matches!(store.reorder_album(a, &photos, None), Err(Error::NotInAlbum { .. })));
    assert!(matches!(store.delete_album(unknown), Err(Error::UnknownAlbum(_))));
    let asked = PhotoQuery { album: Some(unknown), ..PhotoQuery::default() };
    assert!(matches!(store.shape(&asked), Err(Error::UnknownAlbum(_))));
    assert_eq!((wall(store), store.undo_label().expect("an answer")), before);
    // One name in two albums is fine.
    store.create_album(&name("A"), Some(a), &[]).expect("made");
}

#[test]
fn searches_that_ask_for_each_other_end() {
    let (library, photos) = Library::with_photos(4);
    let store = &library.store;
    store.rate(&photos[..2], Rating::new(5).expect("stars")).expect("rated");
    store.label(&photos[1..3], likeness_domain::ColorLabel::Red).expect("labelled");
    let rated = PhotoQuery { rating_at_least: Rating::new(5), ..PhotoQuery::default() };
    let rated = store.create_search(&name("Rated"), None, &rated).expect("saved");
    let red = PhotoQuery {
        label: Some(likeness_domain::ColorLabel::Red),
        album: Some(rated),
        ..PhotoQuery::default()
    };
    let red = store.create_search(&name("Red and rated"), None, &red).expect("saved");
    assert_eq!(order(store, red), [2]);
    let circle = PhotoQuery { album: Some(red), rating_at_least: Rating::new(5), ..PhotoQuery::default() };
    store.set_album_query(rated, &circle).expect("set");
    assert_eq!((order(store, red), order(store, rated)), (vec![], vec![]));
    store.delete_album(rated).expect("deleted");
    assert_eq!(order(store, red), [0; 0]);
}

#[test]
fn searches_that_ask_for_the_album_around_them_are_asked_once() {
    let (library, photos) = Library::with_photos(6);
    let store = &library.store;
    store.rate(&photos[1..5], Rating::new(1).expect("stars")).expect("rated");
    store.label(&photos[4..], likeness_domain::ColorLabel::Red).expect("labelled");
    let around = store.create_album(&name("P"), None, &photos[..3]).expect("made");
    let asked = PhotoQuery { album: Some(around), rating_at_least: Rating::new(1), ..PhotoQuery::default() };
    for number in 1..=8 {
        store.create_search(&name(&format!("S{number}")), Some(around), &asked).expect("saved");
    }
    let parameters = |album| {
        let query = PhotoQuery { album: Some(album), ..PhotoQuery::default() };
        let conditions = store.read(|view| crate::conditions::of(view, &query)).expect("conditions");
        conditions.iter().map(|condition| condition.parameters.len()).sum::<usize>()
    };
    assert_eq!(parameters(around), 8);
    let with_searches = |around: &str, each: &str| -> Vec<String> {
        let searches = (1..=8).map(|number| format!("-S{number} {each}"));
        std::iter::once(around.to_owned()).chain(searches).collect()
    };
    assert_eq!(wall(store), with_searches("P 3: 1 2 3", "2: 3 2"));

    // What one finds is in the album, and so the others find it there.
    let red = PhotoQuery { label: Some(likeness_domain::ColorLabel::Red), ..PhotoQuery::default() };
    let red = store.create_search(&name("Red"), Some(around), &red).expect("saved");
    assert_eq!((parameters(around), parameters(red)), (9, 1));
    let expected = [with_searches("P 5: 1 2 3 6 5", "3: 5 3 2"), vec!["-Red 2: 6 5".to_owned()]].concat();
    assert_eq!(wall(store), expected);
}

#[test]
fn a_saved_search_asks_all_that_it_was_asked() {
    let (library, photos) = Library::with_photos(1);
    let store = &library.store;
    let all = PhotoQuery {
        folder: Some(library.folder),
        below: Some(crate::testing::path("a/b")),
        since_ms: Some(-5),
        until_ms: Some(7),
        camera: Some("Leica".to_owned()),
        lens: Some("24\" %".to_owned()),
        rating_at_least: Rating::new(2),
        flag: Some(likeness_domain::Flag::Pick),
        label: Some(likeness_domain::ColorLabel::Blue),
        tags: vec!["A|B".parse().expect("a tag"), "C".parse().expect("a tag")],
        album: Some(AlbumId(1)),
        format: Some(likeness_domain::PictureFormat::Heic),
        orientation: Some(crate::Orientation::Square),
        bytes_at_least: Some(1),
        bytes_at_most: Some(1 << 40),
        name: Some("img".to_owned()),
        similar_to: photos,
        ..PhotoQuery::default()
    };
    let album = store.create_search(&name("All"), None, &all).expect("saved");
    store.delete_album(album).expect("deleted");
    store.undo().expect("undone").expect("a step");
    let wall = store.album_wall(&Looks::new()).expect("a wall");
    assert_eq!(wall[0].query.as_ref(), Some(&all));
    assert_eq!(store.looks_asked().expect("looks"), [all.similar_to]);
}

#[test]
fn an_edited_photo_takes_the_place_of_the_one_before() {
    let library = Library::new();
    let mut disk = Disk::with(&[("a.jpg", 1), ("b.jpg", 2), ("c.jpg", 3)]);
    library.refresh(&disk);
    let at = |path: &str| library.photo_at(path).expect("a photo");
    let photos = [at("c.jpg"), at("a.jpg"), at("b.jpg")];
    let album = library.store.create_album(&name("A"), None, &photos).expect("made");
    library.store.set_album_cover(album, Some(photos[1])).expect("set");
    disk.write("a.jpg", 4);
    library.refresh(&disk);
    let edited = at("a.jpg");
    assert_eq!(order(&library.store, album), [photos[0].0, edited.0, photos[2].0]);
    assert_eq!(library.store.album_wall(&Looks::new()).expect("a wall")[0].first[0], edited);
    disk.rename("c.jpg", "moved.jpg");
    library.refresh(&disk);
    assert_eq!(order(&library.store, album), [photos[0].0, edited.0, photos[2].0]);
}
