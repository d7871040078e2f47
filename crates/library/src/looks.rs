//! All vectors that answer, in one piece.

use half::slice::HalfFloatSliceExt;
use likeness_domain::{ModelTag, PhotoId};
use likeness_store::EmbeddingStamp;

use crate::{Error, Library};

/// What photos look like: row after row, in the order of their numbers.
pub(crate) struct Looks {
    pub(crate) tag: ModelTag,
    pub(crate) photos: Vec<PhotoId>,
    pub(crate) vectors: Vec<f32>,
    pub(crate) stamp: EmbeddingStamp,
}

impl Looks {
    pub(crate) fn dimension(&self) -> usize {
        self.tag.dimension()
    }

    pub(crate) fn row(&self, row: usize) -> &[f32] {
        &self.vectors[row * self.dimension()..][..self.dimension()]
    }
}

impl Library {
    /// The vectors that answer now.
    pub(crate) fn looks(&self) -> Result<Looks, Error> {
        let tag = self.eye()?.answering(&self.store)?.vectors.tag().clone();
        let (mut photos, mut vectors) = (Vec::new(), Vec::new());
        let stamp = self.store.each_embedding(&tag, |photo, vector| {
            photos.push(photo);
            let end = vectors.len();
            vectors.resize(end + vector.len(), 0.0);
            vector.convert_to_f32_slice(&mut vectors[end..]);
        })?;
        Ok(Looks { tag, photos, vectors, stamp })
    }
}
