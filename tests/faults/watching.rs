//! Events in a burst, half-way, and for names that do not stay. After the dust settles the catalog equals the disk.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use libtest_mimic::Trial;
use likeness_domain::{ContentHash, PhotoId, Rating};
use likeness_library::{Following, Library, WatchState};
use likeness_tests::world::{
    Counted, World, add, eventually, files_below, in_view, photo, photo_at, stars, test,
};

pub fn trials() -> Vec<Trial> {
    vec![
        test("a burst of nested folders", a_burst_of_nested_folders),
        test("an atomic save", an_atomic_save),
        test("a photo leaves for another folder, or for good", a_photo_leaves),
        test("a file that is still being copied", a_file_that_is_still_copied),
    ]
}

/// A library whose folders are followed, every one of them watched.
fn followed(world: &World, model: &std::sync::Arc<Counted>, folders: &[PathBuf]) -> (Library, Following) {
    let library = world.open(model.clone());
    folders.iter().for_each(|folder| _ = add(&library, folder));
    let following = library.follow().expect("followed");
    let is_watched =
        |row: &likeness_library::store::FolderRow| following.watch_state(row.id) == Some(WatchState::Watched);
    eventually("all folders watched", || {
        library.catalog().folders().expect("folders").iter().all(is_watched).then_some(())
    });
    (library, following)
}

/// What the catalog believes to lie where, and what does.
fn equals_disk(library: &Library, world: &World) -> Option<()> {
    let catalog = || -> BTreeMap<PathBuf, ContentHash> {
        let rows = in_view(library);
        let files = rows.iter().flat_map(|row| {
            let detail = library.photo(row.id).expect("a photo");
            let there =
                detail.files.into_iter().filter(|file| file.state != likeness_domain::FileState::Missing);
            there.map(|file| (file.path, row.hash)).collect::<Vec<_>>()
        });
        files.collect()
    };
    let hash = |path: &PathBuf| ContentHash(*blake3::hash(&fs::read(path).expect("a file")).as_bytes());
    let disk = files_below(&world.photos()).into_iter().map(|path| (path.clone(), hash(&path))).collect();
    (catalog() == disk).then_some(())
}

fn rate(library: &Library, photo: PhotoId, stars: u8) {
    library.rate(&[photo], Rating::new(stars).expect("stars")).expect("rated");
}

fn a_burst_of_nested_folders() {
    let world = World::with_photos(2);
    let (library, _following) = followed(&world, &Counted::new(), &[world.photos()]);
    let contents: Vec<Vec<u8>> = (10..15).map(photo).collect();
    for seed in 0..400_usize {
        let deep = format!("{}/b/{}/c/{}", seed % 7, seed % 11, seed % 3);
        world.write(format!("{deep}/{seed}.jpg"), &contents[seed % contents.len()]);
    }
    fs::rename(world.photos().join("0"), world.photos().join("zero")).expect("renamed");
    fs::remove_dir_all(world.photos().join("3")).expect("removed");
    eventually("the catalog equals the disk", || equals_disk(&library, &world));
    assert_eq!(in_view(&library).len(), 7);
}

fn an_atomic_save() {
    let world = World::with_photos(2);
    let model = Counted::new();
    let (library, _following) = followed(&world, &model, &[world.photos()]);
    let path = world.photos().join("0.jpg");
    let old = photo_at(&library, &path);
    rate(&library, old, 5);
    for (name, seed) in [(".0.jpg.swp", 50), ("0.jpg.tmp", 51), ("0.jpg~", 52)] {
        let unfinished = world.write(name, &photo(seed));
        fs::rename(unfinished, &path).expect("renamed over");
        eventually("the new content", || equals_disk(&library, &world));
        let new = photo_at(&library, &path);
        assert!(new != old && stars(&library, new) == 5, "saved by way of {name}");
        let files = library.photo(new).expect("a photo").files;
        assert!(files.iter().all(|file| file.path == path), "{files:?}");
    }
    assert_eq!(in_view(&library).len(), 2);
}

fn a_photo_leaves() {
    let world = World::with_photos(3);
    let other = world.beside("other");
    fs::create_dir(&other).expect("made");
    let model = Counted::new();
    let (library, _following) = followed(&world, &model, &[world.photos(), other.clone()]);
    let (first, second) = (world.photos().join("0.jpg"), world.photos().join("1.jpg"));
    let (moves, leaves) = (photo_at(&library, &first), photo_at(&library, &second));
    rate(&library, moves, 4);
    rate(&library, leaves, 2);
    let at = |path: &PathBuf| library.catalog().photo_at(path).expect("an answer");
    fs::rename(&first, other.join("0.jpg")).expect("moved");
    eventually("the photo at its new place", || (at(&other.join("0.jpg")) == Some(moves)).then_some(()));
    fs::rename(&second, world.beside("nowhere.jpg")).expect("moved");
    eventually("the photo missing", || (in_view(&library).len() == 2).then_some(()));
    assert_eq!(stars(&library, moves), 4);
    fs::rename(world.beside("nowhere.jpg"), other.join("back.jpg")).expect("moved");
    eventually("the photo back", || (at(&other.join("back.jpg")) == Some(leaves)).then_some(()));
    assert_eq!((stars(&library, leaves), model.asked()), (2, 3));
}

fn a_file_that_is_still_copied() {
    let world = World::with_photos(1);
    let (library, _following) = followed(&world, &Counted::new(), &[world.photos()]);
    let bytes = likeness_testkit::photo_jpeg(60, 640, 480);
    let path = world.photos().join("slow.jpg");
    let mut file = OpenOptions::new().create_new(true).append(true).open(&path).expect("made");
    let (half, rest) = bytes.split_at(bytes.len() / 2);
    // A pause in the middle of the head: no picture at all yet.
    file.write_all(&half[..10]).expect("written");
    eventually("a problem", || (library.catalog().problems().expect("problems").len() == 1).then_some(()));
    file.write_all(&half[10..]).expect("written");
    let part = eventually("half a picture", || library.catalog().photo_at(&path).expect("an answer"));
    rate(&library, part, 3);
    file.write_all(rest).expect("written");
    drop(file);
    eventually("the whole picture", || equals_disk(&library, &world));
    let whole = photo_at(&library, &path);
    assert_eq!((in_view(&library).len(), stars(&library, whole)), (2, 3));
    assert_eq!(library.catalog().problems().expect("problems"), []);
}
