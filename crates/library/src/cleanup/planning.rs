//! From the files that a person chose to a plan: which files go with them, and what stays for each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use likeness_cleanup::act::{Companion, PassOn, Plan, Reason, Refused, Survivor, Unit, Victim};
use likeness_domain::{FileId, FileKind, FolderId, PhotoId, PictureFormat, RelativePath, stem};
use likeness_sidecar::FolderNames;
use likeness_store::{BesideRow, CleanupKind, FilePlace, MemberFile, is_named_after, is_recording};

use crate::{Error, Library};

/// A file as the person saw it: with the content that it had then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SeenFile {
    /// The file.
    pub file: FileId,
    /// The photo that it showed.
    pub photo: PhotoId,
}

/// A file of a group that is to go, and the file of the group that stays for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Choice {
    /// Goes.
    pub goes: SeenFile,
    /// Stays.
    pub stays: SeenFile,
}

/// Pictures in one folder whose names differ in their endings only.
type Shot = (FolderId, RelativePath, Vec<u8>);

impl Library {
    /// The plan that lets `choices` go. What does not show what the person saw, and what is not known to be like what stays
    /// for it, is refused. Files that are unknown by now are left out: they went already.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn plan_cleanup(&self, choices: &[Choice], pass_on: PassOn) -> Result<Plan, Error> {
        Ok(self.refusing_what_is_out_of_reach(self.plan_as_known(choices, pass_on)?))
    }

    /// The same by the catalog alone, whatever became of the drives.
    pub(super) fn plan_as_known(&self, choices: &[Choice], pass_on: PassOn) -> Result<Plan, Error> {
        let chosen: Vec<FileId> = choices.iter().map(|choice| choice.goes.file).collect();
        let choices: BTreeMap<FileId, &Choice> =
            choices.iter().map(|choice| (choice.goes.file, choice)).collect();
        let mut planner = Planner::new(self, choices.keys().copied().collect())?;
        let kept: BTreeSet<FileId> = choices.values().map(|choice| choice.stays.file).collect();
        let stays: HashMap<FileId, MemberFile> = {
            let files: Vec<FileId> = kept.iter().copied().collect();
            let members = self.store.files_as_members(&files)?;
            members.into_iter().map(|member| (member.file, member)).collect()
        };
        let (mut units, mut refused) = (Vec::new(), Vec::new());
        for shot in planner.shots(&chosen)? {
            let mut going = Vec::new();
            let mut objection = None;
            for member in &shot {
                match self.survivor_of(member, choices[&member.file], &stays)? {
                    Ok(keeper) => going.push(Going { member: member.clone(), survivor: Some(keeper) }),
                    Err(reason) => objection = Some(reason),
                }
            }
            for partner in planner.partners(&shot)? {
                if planner.going.contains(&partner.file) || kept.contains(&partner.file) {
                    continue;
                }
                match planner.copy_of(&partner)? {
                    Some(copy) => going.push(Going { member: partner, survivor: Some(copy) }),
                    None => objection = Some(Reason::PartnerHasNoCopy { name: partner.place.name() }),
                }
            }
            let keeper = going.first().and_then(|first| first.survivor.as_ref()).map(|keeper| keeper.photo);
            let unit = planner.unit(&going, keeper)?;
            if let Some(alone) = unit.companions.iter().find(|each| is_alone(each)) {
                objection = objection.or(Some(Reason::PartnerHasNoCopy { name: alone.place.name() }));
            }
            match objection {
                Some(reason) => refused.push(refuse(&shot[0], reason)),
                None => units.push(unit),
            }
        }
        let protected = self.store.protected_folders()?;
        let plan = Plan::new(CleanupKind::Duplicates, units, &protected, &BTreeSet::new(), pass_on);
        Ok(plan.refusing(refused))
    }

    /// What stays for a file that was chosen, if both show what the person saw, and that is known to be alike.
    fn survivor_of(
        &self,
        member: &MemberFile,
        choice: &Choice,
        stays: &HashMap<FileId, MemberFile>,
    ) -> Result<Result<MemberFile, Reason>, Error> {
        if member.photo != choice.goes.photo {
            return Ok(Err(Reason::Changed));
        }
        let Some(keeper) = stays.get(&choice.stays.file) else { return Ok(Err(Reason::NothingStays)) };
        let path = || keeper.place.absolute();
        if keeper.photo != choice.stays.photo {
            return Ok(Err(Reason::SurvivorChanged { path: path() }));
        }
        let are_alike = member.photo == keeper.photo || self.store.are_kin(member.photo, keeper.photo)?;
        Ok(if are_alike { Ok(keeper.clone()) } else { Err(Reason::NotAlike { path: path() }) })
    }

    /// All files that show `photos`.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn files_of(&self, photos: &[PhotoId]) -> Result<Vec<SeenFile>, Error> {
        let members = self.store.member_files(photos)?;
        Ok(members.iter().map(|member| SeenFile { file: member.file, photo: member.photo }).collect())
    }

    /// The plan that lets `files` go. What does not show what the person saw is refused; and a photo of which no other file
    /// stays, or whose movie has no other copy, unless that very photo is `confirmed`.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn plan_trash(&self, files: &[SeenFile], confirmed: &BTreeSet<PhotoId>) -> Result<Plan, Error> {
        let seen: BTreeMap<FileId, PhotoId> = files.iter().map(|seen| (seen.file, seen.photo)).collect();
        let chosen: Vec<FileId> = files.iter().map(|seen| seen.file).collect();
        let mut planner = Planner::new(self, seen.keys().copied().collect())?;
        let (mut units, mut refused) = (Vec::new(), Vec::new());
        for shot in planner.shots(&chosen)? {
            let (same, changed): (Vec<MemberFile>, Vec<MemberFile>) =
                shot.into_iter().partition(|member| member.photo == seen[&member.file]);
            refused.extend(changed.iter().map(|member| refuse(member, Reason::Changed)));
            let mut going = Vec::new();
            for member in same {
                let survivor = planner.copy_of(&member)?;
                going.push(Going { member, survivor });
            }
            let mut unit = planner.unit(&going, None)?;
            if unit.companions.iter().any(is_alone) {
                unit.pictures.iter_mut().for_each(|victim| victim.survivor = Survivor::Confirmed);
            }
            units.push(unit);
        }
        let protected = self.store.protected_folders()?;
        let plan = Plan::new(CleanupKind::Trash, units, &protected, confirmed, PassOn::Nothing);
        Ok(self.refusing_what_is_out_of_reach(plan.refusing(refused)))
    }
}

