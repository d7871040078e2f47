//! Random groups and selections with failures and ends at every step. Never a photo without a readable copy, never a
//! journal that lies, and undoing restores everything.

use std::collections::BTreeMap;
use std::path::PathBuf;

use likeness_domain::{CleanupId, JobContext, PhotoId, Rating};
use likeness_store::CleanupKind;

use super::memory::{Faults, Node, When, until_killed};
use super::world::{Random, World, at};
use crate::act::{PassOn, Plan, carry_out, settle, undo};

/// Groups that are attacked in every run of the tests; `LIKENESS_ATTACKS` names more.
const GROUPS: u64 = 600;
const GROUPS_AT_ONCE: u64 = 12;

#[test]
fn no_failure_and_no_end_in_the_middle_loses_a_photo() {
    let groups = std::env::var("LIKENESS_ATTACKS").map_or(GROUPS, |count| count.parse().unwrap());
    let mut seen = Seen::default();
    for round in 0..groups.div_ceil(GROUPS_AT_ONCE) {
        attack(round, &mut seen);
    }
    println!("{seen:?}");
    assert!(seen.killed > 0 && seen.failed > 0 && seen.trashed > 0 && seen.restored > 0, "{seen:?}");
}

/// Ends before and after every single call of the disk, on the way there and on the way back.
#[test]
fn an_end_at_every_step_is_settled() {
    let mut ends = 0;
    for when in [When::Before, When::After] {
        for call in 1.. {
            let kill = Faults { kill: Some((call, when)), ..Faults::default() };
            let (there, back) = end_at(&kill);
            ends += u64::from(there) + u64::from(back);
            if !there && !back {
                break;
            }
        }
    }
    assert!(ends > 60, "{ends}");
}

/// Whether the process ended on the way there, and on the way back.
fn end_at(kill: &Faults) -> (bool, bool) {
    let job = JobContext::unattended();
    let (mut world, plan, stays) = begin(&mut Random(5), 6);
    let (photos, contents, decided) = (world.disk.files.clone(), world.contents(), decisions(&world));
    let mut ended = [false; 2];
    world.disk.faults = kill.clone();
    ended[0] = until_killed(|| carry_out(&job, &world.store, &mut world.disk, &plan).unwrap()).is_none();
    for way in [0, 1] {
        assert_nothing_is_lost(&world, &contents, &stays);
        world.disk.faults = Faults::default();
        settle(&world.store, &mut world.disk).unwrap();
        assert_nothing_is_lost(&world, &contents, &stays);
        world.assert_journal_is_true();
        if way == 0 {
            world.disk.faults = kill.clone();
            let cleanup = CleanupId(1);
            let undone = until_killed(|| undo(&job, &world.store, &mut world.disk, cleanup).unwrap());
            ended[1] = undone.is_none();
        }
    }
    undo(&job, &world.store, &mut world.disk, CleanupId(1)).unwrap();
    world.assert_journal_is_true();
    assert_eq!((&world.disk.files, decisions(&world)), (&photos, decided));
    (ended[0], ended[1])
}

#[derive(Debug, Default)]
struct Seen {
    killed: u64,
    failed: u64,
    trashed: u64,
    restored: u64,
}

/// Of each photo that a plan lets go, the one that stays.
type Stays = BTreeMap<PathBuf, PathBuf>;

fn attack(round: u64, seen: &mut Seen) {
    let mut random = Random(round);
    let (mut world, plan, stays) = begin(&mut random, GROUPS_AT_ONCE);
    let photos: BTreeMap<PathBuf, Node> = world.disk.files.clone();
    let decided = decisions(&world);
    for name in stays.keys() {
        assert!(world.disk.files.contains_key(name));
    }
    let contents = world.contents();

    world.disk.faults = faults(&mut random, 40 * plan.units().len() as u64);
    let done =
        until_killed(|| carry_out(&JobContext::unattended(), &world.store, &mut world.disk, &plan).unwrap());
    match &done {
        Some(report) => seen.failed += (report.outcomes.len() - going(&world)) as u64,
        None => seen.killed += 1,
    }
    assert_nothing_is_lost(&world, &contents, &stays);
    settle_after(&mut world, &mut random, seen);
    assert_nothing_is_lost(&world, &contents, &stays);
    world.assert_journal_is_true();
    seen.trashed += going(&world) as u64;

    // Undoing fails and ends in the middle as well, and is asked for again.
    let cleanup = CleanupId(1);
    world.disk.faults = faults(&mut random, 12 * plan.units().len() as u64);
    let undone =
        until_killed(|| undo(&JobContext::unattended(), &world.store, &mut world.disk, cleanup).unwrap());
    seen.killed += u64::from(undone.is_none());
    assert_nothing_is_lost(&world, &contents, &stays);
    settle_after(&mut world, &mut random, seen);
    world.assert_journal_is_true();
    world.disk.faults = Faults::default();
    let report = undo(&JobContext::unattended(), &world.store, &mut world.disk, cleanup).unwrap();
    seen.restored += report.outcomes.len() as u64;
    world.assert_journal_is_true();
    assert_eq!(world.disk.files, photos, "undoing restores names, bytes and times");
    assert_eq!(decisions(&world), decided, "undoing restores decisions");
    world.scan();
}

