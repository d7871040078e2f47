//! The true neighbours of one photo: what a map cannot show without loss.

use likeness_domain::PhotoId;
use likeness_neighbors::{Query, SearchOptions};

use crate::{Error, Library};

impl Library {
    /// The `count` photos in view that look most like `photo`, nearest first, however far they are; none when it cannot
    /// be found by look.
    ///
    /// # Errors
    /// When there is no model, or the catalog cannot be read.
    pub fn neighbors(&self, photo: PhotoId, count: usize) -> Result<Vec<PhotoId>, Error> {
        let vectors = self.eye()?.answering(&self.store)?.vectors;
        let Some(embedding) = self.store.embedding(photo, vectors.tag())? else { return Ok(Vec::new()) };
        let excluded = [photo];
        let options = SearchOptions { excluded: &excluded, ..SearchOptions::nearest(count) };
        let query = Query::like(embedding);
        let found = vectors.ask(&self.store, |index| index.nearest(&query, &options))??;
        Ok(found.into_iter().map(|found| found.photo).collect())
    }
}