/// A picture that is to go, and what stays for it.
struct Going {
    member: MemberFile,
    /// Nothing, where nothing like it does.
    survivor: Option<MemberFile>,
}

fn victim(Going { member, survivor }: &Going, names: usize) -> Victim {
    let stays = |member: &MemberFile| Survivor::File {
        file: member.file,
        place: member.place.clone(),
        hash: member.hash,
    };
    Victim {
        file: member.file,
        folder: member.folder,
        photo: member.photo,
        place: member.place.clone(),
        hash: member.hash,
        size_bytes: member.stamp.size_bytes,
        on_disk: member.stamp.on_disk(),
        names,
        survivor: survivor.as_ref().map_or(Survivor::Confirmed, stays),
    }
}

fn refuse(member: &MemberFile, reason: Reason) -> Refused {
    Refused { file: member.file, photo: member.photo, place: member.place.clone(), reason }
}

/// What lies where, read once for each folder.
struct Planner<'a> {
    library: &'a Library,
    /// Pictures that were chosen to go.
    going: BTreeSet<FileId>,
    /// Photos with more than one file.
    copied: BTreeSet<PhotoId>,
    folders: HashMap<(FolderId, RelativePath), Vec<BesideRow>>,
}

impl<'a> Planner<'a> {
    fn new(library: &'a Library, going: BTreeSet<FileId>) -> Result<Self, Error> {
        let copied = library.store.photos_with_copies()?.into_iter().collect();
        Ok(Self { library, going, copied, folders: HashMap::new() })
    }

    /// The files that were chosen, those of one shot together, in the order in which they were.
    fn shots(&mut self, chosen: &[FileId]) -> Result<Vec<Vec<MemberFile>>, Error> {
        let mut shots: Vec<Vec<MemberFile>> = Vec::new();
        let mut numbers: HashMap<Shot, usize> = HashMap::new();
        let mut seen = BTreeSet::new();
        for member in self.library.store.files_as_members(chosen)? {
            if !seen.insert(member.file) {
                continue;
            }
            let number = *numbers.entry(shot_of(member.folder, &member.place.path)).or_insert(shots.len());
            match shots.get_mut(number) {
                Some(shot) => shot.push(member),
                None => shots.push(vec![member]),
            }
        }
        Ok(shots)
    }

    fn beside(&mut self, folder: FolderId, path: &RelativePath) -> Result<&[BesideRow], Error> {
        let above = path.parent().unwrap_or_default();
        let key = (folder, above);
        if !self.folders.contains_key(&key) {
            let rows = self.library.store.files_in(folder, &key.1)?;
            self.folders.insert(key.clone(), rows);
        }
        Ok(&self.folders[&key])
    }

    /// The raw files of the pictures of a shot, or the pictures of its raw files.
    fn partners(&mut self, shot: &[MemberFile]) -> Result<Vec<MemberFile>, Error> {
        let Some(first) = shot.first() else { return Ok(Vec::new()) };
        let own = shot_of(first.folder, &first.place.path);
        let beside = self.beside(first.folder, &first.place.path)?;
        let namesakes: Vec<FileId> = beside
            .iter()
            .filter(|row| row.photo.is_some() && shot_of(first.folder, &row.path) == own)
            .map(|row| row.file)
            .collect();
        let is_raw = |member: &MemberFile| member.format == PictureFormat::Raw;
        let mut partners = self.library.store.files_as_members(&namesakes)?;
        partners.retain(|other| {
            let is_chosen = shot.iter().any(|member| member.file == other.file);
            !is_chosen && shot.iter().any(|member| is_raw(member) != is_raw(other))
        });
        Ok(partners)
    }

