//! Tags, albums, labels and stacks: what the person decides stays, whatever happens to files and to derived work.

use std::fs;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use libtest_mimic::Trial;
use likeness_domain::{ColorLabel, JobContext, PhotoId};
use likeness_library::Library;
use likeness_library::store::{PhotoQuery, Sort, Stacks};
use likeness_tests::world::{Counted, Program, World, add, data, look_again, photo, photo_at, taken, test};
use serde_json::Value;

pub fn trials() -> Vec<Trial> {
    vec![
        test("tags, as they are typed", tags_as_typed),
        test("albums, as they are typed", albums_as_typed),
        test("photos, with all filters", photos_with_all_filters),
        test("an album that is exported", an_album_is_exported),
        test("five hundred files that move keep tags, labels and albums", five_hundred_files_move),
        test("decisions survive an edit and the loss of derived work", decisions_survive),
        test("a burst is one stack", a_burst_is_one_stack),
        test("a saved search by look", a_saved_search_by_look),
    ]
}

fn run(program: Program, arguments: &[&str], code: i32) -> Vec<Value> {
    program.arg("--json").args(arguments).run().ends_with(code).objects()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain name")
}

/// The values of one key.
fn all<'v>(objects: &'v [Value], key: &str) -> Vec<&'v Value> {
    objects.iter().map(|object| &object[key]).collect()
}

fn tags_as_typed() {
    let world = World::with_photos(3);
    let run = |arguments: &[&str], code| run(world.program(), arguments, code);
    run(&["add", "--no-embed", text(&world.photos())], 0);
    let file = world.photos().join("0.jpg");
    let id = run(&["photos", "--name", "0.jpg"], 0)[0]["id"].to_string();
    let other = run(&["photos", "--name", "1.jpg"], 0)[0]["id"].to_string();

    assert_eq!(run(&["tags", "confirm", "Animals|Dogs", text(&file), &other], 0)[0]["photos"], 2);
    assert_eq!(run(&["tags", "confirm", "Animals|Dogs", &id], 0)[0]["photos"], 0);
    run(&["tags", "confirm", "Sea", &id], 0);
    let tags = run(&["tags", &id], 0);
    assert_eq!(all(&tags, "tag"), ["Animals|Dogs", "Sea"]);
    assert_eq!((&tags[0]["state"], &tags[0]["confidence"]), (&"confirmed".into(), &1.0.into()));
    assert_eq!(tags[0]["id"].to_string(), id);
    assert_eq!(run(&["tags"], 0).len(), 3);
    assert_eq!(run(&["tags", "reject", "Animals|Dogs", &other], 0)[0]["photos"], 1);

    let vocabulary = run(&["tags", "vocabulary"], 0);
    assert_eq!(all(&vocabulary, "tag"), ["Animals", "Animals|Dogs", "Sea"]);
    assert_eq!(all(&vocabulary, "photos"), [1, 1, 1]);
    run(&["tags", "vocabulary", "rename", "Animals", "Fauna"], 0);
    assert_eq!(run(&["photos", "--tag", "Fauna"], 0).len(), 1);
    run(&["tags", "vocabulary", "merge", "Sea", "Fauna|Dogs", "--into", "Water"], 0);
    assert_eq!(all(&run(&["tags", "vocabulary"], 0), "tag"), ["Water"]);
    run(&["tags", "vocabulary", "remove", "Water"], 0);
    assert!(run(&["tags"], 0).is_empty());

    for wrong in [&["confirm", "a||b", &id][..], &["confirm", "", &id]] {
        world.program().arg("tags").args(wrong).run().ends_with(2);
    }
    world.program().args(["tags", "vocabulary", "remove", "Nothing"]).run().ends_with(1);
    world.program().args(["tags", "confirm", "Sea", "999"]).run().ends_with(1);
}

