//! The model, and which vectors answer: those it made, or those of the model before while photos wait to be seen again.

use std::sync::Arc;

use likeness_domain::{LikenessThresholds, ModelTag};
use likeness_embed::{Head, Model, with_head};
use likeness_store::Store;
use parking_lot::Mutex;

use crate::Error;
use crate::vectors::Vectors;

pub(crate) struct Eye {
    /// The model in use: the plain one, or that behind its head.
    pub(crate) model: Arc<dyn Model>,
    plain: Arc<dyn Model>,
    head: Option<Head>,
    vectors: Arc<Vectors>,
    answering: Mutex<Option<Known>>,
}

/// Which vectors answer, as long as the catalog does not change.
#[derive(Clone)]
pub(crate) struct Answering {
    pub(crate) vectors: Arc<Vectors>,
    /// Photos in view that those vectors leave out.
    pub(crate) not_yet_findable: u64,
}

struct Known {
    version: u64,
    answering: Answering,
    /// Photos in view that the model in use has not seen.
    waiting: u64,
}

/// An earlier model has seen noticeably more when this share of its photos is missing from the newer one's: a few that
/// cannot be read any more must not keep it for ever.
const NOTICEABLE: u64 = 100;

impl Eye {
    /// Looks through what albums taught, where that fits the model.
    pub(crate) fn new(plain: Arc<dyn Model>, store: &Store) -> Self {
        let lesson = store.lesson().ok().flatten().filter(|lesson| lesson.model == *plain.tag());
        let head = lesson.and_then(|lesson| Head::new(lesson.head?));
        let through = head.as_ref().and_then(|head| with_head(Arc::clone(&plain), head.clone()).ok());
        let head = head.filter(|_| through.is_some());
        let model = through.unwrap_or_else(|| Arc::clone(&plain));
        let vectors = Vectors::of_model(model.as_ref());
        Self { model, plain, head, vectors: Arc::new(vectors), answering: Mutex::new(None) }
    }

    /// The model without what albums taught.
    pub(crate) fn plain(&self) -> &Arc<dyn Model> {
        &self.plain
    }

    /// What albums taught, when it is in use.
    pub(crate) fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }

    /// The vectors by the model in use.
    pub(crate) fn vectors(&self) -> &Arc<Vectors> {
        &self.vectors
    }

    /// The vectors to answer with: those of an earlier model as long as it has seen noticeably more photos.
    pub(crate) fn answering(&self, store: &Store) -> Result<Answering, Error> {
        self.known(store, |known| known.answering.clone())
    }

    /// The vectors by the model in use, for what is not in the catalog.
    pub(crate) fn answering_now(&self, store: &Store) -> Result<Answering, Error> {
        let not_yet_findable = self.known(store, |known| known.waiting)?;
        Ok(Answering { vectors: Arc::clone(&self.vectors), not_yet_findable })
    }

    fn known<T>(&self, store: &Store, take: impl FnOnce(&Known) -> T) -> Result<T, Error> {
        let version = store.version()?;
        let mut kept = self.answering.lock();
        let known = match kept.take() {
            Some(known) if known.version == version => known,
            before => self.find_out(store, version, before)?,
        };
        let taken = take(&known);
        *kept = Some(known);
        Ok(taken)
    }

    fn find_out(&self, store: &Store, version: u64, before: Option<Known>) -> Result<Known, Error> {
        let waiting = store.count_without_embedding(self.model.tag())?;
        let earlier = if waiting > 0 { self.earlier_that_saw_more(store)? } else { None };
        let answering = match earlier {
            None => Answering { vectors: Arc::clone(&self.vectors), not_yet_findable: waiting },
            Some((tag, thresholds)) => {
                let not_yet_findable = store.count_without_embedding(&tag)?;
                let loaded = before.map(|known| known.answering.vectors);
                let vectors = loaded
                    .filter(|vectors| *vectors.tag() == tag)
                    .unwrap_or_else(|| Arc::new(Vectors::of_earlier(tag, thresholds)));
                Answering { vectors, not_yet_findable }
            }
        };
        Ok(Known { version, answering, waiting })
    }

    fn earlier_that_saw_more(&self, store: &Store) -> Result<Option<(ModelTag, LikenessThresholds)>, Error> {
        let seen = store.embedding_stamp(self.model.tag())?.count;
        let mut best = (0, None);
        for (tag, _) in store.tags()? {
            let Some(thresholds) = self.model.thresholds_of_earlier(&tag) else { continue };
            let count = store.embedding_stamp(&tag)?.count;
            if count > seen + count / NOTICEABLE && count > best.0 {
                best = (count, Some((tag, thresholds)));
            }
        }
        Ok(best.1)
    }
}
