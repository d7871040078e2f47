//! What Likeness learns by itself, as it is typed and as faces ask for it: suggested and taught albums, odd ones out, what
//! goes with what, and sidecars.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use likeness_api::wire::Request;
use likeness_api::{Api, Options};
use likeness_tests::world::{Program, World, data, eventually, files_below, test};
use serde_json::{Value, json};

/// Enough for suggestions.
const PHOTOS: u64 = 60;

pub fn trials() -> Vec<Trial> {
    vec![
        test("suggested albums, as they are typed", suggested_as_typed),
        test("a taught album, as it is typed", taught_as_typed),
        test("odd ones and company, as they are typed", odd_ones_and_company_as_typed),
        test("sidecars, as they are typed", sidecars_as_typed),
        test("what is learned, as faces see it", as_faces_see_it),
        test("killed while it learns", killed_while_it_learns),
    ]
}

fn run(program: Program, arguments: &[&str], code: i32) -> Vec<Value> {
    program.arg("--json").args(arguments).run().ends_with(code).objects()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain name")
}

fn all<'v>(objects: &'v [Value], key: &str) -> Vec<&'v Value> {
    objects.iter().map(|object| &object[key]).collect()
}

/// Real photos of four kinds.
fn world_of_kinds() -> World {
    let world = World::new();
    for kind in ["Faces", "Motorbikes", "airplanes", "water_lilly"] {
        for source in files_below(&data().join("photos/caltech").join(kind)).iter().take(15) {
            let name = source.file_name().expect("a name");
            world.write(Path::new(kind).join(name), &fs::read(source).expect("a photo"));
        }
    }
    world
}

fn suggested_as_typed() {
    let world = world_of_kinds();
    let run = |arguments: &[&str], code| run(world.program(), arguments, code);
    run(&["add", text(&world.photos())], 0);
    let found = run(&["clusters", "-k", "4", "--save"], 0);
    assert!((2..=4).contains(&found.len()), "{found:?}");
    assert_eq!(run(&["albums", "suggested"], 0), found);
    assert!(found.iter().all(|each| !each["name"].as_str().expect("a name").is_empty()));
    let again = run(&["clusters", "-k", "4", "--save"], 0);
    assert_eq!(all(&again, "cluster"), all(&found, "cluster"), "they are what they were");

    let inside = |each: &Value| run(&["albums", "suggested", &each["cluster"].to_string()], 0);
    let whole = found.iter().find(|each| inside(each).len() >= 2).expect("one has parts");
    let other = found.iter().find(|each| *each != whole).expect("there are two");
    let (first, second) = (whole["cluster"].to_string(), other["cluster"].to_string());
    let parts = inside(whole);
    run(&["albums", "name", &second, "Mine"], 0);
    run(&["albums", "pin", &second], 0);
    assert_eq!(run(&["albums", "suggested"], 0)[0]["name"], "Mine");
    let kept = run(&["albums", "keep", &second, "--name", "Kept"], 0);
    assert_eq!((&kept[0]["album"], &kept[0]["kind"]), (&"Kept".into(), &"taught".into()));
    assert_eq!(kept[0]["photos"], other["size"]);
    let mut shown: Vec<Value> =
        all(&run(&["albums", "show", "Kept"], 0), "id").into_iter().cloned().collect();
    let mut members = other["members"].as_array().expect("members").clone();
    let order = |value: &Value| value.as_i64();
    shown.sort_by_key(order);
    members.sort_by_key(order);
    assert_eq!(shown, members);
    run(&["albums", "split", &first], 0);
    let now = run(&["albums", "suggested"], 0);
    assert!(parts.iter().all(|part| now.contains(part)), "{now:?}");
    let part = parts[0]["cluster"].to_string();
    run(&["albums", "dismiss", &part], 0);
    assert!(!all(&run(&["albums", "suggested"], 0), "cluster").contains(&&parts[0]["cluster"]));
    world.program().args(["albums", "keep", "99999"]).run().ends_with(1);
    world.program().args(["albums", "merge", "1"]).run().ends_with(2);
    world.program().args(["clusters", "-k", "1000", "--save"]).run().ends_with(1);
}

