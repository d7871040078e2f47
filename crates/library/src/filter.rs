//! Photos by what is known of them, decided about them, and how they look.

use likeness_domain::PhotoId;
use likeness_store::{AlbumSummary, FilterCounts, Looks, PhotoQuery, PhotoRow, ShapeRow};

use crate::{Error, Library};

impl Library {
    /// What the grid must know to lay out the photos that `query` asks for.
    ///
    /// # Errors
    /// When an album or a photo that it asks for is unknown, or the catalog cannot be read.
    pub fn shape(&self, query: PhotoQuery) -> Result<Vec<ShapeRow>, Error> {
        Ok(self.store.shape(&self.with_looks(query)?)?)
    }

    /// The photos that `query` asks for.
    ///
    /// # Errors
    /// As [`shape`](Self::shape).
    pub fn query_photos(&self, query: PhotoQuery) -> Result<Vec<PhotoRow>, Error> {
        Ok(self.store.query_photos(&self.with_looks(query)?)?)
    }

    /// How many photos each further filter would leave of those that `query` asks for.
    ///
    /// # Errors
    /// As [`shape`](Self::shape).
    pub fn filter_counts(&self, query: PhotoQuery) -> Result<FilterCounts, Error> {
        Ok(self.store.filter_counts(&self.with_looks(query)?)?)
    }

    /// All albums as a wall shows them.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn album_wall(&self) -> Result<Vec<AlbumSummary>, Error> {
        Ok(self.store.album_wall(&self.looks_of_searches()?)?)
    }

    fn with_looks(&self, mut query: PhotoQuery) -> Result<PhotoQuery, Error> {
        if query.album.is_some() {
            query.looks = self.looks_of_searches()?;
        }
        if !query.similar_to.is_empty() {
            query.looks.insert(query.similar_to.clone(), self.look_alikes(&query.similar_to)?);
        }
        Ok(query)
    }

    fn looks_of_searches(&self) -> Result<Looks, Error> {
        let asked = self.store.looks_asked()?;
        asked.into_iter().map(|photos| self.look_alikes(&photos).map(|found| (photos, found))).collect()
    }

    /// The photos themselves, and those that look like all of them together. Where nothing is known of looks (no model
    /// could be loaded, or it has not seen the photos yet) nothing is like them but themselves.
    fn look_alikes(&self, photos: &[PhotoId]) -> Result<Vec<PhotoId>, Error> {
        let mut alike = match self.eye() {
            Ok(_) => self.nearest_to(photos)?,
            Err(_) => Vec::new(),
        };
        alike.extend(photos);
        Ok(alike)
    }
}
