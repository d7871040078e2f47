//! What scripts rely on: the verbs, the keys of their JSON, their exit codes, and where errors are said.

use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use libtest_mimic::Trial;
use likeness_tests::world::{Program, World, data, eventually, files_below, photo, snapshot, test};
use serde_json::Value;

pub fn trials() -> Vec<Trial> {
    vec![
        test("every verb's objects have their keys", every_verb_has_its_keys),
        test("similar, as it is typed", similar_as_typed),
        test("map and clusters, as they are typed", map_and_clusters_as_typed),
        test("exit codes and errors", exit_codes_and_errors),
        test("a terminal hears what to do next", a_terminal_hears_what_to_do_next),
        test("watch tells every change", watch_tells_every_change),
        test("embed and eval need no library", embed_and_eval),
        test("hostile names are printed safely", hostile_names_are_printed_safely),
        test("completions", completions),
    ]
}

fn run(program: Program, arguments: &[&str], code: i32) -> Vec<Value> {
    let ran = program.arg("--json").args(arguments).run().ends_with(code);
    assert_eq!(ran.stderr, "", "{arguments:?}: progress and warnings are no results");
    ran.objects()
}

#[track_caller]
fn has_keys(object: &Value, keys: &[&str]) {
    let missing: Vec<_> = keys.iter().filter(|key| object.get(**key).is_none()).collect();
    assert!(missing.is_empty(), "{object} lacks {missing:?}");
}

const SCAN: [&str; 9] =
    ["files", "photos", "new", "changed", "moved", "missing", "problems", "opened", "seconds"];
const PHOTO: [&str; 9] = ["id", "path", "taken", "width", "height", "format", "camera", "size", "rating"];

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain name")
}

fn every_verb_has_its_keys() {
    let world = World::with_photos(3);
    let camera = data().join("originals/orientation/Landscape_6.jpg");
    world.write("taken.jpg", &fs::read(camera).expect("a photo"));
    let folder = world.photos();
    let run = |arguments: &[&str], code| run(world.program(), arguments, code);

    let added = run(&["add", text(&folder)], 0);
    has_keys(&added[0], &SCAN);
    assert_eq!((&added[0]["photos"], &added[0]["opened"], added.len()), (&4.into(), &4.into(), 1));
    world.write("words.jpg", b"words");
    let scanned = run(&["scan"], 3);
    has_keys(&scanned[0], &SCAN);
    assert_eq!((&scanned[0]["new"], &scanned[0]["problems"]), (&1.into(), &1.into()));
    has_keys(&run(&["scan", text(&folder), "--no-embed"], 3)[0], &SCAN);

    let folders = run(&["folders"], 0);
    has_keys(&folders[0], &["path", "state", "photos"]);
    assert_eq!((&folders[0]["path"], &folders[0]["state"]), (&text(&folder).into(), &"online".into()));

    let photos = run(&["photos"], 0);
    assert_eq!(photos.len(), 4);
    photos.iter().for_each(|photo| has_keys(photo, &PHOTO));
    let taken =
        photos.iter().find(|photo| photo["path"].as_str().is_some_and(|path| path.ends_with("taken.jpg")));
    let taken = taken.expect("listed");
    assert_eq!(
        (&taken["width"], &taken["height"], &taken["format"]),
        (&1800.into(), &1200.into(), &"jpeg".into())
    );
    assert_eq!(run(&["photos", "--folder", text(&folder), "--sort", "name", "--limit", "2"], 0).len(), 2);
    assert!(run(&["photos", "--rating", "1"], 0).is_empty());

    let problems = run(&["problems"], 3);
    has_keys(&problems[0], &["path", "stage", "reason"]);
    assert_eq!((problems.len(), &problems[0]["stage"]), (1, &"decode".into()));

    let checks = run(&["doctor"], 0);
    checks.iter().for_each(|check| has_keys(check, &["check", "state", "detail"]));
    assert!(checks.iter().all(|check| check["state"] == "ok"), "{checks:?}");
    for wanted in ["version", "model", "folder", "catalog", "vectors", "thumbnails"] {
        assert!(checks.iter().any(|check| check["check"] == wanted), "{wanted}: {checks:?}");
    }
    fs::remove_dir_all(world.library().join("cache")).expect("emptied");
    assert!(run(&["doctor"], 1).iter().any(|check| check["state"] == "failed"));
    assert!(run(&["doctor", "--repair"], 0).iter().any(|check| check["state"] == "repaired"));

    let moved = world.beside("moved");
    fs::rename(&folder, &moved).expect("moved");
    assert_eq!(run(&["folders"], 0)[0]["state"], "offline");
    has_keys(&run(&["folders", "relink", text(&folder), text(&moved)], 3)[0], &SCAN);
    assert!(run(&["folders", "remove", text(&moved)], 0).is_empty());
    assert!(run(&["folders"], 0).is_empty() && run(&["photos"], 0).is_empty());
}

