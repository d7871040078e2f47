//! What goes on around the photos: following folders, undo, and work that is lost and made again.

use std::fs;
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use libtest_mimic::Trial;
use likeness_api::wire::{Event, PhotoFilter, Request};
use likeness_api::{Api, Options};
use likeness_domain::{Flag, JobContext, JobControl, PhotoId, Progress, Rating};
use likeness_library::{
    Accuracy, CopyPhotos, Error, FindingState, Library, Metric, Question, Repair, Scope, Subject,
    ThumbnailSize, WithEmbeddings, decoders, embed_files, measure_copies,
};
use likeness_tests::world::{
    Counted, World, add, eventually, files_below, in_view, look_again, photo, photo_at, row_of, stars, test,
};
use parking_lot::Mutex;
use serde_json::{Value, json};

pub fn trials() -> Vec<Trial> {
    vec![
        test("a new file is seen and found while folders are followed", a_new_file_is_seen_and_found),
        test("decisions are undone and done again across restarts", undo_across_restarts),
        test("photos that were read without looking are looked at later", looked_at_later),
        test("derived.db may be deleted", derived_work_comes_back),
        test("the cache may be emptied or damaged", thumbnails_come_back),
        test("work is cancelled and taken up again", work_is_taken_up_again),
        test("a search for copies is counted, and ends when it is asked to", a_search_for_copies_ends),
    ]
}

fn call(api: &Api, request: Value) -> Value {
    let request: Request = serde_json::from_value(request).expect("a request");
    api.call(request).expect("an answer")
}

/// The photos of the grid, from its bytes.
fn ids_in_grid(api: &Api) -> Vec<i64> {
    let bytes = api.grid_shape(&PhotoFilter::default()).expect("a shape");
    let numbers: Vec<u32> =
        bytes.as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number)).collect();
    let count = numbers[0] as usize;
    assert_eq!(numbers.len(), 1 + count * 4);
    numbers[1..=count].iter().map(|&id| id.into()).collect()
}

fn a_new_file_is_seen_and_found() {
    let world = World::with_photos(3);
    let api = Api::open(&Options { library: Some(world.library()) }).expect("opened");
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hearing = Arc::clone(&heard);
    let _listening = api.listen(move |event| hearing.lock().push(event));
    let folder = call(&api, json!({ "command": "addFolder", "path": world.photos() }));
    assert_eq!(folder["path"].as_str(), world.photos().to_str());
    let state = || call(&api, json!({ "command": "libraryState" }));
    let is_at_rest = |state: &Value| state["activity"]["state"] == "idle";
    eventually("three photos, findable", || {
        let state = state();
        (state["findable"] == 3 && is_at_rest(&state)).then_some(())
    });
    let known = ids_in_grid(&api);
    assert_eq!(known.len(), 3);
    assert!(heard.lock().iter().any(|event| matches!(event, Event::Activity { .. })));
    heard.lock().clear();

    let path = world.write("new.jpg", &photo(99));
    let new =
        eventually("the photo in the grid", || ids_in_grid(&api).into_iter().find(|id| !known.contains(id)));
    eventually("an event", || heard.lock().contains(&Event::PhotosChanged).then_some(()));
    let thumbnail = api.thumbnail(new, 256).expect("a thumbnail");
    assert!(thumbnail.mime == "image/jpeg" && thumbnail.bytes.starts_with(&[0xff, 0xd8]));
    let rows = call(&api, json!({ "command": "photoRows", "photos": [new] }));
    assert_eq!(rows[0]["path"], json!(path));
    eventually("findable", || (state()["findable"] == 4).then_some(()));
    let query = json!({ "photos": [new], "limit": 10 });
    let answer = call(&api, json!({ "command": "similar", "query": query }));
    assert_eq!(answer["notYetFindable"], 0);

    fs::remove_file(path).expect("removed");
    eventually("the photo gone from the grid", || (ids_in_grid(&api) == known).then_some(()));
}