fn taught_as_typed() {
    let world = World::with_photos(PHOTOS);
    let run = |arguments: &[&str], code| run(world.program(), arguments, code);
    run(&["add", text(&world.photos())], 0);
    let photos = run(&["photos", "--sort", "name"], 0);
    let ids: Vec<String> = photos.iter().map(|photo| photo["id"].to_string()).collect();
    world.program().args(["albums", "teach", "Two", &ids[0], &ids[1]]).run().ends_with(1);
    let proposed = run(&["albums", "teach", "Taught", &ids[0], &ids[1], &ids[2]], 0);
    let sure = |each: &Value| each["confidence"].as_f64().expect("a number");
    assert!(proposed.iter().all(|each| (0.0..=1.0).contains(&sure(each))));
    assert!(proposed.is_sorted_by(|before, after| sure(before) >= sure(after)), "the surest first");
    assert_eq!(run(&["albums", "list"], 0)[0]["kind"], "taught");
    run(&["albums", "yes", "Taught", &ids[3]], 0);
    run(&["albums", "no", "Taught", &ids[4], &ids[0]], 0);
    let now = run(&["albums", "teach", "Taught"], 0);
    assert!(now.iter().all(|each| ![&ids[0], &ids[3], &ids[4]].contains(&&each["id"].to_string())));
    assert_eq!(run(&["albums", "show", "Taught"], 0).len(), 3);
    run(&["albums", "create", "By hand", &ids[5], &ids[6], &ids[7]], 0);
    run(&["albums", "teach", "By hand"], 0);
    assert!(run(&["albums", "list"], 0).iter().all(|album| album["kind"] == "taught"));
}

fn odd_ones_and_company_as_typed() {
    let world = World::with_photos(PHOTOS);
    world.write("grey.png", &grey());
    let run = |arguments: &[&str], code| run(world.program(), arguments, code);
    run(&["add", text(&world.photos())], 0);
    let odd = run(&["outliers", "-n", "5"], 0);
    assert!(odd.len() <= 5);
    assert!(odd.iter().all(|each| each["score"].as_f64().is_some_and(|score| score >= 0.95)));
    let grey = odd.iter().find(|each| each["path"].as_str().is_some_and(|path| path.ends_with("grey.png")));
    let grey = grey.unwrap_or_else(|| panic!("a grey picture among photos is odd: {odd:?}"));
    assert_eq!(grey["cause"], "blank");

    let ids: Vec<String> =
        run(&["photos", "--sort", "name"], 0).iter().map(|photo| photo["id"].to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    run(&[&["albums", "create", "Together"][..], &ids[..12]].concat(), 0);
    let company = run(&["goes-with", ids[0], "-n", "8"], 0);
    assert!(!company.is_empty());
    assert!(company.iter().all(|each| ids[1..12].contains(&each["id"].to_string().as_str())), "{company:?}");
    world.program().args(["goes-with", "99999"]).run().ends_with(1);
}

/// A picture of one colour, large enough not to be very small.
fn grey() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(600, 400, image::Rgb([128; 3]));
    picture.write_to(&mut png, image::ImageFormat::Png).expect("encoded");
    png.into_inner()
}

fn sidecars_as_typed() {
    let world = World::with_photos(2);
    let run = |arguments: &[&str], code| run(world.program(), arguments, code);
    run(&["add", "--no-embed", text(&world.photos())], 0);
    let file = world.photos().join("0.jpg");
    run(&["tags", "confirm", "Sea", text(&file)], 0);
    assert_eq!(run(&["sidecars"], 0)[0]["writes"], false);
    let on = run(&["sidecars", "on"], 0);
    assert_eq!((&on[0]["writes"], &on[0]["saved"]), (&true.into(), &1.into()));
    let sidecar = world.photos().join("0.xmp");
    let sidecar = if sidecar.exists() { sidecar } else { world.photos().join("0.jpg.xmp") };
    assert!(fs::read_to_string(&sidecar).expect("written").contains("Sea"));
    assert!(run(&["sidecars", "conflicts"], 0).is_empty());
    assert_eq!(run(&["sidecars", "off"], 0)[0]["writes"], false);
    world.program().args(["sidecars", "settle", "1", "here"]).run().ends_with(1);
}

