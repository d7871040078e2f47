//! Near-duplicates from the first look to the trash and back, as the command line has it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use libtest_mimic::Trial;
use likeness_tests::world::{Program, World, data, photo, snapshot, taken, test};
use serde_json::Value;

pub fn trials() -> Vec<Trial> {
    vec![
        test("copies go to the trash and come back", copies_go_and_come_back),
        test("one file under two names", one_file_under_two_names),
        test("what belongs to a photo goes and comes with it", what_belongs_together),
        test("a raw file and its picture are one", raw_and_picture),
        test("the last copy goes only when it is named", the_last_copy),
        test("a picture that was stored again is a copy", stored_again),
        test("newcomers are compared with those that were compared before", newcomers),
        test("a small mark on a photo is seen while its thumbnail is there", a_small_mark),
    ]
}

/// With a trash beside the library.
pub fn run(world: &World, arguments: &[&str]) -> Program {
    let home = world.beside("home");
    Program::on(&world.library()).env("XDG_DATA_HOME", home).arg("--json").args(arguments)
}

pub fn add(world: &World) {
    run(world, &["add", "--no-embed"]).arg(world.photos()).run().ends_with(0);
}

fn ends_with(value: &Value, name: &str) -> bool {
    value.as_str().is_some_and(|path| path.ends_with(name))
}

/// With the model: what it has not seen waits to be compared.
pub fn see(world: &World) {
    run(world, &["add"]).arg(world.photos()).run().ends_with(0);
}

fn name_of(path: &Value) -> String {
    Path::new(path.as_str().expect("a path")).file_name().expect("a name").to_string_lossy().into_owned()
}

fn copies_go_and_come_back() {
    let world = World::with_photos(3);
    for seed in 0..2 {
        world.write(format!("copies/{seed}.jpg"), &photo(seed));
    }
    let before = snapshot(&world.photos());
    add(&world);

    let groups = run(&world, &["duplicates"]).run().ends_with(0).objects();
    assert_eq!(groups.len(), 2, "{groups:?}");
    assert!(groups.iter().all(|group| group["lane"] == "copies" && group["reclaimable"].as_u64() > Some(0)));
    let members = groups[0]["members"].as_array().expect("members");
    assert!(members[0]["why"].as_str().is_some_and(|why| why.starts_with("same bytes")), "{groups:?}");

    let planned = run(&world, &["cleanup", "plan"]).run().ends_with(0).objects();
    let dry = run(&world, &["cleanup", "apply", "--dry-run"]).run().ends_with(0).objects();
    assert_eq!(planned, dry);
    assert!(planned.len() == 2 && planned.iter().all(|line| line["state"] == "planned"), "{planned:?}");
    assert_eq!(snapshot(&world.photos()), before, "a plan is harmless");

    let done = run(&world, &["cleanup", "apply"]).run().ends_with(0).objects();
    assert!(done.len() == 2 && done.iter().all(|line| line["state"] == "trashed"), "{done:?}");
    assert_eq!(snapshot(&world.photos()).len(), 3);
    assert!(run(&world, &["duplicates"]).run().ends_with(0).objects().is_empty(), "groups are live");
    let scanned = run(&world, &["scan", "--no-embed"]).run().ends_with(0).object();
    assert_eq!((scanned["photos"].as_u64(), scanned["new"].as_u64()), (Some(3), Some(0)), "{scanned}");

    let history = run(&world, &["cleanup", "history"]).run().ends_with(0).object();
    assert_eq!((&history["in_trash"], &history["kind"]), (&Value::from(2), &Value::from("duplicates")));
    let files = run(&world, &["cleanup", "history", "1"]).run().ends_with(0).objects();
    assert!(files.iter().all(|file| file["to"].as_str().is_some_and(|at| Path::new(at).is_file())));
    let back = run(&world, &["cleanup", "undo"]).run().ends_with(0).objects();
    assert!(back.len() == 2 && back.iter().all(|line| line["state"] == "restored"), "{back:?}");
    assert_eq!(snapshot(&world.photos()), before);
    let scanned = run(&world, &["scan", "--no-embed"]).run().ends_with(0).object();
    assert_eq!((scanned["photos"].as_u64(), scanned["opened"].as_u64()), (Some(3), Some(0)), "{scanned}");
    let nothing = run(&world, &["cleanup", "undo"]).run().ends_with(1);
    assert!(nothing.stderr.contains("lies in the trash"), "{nothing:?}");
}

