//! The model and the vectors it made: loaded from the catalog when first needed, kept level with it afterwards.

use std::sync::Arc;

use half::f16;
use likeness_domain::{Embedding, PhotoId};
use likeness_embed::Model;
use likeness_neighbors::VectorIndex;
use likeness_store::{EmbeddingStamp, Store};
use parking_lot::{RwLock, RwLockReadGuard, RwLockUpgradableReadGuard, RwLockWriteGuard};

use crate::Error;

pub(crate) struct Eye {
    pub(crate) model: Arc<dyn Model>,
    loaded: RwLock<Option<Loaded>>,
}

struct Loaded {
    index: VectorIndex,
    /// The catalog's embeddings that the index holds. Any other stamp means: load again.
    stamp: EmbeddingStamp,
}

impl Eye {
    pub(crate) fn new(model: Arc<dyn Model>) -> Self {
        Self { model, loaded: RwLock::new(None) }
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
        let now = store.embedding_stamp(self.model.tag())?;
        // Another process may have saved embeddings meanwhile: then the counts differ, and the next question loads again.
        if index.len() as u64 == now.count {
            *stamp = now;
        }
        Ok(())
    }

    fn level_with(&self, store: &Store) -> Result<RwLockReadGuard<'_, Option<Loaded>>, Error> {
        let stamp = store.embedding_stamp(self.model.tag())?;
        let seen = self.loaded.upgradable_read();
        if seen.as_ref().is_some_and(|loaded| loaded.stamp == stamp) {
            return Ok(RwLockUpgradableReadGuard::downgrade(seen));
        }
        let mut loaded = RwLockUpgradableReadGuard::upgrade(seen);
        *loaded = Some(self.load(store)?);
        Ok(RwLockWriteGuard::downgrade(loaded))
    }

    fn load(&self, store: &Store) -> Result<Loaded, Error> {
        let mut index =
            VectorIndex::with_code_thresholds(self.model.tag().clone(), self.model.code_thresholds())?;
        let mut page = Page::default();
        let stamp = store.each_embedding(self.model.tag(), |photo, values| {
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
