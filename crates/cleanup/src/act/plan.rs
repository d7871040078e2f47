//! What a clean-up would do: a value, harmless until it is carried out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use likeness_domain::{ContentHash, FileId, FileStamp, FolderId, PhotoId};
use likeness_store::{CleanupKind, FilePlace, ProtectedFolder};

use crate::act::Reason;

/// Whether what stays gets what was decided about the photos that went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PassOn {
    /// Albums, tags, the highest rating, pick and colour.
    #[default]
    Decisions,
    /// Nothing.
    Nothing,
}

/// What a clean-up would do, and what it was asked to do and would not.
///
/// In every plan no file goes twice, nothing goes from a protected folder, and of each picture that goes either a file
/// stays that does not go in the same plan, or the person confirmed that very photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    kind: CleanupKind,
    pass_on: PassOn,
    units: Vec<Unit>,
    refused: Vec<Refused>,
    kept: Vec<PhotoId>,
}

/// Files that go together or not at all: a picture, its sidecars, the movie of a Live Photo, the raw file of the same shot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The photo that stays in their place and gets what was decided about them.
    pub keeper: Option<PhotoId>,
    /// The picture that was chosen, then those that belong to it.
    pub pictures: Vec<Victim>,
    /// What lies beside them and belongs to them alone.
    pub companions: Vec<Companion>,
    /// What is named after them and stays, because it belongs to others as well.
    pub staying: Vec<PathBuf>,
}

/// A picture file that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Victim {
    /// Its number.
    pub file: FileId,
    /// The source folder that it lies in.
    pub folder: FolderId,
    /// The photo that it shows.
    pub photo: PhotoId,
    /// Where it lies.
    pub place: FilePlace,
    /// What its bytes must be when it goes.
    pub hash: ContentHash,
    /// How many they are.
    pub size_bytes: u64,
    /// What it is on the disk, whatever its names: numbers of the volume and on it.
    pub on_disk: (u64, u64),
    /// Its names there that are known, this one included: its bytes are free with the last of them.
    pub names: usize,
    /// What makes its going harmless.
    pub survivor: Survivor,
}

/// What makes a file's going harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Survivor {
    /// A file that stays: opened, hashed and decoded again before.
    File {
        /// Its number.
        file: FileId,
        /// Where it lies.
        place: FilePlace,
        /// What its bytes must be.
        hash: ContentHash,
    },
    /// The person said of this very photo that it may go though nothing like it stays.
    Confirmed,
}

/// A file that goes with a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Companion {
    /// Its number.
    pub file: FileId,
    /// Where it lies.
    pub place: FilePlace,
    /// What it must be when it goes.
    pub stamp: FileStamp,
    /// What has its bytes and stays, of what was recorded along with the picture and has no other copy then.
    pub twin: Option<FilePlace>,
}

/// A picture that was chosen and would not go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its file.
    pub file: FileId,
    /// The photo that it shows.
    pub photo: PhotoId,
    /// Where it lies.
    pub place: FilePlace,
    /// Why.
    pub reason: Reason,
}

impl Unit {
    /// The picture that was chosen.
    pub fn chosen(&self) -> &Victim {
        &self.pictures[0]
    }

    fn files(&self) -> impl Iterator<Item = FileId> {
        let beside = self.companions.iter().map(|companion| companion.file);
        self.pictures.iter().map(|victim| victim.file).chain(beside)
    }
}

impl Plan {
    /// The plan of those `units` that are harmless; the others are refused. `confirmed` are photos of which the person
    /// said that they may go though nothing like them stays: that has a meaning only for [`CleanupKind::Trash`].
    /// Units without a picture are left out.
    pub fn new(
        kind: CleanupKind,
        units: Vec<Unit>,
        protected: &[ProtectedFolder],
        confirmed: &BTreeSet<PhotoId>,
        pass_on: PassOn,
    ) -> Self {
        let going: BTreeSet<FileId> = units.iter().flat_map(Unit::files).collect();
        let mut plan = Self { kind, pass_on, units: Vec::new(), refused: Vec::new(), kept: Vec::new() };
        let mut taken: BTreeSet<FileId> = BTreeSet::new();
        for unit in units.into_iter().filter(|unit| !unit.pictures.is_empty()) {
            let own: BTreeSet<FileId> = unit.files().collect();
            let is_new = own.len() == unit.files().count() && own.is_disjoint(&taken);
            let objection = match is_new {
                false => Some(Reason::ListedTwice),
                true => unit.pictures.iter().find_map(|victim| {
                    objection(victim, kind, protected, confirmed, |file| going.contains(&file))
                }),
            };
            match objection {
                Some(reason) => plan.refuse(unit.chosen(), reason),
                None => {
                    taken.extend(own);
                    plan.units.push(unit);
                }
            }
        }
        plan
    }

