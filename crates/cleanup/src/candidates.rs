//! Which pairs of photos are worth laying upon each other: those with nearly the same perceptual hash in any of its
//! eight symmetries, and near neighbours by embedding. A pair is two rows of the caller's, the lower first.

use rayon::prelude::*;

use crate::Symmetry;

/// Hashes with more differing bits are no candidates; JPEG of quality 3 changes up to 9. Of the upright picture, those with up to 7 are always found; turned or
/// mirrored, those with up to 3, with more often.
const MOST_BITS: u32 = 10;
/// The part of a hash that photos are filed under, and how many there are.
const PART_BITS: u32 = 16;
const PARTS: usize = 4;
/// A photo has at most so many candidates by hash: white pages and night skies would have thousands.
const MOST_OF_ONE: usize = 24;
/// A photo's nearest by embedding that are looked at.
pub const NEIGHBORS: usize = 8;
/// So many of them may be candidates at first, and so many of a photo of which a near-duplicate was found, when they are
/// not farther than this cosine distance ...
const NEAREST: usize = 2;
const NEAREST_OF_FOUND: usize = 6;
const FARTHEST: f32 = 0.6;
/// ... and nearer than the last of them by this factor, as what was made from a photo is; or nearer than this at all.
const STANDS_OUT: f32 = 0.85;
const NEAR: f32 = 0.15;

/// Perceptual hashes of a library, filed so that those nearly equal to a given one are found without reading all.
///
/// After Norouzi, Punjani and Fleet (2012): of two hashes that differ in three bits, one of the four parts is equal; in
/// seven, one differs in a single bit.
#[derive(Debug)]
pub struct HashIndex {
    hashes: Vec<u64>,
    /// For each part, where the rows of each value begin, and all rows by value.
    tables: Vec<(Vec<u32>, Vec<u32>)>,
}

impl HashIndex {
    /// `hashes` by row, as `likeness-decode` makes them.
    pub fn new(hashes: Vec<u64>) -> Self {
        let tables = (0..PARTS).into_par_iter().map(|at| table(&hashes, at)).collect();
        Self { hashes, tables }
    }

    /// Rows whose photos may be the same picture as one with this hash, turned or mirrored perhaps: most alike first. A picture
    /// without structure (0) is like none.
    pub fn alike(&self, hash: u64) -> Vec<u32> {
        if hash == 0 {
            return Vec::new();
        }
        let mut found: Vec<(u32, u32)> = Vec::new();
        for symmetry in Symmetry::ALL {
            let form = symmetry.of_hash(hash);
            for at in 0..PARTS {
                let value = part(form, at);
                found.extend(self.filed(at, value, form));
                // What was stored with large losses was seldom turned besides.
                if symmetry == Symmetry::UPRIGHT {
                    found.extend((0..PART_BITS).flat_map(|bit| self.filed(at, value ^ (1 << bit), form)));
                }
            }
        }
        found.sort_unstable();
        let mut rows: Vec<u32> = Vec::new();
        for (_, row) in found {
            if rows.len() == MOST_OF_ONE {
                break;
            }
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        rows
    }

    /// How many bits differ from `form`, and the row, of those filed under one value of a part.
    fn filed(&self, at: usize, value: usize, form: u64) -> impl Iterator<Item = (u32, u32)> {
        let (starts, rows) = &self.tables[at];
        rows[starts[value] as usize..starts[value + 1] as usize].iter().filter_map(move |&row| {
            let other = self.hashes[row as usize];
            let bits = (form ^ other).count_ones();
            (bits <= MOST_BITS && other != 0).then_some((bits, row))
        })
    }
}

fn part(hash: u64, at: usize) -> usize {
    (hash >> (at as u32 * PART_BITS)) as usize & ((1 << PART_BITS) - 1)
}

/// Counting sort of the rows by one part of their hashes.
fn table(hashes: &[u64], at: usize) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; (1 << PART_BITS) + 1];
    for &hash in hashes {
        starts[part(hash, at) + 1] += 1;
    }
    for value in 1..starts.len() {
        starts[value] += starts[value - 1];
    }
    let mut next = starts.clone();
    let mut rows = vec![0; hashes.len()];
    for (row, &hash) in hashes.iter().enumerate() {
        let place = &mut next[part(hash, at)];
        rows[*place as usize] = row as u32;
        *place += 1;
    }
    (starts, rows)
}

