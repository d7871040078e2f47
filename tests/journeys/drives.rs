//! Folders that are away: nothing in them is lost, thumbnails still show, and when they are back nothing is read again.

use std::fs;

use libtest_mimic::Trial;
use likeness_domain::{PhotoId, Rating};
use likeness_library::store::{Available, FolderState};
use likeness_library::{Error, Library, ThumbnailSize};
use likeness_tests::world::{
    Counted, Disk, World, add, eventually, in_view, look_again, photo, photo_at, stars, test,
};

pub fn trials() -> Vec<Trial> {
    vec![
        test("a folder that is away", a_folder_is_away),
        test("a drive that is unplugged, and another one at its place", a_drive_is_unplugged),
        test("a drive that comes back while folders are followed", a_drive_comes_back_while_followed),
        test("photos that now lie at another place", photos_are_relinked),
    ]
}

fn folder_state(library: &Library) -> FolderState {
    library.catalog().folders().expect("folders")[0].state
}

/// Everything is still there to be seen, but no file can be opened.
fn is_shown_from_memory(library: &Library, photo: PhotoId, photos: usize) {
    let rows = in_view(library);
    assert_eq!(rows.len(), photos);
    assert!(rows.iter().all(|row| row.available == Available::Offline), "{rows:?}");
    assert!(rows.iter().all(|row| library.thumbnail(row.id, ThumbnailSize::Large).is_ok()));
    assert_eq!((stars(library, photo), folder_state(library)), (4, FolderState::Offline));
    assert!(matches!(library.screen_picture(photo, 100), Err(Error::PhotoAway(away)) if away == photo));
    assert_eq!(library.catalog().counts().expect("counts").missing, 0);
}

fn a_folder_is_away() {
    let world = World::with_photos(5);
    let model = Counted::new();
    let library = world.open(model.clone());
    add(&library, &world.photos());
    let photo = photo_at(&library, &world.photos().join("0.jpg"));
    library.rate(&[photo], Rating::new(4).expect("stars")).expect("rated");

    fs::rename(world.photos(), world.beside("away")).expect("renamed");
    let summary = look_again(&library);
    assert_eq!((summary.missing, summary.offline), (0, vec![world.photos()]));
    is_shown_from_memory(&library, photo, 5);

    fs::rename(world.beside("away"), world.photos()).expect("renamed");
    let summary = look_again(&library);
    assert_eq!((summary.photos, summary.opened, summary.new, model.asked()), (5, 0, 0, 5), "{summary:?}");
    assert_eq!(folder_state(&library), FolderState::Online);
    assert!(in_view(&library).iter().all(|row| row.available == Available::Present));
}

fn a_drive_is_unplugged() {
    let world = World::new();
    let (Some(mut disk), Some(mut other)) =
        (Disk::new(world.beside("disk")), Disk::new(world.beside("other")))
    else {
        return eprintln!("skipped: no file system can be made here");
    };
    if !disk.mount(&world.photos()) {
        return eprintln!("skipped: mounting is not permitted here");
    }
    (0..4).for_each(|seed| _ = world.write(format!("{seed}.jpg"), &photo(seed)));
    let model = Counted::new();
    let library = world.open(model.clone());
    add(&library, &world.photos());
    let rated = photo_at(&library, &world.photos().join("1.jpg"));
    library.rate(&[rated], Rating::new(4).expect("stars")).expect("rated");

    disk.unmount();
    let summary = look_again(&library);
    assert_eq!((summary.missing, summary.offline.len()), (0, 1), "an empty mount point proves nothing");
    is_shown_from_memory(&library, rated, 4);

    assert!(other.mount(&world.photos()), "permitted before");
    world.write("stranger.jpg", &photo(50));
    let summary = look_again(&library);
    assert_eq!((summary.missing, summary.new, summary.offline.len()), (0, 0, 1), "{summary:?}");
    is_shown_from_memory(&library, rated, 4);
    other.unmount();

    assert!(disk.mount(&world.photos()), "permitted before");
    let summary = look_again(&library);
    assert_eq!((summary.photos, summary.opened, model.asked()), (4, 0, 4), "{summary:?}");
    assert_eq!((stars(&library, rated), folder_state(&library)), (4, FolderState::Online));
}

fn a_drive_comes_back_while_followed() {
    let world = World::with_photos(3);
    let model = Counted::new();
    let library = world.open(model.clone());
    add(&library, &world.photos());
    let _following = library.follow().expect("followed");
    let in_state = |state| eventually("the state", || (folder_state(&library) == state).then_some(()));
    fs::rename(world.photos(), world.beside("away")).expect("renamed");
    in_state(FolderState::Offline);
    assert_eq!(in_view(&library).len(), 3);
    fs::write(world.beside("away/new.jpg"), photo(9)).expect("written");
    fs::rename(world.beside("away"), world.photos()).expect("renamed");
    in_state(FolderState::Online);
    eventually("what came meanwhile", || (in_view(&library).len() == 4).then_some(()));
    let is_present = || in_view(&library).iter().all(|row| row.available == Available::Present).then_some(());
    eventually("all present", is_present);
    assert_eq!(model.asked(), 4);
}

fn photos_are_relinked() {
    let world = World::with_photos(3);
    let model = Counted::new();
    let library = world.open(model.clone());
    add(&library, &world.photos());
    let photo = photo_at(&library, &world.photos().join("0.jpg"));
    library.rate(&[photo], Rating::new(2).expect("stars")).expect("rated");
    let new = world.beside("new place");
    fs::rename(world.photos(), &new).expect("renamed");
    look_again(&library);
    let folder = library.catalog().folders().expect("folders")[0].id;
    library.relink_folder(folder, &new).expect("relinked");
    let summary = look_again(&library);
    assert_eq!((summary.photos, summary.opened, summary.new), (3, 0, 0), "{summary:?}");
    assert_eq!(photo_at(&library, &new.join("0.jpg")), photo);
    assert_eq!((stars(&library, photo), model.asked()), (2, 3));
}
