//! Vectors that are damaged, lost or made elsewhere, and a model that cannot be loaded: the library opens all the same.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use likeness_domain::{JobContext, PhotoId, Rating};
use likeness_embed::Precision;
use likeness_library::store::Available;
use likeness_library::{
    Accuracy, Answer, Error, Finding, FindingState, Library, Metric, Model, Places, Question, Repair,
    Subject, ThumbnailSize, builtin, decoders,
};
use likeness_tests::world::{
    Counted, World, add, files_below, in_view, look_again, photo, photo_at, row_of, stars, test,
};
use rusqlite::Connection;

pub fn trials() -> Vec<Trial> {
    vec![
        test("a damaged embedding", a_damaged_embedding),
        test("derived work that is no database", derived_work_that_is_no_database),
        test("vectors that another process saves", vectors_of_another_process),
        test("a photo that returns while another goes", a_photo_that_returns_while_another_goes),
        test("a model that takes over", a_model_that_takes_over),
        test("a library without a model", a_library_without_a_model),
    ]
}

fn similar(library: &Library, photo: PhotoId) -> Result<Answer, Error> {
    library.similar(&Question {
        like: vec![Subject::Photo(photo)],
        less: vec![],
        region: None,
        metric: Metric::Cosine,
        accuracy: Accuracy::Quick,
        limit: 100,
    })
}

fn doctor(library: &Library, repair: Repair) -> Vec<Finding> {
    library.doctor(&JobContext::unattended(), repair).expect("looked")
}

fn a_damaged_embedding() {
    let world = World::with_photos(5);
    let model = Counted::new();
    let first = world.photos().join("0.jpg");
    {
        let library = world.open(model.clone());
        add(&library, &world.photos());
        library.rate(&[photo_at(&library, &first)], Rating::new(5).expect("stars")).expect("rated");
    }
    let derived = Connection::open(world.library().join("derived.db")).expect("a database");
    let library = world.open(model.clone());
    let photo = photo_at(&library, &first);
    let others = "photo = (SELECT max(photo) FROM embeddings WHERE photo != ?1)";
    let damage = format!("UPDATE embeddings SET vector = x'003c' WHERE {others}");
    assert_eq!(derived.execute(&damage, [photo.0]).expect("damaged"), 1);
    drop(derived);
    drop(library);

    let library = world.open(model.clone());
    assert_eq!(in_view(&library).len(), 5, "photos are shown all the same");
    let found = doctor(&library, Repair::No);
    assert!(found.iter().any(|found| found.state == FindingState::Failed), "{found:?}");
    let answer = similar(&library, photo).expect("the others are found all the same");
    assert_eq!((answer.results.len(), answer.not_yet_findable), (3, 1), "and the answer says what it lacks");

    look_again(&library);
    let answer = similar(&library, photo).expect("an answer");
    assert_eq!((answer.results.len(), answer.not_yet_findable), (4, 0), "the scan looked at it again");
    let zeros = format!("UPDATE embeddings SET vector = zeroblob(length(vector)) WHERE {others}");
    let derived = Connection::open(world.library().join("derived.db")).expect("a database");
    assert_eq!(derived.execute(&zeros, [photo.0]).expect("damaged"), 1);
    drop(derived);
    let library = world.open(model.clone());
    similar(&library, photo).expect("an answer");
    let answer = similar(&library, photo).expect("an answer");
    assert_eq!(
        (answer.results.len(), answer.not_yet_findable),
        (3, 1),
        "nor does one without direction pass"
    );

    let derived = Connection::open(world.library().join("derived.db")).expect("a database");
    assert_eq!(derived.execute(&damage, [photo.0]).expect("damaged"), 1);
    let repaired = doctor(&library, Repair::Yes);
    assert!(repaired.iter().all(|found| found.state != FindingState::Failed), "{repaired:?}");
    assert!(repaired.iter().any(|found| found.state == FindingState::Repaired), "{repaired:?}");
    let answer = similar(&library, photo).expect("an answer");
    assert_eq!((answer.results.len(), answer.not_yet_findable, stars(&library, photo)), (4, 0, 5));
    assert!(doctor(&library, Repair::No).iter().all(|found| found.state == FindingState::Ok));
}

fn derived_work_that_is_no_database() {
    let world = World::with_photos(4);
    let model = Counted::new();
    let first = world.photos().join("0.jpg");
    {
        let library = world.open(model.clone());
        add(&library, &world.photos());
        library.rate(&[photo_at(&library, &first)], Rating::new(2).expect("stars")).expect("rated");
    }
    for file in files_below(&world.library()) {
        if file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("derived.db")) {
            fs::write(file, "no database at all, but long enough to be looked at ".repeat(100))
                .expect("written");
        }
    }
    let library = world.open(model);
    look_again(&library);
    let photo = photo_at(&library, &first);
    assert_eq!(similar(&library, photo).expect("an answer").results.len(), 3);
    assert_eq!(stars(&library, photo), 2);
    assert!(doctor(&library, Repair::No).iter().all(|found| found.state == FindingState::Ok));
}

fn vectors_of_another_process() {
    let world = World::with_photos(4);
    let library = world.open(builtin(None).expect("the model").expect("a form"));
    add(&library, &world.photos());
    let first = photo_at(&library, &world.photos().join("0.jpg"));
    similar(&library, first).expect("an answer, and an index in memory");
    let twin = world.write("twin.jpg", &likeness_testkit::photo_jpeg(0, 192, 128));
    world.program().args(["scan"]).run().ends_with(0);
    let answer = similar(&library, first).expect("an answer");
    assert_eq!(answer.not_yet_findable, 0);
    let ids: Vec<PhotoId> = answer.results.iter().map(|found| found.photo.id).collect();
    let new = photo_at(&library, &twin);
    let own = similar(&library, new).expect("an answer");
    assert!(own.results.iter().all(|found| found.photo.id != new));
    let index_knows = |answer: &Answer, photo| answer.results.iter().any(|found| found.photo.id == photo);
    assert_eq!(ids.contains(&new), index_knows(&own, first), "both ways or none");
    assert!(doctor(&library, Repair::No).iter().all(|found| found.state == FindingState::Ok));
}

