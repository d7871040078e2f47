//! The vectors of one model in memory, and the search among them.
//!
//! A search that must be exact compares the query with every vector. A quick one first takes the rows whose binary
//! codes differ least from the query's, then compares the query with their vectors: distances are always those of
//! the vectors. Small libraries are searched exactly, for that is as quick.

use std::num::NonZeroUsize;
use std::ops::Range;

use half::f16;
use half::slice::HalfFloatSliceExt;
use likeness_domain::{Embedding, ModelTag, PhotoId};
use rustc_hash::FxHashMap;

use crate::best::{Best, Ranked};
use crate::codes::Codes;
use crate::dot::{DotKernel, LANES};
use crate::query::{Accuracy, Found, Metric, Query, SearchOptions};
use crate::threads;

/// Up to this many numbers in all rows together, a quick search is an exact one: a millisecond on one core.
const EXACT_NUMBERS: usize = 1 << 22;
/// A quick search compares the vectors of at least this many rows ...
const CANDIDATES: usize = 2000;
/// ... and of at least one in this many rows ...
const ROWS_PER_CANDIDATE: usize = 200;
/// ... and of this many rows for each photo that is wanted. `cargo bench --bench nearest` shows the recall.
const CANDIDATES_PER_RESULT: usize = 20;
/// Codes of fewer bits than this say less, and more rows are compared.
const ENOUGH_BITS: usize = 256;
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
    tag: ModelTag,
    threads: NonZeroUsize,
    rows: FxHashMap<PhotoId, u32>,
    photos: Vec<PhotoId>,
    /// Row after row, each of `stride` numbers: the dimension, padded with zeros.
    vectors: Vec<f16>,
    stride: usize,
    kernel: DotKernel,
    codes: Codes,
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
        self.keep_codes_balanced();
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
        self.codes.reserve(expected);
        let mut damaged = Vec::new();
        for (photo, vector) in vectors {
            if self.is_unit_vector(vector) {
                self.set(photo, vector);
            } else {
                damaged.push(photo);
            }
        }
        self.keep_codes_balanced();
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
        if options.count == 0 || self.is_empty() {
            return Ok(Vec::new());
        }
        let mut padded = direction.values().to_vec();
        padded.resize(self.stride, 0.0);
        let code = self.codes.encode(&to_halves(direction.values()));
        let search = Search {
            index: self,
            query: padded,
            code,
            rows: options.allowed.map_or(Rows::All(self.len()), |allowed| {
                let mut rows: Vec<u32> =
                    allowed.iter().filter_map(|photo| self.rows.get(photo)).copied().collect();
                rows.sort_unstable();
                Rows::Some(rows)
            }),
        };
        // The excluded take places among the best, so more are looked for.
        let wanted = options.count + options.excluded.len();
        let found = match (options.metric, options.accuracy) {
            (Metric::Hamming, _) => search.nearest_by_code(wanted),
            (_, Accuracy::Exact) => search.nearest_exactly(wanted),
            (_, Accuracy::Quick) => search.nearest_quickly(wanted),
        };
        let found = found.into_iter().map(|(row, distance, bits)| {
            let score = match options.metric {
                Metric::Cosine | Metric::Dot => 1.0 - distance,
                Metric::Euclidean => (2.0 * distance).sqrt(),
                Metric::Hamming => f32::from(bits),
            };
            Found { photo: self.photos[row as usize], distance, score }
        });
        Ok(found.filter(|found| !options.excluded.contains(&found.photo)).take(options.count).collect())
    }

    fn set(&mut self, photo: PhotoId, vector: &[f16]) {
        let next = self.photos.len() as u32;
        let row = *self.rows.entry(photo).or_insert(next);
        let start = row as usize * self.stride;
        if row == next {
            self.photos.push(photo);
            self.vectors.resize(start + self.stride, f16::ZERO);
        }
        self.vectors[start..start + vector.len()].copy_from_slice(vector);
        self.codes.set(row as usize, vector);
    }

    fn is_unit_vector(&self, vector: &[f16]) -> bool {
        let squared_length: f32 = vector.to_f32_vec().iter().map(|value| value * value).sum();
        vector.len() == self.tag.dimension() && (squared_length - 1.0).abs() <= LENGTH_TOLERANCE
    }

    /// Takes new medians when the number of rows has doubled: few enough times that a photo's code is made again only
    /// once on average, and often enough that bits stay balanced as a library grows.
    fn keep_codes_balanced(&mut self) {
        let Thresholds::Learned { rows } = self.thresholds else { return };
        if self.len() < 2 * rows.max(1) && rows > 0 {
            return;
        }
        self.thresholds = Thresholds::Learned { rows: self.len() };
        let dimension = self.tag.dimension();
        self.codes = Codes::new(&Codes::medians(&self.vectors, self.stride, dimension));
        self.codes.reserve(self.len());
        for (row, vector) in self.vectors.chunks_exact(self.stride).enumerate() {
            self.codes.set(row, &vector[..dimension]);
        }
    }

    fn vector(&self, row: u32) -> &[f16] {
        &self.vectors[row as usize * self.stride..][..self.stride]
    }
}