fn one_file_under_two_names() {
    let world = World::with_photos(1);
    fs::hard_link(world.photos().join("0.jpg"), world.photos().join("again.jpg")).expect("linked");
    world.write("copy.jpg", &photo(0));
    add(&world);
    let done = run(&world, &["cleanup", "apply"]).run().ends_with(0).objects();
    assert_eq!(done.len(), 1, "one of two files goes, and no name of the one that stays: {done:?}");
    let left = snapshot(&world.photos());
    assert_eq!(left.len(), 2);
    assert!(run(&world, &["duplicates"]).run().ends_with(0).objects().is_empty());
}

fn what_belongs_together() {
    let world = World::with_photos(1);
    world.write("copies/0.jpg", &photo(0));
    for folder in ["", "copies/"] {
        world.write(format!("{folder}0.mov"), b"the movie of a Live Photo");
        world.write(format!("{folder}0.jpg.xmp"), b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>");
    }
    world.write("copies/other.xmp", b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>");
    let before = snapshot(&world.photos());
    add(&world);
    let done = run(&world, &["cleanup", "apply"]).run().ends_with(0).objects();
    for name in ["copies/0.jpg", "copies/0.mov", "copies/0.jpg.xmp"] {
        assert!(done.iter().any(|line| ends_with(&line["path"], name)), "{name}: {done:?}");
    }
    assert_eq!(snapshot(&world.photos()).len(), 4, "what belongs to none stays");
    // Somebody else's file lies in its place by now.
    world.write("copies/0.jpg", &photo(9));
    run(&world, &["cleanup", "undo"]).run().ends_with(0);
    let after = snapshot(&world.photos());
    assert_eq!(after.len(), before.len() + 1);
    for name in ["0 (2).jpg", "0 (2).mov", "0 (2).jpg.xmp"] {
        assert!(after.contains_key(&world.photos().join("copies").join(name)), "{name}");
    }
    assert_eq!(fs::read(world.photos().join("copies/0.jpg")).expect("read"), photo(9));
}

fn raw_and_picture() {
    let world = World::new();
    let raw = |name: &str| fs::read(data().join("formats").join(name)).expect("a raw file");
    let (dng, rw2) = (raw("photoprism/canon_eos_6d.dng"), raw("exiftool/Panasonic.rw2"));
    for folder in ["a", "b"] {
        world.write(format!("{folder}/1.dng"), &dng);
        world.write(format!("{folder}/1.jpg"), &photo(1));
    }
    for folder in ["a", "b"] {
        world.write(format!("{folder}/1.xmp"), b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>");
    }
    world.write("c/2.jpg", &photo(2));
    world.write("d/2.jpg", &photo(2));
    world.write("d/2.rw2", &rw2);
    add(&world);
    let done = run(&world, &["cleanup", "apply"]).run().ends_with(3).objects();
    let of_state = |state: &str| -> Vec<&Value> {
        done.iter().filter(|line| line["state"] == state).map(|line| &line["path"]).collect()
    };
    let trashed = of_state("trashed");
    for name in ["b/1.dng", "b/1.jpg", "b/1.xmp"] {
        assert!(trashed.iter().any(|path| ends_with(path, name)), "{name}: {done:?}");
    }
    assert_eq!(trashed.len(), 3, "{done:?}");
    assert!(of_state("refused").iter().all(|path| ends_with(path, "d/2.jpg")), "{done:?}");
    let reason = done.iter().find_map(|line| line["reason"].as_str()).expect("a reason");
    assert_eq!(reason, "2.rw2 belongs to it and has no other copy");
}

fn the_last_copy() {
    let world = World::with_photos(2);
    world.write("copy.jpg", &photo(1));
    let before = snapshot(&world.photos());
    add(&world);
    let photos = run(&world, &["photos"]).run().ends_with(0).objects();
    let id =
        photos.iter().find(|row| ends_with(&row["path"], "1.jpg") || ends_with(&row["path"], "copy.jpg"));
    let id = id.expect("a photo")["id"].to_string();
    let refused = run(&world, &["trash", &id]).run().ends_with(3).objects();
    assert!(refused.iter().all(|line| line["state"] == "refused"), "{refused:?}");
    assert_eq!(snapshot(&world.photos()), before);
    let done = run(&world, &["trash", "--last-copies", &id]).run().ends_with(0).objects();
    assert_eq!(done.len(), 2, "all files of the photo that was named: {done:?}");
    assert_eq!(snapshot(&world.photos()).len(), 1);
    run(&world, &["cleanup", "undo"]).run().ends_with(0);
    assert_eq!(snapshot(&world.photos()), before);
}

fn stored_again() {
    let world = World::new();
    let original = likeness_testkit::photo_jpeg(1, 640, 480);
    world.write("original.jpg", &original);
    let small = image::load_from_memory(&original).expect("a picture").thumbnail(320, 240);
    small.save(world.photos().join("small.png")).expect("written");
    world.write("another.jpg", &likeness_testkit::photo_jpeg(2, 640, 480));
    see(&world);
    let groups = run(&world, &["duplicates", "--strict", "copies"]).run().ends_with(0).objects();
    assert_eq!(groups.len(), 1, "{groups:?}");
    assert!(ends_with(&groups[0]["keeper"]["path"], "original.jpg"), "{groups:?}");
    assert!(ends_with(&groups[0]["members"][0]["path"], "small.png"), "{groups:?}");
    assert!(groups[0]["members"][0]["selected"].as_bool().expect("said"));
}

fn newcomers() {
    let world = World::new();
    let camera = "Canon EOS 600D";
    let shot = |seed: u64, time: &str| taken(&likeness_testkit::photo_jpeg(seed, 640, 480), camera, time);
    world.write("first.jpg", &shot(1, "2024:05:01 10:00:07"));
    world.write("another.jpg", &shot(2, "2024:05:01 10:00:09"));
    world.write("later.jpg", &shot(1, "2024:05:01 12:00:07"));
    see(&world);
    let groups = || run(&world, &["duplicates", "--strict", "bursts"]).run().ends_with(0).objects();
    assert!(groups().is_empty(), "neither the same time nor the same picture makes a burst");

    world.write("second.jpg", &shot(1, "2024:05:01 10:00:09"));
    let picture = image::load_from_memory(&likeness_testkit::photo_jpeg(2, 640, 480)).expect("a picture");
    picture.save(world.photos().join("another.png")).expect("written");
    see(&world);
    let mut found: Vec<(String, String, String)> = groups()
        .iter()
        .map(|group| {
            let member = &group["members"][0]["path"];
            let lane = group["lane"].as_str().expect("a word").to_owned();
            (lane, name_of(&group["keeper"]["path"]), name_of(member))
        })
        .collect();
    found.sort();
    let expected = [("bursts", "first.jpg", "second.jpg"), ("copies", "another.jpg", "another.png")];
    let text = |(lane, keeper, member): (&str, &str, &str)| (lane.into(), keeper.into(), member.into());
    assert_eq!(found, expected.map(text));
}

/// What was only stored again is a copy, what has a mark on it is none, however small the mark. Where a drive is away and the
/// thumbnails are lost, small pictures decide, which do not show it.
fn a_small_mark() {
    let world = World::new();
    let photo = image::open(data().join("diverse/n01531178_goldfinch.JPEG")).expect("a photo").to_rgb8();
    let mut marked = photo.clone();
    let (side, left, top) = (photo.width() / 60, photo.width() / 3, photo.height() / 3);
    for at in 0..side * side {
        let pixel = marked.get_pixel_mut(left + at % side, top + at / side);
        pixel.0 = pixel.0.map(|value| value.saturating_add(15));
    }
    for (name, picture, quality) in
        [("photo.jpg", &photo, 92), ("stored.jpg", &photo, 75), ("marked.jpg", &marked, 92)]
    {
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(picture).expect("encoded");
        world.write(name, &jpeg);
    }
    let lanes = || -> BTreeMap<String, String> {
        let groups = run(&world, &["duplicates", "--strict", "edits"]).run().ends_with(0).objects();
        let members = groups.iter().flat_map(|group| {
            let members = group["members"].as_array().expect("members").iter();
            members
                .map(|member| (name_of(&member["path"]), group["lane"].as_str().expect("a word").to_owned()))
        });
        members.collect()
    };
    let lane_of = |name: &str, lane: &str| (name.to_owned(), lane.to_owned());
    see(&world);
    assert_eq!(lanes(), BTreeMap::from([lane_of("stored.jpg", "copies"), lane_of("marked.jpg", "edits")]));

    fs::remove_dir_all(world.library()).expect("removed");
    see(&world);
    fs::rename(world.photos(), world.beside("away")).expect("moved");
    fs::remove_dir_all(world.library().join("cache")).expect("removed");
    assert_eq!(lanes(), BTreeMap::from([lane_of("stored.jpg", "copies"), lane_of("marked.jpg", "copies")]));
}
