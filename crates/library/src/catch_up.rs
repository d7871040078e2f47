//! Makes again what can be made again: embeddings by the model in use, and previews that went with `derived.db`.

use std::path::{Path, PathBuf};

use likeness_decode::{DecodeError, Decoded, Worker};
use likeness_domain::{JobContext, PhotoId, Stage};
use likeness_store::{Preview, SeenAgain};

use crate::all_cores::on_all_cores;
use crate::embed_files::{EmbeddedFile, embed_read};
use crate::{Error, Library};

/// Photos asked of the catalog at a time; each batch is saved before the next is read.
const PAGE: usize = 256;
/// A few hundredths of a second, for which a decision would have to wait.
const REPLACED_AT_ONCE: usize = 2048;

impl Library {
    /// For photos that were read without embeddings, or before this model was in use. A photo that cannot be read now
    /// is asked about again at the next refresh.
    pub(crate) fn embed_missing(&self, ctx: &JobContext) -> Result<(), Error> {
        let Ok(eye) = self.eye() else { return Ok(()) };
        let tag = eye.model.tag();
        if let Some(head) = eye.head() {
            self.see_through(ctx, head)?;
        }
        let total = self.store.count_without_embedding(tag)?;
        if total > 0 {
            ctx.progress(Stage::Embed, 0, total);
        }
        let mut done = 0;
        let mut after = None;
        loop {
            let page = self.store.photos_without_embedding(tag, after, PAGE)?;
            let Some((last, _)) = page.last() else { return self.forget_replaced(ctx) };
            after = Some(*last);
            let (photos, paths): (Vec<PhotoId>, Vec<PathBuf>) = page.into_iter().unzip();
            let hashes = photos.iter().map(|photo| self.hash_of(*photo)).collect::<Result<Vec<_>, _>>()?;
            let model = eye.model.as_ref();
            let embedded = embed_read(&ctx.uncounted(), &self.decoders, model, &paths, |worker, file| {
                // Another content than the catalog's: the next scan sees that the file changed.
                if worker.open(&paths[file])?.hash != hashes[file] {
                    return Err(DecodeError::ChangedWhileReading);
                }
                worker.opened_picture(model.input_short_side(), None)
            })?;
            let embeddings: Vec<_> = photos
                .into_iter()
                .zip(embedded)
                .filter_map(|(photo, EmbeddedFile { embedding, .. })| Some((photo, embedding.ok()?)))
                .collect();
            self.store.save_embeddings(&embeddings)?;
            eye.vectors().saved(&self.store, &embeddings, 0)?;
            done += paths.len() as u64;
            ctx.progress(Stage::Embed, done, total.max(done));
        }
    }

    /// Embeddings by earlier models go when they do not answer any more, those of photos that have none by this one
    /// excepted.
    fn forget_replaced(&self, ctx: &JobContext) -> Result<(), Error> {
        let eye = self.eye()?;
        // Behind a head, the plain model's own stay: going back takes no time.
        if eye.head().is_some() {
            return Ok(());
        }
        let tag = eye.model.tag();
        let others = self.store.tags()?.iter().any(|(other, _)| other != tag);
        if !others || eye.answering(&self.store)?.vectors.tag() != tag {
            return Ok(());
        }
        while self.store.forget_replaced_embeddings(tag, REPLACED_AT_ONCE)? > 0 {
            ctx.check()?;
        }
        Ok(())
    }

    /// Files that have not changed are not read again, so what previews lost, or never had in earlier libraries, must be
    /// asked for.
    pub(crate) fn preview_missing(&self, ctx: &JobContext) -> Result<(), Error> {
        let total = self.store.count_without_preview()?;
        let mut done = 0;
        let mut after = None;
        loop {
            let page = self.store.photos_without_preview(after, PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(*last);
            let previews = on_all_cores(
                &ctx.uncounted(),
                &self.decoders,
                Stage::Decode,
                page.len(),
                1,
                |worker, files| {
                    page[files]
                        .iter()
                        .filter_map(|(photo, path)| self.preview(worker, *photo, path))
                        .collect()
                },
            )?;
            self.store.save_previews(&previews)?;
            done += page.len() as u64;
            ctx.progress(Stage::Decode, done, total.max(done));
        }
    }

    /// `None` when the file cannot be read now, or has another content than the catalog's: the next scan sees to both.
    fn preview(&self, worker: &mut Worker, photo: PhotoId, path: &Path) -> Option<SeenAgain> {
        let opened = worker.open(path).ok()?;
        if self.hash_of(photo).ok()? != opened.hash {
            return None;
        }
        let Decoded { facts, preview, perceptual_hash, small_picture, sharpness, .. } =
            worker.decode(1).ok()?;
        let preview = Preview { preview, perceptual_hash, small_picture, sharpness };
        Some(SeenAgain { photo, preview, bits: facts.bits })
    }
}
