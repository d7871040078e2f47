//! Files that are added, moved, copied, swapped and edited: photos are known by content, and so are decisions.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::PathBuf;

use libtest_mimic::Trial;
use likeness_domain::{ContentHash, PhotoId, Rating};
use likeness_library::{Library, ThumbnailSize};
use likeness_tests::world::{
    Counted, World, add, data, files_below, in_view, look_again, photo, photo_at, row_of, snapshot, stars,
    test,
};

pub fn trials() -> Vec<Trial> {
    vec![
        test("every file becomes a photo, a companion or a problem", every_file_is_accounted_for),
        test("a second look opens nothing", a_second_look_opens_nothing),
        test("a thousand moved and renamed files", a_thousand_moved_files),
        test("photos that move to another source folder", photos_move_between_source_folders),
        test("a copy is a file more, not a photo more", a_copy_is_a_file_more),
        test("two names that are swapped", two_names_are_swapped),
        test("an edit in place", an_edit_in_place),
        test("a folder that is removed and added again", a_folder_comes_back),
        test("a photo that was deleted and comes back", a_deleted_photo_comes_back),
    ]
}

fn rate(library: &Library, photo: PhotoId, stars: u8) {
    library.rate(&[photo], Rating::new(stars).expect("stars")).expect("rated");
}

/// Every format, camera files, and damaged ones: none is dropped in silence, none is changed.
fn every_file_is_accounted_for() {
    let folders = ["formats", "originals", "broken"].map(|name| data().join(name));
    let before: Vec<_> = folders.iter().map(|folder| snapshot(folder)).collect();
    let world = World::new();
    let model = Counted::new();
    let library = world.open(model.clone());
    let problems: u64 = folders.iter().map(|folder| add(&library, folder).problems).sum();

    let listed = library.catalog().problems().expect("problems");
    assert_eq!(listed.len() as u64, problems);
    for row in &listed {
        assert!(
            row.reason.len() > 10 && !row.reason.contains('\n'),
            "{}: {}",
            row.path.display(),
            row.reason
        );
    }
    let with_problem: HashSet<PathBuf> = listed.into_iter().map(|row| row.path).collect();
    let is_photo = |path: &PathBuf| library.catalog().photo_at(path).expect("an answer").is_some();
    let mut others: BTreeMap<String, u64> = BTreeMap::new();
    for path in folders.iter().flat_map(|folder| files_below(folder)) {
        if !is_photo(&path) && !with_problem.contains(&path) {
            let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            *others.entry(ending).or_default() += 1;
        }
    }
    // Colour profiles are no business of a photo manager.
    others.remove("icc");
    assert!(others.keys().all(|ending| ["xmp", "mov"].contains(&ending.as_str())), "{others:?}");
    let counts = library.catalog().counts().expect("counts");
    assert_eq!(counts.companions + counts.videos, others.values().sum::<u64>());
    assert!(counts.photos > 500 && model.asked() >= counts.photos, "{counts:?}");

    let again = look_again(&library);
    assert_eq!((again.opened, again.new, again.changed, again.missing), (0, 0, 0, 0), "{again:?}");
    assert_eq!((again.files, again.problems), (before_count(&before, "icc"), problems));
    for (folder, before) in folders.iter().zip(before) {
        assert!(snapshot(folder) == before, "{} was changed", folder.display());
    }
}

/// Files of the snapshots, without those of one ending.
fn before_count<T>(before: &[BTreeMap<PathBuf, T>], without: &str) -> u64 {
    let counts = |path: &&PathBuf| path.extension().is_none_or(|ending| ending != without);
    before.iter().map(|files| files.keys().filter(counts).count() as u64).sum()
}

fn a_second_look_opens_nothing() {
    let world = World::with_photos(12);
    world.write("2.xmp", b"<x:xmpmeta/>");
    world.write("not a picture.jpg", b"words");
    let before = snapshot(&world.photos());
    let model = Counted::new();
    let library = world.open(model.clone());
    let first = add(&library, &world.photos());
    assert_eq!((first.files, first.photos, first.new, first.problems, first.opened), (14, 12, 13, 1, 13));
    let second = add(&library, &world.photos());
    assert_eq!((second.files, second.photos, second.new, second.problems, second.opened), (14, 12, 0, 1, 0));
    drop(library);
    let third = look_again(&world.open(model.clone()));
    assert_eq!((third.opened, third.new, model.asked()), (0, 0, 12));
    assert!(snapshot(&world.photos()) == before);
}

