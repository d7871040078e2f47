//! The best few of many, kept while they are looked at one by one.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A row of the index and how near it is: more is nearer. Equal ones are ordered by row, so that answers repeat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ranked {
    pub(crate) nearness: f32,
    pub(crate) row: u32,
}

impl Eq for Ranked {}

impl Ord for Ranked {
    /// The better one is less.
    fn cmp(&self, other: &Self) -> Ordering {
        other.nearness.total_cmp(&self.nearness).then(self.row.cmp(&other.row))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The `count` nearest rows seen so far.
pub(crate) struct Best {
    count: usize,
    heap: BinaryHeap<Ranked>,
}

impl Best {
    pub(crate) fn new(count: usize) -> Self {
        Self { count, heap: BinaryHeap::new() }
    }

    pub(crate) fn offer(&mut self, ranked: Ranked) {
        if self.heap.len() < self.count {
            self.heap.push(ranked);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && ranked < *worst
        {
            *worst = ranked;
        }
    }

    /// Best first.
    pub(crate) fn into_sorted(self) -> Vec<Ranked> {
        self.heap.into_sorted_vec()
    }
}

/// The rows whose codes differ in the fewest bits: at least `count`, and all that differ in as few as the last of them,
/// so that the answer does not depend on the order in which rows are looked at.
pub(crate) struct NearestCodes {
    count: usize,
    /// Rows that differ in more bits are not wanted any more.
    furthest: u16,
    /// Wanted rows so far.
    wanted: usize,
    /// Rows offered so far for each number of bits, up to `furthest`.
    rows_at: Vec<usize>,
    /// All wanted rows, and some that were.
    rows: Vec<(u32, u16)>,
}

impl NearestCodes {
    /// Codes have `bits` bits.
    pub(crate) fn new(count: usize, bits: usize) -> Self {
        Self { count, furthest: bits as u16, wanted: 0, rows_at: vec![0; bits + 1], rows: Vec::new() }
    }

    /// Looks at rows with these `distances`; the number of one is asked for by its place among them.
    pub(crate) fn offer(&mut self, distances: &[u16], row: impl Fn(usize) -> u32) {
        // Most rows are too far: whole runs of them are passed by with a few instructions.
        for (run, distances) in distances.chunks(32).enumerate() {
            if distances.iter().min().is_none_or(|&least| least > self.furthest) {
                continue;
            }
            for (at, &bits) in distances.iter().enumerate() {
                if bits <= self.furthest {
                    self.rows.push((row(run * 32 + at), bits));
                    self.rows_at[usize::from(bits)] += 1;
                    self.wanted += 1;
                }
            }
        }
        self.tighten();
    }

    /// The rows of all `parts`, which were made alike.
    pub(crate) fn merge(parts: Vec<Self>) -> Vec<(u32, u16)> {
        let merged = parts.into_iter().reduce(|mut all, part| {
            // A row that one part dropped is further than `count` others of that part: nobody wants it.
            all.furthest = all.furthest.min(part.furthest);
            all.rows_at.iter_mut().zip(&part.rows_at).for_each(|(all, part)| *all += part);
            all.wanted = all.rows_at[..=usize::from(all.furthest)].iter().sum();
            all.rows.extend(part.rows);
            all.tighten();
            all
        });
        let Some(Self { furthest, mut rows, .. }) = merged else { return Vec::new() };
        rows.retain(|(_, bits)| *bits <= furthest);
        rows
    }

    fn tighten(&mut self) {
        while self.furthest > 0 && self.wanted - self.rows_at[usize::from(self.furthest)] >= self.count {
            self.wanted -= self.rows_at[usize::from(self.furthest)];
            self.furthest -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_are_kept_in_order_and_ties_go_to_the_first_row() {
        let mut best = Best::new(3);
        for (row, nearness) in [0.1, 0.9, 0.5, 0.9, -1.0, 0.5].into_iter().enumerate() {
            best.offer(Ranked { nearness, row: row as u32 });
        }
        let rows: Vec<u32> = best.into_sorted().iter().map(|ranked| ranked.row).collect();
        assert_eq!(rows, [1, 3, 2]);
    }

    #[test]
    fn the_rows_with_the_nearest_codes_are_kept_however_they_are_offered() {
        let distances: Vec<u16> = (0..5000u32).map(|row| (row * row % 251) as u16).collect();
        for count in [1, 7, 300, 4999, 5000, 9000] {
            let mut sorted = distances.clone();
            sorted.sort_unstable();
            let furthest = sorted[count.min(5000) - 1];
            let expected: Vec<(u32, u16)> =
                (0..).zip(distances.iter().copied()).filter(|(_, bits)| *bits <= furthest).collect();
            for (parts, block) in [(1, 5000), (1, 64), (2, 100), (5, 33)] {
                let rows = 5000 / parts;
                let offered = (0..parts).map(|part| {
                    let mut nearest = NearestCodes::new(count, 256);
                    for start in (part * rows..(part + 1) * rows).step_by(block) {
                        let end = ((part + 1) * rows).min(start + block);
                        nearest.offer(&distances[start..end], |at| (start + at) as u32);
                    }
                    nearest
                });
                assert_eq!(NearestCodes::merge(offered.collect()), expected, "{count} of {parts} parts");
            }
        }
    }

    #[test]
    fn none_are_kept_when_none_are_wanted() {
        let mut best = Best::new(0);
        best.offer(Ranked { nearness: 1.0, row: 0 });
        assert!(best.into_sorted().is_empty());
    }
}
