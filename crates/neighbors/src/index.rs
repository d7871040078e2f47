//! The vectors of one model in memory: adding, replacing and removing them. Searches are made in `search`.

use std::num::NonZeroUsize;

use half::f16;
use half::slice::HalfFloatSliceExt;
use likeness_domain::{Embedding, ModelTag, PhotoId};
use rustc_hash::FxHashMap;

use crate::codes::Codes;
use crate::dot::{DotKernel, LANES};
use crate::query::{Found, Query, SearchOptions};
use crate::search::Search;
use crate::threads;

/// A stored vector whose squared length is further from 1 was damaged; rounding to f16 changes less than 0.001.
const LENGTH_TOLERANCE: f32 = 0.02;

/// Where the thresholds of the binary codes come from.
enum Thresholds {
    /// Medians of the rows, taken again whenever their number has doubled since it was `rows`.
    Learned { rows: usize },
    /// Given with the model.
    Given,
}

/// All vectors of one model by photo. Searches take `&self` and changes `&mut self`: whoever shares it between
/// threads puts it into a read-write lock.
///
/// Memory: 2 bytes a number for the vector (f16) and 1 bit for its code, and about 40 bytes a photo:
/// 0.58 kB at 256 numbers, 2.8 kB at 1,280.
pub struct VectorIndex {
    pub(crate) tag: ModelTag,
    pub(crate) threads: NonZeroUsize,
    pub(crate) rows: FxHashMap<PhotoId, u32>,
    pub(crate) photos: Vec<PhotoId>,
    /// Row after row, each of `stride` numbers: the dimension, padded with zeros.
    vectors: Vec<f16>,
    pub(crate) stride: usize,
    pub(crate) kernel: DotKernel,
    pub(crate) codes: Codes,
    thresholds: Thresholds,
}

/// The vectors belong to another model, or are not what a model makes.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum IndexError {
    /// Vectors of different models cannot be compared.
    #[error("a vector of model {actual} for an index of {expected}")]
    OtherModel {
        /// The model whose vectors the index holds.
        expected: ModelTag,
        /// The model of the vector that was given.
        actual: ModelTag,
    },
    /// Thresholds have a finite number for each dimension.
    #[error("{actual} code thresholds, or some not finite, for model {tag}")]
    Thresholds {
        /// The model whose vectors the index holds.
        tag: ModelTag,
        /// Thresholds that were given.
        actual: usize,
    },
}

impl VectorIndex {
    /// An empty index for vectors of `tag`. Its binary codes split each number at the median of the photos it holds.
    pub fn new(tag: ModelTag) -> Self {
        let dimension = tag.dimension();
        Self {
            tag,
            threads: threads::all(),
            rows: FxHashMap::default(),
            photos: Vec::new(),
            vectors: Vec::new(),
            stride: dimension.next_multiple_of(LANES),
            kernel: DotKernel::detect(),
            codes: Codes::new(&vec![0.0; dimension]),
            thresholds: Thresholds::Learned { rows: 0 },
        }
    }

    /// An empty index whose binary codes split each number at a threshold that was measured with the model, so that
    /// Hamming distances do not depend on the library.
    ///
    /// # Errors
    /// [`IndexError::Thresholds`] when there is not one finite threshold for each dimension.
    pub fn with_code_thresholds(tag: ModelTag, thresholds: &[f32]) -> Result<Self, IndexError> {
        if thresholds.len() != tag.dimension() || !thresholds.iter().all(|threshold| threshold.is_finite()) {
            return Err(IndexError::Thresholds { tag, actual: thresholds.len() });
        }
        Ok(Self { codes: Codes::new(thresholds), thresholds: Thresholds::Given, ..Self::new(tag) })
    }

    /// Lets a search use at most `threads` threads. Without this it may use all cores.
    pub fn limit_threads(&mut self, threads: NonZeroUsize) {
        self.threads = threads;
    }

    /// The model whose vectors these are.
    pub fn tag(&self) -> &ModelTag {
        &self.tag
    }

    /// Photos in the index.
    pub fn len(&self) -> usize {
        self.photos.len()
    }

    /// Whether there are no photos.
    pub fn is_empty(&self) -> bool {
        self.photos.is_empty()
    }

    /// Whether the photo has a vector here.
    pub fn contains(&self, photo: PhotoId) -> bool {
        self.rows.contains_key(&photo)
    }

    /// The photo's vector, as precise as f16 keeps it.
    pub fn embedding(&self, photo: PhotoId) -> Option<Embedding> {
        let row = *self.rows.get(&photo)?;
        let values = self.vector(row)[..self.tag.dimension()].to_f32_vec();
        Some(Embedding::new(self.tag.clone(), values).expect("rows are checked unit vectors"))
    }

