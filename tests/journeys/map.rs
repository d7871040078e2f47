//! The map: made by itself, at rest while photos come and go, made again and undone, grouped, and asked by faces.

use std::collections::HashMap;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::Trial;
use likeness_api::wire::{Event, MapBytes, Request};
use likeness_api::{Api, Options};
use likeness_domain::{JobContext, JobControl, PhotoId, Stage};
use likeness_library::{Arrange, Begin, Dims, Error, FindingState, Layout, Library, Points, Repair};
use likeness_tests::world::{Counted, World, add, eventually, look_again, photo, test};
use parking_lot::Mutex;
use serde_json::{Value, json};

/// Enough for a first map.
const PHOTOS: u64 = 40;
const PLANE: Layout = Layout::Look(Dims::Two);

pub fn trials() -> Vec<Trial> {
    vec![
        test("a first map, and newcomers who move nobody", newcomers_move_nobody),
        test("photos that go and come back move nobody", photos_that_go_move_nobody),
        test("when newcomers outnumber the others the map is made again", outnumbered),
        test("the map is made again, laid upon the old one, and undone", made_again_and_undone),
        test("a cancelled map leaves the old one", cancelled),
        test("killed while the map is made", killed),
        test("clusters keep their numbers when photos come", clusters_keep_their_numbers),
        test("every layout has a place for every photo", every_layout),
        test("the map as faces see it", as_faces_see_it),
    ]
}

fn job() -> JobContext {
    JobContext::unattended()
}

/// A library with a map of `PHOTOS` photos.
fn mapped() -> (World, Library) {
    let world = World::with_photos(PHOTOS);
    let library = world.open(Counted::new());
    add(&library, &world.photos());
    library.update_map(&job()).expect("a first map");
    (world, library)
}

fn places(library: &Library) -> HashMap<PhotoId, [f32; 3]> {
    let Points { photos, places, .. } = library.points(PLANE).expect("points");
    photos.into_iter().zip(places).collect()
}

fn write(world: &World, seeds: std::ops::Range<u64>) {
    seeds.for_each(|seed| _ = world.write(format!("{seed}.jpg"), &photo(seed)));
}

fn newcomers_move_nobody() {
    let world = World::with_photos(10);
    let library = world.open(Counted::new());
    add(&library, &world.photos());
    library.update_map(&job()).expect("nothing to do");
    assert!(library.map(Dims::Two).expect("an answer").is_none(), "ten photos need no map");
    write(&world, 10..PHOTOS);
    look_again(&library);
    library.update_map(&job()).expect("a first map");
    let first = places(&library);
    assert_eq!(first.len() as u64, PHOTOS);
    assert!(first.values().flatten().all(|at| (0.0..=1.0).contains(at)));
    library.update_map(&job()).expect("nothing to do");
    assert_eq!(places(&library), first);

    write(&world, PHOTOS..PHOTOS + 5);
    look_again(&library);
    assert_eq!(places(&library), first, "photos are not placed while others are read");
    library.update_map(&job()).expect("placed");
    let grown = places(&library);
    assert_eq!(grown.len() as u64, PHOTOS + 5);
    assert!(first.iter().all(|(photo, place)| grown[photo] == *place));
    let map = library.map(Dims::Two).expect("an answer").expect("a map");
    assert_eq!((map.placed, map.came_later, map.can_undo), (PHOTOS + 5, 5, false));
}

fn photos_that_go_move_nobody() {
    let (world, library) = mapped();
    let before = places(&library);
    let bytes = fs::read(world.photos().join("3.jpg")).expect("a photo");
    fs::remove_file(world.photos().join("3.jpg")).expect("removed");
    look_again(&library);
    library.update_map(&job()).expect("nothing to do");
    let without = places(&library);
    assert_eq!(without.len() as u64, PHOTOS - 1);
    assert!(without.iter().all(|(photo, place)| before[photo] == *place));
    world.write("elsewhere.jpg", &bytes);
    look_again(&library);
    library.update_map(&job()).expect("nothing to do");
    assert_eq!(places(&library), before);
}

fn outnumbered() {
    let (world, library) = mapped();
    let map = || {
        let map = library.map(Dims::Two).expect("an answer").expect("a map");
        (map.placed, map.came_later, map.can_undo)
    };
    let first = places(&library);
    write(&world, PHOTOS..3 * PHOTOS);
    look_again(&library);
    library.place_newcomers(&job()).expect("placed");
    let grown = places(&library);
    assert!(first.iter().all(|(photo, place)| grown[photo] == *place), "they are placed, as asked");
    assert_eq!(map(), (3 * PHOTOS, 2 * PHOTOS, false));
    write(&world, 3 * PHOTOS..3 * PHOTOS + 1);
    look_again(&library);
    library.update_map(&job()).expect("made again");
    assert_eq!(map(), (3 * PHOTOS + 1, 0, true));
}

