//! Files that make decoders fail, hang or eat memory, among good ones: each costs itself and is not tried again.

use std::fs;
use std::time::Duration;

use libtest_mimic::Trial;
use likeness_domain::Stage;
use likeness_library::{DecodePool, Library, Limits, Places, WorkerCommand};
use likeness_tests::world::{Counted, World, add, in_view, look_again, photo, test};

pub fn trials() -> Vec<Trial> {
    vec![
        test("hostile files cost only themselves", hostile_files_cost_only_themselves),
        test("a decoder that hangs", a_decoder_that_hangs),
    ]
}

fn open(world: &World, limits: Limits) -> Library {
    let command = WorkerCommand::this_program().expect("this program has a place");
    let decoders = DecodePool::new(command, limits);
    Library::open(Places::at(&world.library()), decoders, Ok(Counted::new())).expect("opened")
}

/// A PNG that says it has so many pixels, and goes no further.
fn png_of(width: u32, height: u32) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend(width.to_be_bytes());
    png.extend(height.to_be_bytes());
    png.extend(b"\x08\x06\0\0\0\0\0\0\0");
    png
}

fn hostile_files_cost_only_themselves() {
    let world = World::with_photos(20);
    let faults = ["panic", "abort", "stack", "memory", "chatter"];
    for fault in faults {
        world.write(format!("fault/{fault}.jpg"), format!("LIKENESS FAULT {fault}").as_bytes());
    }
    let jpeg = photo(40);
    world.write("empty.jpg", b"");
    world.write("zeros.jpg", &[0; 5000]);
    world.write("head only.jpg", &jpeg[..20]);
    world.write("bomb.png", &png_of(60_000, 60_000));
    world.write("words.heic", b"words");
    let library = open(&world, Limits { memory_bytes: 512 << 20, ..Limits::default() });
    let summary = add(&library, &world.photos());
    assert_eq!((summary.photos, summary.problems, summary.opened), (20, 10, 30), "{summary:?}");
    let problems = library.catalog().problems().expect("problems");
    for problem in &problems {
        assert!(
            problem.photo.is_none() && matches!(problem.stage, Stage::Read | Stage::Decode),
            "{problem:?}"
        );
        assert!(problem.reason.len() > 10 && !problem.reason.contains('\n'), "{problem:?}");
    }
    let again = look_again(&library);
    assert_eq!((again.opened, again.problems), (0, 10), "what failed is remembered: {again:?}");

    // What changes is tried again.
    fs::write(world.photos().join("fault/abort.jpg"), photo(41)).expect("written");
    let mended = look_again(&library);
    assert_eq!((mended.opened, mended.problems, mended.photos), (1, 9, 21), "{mended:?}");
    assert_eq!(in_view(&library).len(), 21);
}

fn a_decoder_that_hangs() {
    let world = World::with_photos(4);
    world.write("hangs.jpg", b"LIKENESS FAULT hang");
    let library = open(&world, Limits { decoding: Duration::from_secs(3), ..Limits::default() });
    let summary = add(&library, &world.photos());
    assert!(summary.photos >= 4 && summary.problems == 1, "{summary:?}");
    let problems = library.catalog().problems().expect("problems");
    assert!(problems[0].path.ends_with("hangs.jpg") && problems[0].reason.contains('3'), "{problems:?}");
    assert_eq!(look_again(&library).opened, 0);
}
