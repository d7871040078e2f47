//! Vectors in parts around centres, so that neighbours are looked for in a few parts only.

use std::ops::Range;

use likeness_domain::{Cancelled, JobContext};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;

use crate::graph::{Compared, Nearest, NeighborGraph, maximum};
use crate::products::products;
use crate::random;

/// Rows of the sample that centres are fitted on, for each part.
const SAMPLE_PER_PART: usize = 32;
/// Rounds on the sample.
const ROUNDS: usize = 4;
/// Rows for which the nearest centre is looked for in one matrix product.
const ROWS_AT_ONCE: usize = 1024;
/// Neighbours of a row are looked for in the parts nearest to it that together hold this share of all vectors.
const SEARCHED_SHARE: f64 = 0.02;
/// ... and at least so many for each neighbour that is wanted.
const SEARCHED_PER_NEIGHBOR: usize = 40;
/// Rows whose neighbours one thread looks for at a time: of as many, hundreds ask for the same part.
const QUERIES_OF_TASK: usize = 12_500;
/// So many of the parts nearest to a row are put in order at a time.
const ORDERED_AT_ONCE: usize = 16;
/// Any seed will do; it is fixed so that a library always gives the same graph.
const SEED: u64 = 0;

/// A row's number, and its neighbours by cosine.
type Found = (u32, Vec<(f32, u32)>);

/// Rows in the order of their parts.
pub(crate) struct Partition {
    centres: Array2<f32>,
    /// All rows, part after part, and the numbers that they had.
    ordered: Array2<f32>,
    numbers: Vec<u32>,
    /// Where each part begins, and where the last one ends.
    starts: Vec<usize>,
}

impl Partition {
    /// Parts the unit vectors `rows` into about as many parts as a part has rows.
    pub(crate) fn new(context: &JobContext, rows: ArrayView2<'_, f32>) -> Result<Self, Cancelled> {
        let parts = (rows.nrows() as f64).sqrt().ceil() as usize;
        let centres = fit_centres(context, rows, parts)?;
        let part_of = nearest_centres(context, rows, &centres)?;
        let mut numbers: Vec<u32> = (0..rows.nrows() as u32).collect();
        numbers.sort_by_key(|&number| part_of[number as usize]);
        let places: Vec<usize> = numbers.iter().map(|&number| number as usize).collect();
        let ordered = rows.select(Axis(0), &places);
        let mut starts = vec![0; parts + 1];
        part_of.iter().for_each(|&part| starts[part as usize + 1] += 1);
        for part in 0..parts {
            starts[part + 1] += starts[part];
        }
        Ok(Self { centres, ordered, numbers, starts })
    }

    /// The `count` nearest neighbours of every row, by its old number, among those of the nearest parts.
    pub(crate) fn neighbor_graph(
        &self,
        context: &JobContext,
        count: usize,
    ) -> Result<NeighborGraph, crate::LayoutError> {
        let count = count.min(self.numbers.len() - 1);
        let tasks: Vec<Range<usize>> = (0..self.numbers.len())
            .step_by(QUERIES_OF_TASK)
            .map(|at| at..self.numbers.len().min(at + QUERIES_OF_TASK))
            .collect();
        let compared = Compared::new(context, self.numbers.len());
        let blocks = tasks.into_par_iter().map(|of| {
            let asked = &self.numbers[of.clone()];
            let found = self.nearest_of(context, of, count)?.into_iter().map(Nearest::into_sorted);
            compared.add(asked.len());
            Ok(asked.iter().copied().zip(found).collect::<Vec<_>>())
        });
        let blocks: Vec<Vec<Found>> = blocks.collect::<Result<_, Cancelled>>()?;
        let mut rows = vec![Vec::new(); self.numbers.len()];
        blocks.into_iter().flatten().for_each(|(number, found)| rows[number as usize] = found);
        Ok(NeighborGraph::from_sorted(rows, count))
    }

