//! Near-duplicates that are cleared away while processes end and drives fill up, become read-only, or go: never a photo
//! without a readable copy, and all of it comes back.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use libtest_mimic::Trial;
use likeness_tests::world::{Disk, Program, World, files_below, photo, snapshot, test};

pub fn trials() -> Vec<Trial> {
    vec![
        test("killed while it cleans up", killed_while_it_cleans_up),
        test("drives that are full, read-only or away", drives_that_cannot),
    ]
}

const PHOTOS: u64 = 40;
const KILLS: u64 = 12;

/// A run on this library with a home of its own, so that its trash is its own as well.
fn run(world: &World, arguments: &[&str]) -> Program {
    let home = world.beside("home");
    Program::on(&world.library()).env("XDG_DATA_HOME", home).arg("--json").args(arguments)
}

/// Photos in `folder` and the same again in `copies` below it, every third pair with sidecars.
fn write_pairs(folder: &Path) {
    fs::create_dir_all(folder.join("copies")).expect("made");
    for seed in 0..PHOTOS {
        for name in [format!("{seed}.jpg"), format!("copies/{seed}.jpg")] {
            fs::write(folder.join(name), photo(seed)).expect("written");
        }
        for name in [format!("{seed}.xmp"), format!("copies/{seed}.xmp")] {
            if seed % 3 == 0 {
                fs::write(folder.join(name), sidecar(seed)).expect("written");
            }
        }
    }
}

fn sidecar(seed: u64) -> String {
    let rating = seed % 6;
    format!(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Rating=\"{rating}\"/></rdf:RDF></x:xmpmeta>"
    )
}

/// Of every pair a whole file lies in its place.
fn assert_every_photo_is_there(folder: &Path) {
    for seed in 0..PHOTOS {
        let is_there = |name: String| fs::read(folder.join(name)).is_ok_and(|bytes| bytes == photo(seed));
        assert!(is_there(format!("{seed}.jpg")) || is_there(format!("copies/{seed}.jpg")), "photo {seed}");
    }
}

fn killed_while_it_cleans_up() {
    let world = World::new();
    write_pairs(&world.photos());
    let before = snapshot(&world.photos());
    run(&world, &["add", "--no-embed"]).arg(world.photos()).run().ends_with(0);
    let started = Instant::now();
    let whole = run(&world, &["cleanup", "apply"]).run().ends_with(0);
    let took = started.elapsed();
    assert_eq!(whole.objects().iter().filter(|line| line["state"] == "trashed").count(), trashable());
    run(&world, &["cleanup", "undo"]).run().ends_with(0);
    assert_eq!(snapshot(&world.photos()), before);

    let mut random = 7_u64;
    let mut in_the_middle = 0;
    for kill in 0..KILLS {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = took.mul_f64((random >> 11) as f64 / (1_u64 << 53) as f64);
        // Now it moves, now it puts back.
        let verb = if kill % 3 == 2 { "undo" } else { "apply" };
        let mut program = run(&world, &["cleanup", verb]).start();
        thread::sleep(moment);
        program.kill();
        assert_every_photo_is_there(&world.photos());
        let history = run(&world, &["cleanup", "history"]).run().ends_with(0).objects();
        let in_trash: u64 = history.iter().filter_map(|line| line["in_trash"].as_u64()).sum();
        let missing = before.len() - files_below(&world.photos()).len();
        assert_eq!(in_trash, missing as u64, "the journal says what is so");
        in_the_middle += u64::from(missing > 0 && missing < trashable());
    }
    assert!(in_the_middle >= 2, "the kills came too early to mean anything: {in_the_middle}");
    for line in run(&world, &["cleanup", "history"]).run().ends_with(0).objects() {
        if line["in_trash"].as_u64() > Some(0) {
            let number = line["cleanup"].to_string();
            run(&world, &["cleanup", "undo", &number]).run().ends_with(0);
        }
    }
    assert_eq!(snapshot(&world.photos()), before, "names, bytes and times");
}

