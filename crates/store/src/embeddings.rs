//! Embeddings by photo and model, kept as half-precision numbers: the truth that every index of vectors is made from.

use std::path::PathBuf;

use bytemuck::{cast_slice, cast_slice_mut};
use half::f16;
use half::slice::HalfFloatSliceExt;
use likeness_domain::{Embedding, ModelTag, PhotoId};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::photos::shown_paths;
use crate::words::{Columns, now_ms};
use crate::{Error, Store};

/// What an index of vectors was made from. Two that are equal stand for the same vectors of the same photos.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EmbeddingStamp {
    /// Photos in view that have an embedding.
    pub count: u64,
    /// Grows by one with every embedding that is saved, and whenever some are forgotten.
    pub generation: u64,
    /// Grows by one with every photo that comes into view or goes out of it.
    pub visibility: u64,
}

impl Store {
    /// Keeps embeddings of known photos. One of the same photo and model is replaced.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn save_embeddings(&self, photos: &[(PhotoId, Embedding)]) -> Result<(), Error> {
        self.write(|catalog| {
            photos.iter().try_for_each(|(photo, embedding)| save(catalog, *photo, embedding))
        })
    }

    /// The embedding of `photo` by the model `tag`. A stored vector that is damaged counts as none.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn embedding(&self, photo: PhotoId, tag: &ModelTag) -> Result<Option<Embedding>, Error> {
        let select = "SELECT vector FROM derived.embeddings
             WHERE photo = ?1 AND model = (SELECT id FROM derived.models WHERE tag = ?2)";
        let vector: Option<Vec<u8>> = self.read(|view| {
            let mut find = view.prepare_cached(select)?;
            Ok(find.query_row(params![photo.0, tag.as_str()], |row| row.get(0)).optional()?)
        })?;
        let mut half = Vec::new();
        Ok(vector.and_then(|vector| {
            Embedding::new(tag.clone(), read_vector(&vector, tag, &mut half)?.to_f32_vec()).ok()
        }))
    }

    /// Calls `visit` with the embedding of every photo in view (there, or in a folder that is away), in the order of
    /// their numbers. Answers with the stamp of what was visited. Stored vectors that are damaged are forgotten first:
    /// their photos can be embedded again, and one bad page must not keep all others from being found.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn each_embedding(
        &self,
        tag: &ModelTag,
        mut visit: impl FnMut(PhotoId, &[f16]),
    ) -> Result<EmbeddingStamp, Error> {
        let select = "SELECT photo, vector FROM derived.embeddings JOIN photos ON photos.id = photo
             WHERE model = (SELECT id FROM derived.models WHERE tag = ?1) AND files > 0 ORDER BY photo";
        self.forget_damaged_embeddings(tag)?;
        self.read(|view| {
            let stamp = stamp(view, tag)?;
            let mut half = Vec::new();
            let mut vectors = view.prepare_cached(select)?;
            let mut rows = vectors.query([tag.as_str()])?;
            while let Some(row) = rows.next()? {
                let photo = PhotoId(row.get(0)?);
                let bytes = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
                // Another process may have damaged one since: its photo is left out until the next visit.
                if let Some(vector) = read_vector(bytes, tag, &mut half) {
                    visit(photo, vector);
                }
            }
            Ok(stamp)
        })
    }

    fn forget_damaged_embeddings(&self, tag: &ModelTag) -> Result<(), Error> {
        let damaged = "model = (SELECT id FROM derived.models WHERE tag = ?1) AND length(vector) <> ?2";
        let bytes = (tag.dimension() * size_of::<f16>()) as i64;
        let any = self.read(|view| {
            let mut find =
                view.prepare_cached(&format!("SELECT 1 FROM derived.embeddings WHERE {damaged} LIMIT 1"))?;
            Ok(find.exists(params![tag.as_str(), bytes])?)
        })?;
        if !any {
            return Ok(());
        }
        self.write(|catalog| {
            let delete = format!("DELETE FROM derived.embeddings WHERE {damaged}");
            catalog.execute(&delete, params![tag.as_str(), bytes])?;
            catalog.execute(
                "UPDATE derived.models SET generation = generation + 1 WHERE tag = ?1",
                [tag.as_str()],
            )?;
            Ok(())
        })
    }

    /// The stamp of what [`each_embedding`](Self::each_embedding) would visit now.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn embedding_stamp(&self, tag: &ModelTag) -> Result<EmbeddingStamp, Error> {
        self.read(|view| stamp(view, tag))
    }

    /// Models that embeddings are kept of, with their number.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn tags(&self) -> Result<Vec<(ModelTag, u64)>, Error> {
        let select = "SELECT tag, (SELECT count(*) FROM derived.embeddings WHERE model = models.id) AS count
             FROM derived.models ORDER BY id";
        self.read(|view| {
            let mut tags = view.prepare_cached(select)?;
            let rows = tags.query_map([], |row| Ok((row.tag("tag")?, row.get::<_, i64>("count")? as u64)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Forgets what the model `tag` made of these photos, which is damaged: they can be embedded again.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn forget_embeddings(&self, tag: &ModelTag, photos: &[PhotoId]) -> Result<(), Error> {
        self.write(|catalog| {
            let mut forget = catalog.prepare_cached(
                "DELETE FROM derived.embeddings
                 WHERE photo = ?2 AND model = (SELECT id FROM derived.models WHERE tag = ?1)",
            )?;
            for photo in photos {
                forget.execute(params![tag.as_str(), photo.0])?;
            }
            let note = "UPDATE derived.models SET generation = generation + 1 WHERE tag = ?1";
            catalog.execute(note, [tag.as_str()])?;
            Ok(())
        })
    }

    /// Forgets up to `limit` embeddings by other models of photos that have one by `tag`. Answers with how many.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn forget_replaced_embeddings(&self, tag: &ModelTag, limit: usize) -> Result<usize, Error> {
        self.write(|catalog| {
            // Older rows lie first: what is left of them is met at once, however many are new.
            let delete = "DELETE FROM derived.embeddings WHERE id IN (
                 SELECT old.id FROM derived.embeddings AS old
                 WHERE old.model <> (SELECT id FROM derived.models WHERE tag = ?1) AND EXISTS (
                     SELECT 1 FROM derived.embeddings AS new WHERE new.photo = old.photo
                     AND new.model = (SELECT id FROM derived.models WHERE tag = ?1))
                 ORDER BY old.id LIMIT ?2)";
            let forgotten = catalog.execute(delete, params![tag.as_str(), limit as i64])?;
            let note = "UPDATE derived.models SET generation = generation + 1 WHERE tag <> ?1 AND ?2 > 0";
            catalog.execute(note, params![tag.as_str(), forgotten as i64])?;
            let drop = "DELETE FROM derived.models WHERE tag <> ?1
                 AND NOT EXISTS (SELECT 1 FROM derived.embeddings WHERE model = models.id)";
            catalog.execute(drop, [tag.as_str()])?;
            Ok(forgotten)
        })
    }

    /// Up to `limit` photos that the model `tag` has not seen, in the order of their numbers, those behind `after`, each
    /// with a file that is there and online.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photos_without_embedding(
        &self,
        tag: &ModelTag,
        after: Option<PhotoId>,
        limit: usize,
    ) -> Result<Vec<(PhotoId, PathBuf)>, Error> {
        self.read(|view| {
            shown_paths(
                view,
                WITHOUT_EMBEDDING,
                params![after.map_or(i64::MIN, |photo| photo.0), limit as i64, tag.as_str()],
            )
        })
    }

    /// How many photos in view (there, or in a folder that is away) the model `tag` has not seen.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn count_without_embedding(&self, tag: &ModelTag) -> Result<u64, Error> {
        self.read(|view| {
            let in_view = "SELECT count(*) FROM photos WHERE files > 0";
            let in_view: i64 = view.prepare_cached(in_view)?.query_row([], |row| row.get(0))?;
            Ok((in_view as u64).saturating_sub(stamp(view, tag)?.count))
        })
    }
}