    /// The nearest of some of the ordered rows. Each part is compared with all of those that ask for it at once.
    fn nearest_of(
        &self,
        context: &JobContext,
        rows: Range<usize>,
        count: usize,
    ) -> Result<Vec<Nearest>, Cancelled> {
        let own = &self.numbers[rows.clone()];
        let block = self.ordered.slice(s![rows, ..]);
        let mut asking: Vec<Vec<usize>> = vec![Vec::new(); self.starts.len() - 1];
        for (place, likeness) in products(block, self.centres.view()).rows().into_iter().enumerate() {
            self.nearest_parts(likeness, count).into_iter().for_each(|part| asking[part].push(place));
        }
        let mut nearest = vec![Nearest::new(count); own.len()];
        for (part, places) in asking.iter().enumerate().filter(|(_, places)| !places.is_empty()) {
            context.check()?;
            let of = self.starts[part]..self.starts[part + 1];
            let others = self.ordered.slice(s![of.clone(), ..]);
            let products = products(block.select(Axis(0), places).view(), others);
            for (cosines, &place) in products.rows().into_iter().zip(places) {
                let cosines = cosines.to_slice().expect("a new matrix lies row after row");
                nearest[place].offer(cosines, own[place], |at| self.numbers[of.start + at]);
            }
        }
        Ok(nearest)
    }

    /// Parts with the centres most like a row, most like it first, that together hold enough rows.
    fn nearest_parts(&self, likeness: ArrayView1<'_, f32>, count: usize) -> Vec<usize> {
        let enough =
            ((self.numbers.len() as f64 * SEARCHED_SHARE) as usize).max(SEARCHED_PER_NEIGHBOR * count);
        let mut order: Vec<usize> = (0..likeness.len()).collect();
        let nearer = |a: &usize, b: &usize| likeness[*b].total_cmp(&likeness[*a]).then(a.cmp(b));
        // A few of hundreds are wanted: so many are put in order that they hold enough, and no others.
        let mut ordered = 0;
        let mut rows = 0;
        let mut wanted = 0;
        while rows < enough && wanted < order.len() {
            if wanted == ordered {
                let rest = &mut order[ordered..];
                let next = rest.len().min(ORDERED_AT_ONCE);
                if next < rest.len() {
                    rest.select_nth_unstable_by(next, nearer);
                }
                rest[..next].sort_unstable_by(nearer);
                ordered += next;
            }
            rows += self.starts[order[wanted] + 1] - self.starts[order[wanted]];
            wanted += 1;
        }
        order.truncate(wanted);
        order
    }
}

/// Centres of length 1 (spherical k-means: Lloyd's rounds on a sample).
fn fit_centres(
    context: &JobContext,
    rows: ArrayView2<'_, f32>,
    parts: usize,
) -> Result<Array2<f32>, Cancelled> {
    let sampled = (parts * SAMPLE_PER_PART).min(rows.nrows());
    let mut numbers: Vec<usize> = (0..rows.nrows()).collect();
    numbers.sort_by_cached_key(|&number| random::bits(SEED, number as u64));
    numbers.truncate(sampled);
    let sample = rows.select(Axis(0), &numbers);
    let mut centres = sample.slice(s![..parts, ..]).to_owned();
    for _ in 0..ROUNDS {
        let nearest = nearest_centres(context, sample.view(), &centres)?;
        let mut sums = Array2::<f32>::zeros(centres.raw_dim());
        for (row, &part) in sample.rows().into_iter().zip(&nearest) {
            sums.row_mut(part as usize).scaled_add(1.0, &row);
        }
        for (mut sum, centre) in sums.rows_mut().into_iter().zip(centres.rows()) {
            let length = sum.dot(&sum).sqrt();
            // A part without rows keeps its centre.
            if length > 0.0 { sum /= length } else { sum.assign(&centre) }
        }
        centres = sums;
    }
    Ok(centres)
}

fn nearest_centres(
    context: &JobContext,
    rows: ArrayView2<'_, f32>,
    centres: &Array2<f32>,
) -> Result<Vec<u32>, Cancelled> {
    let blocks: Vec<ArrayView2<'_, f32>> = rows.axis_chunks_iter(Axis(0), ROWS_AT_ONCE).collect();
    let nearest = blocks.into_par_iter().map(|block| {
        context.check()?;
        let products = products(block, centres.view());
        Ok(products.rows().into_iter().map(greatest).collect())
    });
    let nearest: Vec<Vec<u32>> = nearest.collect::<Result<_, Cancelled>>()?;
    Ok(nearest.concat())
}

/// The place of the greatest, the first of several.
fn greatest(values: ArrayView1<'_, f32>) -> u32 {
    let values = values.to_slice().expect("a new matrix lies row after row");
    let most = maximum(values);
    values.iter().position(|&value| value == most).unwrap_or_default() as u32
}