    /// Adds what was refused before it came to a unit.
    pub fn refusing(mut self, refused: impl IntoIterator<Item = Refused>) -> Self {
        self.refused.extend(refused);
        self
    }

    /// Once something went, all of `photos` are kept: what stays of a group is no group any more. It is one step with the rest.
    pub fn keeping(mut self, photos: Vec<PhotoId>) -> Self {
        self.kept = photos;
        self
    }

    /// Refuses the units to which `objection` has something to say.
    pub fn refusing_where(mut self, mut objection: impl FnMut(&Unit) -> Option<Reason>) -> Self {
        for unit in std::mem::take(&mut self.units) {
            match objection(&unit) {
                Some(reason) => self.refuse(unit.chosen(), reason),
                None => self.units.push(unit),
            }
        }
        self
    }

    fn refuse(&mut self, victim: &Victim, reason: Reason) {
        let Victim { file, photo, ref place, .. } = *victim;
        self.refused.push(Refused { file, photo, place: place.clone(), reason });
    }

    /// Why it is carried out.
    pub fn kind(&self) -> CleanupKind {
        self.kind
    }

    /// Whether keepers get what was decided about what goes.
    pub fn pass_on(&self) -> PassOn {
        self.pass_on
    }

    /// What would go, in this order.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// What was asked for and would not be done.
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// Photos that are kept for good once something went.
    pub fn kept(&self) -> &[PhotoId] {
        &self.kept
    }

    /// Photos that would go because the person confirmed them: nothing like them stays.
    pub fn last_copies(&self) -> BTreeSet<PhotoId> {
        let pictures = self.units.iter().flat_map(|unit| &unit.pictures);
        pictures.filter(|victim| victim.survivor == Survivor::Confirmed).map(|victim| victim.photo).collect()
    }

    /// How many bytes would be free.
    pub fn freed_bytes(&self) -> u64 {
        let mut freed = Freed::default();
        self.units.iter().map(|unit| freed.by(unit)).sum()
    }
}

/// Tells what is free as units go, one after the other: a file under several names with the last of them.
#[derive(Default)]
pub(crate) struct Freed {
    /// Names that went, by what they are on the disk.
    names: BTreeMap<(u64, u64), usize>,
}

impl Freed {
    /// Bytes that are free now that this one went, too.
    pub(crate) fn by(&mut self, unit: &Unit) -> u64 {
        let beside = unit.companions.iter().map(|companion| companion.stamp.size_bytes);
        let pictures = unit.pictures.iter().map(|victim| {
            let names = self.names.entry(victim.on_disk).or_default();
            *names += 1;
            if *names == victim.names { victim.size_bytes } else { 0 }
        });
        pictures.chain(beside).sum()
    }
}

/// Whether a file lies in one of the protected folders.
pub(crate) fn is_protected(victim: &Victim, protected: &[ProtectedFolder]) -> bool {
    protected.iter().any(|safe| safe.folder == victim.folder && victim.place.path.is_under(&safe.path))
}

