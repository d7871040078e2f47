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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmbeddingStamp {
    /// Photos in view that have an embedding.
    pub count: u64,
    /// Grows with every embedding that is saved and with every photo that comes into view or goes out of it.
    pub generation: u64,
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

    /// The embedding of `photo` by the model `tag`.
    ///
    /// # Errors
    /// When the catalog cannot be read, or the stored vector is damaged.
    pub fn embedding(&self, photo: PhotoId, tag: &ModelTag) -> Result<Option<Embedding>, Error> {
        let select = "SELECT vector FROM derived.embeddings
             WHERE photo = ?1 AND model = (SELECT id FROM derived.models WHERE tag = ?2)";
        let vector: Option<Vec<u8>> = self.read(|view| {
            let mut find = view.prepare_cached(select)?;
            Ok(find.query_row(params![photo.0, tag.as_str()], |row| row.get(0)).optional()?)
        })?;
        let Some(vector) = vector else { return Ok(None) };
        let mut half = Vec::new();
        let embedding = read_vector(&vector, tag, &mut half).and_then(|half| {
            Embedding::new(tag.clone(), half.to_f32_vec()).map_err(|error| error.to_string())
        });
        embedding.map(Some).map_err(|detail| self.damaged_vector(photo, &detail))
    }

    /// Calls `visit` with the embedding of every photo in view (there, or in a folder that is away), in the order of
    /// their numbers. Answers with the stamp of what was visited.
    ///
    /// # Errors
    /// When the catalog cannot be read, or a stored vector is damaged.
    pub fn each_embedding(
        &self,
        tag: &ModelTag,
        mut visit: impl FnMut(PhotoId, &[f16]),
    ) -> Result<EmbeddingStamp, Error> {
        let select = "SELECT photo, vector FROM derived.embeddings JOIN photos ON photos.id = photo
             WHERE model = (SELECT id FROM derived.models WHERE tag = ?1) AND files > 0 ORDER BY photo";
        self.read(|view| {
            let stamp = stamp(view, tag)?;
            let mut half = Vec::new();
            let mut vectors = view.prepare_cached(select)?;
            let mut rows = vectors.query([tag.as_str()])?;
            while let Some(row) = rows.next()? {
                let photo = PhotoId(row.get(0)?);
                let bytes = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
                let vector = read_vector(bytes, tag, &mut half)
                    .map_err(|detail| self.damaged_vector(photo, &detail))?;
                visit(photo, vector);
            }
            Ok(stamp)
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

    /// How many photos with a file that is there and online the model `tag` has not seen.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn count_without_embedding(&self, tag: &ModelTag) -> Result<u64, Error> {
        self.read(|view| {
            let paths: i64 = view
                .prepare_cached(&format!(
                    "SELECT count(*) FROM photos WHERE files > 0 AND {} AND EXISTS (SELECT 1 FROM files
                         JOIN folders ON folders.id = folder WHERE shows = photos.id AND photo = photos.id
                         AND folders.state = 'online')",
                    WITHOUT_EMBEDDING.replace("?3", "?1")
                ))?
                .query_row([tag.as_str()], |row| row.get(0))?;
            Ok(paths as u64)
        })
    }

    fn damaged_vector(&self, photo: PhotoId, detail: &str) -> Error {
        let path = crate::connections::derived_path(self.folder());
        Error::Corrupt { path, detail: format!("the embedding of photo {photo}: {detail}") }
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
    let mut find = view.prepare_cached(
        "SELECT generation + (SELECT changes FROM visibility),
            (SELECT count(*) FROM derived.embeddings WHERE model = models.id)
            - (SELECT count(*) FROM photos JOIN derived.embeddings ON model = models.id AND photo = photos.id
               WHERE files = 0)
         FROM derived.models WHERE tag = ?1",
    )?;
    let found = find.query_row([tag.as_str()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)));
    let (generation, count) = found.optional()?.unwrap_or_default();
    Ok(EmbeddingStamp { count: count as u64, generation: generation as u64 })
}

/// Reads a stored vector into `half`; what is wrong with it otherwise.
fn read_vector<'h>(bytes: &[u8], tag: &ModelTag, half: &'h mut Vec<f16>) -> Result<&'h [f16], String> {
    if bytes.len() != tag.dimension() * size_of::<f16>() {
        return Err(format!("{} bytes where model {tag} makes {} numbers", bytes.len(), tag.dimension()));
    }
    half.resize(tag.dimension(), f16::ZERO);
    cast_slice_mut::<f16, u8>(half).copy_from_slice(bytes);
    to_from_little_endian(half);
    Ok(half)
}

fn to_from_little_endian(half: &mut [f16]) {
    if cfg!(target_endian = "big") {
        half.iter_mut().for_each(|number| *number = f16::from_bits(number.to_bits().swap_bytes()));
    }
}