fn undo_across_restarts() {
    let world = World::with_photos(2);
    let model = Counted::new();
    let path = world.photos().join("0.jpg");
    let photo: PhotoId = {
        let library = world.open(model.clone());
        add(&library, &world.photos());
        let photo = photo_at(&library, &path);
        library.rate(&[photo], Rating::new(5).expect("stars")).expect("rated");
        library.flag(&[photo], Flag::Pick).expect("flagged");
        photo
    };
    let flag = |library: &Library| row_of(library, photo).decisions.flag;
    {
        let library = world.open(model.clone());
        assert_eq!(
            library.undo(&JobContext::unattended()).expect("an answer").expect("undone").photos,
            [photo]
        );
        assert_eq!((stars(&library, photo), flag(&library)), (5, Flag::None));
    }
    {
        let library = world.open(model.clone());
        assert!(library.undo(&JobContext::unattended()).expect("an answer").is_some());
        assert_eq!(stars(&library, photo), 0);
        assert!(library.undo(&JobContext::unattended()).expect("an answer").is_none());
    }
    let library = world.open(model);
    assert!(library.redo().expect("an answer").is_some() && library.redo().expect("an answer").is_some());
    assert_eq!((stars(&library, photo), flag(&library)), (5, Flag::Pick));
    assert!(library.redo().expect("an answer").is_none());
}

fn look_for(library: &Library, photo: PhotoId) -> likeness_library::Answer {
    let question = Question {
        like: vec![Subject::Photo(photo)],
        less: vec![],
        region: None,
        metric: Metric::Cosine,
        accuracy: Accuracy::Quick,
        limit: 100,
    };
    library.similar(&question).expect("an answer")
}

fn looked_at_later() {
    let world = World::with_photos(5);
    let model = Counted::new();
    let library = world.open(model.clone());
    let row = library.add_folder(&world.photos()).expect("added");
    let ctx = JobContext::unattended();
    library.refresh(&ctx, &Scope::Folder(row.id), WithEmbeddings::No).expect("read");
    assert_eq!((in_view(&library).len(), model.asked()), (5, 0));
    let photo = photo_at(&library, &world.photos().join("0.jpg"));
    assert!(library.thumbnail(photo, ThumbnailSize::Small).is_ok());
    let incomplete = look_for(&library, photo);
    assert_eq!((incomplete.results.len(), incomplete.not_yet_findable), (0, 5));
    let summary = look_again(&library);
    assert_eq!((summary.opened, summary.new, summary.problems), (0, 0, 0), "{summary:?}");
    let complete = look_for(&library, photo);
    assert_eq!((complete.results.len(), complete.not_yet_findable), (4, 0));
}

fn derived_work_comes_back() {
    let world = World::with_photos(6);
    let model = Counted::new();
    let library = world.open(model.clone());
    add(&library, &world.photos());
    let photo = photo_at(&library, &world.photos().join("3.jpg"));
    library.rate(&[photo], Rating::new(3).expect("stars")).expect("rated");
    let before = in_view(&library);
    assert!(before.iter().all(|row| row.preview.is_some()));
    drop(library);
    for file in files_below(&world.library()) {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        if name.starts_with("derived.db") {
            fs::remove_file(file).expect("removed");
        }
    }
    let library = world.open(model.clone());
    let bare = in_view(&library);
    assert!(bare.len() == 6 && bare.iter().all(|row| row.preview.is_none()));
    assert_eq!(look_for(&library, photo).not_yet_findable, 6);
    let summary = look_again(&library);
    assert_eq!((summary.new, summary.changed, summary.missing), (0, 0, 0), "{summary:?}");
    assert_eq!(in_view(&library), before, "previews are as they were, and so are decisions");
    // Six at first, one for the question that came too early, six again.
    assert_eq!((look_for(&library, photo).not_yet_findable, model.asked()), (0, 13));
}