fn similar_as_typed() {
    let world = World::new();
    for kind in ["Motorbikes", "airplanes"] {
        for source in files_below(&data().join("photos/caltech").join(kind)).iter().take(4) {
            let name = source.file_name().expect("a name");
            world.write(Path::new(kind).join(name), &fs::read(source).expect("a photo"));
        }
    }
    run(world.program(), &["add", text(&world.photos())], 0);
    let first = files_below(&world.photos().join("Motorbikes"))[0].clone();
    let by_path = run(world.program(), &["similar", text(&first), "-n", "3"], 0);
    by_path.iter().for_each(|found| has_keys(found, &["id", "path", "score", "distance", "word"]));
    let path_of = |found: &Value| found["path"].as_str().expect("a path").to_owned();
    assert!(
        path_of(&by_path[0]).contains("Motorbikes")
            && by_path.iter().all(|found| path_of(found) != text(&first))
    );
    let distances: Vec<f64> =
        by_path.iter().map(|found| found["distance"].as_f64().expect("a number")).collect();
    assert!(distances.is_sorted(), "{distances:?}");
    assert!(["same", "very close", "related"].contains(&by_path[0]["word"].as_str().expect("a word")));

    let photos = run(world.program(), &["photos"], 0);
    let id = photos.iter().find(|row| row["path"] == text(&first)).expect("listed")["id"].to_string();
    assert_eq!(run(world.program(), &["similar", &id, "-n", "3"], 0), by_path, "an id means the same");
    assert_eq!(run(world.program(), &["similar", &id, "-n", "3", "--exact"], 0), by_path);
    for metric in ["cosine", "euclidean", "dot", "hamming"] {
        let found = run(world.program(), &["similar", &id, "-n", "1", "--metric", metric], 0);
        assert!(path_of(&found[0]).contains("Motorbikes"), "{metric}");
    }
    let plane = files_below(&world.photos().join("airplanes"))[0].clone();
    let both = run(world.program(), &["similar", text(&first), text(&plane), "--less", text(&plane)], 0);
    assert!(path_of(&both[0]).contains("Motorbikes"));
    run(world.program(), &["similar", &id, "--region", "0,0,0.5,1"], 0);
}

fn map_and_clusters_as_typed() {
    let world = World::with_photos(40);
    let run = |arguments: &[&str]| run(world.program(), arguments, 0);
    run(&["add", text(&world.photos())]);
    let png = world.beside("map.png");
    let map = run(&["map", "--png", text(&png)]);
    assert_eq!(map.len(), 40);
    map.iter().for_each(|point| has_keys(point, &["id", "x", "y", "cluster"]));
    assert!(map[0].get("z").is_none() && map.iter().all(|point| point["cluster"].is_u64()));
    let picture = fs::read(&png).expect("a picture");
    let picture = image::load_from_memory(&picture).expect("a PNG").to_rgb8();
    let colours: std::collections::HashSet<[u8; 3]> = picture.pixels().map(|pixel| pixel.0).collect();
    assert!(picture.width() > 1000 && colours.len() > 100, "{} colours", colours.len());

    (40..44).for_each(|seed| _ = world.write(format!("{seed}.jpg"), &photo(seed)));
    run(&["scan"]);
    let updated = run(&["map", "--update"]);
    assert_eq!((updated.len(), &updated[..40]), (44, &map[..]), "photos that have a place keep it");
    let space = run(&["map", "--dims", "3", "--perplexity", "5", "--seed", "9"]);
    space.iter().for_each(|point| has_keys(point, &["id", "x", "y", "z", "cluster"]));
    let pca = run(&["map", "--method", "pca"]);
    assert!(pca.len() == 44 && pca[0].get("z").is_none());
    assert_eq!(run(&["map", "--update"]), updated, "other layouts are not kept in its stead");

    let keys = ["cluster", "size", "cover", "name", "members"];
    for arguments in [&["clusters"][..], &["clusters", "-k", "auto"], &["clusters", "-k", "3"]] {
        let clusters = run(arguments);
        clusters.iter().for_each(|cluster| has_keys(cluster, &keys));
        let members = |cluster: &Value| cluster["members"].as_array().expect("a list").len();
        assert!(clusters.iter().all(|cluster| cluster["size"] == members(cluster)));
        assert_eq!(clusters.iter().map(members).sum::<usize>(), 44);
    }
    assert_eq!(run(&["clusters", "-k", "3"]).len(), 3);
}

