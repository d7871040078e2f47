//! What the command line says of near-duplicates and clean-ups is what it does, file by file.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use likeness_tests::world::{World, data, photo, test};
use serde_json::Value;

use crate::cleanup::{add, run};

pub fn trials() -> Vec<Trial> {
    vec![
        test("a list and a clean-up of the same words name the same files", list_and_cleanup),
        test("each file is told with the place where it lies", each_with_its_place),
        test("a plan refuses what is out of reach", out_of_reach),
        test("a folder that is not of the library is said to be none", no_such_folder),
        test("a file under several names is freed once", freed_once),
        test("what is to decide once decides once", decides_once),
        test("names that are no text come without loss", no_text),
        test("between chosen folders nothing else is looked at", between_folders),
        test("a plan tells what passes on", passes_on),
    ]
}

fn paths<'v>(lines: impl IntoIterator<Item = &'v Value>) -> Vec<String> {
    let mut paths: Vec<String> =
        lines.into_iter().map(|line| line["path"].as_str().expect("a path").to_owned()).collect();
    paths.sort();
    paths
}

/// Of the files of all groups those that are selected, and the bytes of them.
fn selected(groups: &[Value]) -> (Vec<String>, u64) {
    let members = groups.iter().flat_map(|group| group["members"].as_array().expect("members"));
    let bytes = groups.iter().map(|group| group["reclaimable"].as_u64().expect("bytes")).sum();
    (paths(members.filter(|member| member["selected"] == true)), bytes)
}

fn list_and_cleanup() {
    let world = World::new();
    let photo = image::open(data().join("diverse/n01531178_goldfinch.JPEG")).expect("a photo");
    photo.save(world.photos().join("whole.jpg")).expect("written");
    let (width, height) = (photo.width(), photo.height());
    let part = photo.crop_imm(width / 8, height / 8, width * 3 / 4, height * 3 / 4);
    part.save(world.photos().join("part.jpg")).expect("written");
    run(&world, &["add"]).arg(world.photos()).run().ends_with(0);
    let groups = |words: &[&str]| {
        selected(&run(&world, &[&["duplicates"][..], words].concat()).run().ends_with(0).objects())
    };
    let plan = |words: &[&str]| {
        paths(&run(&world, &[&["cleanup", "plan"][..], words].concat()).run().ends_with(0).objects())
    };
    assert_eq!((groups(&[]), plan(&[])), ((Vec::new(), 0), Vec::new()), "of edits nothing is selected");
    let named = ["--strict", "edits"];
    let (going, bytes) = groups(&named);
    assert_eq!(going, plan(&named));
    let part = world.photos().join("part.jpg");
    assert_eq!(going, [part.display().to_string()]);
    assert_eq!(bytes, fs::metadata(part).expect("there").len());
}

