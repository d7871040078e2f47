//! kill -9 at random moments while photos are added, and while they are decided about. Every time the library is sound;
//! in the end it is the one that an unbroken run makes, and nothing that was acknowledged is lost.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use likeness_domain::{CaptureTime, ContentHash, JobContext, PhotoId};
use likeness_library::store::Store;
use likeness_library::{FindingState, Library, Places, Repair, ThumbnailSize, builtin, decoders};
use likeness_testkit::photo_jpeg;
use likeness_tests::world::{Program, World, data, in_view, test};

const KILLS: u64 = 30;
const PHOTOS: u64 = 1000;

pub fn trials() -> Vec<Trial> {
    vec![
        test("killed thirty times while a thousand photos are added", killed_thirty_times),
        test("killed fifty times while tags and albums are decided about", killed_while_deciding),
    ]
}

const DECISIONS_KILLED: u64 = 50;

/// Each run decides one thing. Killed before it has said so it may or may not have decided; afterwards it has.
fn killed_while_deciding() {
    let world = World::new();
    for seed in 0..3 {
        world.write(format!("{seed}.jpg"), &photo_jpeg(seed, 48, 36));
    }
    let folder = world.beside("library");
    let run = |arguments: &[&str]| Program::on(&folder).arg("--json").args(arguments);
    run(&["add", "--no-embed"]).arg(world.photos()).run().ends_with(0);
    run(&["albums", "create", "All"]).run().ends_with(0);
    let mut random = moments();
    let (mut tags, mut in_album) = (vec!["Measured".to_owned()], false);
    for number in 0..DECISIONS_KILLED {
        // As long as it takes right now: other tests run beside this one.
        let started = Instant::now();
        run(&["tags", "confirm", "Measured", "1"]).run().ends_with(0);
        let whole = started.elapsed();
        let tag = format!("Killed|{number}");
        // Now a tag, now a photo that comes into the album or goes.
        let deciding = match number % 2 {
            0 => run(&["tags", "confirm", &tag, "1"]),
            _ if in_album => run(&["albums", "remove", "All", "2"]),
            _ => run(&["albums", "add", "All", "2"]),
        };
        let mut deciding = deciding.start();
        thread::sleep(whole.mul_f64(random() * 1.2));
        let acknowledged = !deciding.is_running();
        deciding.kill();

        let catalog = Store::open(&folder).expect("opened after a kill");
        let findings = catalog.check().expect("looked");
        assert!(findings.iter().all(|found| found.state == FindingState::Ok), "{findings:?}");
        let has: Vec<String> =
            catalog.tags_of(&[PhotoId(1)]).expect("tags").iter().map(|(tag, _)| tag.to_string()).collect();
        let lies_in = !catalog.albums_of(&[PhotoId(2)]).expect("albums").is_empty();
        if number % 2 == 0 {
            assert!(!acknowledged || has.contains(&tag), "decision {number} was acknowledged and is lost");
            if has.contains(&tag) {
                tags.push(tag);
            }
        } else {
            assert!(!acknowledged || lies_in != in_album, "decision {number} was acknowledged and is lost");
        }
        in_album = lies_in;
        tags.sort();
        assert_eq!(has, tags, "decision {number}");
    }
    assert!(tags.len() > 2, "the kills came too early to mean anything: {tags:?}");
    // What was decided can be taken back to the beginning.
    let catalog = Store::open(&folder).expect("opened");
    while catalog.undo().expect("undone").is_some() {}
    assert_eq!(catalog.tags_of(&[PhotoId(1)]).expect("tags"), []);
    assert_eq!(catalog.albums().expect("albums"), []);
}

