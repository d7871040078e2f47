//! What photos can be told apart by, kept until the catalog changes: every slider step and every colour asks for it.

use std::sync::Arc;

use likeness_store::Facets;
use parking_lot::Mutex;

use crate::{Error, Library};

/// Of one version of the catalog.
#[derive(Default)]
pub(crate) struct KeptFacets(Mutex<Option<(u64, Arc<Facets>)>>);

impl Library {
    /// Times, folders, cameras and decisions of all photos in view.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn facets(&self) -> Result<Arc<Facets>, Error> {
        let version = self.store.version()?;
        let mut kept = self.facets.0.lock();
        if let Some((_, facets)) = kept.as_ref().filter(|(of, _)| *of == version) {
            return Ok(Arc::clone(facets));
        }
        let facets = Arc::new(self.store.facets()?);
        *kept = Some((version, Arc::clone(&facets)));
        Ok(facets)
    }
}
