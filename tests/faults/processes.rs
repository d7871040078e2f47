//! Window, command line and server on one library at once: everyone waits for his turn, and nobody fails.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use libtest_mimic::Trial;
use likeness_domain::Rating;
use likeness_library::builtin;
use likeness_library::store::PhotoQuery;
use likeness_tests::world::{World, in_view, look_again, photo, test};

pub fn trials() -> Vec<Trial> {
    vec![test("two processes add while a third reads", two_add_while_a_third_reads)]
}

fn two_add_while_a_third_reads() {
    let world = World::with_photos(60);
    let other = world.beside("other");
    fs::create_dir(&other).expect("made");
    (50..110).for_each(|seed| fs::write(other.join(format!("{seed}.jpg")), photo(seed)).expect("written"));
    let library = world.open(builtin(None).expect("the model").expect("a form"));
    let is_over = AtomicBool::new(false);
    let rated = thread::scope(|threads| {
        let adds = [vec![world.photos(), other.clone()], vec![other.clone()]].map(|folders| {
            let world = &world;
            threads.spawn(move || world.program().args(["--json", "add"]).args(folders).run())
        });
        let reads = threads.spawn(|| {
            let mut rated = 0;
            while !is_over.load(Ordering::Relaxed) {
                let shape = library.catalog().shape(&PhotoQuery::default()).expect("reading goes on");
                let ids: Vec<_> = shape.iter().map(|row| row.photo).collect();
                assert_eq!(library.catalog().photos(&ids).expect("reading goes on").len(), ids.len());
                if let Some(photo) = ids.first() {
                    let stars = Rating::new((rated % 5 + 1) as u8).expect("stars");
                    library.rate(&[*photo], stars).expect("deciding goes on");
                    rated += 1;
                }
            }
            rated
        });
        for add in adds {
            let ran = add.join().expect("ran").ends_with(0);
            assert_eq!(ran.stderr, "", "{ran:?}");
        }
        is_over.store(true, Ordering::Relaxed);
        reads.join().expect("read to the end")
    });
    assert!(rated > 0);
    assert_eq!(in_view(&library).len(), 110);
    let summary = look_again(&library);
    assert_eq!(
        (summary.photos, summary.opened, summary.problems),
        (120, 0, 0),
        "ten lie in both: {summary:?}"
    );
    let checks = world.program().args(["--json", "doctor"]).run().ends_with(0).objects();
    assert!(checks.iter().all(|check| check["state"] == "ok"), "{checks:?}");
}
