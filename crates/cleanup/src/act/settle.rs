//! After a crash: what the journal left open is settled against the disk, so that neither lies.

use likeness_domain::RelativePath;
use likeness_store::{Error, JournalFile, JournalUnit, Store, UnitState};

use crate::act::carry_out::is_same_content;
use crate::act::elsewhere::where_they_lie;
use crate::act::{Disk, Moment, Reason};

/// What was open, and how it was settled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Units that were about to go: whatever had gone is at its place again.
    pub put_back: u64,
    /// Units of which something could not be put back: it lies in the trash, and can be put back by undoing.
    pub in_trash: u64,
    /// Units that were about to come back.
    pub restored: u64,
    /// Units on drives that are away: they are settled when these are back.
    pub waiting: u64,
}

/// Settles what a process that ended in the middle left open. The caller sees to it that no other process is in the
/// middle of a clean-up.
///
/// # Errors
/// When the journal cannot be read or written.
pub fn settle(store: &Store, disk: &mut impl Disk) -> Result<Settled, Error> {
    let mut settled = Settled::default();
    for unit in where_they_lie(store, disk, store.units_to_settle()?)? {
        if unit.files.iter().any(|file| disk.check_present(&file.going.place).is_err()) {
            settled.waiting += 1;
        } else if unit.state == UnitState::Restoring {
            settle_restoring(store, disk, &unit)?;
            settled.restored += 1;
        } else if settle_going(store, disk, &unit)? {
            settled.put_back += 1;
        } else {
            settled.in_trash += 1;
        }
    }
    Ok(settled)
}

/// Nobody looked whether what was to stay stayed: so what went comes back. Answers whether all of it did.
fn settle_going(store: &Store, disk: &mut impl Disk, unit: &JournalUnit) -> Result<bool, Error> {
    let mut left = Vec::new();
    let mut reason = Reason::Interrupted;
    for file in unit.files.iter().rev() {
        let path = file.going.place.absolute();
        let in_trash = disk.find_in_trash(&file.going);
        if is_same_content(disk, &file.going, &path) {
            continue;
        }
        match in_trash {
            Some(at) => match disk.put_back(&at, &path) {
                Ok(_) => disk.passes(Moment::PutBack),
                Err(_) => left.push((file.entry, at)),
            },
            None => reason = Reason::NotInTrash,
        }
    }
    store.conclude_failed(unit, &reason.to_string(), &left)?;
    Ok(left.is_empty() && reason == Reason::Interrupted)
}

fn settle_restoring(store: &Store, disk: &mut impl Disk, unit: &JournalUnit) -> Result<(), Error> {
    let mut back = Vec::new();
    for file in &unit.files {
        let Some((at, path)) = on_its_way(file) else { continue };
        let path = path.below(&file.going.place.root);
        let is_in_trash = is_same_content(disk, &file.going, at);
        if !is_in_trash
            && is_same_content(disk, &file.going, &path)
            && let Ok(stamp) = disk.stamp(&path)
        {
            back.push((file.entry, stamp));
        }
    }
    let is_whole = unit
        .files
        .iter()
        .all(|file| file.in_trash().is_none() || back.iter().any(|(entry, _)| *entry == file.entry));
    let reason = (!is_whole).then(|| Reason::Interrupted.to_string());
    store.conclude_restored(unit.id, &back, reason.as_deref())?;
    Ok(())
}

fn on_its_way(file: &JournalFile) -> Option<(&std::path::Path, &RelativePath)> {
    file.in_trash().zip(file.back_at.as_ref())
}
