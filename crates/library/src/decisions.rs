//! What the person decides, and telling everybody who shows it.

use likeness_cleanup::act::Report;
use likeness_domain::{AlbumId, AlbumName, ColorLabel, Flag, JobContext, PhotoId, Rating, Tag};
use likeness_store::{Decision, PhotoQuery, Undone};

use crate::{Error, Library, Notice};

/// A decision that was taken back.
#[derive(Debug)]
pub struct TakenBack {
    /// What it had decided.
    pub action: Decision,
    /// The photos that it had changed; of a clean-up, those that are back.
    pub photos: Vec<PhotoId>,
    /// Of a clean-up, what came of putting its files back.
    pub report: Option<Report>,
}

/// What a decision was about.
enum Subject {
    Photos,
    Tags,
    Albums,
}

impl Library {
    /// Gives photos stars.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn rate(&self, photos: &[PhotoId], rating: Rating) -> Result<(), Error> {
        self.store.rate(photos, rating)?;
        self.tell_decided(Subject::Photos, photos);
        Ok(())
    }

    /// Marks photos as picked, rejected, or neither.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn flag(&self, photos: &[PhotoId], flag: Flag) -> Result<(), Error> {
        self.store.flag(photos, flag)?;
        self.tell_decided(Subject::Photos, photos);
        Ok(())
    }

    /// Gives photos a colour, or none.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn label(&self, photos: &[PhotoId], label: ColorLabel) -> Result<(), Error> {
        self.store.label(photos, label)?;
        self.tell_decided(Subject::Photos, photos);
        Ok(())
    }

    /// Gives photos tags. Answers how many of them had not had all.
    ///
    /// # Errors
    /// As [`Store::add_tags`](likeness_store::Store::add_tags).
    pub fn add_tags(&self, photos: &[PhotoId], tags: &[Tag]) -> Result<u64, Error> {
        let changed = self.store.add_tags(photos, tags)?;
        self.tell_decided(Subject::Tags, photos);
        Ok(changed)
    }

    /// Takes tags from photos. Answers how many of them had had some.
    ///
    /// # Errors
    /// As [`Store::remove_tags`](likeness_store::Store::remove_tags).
    pub fn remove_tags(&self, photos: &[PhotoId], tags: &[Tag]) -> Result<u64, Error> {
        let changed = self.store.remove_tags(photos, tags)?;
        self.tell_decided(Subject::Tags, photos);
        Ok(changed)
    }

    /// Renames or moves a tag and all below it.
    ///
    /// # Errors
    /// As [`Store::rename_tag`](likeness_store::Store::rename_tag).
    pub fn rename_tag(&self, tag: &Tag, to: &Tag) -> Result<(), Error> {
        self.store.rename_tag(tag, to)?;
        self.tell_vocabulary_changed();
        Ok(())
    }

    /// Makes several tags one.
    ///
    /// # Errors
    /// As [`Store::merge_tags`](likeness_store::Store::merge_tags).
    pub fn merge_tags(&self, tags: &[Tag], into: &Tag) -> Result<(), Error> {
        self.store.merge_tags(tags, into)?;
        self.tell_vocabulary_changed();
        Ok(())
    }

    /// Takes a tag and all below it from all photos.
    ///
    /// # Errors
    /// As [`Store::delete_tag`](likeness_store::Store::delete_tag).
    pub fn delete_tag(&self, tag: &Tag) -> Result<(), Error> {
        self.store.delete_tag(tag)?;
        self.tell_vocabulary_changed();
        Ok(())
    }

    /// Makes an album of photos.
    ///
    /// # Errors
    /// As [`Store::create_album`](likeness_store::Store::create_album).
    pub fn create_album(
        &self,
        name: &AlbumName,
        parent: Option<AlbumId>,
        photos: &[PhotoId],
    ) -> Result<AlbumId, Error> {
        let album = self.store.create_album(name, parent, photos)?;
        self.tell_decided(Subject::Albums, &[]);
        Ok(album)
    }

    /// Saves a search.
    ///
    /// # Errors
    /// As [`Store::create_search`](likeness_store::Store::create_search).
    pub fn create_search(
        &self,
        name: &AlbumName,
        parent: Option<AlbumId>,
        query: &PhotoQuery,
    ) -> Result<AlbumId, Error> {
        let album = self.store.create_search(name, parent, query)?;
        self.tell_decided(Subject::Albums, &[]);
        Ok(album)
    }

    /// Renames an album.
    ///
    /// # Errors
    /// As [`Store::rename_album`](likeness_store::Store::rename_album).
    pub fn rename_album(&self, album: AlbumId, name: &AlbumName) -> Result<(), Error> {
        self.store.rename_album(album, name)?;
        self.tell_decided(Subject::Albums, &[]);
        Ok(())
    }

    /// Moves an album into another one, or out of all.
    ///
    /// # Errors
    /// As [`Store::move_album`](likeness_store::Store::move_album).
    pub fn move_album(
        &self,
        album: AlbumId,
        parent: Option<AlbumId>,
        before: Option<AlbumId>,
    ) -> Result<(), Error> {
        self.store.move_album(album, parent, before)?;
        self.tell_decided(Subject::Albums, &[]);
        Ok(())
    }

    /// Deletes an album and the albums in it. Photos stay.
    ///
    /// # Errors
    /// As [`Store::delete_album`](likeness_store::Store::delete_album).
    pub fn delete_album(&self, album: AlbumId) -> Result<(), Error> {
        self.store.delete_album(album)?;
        self.tell_decided(Subject::Albums, &[]);
        Ok(())
    }

    /// Chooses the photo that stands for an album, or lets the album choose.
    ///
    /// # Errors
    /// As [`Store::set_album_cover`](likeness_store::Store::set_album_cover).
    pub fn set_album_cover(&self, album: AlbumId, photo: Option<PhotoId>) -> Result<(), Error> {
        self.store.set_album_cover(album, photo)?;
        self.tell_decided(Subject::Albums, &[]);
        Ok(())
    }

    /// Puts photos at the end of an album. Answers how many are new in it.
    ///
    /// # Errors
    /// As [`Store::add_to_album`](likeness_store::Store::add_to_album).
    pub fn add_to_album(&self, album: AlbumId, photos: &[PhotoId]) -> Result<u64, Error> {
        let added = self.store.add_to_album(album, photos)?;
        self.tell_decided(Subject::Albums, &[]);
        Ok(added)
    }

    /// Takes photos out of an album. Answers how many were in it.
    ///
    /// # Errors
    /// As [`Store::remove_from_album`](likeness_store::Store::remove_from_album).
    pub fn remove_from_album(&self, album: AlbumId, photos: &[PhotoId]) -> Result<u64, Error> {
        let removed = self.store.remove_from_album(album, photos)?;
        self.tell_decided(Subject::Albums, &[]);
        Ok(removed)
    }

    /// Moves photos of an album before another one of it, or to its end.
    ///
    /// # Errors
    /// As [`Store::reorder_album`](likeness_store::Store::reorder_album).
    pub fn reorder_album(
        &self,
        album: AlbumId,
        photos: &[PhotoId],
        before: Option<PhotoId>,
    ) -> Result<(), Error> {
        self.store.reorder_album(album, photos, before)?;
        self.tell_decided(Subject::Albums, &[]);
        Ok(())
    }

    /// What a saved search asks from now on.
    ///
    /// # Errors
    /// As [`Store::set_album_query`](likeness_store::Store::set_album_query).
    pub fn set_album_query(&self, album: AlbumId, query: &PhotoQuery) -> Result<(), Error> {
        self.store.set_album_query(album, query)?;
        self.tell_decided(Subject::Albums, &[]);
        Ok(())
    }

    /// Takes back the last decision; `None` when there is none. What moved files takes as long as that did. A clean-up of
    /// which nothing came back, though something may still, is the last decision as before.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn undo(&self, ctx: &JobContext) -> Result<Option<TakenBack>, Error> {
        let taken_back = match self.store.undo() {
            Err(likeness_store::Error::MovedFiles(cleanup)) => Some(self.undo_step(ctx, cleanup)?),
            undone => undone?.map(|Undone { action, photos }| TakenBack { action, photos, report: None }),
        };
        taken_back.iter().for_each(|step| self.tell_turned_around(&step.photos));
        Ok(taken_back)
    }

    /// Does again what was taken back last; `None` when there is nothing.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn redo(&self) -> Result<Option<Undone>, Error> {
        let redone = self.store.redo()?;
        redone.iter().for_each(|redone| self.tell_turned_around(&redone.photos));
        Ok(redone)
    }

    fn tell_turned_around(&self, photos: &[PhotoId]) {
        self.notices.tell(Notice::TagsChanged);
        self.tell_decided(Subject::Albums, photos);
    }

    /// Which photos had the tags is not told: all may have had.
    fn tell_vocabulary_changed(&self) {
        self.notices.tell(Notice::PhotosChanged);
        self.tell_decided(Subject::Tags, &[]);
    }

    /// Saved searches may find others after any decision.
    fn tell_decided(&self, subject: Subject, photos: &[PhotoId]) {
        if !photos.is_empty() {
            self.notices.tell(Notice::DecisionsChanged(photos.to_vec()));
        }
        if matches!(subject, Subject::Tags) {
            self.notices.tell(Notice::TagsChanged);
        }
        self.notices.tell(Notice::AlbumsChanged);
        self.notices.tell(Notice::StateChanged);
    }
}
