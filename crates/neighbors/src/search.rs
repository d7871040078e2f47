//! One search among the vectors of an index.
//!
//! A search that must be exact compares the query with every vector. A quick one first takes the rows whose binary
//! codes differ least from the query's, then compares the query with their vectors: distances are always those of
//! the vectors. Small libraries are searched exactly, for that is as quick.

use std::collections::HashSet;
use std::ops::Range;

use half::f16;
use likeness_domain::{Embedding, PhotoId};

use crate::best::{Best, NearestCodes, Ranked};
use crate::index::{VectorIndex, to_halves};
use crate::query::{Accuracy, Found, Metric, SearchOptions};
use crate::threads;

/// Up to this many numbers in all rows together, a quick search is an exact one: a millisecond on one core.
const EXACT_NUMBERS: usize = 1 << 22;
/// A quick search compares the vectors of at least this many rows ...
const CANDIDATES: usize = 2000;
/// ... and of at least one in this many rows ...
const ROWS_PER_CANDIDATE: usize = 400;
/// ... and of this many rows for each photo that is wanted. `cargo bench --bench nearest` shows the recall.
const CANDIDATES_PER_RESULT: usize = 20;
/// Codes of fewer bits than this say less, and more rows are compared.
const ENOUGH_BITS: usize = 256;
/// Rows whose codes are compared before any is looked at: the distances stay in the first cache.
const ROWS_AT_ONCE: usize = 1024;

/// A query and the rows to search among.
pub(crate) struct Search<'a> {
    index: &'a VectorIndex,
    /// The query's direction, padded to the index's stride.
    query: Vec<f32>,
    code: Vec<u64>,
    rows: Rows,
}

/// A row, its cosine distance, and the bits in which its code differs (0 when nobody asked).
type Row = (u32, f32, u16);

impl<'a> Search<'a> {
    /// A search in `direction`, among the `allowed` photos or all.
    pub(crate) fn new(
        index: &'a VectorIndex,
        direction: &Embedding,
        allowed: Option<&HashSet<PhotoId>>,
    ) -> Self {
        let mut query = direction.values().to_vec();
        query.resize(index.stride, 0.0);
        let code = index.codes.encode(&to_halves(direction.values()));
        let rows = allowed.map_or(Rows::All(index.len()), |allowed| {
            let mut rows: Vec<u32> =
                allowed.iter().filter_map(|photo| index.rows.get(photo)).copied().collect();
            rows.sort_unstable();
            Rows::Some(rows)
        });
        Self { index, query, code, rows }
    }

    /// The photos that `options` ask for, best first.
    pub(crate) fn nearest(&self, options: &SearchOptions<'_>) -> Vec<Found> {
        // The excluded take places among the best, so more are looked for.
        let wanted = options.count.saturating_add(options.excluded.len()).min(self.rows.len());
        let rows = match (options.metric, options.accuracy) {
            (Metric::Hamming, _) => self.nearest_by_code(wanted),
            (_, Accuracy::Exact) => self.nearest_exactly(wanted),
            (_, Accuracy::Quick) => self.nearest_quickly(wanted),
        };
        let found = rows.into_iter().map(|(row, distance, bits)| {
            let score = match options.metric {
                Metric::Cosine | Metric::Dot => 1.0 - distance,
                Metric::Euclidean => (2.0 * distance).sqrt(),
                Metric::Hamming => f32::from(bits),
            };
            Found { photo: self.index.photos[row as usize], distance, score }
        });
        found.filter(|found| !options.excluded.contains(&found.photo)).take(options.count).collect()
    }

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
        let dimension = self.index.tag.dimension();
        let row_bytes = size_of_val(&*self.code);
        let parts = threads::split(self.index.threads, self.rows.len(), row_bytes, |part| {
            let mut nearest = NearestCodes::new(count, dimension);
            let mut distances = [0; ROWS_AT_ONCE];
            for start in part.clone().step_by(ROWS_AT_ONCE) {
                let block = start..part.end.min(start + ROWS_AT_ONCE);
                let distances = &mut distances[..block.len()];
                self.code_distances(block, distances);
                nearest.offer(distances, |at| self.rows.at(start + at));
            }
            nearest
        });
        NearestCodes::merge(parts)
    }

    /// The differing bits of consecutive rows.
    fn code_distances(&self, block: Range<usize>, distances: &mut [u16]) {
        match &self.rows {
            Rows::All(_) => self.index.codes.distances(&self.code, block.start, distances),
            Rows::Some(rows) => {
                for (row, distance) in rows[block].iter().zip(distances) {
                    self.index.codes.distances(&self.code, *row as usize, std::slice::from_mut(distance));
                }
            }
        }
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
