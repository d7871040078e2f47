//! Photos that look like other photos, with the built-in model on real ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use libtest_mimic::Trial;
use likeness_domain::{Likeness, PhotoId, Region};
use likeness_library::{Accuracy, Answer, Error, Library, Metric, Question, Subject, builtin};
use likeness_tests::world::{World, add, beside_each_other, data, files_below, look_again, photo_at, test};

/// Of each kind so many.
const OF_A_KIND: usize = 7;
const KINDS: [&str; 5] = ["Faces", "Motorbikes", "airplanes", "car_side", "pagoda"];

/// Photos of five kinds, added; made by the first test that wants it.
#[derive(Default)]
struct Looked(OnceLock<(World, Library)>);

pub fn trials() -> Vec<Trial> {
    let looked = Arc::new(Looked::default());
    let test_with = |name: &str, body: fn(&World, &Library)| {
        let looked = Arc::clone(&looked);
        test(name, move || {
            let (world, library) = looked.0.get_or_init(kinds);
            body(world, library);
        })
    };
    vec![
        test_with("photos of a kind are found, best first", photos_of_a_kind_are_found),
        test_with("several photos mean all of them together", several_mean_all_together),
        test_with("less like this", less_like_this),
        test_with("four metrics", four_metrics),
        test_with("quick and exact agree at the top", quick_and_exact_agree),
        test_with("a region of a photo", a_region_of_a_photo),
        test_with("a file that is not in the library", a_file_outside),
        test_with("questions that mean nothing", questions_that_mean_nothing),
        test("a photo that is missing is no result", a_missing_photo_is_no_result),
    ]
}

fn kinds() -> (World, Library) {
    let world = World::new();
    for kind in KINDS {
        for source in sources(kind).iter().take(OF_A_KIND) {
            let name = source.file_name().expect("a name");
            world.write(Path::new(kind).join(name), &fs::read(source).expect("a photo"));
        }
    }
    let library = world.open(builtin(None).expect("the model").expect("a form"));
    assert_eq!(add(&library, &world.photos()).photos as usize, KINDS.len() * OF_A_KIND);
    (world, library)
}

fn sources(kind: &str) -> Vec<PathBuf> {
    files_below(&data().join("photos/caltech").join(kind))
}

/// The `n`th photo of a kind.
fn nth(world: &World, library: &Library, kind: &str, n: usize) -> PhotoId {
    photo_at(library, &files_below(&world.photos().join(kind))[n])
}

fn kind_of(path: &Path) -> String {
    let folder = path.parent().and_then(Path::file_name).expect("a folder");
    folder.to_string_lossy().into_owned()
}

fn question(like: Vec<Subject>, limit: usize) -> Question {
    Question { like, less: vec![], region: None, metric: Metric::Cosine, accuracy: Accuracy::Quick, limit }
}

fn ask(library: &Library, question: &Question) -> Answer {
    let answer = library.similar(question).expect("an answer");
    let scores: Vec<f32> = answer.results.iter().map(|found| found.score).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b) || question.metric != Metric::Cosine, "{scores:?}");
    assert!(answer.results.iter().all(|found| found.word != Likeness::Unrelated));
    assert_eq!(answer.not_yet_findable, 0);
    answer
}

fn kinds_of(answer: &Answer) -> Vec<String> {
    answer.results.iter().map(|found| kind_of(&found.photo.path)).collect()
}

fn count_of(answer: &Answer, kind: &str) -> usize {
    kinds_of(answer).iter().filter(|found| *found == kind).count()
}

fn photos_of_a_kind_are_found(world: &World, library: &Library) {
    for kind in KINDS {
        let photo = nth(world, library, kind, 0);
        let answer = ask(library, &question(vec![Subject::Photo(photo)], 5));
        assert!(answer.results.iter().all(|found| found.photo.id != photo), "the question is no answer");
        assert_eq!(kind_of(&answer.results[0].photo.path), kind, "{:?}", kinds_of(&answer));
        // Weak matches are cut off, so that there may be few.
        assert!(count_of(&answer, kind) * 2 > answer.results.len(), "{kind}: {:?}", kinds_of(&answer));
    }
}

fn several_mean_all_together(world: &World, library: &Library) {
    let like = ["Motorbikes", "airplanes"].map(|kind| nth(world, library, kind, 0));
    let answer = ask(library, &question(like.map(Subject::Photo).to_vec(), 8));
    assert!(answer.results.iter().all(|found| !like.contains(&found.photo.id)));
    assert!(
        count_of(&answer, "Motorbikes") >= 2 && count_of(&answer, "airplanes") >= 2,
        "{:?}",
        kinds_of(&answer)
    );
}

fn less_like_this(world: &World, library: &Library) {
    let like = ["Motorbikes", "airplanes"].map(|kind| Subject::Photo(nth(world, library, kind, 0)));
    let plain = question(like.to_vec(), 5);
    let disliked = nth(world, library, "Motorbikes", 1);
    let less = Question { less: vec![Subject::Photo(disliked)], ..plain.clone() };
    let (plain, less) = (ask(library, &plain), ask(library, &less));
    assert!(
        count_of(&less, "Motorbikes") < count_of(&plain, "Motorbikes"),
        "{:?}, then {:?}",
        kinds_of(&plain),
        kinds_of(&less)
    );
    assert!(less.results.iter().all(|found| found.photo.id != disliked));
}