fn exit_codes_and_errors() {
    let world = World::with_photos(1);
    let fails = |arguments: &[&str], code: i32, what: &str| {
        for form in [&[][..], &["--json"]] {
            let ran = world.program().args(form).args(arguments).run().ends_with(code);
            assert_eq!(ran.stdout, "", "{arguments:?}");
            let lines: Vec<&str> = ran.stderr.lines().collect();
            assert!(lines[0].starts_with("error: ") && ran.stderr.contains(what), "{}", ran.stderr);
            assert!(lines.iter().skip(1).any(|line| line.starts_with("hint: ")), "{}", ran.stderr);
        }
    };
    let nowhere = world.beside("nowhere");
    fails(&["add", text(&nowhere)], 1, text(&nowhere));
    // What is named and does not exist, whatever it is.
    fails(&["similar", "1000"], 1, "1000");
    fails(&["similar", "no such file"], 1, "no such file");
    fails(&["similar", "no such file", "--less", "1000"], 1, "no such file");
    fails(&["similar", "1000", "--model", "no such model"], 1, "no such model");
    fails(&["scan", text(&nowhere)], 1, text(&nowhere));
    fails(&["scan", text(&world.photos())], 1, text(&world.photos()));
    fails(&["photos", "--folder", text(&nowhere)], 1, text(&nowhere));
    fails(&["folders", "remove", text(&nowhere)], 1, text(&nowhere));
    fails(&["folders", "relink", text(&nowhere), text(&world.photos())], 1, text(&nowhere));
    fails(&["embed", text(&nowhere), "--out", text(&world.beside("x.npy"))], 1, text(&nowhere));
    fails(&["eval", text(&nowhere)], 1, text(&nowhere));
    fails(&["clusters", "-k", "9"], 1, "9 clusters");
    // What could never be right.
    fails(&["map", "--png", "map.jpg"], 2, "map.jpg");
    fails(&["embed", text(&world.photos()), "--out", "x.txt"], 2, "x.txt");
    fails(&["photos", "--since", "yesterday"], 2, "yesterday");
    fails(&["photos", "--format", "vhs"], 2, "vhs");
    fails(&["eval", text(&world.photos())], 1, text(&world.photos()));
    let inside = world.library();
    fails(&["add", text(inside.parent().expect("above"))], 1, "library");
    fails(&["add", text(&inside)], 1, "belongs to Likeness");
    let page = world.beside("");
    fails(&["eval", text(&world.photos()), "--copies", "--report", text(&page)], 1, "is a directory");
    let wrong: [&[&str]; 7] = [
        &["fly"],
        &["similar"],
        &["similar", "1", "-n", "0"],
        &["similar", "1", "--region", "1"],
        &["photos", "--rating", "6"],
        &["photos", "--limit", "0"],
        &["eval", ".", "--distractors", "."],
    ];
    for arguments in wrong {
        let ran = world.program().args(arguments).run().ends_with(2);
        assert!(ran.stderr.starts_with("error: ") && ran.stdout.is_empty(), "{ran:?}");
    }
    assert!(world.program().arg("--help").run().ends_with(0).stdout.contains("similar"));
    let plain = world.program().args(["add", text(&world.photos())]).run().ends_with(0);
    assert!(plain.stdout.starts_with("1 photos in 1 files") && plain.stderr.is_empty(), "{plain:?}");
    let twice = run(world.program(), &["add", text(&world.photos()), text(&world.photos())], 0);
    assert_eq!(twice[0]["photos"], 1, "counted once");
    assert_eq!(run(world.program(), &["photos", "--format", "JPEG"], 0).len(), 1);
    let full = fs::File::options().write(true).open("/dev/full").expect("the disk that is always full");
    let lost = world.program().arg("photos").results_to(full).run().ends_with(1);
    assert!(lost.stderr.starts_with("error: the results cannot be written"), "{lost:?}");
    let file = world.beside("file");
    fs::write(&file, "").expect("written");
    let no_library = Program::on(&file).arg("photos").run().ends_with(1);
    assert!(no_library.stderr.contains("--library"), "{no_library:?}");
    let only = text(&world.photos().join("0.jpg")).to_owned();
    fails(&["similar", &only, &only, "--region", "0,0,1,1"], 2, "region");
    fails(&["similar", &only, "--region", "0,0,2,1"], 2, "0,0,0.5,1");
}