fn a_thousand_moved_files() {
    let world = World::new();
    let name = |seed: u64| format!("year/{:02}/{seed:04}.jpg", seed / 100);
    (0..1000).for_each(|seed| _ = world.write(name(seed), &likeness_testkit::photo_jpeg(seed, 32, 24)));
    let model = Counted::new();
    let library = world.open(model.clone());
    assert_eq!(add(&library, &world.photos()).photos, 1000);
    for (place, row) in in_view(&library).into_iter().enumerate().filter(|(place, _)| place % 50 == 0) {
        rate(&library, row.id, 1 + (place / 50 % 5) as u8);
    }
    let known = |library: &Library| -> BTreeMap<ContentHash, (PhotoId, u8, Vec<f32>)> {
        let row = |row: likeness_library::store::PhotoRow| {
            let vector = library.catalog().embedding(row.id, &model_tag(library)).expect("an answer");
            let values = vector.expect("an embedding").values().to_vec();
            (row.hash, (row.id, row.decisions.rating.stars(), values))
        };
        in_view(library).into_iter().map(row).collect()
    };
    let before = known(&library);
    assert_eq!((before.len(), model.asked()), (1000, 1000));

    // A whole folder moves; files move into another folder; files are renamed where they lie.
    fs::rename(world.photos().join("year/00"), world.photos().join("zero")).expect("moved");
    fs::create_dir(world.photos().join("other")).expect("made");
    for seed in 100..1000 {
        let to = if seed < 500 { format!("other/{seed}.jpg") } else { format!("{}.jpeg", name(seed)) };
        fs::rename(world.photos().join(name(seed)), world.photos().join(to)).expect("moved");
    }
    let summary = look_again(&library);
    assert_eq!(
        (summary.moved, summary.new, summary.missing, summary.problems),
        (1000, 0, 0, 0),
        "{summary:?}"
    );
    assert_eq!(model.asked(), 1000, "nothing is looked at again");
    assert!(known(&library) == before, "numbers, stars and vectors stay");
    assert_eq!(look_again(&library).opened, 0);
}

fn model_tag(library: &Library) -> likeness_domain::ModelTag {
    library.model().expect("a model").tag().clone()
}

fn photos_move_between_source_folders() {
    let world = World::with_photos(3);
    let other = world.beside("other");
    fs::create_dir(&other).expect("made");
    let model = Counted::new();
    let library = world.open(model.clone());
    add(&library, &world.photos());
    add(&library, &other);
    let (from, to) = (world.photos().join("1.jpg"), other.join("b.jpg"));
    let moved = photo_at(&library, &from);
    rate(&library, moved, 4);
    fs::rename(from, &to).expect("moved");
    let summary = look_again(&library);
    assert_eq!((summary.moved, summary.new, summary.missing), (1, 0, 1), "{summary:?}");
    assert_eq!(photo_at(&library, &to), moved);
    assert_eq!((stars(&library, moved), model.asked(), in_view(&library).len()), (4, 3, 3));
}

fn a_copy_is_a_file_more() {
    let world = World::with_photos(2);
    let model = Counted::new();
    let library = world.open(model.clone());
    add(&library, &world.photos());
    let original = photo_at(&library, &world.photos().join("0.jpg"));
    rate(&library, original, 5);
    world.write("copies/zero.jpg", &photo(0));
    let summary = look_again(&library);
    assert_eq!((summary.files, summary.photos, summary.new, summary.opened), (3, 2, 1, 1), "{summary:?}");
    assert_eq!(photo_at(&library, &world.photos().join("copies/zero.jpg")), original);
    assert_eq!(library.photo(original).expect("a photo").files.len(), 2);
    assert_eq!(model.asked(), 2);
    fs::remove_file(world.photos().join("0.jpg")).expect("removed");
    look_again(&library);
    assert_eq!(row_of(&library, original).path, world.photos().join("copies/zero.jpg"));
    assert_eq!(stars(&library, original), 5);
}

