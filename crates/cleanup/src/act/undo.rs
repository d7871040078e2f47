//! Puts back what a clean-up moved, after any number of restarts: each file to its place, or beside what lies there now.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use likeness_domain::{CleanupId, JobContext, RelativePath, Stage, stem};
use likeness_store::{Error, FilePlace, JournalFile, JournalUnit, Store};

use crate::act::carry_out::go_through;
use crate::act::elsewhere::where_they_lie;
use crate::act::{Disk, Moment, Outcome, Reason, Report, Went};

/// Names that are tried beside an occupied place: `IMG_1 (2).jpg` and on.
const MOST_NAMES: u32 = 10_000;
/// Of the free ones, so many are considered.
const MOST_CHOICES: usize = 8;

/// Puts back what still lies in the trash of a clean-up, the last first. What cannot be put back stays in the trash and can
/// be asked for again. Tells its progress as [`Stage::Restore`], in files.
///
/// # Errors
/// When there is no such clean-up, or the journal cannot be read; then nothing was touched.
pub fn undo(
    context: &JobContext,
    store: &Store,
    disk: &mut impl Disk,
    cleanup: CleanupId,
) -> Result<Report, Error> {
    let mut units = where_they_lie(store, disk, store.cleanup_units(cleanup)?)?;
    units.retain(|unit| unit.files.iter().any(|file| file.in_trash().is_some()));
    let go = |unit: &JournalUnit| restore_unit(store, disk, unit);
    let report = go_through(context, Stage::Restore, cleanup, units.iter().rev(), left, go);
    if report.stopped.is_none() && is_step_over(&units, &store.cleanup_units(cleanup)?) {
        store.forget_cleanup_step(cleanup)?;
    }
    Ok(report)
}

/// As a step, a clean-up is taken back once something of it is, or nothing of it can be any more.
fn is_step_over(before: &[JournalUnit], now: &[JournalUnit]) -> bool {
    fn back<'u>(units: impl Iterator<Item = &'u JournalUnit>) -> usize {
        units.flat_map(|unit| &unit.files).filter(|file| file.is_back).count()
    }
    let had = now.iter().filter(|unit| before.iter().any(|other| other.id == unit.id));
    let is_left = |file: &JournalFile| file.in_trash().is_some() && !file.is_lost;
    back(had) > back(before.iter()) || !now.iter().flat_map(|unit| &unit.files).any(is_left)
}

fn left(unit: &JournalUnit) -> Outcome {
    let files: Vec<&JournalFile> = unit.files.iter().filter(|file| file.in_trash().is_some()).collect();
    Outcome {
        photo: unit.files.iter().find_map(|file| file.going.photo),
        paths: files.iter().map(|file| file.going.place.absolute()).collect(),
        size_bytes: files.iter().map(|file| file.going.stamp.size_bytes).sum(),
        went: Went::Left,
    }
}

fn restore_unit(store: &Store, disk: &mut impl Disk, unit: &JournalUnit) -> Result<Went, Error> {
    let (there, mut objection) = match look_into_trash(disk, unit) {
        Ok(looked) => looked,
        // Nothing is written down: the unit is as it was.
        Err(reason) => return Ok(Went::Not(reason)),
    };
    let lost: Vec<i64> = gone_from_trash(disk, unit);
    if !lost.is_empty() {
        store.note_lost(unit.id, &lost, &Reason::NotInTrash.to_string())?;
    }
    if there.is_empty() {
        return Ok(Went::Not(objection.unwrap_or(Reason::NotInTrash)));
    }
    let Some(names) = free_names(disk, unit) else {
        return Ok(Went::Not(Reason::NotPutBack("no name is free beside it".into())));
    };
    let places: Vec<(i64, RelativePath)> = unit
        .files
        .iter()
        .zip(names)
        .filter(|(file, _)| there.contains(&file.entry))
        .map(|(file, path)| (file.entry, path))
        .collect();
    store.intend_to_restore(unit.id, &places)?;
    disk.passes(Moment::Intended);
    let mut back = Vec::new();
    for (entry, path) in &places {
        let Some(file) = unit.files.iter().find(|file| file.entry == *entry) else { continue };
        let Some(at) = file.in_trash() else { continue };
        match disk.put_back(at, &path.below(&file.going.place.root)) {
            Ok(stamp) => back.push((*entry, stamp)),
            Err(reason) => objection = Some(reason),
        }
        disk.passes(Moment::PutBack);
    }
    let reason = objection.as_ref().map(Reason::to_string);
    store.conclude_restored(unit.id, &back, reason.as_deref())?;
    disk.passes(Moment::Concluded);
    Ok(objection.map_or(Went::Through, Went::Not))
}