/// How far two photos moved at most.
fn furthest(a: &HashMap<PhotoId, [f32; 3]>, b: &HashMap<PhotoId, [f32; 3]>) -> f32 {
    let apart = |(photo, place): (&PhotoId, &[f32; 3])| {
        place.iter().zip(&b[photo]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    };
    a.iter().map(apart).fold(0.0, f32::max)
}

fn made_again_and_undone() {
    let (_world, library) = mapped();
    let first = places(&library);
    let afresh = |seed| Arrange { seed, begin: Begin::Afresh, ..Arrange::usual(Dims::Two) };
    library.arrange_map(&job(), &afresh(0)).expect("made again");
    assert!(furthest(&places(&library), &first) < 1e-3, "the same seed makes the same map");
    library.arrange_map(&job(), &afresh(7)).expect("made again");
    let other = places(&library);
    library.arrange_map(&job(), &Arrange::usual(Dims::Two)).expect("made again");
    let again = places(&library);
    assert_ne!(again, other);
    assert!(library.undo_map(Dims::Two).expect("undone"));
    assert_eq!(places(&library), other);
    assert!(library.undo_map(Dims::Two).expect("done again"));
    assert_eq!(places(&library), again);
    assert!(!library.undo_map(Dims::Three).expect("there is none"));
}

fn cancelled() {
    let (_world, library) = mapped();
    let before = places(&library);
    let control = JobControl::new();
    let cancelling = control.clone();
    let seen = Arc::new(Mutex::new(0));
    let watching = (library.clone(), Arc::clone(&seen));
    let ctx = JobContext::new(control, move |progress| {
        if progress.stage == Stage::Arrange && progress.done == 100 {
            let (library, seen) = &watching;
            *seen.lock() = library.points(Layout::Making).expect("points").photos.len();
            cancelling.cancel();
        }
    });
    let stopped = library.arrange_map(&ctx, &Arrange::usual(Dims::Two));
    assert!(matches!(stopped, Err(Error::Cancelled(_))), "{stopped:?}");
    assert_eq!(*seen.lock() as u64, PHOTOS, "the map could be watched while it was made");
    assert_eq!(places(&library), before);
    assert!(
        library.making_map().is_none()
            && !library.map(Dims::Two).expect("an answer").expect("a map").can_undo
    );
    assert!(library.points(Layout::Making).expect("points").photos.is_empty());
}

fn killed() {
    let world = World::with_photos(PHOTOS);
    world.program().arg("add").arg(world.photos()).run().ends_with(0);
    for milliseconds in [30, 100, 200, 300, 500, 800] {
        let mut making = world.program().args(["--json", "map"]).start();
        std::thread::sleep(Duration::from_millis(milliseconds));
        making.kill();
        let library = world.open(Counted::new());
        let findings = library.doctor(&job(), Repair::No).expect("looked");
        let unsound = findings.iter().find(|found| {
            found.state == FindingState::Failed && ["catalog", "derived"].contains(&found.check)
        });
        assert!(unsound.is_none(), "{unsound:?}");
        let placed = library.map(Dims::Two).expect("an answer").map(|map| map.placed);
        assert!(placed.is_none_or(|placed| placed == PHOTOS), "half a map of {placed:?}");
    }
    assert_eq!(world.program().args(["--json", "map"]).run().ends_with(0).objects().len() as u64, PHOTOS);
}

fn clusters_keep_their_numbers() {
    let (world, library) = mapped();
    let members = || -> HashMap<PhotoId, u16> {
        library.catalog().grouping(0).expect("a grouping").members.into_iter().collect()
    };
    let before = members();
    assert_eq!(before.len() as u64, PHOTOS);
    let labels = library.labels(0, PLANE).expect("labels");
    let sizes: Vec<usize> = labels.iter().map(|label| label.members.len()).collect();
    assert!(labels.len() == 5 && sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>() as u64, PHOTOS);
    let points = places(&library);
    for label in &labels {
        assert!(label.members.contains(&label.cover) && label.from_ms <= label.until_ms);
        assert!(label.members.iter().any(|photo| points[photo] == label.place), "a label lies on a photo");
        assert_eq!(label.folder, Some(world.photos()));
    }
    write(&world, PHOTOS..PHOTOS + 8);
    look_again(&library);
    library.update_map(&job()).expect("placed");
    let after = members();
    assert_eq!(after.len() as u64, PHOTOS + 8);
    assert!(before.iter().all(|(photo, cluster)| after[photo] == *cluster));
}

fn every_layout() {
    let (_world, library) = mapped();
    assert!(library.points(Layout::Look(Dims::Three)).expect("points").photos.is_empty());
    library.arrange_map(&job(), &Arrange::usual(Dims::Three)).expect("a map in space");
    let photos = library.points(PLANE).expect("points").photos;
    assert!(photos.is_sorted());
    let layouts = [
        PLANE,
        Layout::Look(Dims::Three),
        Layout::Pca(Dims::Two),
        Layout::Pca(Dims::Three),
        Layout::Time,
        Layout::Grid,
    ];
    for layout in layouts {
        let points = library.points(layout).expect("points");
        assert_eq!(points.photos, photos, "{layout:?}");
        assert!(points.places.iter().flatten().all(|at| (0.0..=1.0).contains(at)), "{layout:?}");
        let flat = points.places.iter().all(|place| place[2] == points.places[0][2]);
        assert_eq!(flat, points.dims == Dims::Two, "{layout:?}");
        let mut apart: Vec<[u32; 3]> = points.places.iter().map(|place| place.map(f32::to_bits)).collect();
        apart.sort_unstable();
        apart.dedup();
        assert_eq!(apart.len(), photos.len(), "{layout:?}: nobody lies upon another");
    }
    let grid = library.points(Layout::Grid).expect("points");
    let png = library.poster(&job(), &grid).expect("a picture");
    assert!(png.starts_with(b"\x89PNG"));
}

fn call(api: &Api, request: Value) -> Value {
    let request: Request = serde_json::from_value(request).expect("a request");
    api.call(request).expect("an answer")
}

fn bytes(api: &Api, query: Value) -> Vec<u8> {
    let query: MapBytes = serde_json::from_value(query).expect("a query");
    api.map_bytes(&query).expect("an answer")
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number)).collect()
}