/// A disk with groups, of which some are one file under two names, and a plan that lets some of each go.
fn begin(random: &mut Random, groups: u64) -> (World, Plan, Stays) {
    let mut world = World::new();
    let (mut chosen, mut stays) = (Vec::new(), Stays::new());
    for group in 0..groups {
        let keeper = format!("{}/{group}-0.jpg", group % 3);
        let content = random.below(2) == 0;
        world.write(&keeper, format!("{group}").as_bytes(), None);
        for member in 1..2 + random.below(4) {
            let name = format!("{}/{group}-{member}.jpg", (group + member) % 3);
            let twin = (random.below(8) == 0).then_some(keeper.as_str());
            // Of one content, or another picture.
            let bytes = match content || twin.is_some() {
                true => format!("{group}"),
                false => format!("{group} {member}"),
            };
            world.write(&name, bytes.as_bytes(), twin);
            if random.below(3) == 0 {
                world.write(&name.replace(".jpg", ".xmp"), format!("edits of {name}").as_bytes(), None);
            }
            if random.below(4) > 0 {
                chosen.push((name.clone(), keeper.clone()));
                stays.insert(at(&name), at(&keeper));
            }
        }
    }
    world.scan();
    let everyone: Vec<PhotoId> = chosen.iter().map(|(name, _)| world.photo(name)).collect();
    for photo in &everyone {
        let stars = Rating::new(random.below(6) as u8).unwrap();
        world.store.rate(&[*photo], stars).unwrap();
    }
    let units = chosen.iter().map(|(name, keeper)| world.unit(name, Some(keeper))).collect();
    let plan = Plan::new(CleanupKind::Duplicates, units, &[], &[].into(), PassOn::Decisions);
    (world, plan, stays)
}

fn faults(random: &mut Random, calls: u64) -> Faults {
    let fail = (0..random.below(6)).map(|_| 1 + random.below(calls)).collect();
    let when = if random.below(2) == 0 { When::Before } else { When::After };
    let kill = (random.below(3) > 0).then(|| (1 + random.below(calls), when));
    Faults { calls: 0, fail, kill }
}

/// Begins again after a process ended, and sometimes ends in the middle of that.
fn settle_after(world: &mut World, random: &mut Random, seen: &mut Seen) {
    world.disk.faults = faults(random, 6);
    let settled = until_killed(|| settle(&world.store, &mut world.disk).unwrap());
    seen.killed += u64::from(settled.is_none());
    world.disk.faults = Faults::default();
    settle(&world.store, &mut world.disk).unwrap();
}

fn going(world: &World) -> usize {
    let units = world.store.cleanup_units(CleanupId(1)).unwrap();
    units.iter().filter(|unit| unit.files[0].in_trash().is_some()).count()
}

fn decisions(world: &World) -> Vec<(PhotoId, u8)> {
    let photos: Vec<PhotoId> = (1..=world.store.counts().unwrap().photos as i64 + 200).map(PhotoId).collect();
    let rows = world.store.photos(&photos).unwrap();
    rows.iter().map(|row| (row.id, row.decisions.rating.stars())).collect()
}

/// Every content is still somewhere, and of each photo that is not in its place the one that stays is, under an inode of
/// its own.
fn assert_nothing_is_lost(world: &World, contents: &BTreeMap<Vec<u8>, usize>, stays: &Stays) {
    assert_eq!(world.contents(), *contents);
    for (victim, keeper) in stays {
        let kept = world.disk.files.get(keeper);
        let kept = kept.unwrap_or_else(|| panic!("{} stays", keeper.display()));
        if !world.disk.files.contains_key(victim) {
            let gone = world.disk.trash.values().any(|node| node.inode == kept.inode);
            assert!(kept.is_readable && !gone, "{} has a copy", victim.display());
        }
    }
}
