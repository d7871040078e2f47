//! The straight line: look at a folder, record what changed, read what is new, and let it be found by look.

use std::path::PathBuf;
use std::time::Instant;

use likeness_domain::{FileStamp, FolderId, JobContext, RelativePath};
use likeness_scan::{FindError, RootState, SkippedPlaces, find_files};
use likeness_store::{Changes, FolderState};

use crate::pipeline::read_found;
use crate::roots::Root;
use crate::turn::Turn;
use crate::{Error, Library, Notice};

/// What to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every source folder.
    Everything,
    /// One source folder.
    Folder(FolderId),
    /// Some places of a source folder, with all below them.
    Places(FolderId, Vec<RelativePath>),
}

/// Whether photos that are read also get their embedding, so that they can be found by look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum WithEmbeddings {
    Yes,
    No,
}

/// What a refresh came to. Counts of files, but where it says photos.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// Files found: pictures, companions and videos.
    pub files: u64,
    /// Photos that lie in the folders looked at.
    pub photos: u64,
    /// Not there at the last look.
    pub new: u64,
    /// There, but with another size, time or inode.
    pub changed: u64,
    /// Known photos at a new place.
    pub moved: u64,
    /// There at the last look, and not now.
    pub missing: u64,
    /// Files in these folders that have a problem.
    pub problems: u64,
    /// Files that were opened.
    pub opened: u64,
    /// Time it took.
    pub seconds: f64,
    /// Folders that could not be reached: nothing was changed about them.
    pub offline: Vec<PathBuf>,
    /// Files that changed under our hands: look again soon.
    pub unsettled: u64,
}

impl Library {
    /// Looks at `scope` and reads what is new there. Killed or cancelled anywhere, the next call goes on.
    ///
    /// # Errors
    /// When the catalog or the cache cannot be written, the walk fails as a whole, or the job is cancelled. Bad files
    /// are problems, not errors; folders that are away are listed in the summary.
    pub fn refresh(
        &self,
        ctx: &JobContext,
        scope: &Scope,
        with_embeddings: WithEmbeddings,
    ) -> Result<Summary, Error> {
        let _turn = Turn::take(ctx, &self.places)?;
        let started = Instant::now();
        let mut summary = Summary::default();
        let refreshed = self
            .roots_in(scope)?
            .into_iter()
            .try_for_each(|(root, places)| {
                match self.refresh_root(ctx, &root, &places, with_embeddings, &mut summary) {
                    Err(error) if error.is_removed_folder() => Ok(()),
                    refreshed => refreshed,
                }
            })
            .and_then(|()| self.write_sidecars(ctx).map(|written| written.note_failures()))
            .and_then(|()| self.preview_missing(ctx))
            .and_then(|()| match with_embeddings {
                WithEmbeddings::Yes => self.embed_missing(ctx),
                WithEmbeddings::No => Ok(()),
            })
            .and_then(|()| self.update_stacks());
        self.notices.tell(Notice::PhotosChanged);
        self.notices.tell(Notice::StateChanged);
        refreshed?;
        summary.seconds = started.elapsed().as_secs_f64();
        Ok(summary)
    }

    fn roots_in(&self, scope: &Scope) -> Result<Vec<(Root, Vec<RelativePath>)>, Error> {
        let whole = || vec![RelativePath::ROOT];
        match scope {
            Scope::Everything => Ok(self.roots()?.into_iter().map(|root| (root, whole())).collect()),
            Scope::Folder(folder) => Ok(vec![(Root::of(&self.folder_row(*folder)?), whole())]),
            Scope::Places(folder, places) => Ok(vec![(Root::of(&self.folder_row(*folder)?), places.clone())]),
        }
    }

    fn refresh_root(
        &self,
        ctx: &JobContext,
        root: &Root,
        places: &[RelativePath],
        with_embeddings: WithEmbeddings,
        summary: &mut Summary,
    ) -> Result<(), Error> {
        if self.look_at_root(root)? == FolderState::Offline {
            summary.offline.push(root.path.clone());
            return Ok(());
        }
        for place in places {
            match self.find_and_record(ctx, root, place)? {
                Some((files, changes)) => add_changes(summary, files, &changes),
                None => {
                    summary.offline.push(root.path.clone());
                    return Ok(());
                }
            }
        }
        self.notices.tell(Notice::StateChanged);
        match read_found(self, ctx, root, with_embeddings) {
            Ok(tally) => {
                summary.opened += tally.opened;
                summary.moved += tally.moved;
                summary.new = summary.new.saturating_sub(tally.moved);
                summary.unsettled += tally.unsettled;
            }
            Err(Error::RootAway(path)) => {
                self.look_at_root(root)?;
                summary.offline.push(path);
            }
            Err(error) => return Err(error),
        }
        for place in places {
            self.read_sidecars(ctx, root, place)?;
        }
        let row = self.folder_row(root.id)?;
        summary.photos += row.photos;
        summary.problems += row.problems;
        Ok(())
    }

    pub(crate) fn own_places(&self) -> SkippedPlaces {
        SkippedPlaces::new([self.places.library.clone(), self.places.cache.clone()])
    }

    /// `None` when the folder went away meanwhile: what was found then proves nothing, and nothing is recorded.
    fn find_and_record(
        &self,
        ctx: &JobContext,
        root: &Root,
        place: &RelativePath,
    ) -> Result<Option<(u64, Changes)>, Error> {
        let known = |path: &RelativePath, stamp: &FileStamp| {
            // A catalog that cannot be read fails soon enough, when the scan is recorded.
            self.store.known_kind(root.id, path, stamp).ok().flatten()
        };
        let found = match find_files(ctx, &root.path, place, &self.own_places(), &known) {
            Err(FindError::RootUnreachable { .. } | FindError::RootChanged { .. }) => None,
            found => Some(found?),
        };
        let Some(found) = found.filter(|_| root.state() == RootState::Online) else {
            self.look_at_root(root)?;
            return Ok(None);
        };
        let changes = self.store.record_found(root.id, place, &found)?;
        self.store.set_folder_state(root.id, FolderState::Online)?;
        Ok(Some((found.files.len() as u64, changes)))
    }
}

fn add_changes(summary: &mut Summary, files: u64, changes: &Changes) {
    summary.files += files;
    summary.new += changes.new;
    summary.changed += changes.changed;
    summary.moved += changes.moved;
    summary.missing += changes.missing;
}
