//! From the files that a person chose to a plan: which files go with them, and what stays for each.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use likeness_cleanup::act::{Companion, PassOn, Plan, Reason, Refused, Survivor, Unit, Victim};
use likeness_domain::{FileId, FileKind, FolderId, PhotoId, PictureFormat, RelativePath};
use likeness_sidecar::FolderNames;
use likeness_store::{BesideRow, CleanupKind, FilePlace, MemberFile};

use crate::{Error, Library};

/// A file of a group that is to go, and the file of the group that stays for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Choice {
    /// Goes.
    pub file: FileId,
    /// Stays.
    pub keeper: FileId,
}

/// Pictures in one folder whose names differ in their endings only.
type Shot = (FolderId, RelativePath, Vec<u8>);

impl Library {
    /// The plan that lets `choices` go. Files that are unknown by now are left out: they went already.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn plan_cleanup(&self, choices: &[Choice], pass_on: PassOn) -> Result<Plan, Error> {
        let keepers: BTreeMap<FileId, FileId> =
            choices.iter().map(|choice| (choice.file, choice.keeper)).collect();
        let mut planner = Planner::new(self, keepers.keys().copied().collect());
        let chosen: Vec<FileId> = choices.iter().map(|choice| choice.file).collect();
        let kept: BTreeSet<FileId> = keepers.values().copied().collect();
        let stays: HashMap<FileId, MemberFile> = {
            let files: Vec<FileId> = kept.iter().copied().collect();
            let members = self.store.files_as_members(&files)?;
            members.into_iter().map(|member| (member.file, member)).collect()
        };
        let (mut units, mut refused) = (Vec::new(), Vec::new());
        for shot in planner.shots(&chosen)? {
            let keeper = keepers.get(&shot[0].file).and_then(|keeper| stays.get(keeper));
            let mut pictures: Vec<Victim> = Vec::new();
            let mut objection = None;
            for member in &shot {
                match keepers.get(&member.file).and_then(|keeper| stays.get(keeper)) {
                    Some(keeper) => pictures.push(victim(member, survivor(keeper))),
                    None => objection = Some(Reason::LastCopy),
                }
            }
            for partner in planner.partners(&shot)? {
                if planner.going.contains(&partner.file) || kept.contains(&partner.file) {
                    continue;
                }
                match planner.copy_of(&partner)? {
                    Some(copy) => pictures.push(victim(&partner, survivor(&copy))),
                    None => objection = Some(Reason::PartnerHasNoCopy { name: name_of(&partner.place) }),
                }
            }
            match objection {
                Some(reason) => refused.push(refuse(&shot[0], reason)),
                None => units.push(planner.unit(pictures, keeper.map(|keeper| keeper.photo))?),
            }
        }
        let protected = self.store.protected_folders()?;
        let plan = Plan::new(CleanupKind::Duplicates, units, &protected, &BTreeSet::new(), pass_on);
        Ok(self.refusing_what_is_out_of_reach(plan.refusing(refused)))
    }

    /// The plan that lets all files of `photos` go. Of a photo that is not `confirmed` it refuses: nothing like it would stay.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn plan_trash(&self, photos: &[PhotoId], confirmed: &BTreeSet<PhotoId>) -> Result<Plan, Error> {
        let files: Vec<FileId> =
            self.store.member_files(photos)?.into_iter().map(|member| member.file).collect();
        self.plan_trash_of_files(&files, confirmed)
    }

    /// The plan that lets `files` go. Of a photo of which no other file stays it refuses, unless that very photo is
    /// `confirmed`.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn plan_trash_of_files(
        &self,
        files: &[FileId],
        confirmed: &BTreeSet<PhotoId>,
    ) -> Result<Plan, Error> {
        let mut planner = Planner::new(self, files.iter().copied().collect());
        let mut units = Vec::new();
        for shot in planner.shots(files)? {
            let mut pictures = Vec::new();
            for member in &shot {
                let survivor = planner.copy_of(member)?.map_or(Survivor::Confirmed, |copy| survivor(&copy));
                pictures.push(victim(member, survivor));
            }
            units.push(planner.unit(pictures, None)?);
        }
        let protected = self.store.protected_folders()?;
        let plan = Plan::new(CleanupKind::Trash, units, &protected, confirmed, PassOn::Nothing);
        Ok(self.refusing_what_is_out_of_reach(plan))
    }
}

fn victim(member: &MemberFile, survivor: Survivor) -> Victim {
    Victim {
        file: member.file,
        folder: member.folder,
        photo: member.photo,
        place: member.place.clone(),
        hash: member.hash,
        size_bytes: member.stamp.size_bytes,
        survivor,
    }
}

fn survivor(member: &MemberFile) -> Survivor {
    Survivor::File { file: member.file, place: member.place.clone(), hash: member.hash }
}

fn refuse(member: &MemberFile, reason: Reason) -> Refused {
    Refused { file: member.file, photo: member.photo, place: member.place.clone(), reason }
}

fn name_of(place: &FilePlace) -> String {
    String::from_utf8_lossy(place.path.name().unwrap_or_default()).into_owned()
}

/// What lies where, read once for each folder.
struct Planner<'a> {
    library: &'a Library,
    /// Pictures that were chosen to go.
    going: BTreeSet<FileId>,
    folders: HashMap<(FolderId, RelativePath), Vec<BesideRow>>,
}

impl<'a> Planner<'a> {
    fn new(library: &'a Library, going: BTreeSet<FileId>) -> Self {
        Self { library, going, folders: HashMap::new() }
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

    /// The pictures with what belongs to them alone.
    fn unit(&mut self, pictures: Vec<Victim>, keeper: Option<PhotoId>) -> Result<Unit, Error> {
        let (mut companions, mut staying) = (Vec::new(), Vec::new());
        if let Some(first) = pictures.first() {
            let FilePlace { root, volume, path } = first.place.clone();
            let files: BTreeSet<FileId> = pictures.iter().map(|victim| victim.file).collect();
            for (row, owners) in named_after(self.beside(first.folder, &path)?, &files) {
                let place = FilePlace { root: root.clone(), volume: volume.clone(), path: row.path.clone() };
                if owners.is_subset(&files) {
                    companions.push(Companion { file: row.file, place, stamp: row.stamp });
                } else {
                    staying.push(place.absolute());
                }
            }
        }
        Ok(Unit { keeper, pictures, companions, staying: staying as Vec<PathBuf> })
    }
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

fn name(row: &BesideRow) -> &[u8] {
    row.path.name().unwrap_or_default()
}

/// `IMG_1.aae`, `IMG_1.jpg.json` and `IMG_1.jpg.supplemental-metadata.json` are named after `IMG_1.jpg`.
fn is_named_after(companion: &[u8], picture: &[u8]) -> bool {
    let (companion, picture) = (companion.to_ascii_lowercase(), picture.to_ascii_lowercase());
    let behind = |name: &[u8]| companion.strip_prefix(name).is_some_and(|rest| rest.starts_with(b"."));
    behind(&picture) || stem(&companion) == stem(&picture) || companion == stem(&picture)
}

fn shot_of(folder: FolderId, path: &RelativePath) -> Shot {
    let name = path.name().unwrap_or_default().to_ascii_lowercase();
    (folder, path.parent().unwrap_or_default(), stem(&name).to_vec())
}

fn stem(name: &[u8]) -> &[u8] {
    match name.iter().rposition(|&byte| byte == b'.') {
        Some(dot) if dot > 0 => &name[..dot],
        _ => name,
    }
}
