//! What the person named, rated, pinned, confirmed and refused, while all that Likeness does by itself is killed again and
//! again: grouping, looking anew, finding files that moved, learning. And after a backup was put back.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Instant;

use libtest_mimic::Trial;
use likeness_api::wire::Request;
use likeness_api::{Api, Options};
use likeness_library::FindingState;
use likeness_library::store::Store;
use likeness_testkit::photo_jpeg;
use likeness_tests::world::{Program, World, test};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::kill::moments;

const KILLS: u64 = 50;
const PHOTOS: u64 = 500;
const FOLDERS: u64 = 9;

/// Everything that the person said of photos, albums and suggestions, and the steps that take it back.
const DECIDED: [&str; 11] = [
    "SELECT hash, rating, flag, label FROM photos",
    "SELECT * FROM tags",
    "SELECT * FROM photo_tags",
    "SELECT * FROM albums",
    "SELECT * FROM album_photos",
    "SELECT * FROM album_conditions",
    "SELECT * FROM said_suggestions",
    "SELECT * FROM said_suggestion_photos",
    "SELECT * FROM refusals",
    "SELECT * FROM not_odd",
    "SELECT * FROM changes",
];

pub fn trials() -> Vec<Trial> {
    vec![test("what was decided outlives fifty kills of everything else, and a backup", outlives_everything)]
}

fn outlives_everything() {
    let world = World::new();
    for seed in 0..PHOTOS {
        world.write(format!("0/{}/{seed}.jpg", seed % FOLDERS), &photo_jpeg(seed, 48, 36));
    }
    let folder = world.library();
    let run = |arguments: &[&str]| world.program().arg("--json").args(arguments).run().ends_with(0).objects();
    world.program().arg("add").arg(world.photos()).run().ends_with(0);
    let started = Instant::now();
    let suggested = run(&["clusters", "-k", "8", "--save"]);
    let whole = started.elapsed();
    decide(&world, &suggested);
    let before = decided(&folder);
    for (what, rows) in DECIDED.iter().zip(&before) {
        assert!(!rows.is_empty(), "nothing was decided of {what}");
    }
    let backup = world.beside("backup.db");
    Store::open(&folder).expect("opened").backup_to(&backup).expect("copied");

    let mut random = moments();
    let mut broken_off = 0;
    for number in 0..KILLS {
        let mut working = work(&world, number).start();
        thread::sleep(whole.mul_f64(random() * 1.2));
        broken_off += u64::from(working.is_running());
        working.kill();
        is_as_before(&folder, &before, &format!("kill {number}"));
    }
    assert!(broken_off >= KILLS / 2, "the kills came too late to mean anything: {broken_off}");
    run(&["scan"]);
    let wall = run(&["clusters", "-k", "9", "--save"]);
    is_as_before(&folder, &before, "in the end");
    assert_eq!(run(&["photos"]).len() as u64, PHOTOS);
    let named = |wall: &[Value]| wall.iter().filter(|each| each["name"] == "Mine").count();
    assert_eq!(named(&wall), 1, "{wall:?}");

    // Lost, and put back from the copy, beside derived work that knows no such library.
    run(&["tags", "vocabulary", "remove", "Sea"]);
    run(&["albums", "delete", "Kept"]);
    assert_ne!(decided(&folder), before);
    for name in ["library.db", "library.db-wal", "library.db-shm"] {
        let _ = fs::remove_file(folder.join(name));
    }
    fs::copy(&backup, folder.join("library.db")).expect("put back");
    run(&["scan"]);
    is_as_before(&folder, &before, "from the backup");
    assert_eq!(named(&run(&["albums", "suggested"])), 1);
    let catalog = Store::open(&folder).expect("opened");
    while catalog.undo().expect("undone").is_some() {}
    assert_eq!(catalog.albums().expect("albums"), []);
}