    /// Another file of the same content that does not go: one that can be reached, if there is one.
    fn copy_of(&self, member: &MemberFile) -> Result<Option<MemberFile>, Error> {
        use likeness_store::FolderState::Offline;
        let mut copies = self.library.store.member_files(&[member.photo])?;
        copies.retain(|copy| copy.file != member.file && !self.going.contains(&copy.file));
        copies.sort_by_key(|copy| (copy.folder_state == Offline, copy.file));
        Ok(copies.into_iter().next())
    }

    /// The pictures with what belongs to them alone. What was recorded along with them gets a twin where one stays.
    fn unit(&mut self, going: &[Going], keeper: Option<PhotoId>) -> Result<Unit, Error> {
        let (mut companions, mut staying) = (Vec::new(), Vec::new());
        if let Some(Going { member: first, .. }) = going.first() {
            let files: BTreeSet<FileId> = going.iter().map(|going| going.member.file).collect();
            let recordings = self.recordings_that_stay(going)?;
            for (row, owners) in named_after(self.beside(first.folder, &first.place.path)?, &files) {
                let place = place_of(row, &first.place);
                if owners.is_subset(&files) {
                    let is_like = |(size_bytes, _): &&(u64, FilePlace)| *size_bytes == row.stamp.size_bytes;
                    let twin = recordings.iter().find(is_like).filter(|_| is_recording(&row.path));
                    let twin = twin.map(|(_, place)| place.clone());
                    companions.push(Companion { file: row.file, place, stamp: row.stamp, twin });
                } else {
                    staying.push(place.absolute());
                }
            }
        }
        let mut pictures = Vec::with_capacity(going.len());
        for going in going {
            pictures.push(victim(going, self.names_of(&going.member)?));
        }
        Ok(Unit { keeper, pictures, companions, staying })
    }

    /// The names of a file on the disk that the catalog knows, its own included.
    fn names_of(&self, member: &MemberFile) -> Result<usize, Error> {
        if !self.copied.contains(&member.photo) {
            return Ok(1);
        }
        let files = self.library.store.member_files(&[member.photo])?;
        Ok(files.iter().filter(|file| file.stamp.on_disk() == member.stamp.on_disk()).count())
    }

    /// What was recorded along with the pictures that stay, by size.
    fn recordings_that_stay(&mut self, going: &[Going]) -> Result<Vec<(u64, FilePlace)>, Error> {
        let mut recordings = Vec::new();
        for stays in going.iter().filter_map(|going| going.survivor.as_ref()) {
            let beside = self.beside(stays.folder, &stays.place.path)?;
            for (row, _) in named_after(beside, &BTreeSet::from([stays.file])) {
                if is_recording(&row.path) {
                    recordings.push((row.stamp.size_bytes, place_of(row, &stays.place)));
                }
            }
        }
        Ok(recordings)
    }
}

/// Whether nothing like it would stay: a movie, say, though the picture that it belongs to has a copy.
fn is_alone(companion: &Companion) -> bool {
    is_recording(&companion.place.path) && companion.twin.is_none()
}

/// What lies beside pictures and is named after one of `files`, with all pictures that it belongs to.
fn named_after<'r>(
    beside: &'r [BesideRow],
    files: &BTreeSet<FileId>,
) -> Vec<(&'r BesideRow, BTreeSet<FileId>)> {
    let pictures: Vec<&'r BesideRow> = beside.iter().filter(|row| row.kind == FileKind::Picture).collect();
    let companions: Vec<&BesideRow> = beside.iter().filter(|row| row.kind == FileKind::Companion).collect();
    let of_sidecars =
        FolderNames::new(pictures.iter().map(|row| name(row)), companions.iter().map(|row| name(row)));
    let owners = |companion: &BesideRow| -> BTreeSet<FileId> {
        let own = name(companion);
        let named = of_sidecars.pictures_of(own);
        let owns = |picture: &&&'r BesideRow| match named.is_empty() {
            true => is_named_after(own, name(picture)),
            false => named.contains(&name(picture)),
        };
        pictures.iter().filter(owns).map(|picture| picture.file).collect()
    };
    let mut found: Vec<(&BesideRow, BTreeSet<FileId>)> =
        companions.iter().map(|companion| (*companion, owners(companion))).collect();
    found.retain(|(companion, owners)| {
        let touched = pictures.iter().filter(|picture| files.contains(&picture.file));
        // Named after it and another's: it stays, and the plan says that it has seen it.
        !owners.is_disjoint(files)
            || touched.into_iter().any(|picture| is_named_after(name(companion), name(picture)))
    });
    found
}

/// Where a file lies that has its source folder in common with another one.
fn place_of(row: &BesideRow, other: &FilePlace) -> FilePlace {
    FilePlace { path: row.path.clone(), ..other.clone() }
}

fn name(row: &BesideRow) -> &[u8] {
    row.path.name().unwrap_or_default()
}

fn shot_of(folder: FolderId, path: &RelativePath) -> Shot {
    let name = path.name().unwrap_or_default().to_ascii_lowercase();
    (folder, path.parent().unwrap_or_default(), stem(&name).to_vec())
}
