//! Pictures to show and to look at: thumbnails, pictures for the screen, and embeddings of files and pasted bytes.

use std::path::{Path, PathBuf};

use likeness_domain::{ContentHash, Embedding, FileState, PhotoId, Pixels, Region};
use likeness_store::PhotoDetail;

use crate::thumbnails::ThumbnailSize;
use crate::{Error, Library};

impl Library {
    /// A photo's thumbnail as JPEG; made again when the cache lost it.
    ///
    /// # Errors
    /// When the photo is unknown, or the cache has no thumbnail and no file of the photo can be read now.
    pub fn thumbnail(&self, photo: PhotoId, size: ThumbnailSize) -> Result<Vec<u8>, Error> {
        let hash = self.hash_of(photo)?;
        if let Some(jpeg) = self.thumbnails.read(&hash, size) {
            return Ok(jpeg);
        }
        let path = self.present_file(photo)?;
        let mut worker = self.wishes.worker(&self.decoders);
        if worker.open(&path)?.hash != hash {
            return Err(Error::PhotoAway(photo));
        }
        let thumbnails = worker.decode(1)?.thumbnails;
        self.thumbnails.write(&hash, &thumbnails.small, &thumbnails.large)?;
        Ok(match size {
            ThumbnailSize::Small => thumbnails.small,
            ThumbnailSize::Large => thumbnails.large,
        })
    }

    /// The pixels of a photo's large thumbnail, with `short_side` of them in the shorter side or more where it has as many;
    /// `None` when there is none to be had.
    pub(crate) fn thumbnail_pixels(&self, photo: PhotoId, short_side: u32) -> Option<Pixels> {
        let jpeg = self.thumbnail(photo, ThumbnailSize::Large).ok()?;
        self.decoders.worker().picture_from_bytes(&jpeg, short_side, None).ok()
    }

    /// A photo as JPEG for the screen, upright and sRGB, at most `long_side` pixels long; never enlarged.
    ///
    /// # Errors
    /// When the photo is unknown, or none of its files can be read now.
    pub fn screen_picture(&self, photo: PhotoId, long_side: u32) -> Result<Vec<u8>, Error> {
        let path = self.present_file(photo)?;
        let mut worker = self.wishes.worker(&self.decoders);
        // Another content may lie there since the last scan; what is shown for a photo is kept for long.
        if worker.open(&path)?.hash != self.hash_of(photo)? {
            return Err(Error::PhotoAway(photo));
        }
        Ok(worker.opened_screen_picture(long_side)?)
    }

    /// A picture file's bytes as JPEG for the screen, like [`screen_picture`](Self::screen_picture).
    ///
    /// # Errors
    /// When the bytes are no picture.
    pub fn screen_picture_of_bytes(&self, bytes: &[u8], long_side: u32) -> Result<Vec<u8>, Error> {
        Ok(self.wishes.worker(&self.decoders).screen_picture_from_bytes(bytes, long_side)?)
    }

    /// What the model sees in a file, in the library or not.
    ///
    /// # Errors
    /// When the file is no picture that can be read, or no model could be loaded.
    pub fn see_file(&self, path: &Path, region: Option<Region>) -> Result<Embedding, Error> {
        let short_side = self.model()?.input_short_side();
        let pixels = self.wishes.worker(&self.decoders).picture(path, short_side, region)?;
        self.see_pixels(&pixels)
    }

    /// What the model sees in the bytes of a picture file.
    ///
    /// # Errors
    /// As [`see_file`](Self::see_file).
    pub fn see_bytes(&self, bytes: &[u8], region: Option<Region>) -> Result<Embedding, Error> {
        let short_side = self.model()?.input_short_side();
        let pixels = self.wishes.worker(&self.decoders).picture_from_bytes(bytes, short_side, region)?;
        self.see_pixels(&pixels)
    }

    fn see_pixels(&self, pixels: &Pixels) -> Result<Embedding, Error> {
        let model = self.model()?;
        let prepared = model.prepare(pixels);
        let embedded = model.embed(std::slice::from_ref(&prepared));
        Ok(embedded.into_iter().next().expect("a model answers for every picture")?)
    }

    /// The photo whose content lies in the file at `path`, wherever the catalog thinks that it lies.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn photo_in_file(&self, path: &Path) -> Result<Option<PhotoId>, Error> {
        let opened = self.wishes.worker(&self.decoders).open(path)?;
        Ok(self.store.photo_of(&opened.hash)?.map(|known| known.id))
    }

    pub(crate) fn hash_of(&self, photo: PhotoId) -> Result<ContentHash, Error> {
        let row = self.store.photos(&[photo])?.pop();
        row.map(|row| row.hash).ok_or(Error::UnknownPhoto(photo))
    }

    /// Everything about one photo.
    ///
    /// # Errors
    /// [`Error::UnknownPhoto`].
    pub fn photo(&self, photo: PhotoId) -> Result<PhotoDetail, Error> {
        self.store.photo(photo)?.ok_or(Error::UnknownPhoto(photo))
    }

    /// A file of the photo that is there now.
    ///
    /// # Errors
    /// [`Error::UnknownPhoto`], or [`Error::PhotoAway`] when none is there.
    pub fn present_file(&self, photo: PhotoId) -> Result<PathBuf, Error> {
        let files = self.photo(photo)?.files;
        let present = files.into_iter().find(|file| file.state == FileState::Indexed && file.path.is_file());
        present.map(|file| file.path).ok_or(Error::PhotoAway(photo))
    }
}