fn a_terminal_hears_what_to_do_next() {
    let world = World::with_photos(1);
    let hears = |arguments: &[&str], next: &str| {
        let ran = world.program().args(arguments).run_on_terminal().ends_with(0);
        assert_eq!((ran.stdout.as_str(), ran.stderr.lines().count()), ("", 1), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(next), "{arguments:?}: {}", ran.stderr);
        for silent in ["--json", "--quiet"] {
            let ran = world.program().arg(silent).args(arguments).run_on_terminal().ends_with(0);
            assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""), "{arguments:?}");
        }
        assert_eq!(world.program().args(arguments).run().ends_with(0).stderr, "", "no terminal");
    };
    for verb in ["folders", "photos", "problems"] {
        hears(&[verb], "likeness add FOLDER");
    }
    let photo = world.photos().join("0.jpg");
    hears(&["similar", text(&photo)], "likeness add FOLDER");
    fs::rename(&photo, world.beside("0.jpg")).expect("moved away");
    run(world.program(), &["add", text(&world.photos())], 0);
    hears(&["photos"], "likeness scan");
    fs::rename(world.beside("0.jpg"), &photo).expect("moved back");
    run(world.program(), &["scan"], 0);
    hears(&["photos", "--since", "2100"], "likeness photos");
    hears(&["problems"], "no problems");
    let removed = world.program().args(["folders", "remove", text(&world.photos())]).run_on_terminal();
    assert!(removed.stderr.contains(text(&world.photos())) && removed.code == 0, "{removed:?}");
}

fn watch_tells_every_change() {
    let world = World::with_photos(2);
    run(world.program(), &["add", text(&world.photos())], 0);
    // Either reads what changes, and both tell it.
    let mut watching = [1, 2].map(|_| world.program().args(["--json", "watch"]).start());
    let mut next = |event: &str, path: &Path| {
        for watching in &mut watching {
            let line = watching.next_line();
            let change: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}"));
            assert_eq!((&change["event"], &change["path"]), (&event.into(), &text(path).into()), "{line}");
        }
    };
    let new = world.write("new.jpg", &photo(9));
    next("new", &new);
    let copy = world.write("copy.jpg", &photo(9));
    next("copied", &copy);
    world.write("new.jpg", &photo(10));
    next("changed", &new);
    let words = world.write("words.jpg", b"words");
    next("problem", &words);
    fs::remove_file(&new).expect("removed");
    next("missing", &new);
    world.write("new.jpg", &photo(10));
    next("returned", &new);
    // What is removed and written anew between two looks is no move, even if the photo was known from elsewhere.
    let other = world.beside("other.jpg");
    fs::write(&other, photo(10)).expect("written");
    fs::rename(&other, &copy).expect("replaced");
    next("changed", &copy);
    world.write("copy.jpg", &photo(9));
    next("changed", &copy);
    fs::write(&other, photo(11)).expect("written");
    let folder = other.with_extension("folder");
    fs::create_dir(&folder).expect("made");
    fs::rename(&other, folder.join("other.jpg")).expect("moved");
    run(world.program(), &["add", text(&folder)], 0);
    next("new", &folder.join("other.jpg"));
    watching.into_iter().for_each(|watching| assert_eq!(watching.interrupt(), 0));
    let photos = run(world.program(), &["photos"], 0);
    assert_eq!(photos.len(), 5);
}