fn as_faces_see_it() {
    let world = World::with_photos(PHOTOS);
    world.program().arg("add").arg(world.photos()).run().ends_with(0);
    let api = Api::open(&Options { library: Some(world.library()) }).expect("opened");
    let ask = |request: Value| {
        let request: Request = serde_json::from_value(request).expect("a request");
        api.call(request).expect("an answer")
    };
    let suggested = eventually("suggestions", || {
        let rows = ask(json!({"command": "suggestions", "inside": null}));
        rows.as_array().filter(|rows| rows.len() > 1).cloned()
    });
    let first = &suggested[0];
    let shape = api.grid_shape(&likeness_api::wire::PhotoFilter {
        suggestion: first["id"].as_i64(),
        ..Default::default()
    });
    assert_eq!(shape.expect("a shape")[0] as i64, first["photos"].as_i64().expect("a number"));
    let album = ask(json!({"command": "keepSuggestion", "suggestion": first["id"], "parent": null}));
    let proposals = eventually("what the album proposes", || {
        let proposals = ask(json!({"command": "proposals", "album": album}));
        (proposals["learning"] == false).then_some(proposals)
    });
    assert_eq!(proposals["examples"], first["photos"]);
    let albums = ask(json!({"command": "albums"}));
    let proposed = proposals["proposals"].as_array().expect("a list");
    let open = proposed.iter().filter(|each| each["sure"] == true).count() as i64;
    assert_eq!((&albums[0]["kind"], &albums[0]["proposals"]), (&"taught".into(), &open.into()));
    let why = ask(json!({"command": "whyProposed", "album": album, "photo": suggested[1]["cover"]}));
    assert!(!why.as_array().expect("a list").is_empty());
    ask(json!({"command": "answerProposals", "album": album, "yes": [], "no": [suggested[1]["cover"]]}));
    assert_eq!(ask(json!({"command": "libraryState"}))["undo"], "refuseProposal");
    ask(json!({"command": "undo"}));
    ask(json!({"command": "undo"}));
    assert!(ask(json!({"command": "albums"})).as_array().expect("a list").is_empty());
    let back = ask(json!({"command": "suggestions", "inside": null}));
    assert!(back.as_array().expect("a list").iter().any(|row| row["id"] == first["id"]));

    eventually("what goes with what", || {
        let answer = ask(json!({"command": "goesWith", "photos": [suggested[0]["cover"]], "limit": 0}));
        (answer["state"] == "ready").then_some(())
    });
    let odd = ask(json!({"command": "oddOnes", "limit": 0}));
    assert!(odd.as_array().expect("a list").len() < PHOTOS as usize / 4);
    assert_eq!(ask(json!({"command": "sidecars"}))["writes"], false);
    let gone = api.call(Request::SplitSuggestion { suggestion: 99_999 }).expect_err("there is none");
    assert_eq!(gone.code, "unknownSuggestion");
}

/// What was named, rated and confirmed is there after the program was killed while it learned.
fn killed_while_it_learns() {
    let world = World::with_photos(PHOTOS);
    let run = |arguments: &[&str]| run(world.program(), arguments, 0);
    run(&["add", text(&world.photos())]);
    let found = run(&["clusters", "-k", "5", "--save"]);
    let named = found[0]["cluster"].to_string();
    run(&["albums", "name", &named, "Mine"]);
    let kept = found[1]["cluster"].to_string();
    run(&["albums", "keep", &kept, "--name", "Kept"]);
    let photos = run(&["albums", "show", "Kept"]);
    for milliseconds in [20, 60, 120, 200, 300, 450] {
        for arguments in [&["clusters", "-k", "7", "--save"][..], &["albums", "teach", "Kept"]] {
            let mut learning = world.program().args(arguments).start();
            std::thread::sleep(std::time::Duration::from_millis(milliseconds));
            learning.kill();
        }
        assert_eq!(run(&["albums", "show", "Kept"]), photos);
        assert!(all(&run(&["albums", "suggested"]), "name").contains(&&Value::from("Mine")));
    }
}
