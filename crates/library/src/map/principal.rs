//! Where photos lie along the directions in which they differ most.

use std::sync::Arc;

use likeness_domain::{ModelTag, PhotoId};
use likeness_layout::principal_components;
use likeness_store::EmbeddingStamp;
use parking_lot::Mutex;

use crate::{Error, Library};

/// Places along the three principal components, as long as the vectors are the same.
#[derive(Default)]
pub(crate) struct PrincipalPlaces(Mutex<Option<Kept>>);

struct Kept {
    tag: ModelTag,
    stamp: EmbeddingStamp,
    places: Arc<Principal>,
}

pub(super) struct Principal {
    pub(super) photos: Vec<PhotoId>,
    pub(super) places: Vec<[f32; 3]>,
}

impl Library {
    pub(super) fn principal_places(&self) -> Result<Arc<Principal>, Error> {
        let tag = self.eye()?.answering(&self.store)?.vectors.tag().clone();
        let stamp = self.store.embedding_stamp(&tag)?;
        let mut kept = self.principal.0.lock();
        if let Some(kept) = kept.as_ref().filter(|kept| kept.tag == tag && kept.stamp == stamp) {
            return Ok(Arc::clone(&kept.places));
        }
        let looks = self.looks()?;
        let places = principal_components(&looks.vectors, looks.dimension())?;
        let places = Arc::new(Principal { photos: looks.photos, places });
        *kept = Some(Kept { tag: looks.tag, stamp: looks.stamp, places: Arc::clone(&places) });
        Ok(places)
    }
}