const WITHOUT_EMBEDDING: &str =
    "NOT EXISTS (SELECT 1 FROM derived.embeddings AS seen WHERE seen.photo = photos.id
    AND seen.model = (SELECT id FROM derived.models WHERE tag = ?3))";

pub(crate) fn save(catalog: &Transaction<'_>, photo: PhotoId, embedding: &Embedding) -> Result<(), Error> {
    // A model that comes back after its vectors were lost must not repeat a generation: it starts at the clock.
    let mut note_change = catalog.prepare_cached(
        "INSERT INTO derived.models (tag, generation) VALUES (?1, ?2)
         ON CONFLICT (tag) DO UPDATE SET generation = generation + 1 RETURNING id",
    )?;
    let model: i64 = note_change.query_row(params![embedding.tag().as_str(), now_ms()], |row| row.get(0))?;
    let mut upsert = catalog.prepare_cached(
        "INSERT INTO derived.embeddings (model, photo, vector) VALUES (?1, ?2, ?3)
         ON CONFLICT (model, photo) DO UPDATE SET vector = excluded.vector",
    )?;
    let mut half = vec![f16::ZERO; embedding.values().len()];
    half.convert_from_f32_slice(embedding.values());
    to_from_little_endian(&mut half);
    upsert.execute(params![model, photo.0, cast_slice::<f16, u8>(&half)])?;
    Ok(())
}

