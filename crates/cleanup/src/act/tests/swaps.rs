//! What was planned is not what is there any more: skipped, with the reason, and the rest goes on.

use likeness_domain::{
    CleanupId, ColorLabel, Flag, JobContext, JobControl, PhotoId, Progress, Rating, Stage,
};
use likeness_store::{CleanupKind, Decision, Error, UnitState};

use super::memory::Node;
use super::world::{World, at, relative};
use crate::act::{PassOn, Plan, Reason, Report, Stopped, Went, carry_out, settle, undo};

/// Five pairs `n/a.jpg` and `n/b.jpg` of the same content, with sidecars beside the second ones.
fn pairs() -> World {
    let mut world = World::new();
    for pair in 0..5 {
        for name in ["a", "b"] {
            world.write(&format!("{pair}/{name}.jpg"), format!("picture {pair}").as_bytes(), None);
        }
        world.write(&format!("{pair}/b.xmp"), format!("edits {pair}").as_bytes(), None);
    }
    world.scan();
    world
}

/// Lets every `n/b.jpg` go for `n/a.jpg`.
fn plan(world: &World) -> Plan {
    let pair = |pair: i32| world.unit(&format!("{pair}/b.jpg"), Some(&format!("{pair}/a.jpg")));
    let protected = world.store.protected_folders().unwrap();
    let units = (0..5).map(pair).collect();
    Plan::new(CleanupKind::Duplicates, units, &protected, &[].into(), PassOn::Decisions)
}

fn carried_out(world: &mut World, plan: &Plan) -> Report {
    carry_out(&JobContext::unattended(), &world.store, &mut world.disk, plan).unwrap()
}

fn reasons(report: &Report) -> Vec<Option<Reason>> {
    let reason = |went: &Went| match went {
        Went::Through => None,
        Went::Not(reason) => Some(reason.clone()),
        Went::Left => panic!("nobody cancels"),
    };
    report.outcomes.iter().map(|outcome| reason(&outcome.went)).collect()
}

fn change(world: &mut World, name: &str, change: impl FnOnce(&mut Node)) {
    let node = world.disk.files.get_mut(&at(name)).unwrap();
    change(node);
    node.modified_ns += 1;
}

#[test]
fn victims_that_changed_stay() {
    let mut world = pairs();
    let plan = plan(&world);
    change(&mut world, "0/b.jpg", |node| node.bytes = b"edited since".to_vec());
    world.disk.files.remove(&at("1/b.jpg"));
    change(&mut world, "2/b.jpg", |node| node.is_readable = false);
    change(&mut world, "3/b.xmp", |node| node.bytes = b"new edits".to_vec());
    let report = carried_out(&mut world, &plan);
    let cut_off = Reason::Unreadable("it is cut off".into());
    let expected = [Some(Reason::Changed), Some(Reason::Gone), Some(cut_off), Some(Reason::Changed), None];
    assert_eq!(reasons(&report), expected);
    assert_eq!(report.moved(), (2, 16), "the picture and its sidecar");
    let left = ["0/b.jpg", "0/b.xmp", "1/b.xmp", "2/b.jpg", "2/b.xmp", "3/b.jpg", "3/b.xmp"];
    assert!(left.iter().all(|name| world.disk.files.contains_key(&at(name))));
    world.assert_journal_is_true();
    let row = &world.store.cleanups().unwrap()[0];
    assert_eq!((row.in_trash, row.failed), (2, 4));
}

#[test]
fn a_cancelled_batch_ends_after_the_file_at_hand_and_names_what_is_left() {
    let mut world = pairs();
    let plan = plan(&world);
    // The person cancels when so many files are done: what is at hand then is brought to its end.
    let cancelled_at = |done: u64, expected: Stage| {
        let control = JobControl::new();
        let cancels = control.clone();
        JobContext::new(control, move |progress: Progress| {
            assert_eq!(progress.stage, expected);
            if progress.done == done {
                cancels.cancel();
            }
        })
    };
    let cancelled = cancelled_at(4, Stage::Trash);
    let report = carry_out(&cancelled, &world.store, &mut world.disk, &plan).unwrap();
    assert!(matches!(report.stopped, Some(Stopped::Cancelled)));
    assert_eq!((report.moved().0, report.left()), (6, 4));
    assert_eq!(report.outcomes[3].paths, [at("3/b.jpg"), at("3/b.xmp")]);
    assert!(world.disk.files.contains_key(&at("3/b.jpg")) && !world.disk.files.contains_key(&at("2/b.jpg")));
    world.assert_journal_is_true();

    // Putting back is cancelled, too, and goes on where it ended.
    let cancelled = cancelled_at(2, Stage::Restore);
    let back = undo(&cancelled, &world.store, &mut world.disk, report.cleanup).unwrap();
    assert_eq!((back.moved().0, back.left()), (4, 2));
    world.assert_journal_is_true();
    let rest = undo(&JobContext::unattended(), &world.store, &mut world.disk, report.cleanup).unwrap();
    assert_eq!((rest.moved().0, rest.left(), rest.stopped.is_none()), (2, 0, true));
    assert_eq!(world.disk.files.len(), 15);
    world.assert_journal_is_true();
}

