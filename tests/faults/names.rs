//! Names of any bytes, links in circles, folders of systems, and text that means harm.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use libtest_mimic::Trial;
use likeness_api::wire::Request;
use likeness_api::{Api, Options};
use likeness_domain::Rating;
use likeness_library::ThumbnailSize;
use likeness_tests::world::{
    Counted, World, add, eventually, in_view, look_again, photo, photo_at, photo_by, stars, test,
};
use serde_json::{Value, json};

pub fn trials() -> Vec<Trial> {
    vec![
        test("names of any bytes", names_of_any_bytes),
        test("links that go in circles", links_in_circles),
        test("what belongs to systems is passed by", systems_are_passed_by),
        test("hostile names and metadata are text", hostile_text_is_text),
    ]
}

fn names_of_any_bytes() {
    let world = World::new();
    let longest = [b"x".repeat(251), b".jpg".to_vec()].concat();
    let deep = "deep folder/".repeat(40);
    let names: Vec<Vec<u8>> = vec![
        "caf\u{e9}.jpg".into(),
        "cafe\u{301}.jpg".into(),
        b"\xff\xc3\x28.jpg".to_vec(),
        b"line\nbreak\x1b\x07.jpg".to_vec(),
        b" leading and trailing .jpg".to_vec(),
        b"a'b\"c;--%$`.jpg".to_vec(),
        longest,
        [deep.as_bytes(), b"bottom.jpg"].concat(),
    ];
    let paths: Vec<PathBuf> = names
        .iter()
        .zip(0..)
        .map(|(name, seed)| world.write(OsString::from_vec(name.clone()), &photo(seed)))
        .collect();
    let model = Counted::new();
    let library = world.open(model.clone());
    let summary = add(&library, &world.photos());
    assert_eq!((summary.photos, summary.problems), (8, 0), "{summary:?}");
    for (path, place) in paths.iter().zip(0..) {
        let photo = photo_at(&library, path);
        library.rate(&[photo], Rating::new(place % 5 + 1).expect("stars")).expect("rated");
        assert!(library.screen_picture(photo, 64).is_ok(), "{} can be opened again", path.display());
    }
    assert_eq!(look_again(&library).opened, 0);
    drop(library);
    let library = world.open(model);
    let seen: BTreeSet<PathBuf> = in_view(&library).into_iter().map(|row| row.path).collect();
    assert_eq!(seen, paths.iter().cloned().collect(), "byte for byte");
    for (path, place) in paths.iter().zip(0..) {
        assert_eq!(stars(&library, photo_at(&library, path)), place % 5 + 1);
    }
}

fn links_in_circles() {
    let world = World::with_photos(1);
    world.write("a/b/1.jpg", &photo(1));
    symlink(world.photos(), world.photos().join("a/b/up")).expect("linked");
    symlink(world.photos().join("a"), world.photos().join("again")).expect("linked");
    symlink("itself", world.photos().join("itself")).expect("linked");
    symlink(world.beside("nowhere"), world.photos().join("nowhere.jpg")).expect("linked");
    symlink(world.photos().join("0.jpg"), world.photos().join("linked.jpg")).expect("linked");
    let library = world.open(Counted::new());
    let summary = add(&library, &world.photos());
    assert_eq!((summary.photos, in_view(&library).len()), (2, 2), "{summary:?}");
    assert_eq!(look_again(&library).opened, 0);
}

fn systems_are_passed_by() {
    let world = World::with_photos(2);
    for name in [
        ".Trash-1000/files/old.jpg",
        ".thumbnails/normal/a.jpg",
        "@eaDir/0.jpg/SYNOPHOTO_THUMB_M.jpg",
        "$RECYCLE.BIN/S-1-5/x.jpg",
        "System Volume Information/y.jpg",
        "lost+found/z.jpg",
        "#recycle/q.jpg",
        ".stfolder/s.jpg",
        "._0.jpg",
        "0.jpg.part",
        "Catalog Previews.lrdata/p.jpg",
    ] {
        world.write(name, &photo(30));
    }
    let library = world.open(Counted::new());
    let summary = add(&library, &world.photos());
    assert_eq!((summary.files, summary.photos, summary.opened), (2, 2, 2), "{summary:?}");

    // A photo that is moved to the volume's trash is gone, and does not come back from there.
    fs::rename(world.photos().join("0.jpg"), world.photos().join(".Trash-1000/files/0.jpg"))
        .expect("trashed");
    let summary = look_again(&library);
    assert_eq!((summary.missing, summary.new, summary.photos), (1, 0, 1), "{summary:?}");

    // Nor do our own thumbnails, should somebody add the folder above the cache.
    let above = world.beside("above");
    fs::create_dir_all(above.join("likeness")).expect("made");
    let places = likeness_library::Places { library: world.library(), cache: above.join("likeness") };
    drop(library);
    let decoders = likeness_library::decoders().expect("decoders");
    let library = likeness_library::Library::open(places, decoders, Ok(Counted::new())).expect("opened");
    let kept = photo_at(&library, &world.photos().join("1.jpg"));
    library.thumbnail(kept, ThumbnailSize::Small).expect("made again");
    assert_eq!(add(&library, &above).files, 0);
}

fn hostile_text_is_text() {
    let name = b"<img src=x onerror=alert(1)>\n\x1b[2J\xff.jpg";
    let script = b"</script><script>alert(1)</script>";
    let world = World::new();
    world.write(OsStr::from_bytes(name), &photo_by(1, b"<b>Evil\x1b[31m\n", script));
    world.write("; rm -rf ~.jpg", &photo_by(2, &[0xff; 300], b"\0\0\0"));
    world.write("<b>.jpg", b"no picture");
    let api = Api::open(&Options { library: Some(world.library()) }).expect("opened");
    let call = |request: Value| {
        let request: Request = serde_json::from_value(request).expect("a request");
        serde_json::to_value(api.call(request).expect("an answer")).expect("JSON")
    };
    call(json!({ "command": "addFolder", "path": world.photos() }));
    eventually("both photos", || {
        let state = call(json!({ "command": "libraryState" }));
        (state["findable"] == 2 && state["problems"] == 1).then_some(())
    });
    let rows = call(json!({ "command": "photoRows", "photos": [1, 2] }));
    let rows = rows.as_array().expect("rows");
    let row = rows
        .iter()
        .find(|row| row["name"].as_str().is_some_and(|name| name.starts_with("<img")))
        .expect("a row");
    let camera = row["camera"].as_str().expect("a camera");
    assert!(camera.contains("</script><script>alert(1)</script>"), "{camera}");
    assert!(!camera.chars().any(char::is_control), "{camera:?}");
    assert!(row["name"].as_str().expect("a name").contains("<img src=x onerror=alert(1)>"));
    let detail = call(json!({ "command": "photo", "photo": row["id"] }));
    assert_eq!(detail["row"]["camera"], row["camera"]);
    let problems = call(json!({ "command": "problems" }));
    assert!(problems[0]["path"].as_str().expect("a path").ends_with("<b>.jpg"));
    assert!(!problems[0]["reason"].as_str().expect("a reason").contains('<'));
    for camera in call(json!({ "command": "cameras" })).as_array().expect("cameras") {
        let camera = camera["camera"].as_str().expect("text");
        assert!(camera.len() < 300 && !camera.chars().any(char::is_control), "{camera:?}");
    }
}