fn each_with_its_place() {
    let world = World::with_photos(1);
    world.write("copies/copy.jpg", &photo(0));
    for sidecar in ["0.jpg.xmp", "copies/copy.jpg.xmp"] {
        world.write(sidecar, b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>");
    }
    add(&world);
    let plan = run(&world, &["cleanup", "plan", "--keep", "oldest"]).run().ends_with(0).objects();
    assert!(plan.len() == 2 && plan.iter().all(|line| line["to"].is_null()), "{plan:?}");
    assert!(plan[0]["keeper"].as_str().is_some_and(|keeper| Path::new(keeper).is_file()), "{plan:?}");
    let place_of = |line: &Value| PathBuf::from(line["to"].as_str().expect("a place"));

    let done = run(&world, &["cleanup", "apply"]).run().ends_with(0).objects();
    assert!(done.len() == 2 && done.iter().all(|line| place_of(line).is_file()), "{done:?}");
    let copies = Path::new(done[0]["path"].as_str().expect("a path")).to_owned();
    // Somebody else's file lies in its place by now.
    fs::create_dir_all(copies.parent().expect("a folder")).expect("made");
    fs::write(&copies, photo(9)).expect("written");
    let back = run(&world, &["cleanup", "undo"]).run().ends_with(0).objects();
    assert!(back.iter().all(|line| place_of(line).is_file() && line["to"] != line["path"]), "{back:?}");
    let history = run(&world, &["cleanup", "history", "1"]).run().ends_with(0).objects();
    let places = |lines: &[Value]| lines.iter().map(place_of).collect::<Vec<_>>();
    assert_eq!(places(&history), places(&back));
    assert!(history.iter().all(|line| line["action"] == "restore"), "{history:?}");
}

fn out_of_reach() {
    let world = World::new();
    let (one, other) = (world.beside("one"), world.beside("other"));
    for folder in [&one, &other] {
        fs::create_dir(folder).expect("made");
        fs::write(folder.join("0.jpg"), photo(0)).expect("written");
    }
    run(&world, &["add", "--no-embed"]).arg(&one).arg(&other).run().ends_with(0);
    let planned = || run(&world, &["cleanup", "plan"]).run();
    assert_eq!(planned().ends_with(0).objects()[0]["state"], "planned");
    // Whether it is the file that goes or the one that stays.
    for folder in [one, other] {
        let away = folder.with_extension("away");
        fs::rename(&folder, &away).expect("moved");
        for plan in [planned(), run(&world, &["cleanup", "apply", "--dry-run"]).run()] {
            let plan = plan.ends_with(3).objects();
            assert!(plan.len() == 1 && plan[0]["state"] == "refused", "{plan:?}");
            assert!(
                plan[0]["reason"].as_str().is_some_and(|why| why.contains("cannot be reached")),
                "{plan:?}"
            );
        }
        fs::rename(&away, &folder).expect("moved");
    }
    assert_eq!(planned().ends_with(0).objects()[0]["state"], "planned");
}

fn no_such_folder() {
    let world = World::with_photos(1);
    add(&world);
    for verb in [&["duplicates"][..], &["cleanup", "plan"]] {
        let failed = run(&world, verb).arg("--folder").arg(world.beside("nowhere")).run().ends_with(1);
        assert!(failed.stderr.contains("nowhere"), "{failed:?}");
        run(&world, verb).arg("--folder").arg(world.photos()).run().ends_with(0);
    }
}

fn freed_once() {
    let world = World::new();
    world.write("stays.jpg", &photo(0));
    world.write("goes.jpg", &photo(0));
    for name in ["stays", "goes"] {
        let link = world.photos().join(format!("{name} too.jpg"));
        fs::hard_link(world.photos().join(format!("{name}.jpg")), link).expect("linked");
    }
    add(&world);
    let (going, bytes) = selected(&run(&world, &["duplicates"]).run().ends_with(0).objects());
    assert_eq!((going.len(), bytes), (2, photo(0).len() as u64), "{going:?}");
}

const SIDECAR: &[u8] =
    b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
      <rdf:Description xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Rating=\"4\"/></rdf:RDF></x:xmpmeta>";

fn decides_once() {
    let world = World::new();
    world.write("old.jpg", &photo(0));
    world.write("edited.jpg", &photo(0));
    world.write("edited.jpg.xmp", SIDECAR);
    add(&world);
    let goes = |words: &[&str]| {
        let groups = run(&world, &[&["duplicates"][..], words].concat()).run().ends_with(0).objects();
        let (going, _) = selected(&groups);
        Path::new(&going[0]).file_name().expect("a name").to_string_lossy().into_owned()
    };
    let group = run(&world, &["duplicates"]).run().ends_with(0).object();
    assert_eq!(group["members"][0]["why"], "same bytes; the other one has edits");
    let (usual, otherwise) = (goes(&[]), goes(&["--keep", "oldest"]));
    assert_eq!([usual.as_str(), otherwise.as_str()], ["old.jpg", "edited.jpg"]);
    run(&world, &["cleanup", "plan", "--keep", "oldest"]).run().ends_with(0);
    assert_eq!(goes(&[]), usual, "the library's own order is as it was");
    let unknown = run(&world, &["duplicates", "--keep", "beauty"]).run().ends_with(2);
    assert!(unknown.stderr.contains("pixels") && unknown.stderr.contains("folder, oldest"), "{unknown:?}");
}

fn no_text() {
    let world = World::with_photos(1);
    let name = OsStr::from_bytes(b"bad \xff.jpg");
    fs::write(world.photos().join(name), photo(0)).expect("written");
    add(&world);
    let plan = run(&world, &["cleanup", "plan"]).run().ends_with(0).objects();
    let groups = run(&world, &["duplicates"]).run().ends_with(0).objects();
    for line in [&plan[0], &groups[0]["members"][0]] {
        let path = line["path"].as_str().expect("a path");
        assert!(path.starts_with("file:///") && path.ends_with("/bad%20%FF.jpg"), "{path}");
    }
}

fn between_folders() {
    let world = World::new();
    for name in ["phone/a.jpg", "phone/b.jpg", "camera/a.jpg", "old/a.jpg"] {
        world.write(name, &photo(0));
    }
    add(&world);
    let groups = |folders: &[&str]| {
        let mut asked = run(&world, &["duplicates"]);
        for folder in folders {
            asked = asked.arg("--between").arg(world.photos().join(folder));
        }
        asked.run()
    };
    let found = |folders: &[&str]| {
        let group = groups(folders).ends_with(0).object();
        let members = group["members"].as_array().expect("members");
        let mut found = paths(members.iter().chain([&group["keeper"]]));
        let photos = format!("{}/", world.photos().display());
        found.iter_mut().for_each(|path| *path = path.replace(&photos, ""));
        found
    };
    assert_eq!(found(&["camera", "old"]), ["camera/a.jpg", "old/a.jpg"]);
    assert_eq!(found(&["phone", "old"]), ["old/a.jpg", "phone/a.jpg"]);
    assert_eq!(found(&["", "old"]).len(), 2, "of folders in each other the innermost has the file");
    for wrong in [&["phone"][..], &["phone", "phone/"]] {
        let refused = groups(wrong).ends_with(2);
        assert!(refused.stderr.contains("--between FOLDER"), "{refused:?}");
    }
    let both = run(&world, &["duplicates", "--among", "one-folder", "--between", "a", "--between", "b"]);
    both.run().ends_with(2);
}

fn passes_on() {
    let world = World::new();
    world.write("stays.jpg", &photo(0));
    world.write("goes.png", &{
        let picture = image::load_from_memory(&photo(0)).expect("a picture");
        let mut bytes = Vec::new();
        let small = picture.thumbnail(picture.width() / 2, picture.height() / 2);
        small.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).expect("encoded");
        bytes
    });
    // What the model has not seen waits to be compared.
    run(&world, &["add"]).arg(world.photos()).run().ends_with(0);
    let goes = world.photos().join("goes.png");
    run(&world, &["tags", "confirm", "Family"]).arg(&goes).run().ends_with(0);
    run(&world, &["albums", "create", "Coast"]).arg(&goes).run().ends_with(0);
    for verb in [&["cleanup", "plan"][..], &["cleanup", "apply", "--dry-run"]] {
        let plan = run(&world, verb).run().ends_with(0).objects();
        assert_eq!((plan.len(), plan[0]["action"].as_str()), (2, Some("trash")), "{plan:?}");
        let passed = &plan[1];
        assert_eq!([&passed["action"], &passed["state"]], ["pass", "stays"], "{plan:?}");
        assert_eq!(passed["path"], world.photos().join("stays.jpg").display().to_string());
        assert_eq!((&passed["tags"][0], &passed["albums"][0]), (&"Family".into(), &"Coast".into()));
    }
    let nothing = run(&world, &["cleanup", "apply", "--dry-run", "--no-decisions"]).run().ends_with(0);
    assert_eq!(nothing.objects().len(), 1);
}
