//! The model, and which vectors answer: those it made, or those of the model before while photos wait to be seen again.

use std::sync::Arc;

use likeness_domain::{Embedding, ModelTag, PhotoId};
use likeness_embed::Model;
use likeness_store::Store;
use parking_lot::Mutex;

use crate::Error;
use crate::vectors::Vectors;

pub(crate) struct Eye {
    pub(crate) model: Arc<dyn Model>,
    vectors: Arc<Vectors>,
    /// While they answer.
    earlier: Mutex<Option<Arc<Vectors>>>,
}

impl Eye {
    pub(crate) fn new(model: Arc<dyn Model>) -> Self {
        let vectors = Vectors::of_model(model.as_ref());
        Self { model, vectors: Arc::new(vectors), earlier: Mutex::new(None) }
    }

    /// The vectors by the model in use.
    pub(crate) fn vectors(&self) -> &Arc<Vectors> {
        &self.vectors
    }

    /// The vectors to answer with: those of an earlier model as long as it has seen more photos, and some that can be
    /// read wait for this one.
    pub(crate) fn answering(&self, store: &Store) -> Result<Arc<Vectors>, Error> {
        let mut kept = self.earlier.lock();
        match self.earlier_that_saw_more(store)? {
            None => {
                *kept = None;
                Ok(Arc::clone(&self.vectors))
            }
            Some(tag) => {
                let earlier = kept.take().filter(|vectors| *vectors.tag() == tag);
                let earlier = earlier.or_else(|| {
                    let thresholds = self.model.thresholds_of_earlier(&tag)?;
                    Some(Arc::new(Vectors::of_earlier(tag, thresholds)))
                });
                kept.clone_from(&earlier);
                Ok(earlier.unwrap_or_else(|| Arc::clone(&self.vectors)))
            }
        }
    }

    fn earlier_that_saw_more(&self, store: &Store) -> Result<Option<ModelTag>, Error> {
        let tag = self.model.tag();
        if store.count_without_embedding(tag)? == 0 {
            return Ok(None);
        }
        let seen = store.embedding_stamp(tag)?.count;
        let mut best = (seen, None);
        for (other, _) in store.tags()? {
            let count = store.embedding_stamp(&other)?.count;
            if count > best.0 && self.model.thresholds_of_earlier(&other).is_some() {
                best = (count, Some(other));
            }
        }
        Ok(best.1)
    }

    /// Adds what was just saved in the catalog. An index that is not loaded yet will find it there.
    pub(crate) fn saved(&self, store: &Store, embeddings: &[(PhotoId, Embedding)]) -> Result<(), Error> {
        self.vectors.saved(store, embeddings)
    }
}
