//! Carries a plan out, unit by unit: one that fails is put back and reported, and the next one begins.

use std::path::{Path, PathBuf};

use likeness_domain::{CleanupId, ContentHash, FileStamp, JobContext, PhotoId, Stage};
use likeness_store::{Error, FilePlace, GoingFile, JournalUnit, Store};

use crate::act::disk::{is_moved, may_be_one_file};
use crate::act::plan::{Freed, is_protected};
use crate::act::{Companion, Disk, Moment, PassOn, Plan, Reason, Seen, Survivor, Unit, Victim};

/// What became of one picture and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The photo that was chosen.
    pub photo: Option<PhotoId>,
    /// The file that was chosen, and those that belong to it.
    pub paths: Vec<PathBuf>,
    /// Bytes that are free by its going, or that come back.
    pub size_bytes: u64,
    /// How it ended.
    pub went: Went,
}

/// How something ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Went {
    /// To the trash; or back, when that was asked.
    Through,
    /// Not at all, or not as a whole.
    Not(Reason),
    /// It was not come to: the batch ended before.
    Left,
}

/// What became of everything that was asked.
#[derive(Debug)]
pub struct Report {
    /// Where it stands in the history.
    pub cleanup: CleanupId,
    /// Of everything, in the order in which it was gone through.
    pub outcomes: Vec<Outcome>,
    /// Why the rest was left, if so.
    pub stopped: Option<Stopped>,
}

/// Why a batch ended early. What was done before holds.
#[derive(Debug)]
pub enum Stopped {
    /// The person wanted it.
    Cancelled,
    /// Nothing moves while the journal cannot be written.
    NoJournal(Error),
}

impl Report {
    /// Files that went through, and their bytes.
    pub fn moved(&self) -> (usize, u64) {
        let through = self.outcomes.iter().filter(|outcome| outcome.went == Went::Through);
        through
            .fold((0, 0), |(files, bytes), outcome| (files + outcome.paths.len(), bytes + outcome.size_bytes))
    }

    /// Files that were left.
    pub fn left(&self) -> usize {
        let left = self.outcomes.iter().filter(|outcome| outcome.went == Went::Left);
        left.map(|outcome| outcome.paths.len()).sum()
    }
}

/// Goes through `batch`, one after the other, and tells by files how far it is. What is left when the person ends it, or when the
/// journal cannot be written, is in the report all the same.
pub(crate) fn go_through<'u, T: 'u>(
    context: &JobContext,
    stage: Stage,
    cleanup: CleanupId,
    batch: impl Iterator<Item = &'u T> + Clone,
    left: impl Fn(&T) -> Outcome,
    mut go: impl FnMut(&T) -> Result<Went, Error>,
) -> Report {
    let mut report = Report { cleanup, outcomes: batch.clone().map(left).collect(), stopped: None };
    let total = report.left() as u64;
    let mut done = 0;
    for (unit, outcome) in batch.zip(&mut report.outcomes) {
        if context.check().is_err() {
            report.stopped = Some(Stopped::Cancelled);
            break;
        }
        context.progress(stage, done, total);
        match go(unit) {
            Ok(went) => outcome.went = went,
            Err(error) => {
                report.stopped = Some(Stopped::NoJournal(error));
                break;
            }
        }
        done += outcome.paths.len() as u64;
    }
    report
}

/// What a unit was found to be just before it goes.
struct Checked {
    going: Vec<GoingFile>,
    survivors: Vec<(PathBuf, FileStamp)>,
}

/// Moves what the plan names to the trash. Tells its progress as [`Stage::Trash`], in files.
///
/// # Errors
/// When not even the beginning can be journalled; then nothing was touched.
pub fn carry_out(
    context: &JobContext,
    store: &Store,
    disk: &mut impl Disk,
    plan: &Plan,
) -> Result<Report, Error> {
    let cleanup = store.begin_cleanup(plan.kind())?;
    let go = |unit: &Unit| move_unit(store, disk, plan, cleanup, unit);
    let mut report = go_through(context, Stage::Trash, cleanup, plan.units().iter(), left, go);
    let mut freed = Freed::default();
    for (unit, outcome) in plan.units().iter().zip(&mut report.outcomes) {
        if outcome.went == Went::Through {
            outcome.size_bytes = freed.by(unit);
        }
    }
    if report.stopped.is_none() {
        report.stopped = store.keep_after_cleanup(cleanup, plan.kept()).err().map(Stopped::NoJournal);
    }
    Ok(report)
}

