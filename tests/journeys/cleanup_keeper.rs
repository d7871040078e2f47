//! Which file of a group stays, and that it says why: bits of each colour, sharpness, and the person's order of folders.

use std::fs;
use std::path::{Path, PathBuf};

use image::DynamicImage;
use image::imageops::FilterType;
use libtest_mimic::Trial;
use likeness_api::{Api, Options};
use likeness_tests::world::{World, data, photo, test};
use serde_json::{Value, json};

use crate::cleanup::{run, see};
use crate::kept::call;

pub fn trials() -> Vec<Trial> {
    vec![
        test("the picture with more bits a colour stays", more_bits),
        test("the sharp one stays, a small copy of it does not pass for one", the_sharp_one),
        test("what lies in the first folder stays", the_first_folder),
        test("a face orders folders, too", ordered_by_a_face),
    ]
}

fn goldfinch() -> DynamicImage {
    image::open(data().join("diverse/n01531178_goldfinch.JPEG")).expect("a photo")
}

/// The keeper's file name, and why it stays rather than the first of the others.
fn keeper(world: &World, words: &[&str]) -> (String, String) {
    let group = run(world, &[&["duplicates"][..], words].concat()).run().ends_with(0).object();
    let path = Path::new(group["keeper"]["path"].as_str().expect("a path"));
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    (name, group["members"][0]["why"].as_str().expect("a reason").to_owned())
}

fn more_bits() {
    let world = World::new();
    let photo = goldfinch();
    photo.to_rgb8().save(world.photos().join("a plain one.png")).expect("written");
    photo.to_rgb16().save(world.photos().join("deep.png")).expect("written");
    see(&world);
    let (name, why) = keeper(&world, &[]);
    assert_eq!(name, "deep.png");
    assert!(why.ends_with("; the other one has more than 8 bits a colour"), "{why}");
}

fn the_sharp_one() {
    let world = World::new();
    let photo = goldfinch();
    let (width, height) = (photo.width(), photo.height());
    photo.blur(2.0).save(world.photos().join("a blurred one.png")).expect("written");
    photo.save(world.photos().join("sharp.png")).expect("written");
    see(&world);
    let first = ["--strict", "edits", "--alike", "generous", "--keep", "sharpness"];
    let (name, why) = keeper(&world, &first);
    assert_eq!(name, "sharp.png");
    assert!(why.ends_with("; the other one is sharper"), "{why}");

    // What is smaller loses nothing at its own size: both are looked at in one.
    let world = World::new();
    let small = photo.resize_exact(width / 3, height / 3, FilterType::Lanczos3);
    small.save(world.photos().join("a small one.png")).expect("written");
    photo.save(world.photos().join("whole.png")).expect("written");
    see(&world);
    assert_eq!(keeper(&world, &first).0, "whole.png");
}

/// Two source folders with one photo each, and it is the same.
fn two_folders() -> (World, [PathBuf; 2]) {
    let world = World::new();
    let folders = ["one", "other"].map(|name| {
        let folder = world.beside(name);
        fs::create_dir(&folder).expect("made");
        fs::write(folder.join(format!("{name}.jpg")), photo(0)).expect("written");
        folder
    });
    run(&world, &["add", "--no-embed"]).args(&folders).run().ends_with(0);
    (world, folders)
}

fn ranks(folders: &[Value]) -> Vec<Option<u64>> {
    folders.iter().map(|line| line["rank"].as_u64()).collect()
}

fn the_first_folder() {
    let (world, [one, other]) = two_folders();
    let order = |folders: &[&Path]| run(&world, &["folders", "order"]).args(folders).run();
    let (unordered, why) = keeper(&world, &["--keep", "folder"]);
    assert_eq!((unordered.as_str(), why.contains("folder")), ("one.jpg", false), "no folder comes first");

    assert_eq!(ranks(&order(&[&other, &one]).ends_with(0).objects()), [Some(2), Some(1)]);
    let first =
        ("other.jpg".to_owned(), "same bytes; the other one is in a folder that comes before".to_owned());
    assert_eq!(keeper(&world, &[]), first);
    let moved = world.beside("moved");
    fs::rename(&other, &moved).expect("moved");
    run(&world, &["folders", "relink"]).arg(&other).arg(&moved).run().ends_with(0);
    let new = world.beside("new");
    fs::create_dir(&new).expect("made");
    fs::write(new.join("new.jpg"), photo(0)).expect("written");
    run(&world, &["add", "--no-embed"]).arg(&new).run().ends_with(0);
    assert_eq!(ranks(&run(&world, &["folders"]).run().ends_with(0).objects()), [Some(2), Some(1), None]);
    assert_eq!(keeper(&world, &[]), first, "where it lies now, and a new folder comes last");

    let unknown = order(&[&one, &world.beside("nowhere")]).ends_with(1);
    assert!(unknown.stderr.contains("nowhere"), "{unknown:?}");
    order(&[]).ends_with(2);
    assert_eq!(keeper(&world, &[]), first, "the order is what it was");
    assert_eq!(ranks(&order(&[&new]).ends_with(0).objects()), [None, None, Some(1)]);
    assert_eq!(keeper(&world, &[]).0, "new.jpg");
    let none = run(&world, &["folders", "order", "--none"]).run().ends_with(0).objects();
    assert_eq!(ranks(&none), [None, None, None]);
    assert!(!keeper(&world, &[]).1.contains("folder"));
}

fn ordered_by_a_face() {
    let (world, _) = two_folders();
    let api = Api::open(&Options { library: Some(world.library()) }).expect("opened");
    let ask = |request: Value| call(&api, request);
    let folders = |state: &Value| state["folders"].as_array().expect("folders").clone();
    let before = folders(&ask(json!({ "command": "libraryState" })));
    assert!(before.iter().all(|folder| folder["rank"].is_null()), "{before:?}");
    let ids = [before[1]["id"].clone(), before[0]["id"].clone()];
    ask(json!({ "command": "setFolderOrder", "folders": ids }));
    let after = folders(&ask(json!({ "command": "libraryState" })));
    assert_eq!([&after[0]["rank"], &after[1]["rank"]], [&json!(1), &json!(0)]);
    let asked = json!({ "alike": "usual", "among": "everything", "between": [], "until": "bursts" });
    let groups = ask(json!({ "command": "duplicateGroups", "ask": asked, "from": 0, "count": 1 }));
    assert_eq!(groups[0]["members"][0]["reason"], "folder", "{groups}");
    let criteria = ask(json!({ "command": "keeperOrder" }));
    assert_eq!(criteria.as_array().map(Vec::len), Some(10), "{criteria}");
}