/// The files of the unit that lie in the trash as they went, and what is wrong with another one, if so.
fn look_into_trash(disk: &mut impl Disk, unit: &JournalUnit) -> Result<(Vec<i64>, Option<Reason>), Reason> {
    let mut there = Vec::new();
    let mut objection = None;
    for file in &unit.files {
        let Some(at) = file.in_trash() else { continue };
        let place = above_what_is_there(disk, &file.going.place);
        disk.check_movable(&place)?;
        match disk.hash(at) {
            Ok((hash, _)) if hash == file.going.hash => there.push(file.entry),
            Ok(_) => objection = Some(Reason::OtherInTrash),
            Err(Reason::Gone) => objection = Some(Reason::NotInTrash),
            Err(reason) => objection = Some(reason),
        }
    }
    Ok((there, objection))
}

/// Entries of the unit that somebody took out of the trash. A trash that is not there may come back with all that is in it.
fn gone_from_trash(disk: &mut impl Disk, unit: &JournalUnit) -> Vec<i64> {
    let mut is_gone = |file: &&JournalFile| {
        file.in_trash().is_some_and(|at| {
            let is_absent = |error: std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
            let has_trash = at.parent().is_some_and(|trash| disk.is_folder(trash));
            has_trash && disk.stamp(at).is_err_and(is_absent)
        })
    };
    unit.files.iter().filter(|file| is_gone(file)).map(|file| file.entry).collect()
}

/// The place itself, or the highest folder of it that went: its folder may have been removed with the last file.
fn above_what_is_there(disk: &mut impl Disk, place: &FilePlace) -> FilePlace {
    let mut path = place.path.clone();
    while let Some(folder) = path.parent().filter(|folder| !folder.is_root()) {
        let is_there = disk.stamp(&folder.below(&place.root));
        if !is_there.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            break;
        }
        path = folder;
    }
    FilePlace { path, ..place.clone() }
}

/// Names for the files of a unit, below their source folders, free for those that lie in the trash: their own, or all with
/// the same number behind the name of the picture. What did not go, or came back before, keeps the name that it has, and
/// the others keep to it.
fn free_names(disk: &mut impl Disk, unit: &JournalUnit) -> Option<Vec<RelativePath>> {
    let picture = unit.files.first()?.going.place.path.name()?.to_vec();
    let stem = stem(&picture);
    let numbers = |number: u32| -> Option<Vec<RelativePath>> {
        unit.files.iter().map(|file| numbered(&file.going.place.path, stem, number)).collect()
    };
    let mut are_free = |names: &[RelativePath]| {
        unit.files.iter().zip(names).filter(|(file, _)| file.in_trash().is_some()).all(|(file, name)| {
            let there = disk.stamp(&name.below(&file.going.place.root));
            there.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
        })
    };
    let keeps_to_others = |names: &[RelativePath]| {
        unit.files.iter().zip(names).all(|(file, name)| {
            let has = file.back_at.as_ref().filter(|_| file.is_back).unwrap_or(&file.going.place.path);
            file.in_trash().is_some() || has == name
        })
    };
    let free: Vec<Vec<RelativePath>> =
        (1..MOST_NAMES).map_while(numbers).filter(|names| are_free(names)).take(MOST_CHOICES).collect();
    let kept = free.iter().find(|names| keeps_to_others(names)).or(free.first());
    kept.cloned()
}

/// `a/IMG_1.jpg.xmp` of the picture `IMG_1` with the number 2 is `a/IMG_1 (2).jpg.xmp`.
fn numbered(path: &RelativePath, stem: &[u8], number: u32) -> Option<RelativePath> {
    if number == 1 {
        return Some(path.clone());
    }
    let name = path.name()?;
    let own = if name.starts_with(stem) { stem } else { likeness_domain::stem(name) };
    let mut new = own.to_vec();
    new.extend(format!(" ({number})").into_bytes());
    new.extend(&name[own.len()..]);
    Some(path.parent()?.join(OsStr::from_bytes(&new)))
}