fn left(unit: &Unit) -> Outcome {
    let pictures = unit.pictures.iter().map(|victim| victim.place.absolute());
    let beside = unit.companions.iter().map(|companion| companion.place.absolute());
    Outcome {
        photo: Some(unit.chosen().photo),
        paths: pictures.chain(beside).collect(),
        size_bytes: 0,
        went: Went::Left,
    }
}

/// # Errors
/// When the journal cannot be written. What was moved before it failed is settled when the library is opened next.
fn move_unit(
    store: &Store,
    disk: &mut impl Disk,
    plan: &Plan,
    cleanup: CleanupId,
    unit: &Unit,
) -> Result<Went, Error> {
    let heir = unit.keeper.filter(|_| plan.pass_on() == PassOn::Decisions);
    let checked = match check(store, disk, unit)? {
        Ok(checked) => checked,
        Err(reason) => {
            store.note_skipped(cleanup, heir, &as_planned(unit), &reason.to_string())?;
            return Ok(Went::Not(reason));
        }
    };
    disk.passes(Moment::Checked);
    let journalled = store.intend_to_trash(cleanup, heir, &checked.going)?;
    disk.passes(Moment::Intended);
    let (trashed, failed) = move_files(disk, &checked);
    let Some(reason) = failed else {
        disk.passes(Moment::AllMovedToTrash);
        store.conclude_trashed(&journalled, &trashed)?;
        disk.passes(Moment::Concluded);
        return Ok(Went::Through);
    };
    let left = put_all_back(disk, &journalled, &trashed);
    store.conclude_failed(&journalled, &reason.to_string(), &left)?;
    disk.passes(Moment::Concluded);
    Ok(Went::Not(reason))
}

/// Looks at everything that the unit rests on, on the disk as it is now.
fn check(store: &Store, disk: &mut impl Disk, unit: &Unit) -> Result<Result<Checked, Reason>, Error> {
    let protected = store.protected_folders()?;
    if unit.pictures.iter().any(|victim| is_protected(victim, &protected)) {
        return Ok(Err(Reason::Protected));
    }
    Ok(check_on_disk(disk, unit))
}

fn check_on_disk(disk: &mut impl Disk, unit: &Unit) -> Result<Checked, Reason> {
    let mut going = Vec::new();
    for victim in &unit.pictures {
        going.push(check_victim(disk, victim)?);
    }
    for companion in &unit.companions {
        going.push(check_companion(disk, companion)?);
    }
    check_beside(disk, unit)?;
    let mut survivors = Vec::new();
    for companion in &unit.companions {
        if let Some(twin) = &companion.twin {
            survivors.push(check_twin(disk, companion, twin, &going)?);
        }
    }
    for victim in &unit.pictures {
        if let Survivor::File { place, hash, .. } = &victim.survivor {
            let path = place.absolute();
            disk.check_present(place)?;
            let stamp = check_survivor(disk, &path, hash, victim)?;
            if going.iter().any(|file| may_be_one_file(&file.stamp, &stamp)) {
                return Err(Reason::SameFile { path });
            }
            survivors.push((path, stamp));
        }
    }
    Ok(Checked { going, survivors })
}

fn check_victim(disk: &mut impl Disk, victim: &Victim) -> Result<GoingFile, Reason> {
    let Victim { file, photo, place, hash, .. } = victim;
    disk.check_movable(place)?;
    let seen = disk.decode(&place.absolute())?;
    if seen.hash != *hash {
        return Err(Reason::Changed);
    }
    Ok(GoingFile {
        file: *file,
        photo: Some(*photo),
        place: place.clone(),
        hash: seen.hash,
        stamp: seen.stamp,
    })
}

fn check_companion(disk: &mut impl Disk, companion: &Companion) -> Result<GoingFile, Reason> {
    let Companion { file, place, stamp: planned, .. } = companion;
    disk.check_movable(place)?;
    let (hash, stamp) = disk.hash(&place.absolute())?;
    if !stamp.is_unchanged(planned) {
        return Err(Reason::Changed);
    }
    Ok(GoingFile { file: *file, photo: None, place: place.clone(), hash, stamp })
}