fn thumbnails_come_back() {
    let world = World::with_photos(4);
    let library = world.open(Counted::new());
    add(&library, &world.photos());
    let photos: Vec<PhotoId> = in_view(&library).iter().map(|row| row.id).collect();
    let thumbnails = || -> Vec<Vec<u8>> {
        let both = |photo: &PhotoId| [ThumbnailSize::Small, ThumbnailSize::Large].map(|size| (*photo, size));
        let read = |(photo, size)| library.thumbnail(photo, size).expect("a thumbnail");
        photos.iter().flat_map(both).map(read).collect()
    };
    let cache = world.library().join("cache");
    let before = thumbnails();
    fs::remove_dir_all(&cache).expect("emptied");
    assert_eq!(thumbnails(), before);

    let files = files_below(&cache);
    assert_eq!(files.len(), 8);
    // What a loss of power leaves: nothing, or a part.
    for (file, place) in files.iter().zip(0..) {
        let bytes = fs::read(file).expect("a thumbnail");
        fs::write(file, &bytes[..if place % 2 == 0 { 0 } else { bytes.len() / 2 }]).expect("damaged");
    }
    let ctx = JobContext::unattended();
    let state = |repair| {
        let findings = library.doctor(&ctx, repair).expect("looked");
        findings.into_iter().find(|found| found.check == "thumbnails").expect("checked").state
    };
    assert_eq!(state(Repair::No), FindingState::Failed);
    assert_eq!(thumbnails(), before, "half a thumbnail is never shown");
    fs::remove_file(&files[0]).expect("removed");
    assert_eq!(state(Repair::Yes), FindingState::Repaired);
    assert_eq!(state(Repair::No), FindingState::Ok);
}

fn work_is_taken_up_again() {
    let world = World::with_photos(60);
    let model = Counted::new();
    let library = world.open(model.clone());
    let row = library.add_folder(&world.photos()).expect("added");
    let control = likeness_domain::JobControl::new();
    let (cancelling, counting) = (control.clone(), model.clone());
    let ctx = JobContext::new(control, move |_| {
        if counting.asked() > 0 {
            cancelling.cancel();
        }
    });
    // The job may be done before it hears that it should stop: then nothing is left, which is as well.
    let _ = library.refresh(&ctx, &Scope::Folder(row.id), WithEmbeddings::Yes);
    let done = in_view(&library).len() as u64;
    let summary = look_again(&library);
    assert_eq!((summary.photos, summary.opened), (60, 60 - done), "{summary:?}");
    assert_eq!(look_for(&library, in_view(&library)[0].id).not_yet_findable, 0);
    assert_eq!(look_again(&library).opened, 0);
}

fn a_search_for_copies_ends() {
    // More than all cores have in hand when the first is done.
    let count = 2 * thread::available_parallelism().map_or(1, NonZero::get) as u64 + 2;
    let world = World::with_photos(count);
    let (model, decoders) = (Counted::new(), decoders().expect("this program has a place"));
    let files = files_below(&world.photos());
    let photos = embed_files(&JobContext::unattended(), &decoders, model.as_ref(), &files).expect("seen");
    let among = CopyPhotos { photos: &photos, distractors: &[] };

    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&told);
    let counting = move |progress: Progress| telling.lock().push((progress.done, progress.total));
    let ctx = JobContext::new(JobControl::new(), counting);
    let figures = measure_copies(&ctx, &decoders, model.as_ref(), &among).expect("measured");
    assert!(figures.iter().all(|change| change.queries as u64 == count));
    assert!(told.lock()[0] == (0, count) && told.lock().contains(&(count, count)), "{:?}", told.lock());

    let control = JobControl::new();
    let stopping = control.clone();
    let stop = move |progress: Progress| {
        if progress.done > 0 {
            stopping.cancel();
        }
    };
    let before = model.asked();
    let stopped = measure_copies(&JobContext::new(control, stop), &decoders, model.as_ref(), &among);
    assert!(matches!(stopped, Err(Error::Cancelled(_))), "{stopped:?}");
    assert!(model.asked() - before < count * figures.len() as u64, "not all were looked at");
}