/// The rows that a search looks at.
enum Rows {
    All(usize),
    Some(Vec<u32>),
}

impl Rows {
    fn len(&self) -> usize {
        match self {
            Rows::All(count) => *count,
            Rows::Some(rows) => rows.len(),
        }
    }

    fn at(&self, position: usize) -> u32 {
        match self {
            Rows::All(_) => position as u32,
            Rows::Some(rows) => rows[position],
        }
    }
}

/// One search. Its results are rows with their cosine distance and the bits in which their codes differ.
struct Search<'a> {
    index: &'a VectorIndex,
    /// The query's direction, padded to the index's stride.
    query: Vec<f32>,
    code: Vec<u64>,
    rows: Rows,
}

type Row = (u32, f32, u16);

impl Search<'_> {
    fn nearest_exactly(&self, count: usize) -> Vec<Row> {
        let best = self.best_of(count, self.rows.len(), |position| self.rows.at(position));
        best.into_iter().map(|ranked| self.row(ranked, 0)).collect()
    }

    fn nearest_quickly(&self, count: usize) -> Vec<Row> {
        let (rows, dimension) = (self.rows.len(), self.index.tag.dimension());
        let candidates = CANDIDATES.max(rows / ROWS_PER_CANDIDATE).max(count * CANDIDATES_PER_RESULT);
        let candidates = candidates * ENOUGH_BITS.div_ceil(dimension);
        if rows * dimension <= EXACT_NUMBERS || candidates * 4 >= rows {
            return self.nearest_exactly(count);
        }
        let candidates = self.nearest_codes(candidates);
        let best = self.best_of(count, candidates.len(), |position| candidates[position].0);
        best.into_iter().map(|ranked| self.row(ranked, 0)).collect()
    }

    /// By differing bits, then by cosine distance.
    fn nearest_by_code(&self, count: usize) -> Vec<Row> {
        let candidates = self.nearest_codes(count);
        let mut found: Vec<Row> = candidates
            .into_iter()
            .map(|(row, bits)| self.row(Ranked { nearness: self.nearness(row), row }, bits))
            .collect();
        found.sort_unstable_by(|a, b| a.2.cmp(&b.2).then(a.1.total_cmp(&b.1)).then(a.0.cmp(&b.0)));
        found.truncate(count);
        found
    }

    /// The rows whose codes differ least: at least `count` (if there are), and all that differ as little as the last.
    fn nearest_codes(&self, count: usize) -> Vec<(u32, u16)> {
        let row_bytes = size_of_val(&*self.code);
        let parts =
            threads::split(self.index.threads, self.rows.len(), row_bytes, |part| self.code_distances(part));
        let mut rows_at = vec![0; self.index.tag.dimension() + 1];
        for (_, part) in &parts {
            rows_at.iter_mut().zip(part).for_each(|(all, part)| *all += part);
        }
        let mut seen = 0;
        let furthest = rows_at.iter().position(|rows| {
            seen += rows;
            seen >= count
        });
        let furthest = furthest.unwrap_or(rows_at.len()) as u16;
        let distances = parts.iter().flat_map(|(distances, _)| distances).enumerate();
        distances
            .filter(|(_, bits)| **bits <= furthest)
            .map(|(position, &bits)| (self.rows.at(position), bits))
            .collect()
    }

    /// The differing bits of a part of the rows, and how many rows there are for each number of bits.
    fn code_distances(&self, part: Range<usize>) -> (Vec<u16>, Vec<usize>) {
        let mut distances = vec![0; part.len()];
        match &self.rows {
            Rows::All(_) => self.index.codes.distances(&self.code, part.start, &mut distances),
            Rows::Some(rows) => {
                for (row, distance) in rows[part].iter().zip(&mut distances) {
                    self.index.codes.distances(&self.code, *row as usize, std::slice::from_mut(distance));
                }
            }
        }
        let mut rows_at = vec![0; self.index.tag.dimension() + 1];
        distances.iter().for_each(|&bits| rows_at[usize::from(bits)] += 1);
        (distances, rows_at)
    }

    /// The best `count` of `candidates` rows, by cosine.
    fn best_of(&self, count: usize, candidates: usize, row: impl Fn(usize) -> u32 + Sync) -> Vec<Ranked> {
        let row_bytes = self.index.stride * size_of::<f16>();
        let parts = threads::split(self.index.threads, candidates, row_bytes, |part| {
            let mut best = Best::new(count);
            for row in part.map(&row) {
                best.offer(Ranked { nearness: self.nearness(row), row });
            }
            best.into_sorted()
        });
        let mut best = Best::new(count);
        parts.into_iter().flatten().for_each(|ranked| best.offer(ranked));
        best.into_sorted()
    }

    fn nearness(&self, row: u32) -> f32 {
        self.index.kernel.dot(&self.query, self.index.vector(row))
    }

    fn row(&self, ranked: Ranked, bits: u16) -> Row {
        (ranked.row, (1.0 - ranked.nearness).clamp(0.0, 2.0), bits)
    }
}

fn to_halves(values: &[f32]) -> Vec<f16> {
    let mut halves = vec![f16::ZERO; values.len()];
    halves.convert_from_f32_slice(values);
    halves
}