fn two_names_are_swapped() {
    let world = World::with_photos(2);
    let (first, second) = (world.photos().join("0.jpg"), world.photos().join("1.jpg"));
    let model = Counted::new();
    let library = world.open(model.clone());
    add(&library, &world.photos());
    let (zero, one) = (photo_at(&library, &first), photo_at(&library, &second));
    rate(&library, zero, 5);
    rate(&library, one, 1);
    drop(library);
    let aside = world.beside("aside");
    for (from, to) in [(&first, &aside), (&second, &first), (&aside, &second)] {
        fs::rename(from, to).expect("renamed");
    }
    let library = world.open(model.clone());
    let summary = look_again(&library);
    assert_eq!((summary.new, summary.missing, model.asked()), (0, 0, 2), "{summary:?}");
    assert_eq!((photo_at(&library, &first), photo_at(&library, &second)), (one, zero));
    assert_eq!((stars(&library, zero), stars(&library, one)), (5, 1));
}

fn an_edit_in_place() {
    let world = World::with_photos(2);
    let path = world.photos().join("0.jpg");
    let model = Counted::new();
    let library = world.open(model.clone());
    add(&library, &world.photos());
    let old = photo_at(&library, &path);
    rate(&library, old, 4);
    let thumbnail = |photo| library.thumbnail(photo, ThumbnailSize::Small).expect("a thumbnail");
    let before = thumbnail(old);

    world.write("0.jpg", &photo(77));
    let summary = look_again(&library);
    assert_eq!((summary.changed, summary.new, summary.missing), (1, 0, 0), "{summary:?}");
    let new = photo_at(&library, &path);
    assert!(new != old && thumbnail(new) != before);
    assert_eq!((stars(&library, new), model.asked(), in_view(&library).len()), (4, 3, 2));
    let tag = model_tag(&library);
    assert!(library.catalog().embedding(new, &tag).expect("an answer").is_some());

    rate(&library, new, 1);
    world.write("0.jpg", &photo(0));
    look_again(&library);
    assert_eq!(photo_at(&library, &path), old, "a content has one number for ever");
    assert_eq!((stars(&library, old), model.asked()), (4, 3));
}

fn a_folder_comes_back() {
    let world = World::with_photos(3);
    let model = Counted::new();
    let library = world.open(model.clone());
    add(&library, &world.photos());
    let photo = photo_at(&library, &world.photos().join("2.jpg"));
    rate(&library, photo, 3);
    let folder = library.catalog().folders().expect("folders")[0].id;
    library.remove_folder(folder).expect("removed");
    assert!(in_view(&library).is_empty());
    assert_eq!(files_below(&world.photos()).len(), 3, "nothing happens on the disk");
    let summary = add(&library, &world.photos());
    assert_eq!((summary.photos, model.asked()), (3, 3));
    assert_eq!((summary.new, summary.moved), (3, 0), "they come from nowhere else");
    assert_eq!(photo_at(&library, &world.photos().join("2.jpg")), photo);
    assert_eq!(stars(&library, photo), 3);
}

fn a_deleted_photo_comes_back() {
    let world = World::with_photos(3);
    let model = Counted::new();
    let library = world.open(model.clone());
    add(&library, &world.photos());
    let path = world.photos().join("1.jpg");
    let gone = photo_at(&library, &path);
    rate(&library, gone, 2);
    fs::remove_file(&path).expect("removed");
    let summary = look_again(&library);
    assert_eq!((summary.missing, summary.photos, in_view(&library).len()), (1, 2, 2), "{summary:?}");
    assert_eq!(look_again(&library).missing, 0, "told once");
    world.write("back/again.jpg", &photo(1));
    look_again(&library);
    assert_eq!(photo_at(&library, &world.photos().join("back/again.jpg")), gone);
    assert_eq!((stars(&library, gone), model.asked()), (2, 3));
}
