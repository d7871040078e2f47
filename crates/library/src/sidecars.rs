//! Sidecars beside photos: always read, and written where the person has turned that on.
//!
//! What a sidecar says is laid beside what was decided here and what both agreed on the last time. What one side alone
//! has changed holds on both; what both have changed is a conflict, which stays until the person has chosen.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use likeness_domain::{FileId, Flag, FolderId, JobContext, PhotoId, Rating, RelativePath};
use likeness_sidecar::{Decided, Field, FolderNames, Said, Written};
use likeness_store::{
    ConflictingValues, FolderState, Laid, PictureRow, SidecarConflict, SidecarDecisions, SidecarRow,
};

use crate::roots::Root;
use crate::{Error, Library, Notice};

/// The setting that says whether sidecars are written.
const SETTING: &str = "write_sidecars";

/// Sidecars that are read before what they say is saved.
const READ_AT_ONCE: usize = 256;

/// Whether decisions are written into sidecars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum WriteSidecars {
    #[default]
    No,
    Yes,
}

/// What came of writing sidecars.
#[derive(Debug, Default)]
pub struct SidecarsWritten {
    /// Sidecars that were begun or changed.
    pub saved: u64,
    /// Sidecars that another program has changed: they are read first, at the next refresh.
    pub changed_there: u64,
    /// Sidecars that could not be written, and why.
    pub failed: Vec<likeness_sidecar::Error>,
}

impl SidecarsWritten {
    /// Leaves word of what failed, where nobody asked for the writing and waits for an answer.
    pub(crate) fn note_failures(&self) {
        for error in &self.failed {
            tracing::warn!(%error, "a sidecar was not written");
        }
    }
}

/// What lies in one folder of a source folder.
#[derive(Default)]
struct Beside {
    pictures: Vec<PictureRow>,
    sidecars: Vec<SidecarRow>,
}

impl Beside {
    fn names(&self) -> FolderNames<'_> {
        FolderNames::new(
            self.pictures.iter().filter_map(|picture| picture.path.name()),
            self.sidecars.iter().filter_map(|sidecar| sidecar.path.name()),
        )
    }

    /// The sidecars that say something new to a picture, each with the pictures that it counts first for.
    fn due(&self) -> Vec<(&SidecarRow, Vec<FileId>)> {
        let names = self.names();
        let mut pictures_of: HashMap<&[u8], Vec<&PictureRow>> = HashMap::new();
        for picture in &self.pictures {
            let sidecars = names.sidecars_of(picture.path.name().unwrap_or_default());
            if let Some(sidecar) = sidecars.first() {
                pictures_of.entry(sidecar).or_default().push(picture);
            }
        }
        let understood = self.sidecars.iter().filter(|sidecar| !sidecar.is_damaged);
        let with_pictures = understood.filter_map(|sidecar| {
            let pictures = pictures_of.remove(sidecar.path.name()?).unwrap_or_default();
            let is_new =
                |picture: &&PictureRow| picture.sidecar != Some(sidecar.file) || picture.has_conflict;
            let is_due = !sidecar.is_read || pictures.iter().any(is_new);
            is_due.then(|| (sidecar, pictures.iter().map(|picture| picture.file).collect()))
        });
        with_pictures.collect()
    }
}

