//! What a clean-up leaves alone: what is not what the person saw, what has no other copy, what was said to stay. And what was
//! moved comes back from wherever it lies by now.

use std::fs;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use libtest_mimic::Trial;
use likeness_api::wire::Request;
use likeness_api::{Api, Options};
use likeness_domain::{JobContext, PhotoId};
use likeness_library::act::{PassOn, Plan, Reason};
use likeness_library::store::Verdict;
use likeness_library::{
    Among, AskGroups, Choice, DuplicateGroup, Lane, Library, Member, SeenFile, Strictness,
};
use likeness_tests::world::{Counted, World, add, look_again, photo, photo_at, snapshot, test};
use serde_json::{Value, json};

use crate::cleanup::{add as add_all, run};

pub fn trials() -> Vec<Trial> {
    vec![
        test("a plan holds for what the person saw", what_was_seen),
        test("a plan of an older state on the wire", an_older_state_on_the_wire),
        test("a movie without a copy stays with its picture", a_movie_without_a_copy),
        test("edits of any program make the keeper", edits_of_any_program),
        test("a file is moved to the trash alone", a_file_alone),
        test("what was kept is not selected when another one joins", what_was_kept),
        test("one more file of the same bytes is shown", one_more_file),
        test("an emptied trash is told and forgotten", an_emptied_trash),
        test("a folder that was renamed since gets its files back", a_renamed_folder),
        test("what did nothing is no history", nothing_done),
    ]
}

/// The paths of lines in this state, below the folder of photos.
fn in_state(world: &World, lines: &[Value], state: &str) -> Vec<String> {
    let photos = world.photos();
    let path = |line: &Value| {
        Path::new(line["path"].as_str()?).strip_prefix(&photos).ok()?.to_str().map(str::to_owned)
    };
    let mut paths: Vec<String> =
        lines.iter().filter(|line| line["state"] == state).filter_map(path).collect();
    paths.sort();
    paths
}

fn picture(seed: u64) -> Vec<u8> {
    likeness_testkit::photo_jpeg(seed, 640, 480)
}

/// The same picture, stored again in so many times its size.
fn stored_again(seed: u64, scale: f64) -> Vec<u8> {
    let whole = image::load_from_memory(&picture(seed)).expect("a picture");
    let side = |pixels: u32| (f64::from(pixels) * scale) as u32;
    let resized = whole.resize_exact(side(640), side(480), FilterType::Lanczos3);
    let mut bytes = Vec::new();
    resized.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 95)).expect("encoded");
    bytes
}

fn groups(library: &Library) -> Vec<DuplicateGroup> {
    library.find_near_duplicates(&JobContext::unattended()).expect("compared");
    let ask = AskGroups {
        strictness: Strictness::Usual,
        among: Among::Everything,
        until: Lane::Bursts,
        keep: Vec::new(),
    };
    library.duplicate_groups(&ask).expect("groups").to_vec()
}

fn seen(library: &Library, path: &Path) -> SeenFile {
    let files = library.files_of(&[photo_at(library, path)]).expect("files");
    assert_eq!(files.len(), 1);
    files[0]
}

fn reasons(plan: &Plan) -> Vec<Reason> {
    plan.refused().iter().map(|refused| refused.reason.clone()).collect()
}

fn what_was_seen() {
    let world = World::new();
    let large = world.write("large.jpg", &picture(1));
    let small = world.write("small.jpg", &stored_again(1, 0.5));
    let another = world.write("another.jpg", &picture(2));
    let library = world.open(Counted::new());
    add(&library, &world.photos());
    let found = groups(&library);
    let choices = found[0].choices(|member| member.is_selected);
    let [goes, stays, other] = [&small, &large, &another].map(|path| seen(&library, path));
    assert_eq!((found.len(), &*choices), (1, &[Choice { goes, stays }][..]));
    let plan = |choice: Choice| library.plan_cleanup(&[choice], PassOn::Nothing).expect("a plan");
    assert_eq!((plan(choices[0]).units().len(), reasons(&plan(choices[0]))), (1, vec![]));

    // Nothing is like another picture, whoever asks.
    let unrelated = plan(Choice { goes: other, stays });
    assert_eq!(
        (unrelated.units(), reasons(&unrelated)),
        (&[][..], vec![Reason::NotAlike { path: large.clone() }])
    );

    // The person writes other pictures under these names, and the catalog knows it.
    fs::write(&small, picture(3)).expect("written");
    look_again(&library);
    let now = library.files_of(&[photo_at(&library, &small)]).expect("files");
    assert_eq!(now[0].file, goes.file, "it is the same file");
    let changed = plan(choices[0]);
    assert_eq!((changed.units(), reasons(&changed)), (&[][..], vec![Reason::Changed]));
    let trash = library.plan_trash(&[goes], &[goes.photo, now[0].photo].into()).expect("a plan");
    assert_eq!((trash.units(), reasons(&trash)), (&[][..], vec![Reason::Changed]));
    fs::write(&small, stored_again(1, 0.5)).expect("written");
    fs::write(&large, picture(4)).expect("written");
    look_again(&library);
    let changed = plan(choices[0]);
    assert_eq!(
        (changed.units(), reasons(&changed)),
        (&[][..], vec![Reason::SurvivorChanged { path: large.clone() }])
    );
    fs::remove_file(&large).expect("removed");
    look_again(&library);
    assert_eq!(reasons(&plan(choices[0])), [Reason::NothingStays]);
}

