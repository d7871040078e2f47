//! Cleaning up: from what the person chose to a plan, from a plan to the trash, and back. What must never go wrong lies in
//! `likeness-cleanup`; here it meets the catalog, the decoders and the drives.

mod among;
mod at_hand;
mod eyes;
mod finding;
mod groups;
mod planning;
mod reach;
#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions, TryLockError};

use likeness_cleanup::act::{self, Plan, Report, Settled, SystemDisk};
use likeness_domain::{CleanupId, FolderId, JobContext, PhotoId, RelativePath};
use likeness_store::{CleanupRow, Decision, JournalUnit, Passing, Verdict};

use crate::cleanup::eyes::LibraryEyes;
use crate::{Error, Library, Notice, TakenBack};

pub use among::{Among, ChosenFolder};
pub(crate) use groups::KeptGroups;
pub use groups::{AskGroups, DuplicateGroup, How, Member};
pub use planning::{Choice, SeenFile};

impl Library {
    /// Moves what the plan names to the trash, journalled and to be undone. Each file is looked at again just before.
    ///
    /// # Errors
    /// When another process cleans up this library, or the journal cannot be begun; then nothing was touched.
    pub fn clean_up(&self, ctx: &JobContext, plan: &Plan) -> Result<Report, Error> {
        let _lock = self.cleanup_lock()?;
        let mut disk = SystemDisk::new(LibraryEyes::new(self));
        act::settle(&self.store, &mut disk)?;
        let report = act::carry_out(ctx, &self.store, &mut disk, plan)?;
        self.tell_cleaned_up();
        Ok(report)
    }

    /// Puts back what still lies in the trash of a clean-up: to its place, or beside what lies there now.
    ///
    /// # Errors
    /// When there is no such clean-up, or another process cleans up this library; then nothing was touched.
    pub fn undo_cleanup(&self, ctx: &JobContext, cleanup: CleanupId) -> Result<Report, Error> {
        let _lock = self.cleanup_lock()?;
        let mut disk = SystemDisk::new(LibraryEyes::new(self));
        act::settle(&self.store, &mut disk)?;
        let report = act::undo(ctx, &self.store, &mut disk, cleanup)?;
        self.tell_cleaned_up();
        Ok(report)
    }

    /// The same as a step of the person's; the photos are those that are back.
    pub(crate) fn undo_step(&self, ctx: &JobContext, cleanup: CleanupId) -> Result<TakenBack, Error> {
        let report = self.undo_cleanup(ctx, cleanup)?;
        let through = report.outcomes.iter().filter(|outcome| outcome.went == act::Went::Through);
        let photos = through.filter_map(|outcome| outcome.photo).collect();
        Ok(TakenBack { action: Decision::CleanUp, photos, report: Some(report) })
    }

    /// Settles what a process that ended in the middle of a clean-up left open. Does nothing while another one is at it.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub fn settle_cleanups(&self) -> Result<Settled, Error> {
        if self.store.units_to_settle()?.is_empty() {
            return Ok(Settled::default());
        }
        let _lock = match self.cleanup_lock() {
            Err(Error::OtherCleanup) => return Ok(Settled::default()),
            lock => lock?,
        };
        let settled = act::settle(&self.store, &mut SystemDisk::new(LibraryEyes::new(self)))?;
        self.tell_cleaned_up();
        Ok(settled)
    }

    /// All clean-ups, the newest first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn cleanups(&self) -> Result<Vec<CleanupRow>, Error> {
        Ok(self.store.cleanups()?)
    }

    /// What became of each file of a clean-up.
    ///
    /// # Errors
    /// When there is no such clean-up or the catalog cannot be read.
    pub fn cleanup_units(&self, cleanup: CleanupId) -> Result<Vec<JournalUnit>, Error> {
        Ok(self.store.cleanup_units(cleanup)?)
    }

    /// What a keeper would get from the photos that go.
    ///
    /// # Errors
    /// When a photo is unknown or the catalog cannot be read.
    pub fn passing(&self, keeper: PhotoId, gone: &[PhotoId]) -> Result<Passing, Error> {
        Ok(self.store.passing(keeper, gone)?)
    }

    /// Remembers of groups that they are none, or that all of them stay. A photo that a group has twice stands for two files.
    ///
    /// # Errors
    /// When a photo is unknown or the catalog cannot be written.
    pub fn settle_groups(&self, groups: &[Vec<PhotoId>], verdict: Verdict) -> Result<(), Error> {
        self.store.settle_pairs(groups, verdict)?;
        self.notices.tell(Notice::StateChanged);
        Ok(())
    }

    /// Takes back what was remembered of pairs.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn unsettle_pairs(&self, pairs: &[(PhotoId, PhotoId)]) -> Result<(), Error> {
        self.store.unsettle_pairs(pairs)?;
        self.notices.tell(Notice::StateChanged);
        Ok(())
    }

    /// Puts source folders in the order that decides by [`Criterion::Folder`](likeness_cleanup::Criterion::Folder); the others
    /// have no place in it any more, and come after all that have one.
    ///
    /// # Errors
    /// When one of them is no source folder or the catalog cannot be written; then the order stays what it was.
    pub fn set_folder_order(&self, order: &[FolderId]) -> Result<(), Error> {
        self.store.set_folder_order(order)?;
        self.notices.tell(Notice::StateChanged);
        Ok(())
    }

    /// Nothing goes to the trash from this folder and all below it.
    ///
    /// # Errors
    /// When there is no such source folder or the catalog cannot be written.
    pub fn protect_folder(&self, folder: FolderId, path: &RelativePath) -> Result<(), Error> {
        self.store.protect(folder, path)?;
        self.notices.tell(Notice::StateChanged);
        Ok(())
    }

    /// Takes [`protect_folder`](Self::protect_folder) back.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn unprotect_folder(&self, folder: FolderId, path: &RelativePath) -> Result<(), Error> {
        self.store.unprotect(folder, path)?;
        self.notices.tell(Notice::StateChanged);
        Ok(())
    }

    fn tell_cleaned_up(&self) {
        self.notices.tell(Notice::PhotosChanged);
        self.notices.tell(Notice::AlbumsChanged);
        self.notices.tell(Notice::StateChanged);
    }

    /// Held while files are moved. The system gives it back when the process ends, however it ends.
    fn cleanup_lock(&self) -> Result<File, Error> {
        let path = self.places.library.join("cleanup.lock");
        let writing = |source| Error::writing(path.clone(), source);
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(writing)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Error::OtherCleanup),
            Err(TryLockError::Error(source)) => Err(writing(source)),
        }
    }
}
