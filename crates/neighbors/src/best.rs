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
    fn none_are_kept_when_none_are_wanted() {
        let mut best = Best::new(0);
        best.offer(Ranked { nearness: 1.0, row: 0 });
        assert!(best.into_sorted().is_empty());
    }
}