fn embed_and_eval() {
    let world = World::new();
    for kind in ["Faces", "car_side"] {
        for source in files_below(&data().join("photos/caltech").join(kind)).iter().take(3) {
            let name = source.file_name().expect("a name");
            world.write(Path::new(kind).join(name), &fs::read(source).expect("a photo"));
        }
    }
    let out = world.beside("out.npy");
    let summary = run(world.program(), &["embed", text(&world.photos()), "--out", text(&out)], 0).remove(0);
    has_keys(&summary, &["dimension", "model", "images_per_second"]);
    let dimension = summary["dimension"].as_u64().expect("a number");
    let npy = fs::read(&out).expect("written");
    assert!(npy.starts_with(b"\x93NUMPY\x01\x00"));
    let header = 10 + usize::from(u16::from_le_bytes([npy[8], npy[9]]));
    assert_eq!(npy.len() as u64, header as u64 + 6 * dimension * 4);
    let shape = format!("'shape': (6, {dimension},");
    assert!(String::from_utf8_lossy(&npy[..header]).contains(&shape));
    let names = fs::read_to_string(out.with_extension("npy.txt")).expect("written");
    let paths: Vec<_> = names.lines().map(|name| world.photos().join(name)).collect();
    assert_eq!(paths, files_below(&world.photos()), "relative to the folder");
    for row in npy[header..].chunks_exact(dimension as usize * 4) {
        let value = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().expect("four bytes"));
        let length: f32 = row.chunks_exact(4).map(|bytes| value(bytes).powi(2)).sum();
        assert!((length - 1.0).abs() < 1e-3, "{length}");
    }
    let half =
        run(world.program(), &["embed", text(&world.photos()), "--out", text(&out), "--shard", "2/2"], 0);
    assert_eq!(half[0]["images"], 3);

    let before = snapshot(&world.photos());
    let figures = run(world.program(), &["eval", text(&world.photos())], 0).remove(0);
    has_keys(&figures, &["images", "classes", "p_at_1", "p_at_5", "p_at_10", "map", "purity", "nmi"]);
    assert_eq!((&figures["images"], &figures["classes"]), (&6.into(), &2.into()));
    assert_eq!(figures["per_class"].as_array().map(Vec::len), Some(2));

    let all = run(world.program(), &["embed", text(&world.photos()), "--out", text(&out)], 0).remove(0);
    assert_eq!(all["images"], 6);
    let page = world.beside("report.html");
    let photos = world.photos();
    let asked = ["eval", text(&photos), "--against", text(&out), "--copies", "--report", text(&page)];
    let measured = run(world.program(), &asked, 0).remove(0);
    assert_eq!(measured["against"]["p_at_10"], measured["p_at_10"], "its own vectors say the same");
    let copies = measured["copies"].as_array().expect("a list");
    assert_eq!(copies.len(), 14);
    assert!(copies.iter().all(|copy| copy["queries"] == 6), "{copies:?}");
    let mild = copies.iter().filter(|copy| copy["strength"] == "mild");
    assert!(mild.map(|copy| copy["recall_at_1"].as_f64()).all(|recall| recall == Some(1.0)), "{copies:?}");
    let html = fs::read_to_string(&page).expect("written");
    assert!(html.contains("data:image/jpeg;base64,/9j/") && html.contains("car_side"));
    let half =
        run(world.program(), &["embed", text(&world.photos()), "--out", text(&out), "--shard", "1/2"], 0);
    assert_eq!(half[0]["images"], 3);
    let misfit = world.program().args(["eval", text(&world.photos()), "--against", text(&out)]).run();
    assert!(misfit.ends_with(1).stderr.contains("does not fit"));
    fs::write(&out, "words").expect("written");
    let words = world.program().args(["eval", text(&world.photos()), "--against", text(&out)]).run();
    assert!(words.ends_with(1).stderr.contains("hint: Save a row for each picture"));
    assert!(snapshot(&world.photos()) == before && !world.library().exists());
}