#[test]
fn what_stays_must_be_there_whole_and_another_file() {
    let mut world = pairs();
    let plan = plan(&world);
    world.disk.files.remove(&at("0/a.jpg"));
    change(&mut world, "1/a.jpg", |node| node.bytes = b"overwritten".to_vec());
    change(&mut world, "2/a.jpg", |node| node.is_readable = false);
    let inode = world.disk.files[&at("3/b.jpg")].inode;
    change(&mut world, "3/a.jpg", |node| node.inode = inode);
    let report = carried_out(&mut world, &plan);
    let path = |pair: i32| at(&format!("{pair}/a.jpg"));
    let why = Reason::Unreadable("it is cut off".into()).to_string();
    let expected = [
        Some(Reason::SurvivorGone { path: path(0) }),
        Some(Reason::SurvivorChanged { path: path(1) }),
        Some(Reason::SurvivorUnreadable { path: path(2), why }),
        Some(Reason::SameFile { path: path(3) }),
        None,
    ];
    assert_eq!(reasons(&report), expected);
    assert_eq!(world.disk.trash.len(), 2);
    world.assert_journal_is_true();
}

#[test]
fn two_that_swapped_their_names_stay() {
    let mut world = pairs();
    world.write("x.jpg", b"another", None);
    world.scan();
    let plan = plan(&world);
    let (one, other) = (world.disk.files[&at("0/b.jpg")].clone(), world.disk.files[&at("x.jpg")].clone());
    world.disk.files.insert(at("0/b.jpg"), other);
    world.disk.files.insert(at("x.jpg"), one);
    assert_eq!(reasons(&carried_out(&mut world, &plan))[0], Some(Reason::Changed));
}

#[test]
fn a_sidecar_that_came_since_holds_its_picture() {
    let mut world = pairs();
    world.disk.files.remove(&at("0/b.xmp"));
    world.scan();
    let plan = plan(&world);
    assert_eq!(plan.units()[0].companions, []);
    world.write("0/b.xmp", b"edits", None);
    let report = carried_out(&mut world, &plan);
    assert_eq!(reasons(&report)[0], Some(Reason::Beside { name: "b.xmp".into() }));
}

#[test]
fn a_folder_that_is_protected_or_away_by_now_is_left_alone() {
    let mut world = pairs();
    let plan = plan(&world);
    world.store.protect(world.folder, &relative("1")).unwrap();
    assert_eq!(reasons(&carried_out(&mut world, &plan))[1], Some(Reason::Protected));
    world.disk.away.push("/photos".into());
    let report = carried_out(&mut world, &plan);
    assert!(
        reasons(&report)
            .iter()
            .flatten()
            .all(|reason| { matches!(reason, Reason::Protected | Reason::Away { .. }) })
    );
    assert_eq!(world.disk.trash.len(), 8);
    let undone = undo(&JobContext::unattended(), &world.store, &mut world.disk, CleanupId(1)).unwrap();
    assert!(reasons(&undone).iter().all(|reason| matches!(reason, Some(Reason::Away { .. }))));
    world.disk.away.clear();
    let undone = undo(&JobContext::unattended(), &world.store, &mut world.disk, CleanupId(1)).unwrap();
    assert_eq!(undone.moved().0, 8);
    assert!(world.disk.trash.is_empty());
}

#[test]
fn what_lies_in_its_place_now_is_never_overwritten() {
    let mut world = pairs();
    let plan = plan(&world);
    carried_out(&mut world, &plan);
    world.write("0/b.jpg", b"somebody else", None);
    world.write("1/b.xmp", b"other edits", None);
    let gone = world.disk.trash.iter().find(|(_, node)| node.bytes == b"picture 2").unwrap().0.clone();
    world.disk.trash.remove(&gone);
    let other = world.disk.trash.iter().find(|(_, node)| node.bytes == b"picture 3").unwrap().0.clone();
    world.disk.trash.get_mut(&other).unwrap().bytes = b"something else".to_vec();
    let report = undo(&JobContext::unattended(), &world.store, &mut world.disk, CleanupId(1)).unwrap();
    let expected = [None, Some(Reason::OtherInTrash), Some(Reason::NotInTrash), None, None];
    assert_eq!(reasons(&report), expected);
    let bytes = |name: &str| world.disk.files.get(&at(name)).map(|node| node.bytes.clone());
    assert_eq!(bytes("0/b.jpg").unwrap(), b"somebody else");
    assert_eq!(bytes("0/b (2).jpg").unwrap(), b"picture 0");
    assert_eq!(bytes("0/b (2).xmp").unwrap(), b"edits 0", "sidecars keep beside their picture");
    assert_eq!(bytes("1/b.xmp").unwrap(), b"other edits");
    assert_eq!(bytes("1/b (2).jpg").unwrap(), b"picture 1");
    assert_eq!(bytes("2/b.xmp").unwrap(), b"edits 2", "what is left comes back alone");
    assert_eq!(bytes("4/b.jpg").unwrap(), b"picture 4");
}