impl Library {
    /// Whether decisions are written into sidecars: not unless the person has turned it on.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn writes_sidecars(&self) -> Result<WriteSidecars, Error> {
        let setting = self.store.setting(SETTING)?;
        Ok(if setting.as_deref() == Some("yes") { WriteSidecars::Yes } else { WriteSidecars::No })
    }

    /// Turns writing on or off. What was decided before is written as well.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn set_writes_sidecars(&self, write: WriteSidecars) -> Result<(), Error> {
        let word = match write {
            WriteSidecars::Yes => "yes",
            WriteSidecars::No => "no",
        };
        self.store.set_setting(SETTING, word)?;
        self.notices.tell(Notice::StateChanged);
        Ok(())
    }

    /// Photos about which their sidecars say something else than was decided here.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn sidecar_conflicts(&self) -> Result<Vec<SidecarConflict>, Error> {
        Ok(self.store.sidecar_conflicts()?)
    }

    /// Ends a conflict with what was decided here. The sidecar says it when it is written the next time.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn keep_over_sidecar(&self, conflict: &SidecarConflict) -> Result<(), Error> {
        self.store.settle_sidecar_conflict(conflict.picture)?;
        self.notices.tell(Notice::StateChanged);
        Ok(())
    }

    /// Ends a conflict with what the sidecar says, as one step that can be undone.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn take_from_sidecar(&self, conflict: &SidecarConflict) -> Result<(), Error> {
        self.store.take_from_sidecar(conflict)?;
        self.notices.tell(Notice::DecisionsChanged(vec![conflict.photo]));
        self.notices.tell(Notice::AlbumsChanged);
        self.notices.tell(Notice::StateChanged);
        Ok(())
    }

    /// Reads the sidecars around `place` that are new, changed, or beside a picture that is new.
    pub(crate) fn read_sidecars(
        &self,
        ctx: &JobContext,
        root: &Root,
        place: &RelativePath,
    ) -> Result<(), Error> {
        // A sidecar that changed says something to pictures that did not, and the other way round.
        let around = place.parent().unwrap_or_default();
        let mut read: Vec<(FileId, Option<String>)> = Vec::new();
        let mut laid = Vec::new();
        let mut said: Vec<Said> = Vec::new();
        let mut changed: Vec<PhotoId> = Vec::new();
        for beside in self.beside(root.id, &around)?.into_values() {
            for (sidecar, pictures) in beside.due() {
                ctx.check()?;
                match likeness_sidecar::read(&sidecar.path.below(&root.path)) {
                    Ok(there) => {
                        read.push((sidecar.file, None));
                        laid.extend(pictures.iter().map(|picture| (sidecar.file, there.hash, *picture)));
                        said.extend(pictures.iter().map(|_| there.said.clone()));
                    }
                    // Gone, or out of reach for now: the next refresh tries again.
                    Err(likeness_sidecar::Error::Io { .. }) => {}
                    Err(error) => read.push((sidecar.file, Some(error.to_string()))),
                }
                if read.len() >= READ_AT_ONCE {
                    changed.extend(self.store.lay_sidecars(&laid, |at, row| lay(row, &said[at]))?);
                    self.store.sidecars_were_read(&read)?;
                    read.clear();
                    laid.clear();
                    said.clear();
                }
            }
        }
        changed.extend(self.store.lay_sidecars(&laid, |at, row| lay(row, &said[at]))?);
        self.store.sidecars_were_read(&read)?;
        if !changed.is_empty() {
            self.notices.tell(Notice::DecisionsChanged(changed));
            self.notices.tell(Notice::TagsChanged);
            self.notices.tell(Notice::AlbumsChanged);
        }
        Ok(())
    }

    /// Writes what was decided and is in no sidecar yet, where the person has turned that on.
    ///
    /// # Errors
    /// When the catalog cannot be read or written, or the job is cancelled. Sidecars that cannot be written are listed.
    pub fn write_sidecars(&self, ctx: &JobContext) -> Result<SidecarsWritten, Error> {
        let mut written = SidecarsWritten::default();
        if self.writes_sidecars()? == WriteSidecars::No {
            return Ok(written);
        }
        for root in self.roots()? {
            if self.look_at_root(&root)? == FolderState::Offline {
                continue;
            }
            for beside in self.beside(root.id, &RelativePath::ROOT)?.into_values() {
                let names = beside.names();
                let is_due = |picture: &&PictureRow| picture.here != picture.agreed && !picture.has_conflict;
                for picture in beside.pictures.iter().filter(is_due) {
                    ctx.check()?;
                    self.write_sidecar(&root, &names, picture, &mut written)?;
                }
            }
        }
        Ok(written)
    }

    fn write_sidecar(
        &self,
        root: &Root,
        names: &FolderNames<'_>,
        picture: &PictureRow,
        written: &mut SidecarsWritten,
    ) -> Result<(), Error> {
        let name = picture.path.name().unwrap_or_default();
        let sidecar = match names.sidecars_of(name).first() {
            Some(sidecar) => sidecar.to_vec(),
            None => names.new_sidecar_of(name),
        };
        let folder = picture.path.parent().unwrap_or_default().below(&root.path);
        let path = folder.join(OsStr::from_bytes(&sidecar));
        let decided = decided(&picture.here);
        let outcome = match likeness_sidecar::write(&path, &decided, picture.hash) {
            // Whoever took it away did not take the decisions.
            Ok(Written::Conflict { now: None }) => likeness_sidecar::write(&path, &decided, None),
            outcome => outcome,
        };
        match outcome {
            Ok(Written::Saved { hash }) => {
                written.saved += 1;
                self.store.sidecar_was_written(picture.file, &hash, &says_then(&picture.here))?;
            }
            Ok(Written::Unchanged { hash: Some(hash) }) => {
                self.store.sidecar_was_written(picture.file, &hash, &says_then(&picture.here))?;
            }
            Ok(Written::Unchanged { hash: None }) => {}
            Ok(Written::Conflict { .. }) => written.changed_there += 1,
            Err(error) => written.failed.push(error),
        }
        Ok(())
    }

    /// Pictures and sidecars under `place`, by the folder that they lie in.
    fn beside(
        &self,
        folder: FolderId,
        place: &RelativePath,
    ) -> Result<BTreeMap<RelativePath, Beside>, Error> {
        let mut beside: BTreeMap<RelativePath, Beside> = BTreeMap::new();
        let of = |path: &RelativePath| path.parent().unwrap_or_default();
        for picture in self.store.pictures_with_decisions(folder, place)? {
            beside.entry(of(&picture.path)).or_default().pictures.push(picture);
        }
        for sidecar in self.store.sidecars(folder, place)? {
            beside.entry(of(&sidecar.path)).or_default().sidecars.push(sidecar);
        }
        Ok(beside)
    }
}

fn lay(row: &PictureRow, said: &Said) -> Laid {
    let merged = likeness_sidecar::merge(&decided(&row.agreed), &decided(&row.here), said);
    let is_open = |field| merged.conflicts.contains(&field);
    Laid {
        conflict: ConflictingValues {
            rating: said.rating.filter(|_| is_open(Field::Rating)),
            flag: said.flag.filter(|_| is_open(Field::Flag)),
            label: said.label.filter(|_| is_open(Field::Label)),
        },
        here: of_sidecar(merged.decided),
        agreed: of_sidecar(merged.agreed),
    }
}

/// What a sidecar says after this was written. It has no room for the stars of a rejected photo: that another program
/// finds none there is no change of theirs.
fn says_then(written: &SidecarDecisions) -> SidecarDecisions {
    let mut says = written.clone();
    if says.decisions.flag == Flag::Reject {
        says.decisions.rating = Rating::default();
    }
    says
}

fn decided(decisions: &SidecarDecisions) -> Decided {
    Decided { decisions: decisions.decisions, tags: decisions.tags.clone() }
}

fn of_sidecar(decided: Decided) -> SidecarDecisions {
    SidecarDecisions { decisions: decided.decisions, tags: decided.tags }
}