pub fn call(api: &Api, request: Value) -> Value {
    let request: Request = serde_json::from_value(request).expect("a request");
    api.call(request).expect("an answer")
}

fn an_older_state_on_the_wire() {
    let world = World::with_photos(2);
    let copy = world.write("copy.jpg", &photo(0));
    add_all(&world);
    let options = Options { library: Some(world.library()) };
    let group = {
        let api = Api::open(&options).expect("opened");
        let ask = json!({ "alike": "usual", "among": "everything", "between": [], "until": "copies" });
        call(&api, json!({ "command": "duplicateGroups", "ask": ask, "from": 0, "count": 9 }))[0].take()
    };
    let file = |member: &Value| json!({ "file": member["file"], "photo": member["photo"]["id"] });
    let (goes, stays) = (file(&group["members"][0]), file(&group["keeper"]));
    let path = group["members"][0]["path"].as_str().expect("a path").to_owned();
    fs::write(&path, photo(9)).expect("written");
    run(&world, &["scan", "--no-embed"]).run().ends_with(0);

    let before = snapshot(&world.photos());
    let api = Api::open(&options).expect("opened");
    let choices = json!([{ "goes": goes, "stays": stays }]);
    for command in ["planCleanup", "cleanUp"] {
        let answer =
            call(&api, json!({ "command": command, "choices": choices, "passOn": true, "kept": [] }));
        let told = if command == "cleanUp" { &answer["problems"] } else { &answer["refused"] };
        assert_eq!(
            (&answer["files"], &told[0]["reason"]),
            (&json!(0), &json!("it was changed since")),
            "{answer}"
        );
    }
    // A file that has no other copy by now is named, and goes only when that is confirmed.
    let left = if copy == Path::new(&path) { world.photos().join("0.jpg") } else { copy };
    let kept = file(&group["keeper"]);
    let plan = call(&api, json!({ "command": "planTrash", "photos": [], "files": [kept] }));
    assert_eq!((&plan["moved"], &plan["last"]), (&json!(1), &json!([kept["photo"]])), "{plan}");
    let report = call(&api, json!({ "command": "moveToTrash", "files": plan["files"], "confirmed": [] }));
    assert_eq!(report["problems"][0]["path"], json!(left), "{report}");
    assert_eq!(report["problems"][0]["reason"], "it is the last copy of its photo");
    assert_eq!(snapshot(&world.photos()), before);
}

