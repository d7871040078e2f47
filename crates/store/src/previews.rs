//! Tiny previews and perceptual hashes, and what `derived.db` as a whole has heard of.

use std::path::PathBuf;

use likeness_domain::{PhotoId, SmallPicture};
use rusqlite::{Connection, Transaction, params};

use crate::photos::shown_paths;
use crate::{Error, Store};

/// What a photo looks like in a few bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// ThumbHash bytes.
    pub preview: Vec<u8>,
    /// 64-bit perceptual hash.
    pub perceptual_hash: u64,
    /// What near-duplicates are told by.
    pub small_picture: SmallPicture,
    /// How sharp its large thumbnail is, 0 to 1.
    pub sharpness: f32,
}

/// What is found out when a known photo is decoded again.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenAgain {
    /// The photo.
    pub photo: PhotoId,
    /// What it looks like.
    pub preview: Preview,
    /// Bits of each colour as it is stored, where known: photos that were read before these were kept learn them now.
    pub bits: Option<u8>,
}

impl Store {
    /// Keeps the previews of known photos.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn save_previews(&self, photos: &[SeenAgain]) -> Result<(), Error> {
        self.write(|catalog| {
            let mut learn =
                catalog.prepare_cached("UPDATE photos SET bits = ?2 WHERE id = ?1 AND bits IS NOT ?2")?;
            for SeenAgain { photo, preview, bits } in photos {
                save(catalog, *photo, preview)?;
                learn.execute(params![photo.0, bits])?;
            }
            Ok(())
        })
    }

    /// Up to `limit` photos without a whole preview, in the order of their numbers, those behind `after`, each with a file that
    /// is there and online.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photos_without_preview(
        &self,
        after: Option<PhotoId>,
        limit: usize,
    ) -> Result<Vec<(PhotoId, PathBuf)>, Error> {
        self.read(|view| {
            shown_paths(view, WITHOUT_PREVIEW, params![after.map_or(i64::MIN, |photo| photo.0), limit as i64])
        })
    }

    /// At most how many photos [`photos_without_preview`](Self::photos_without_preview) lists: some may be away.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn count_without_preview(&self) -> Result<u64, Error> {
        let count = format!("SELECT count(*) FROM photos WHERE files > 0 AND {WITHOUT_PREVIEW}");
        self.read(|view| Ok(view.prepare_cached(&count)?.query_row([], |row| row.get::<_, i64>(0))? as u64))
    }
}

/// Whole only with both, and with its sharpness where that is asked for: of near-duplicates and of copies.
const WITHOUT_PREVIEW: &str = "NOT (EXISTS (SELECT 1 FROM derived.previews
        WHERE previews.photo = photos.id AND (sharpness IS NOT NULL OR (photos.files < 2
            AND NOT EXISTS (SELECT 1 FROM derived.kinships WHERE first = photos.id)
            AND NOT EXISTS (SELECT 1 FROM derived.kinships WHERE second = photos.id))))
     AND EXISTS (SELECT 1 FROM derived.small_pictures WHERE small_pictures.photo = photos.id))";

pub(crate) fn save(catalog: &Transaction<'_>, photo: PhotoId, preview: &Preview) -> Result<(), Error> {
    let mut upsert = catalog.prepare_cached(
        "INSERT INTO derived.previews (photo, preview, perceptual_hash, sharpness) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (photo) DO UPDATE SET preview = excluded.preview, perceptual_hash = excluded.perceptual_hash,
            sharpness = excluded.sharpness",
    )?;
    upsert.execute(params![photo.0, preview.preview, preview.perceptual_hash as i64, preview.sharpness])?;
    let mut upsert = catalog
        .prepare_cached("INSERT OR REPLACE INTO derived.small_pictures (photo, picture) VALUES (?1, ?2)")?;
    upsert.execute(params![photo.0, preview.small_picture.as_bytes()])?;
    Ok(())
}

/// Notes the newest photo of the library in `derived.db`: see its schema.
pub(crate) fn remember_newest_photo(catalog: &Connection) -> Result<(), Error> {
    let mut remember = catalog.prepare_cached(
        "INSERT OR REPLACE INTO derived.newest_photo (only_row, photo, hash)
         SELECT 1, id, hash FROM photos ORDER BY id DESC LIMIT 1",
    )?;
    remember.execute([])?;
    Ok(())
}

/// Empties `derived.db`.
pub(crate) fn forget_everything_derived(catalog: &Connection) -> Result<(), Error> {
    catalog.execute_batch(
        "DELETE FROM derived.previews; DELETE FROM derived.embeddings; DELETE FROM derived.models;
         DELETE FROM derived.maps; DELETE FROM derived.clustering; DELETE FROM derived.clusters;
         DELETE FROM derived.cluster_members; DELETE FROM derived.stacks; DELETE FROM derived.stacked;
         DELETE FROM derived.suggestions; DELETE FROM derived.suggestion_photos; DELETE FROM derived.suggested;
         DELETE FROM derived.proposals; DELETE FROM derived.learned; DELETE FROM derived.oddness;
         DELETE FROM derived.odd_among; DELETE FROM derived.contexts; DELETE FROM derived.contexts_of;
         DELETE FROM derived.eye;
         DELETE FROM derived.small_pictures; DELETE FROM derived.compared; DELETE FROM derived.kinships;
         DELETE FROM derived.newest_photo;",
    )?;
    remember_newest_photo(catalog)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Library;

    #[test]
    fn a_near_duplicate_of_an_earlier_library_is_listed_until_its_sharpness_is_known() {
        let (library, photos) = Library::with_photos(3);
        let store = &library.store;
        let waiting = || -> Vec<PhotoId> {
            let listed = store.photos_without_preview(None, 10).expect("a list");
            listed.into_iter().map(|(photo, _)| photo).collect()
        };
        assert!(waiting().is_empty());
        let earlier = |catalog: &Transaction<'_>| {
            catalog.execute("UPDATE derived.previews SET sharpness = NULL WHERE photo = 2", [])?;
            Ok(catalog.execute("UPDATE photos SET bits = NULL WHERE id = 2", [])?)
        };
        store.write(earlier).expect("as it was");
        assert!(waiting().is_empty(), "nobody asks for it");
        let kin = |catalog: &Transaction<'_>| {
            let insert =
                "INSERT INTO derived.kinships (first, second, apart, alike, area, quarters, mirrored)
                 VALUES (1, 2, 0, 1, 1, 0, 0)";
            Ok(catalog.execute(insert, [])?)
        };
        store.write(kin).expect("alike");
        assert_eq!((waiting(), store.count_without_preview().expect("a count")), (vec![photos[1]], 1));
        let preview = Preview {
            preview: vec![1],
            perceptual_hash: 7,
            small_picture: SmallPicture::from_bytes(vec![0; SmallPicture::BYTES]).expect("as many bytes"),
            sharpness: 0.5,
        };
        let seen = SeenAgain { photo: photos[1], preview, bits: Some(16) };
        store.save_previews(&[seen]).expect("saved");
        assert!(waiting().is_empty());
        let bits = store.photos(&photos).expect("photos").into_iter().map(|row| row.facts.bits);
        assert_eq!(bits.collect::<Vec<_>>(), [Some(8), Some(16), Some(8)]);
    }
}
