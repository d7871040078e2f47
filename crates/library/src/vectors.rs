//! The vectors that one model made: loaded from the catalog when first needed, kept level with it afterwards.

use half::f16;
use likeness_domain::{Embedding, LikenessThresholds, ModelTag, PhotoId};
use likeness_embed::Model;
use likeness_neighbors::{IndexError, VectorIndex};
use likeness_store::{EmbeddingStamp, Store};
use parking_lot::{RwLock, RwLockReadGuard, RwLockUpgradableReadGuard, RwLockWriteGuard};

use crate::Error;

pub(crate) struct Vectors {
    tag: ModelTag,
    pub(crate) thresholds: LikenessThresholds,
    /// As the model has them; an index learns its own without.
    code_thresholds: Option<Vec<f32>>,
    loaded: RwLock<Option<Loaded>>,
}

struct Loaded {
    index: VectorIndex,
    /// The catalog's embeddings that the index holds. Any other stamp means: load again.
    stamp: EmbeddingStamp,
}

impl Vectors {
    pub(crate) fn of_model(model: &dyn Model) -> Self {
        Self {
            tag: model.tag().clone(),
            thresholds: model.thresholds(),
            code_thresholds: Some(model.code_thresholds().to_vec()),
            loaded: RwLock::new(None),
        }
    }

    pub(crate) fn of_earlier(tag: ModelTag, thresholds: LikenessThresholds) -> Self {
        Self { tag, thresholds, code_thresholds: None, loaded: RwLock::new(None) }
    }

    pub(crate) fn tag(&self) -> &ModelTag {
        &self.tag
    }

    /// Asks the index, which holds exactly the embeddings of the catalog.
    pub(crate) fn ask<T>(&self, store: &Store, question: impl FnOnce(&VectorIndex) -> T) -> Result<T, Error> {
        let level = self.level_with(store)?;
        let loaded = level.as_ref().expect("level_with loads");
        Ok(question(&loaded.index))
    }

    /// Adds what was just saved in the catalog. An index that is not loaded yet will find it there.
    pub(crate) fn saved(&self, store: &Store, embeddings: &[(PhotoId, Embedding)]) -> Result<(), Error> {
        let mut loaded = self.loaded.write();
        let Some(Loaded { index, stamp }) = loaded.as_mut() else { return Ok(()) };
        for (photo, embedding) in embeddings {
            index.insert(*photo, embedding)?;
        }
        let now = store.embedding_stamp(&self.tag)?;
        // Another process may have saved embeddings meanwhile: then the counts differ, and the next question loads again.
        if index.len() as u64 == now.count {
            *stamp = now;
        }
        Ok(())
    }

    fn level_with(&self, store: &Store) -> Result<RwLockReadGuard<'_, Option<Loaded>>, Error> {
        let stamp = store.embedding_stamp(&self.tag)?;
        let seen = self.loaded.upgradable_read();
        if seen.as_ref().is_some_and(|loaded| loaded.stamp == stamp) {
            return Ok(RwLockUpgradableReadGuard::downgrade(seen));
        }
        let mut loaded = RwLockUpgradableReadGuard::upgrade(seen);
        *loaded = Some(self.load(store)?);
        Ok(RwLockWriteGuard::downgrade(loaded))
    }

    fn empty_index(&self) -> Result<VectorIndex, IndexError> {
        let tag = self.tag.clone();
        match &self.code_thresholds {
            Some(thresholds) => VectorIndex::with_code_thresholds(tag, thresholds),
            None => Ok(VectorIndex::new(tag)),
        }
    }

    fn load(&self, store: &Store) -> Result<Loaded, Error> {
        let mut index = self.empty_index()?;
        let mut page = Page::default();
        let stamp = store.each_embedding(&self.tag, |photo, values| {
            page.push(photo, values);
            if page.photos.len() == PAGE {
                page.move_to(&mut index);
            }
        })?;
        page.move_to(&mut index);
        Ok(Loaded { index, stamp })
    }
}

/// Vectors on their way from the catalog into the index.
#[derive(Default)]
struct Page {
    photos: Vec<PhotoId>,
    values: Vec<f16>,
}

const PAGE: usize = 1024;

impl Page {
    fn push(&mut self, photo: PhotoId, values: &[f16]) {
        self.photos.push(photo);
        self.values.extend_from_slice(values);
    }

    fn move_to(&mut self, index: &mut VectorIndex) {
        let dimension = index.tag().dimension();
        // The catalog checks what it reads: nothing is left out here.
        index.insert_many(self.photos.drain(..).zip(self.values.chunks_exact(dimension)));
        self.values.clear();
    }
}
