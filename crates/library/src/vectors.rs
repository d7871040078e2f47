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
    /// The catalog's version when that was last seen.
    version: u64,
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

    /// Adds what was just saved in the catalog, together with `new_photos` that came into view with it. An index that is
    /// not loaded yet will find it there.
    pub(crate) fn saved(
        &self,
        store: &Store,
        embeddings: &[(PhotoId, Embedding)],
        new_photos: u64,
    ) -> Result<(), Error> {
        let mut loaded = self.loaded.write();
        let Some(Loaded { index, stamp, .. }) = loaded.as_mut() else { return Ok(()) };
        for (photo, embedding) in embeddings {
            index.insert(*photo, embedding)?;
        }
        let now = store.embedding_stamp(&self.tag)?;
        // If anything but this happened, here or in another process, the next question loads again.
        let expected = EmbeddingStamp {
            count: index.len() as u64,
            generation: stamp.generation + embeddings.len() as u64,
            visibility: stamp.visibility + new_photos,
        };
        if now == expected {
            *stamp = now;
        }
        Ok(())
    }

    fn level_with(&self, store: &Store) -> Result<RwLockReadGuard<'_, Option<Loaded>>, Error> {
        let version = store.version()?;
        let seen = self.loaded.upgradable_read();
        if seen.as_ref().is_some_and(|loaded| loaded.version == version) {
            return Ok(RwLockUpgradableReadGuard::downgrade(seen));
        }
        let stamp = store.embedding_stamp(&self.tag)?;
        let mut loaded = RwLockUpgradableReadGuard::upgrade(seen);
        match loaded.as_mut().filter(|loaded| loaded.stamp == stamp) {
            Some(loaded) => loaded.version = version,
            None => *loaded = Some(self.load(store, version)?),
        }
        Ok(RwLockWriteGuard::downgrade(loaded))
    }

    fn empty_index(&self) -> Result<VectorIndex, IndexError> {
        let tag = self.tag.clone();
        match &self.code_thresholds {
            Some(thresholds) => VectorIndex::with_code_thresholds(tag, thresholds),
            None => Ok(VectorIndex::new(tag)),
        }
    }

    fn load(&self, store: &Store, version: u64) -> Result<Loaded, Error> {
        let mut index = self.empty_index()?;
        let mut page = Page::default();
        let stamp = store.each_embedding(&self.tag, |photo, values| {
            page.push(photo, values);
            if page.photos.len() == PAGE {
                page.move_to(&mut index);
            }
        })?;
        page.move_to(&mut index);
        if !page.damaged.is_empty() {
            // Their photos are embedded again by the next scan, and until then counted as not findable.
            store.forget_embeddings(&self.tag, &page.damaged)?;
        }
        Ok(Loaded { index, stamp, version })
    }
}

/// Vectors on their way from the catalog into the index.
#[derive(Default)]
struct Page {
    photos: Vec<PhotoId>,
    values: Vec<f16>,
    /// Of vectors that no model makes.
    damaged: Vec<PhotoId>,
}

const PAGE: usize = 1024;

impl Page {
    fn push(&mut self, photo: PhotoId, values: &[f16]) {
        self.photos.push(photo);
        self.values.extend_from_slice(values);
    }

    fn move_to(&mut self, index: &mut VectorIndex) {
        let dimension = index.tag().dimension();
        let vectors = self.photos.drain(..).zip(self.values.chunks_exact(dimension));
        self.damaged.extend(index.insert_many(vectors));
        self.values.clear();
    }
}