fn as_faces_see_it() {
    let world = World::with_photos(PHOTOS);
    let api = Api::open(&Options { library: Some(world.library()) }).expect("opened");
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hearing = Arc::clone(&heard);
    let _listening = api.listen(move |event| hearing.lock().push(event));
    let state = || call(&api, json!({ "command": "mapState" }));
    assert_eq!(state()["maps"], json!([]));
    call(&api, json!({ "command": "addFolder", "path": world.photos() }));
    let made =
        eventually("a first map", || Some(state()).filter(|state| state["maps"][0]["placed"] == PHOTOS));
    assert_eq!((&made["findable"], &made["maps"][0]["dims"]), (&PHOTOS.into(), &2.into()));
    eventually("the clusters", || (state()["clusters"] == json!([5])).then_some(()));
    eventually("events", || {
        let heard = heard.lock();
        let progress = heard.iter().any(|event| matches!(event, Event::MapProgress { .. }));
        (progress && heard.contains(&Event::MapChanged)).then_some(())
    });

    let count = PHOTOS as usize;
    let points = numbers(&bytes(&api, json!({ "what": "points", "layout": "look", "dims": 2 })));
    assert_eq!((&points[..3], points.len()), (&[1, PHOTOS as u32, 2][..], 3 + 3 * count));
    assert!(points[3..3 + count].is_sorted());
    assert!(points[3 + count..].iter().all(|at| (0.0..=1.0).contains(&f32::from_bits(*at))));
    let ids: Vec<u32> = points[3..3 + count].to_vec();

    call(&api, json!({ "command": "rate", "photos": [ids[0]], "stars": 5 }));
    call(&api, json!({ "command": "setFlag", "photos": [ids[0]], "flag": "reject" }));
    let facts = bytes(&api, json!({ "what": "facts" }));
    let legend = numbers(&facts[..12])[2] as usize;
    assert_eq!(facts.len(), 12 + 13 * count + legend);
    assert_eq!(facts[12 + 12 * count], 5 | 1 << 4);
    let minutes = &numbers(&facts[12..12 + 8 * count])[count..];
    assert!(minutes.iter().all(|&minute| minute as i32 == i32::MIN), "nobody knows when these were taken");
    let legend: Value = serde_json::from_slice(&facts[12 + 13 * count..]).expect("JSON");
    assert_eq!(legend, json!({ "folders": [world.photos()], "cameras": [null] }));
    let clusters = bytes(&api, json!({ "what": "clusters", "fineness": 0 }));
    assert_eq!((numbers(&clusters[..8]), clusters.len()), (vec![1, PHOTOS as u32], 8 + 6 * count));

    let query = json!({ "command": "mapClusters", "fineness": 0, "layout": "pca", "dims": 3 });
    assert_eq!(call(&api, query).as_array().expect("a list").len(), 5);
    let near = call(&api, json!({ "command": "mapNeighbors", "photo": ids[0] }));
    assert!(
        near.as_array().expect("a list").len() == 10
            && !near.as_array().expect("a list").contains(&ids[0].into())
    );

    call(&api, json!({ "command": "arrangeMap", "dims": 2 }));
    eventually("a map to go back from", || (state()["maps"][0]["canUndo"] == true).then_some(()));
    call(&api, json!({ "command": "undoMap", "dims": 2 }));
    assert_eq!(numbers(&bytes(&api, json!({ "what": "points", "layout": "look", "dims": 2 }))), points);
    let request = serde_json::from_value(json!({ "command": "arrangeMap", "dims": 4 })).expect("a request");
    assert_eq!(api.call(request).expect_err("no such map").code, "wrongUsage");
}