/// What was recorded along with a picture goes only where the same stays.
fn check_twin(
    disk: &mut impl Disk,
    companion: &Companion,
    twin: &FilePlace,
    going: &[GoingFile],
) -> Result<(PathBuf, FileStamp), Reason> {
    disk.check_present(twin)?;
    let path = twin.absolute();
    let own = going.iter().find(|file| file.file == companion.file);
    match (disk.hash(&path), own) {
        (Ok((_, stamp)), _) if going.iter().any(|file| may_be_one_file(&file.stamp, &stamp)) => {
            Err(Reason::SameFile { path })
        }
        (Ok((hash, stamp)), Some(own)) if hash == own.hash => Ok((path, stamp)),
        _ => Err(Reason::PartnerHasNoCopy { name: companion.place.name() }),
    }
}

/// A sidecar that came since the plan was made holds edits that nobody has seen.
fn check_beside(disk: &mut impl Disk, unit: &Unit) -> Result<(), Reason> {
    let companions = unit.companions.iter().map(|companion| companion.place.absolute());
    let known: Vec<PathBuf> = companions.chain(unit.staying.iter().cloned()).collect();
    for victim in &unit.pictures {
        let beside = disk.named_after(&victim.place.absolute());
        if let Some(new) = beside.iter().find(|path| !known.contains(path)) {
            let name = new.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Err(Reason::Beside { name });
        }
    }
    Ok(())
}

/// A picture with a flaw stays for none but its own copy.
fn check_survivor(
    disk: &mut impl Disk,
    path: &Path,
    hash: &ContentHash,
    victim: &Victim,
) -> Result<FileStamp, Reason> {
    let path = || path.to_path_buf();
    match disk.decode(&path()) {
        Ok(seen) if seen.hash != *hash => Err(Reason::SurvivorChanged { path: path() }),
        Ok(Seen { stamp, flaw, .. }) => match flaw {
            Some(why) if *hash != victim.hash => Err(Reason::SurvivorUnreadable { path: path(), why }),
            _ => Ok(stamp),
        },
        Err(Reason::Gone) => Err(Reason::SurvivorGone { path: path() }),
        Err(reason) => Err(Reason::SurvivorUnreadable { path: path(), why: reason.to_string() }),
    }
}

/// Moves all files, and looks whether what was moved is what was looked at, and what stays still stays. Answers where the
/// files lie that were moved, and why not all of them may.
fn move_files(disk: &mut impl Disk, checked: &Checked) -> (Vec<PathBuf>, Option<Reason>) {
    let mut trashed = Vec::new();
    for file in &checked.going {
        match disk.trash(&file.place.absolute(), &file.stamp) {
            Ok(at) => {
                let is_it = is_same_content(disk, file, &at);
                trashed.push(at);
                disk.passes(Moment::MovedToTrash);
                if !is_it {
                    return (trashed, Some(Reason::Changed));
                }
            }
            Err(reason) => return (trashed, Some(reason)),
        }
    }
    for (path, stamp) in &checked.survivors {
        // A file that went with its twin was the same file, whatever the system said.
        match disk.stamp(path) {
            Ok(now) if is_moved(stamp, &now) => {}
            _ => return (trashed, Some(Reason::SurvivorGone { path: path.clone() })),
        }
    }
    (trashed, None)
}

/// Whether the file at `path`, which was moved there, is the one that was looked at.
pub(crate) fn is_same_content(disk: &mut impl Disk, file: &GoingFile, path: &Path) -> bool {
    let is_untouched = disk.stamp(path).is_ok_and(|now| is_moved(&file.stamp, &now));
    is_untouched || disk.hash(path).is_ok_and(|(hash, _)| hash == file.hash)
}

/// Puts back what was moved, the last first. Answers with what could not be put back, by entries of the journal.
fn put_all_back(disk: &mut impl Disk, unit: &JournalUnit, trashed: &[PathBuf]) -> Vec<(i64, PathBuf)> {
    let mut left = Vec::new();
    for (file, at) in unit.files.iter().zip(trashed).rev() {
        if disk.put_back(at, &file.going.place.absolute()).is_err() {
            left.push((file.entry, at.clone()));
        }
        disk.passes(Moment::PutBack);
    }
    left
}

/// The files of a unit that was not touched, as far as the plan knows them.
fn as_planned(unit: &Unit) -> Vec<GoingFile> {
    let stamp = |size_bytes| FileStamp { size_bytes, modified_ns: 0, changed_ns: 0, inode: 0, device: 0 };
    let pictures = unit.pictures.iter().map(|victim| GoingFile {
        file: victim.file,
        photo: Some(victim.photo),
        place: victim.place.clone(),
        hash: victim.hash,
        stamp: stamp(victim.size_bytes),
    });
    pictures.collect()
}