fn a_photo_that_returns_while_another_goes() {
    let world = World::with_photos(5);
    let library = world.open(Counted::new());
    add(&library, &world.photos());
    let [first, away, gone] = ["0.jpg", "1.jpg", "2.jpg"].map(|name| world.photos().join(name));
    let returning = photo_at(&library, &away);
    let kept = world.beside("kept.jpg");
    fs::rename(&away, &kept).expect("moved");
    look_again(&library);
    let first = photo_at(&library, &first);
    assert_eq!(similar(&library, first).expect("an answer, and an index in memory").results.len(), 3);
    fs::rename(&kept, &away).expect("moved back");
    fs::remove_file(gone).expect("removed");
    world.write("new.jpg", &photo(77));
    look_again(&library);
    let answer = similar(&library, first).expect("an answer");
    assert_eq!((answer.results.len(), answer.not_yet_findable), (4, 0));
    assert!(answer.results.iter().any(|found| found.photo.id == returning));
}

fn a_model_that_takes_over() {
    let world = World::with_photos(5);
    let old = Counted::new();
    let new = old.next();
    let (first, before) = {
        let library = world.open(old.clone());
        add(&library, &world.photos());
        let first = photo_at(&library, &world.photos().join("0.jpg"));
        (first, similar(&library, first).expect("an answer"))
    };
    let distances = |answer: &Answer| -> Vec<(PhotoId, f32)> {
        answer.results.iter().map(|found| (found.photo.id, found.distance)).collect()
    };
    {
        let library = world.open(new.clone());
        let answer = similar(&library, first).expect("an answer by the old vectors");
        assert_eq!((distances(&answer), answer.not_yet_findable), (distances(&before), 0));
        assert_eq!(library.count_not_yet_findable().expect("a count"), 0);
    }
    // Killed when two of five were looked at again.
    let derived = Connection::open(world.library().join("derived.db")).expect("a database");
    let half_way = format!(
        "INSERT INTO models (tag, generation) VALUES ('{}', 1);
         INSERT INTO embeddings (model, photo, vector) SELECT last_insert_rowid(), photo, vector
             FROM embeddings ORDER BY photo LIMIT 2;",
        new.tag()
    );
    derived.execute_batch(&half_way).expect("half-way");
    drop(derived);

    let library = world.open(new.clone());
    let answer = similar(&library, first).expect("an answer by the old vectors");
    assert_eq!(distances(&answer), distances(&before), "never mixed");
    look_again(&library);
    assert_eq!(new.asked(), 3, "what was done is not done again");
    let answer = similar(&library, first).expect("an answer by the new vectors");
    assert_eq!((answer.results.len(), answer.not_yet_findable), (4, 0));
    assert_ne!(distances(&answer), distances(&before));
    assert_eq!(library.catalog().tags().expect("tags"), [(new.tag().clone(), 5)], "the old ones are gone");
    assert!(doctor(&library, Repair::No).iter().all(|found| found.state == FindingState::Ok));
}

fn a_library_without_a_model() {
    let world = World::with_photos(3);
    let builtin_folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/builtin");
    let damaged = world.beside("model");
    fs::create_dir(&damaged).expect("made");
    fs::copy(builtin_folder.join("manifest.json"), damaged.join("manifest.json")).expect("copied");
    let weights = fs::read(builtin_folder.join("weights.safetensors")).expect("weights");
    fs::write(damaged.join("weights.safetensors"), &weights[..weights.len() / 2]).expect("cut off");
    let open = |model| Library::open(Places::at(&world.library()), decoders().expect("decoders"), model);
    let photo = {
        let library = open(likeness_embed::open(&damaged, Precision::F32)).expect("opens all the same");
        let summary = add(&library, &world.photos());
        assert_eq!((summary.photos, summary.problems), (3, 0), "{summary:?}");
        let photo = photo_at(&library, &world.photos().join("1.jpg"));
        library.rate(&[photo], Rating::new(3).expect("stars")).expect("rated");
        assert!(library.thumbnail(photo, ThumbnailSize::Large).is_ok());
        assert_eq!(row_of(&library, photo).available, Available::Present);
        let error = similar(&library, photo).expect_err("no model");
        assert!(matches!(&error, Error::NoModel(why) if why.contains("damaged")), "{error}");
        let found = doctor(&library, Repair::No);
        let model = found.iter().find(|found| found.check == "model").expect("checked");
        assert!(model.state == FindingState::Failed && model.detail.contains("damaged"), "{model:?}");
        assert!(
            found.iter().all(|found| found.check == "model" || found.state == FindingState::Ok),
            "{found:?}"
        );
        photo
    };
    // With a whole model the photos are looked at, and nothing is read as new.
    let library = open(Ok(Counted::new())).expect("opened");
    let summary = look_again(&library);
    assert_eq!((summary.new, summary.opened), (0, 0), "{summary:?}");
    let answer = similar(&library, photo).expect("an answer");
    assert_eq!((answer.not_yet_findable, stars(&library, photo)), (0, 3));
    world.write("more.jpg", &photo_bytes());
    assert_eq!(look_again(&library).new, 1);
}

fn photo_bytes() -> Vec<u8> {
    photo(70)
}