fn a_movie_without_a_copy() {
    let world = World::new();
    world.write("a.jpg", &photo(1));
    world.write("backup/IMG_0023.jpg", &photo(1));
    world.write("backup/IMG_0023.MOV", b"a movie");
    for (folder, movie) in [("c", b"this movie"), ("d", b"that movie")] {
        world.write(format!("{folder}/2.jpg"), &photo(2));
        world.write(format!("{folder}/2.mov"), movie);
    }
    for folder in ["e", "f"] {
        world.write(format!("{folder}/3.jpg"), &photo(3));
        world.write(format!("{folder}/3.mov"), b"one movie");
    }
    add_all(&world);
    let done = run(&world, &["cleanup", "apply"]).run().ends_with(3).objects();
    assert_eq!(in_state(&world, &done, "trashed"), ["a.jpg", "f/3.jpg", "f/3.mov"], "{done:?}");
    assert_eq!(in_state(&world, &done, "skipped"), ["d/2.jpg", "d/2.mov"], "{done:?}");
    let reason = done.iter().find_map(|line| line["reason"].as_str()).expect("a reason");
    assert_eq!(reason, "2.mov belongs to it and has no other copy");

    // Its movie goes neither when another file was chosen to stay ...
    run(&world, &["cleanup", "undo"]).run().ends_with(0);
    let library = world.open(Counted::new());
    let found = groups(&library);
    let name = |member: &Member, name: &str| member.path.ends_with(name);
    let group = found.iter().find(|group| name(&group.keeper, "IMG_0023.jpg")).expect("a group");
    let [live, plain] =
        [&group.keeper, &group.members[0]].map(|member| SeenFile { file: member.file, photo: member.photo });
    let plan = library.plan_cleanup(&[Choice { goes: live, stays: plain }], PassOn::Nothing).expect("a plan");
    let alone = Reason::PartnerHasNoCopy { name: "IMG_0023.MOV".into() };
    assert_eq!((plan.units(), reasons(&plan)), (&[][..], vec![alone]));
    // ... nor when it is moved to the trash by itself, unless that very photo is confirmed.
    let plan = library.plan_trash(&[live], &[].into()).expect("a plan");
    assert_eq!((plan.units(), reasons(&plan)), (&[][..], vec![Reason::LastCopy]));
    let plan = library.plan_trash(&[live], &[live.photo].into()).expect("a plan");
    assert_eq!((plan.units()[0].companions.len(), plan.last_copies()), (1, [live.photo].into()));
}