/// Copies and their sidecars.
fn trashable() -> usize {
    PHOTOS as usize + PHOTOS.div_ceil(3) as usize
}

fn states(lines: &[serde_json::Value], state: &str) -> usize {
    lines.iter().filter(|line| line["state"] == state).count()
}

fn reason(lines: &[serde_json::Value]) -> String {
    lines.iter().find_map(|line| line["reason"].as_str()).unwrap_or_default().to_owned()
}

/// Free bytes are taken until nothing can be written.
fn fill(drive: &Path) -> PathBuf {
    let filler = drive.join("filler");
    let mut bytes = vec![0_u8; 1 << 20];
    let mut file = fs::File::create(&filler).expect("made");
    while !bytes.is_empty() {
        if std::io::Write::write_all(&mut file, &bytes).is_err() {
            bytes.truncate(bytes.len() / 2);
        }
    }
    filler
}

fn drives_that_cannot() {
    let world = World::new();
    let drive = world.beside("drive");
    fs::create_dir(&drive).expect("made");
    let Some(mut disk) = Disk::new(world.beside("disk")) else {
        return eprintln!("skipped: no file system can be made here");
    };
    if !disk.mount(&drive) {
        return eprintln!("skipped: mounting is not permitted here");
    }
    let photos = drive.join("photos");
    write_pairs(&photos);
    let before = snapshot(&photos);
    run(&world, &["add", "--no-embed"]).arg(&photos).run().ends_with(0);

    disk.make_read_only();
    let planned = run(&world, &["cleanup", "plan"]).run().ends_with(3).objects();
    assert_eq!((states(&planned, "planned"), states(&planned, "refused")), (0, PHOTOS as usize));
    let refused = run(&world, &["cleanup", "apply"]).run().ends_with(3);
    assert_eq!((states(&refused.objects(), "trashed"), snapshot(&photos) == before), (0, true));
    assert!(reason(&refused.objects()).contains("can only be read"), "{refused:?}");
    disk.unmount();
    assert!(disk.mount(&drive));

    // A full drive: its trash takes what it can, and what it cannot take stays.
    let filler = fill(&drive);
    run(&world, &["cleanup", "apply"]).run();
    assert_every_photo_is_there(&photos);
    for line in run(&world, &["cleanup", "history"]).run().ends_with(0).objects() {
        if line["in_trash"].as_u64() > Some(0) {
            run(&world, &["cleanup", "undo", &line["cleanup"].to_string()]).run().ends_with(0);
        }
    }
    fs::remove_file(filler).expect("removed");
    assert_eq!(snapshot(&photos), before);
    let trash = drive.join(".Trash-0");
    if trash.is_dir() {
        assert_eq!(files_below(&trash), [] as [PathBuf; 0], "nothing stays behind in the trash");
    }

    // With room, all of it goes to the trash of its own drive.
    let done = run(&world, &["cleanup", "apply"]).run().ends_with(0);
    assert_eq!(states(&done.objects(), "trashed"), trashable());
    let home = world.beside("home").join("Trash");
    assert!(!home.join("files").is_dir() || files_below(&home.join("files")).is_empty());
    assert_eq!(files_below(&drive.join(".Trash-0/files")).len(), trashable());

    // Away, nothing comes back into the empty folder that it leaves; when it is there again, all of it does.
    disk.unmount();
    let away = run(&world, &["cleanup", "undo"]).run().ends_with(3);
    assert!(reason(&away.objects()).contains("cannot be reached"), "{away:?}");
    assert_eq!(fs::read_dir(&drive).expect("a folder").count(), 0);
    assert!(disk.mount(&drive));
    let last = run(&world, &["cleanup", "history"]).run().objects()[0]["cleanup"].to_string();
    run(&world, &["cleanup", "undo", &last]).run().ends_with(0);
    assert_eq!(snapshot(&photos), before);
}