#[test]
fn decisions_pass_to_what_stays_and_back() {
    let mut world = World::new();
    world.write("keeper.jpg", b"keeper", None);
    world.write("edit.jpg", b"edit", None);
    world.scan();
    let (keeper, edit) = (world.photo("keeper.jpg"), world.photo("edit.jpg"));
    let store = world.store.clone();
    let row = |photo: PhotoId| store.photos(&[photo]).unwrap()[0].decisions;
    let tag = "Sea".parse().unwrap();
    store.rate(&[edit], Rating::new(4).unwrap()).unwrap();
    store.rate(&[keeper], Rating::new(2).unwrap()).unwrap();
    store.flag(&[edit], Flag::Pick).unwrap();
    store.label(&[keeper], ColorLabel::Red).unwrap();
    store.label(&[edit], ColorLabel::Blue).unwrap();
    store.add_tags(&[edit], std::slice::from_ref(&tag)).unwrap();
    let album = store.create_album(&"Best".parse().unwrap(), None, &[edit]).unwrap();
    let before = row(keeper);

    let passing = store.passing(keeper, &[edit]).unwrap();
    assert_eq!(passing.rating.map(Rating::stars), Some(4));
    assert_eq!((passing.flag, passing.label), (Some(Flag::Pick), None));
    assert_eq!((&*passing.tags, &*passing.albums), (&["Sea".into()][..], &["Best".into()][..]));

    let units = vec![world.unit("edit.jpg", Some("keeper.jpg"))];
    let plan = Plan::new(CleanupKind::Duplicates, units, &[], &[].into(), PassOn::Decisions);
    carried_out(&mut world, &plan);
    assert!(store.passing(keeper, &[edit]).unwrap().is_empty());
    let now = row(keeper);
    assert_eq!((now.rating.stars(), now.flag, now.label), (4, Flag::Pick, ColorLabel::Red));
    assert_eq!(store.photo_at(&at("edit.jpg")).unwrap(), None, "it left the views at once");
    assert!(store.albums_of(&[keeper]).unwrap().iter().any(|found| found.album == album));

    assert_eq!(store.undo_label().unwrap(), Some(Decision::CleanUp));
    assert!(matches!(store.undo(), Err(Error::MovedFiles(_))), "the catalog alone cannot take it back");
    store.add_tags(&[keeper], &["Since".parse().unwrap()]).unwrap();
    undo(&JobContext::unattended(), &store, &mut world.disk, CleanupId(1)).unwrap();
    assert_eq!(row(keeper), before);
    assert_eq!(store.albums_of(&[keeper]).unwrap(), []);
    let tags: Vec<String> =
        store.tags_of(&[keeper]).unwrap().iter().map(|(tag, _)| tag.to_string()).collect();
    assert_eq!(tags, ["Since"], "what was decided since stays");
    assert_eq!(store.photo_at(&at("edit.jpg")).unwrap(), Some(edit), "and is in view again");
    assert_eq!(store.undo_label().unwrap(), Some(Decision::AddTag), "the clean-up is no step any more");
}

#[test]
fn an_open_entry_waits_for_its_drive() {
    let mut world = pairs();
    let plan = plan(&world);
    let going = {
        let unit = &plan.units()[0];
        let node = &world.disk.files[&at("0/b.jpg")];
        likeness_store::GoingFile {
            file: unit.chosen().file,
            photo: Some(unit.chosen().photo),
            place: unit.chosen().place.clone(),
            hash: unit.chosen().hash,
            stamp: super::memory::Memory::stamp_of(node),
        }
    };
    let cleanup = world.store.begin_cleanup(CleanupKind::Duplicates).unwrap();
    world.store.intend_to_trash(cleanup, None, &[going]).unwrap();
    world.disk.away.push("/photos".into());
    assert_eq!(settle(&world.store, &mut world.disk).unwrap().waiting, 1);
    world.disk.away.clear();
    assert_eq!(settle(&world.store, &mut world.disk).unwrap().put_back, 1);
    let units = world.store.cleanup_units(cleanup).unwrap();
    assert_eq!(units[0].state, UnitState::Failed);
}
