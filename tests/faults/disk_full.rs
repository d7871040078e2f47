//! A disk that fills up: it is named, nothing is half, reading goes on, and so does the work when there is room.

use libtest_mimic::Trial;
use likeness_api::{Job, JobControl, ListPhotos, Options, Repair, Session, WithEmbeddings};
use likeness_tests::world::{Program, SmallVolume, World, snapshot, test};

pub fn trials() -> Vec<Trial> {
    vec![
        test("a disk that fills up while photos are added", a_disk_fills_up),
        test("a cache whose disk is full", a_full_cache),
    ]
}

fn job() -> Job {
    Job::new(JobControl::new(), |_| {})
}

fn big_photos(world: &World, count: u64) {
    for seed in 0..count {
        world.write(format!("{seed}.jpg"), &likeness_testkit::photo_jpeg(seed, 400, 300));
    }
}

fn a_disk_fills_up() {
    let Some(volume) = SmallVolume::mount(1500) else {
        return eprintln!("skipped: mounting a small volume is not permitted here");
    };
    let world = World::new();
    big_photos(&world, 60);
    let before = snapshot(&world.photos());
    let folder = volume.path().join("library");
    let session = Session::open(&Options { library: Some(folder.clone()) }).expect("room for an empty one");
    let failure = session
        .add(&job(), &[world.photos()], WithEmbeddings::Yes)
        .expect_err("there is no room for all thumbnails");
    assert_eq!(failure.code, "diskFull", "{failure:?}");
    assert!(failure.what.contains(volume.path().to_str().expect("a plain name")), "{failure:?}");
    assert!(failure.hint.is_some_and(|hint| hint.contains("room")));
    let listed = |session: &Session| session.photos(&ListPhotos::default()).expect("reading goes on").len();
    let shown = listed(&session);
    assert!(shown < 60, "{shown}");
    drop(session);

    // The program says the same, and exits with 1.
    let ran = Program::on(&folder).arg("scan").run().ends_with(1);
    assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains("is full"), "{ran:?}");
    assert!(ran.stdout.is_empty());

    volume.enlarge(64_000);
    let session = Session::open(&Options { library: Some(folder) }).expect("opened");
    assert!(listed(&session) >= shown);
    let is_sound = |session: &Session| {
        let checks = session.doctor(&job(), Repair::No).expect("looked");
        assert!(checks.iter().all(|check| check.state == "ok"), "{checks:?}");
    };
    is_sound(&session);
    let line = session.scan(&job(), &[], WithEmbeddings::Yes).expect("goes on");
    assert_eq!((line.photos, line.problems, listed(&session)), (60, 0, 60), "{line:?}");
    is_sound(&session);
    assert_eq!(session.scan(&job(), &[], WithEmbeddings::Yes).expect("read").opened, 0);
    assert!(snapshot(&world.photos()) == before);
}

/// Thumbnails that cannot be kept are an error of the cache's disk, and not of the photos.
fn a_full_cache() {
    let Some(volume) = SmallVolume::mount(200) else {
        return eprintln!("skipped: mounting a small volume is not permitted here");
    };
    let world = World::new();
    big_photos(&world, 30);
    let cache = volume.path().join("cache");
    let places = likeness_library::Places { library: world.library(), cache: cache.clone() };
    let decoders = likeness_library::decoders().expect("decoders");
    let model = likeness_tests::world::Counted::new();
    let library = likeness_library::Library::open(places, decoders, Ok(model)).expect("opened");
    let folder = library.add_folder(&world.photos()).expect("added").id;
    let refresh = || {
        let scope = likeness_library::Scope::Folder(folder);
        library.refresh(&likeness_domain::JobContext::unattended(), &scope, WithEmbeddings::Yes)
    };
    let error = refresh().expect_err("no room");
    assert!(
        matches!(&error, likeness_library::Error::DiskFull { path } if path.starts_with(&cache)),
        "{error:?}"
    );
    assert_eq!(library.catalog().problems().expect("problems"), []);
    volume.enlarge(64_000);
    assert_eq!(refresh().expect("room").photos, 30);
}