fn four_metrics(world: &World, library: &Library) {
    let photo = nth(world, library, "car_side", 2);
    let mut orders = Vec::new();
    for metric in [Metric::Cosine, Metric::Euclidean, Metric::Dot, Metric::Hamming] {
        let question = Question { metric, ..question(vec![Subject::Photo(photo)], 4) };
        let answer = ask(library, &question);
        assert_eq!(kinds_of(&answer)[0], "car_side", "{metric:?}");
        orders.push(answer.results.iter().map(|found| found.photo.id).collect::<Vec<_>>());
    }
    // Of vectors of length 1 these three rank alike.
    assert!(orders[0] == orders[1] && orders[0] == orders[2], "{orders:?}");
}

fn quick_and_exact_agree(world: &World, library: &Library) {
    for (kind, n) in KINDS.into_iter().zip(0..) {
        let quick = question(vec![Subject::Photo(nth(world, library, kind, n))], 10);
        let exact = Question { accuracy: Accuracy::Exact, ..quick.clone() };
        let ids = |answer: Answer| answer.results.iter().map(|found| found.photo.id).collect::<Vec<_>>();
        assert_eq!(ids(ask(library, &quick)), ids(ask(library, &exact)), "{kind}");
    }
}

fn a_region_of_a_photo(world: &World, library: &Library) {
    let (left, right) = (&sources("airplanes")[OF_A_KIND], &sources("Motorbikes")[OF_A_KIND]);
    let both = world.beside("both.png");
    fs::write(&both, beside_each_other(left, right)).expect("written");
    for (x, kind) in [(0.0, "airplanes"), (0.5, "Motorbikes")] {
        let region = Region::new(x, 0.0, 0.5, 1.0).expect("inside");
        let question = Question { region: Some(region), ..question(vec![Subject::File(both.clone())], 3) };
        assert_eq!(kinds_of(&ask(library, &question))[0], kind, "the half at {x}");
    }
    let photo = nth(world, library, "pagoda", 1);
    let corner = Region::new(0.0, 0.0, 0.4, 0.4).expect("inside");
    let marked = Question { region: Some(corner), ..question(vec![Subject::Photo(photo)], 40) };
    let answer = ask(library, &marked);
    assert!(
        answer.results.iter().all(|found| found.photo.id != photo),
        "the photo of the region is no answer"
    );
}

fn a_file_outside(world: &World, library: &Library) {
    let stranger = sources("Faces")[OF_A_KIND].clone();
    let before = library.catalog().counts().expect("counts");
    let answer = ask(library, &question(vec![Subject::File(stranger)], 3));
    assert_eq!(kinds_of(&answer)[0], "Faces");
    assert_eq!(library.catalog().counts().expect("counts"), before, "asking adds nothing");

    // The same content elsewhere is the photo itself.
    let copy = world.beside("copy.jpg");
    fs::copy(&sources("Faces")[0], &copy).expect("copied");
    let answer = ask(library, &question(vec![Subject::File(copy)], 40));
    let itself = nth(world, library, "Faces", 0);
    assert!(answer.results.iter().all(|found| found.photo.id != itself));
}

fn questions_that_mean_nothing(world: &World, library: &Library) {
    let wrong = |question: Question| library.similar(&question).expect_err("no answer");
    assert!(matches!(wrong(question(vec![], 5)), Error::EmptyQuery));
    let unknown = PhotoId(1_000_000);
    let error = wrong(question(vec![Subject::Photo(unknown)], 5));
    assert!(matches!(error, Error::UnknownPhoto(photo) if photo == unknown), "{error}");
    let two = vec![
        Subject::Photo(nth(world, library, "Faces", 0)),
        Subject::Photo(nth(world, library, "Faces", 1)),
    ];
    let region = Some(Region::new(0.0, 0.0, 0.5, 0.5).expect("inside"));
    assert!(matches!(wrong(Question { region, ..question(two, 5) }), Error::RegionOfMany(2)));
    let words = world.beside("words.jpg");
    fs::write(&words, "words").expect("written");
    assert!(matches!(wrong(question(vec![Subject::File(words)], 5)), Error::Decode(_)));
}

fn a_missing_photo_is_no_result() {
    let world = World::new();
    for (source, number) in sources("Motorbikes").iter().zip(0..4) {
        world.write(format!("bikes/{number}.jpg"), &fs::read(source).expect("a photo"));
    }
    let library = world.open(builtin(None).expect("the model").expect("a form"));
    add(&library, &world.photos());
    let like = question(vec![Subject::Photo(nth(&world, &library, "bikes", 0))], 10);
    let before = ask(&library, &like);
    assert_eq!(before.results.len(), 3);
    let gone = &before.results[0].photo;
    fs::remove_file(&gone.path).expect("removed");
    look_again(&library);
    let after = ask(&library, &like);
    let ids = |answer: &Answer| answer.results.iter().map(|found| found.photo.id).collect::<Vec<_>>();
    assert_eq!(ids(&after), ids(&before)[1..]);
}
