//! Taking a clean-up back when its trash was emptied, its drive is away or mounted elsewhere; and what was recorded along with
//! a picture.

use std::path::{Path, PathBuf};

use likeness_domain::{CleanupId, JobContext};
use likeness_store::{CleanupKind, Decision};

use super::memory::Memory;
use super::world::{ROOT, World, at};
use crate::act::{PassOn, Plan, Reason, Report, Survivor, Went, carry_out, undo};

/// `a.jpg` and `b.jpg` of one content, each with a sidecar; `b.jpg` is in the trash.
fn cleaned_up() -> World {
    let mut world = World::new();
    for name in ["a", "b"] {
        world.write(&format!("{name}.jpg"), b"picture", None);
        world.write(&format!("{name}.xmp"), name.as_bytes(), None);
    }
    world.scan();
    let unit = world.unit("b.jpg", Some("a.jpg"));
    let plan = Plan::new(CleanupKind::Duplicates, vec![unit], &[], &[].into(), PassOn::Nothing);
    let report = carry_out(&JobContext::unattended(), &world.store, &mut world.disk, &plan).unwrap();
    assert_eq!(report.moved().0, 2);
    world
}

fn taken_back(world: &mut World) -> Report {
    undo(&JobContext::unattended(), &world.store, &mut world.disk, CleanupId(1)).unwrap()
}

fn in_trash(world: &World) -> (u64, Option<CleanupId>) {
    (world.store.cleanups().unwrap()[0].in_trash, world.store.last_cleanup().unwrap())
}

#[test]
fn a_clean_up_stays_the_last_step_until_something_came_back() {
    let mut world = cleaned_up();
    world.disk.away.push(ROOT.into());
    let report = taken_back(&mut world);
    assert!(matches!(report.outcomes[0].went, Went::Not(Reason::Away { .. })), "{report:?}");
    assert_eq!(world.store.undo_label().unwrap(), Some(Decision::CleanUp));
    world.disk.away.clear();
    assert_eq!(taken_back(&mut world).moved().0, 2);
    assert_eq!(world.store.undo_label().unwrap(), None);
    world.assert_journal_is_true();
}

#[test]
fn what_is_not_in_the_trash_any_more_is_written_down_and_may_be_found_again() {
    let mut world = cleaned_up();
    let (picture, node) = world.disk.trash.pop_first().unwrap();
    let report = taken_back(&mut world);
    assert_eq!(report.outcomes[0].went, Went::Not(Reason::NotInTrash));
    assert_eq!(
        (in_trash(&world), world.store.undo_label().unwrap()),
        ((0, None), None),
        "the sidecar came back"
    );
    world.assert_journal_is_true();
    world.disk.trash.insert(picture, node);
    assert_eq!(taken_back(&mut world).outcomes[0].went, Went::Through);
    assert!(world.disk.files.contains_key(&at("b.jpg")));
    world.assert_journal_is_true();
}

#[test]
fn a_clean_up_of_which_nothing_is_left_is_no_step_any_more() {
    let mut world = cleaned_up();
    world.disk.trash.clear();
    assert_eq!(taken_back(&mut world).outcomes[0].went, Went::Not(Reason::NotInTrash));
    assert_eq!((in_trash(&world), world.store.undo_label().unwrap()), ((0, None), None));
    world.assert_journal_is_true();
}

/// Everything below `from` lies below `to`.
fn mount(world: &mut World, from: &str, to: &str) {
    let moved =
        |path: &Path| path.strip_prefix(from).map_or(path.to_path_buf(), |rest| Path::new(to).join(rest));
    let Memory { files, trash, .. } = &mut world.disk;
    for nodes in [files, trash] {
        *nodes = std::mem::take(nodes).into_iter().map(|(path, node)| (moved(&path), node)).collect();
    }
}

#[test]
fn files_come_back_to_where_their_folder_lies_now() {
    let mut world = cleaned_up();
    mount(&mut world, ROOT, "/elsewhere");
    world.disk.away.push(ROOT.into());
    world.store.relink_folder(world.folder, Path::new("/elsewhere"), None).unwrap();
    assert_eq!(taken_back(&mut world).moved().0, 2);
    let names: Vec<PathBuf> = world.disk.files.keys().cloned().collect();
    assert_eq!(names, ["a.jpg", "a.xmp", "b.jpg", "b.xmp"].map(|name| Path::new("/elsewhere").join(name)));
    let shown = world.store.photo_at(Path::new("/elsewhere/b.jpg")).unwrap();
    assert!(shown.is_some(), "and are in view again without a scan");
}

#[test]
fn a_recording_goes_only_where_the_same_one_stays() {
    for (twin, expected) in
        [(&b"movie"[..], None), (b"other", Some(Reason::PartnerHasNoCopy { name: "b.xmp".into() }))]
    {
        let mut world = World::new();
        for name in ["a.jpg", "b.jpg"] {
            world.write(name, b"picture", None);
        }
        world.write("a.xmp", twin, None);
        world.write("b.xmp", b"movie", None);
        world.scan();
        let mut unit = world.unit("b.jpg", Some("a.jpg"));
        let Survivor::File { place, .. } = &unit.pictures[0].survivor else { panic!("a file stays") };
        let mut twin = place.clone();
        twin.path = super::world::relative("a.xmp");
        unit.companions[0].twin = Some(twin);
        let plan = Plan::new(CleanupKind::Duplicates, vec![unit], &[], &[].into(), PassOn::Nothing);
        let report = carry_out(&JobContext::unattended(), &world.store, &mut world.disk, &plan).unwrap();
        assert_eq!(report.outcomes[0].went, expected.clone().map_or(Went::Through, Went::Not));
        assert_eq!(world.disk.files.len(), if expected.is_some() { 4 } else { 2 });
    }
}