fn stamp(view: &Connection, tag: &ModelTag) -> Result<EmbeddingStamp, Error> {
    // Of photos and embeddings, those out of view are few: they are what is looked through.
    let mut find = view.prepare_cached(
        "SELECT generation, (SELECT changes FROM visibility),
            (SELECT count(*) FROM derived.embeddings WHERE model = models.id)
            - (SELECT count(*) FROM photos CROSS JOIN derived.embeddings ON model = models.id AND photo = photos.id
               WHERE files = 0)
         FROM derived.models WHERE tag = ?1",
    )?;
    let number = |row: &rusqlite::Row<'_>, at| row.get::<_, i64>(at).map(|number| number as u64);
    let found = find.query_row([tag.as_str()], |row| {
        Ok(EmbeddingStamp {
            count: number(row, 2)?,
            generation: number(row, 0)?,
            visibility: number(row, 1)?,
        })
    });
    Ok(found.optional()?.unwrap_or_default())
}

/// Reads a stored vector into `half`; `None` when it has not the length of the model's vectors.
fn read_vector<'h>(bytes: &[u8], tag: &ModelTag, half: &'h mut Vec<f16>) -> Option<&'h [f16]> {
    if bytes.len() != tag.dimension() * size_of::<f16>() {
        return None;
    }
    half.resize(tag.dimension(), f16::ZERO);
    cast_slice_mut::<f16, u8>(half).copy_from_slice(bytes);
    to_from_little_endian(half);
    Some(half)
}