fn objection(
    victim: &Victim,
    kind: CleanupKind,
    protected: &[ProtectedFolder],
    confirmed: &BTreeSet<PhotoId>,
    goes: impl Fn(FileId) -> bool,
) -> Option<Reason> {
    if is_protected(victim, protected) {
        return Some(Reason::Protected);
    }
    match &victim.survivor {
        Survivor::File { file, place, .. } if goes(*file) => {
            Some(Reason::SurvivorGoes { path: place.absolute() })
        }
        Survivor::File { .. } => None,
        Survivor::Confirmed => {
            let is_confirmed = kind == CleanupKind::Trash && confirmed.contains(&victim.photo);
            (!is_confirmed).then_some(Reason::LastCopy)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use likeness_domain::RelativePath;

    fn place(name: &str) -> FilePlace {
        let path = RelativePath::from_bytes(name.into()).expect("a path");
        FilePlace { root: "/photos".into(), volume: None, path }
    }

    fn unit(file: i64, survivor: Option<i64>) -> Unit {
        let survivor = match survivor {
            Some(file) => Survivor::File {
                file: FileId(file),
                place: place(&format!("{file}.jpg")),
                hash: ContentHash([9; 32]),
            },
            None => Survivor::Confirmed,
        };
        let victim = Victim {
            file: FileId(file),
            folder: FolderId(1),
            photo: PhotoId(100 + file),
            place: place(&format!("a/{file}.jpg")),
            hash: ContentHash([1; 32]),
            size_bytes: 10,
            on_disk: (1, file as u64),
            names: 1,
            survivor,
        };
        Unit { keeper: None, pictures: vec![victim], companions: Vec::new(), staying: Vec::new() }
    }

    fn plan(kind: CleanupKind, units: Vec<Unit>, protected: &[&str], confirmed: &[i64]) -> Plan {
        let path = |name: &&str| RelativePath::from_bytes(name.as_bytes().to_vec()).expect("a path");
        let protected: Vec<ProtectedFolder> =
            protected.iter().map(|name| ProtectedFolder { folder: FolderId(1), path: path(name) }).collect();
        let confirmed = confirmed.iter().map(|photo| PhotoId(*photo)).collect();
        Plan::new(kind, units, &protected, &confirmed, PassOn::Decisions)
    }

    fn refused(plan: &Plan) -> Vec<(i64, &Reason)> {
        plan.refused().iter().map(|refused| (refused.file.0, &refused.reason)).collect()
    }

    #[test]
    fn what_stays_for_another_does_not_go() {
        let units = vec![unit(1, Some(2)), unit(2, Some(3)), unit(4, Some(3)), unit(5, Some(5))];
        let plan = plan(CleanupKind::Duplicates, units, &[], &[]);
        let going: Vec<i64> = plan.units().iter().map(|unit| unit.chosen().file.0).collect();
        assert_eq!(going, [2, 4]);
        let (one, five) = (place("2.jpg").absolute(), place("5.jpg").absolute());
        let goes = |path| Reason::SurvivorGoes { path };
        assert_eq!(refused(&plan), [(1, &goes(one)), (5, &goes(five))]);
        assert_eq!(plan.freed_bytes(), 20);
    }

    #[test]
    fn a_file_under_several_names_is_freed_with_the_last_of_them() {
        let named = |file: i64, names: usize| {
            let mut unit = unit(file, Some(9));
            (unit.pictures[0].on_disk, unit.pictures[0].names) = ((1, 7), names);
            unit
        };
        let freed = |units: Vec<Unit>| plan(CleanupKind::Duplicates, units, &["a/4.jpg"], &[]).freed_bytes();
        assert_eq!(freed(vec![named(1, 2), unit(2, Some(9)), named(3, 2)]), 20);
        assert_eq!(freed(vec![named(1, 3), named(2, 3)]), 0, "the third name stays");
        assert_eq!(freed(vec![named(1, 2), named(4, 2)]), 0, "it is refused, so its name stays");
    }

    #[test]
    fn the_last_copy_goes_only_when_that_photo_was_confirmed() {
        let units = || vec![unit(1, None), unit(2, None)];
        let trash = plan(CleanupKind::Trash, units(), &[], &[101]);
        assert_eq!((trash.units().len(), refused(&trash)), (1, vec![(2, &Reason::LastCopy)]));
        let duplicates = plan(CleanupKind::Duplicates, units(), &[], &[101, 102]);
        assert_eq!(duplicates.units(), [], "among duplicates nothing can be confirmed away");
    }

    #[test]
    fn nothing_goes_twice_or_from_a_protected_folder() {
        let units = vec![unit(1, Some(9)), unit(1, Some(9)), unit(2, Some(9))];
        let twice = plan(CleanupKind::Duplicates, units, &["b", "a/2.jpg"], &[]);
        assert_eq!(refused(&twice), [(1, &Reason::ListedTwice), (2, &Reason::Protected)]);
        let all = plan(CleanupKind::Duplicates, vec![unit(1, Some(9))], &["a"], &[]);
        assert_eq!(refused(&all), [(1, &Reason::Protected)]);
        let everything = plan(CleanupKind::Duplicates, vec![unit(1, Some(9))], &[""], &[]);
        assert_eq!(refused(&everything), [(1, &Reason::Protected)]);
    }
}