fn edits_of_any_program() {
    let world = World::new();
    for (number, edits) in ["IMG.AAE", "IMG.jpg.pp3", "IMG.jpg.dop", "IMG.xmp"].iter().enumerate() {
        // The file without edits is known for longer.
        world.write(format!("a{number}.jpg"), &photo(number as u64));
        world.write(format!("b{number}/IMG.jpg"), &photo(number as u64));
        world.write(format!("b{number}/{edits}"), b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>");
    }
    add_all(&world);
    let done = run(&world, &["cleanup", "apply"]).run().ends_with(0).objects();
    assert_eq!(in_state(&world, &done, "trashed"), ["a0.jpg", "a1.jpg", "a2.jpg", "a3.jpg"], "{done:?}");
}

fn a_file_alone() {
    let world = World::with_photos(1);
    let copy = world.write("copy.jpg", &photo(0));
    add_all(&world);
    let trash = |photo: &Path, flags: &[&str]| run(&world, &["trash"]).arg(photo).args(flags).run();
    let done = trash(&copy, &[]).ends_with(0).objects();
    assert_eq!(in_state(&world, &done, "trashed"), ["copy.jpg"], "{done:?}");
    let last = world.photos().join("0.jpg");
    let refused = trash(&last, &[]).ends_with(3).objects();
    assert_eq!(refused[0]["reason"], "it is the last copy of its photo", "{refused:?}");
    assert_eq!(in_state(&world, &refused, "refused"), ["0.jpg"]);
    let done = trash(&last, &["--last-copies"]).ends_with(0).objects();
    assert_eq!(in_state(&world, &done, "trashed"), ["0.jpg"]);
    assert!(snapshot(&world.photos()).is_empty());
}

fn photos_of(group: &DuplicateGroup) -> Vec<PhotoId> {
    group.members.iter().chain([&group.keeper]).map(|member| member.photo).collect()
}

fn what_was_kept() {
    for verdict in [Verdict::KeepAll, Verdict::NotDuplicates] {
        let world = World::new();
        world.write("one.jpg", &picture(1));
        world.write("two.jpg", &stored_again(1, 0.5));
        let library = world.open(Counted::new());
        add(&library, &world.photos());
        let found = groups(&library);
        assert_eq!((found.len(), found[0].members[0].is_selected), (1, true));
        library.settle_groups(&[photos_of(&found[0])], verdict).expect("settled");
        assert_eq!(groups(&library), []);

        // A better one joins: it is shown, and what was kept stays.
        let best = world.write("best.jpg", &stored_again(1, 2.0));
        look_again(&library);
        let found = groups(&library);
        assert!(!found.is_empty() && found.iter().all(|group| group.keeper.path == best), "{found:?}");
        let members = || found.iter().flat_map(|group| &group.members);
        assert_eq!(members().count(), 2);
        assert!(members().all(|member| member.is_settled && !member.is_selected), "{found:?}");

        // A poorer one is shown with what stays, and nothing goes until the person says so.
        fs::remove_file(&best).expect("removed");
        world.write("poor.jpg", &stored_again(1, 0.25));
        look_again(&library);
        let found = groups(&library);
        let [poor] = &found[0].members[..] else { panic!("just the newcomer: {found:?}") };
        assert!(poor.path.ends_with("poor.jpg") && !poor.is_selected && !poor.is_settled);
        assert!(found[0].keeper.is_settled);
    }
}

fn one_more_file() {
    let world = World::with_photos(1);
    world.write("second.jpg", &photo(0));
    let library = world.open(Counted::new());
    add(&library, &world.photos());
    let found = groups(&library);
    library.settle_groups(&[photos_of(&found[0])], Verdict::KeepAll).expect("settled");
    assert_eq!(groups(&library), []);
    fs::rename(world.photos().join("second.jpg"), world.photos().join("moved.jpg")).expect("moved");
    look_again(&library);
    assert_eq!(groups(&library), [], "a file that moved is no other one");
    world.write("third.jpg", &photo(0));
    look_again(&library);
    let found = groups(&library);
    assert_eq!((found.len(), found[0].members.len(), found[0].reclaimable()), (1, 2, 0));
    let files = || found[0].members.iter().chain([&found[0].keeper]);
    let new: Vec<&Member> = files().filter(|member| !member.is_settled).collect();
    assert!(new.len() == 1 && new[0].path.ends_with("third.jpg"), "{found:?}");
    assert!(files().all(|member| !member.is_selected));
}

fn an_emptied_trash() {
    let world = World::with_photos(2);
    for seed in 0..2 {
        world.write(format!("copies/{seed}.jpg"), &photo(seed));
    }
    add_all(&world);
    let history = || run(&world, &["cleanup", "history"]).run().ends_with(0).objects();
    let trash = |name: &str| {
        let done = run(&world, &["trash"]).arg(world.photos().join(name)).run().ends_with(0).objects();
        assert_eq!(in_state(&world, &done, "trashed"), [name]);
    };
    trash("copies/0.jpg");
    trash("copies/1.jpg");
    let files = run(&world, &["cleanup", "history", "2"]).run().ends_with(0).object();
    fs::remove_file(files["to"].as_str().expect("a place")).expect("emptied");

    let undone = run(&world, &["cleanup", "undo"]).run().ends_with(3).object();
    assert_eq!(undone["reason"], "it is not in the trash any more");
    let rows = history();
    assert_eq!(
        (&rows[0]["in_trash"], &rows[0]["bytes"], &rows[0]["failed"]),
        (&json!(0), &json!(0), &json!(1))
    );
    assert_eq!(rows[1]["in_trash"], 1);
    let files = run(&world, &["cleanup", "history", "2"]).run().ends_with(0).object();
    assert_eq!(files["to"], Value::Null, "{files}");
    // The next one is the one of which something is left.
    let undone = run(&world, &["cleanup", "undo"]).run().ends_with(0).objects();
    assert_eq!(in_state(&world, &undone, "restored"), ["copies/0.jpg"]);
}

fn a_renamed_folder() {
    let world = World::with_photos(2);
    world.write("copies/0.jpg", &photo(0));
    world.write("copies/0.xmp", b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>");
    world.write("0.xmp", b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>");
    let before = snapshot(&world.photos());
    add_all(&world);
    run(&world, &["cleanup", "apply"]).run().ends_with(0);
    let elsewhere = world.beside("elsewhere");
    fs::rename(world.photos(), &elsewhere).expect("renamed");
    run(&world, &["folders", "relink"]).arg(world.photos()).arg(&elsewhere).run().ends_with(0);
    run(&world, &["cleanup", "undo"]).run().ends_with(0);
    fs::rename(&elsewhere, world.photos()).expect("renamed");
    assert_eq!(snapshot(&world.photos()), before);
}

fn nothing_done() {
    let world = World::with_photos(1);
    add_all(&world);
    run(&world, &["cleanup", "apply"]).run().ends_with(0);
    run(&world, &["trash"]).arg(world.photos().join("0.jpg")).run().ends_with(3);
    assert_eq!(run(&world, &["cleanup", "history"]).run().ends_with(0).objects(), [] as [Value; 0]);
}