    /// Adds a photo's vector, or replaces it.
    ///
    /// # Errors
    /// [`IndexError::OtherModel`].
    pub fn insert(&mut self, photo: PhotoId, embedding: &Embedding) -> Result<(), IndexError> {
        if *embedding.tag() != self.tag {
            return Err(IndexError::OtherModel {
                expected: self.tag.clone(),
                actual: embedding.tag().clone(),
            });
        }
        self.set(photo, &to_halves(embedding.values()));
        self.make_codes();
        Ok(())
    }

    /// Adds or replaces many vectors as the catalog keeps them. Answers with the photos whose vector was damaged (not
    /// of the dimension, not finite, or not of length 1): they are left out and need a new embedding.
    pub fn insert_many<'a>(
        &mut self,
        vectors: impl IntoIterator<Item = (PhotoId, &'a [f16])>,
    ) -> Vec<PhotoId> {
        let vectors = vectors.into_iter();
        let expected = vectors.size_hint().0;
        self.photos.reserve(expected);
        self.rows.reserve(expected);
        self.vectors.reserve(expected * self.stride);
        let mut damaged = Vec::new();
        for (photo, vector) in vectors {
            if self.is_unit_vector(vector) {
                self.set(photo, vector);
            } else {
                damaged.push(photo);
            }
        }
        self.make_codes();
        damaged
    }

    /// Removes a photo; whether it was there.
    pub fn remove(&mut self, photo: PhotoId) -> bool {
        let Some(row) = self.rows.remove(&photo) else { return false };
        let row = row as usize;
        self.photos.swap_remove(row);
        if let Some(&moved) = self.photos.get(row) {
            self.rows.insert(moved, row as u32);
        }
        let last = self.vectors.len() - self.stride;
        self.vectors.copy_within(last.., row * self.stride);
        self.vectors.truncate(last);
        self.codes.swap_remove(row);
        true
    }

    /// The photos nearest to the query, best first, at most as many as asked for.
    ///
    /// # Errors
    /// [`IndexError::OtherModel`] when the query comes from another model.
    pub fn nearest(&self, query: &Query, options: &SearchOptions<'_>) -> Result<Vec<Found>, IndexError> {
        let direction = query.direction();
        if *direction.tag() != self.tag {
            return Err(IndexError::OtherModel {
                expected: self.tag.clone(),
                actual: direction.tag().clone(),
            });
        }
        Ok(Search::new(self, direction, options.allowed).nearest(options))
    }

    /// Adds or replaces a row. New rows have no code before [`make_codes`](Self::make_codes).
    fn set(&mut self, photo: PhotoId, vector: &[f16]) {
        let next = self.photos.len() as u32;
        let row = *self.rows.entry(photo).or_insert(next);
        let start = row as usize * self.stride;
        if row == next {
            self.photos.push(photo);
            self.vectors.resize(start + self.stride, f16::ZERO);
        }
        self.vectors[start..start + vector.len()].copy_from_slice(vector);
        if (row as usize) < self.codes.len() {
            self.codes.set(row as usize, vector);
        }
    }

    fn is_unit_vector(&self, vector: &[f16]) -> bool {
        let squared_length: f32 = vector.to_f32_vec().iter().map(|value| value * value).sum();
        vector.len() == self.tag.dimension() && (squared_length - 1.0).abs() <= LENGTH_TOLERANCE
    }

    /// Makes the codes of new rows; all of them with new medians when the number of rows has doubled. That is seldom
    /// enough that a code is made twice on average, and often enough that bits stay balanced as a library grows.
    fn make_codes(&mut self) {
        if let Thresholds::Learned { rows } = self.thresholds
            && self.len() >= (2 * rows).max(1)
        {
            self.thresholds = Thresholds::Learned { rows: self.len() };
            self.codes = Codes::new(&Codes::medians(&self.vectors, self.stride, self.tag.dimension()));
        }
        let coded = self.codes.len() * self.stride;
        self.codes.extend(&self.vectors[coded..], self.stride, self.threads);
    }

    pub(crate) fn vector(&self, row: u32) -> &[f16] {
        &self.vectors[row as usize * self.stride..][..self.stride]
    }
}

pub(crate) fn to_halves(values: &[f32]) -> Vec<f16> {
    let mut halves = vec![f16::ZERO; values.len()];
    halves.convert_from_f32_slice(values);
    halves
}

#[cfg(test)]
mod tests;