/// Which of a photo's [`NEIGHBORS`] nearest, with their cosine distances and nearest first, may be the same picture.
fn near(neighbors: impl Iterator<Item = (u32, f32)>) -> impl Iterator<Item = u32> {
    let neighbors: Vec<(u32, f32)> = neighbors.collect();
    let usual = neighbors.last().map_or(0.0, |&(_, distance)| distance);
    let farthest = NEAR.max(FARTHEST.min(STANDS_OUT * usual));
    neighbors.into_iter().filter(move |(_, distance)| *distance <= farthest).map(|(row, _)| row)
}

/// All pairs to be compared of which one is among `rows`, each once and in order. `neighbors` gives, for a row, its
/// [`NEIGHBORS`] nearest and their cosine distances, nearest first; nothing where there is no embedding.
pub fn candidates<N: Iterator<Item = (u32, f32)>>(
    index: &HashIndex,
    rows: &[u32],
    neighbors: impl Fn(u32) -> N + Sync,
) -> Vec<(u32, u32)> {
    pairs(rows, |row| {
        let by_hash = index.alike(index.hashes[row as usize]);
        by_hash.into_iter().chain(near(neighbors(row)).take(NEAREST))
    })
}

/// Pairs to be compared besides once [`candidates`] are, each once and in order: who has one near-duplicate often has more.
/// `rows` are those of which one was found.
pub fn further_candidates<N: Iterator<Item = (u32, f32)>>(
    rows: &[u32],
    neighbors: impl Fn(u32) -> N + Sync,
) -> Vec<(u32, u32)> {
    pairs(rows, |row| near(neighbors(row)).take(NEAREST_OF_FOUND))
}

fn pairs<O: Iterator<Item = u32>>(rows: &[u32], others: impl Fn(u32) -> O + Sync) -> Vec<(u32, u32)> {
    let of_row = |&row: &u32| {
        let pair = move |other: u32| (other != row).then(|| (row.min(other), row.max(other)));
        others(row).filter_map(pair)
    };
    let mut pairs: Vec<(u32, u32)> = rows.par_iter().flat_map_iter(of_row).collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_that_differ_in_three_bits_are_found_in_every_symmetry() {
        let mut hashes: Vec<u64> = (1..2000u64).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        let planted = 0x0123_4567_89AB_CDEF;
        hashes[700] = planted;
        let index = HashIndex::new(hashes);
        for symmetry in Symmetry::ALL {
            for bits in [0, 1 << 5, (1 << 5) | (1 << 40), (1 << 5) | (1 << 40) | (1 << 63)] {
                assert_eq!(index.alike(symmetry.of_hash(planted) ^ bits), [700], "{symmetry:?} {bits:x}");
            }
        }
    }

    #[test]
    fn pictures_without_structure_are_like_none_and_many_alike_stay_few() {
        assert!(HashIndex::new(vec![0; 100]).alike(0).is_empty());
        assert_eq!(HashIndex::new(vec![77; 100]).alike(77).len(), MOST_OF_ONE);
    }

    #[test]
    fn near_is_what_stands_out_or_is_very_near() {
        let near = |neighbors: &[(u32, f32)]| near(neighbors.iter().copied()).collect::<Vec<_>>();
        assert_eq!(near(&[(7, 0.3), (8, 0.51), (9, 0.52), (1, 0.53)]), [7]);
        assert_eq!(near(&[(2, 0.1), (3, 0.1), (4, 0.1)]), [2, 3, 4]);
        assert!(near(&[(3, 0.7), (4, 0.9)]).is_empty() && near(&[]).is_empty());
    }

    #[test]
    fn each_pair_is_given_once_lower_row_first() {
        let index = HashIndex::new(vec![
            0xF00F_1234_5678_9ABC,
            0xF00F_1234_5678_9ABD,
            0x0F3C_5A96_C3A5_69F0,
            0x7E81_18E7_24DB_42BD,
        ]);
        let near = [vec![(1, 0.01), (2, 0.2)], vec![(0, 0.01)], vec![(0, 0.2), (3, 0.9)], vec![]];
        let near = |row: u32| near[row as usize].iter().copied();
        assert_eq!(candidates(&index, &[0, 1, 2, 3], near), [(0, 1), (0, 2)]);
        assert_eq!(candidates(&index, &[1, 3], near), [(0, 1)]);
    }

    #[test]
    fn who_has_one_near_duplicate_is_compared_with_more() {
        let hashes = (1..20u64).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        let index = HashIndex::new(hashes);
        let near =
            |row: u32| (0..19).filter(move |other| *other != row).map(|other| (other, 0.1)).take(NEIGHBORS);
        assert_eq!(candidates(&index, &[12], near), [(0, 12), (1, 12)]);
        assert_eq!(further_candidates(&[12], near).len(), NEAREST_OF_FOUND);
    }
}