fn hostile_names_are_printed_safely() {
    let world = World::new();
    let names: [&[u8]; 5] = [
        b"line\nbreak.jpg",
        b"esc\x1b[31mred.jpg",
        b"<img src=x onerror=alert(1)>.jpg",
        b"\xff\xfe.jpg",
        b"tab\t.jpg",
    ];
    let name_of = |bytes: &[u8]| std::ffi::OsString::from_vec(bytes.to_vec());
    for (name, seed) in names.into_iter().zip(0..) {
        world.write(name_of(name), &photo(seed));
    }
    world.write(name_of(b"bad\n\x1b]0;x\x07.jpg"), b"words");
    assert_eq!(run(world.program(), &["add", text(&world.photos())], 3)[0]["photos"], 5);
    let photos = run(world.program(), &["photos"], 0);
    assert_eq!(photos.len(), 5);
    let paths: Vec<&str> = photos.iter().map(|photo| photo["path"].as_str().expect("a path")).collect();
    assert!(paths.iter().any(|path| path.ends_with("line\nbreak.jpg")), "{paths:?}");
    assert!(paths.iter().any(|path| path.ends_with("<img src=x onerror=alert(1)>.jpg")), "{paths:?}");

    for (verb, lines) in [("photos", 6), ("problems", 2), ("folders", 2), ("doctor", 0)] {
        let ran = world.program().arg(verb).run();
        assert!(ran.stdout.chars().all(|c| c == '\n' || !c.is_control()), "{verb}: {:?}", ran.stdout);
        assert!(lines == 0 || ran.stdout.lines().count() == lines, "{verb}: {}", ran.stdout);
    }
    let out = world.beside("out.npy");
    assert_eq!(run_with_problems(&world, &["embed", text(&world.photos()), "--out", text(&out)]), 5);
    let listed = fs::read_to_string(out.with_extension("npy.txt")).expect("written");
    let mut listed: Vec<&str> = listed.lines().collect();
    listed.sort_unstable();
    let escaped = [
        "<img src=x onerror=alert(1)>.jpg",
        r"\xff\xfe.jpg",
        r"esc\x1b[31mred.jpg",
        r"line\x0abreak.jpg",
        r"tab\x09.jpg",
    ];
    assert_eq!(listed, escaped, "a line each");
    let asked = world.photos().join(name_of(names[3]));
    let ran = world.program().args(["--json", "similar"]).arg(&asked).run().ends_with(0);
    assert!(ran.objects().iter().all(|found| found["path"] != asked.to_string_lossy().as_ref()));
    let ran = world.program().args(["similar", "\x1b[31m"]).run().ends_with(1);
    assert!(!ran.stderr.contains('\x1b'), "{:?}", ran.stderr);
    let mut watching = world.program().arg("watch").start();
    world.write(name_of(b"new\n\x1b.jpg"), &photo(9));
    assert!(!watching.next_line().contains('\x1b'));
    eventually("known", || (run(world.program(), &["photos"], 0).len() == 6).then_some(()));
}

/// Pictures that were embedded, beside one that could not be.
fn run_with_problems(world: &World, arguments: &[&str]) -> u64 {
    let ran = world.program().arg("--json").args(arguments).run().ends_with(3);
    let printable = |line: &str| line.starts_with("problem: ") && !line.contains(char::is_control);
    assert!(ran.stderr.lines().count() == 1 && ran.stderr.lines().all(printable), "{ran:?}");
    ran.object()["images"].as_u64().expect("a number")
}

fn completions() {
    for shell in ["bash", "zsh", "fish"] {
        let world = World::new();
        let ran = world.program().args(["completions", shell]).run().ends_with(0);
        assert!(ran.stdout.contains("similar") && !world.library().exists());
    }
}