fn albums_as_typed() {
    let world = World::with_photos(4);
    let run = |arguments: &[&str], code| run(world.program(), arguments, code);
    run(&["add", "--no-embed", text(&world.photos())], 0);
    let photos = run(&["photos", "--sort", "name"], 0);
    let ids: Vec<String> = photos.iter().map(|photo| photo["id"].to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();

    let trips = run(&["albums", "create", "Trips"], 0);
    assert_eq!(
        (&trips[0]["album"], &trips[0]["kind"], &trips[0]["photos"]),
        (&"Trips".into(), &"hand".into(), &0.into())
    );
    run(&["albums", "create", "Rome", ids[2], ids[0], "--in", "Trips"], 0);
    assert_eq!(run(&["albums", "add", "Trips|Rome", ids[1], ids[0]], 0)[0]["photos"], 1);
    let shown = run(&["albums", "show", "Rome"], 0);
    assert_eq!(all(&shown, "id"), [&photos[2]["id"], &photos[0]["id"], &photos[1]["id"]]);
    assert_eq!(all(&run(&["photos", "--album", "Rome"], 0), "id"), all(&shown, "id"));
    assert_eq!(run(&["albums", "remove", "Rome", ids[2]], 0)[0]["photos"], 1);
    assert_eq!(run(&["albums", "cover", "Rome", ids[1]], 0)[0]["cover"], photos[1]["id"]);

    run(&["tags", "confirm", "Sea", ids[3]], 0);
    let search = run(&["albums", "create", "At sea", "--tag", "Sea"], 0);
    assert_eq!((&search[0]["kind"], &search[0]["photos"]), (&"search".into(), &1.into()));
    run(&["tags", "confirm", "Sea", ids[2]], 0);
    let albums = run(&["albums", "list"], 0);
    assert_eq!(all(&albums, "album"), ["Trips", "Trips|Rome", "At sea"]);
    assert_eq!(all(&albums, "photos"), [2, 2, 2]);

    run(&["albums", "rename", "Trips", "Travels"], 0);
    assert_eq!(run(&["albums", "move", "Rome"], 0)[0]["album"], "Rome");
    run(&["albums", "create", "Rome", "--in", "Travels"], 0);
    run(&["albums", "delete", "At sea"], 0);
    assert_eq!(all(&run(&["albums", "list"], 0), "album"), ["Travels", "Travels|Rome", "Rome"]);

    for (wrong, code) in [
        (&["show", "Nowhere"][..], 1),
        (&["create", "Rome"], 1),
        (&["create", "a|b"], 2),
        (&["create", "Both", ids[0], "--rating", "3"], 2),
        (&["move", "Travels", "--in", "Travels|Rome"], 2),
    ] {
        let ran = world.program().arg("albums").args(wrong).run().ends_with(code);
        assert!(ran.stderr.starts_with("error: "), "{ran:?}");
    }
    run(&["albums", "create", "Lost", "--album", "Rome", "--label", "red"], 0);
    world.program().args(["albums", "add", "Lost", ids[0]]).run().ends_with(2);
}

fn photos_with_all_filters() {
    let world = World::new();
    let cameras = data().join("originals/cameras");
    for name in ["Canon EOS 7D.jpg", "HTC One.jpg", "Apple iPhone 4.jpg"] {
        world.write(name, &fs::read(cameras.join(name)).expect("a photo"));
    }
    world.write("drawn.jpg", &photo(7));
    let library = world.open(Counted::new());
    add(&library, &world.photos());
    let canon = photo_at(&library, &world.photos().join("Canon EOS 7D.jpg"));
    let drawn = photo_at(&library, &world.photos().join("drawn.jpg"));
    library.label(&[canon], ColorLabel::Green).expect("labelled");
    library.flag(&[canon, drawn], likeness_domain::Flag::Pick).expect("picked");
    library.add_tags(&[canon], &["Gear|Big".parse().expect("a tag")]).expect("tagged");
    drop(library);

    let found = |arguments: &[&str]| -> Vec<String> {
        let arguments = [&["photos", "--sort", "name"][..], arguments].concat();
        let rows = run(world.program(), &arguments, 0);
        rows.iter()
            .map(|row| row["path"].as_str().expect("a path").rsplit('/').next().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(found(&["--camera", "canon"]), ["Canon EOS 7D.jpg"]);
    assert_eq!(found(&["--label", "green"]), ["Canon EOS 7D.jpg"]);
    assert_eq!(found(&["--flag", "pick"]), ["Canon EOS 7D.jpg", "drawn.jpg"]);
    assert_eq!(found(&["--flag", "pick", "--tag", "Gear"]), ["Canon EOS 7D.jpg"]);
    assert_eq!(found(&["--name", "ONE"]), ["Apple iPhone 4.jpg", "HTC One.jpg"]);
    assert_eq!(
        found(&["--name", "ONE", "--until", "2011"]).len()
            + found(&["--name", "ONE", "--since", "2012"]).len(),
        2
    );
    let smallest = found(&["--max-size", "100k"]);
    assert_eq!(found(&["--min-size", "100001"]).len() + smallest.len(), 4);
    let sides: usize =
        ["landscape", "portrait", "square"].iter().map(|side| found(&["--orientation", side]).len()).sum();
    assert_eq!(sides, 4);
    assert_eq!(found(&["--format", "png"]), [""; 0]);
    assert!(found(&["--like", text(&world.photos().join("drawn.jpg"))]).contains(&"drawn.jpg".to_owned()));
    let row = &run(world.program(), &["photos", "--label", "green"], 0)[0];
    assert_eq!((&row["label"], &row["flag"]), (&"green".into(), &"pick".into()));
}

fn an_album_is_exported() {
    let world = World::with_photos(2);
    world.write("again/0.jpg", &photo(9));
    let run = |arguments: &[&str], code| run(world.program(), arguments, code);
    run(&["add", "--no-embed", text(&world.photos())], 0);
    let ids: Vec<String> = run(&["photos"], 0).iter().map(|photo| photo["id"].to_string()).collect();
    run(&["albums", "create", "A", &ids[0], &ids[1], &ids[2]], 0);
    let out = world.beside("out/deep");
    let copies = run(&["albums", "export", "A", text(&out)], 0);
    assert_eq!(copies.len(), 3);
    for copy in &copies {
        let (path, to) = (copy["path"].as_str().expect("a path"), copy["to"].as_str().expect("a path"));
        assert!(fs::read(path).expect("there") == fs::read(to).expect("copied"), "{path} and {to}");
    }
    let mut names: Vec<_> =
        fs::read_dir(&out).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    names.sort();
    assert_eq!(names, ["0 (2).jpg", "0.jpg", "1.jpg"]);

    let inside = world.photos().join("out");
    let ran = world.program().args(["albums", "export", "A"]).arg(&inside).run().ends_with(2);
    assert!(ran.stderr.contains("lies in the source folder") && !inside.exists(), "{ran:?}");
    fs::remove_file(world.photos().join("1.jpg")).expect("removed");
    let ran = world.program().args(["--json", "albums", "export", "A"]).arg(&out).run().ends_with(3);
    assert_eq!(ran.objects().len(), 2);
    assert!(ran.stderr.contains("1.jpg"), "{ran:?}");
}

/// Every tag, label and place in an album, by the number in the file's name.
fn decided(library: &Library) -> Vec<(String, ColorLabel, Vec<String>, bool)> {
    let rows =
        library.query_photos(PhotoQuery { sort: Sort::Name, ..PhotoQuery::default() }).expect("photos");
    let catalog = library.catalog();
    rows.iter()
        .map(|row| {
            let name = row.path.file_name().expect("a name").to_string_lossy().into_owned();
            let tags = catalog.tags_of(&[row.id]).expect("tags");
            let tags = tags.iter().map(|(tag, _)| tag.to_string()).collect();
            let in_album = !catalog.albums_of(&[row.id]).expect("albums").is_empty();
            (name, row.decisions.label, tags, in_album)
        })
        .collect()
}

fn five_hundred_files_move() {
    let world = World::new();
    for seed in 0..500 {
        world.write(format!("{}/{seed:03}.jpg", seed % 9), &likeness_testkit::photo_jpeg(seed, 40, 30));
    }
    let model = Counted::new();
    let library = world.open(model.clone());
    add(&library, &world.photos());
    let photos: Vec<PhotoId> =
        library.shape(PhotoQuery::default()).expect("a shape").iter().map(|row| row.photo).collect();
    for (at, photo) in photos.iter().enumerate() {
        let tag = format!("Numbers|{}", at % 10).parse().expect("a tag");
        library.add_tags(&[*photo], &[tag]).expect("tagged");
    }
    library.label(&photos[..100], ColorLabel::Blue).expect("labelled");
    let album = library.create_album(&"Half".parse().expect("a name"), None, &photos[..250]).expect("made");
    let before = decided(&library);
    let order = |library: &Library| {
        let query = PhotoQuery { album: Some(album), sort: Sort::Album, ..PhotoQuery::default() };
        library.shape(query).expect("a shape").iter().map(|row| row.photo).collect::<Vec<_>>()
    };
    let order_before = order(&library);
    let seen = model.asked();
    for folder in 0..9 {
        let from = world.photos().join(folder.to_string());
        let to = world.photos().join(format!("moved/{}", 8 - folder));
        fs::create_dir_all(to.parent().expect("a parent")).expect("made");
        fs::rename(from, to).expect("moved");
    }
    let summary = look_again(&library);
    assert_eq!((summary.new, summary.missing), (0, 0), "{summary:?}");
    assert!(decided(&library) == before, "a decision was lost");
    assert_eq!((order(&library), model.asked()), (order_before, seen));
}

fn decisions_survive() {
    let world = World::with_photos(3);
    let library = world.open(Counted::new());
    add(&library, &world.photos());
    let at = |library: &Library, name: &str| photo_at(library, &world.photos().join(name));
    let photos = [at(&library, "2.jpg"), at(&library, "0.jpg")];
    let album = library.create_album(&"Kept".parse().expect("a name"), None, &photos).expect("made");
    library.add_tags(&photos[1..], &["Sea".parse().expect("a tag")]).expect("tagged");
    library.label(&photos[1..], ColorLabel::Yellow).expect("labelled");
    world.write("0.jpg", &photo(77));
    look_again(&library);
    let edited = at(&library, "0.jpg");
    assert_ne!(edited, photos[1]);
    let in_order = |library: &Library| {
        let query = PhotoQuery { album: Some(album), sort: Sort::Album, ..PhotoQuery::default() };
        library.shape(query).expect("a shape").iter().map(|row| row.photo).collect::<Vec<_>>()
    };
    assert_eq!(in_order(&library), [photos[0], edited]);
    let before = decided(&library);
    drop(library);
    for name in ["derived.db", "derived.db-wal", "derived.db-shm"] {
        let _ = fs::remove_file(world.library().join(name));
    }
    let library = world.open(Counted::new());
    look_again(&library);
    assert_eq!(decided(&library), before);
    assert_eq!(in_order(&library), [photos[0], edited]);
    assert_eq!(library.undo(&JobContext::unattended()).expect("undone").expect("a step").photos, photos[1..]);
}

/// Four views of one scene by one camera within five seconds, and one ten minutes later.
fn a_burst_is_one_stack() {
    let world = World::with_photos(2);
    let scene = image::open(data().join("originals/orientation/Landscape_1.jpg")).expect("a photo");
    let views = [(95, "00:00"), (90, "00:01"), (85, "00:03"), (80, "00:05"), (75, "10:05")];
    for (quality, minute) in views {
        let mut view = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut view, quality);
        scene.write_with_encoder(encoder).expect("encoded");
        let time = format!("2024:05:01 10:{minute}");
        world.write(format!("{quality}.jpg"), &taken(&view, "A camera", &time));
    }
    let library = world.open(likeness_library::builtin(None).expect("the model").expect("a form"));
    add(&library, &world.photos());
    let query = PhotoQuery { stacks: Stacks::Together, ..PhotoQuery::default() };
    let shape = library.shape(query).expect("a shape");
    let stacked: Vec<_> = shape.iter().filter(|row| row.stack != row.photo).collect();
    assert_eq!((shape.len(), stacked.len()), (7, 3), "{shape:?}");
    assert!(stacked.windows(2).all(|pair| pair[0].stack == pair[1].stack));
}

fn a_saved_search_by_look() {
    let world = World::new();
    for kind in ["Motorbikes", "airplanes"] {
        let files = likeness_tests::world::files_below(&data().join("photos/caltech").join(kind));
        for source in files.iter().take(5) {
            let name = format!("{kind} {}", source.file_name().expect("a name").to_string_lossy());
            world.write(name, &fs::read(source).expect("a photo"));
        }
    }
    let run = |arguments: &[&str], code| run(world.program(), arguments, code);
    run(&["add", text(&world.photos())], 0);
    let bike = &run(&["photos", "--name", "Motorbikes", "--limit", "1"], 0)[0]["id"].to_string();
    let album = run(&["albums", "create", "Bikes", "--like", bike, "--name", "Motorbikes"], 0);
    assert_eq!(album[0]["kind"], "search");
    let found = run(&["albums", "show", "Bikes"], 0);
    let alike = run(&["photos", "--like", bike], 0);
    let bikes: Vec<&Value> = alike
        .iter()
        .filter(|photo| photo["path"].as_str().is_some_and(|path| path.contains("Motorbikes")))
        .collect();
    assert!(bikes.len() > 1, "{alike:?}");
    assert_eq!(found.iter().collect::<Vec<_>>(), bikes);
}