/// SplitMix64, as elsewhere: the same moments in every run, as shares of the time that this machine takes.
pub fn moments() -> impl FnMut() -> f64 {
    let mut state = 21_u64;
    move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A folder of distinct small photos, some real ones that say when they were taken, and files that are no photos.
fn fill(world: &World) {
    for seed in 0..PHOTOS - 8 {
        world.write(format!("{:02}/{seed}.jpg", seed % 20), &photo_jpeg(seed, 48, 36));
    }
    for number in 1..=8 {
        let name = format!("Portrait_{number}.jpg");
        let bytes = fs::read(data().join("originals/orientation").join(&name)).expect("a photo");
        world.write(name, &bytes);
    }
    world.write("empty.jpg", b"");
    world.write("words.jpg", b"words");
    world.write("03/cut.jpg", &photo_jpeg(5000, 48, 36)[..40]);
}

fn killed_thirty_times() {
    let world = World::new();
    fill(&world);
    let add = |library: &Path| Program::on(library).args(["--json", "add"]).arg(world.photos());
    let unbroken = world.beside("unbroken");
    let started = Instant::now();
    add(&unbroken).run().ends_with(3);
    let whole = started.elapsed();

    let mut random = moments();
    let broken = world.beside("broken");
    let (mut kills, mut done_at_kills) = (0, Vec::new());
    while kills < KILLS {
        let moment = whole.mul_f64(random() * 2.5 / KILLS as f64) + Duration::from_millis(20);
        let mut adding = add(&broken).start();
        thread::sleep(moment);
        let was_running = adding.is_running();
        adding.kill();
        if !was_running {
            // All was done before the kill came: it is begun again.
            fs::remove_dir_all(&broken).expect("removed");
            continue;
        }
        kills += 1;
        done_at_kills.push(is_sound(&broken));
    }
    let with_work_done = done_at_kills.iter().filter(|done| **done > 0).count();
    assert!(with_work_done >= 5, "the kills came too early to mean anything: {done_at_kills:?}");

    add(&broken).run().ends_with(3);
    is_sound(&broken);
    let (wanted, got) = (contents(&unbroken), contents(&broken));
    assert_eq!(got.photos.len() as u64, PHOTOS);
    assert_eq!(got.problems, wanted.problems);
    assert_eq!(got.problems.len(), 3);
    for (path, photo) in &wanted.photos {
        assert!(got.photos.get(path) == Some(photo), "{} differs from an unbroken run", path.display());
    }
    assert_eq!(got.photos.len(), wanted.photos.len());
    let again = add(&broken).run().ends_with(3);
    assert_eq!(again.object()["opened"], 0);
}

fn open(folder: &Path) -> Library {
    let model = builtin(None).expect("the model").expect("a form");
    Library::open(Places::at(folder), decoders().expect("decoders"), Ok(model)).expect("opened after a kill")
}

/// Looks the library over; how many photos it has.
fn is_sound(folder: &Path) -> usize {
    let library = open(folder);
    let findings = library.doctor(&JobContext::unattended(), Repair::No).expect("looked");
    assert!(findings.iter().all(|found| found.state == FindingState::Ok), "{findings:?}");
    in_view(&library).len()
}

/// All that a library holds, without its numbers and times.
struct Contents {
    photos: BTreeMap<PathBuf, Content>,
    problems: Vec<(PathBuf, String)>,
}

#[derive(PartialEq)]
struct Content {
    hash: ContentHash,
    width: u32,
    height: u32,
    taken: Option<CaptureTime>,
    camera: Option<String>,
    preview: Option<Vec<u8>>,
    vector: Vec<f32>,
    thumbnails: [Vec<u8>; 2],
}

fn contents(folder: &Path) -> Contents {
    let library = open(folder);
    let model = library.model().expect("a model");
    let tag = model.tag();
    let photos = in_view(&library).into_iter().map(|row| {
        let vector = library.catalog().embedding(row.id, tag).expect("an answer").expect("an embedding");
        let thumbnail = |size: ThumbnailSize| {
            let name = row.hash.to_string();
            let file = format!("cache/thumbnails/{}/{name}-{}.jpg", &name[..2], size.long_side());
            fs::read(folder.join(file)).expect("a thumbnail")
        };
        let content = Content {
            hash: row.hash,
            width: row.facts.width,
            height: row.facts.height,
            taken: row.facts.taken,
            camera: row.facts.camera,
            preview: row.preview,
            vector: vector.values().to_vec(),
            thumbnails: [thumbnail(ThumbnailSize::Small), thumbnail(ThumbnailSize::Large)],
        };
        (row.path, content)
    });
    let problems = library.catalog().problems().expect("problems");
    let mut problems: Vec<_> = problems.into_iter().map(|row| (row.path, row.reason)).collect();
    problems.sort();
    Contents { photos: photos.collect(), problems }
}