fn to_from_little_endian(half: &mut [f16]) {
    if cfg!(target_endian = "big") {
        half.iter_mut().for_each(|number| *number = f16::from_bits(number.to_bits().swap_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FolderState;
    use crate::testing::{DIMENSION, Disk, Library, embedding};

    fn visited(store: &Store) -> (Vec<PhotoId>, EmbeddingStamp) {
        let mut photos = Vec::new();
        let visit = |photo, vector: &[f16]| {
            let length: f32 = vector.iter().map(|number| number.to_f32().powi(2)).sum();
            assert!(vector.len() == DIMENSION && (length - 1.0).abs() < 0.01, "{vector:?}");
            photos.push(photo);
        };
        let stamp = store.each_embedding(&tag(), visit).expect("visited");
        (photos, stamp)
    }

    fn tag() -> ModelTag {
        crate::testing::tag()
    }

    #[test]
    fn every_photo_in_view_is_visited_and_the_stamp_says_so() {
        let (library, photos) = Library::with_photos(5);
        let store = &library.store;
        let (seen, stamp) = visited(store);
        assert_eq!((seen, stamp.count), (photos.clone(), 5));
        assert_eq!(store.embedding_stamp(&tag()).expect("a stamp"), stamp);

        store.set_folder_state(library.folder, FolderState::Offline).expect("set");
        assert_eq!(visited(store), (photos.clone(), stamp), "a drive that is away keeps its photos in view");

        store.set_folder_state(library.folder, FolderState::Online).expect("set");
        library.scan(&Disk::default());
        let (seen, gone) = visited(store);
        assert_eq!((seen, gone.count), (vec![], 0));
        assert_ne!(gone.visibility, stamp.visibility);
        assert_eq!(store.embedding_stamp(&tag()).expect("a stamp"), gone);
    }

    #[test]
    fn an_embedding_that_is_replaced_changes_the_stamp_and_nothing_else() {
        let (library, photos) = Library::with_photos(2);
        let store = &library.store;
        let before = store.embedding_stamp(&tag()).expect("a stamp");
        store.save_embeddings(&[(photos[0], embedding(77))]).expect("saved");
        let after = store.embedding_stamp(&tag()).expect("a stamp");
        assert!(after.generation > before.generation && after.count == before.count);
        assert!(store.has_embedding(photos[0], &tag()).expect("an answer"));
        let kept = store.embedding(photos[0], &tag()).expect("an answer").expect("an embedding");
        let wanted = embedding(77);
        let difference =
            kept.values().iter().zip(wanted.values()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(difference < 1e-3, "{difference}");
    }

    #[test]
    fn models_are_never_mixed() {
        let (library, photos) = Library::with_photos(2);
        let store = &library.store;
        let other = ModelTag::new("other", "1", "none", 4).expect("a tag");
        assert_eq!(store.embedding_stamp(&other).expect("a stamp"), EmbeddingStamp::default());
        assert_eq!(store.count_without_embedding(&other).expect("a count"), 2);
        let made = Embedding::new(other.clone(), vec![1.0, 0.0, 0.0, 0.0]).expect("a direction");
        store.save_embeddings(&[(photos[1], made)]).expect("saved");
        assert_eq!(store.tags().expect("tags"), [(tag(), 2), (other.clone(), 1)]);
        let without = store.photos_without_embedding(&other, None, 10).expect("a list");
        assert_eq!(without, [(photos[0], PathBuf::from("/photos/1.jpg"))]);
        assert_eq!(store.photos_without_embedding(&other, Some(photos[0]), 10).expect("a list"), []);
        store.set_folder_state(library.folder, FolderState::Offline).expect("set");
        assert_eq!(store.count_without_embedding(&other).expect("a count"), 1, "away, and not findable");
        assert_eq!(store.photos_without_embedding(&other, None, 10).expect("a list"), []);
    }

    #[test]
    fn what_another_model_replaced_is_forgotten() {
        let (library, photos) = Library::with_photos(3);
        let store = &library.store;
        let new = ModelTag::new("new", "1", "none", 2).expect("a tag");
        let made = |values: [f32; 2]| Embedding::new(new.clone(), values.to_vec()).expect("a direction");
        store
            .save_embeddings(&[(photos[0], made([1.0, 0.0])), (photos[2], made([0.0, 1.0]))])
            .expect("saved");
        assert_eq!(store.forget_replaced_embeddings(&new, 1).expect("forgotten"), 1);
        assert_eq!(store.forget_replaced_embeddings(&new, 10).expect("forgotten"), 1);
        assert_eq!(store.tags().expect("tags"), [(tag(), 1), (new.clone(), 2)]);
        assert!(store.embedding(photos[1], &tag()).expect("an answer").is_some(), "it has no other");
        store.save_embeddings(&[(photos[1], made([0.0, 1.0]))]).expect("saved");
        assert_eq!(store.forget_replaced_embeddings(&new, 10).expect("forgotten"), 1);
        assert_eq!(store.tags().expect("tags"), [(new, 3)]);
    }

    #[test]
    fn a_damaged_vector_is_forgotten_and_the_others_are_visited() {
        let (library, photos) = Library::with_photos(3);
        let store = &library.store;
        let cut = |catalog: &Transaction<'_>| {
            Ok(catalog
                .execute("UPDATE derived.embeddings SET vector = x'003c' WHERE photo = ?1", [photos[1].0])?)
        };
        store.write(cut).expect("damaged");
        assert_eq!(store.embedding(photos[1], &tag()).expect("an answer"), None);
        let (seen, stamp) = visited(store);
        assert_eq!((seen, stamp.count), (vec![photos[0], photos[2]], 2));
        assert_eq!(store.embedding_stamp(&tag()).expect("a stamp"), stamp);
        assert_eq!(store.count_without_embedding(&tag()).expect("a count"), 1, "it is embedded again");
    }
}