/// Something of every kind that can be decided.
fn decide(world: &World, suggested: &[Value]) {
    let run = |arguments: &[&str]| run_well(world.program().arg("--json").args(arguments));
    let [mine, kept, dismissed, ..] = suggested else { panic!("three suggestions at least: {suggested:?}") };
    let id = |suggestion: &Value| suggestion["cluster"].to_string();
    run(&["albums", "name", &id(mine), "Mine"]);
    run(&["albums", "pin", &id(mine)]);
    run(&["albums", "keep", &id(kept), "--name", "Kept"]);
    run(&["albums", "dismiss", &id(dismissed)]);
    run(&["tags", "confirm", "Sea", "1", "2", "3"]);
    run(&["albums", "create", "By hand", "3", "1", "2"]);
    run(&["albums", "cover", "By hand", "2"]);
    run(&["albums", "create", "At sea", "--tag", "Sea"]);
    run(&["albums", "teach", "Taught", "11", "12", "13"]);
    run(&["albums", "yes", "Taught", "14"]);
    run(&["albums", "no", "Taught", "15", "16"]);
    let api = Api::open(&Options { library: Some(world.library()) }).expect("opened");
    for request in [
        json!({"command": "rate", "photos": [4, 5], "stars": 4}),
        json!({"command": "setFlag", "photos": [5, 6], "flag": "pick"}),
        json!({"command": "setLabel", "photos": [6, 7], "label": "blue"}),
        json!({"command": "keepOddOnes", "photos": [8]}),
    ] {
        let request: Request = serde_json::from_value(request).expect("a request");
        api.call(request).expect("decided");
    }
}

fn run_well(program: Program) {
    program.run().ends_with(0);
}

/// Work of its own that Likeness is killed in: a different kind with each number.
fn work(world: &World, number: u64) -> Program {
    let program = world.program().arg("--json");
    match number % 4 {
        0 => program.args(["clusters", "-k", &(4 + number % 7).to_string(), "--save"]),
        1 => {
            if number % 8 == 1 {
                forget_derived_work(&world.library());
            }
            program.arg("scan")
        }
        2 => {
            move_all(world, number);
            program.arg("scan")
        }
        _ => program.args(["albums", "teach", "Taught"]),
    }
}

/// All photos are to be seen anew.
fn forget_derived_work(folder: &Path) {
    for name in ["derived.db", "derived.db-wal", "derived.db-shm"] {
        // Not all of them need be there.
        let _ = fs::remove_file(folder.join(name));
    }
}

/// Every file lies elsewhere afterwards.
fn move_all(world: &World, number: u64) {
    let mut places = fs::read_dir(world.photos()).expect("a folder");
    let from = places.next().expect("one folder").expect("an entry").path();
    fs::rename(from, world.photos().join((number + 1).to_string())).expect("moved");
}

/// The library is sound, and says what it said.
fn is_as_before(folder: &Path, before: &[Vec<String>], when: &str) {
    let findings = Store::open(folder).expect("opened after a kill").check().expect("looked");
    assert!(findings.iter().all(|found| found.state == FindingState::Ok), "{when}: {findings:?}");
    for ((what, before), now) in DECIDED.iter().zip(before).zip(decided(folder)) {
        assert!(*before == now, "{when}: {what} was {before:?} and is {now:?}");
    }
}

/// The rows of each of [`DECIDED`], in an order that does not depend on where they lie.
fn decided(folder: &Path) -> Vec<Vec<String>> {
    let library = Connection::open(folder.join("library.db")).expect("opened");
    let rows = |query: &&str| {
        let mut asked = library.prepare(query).expect("a query");
        let columns = asked.column_count();
        let text = |row: &rusqlite::Row<'_>| {
            let values: Result<Vec<_>, _> =
                (0..columns).map(|at| Ok(format!("{:?}", row.get_ref(at)?))).collect();
            values.map(|values| values.join(" "))
        };
        let mut rows: Vec<String> =
            asked.query_map([], text).expect("an answer").map(|row| row.expect("a row")).collect();
        rows.sort();
        rows
    };
    DECIDED.iter().map(rows).collect()
}
