//! The two innermost loops in whole numbers, the only place of them that reads without asking.
//!
//! `unsafe` because a check of each number that is read keeps the compiler from holding the sums in registers. Lengths
//! are checked once for each tile instead.

use super::integers::Integers;

/// Pixels of a tile: as many as one word of a hidden picture holds.
pub(super) const TILE_PIXELS: usize = 4;

/// Adds to `sums` the products of four rows of words, each beginning at its place in `rows`, with `weights`.
#[inline(always)]
pub(super) fn add_products<I: Integers, const VECTORS: usize>(
    simd: I,
    sums: &mut [[I::Sums; VECTORS]; TILE_PIXELS],
    words: &[i32],
    rows: [usize; TILE_PIXELS],
    weights: &[[I::Sums; VECTORS]],
) {
    let length = weights.len();
    assert!(rows.iter().all(|&row| row <= words.len() && length <= words.len() - row));
    let mut local = *sums;
    for input in 0..length {
        // SAFETY: `input < length`, and each row has `length` words from its place on.
        let weights = unsafe { *weights.get_unchecked(input) };
        for (sums, &row) in local.iter_mut().zip(&rows) {
            let bytes = simd.operand(simd.splat(unsafe { *words.get_unchecked(row + input) }));
            for (sum, &weight) in sums.iter_mut().zip(&weights) {
                *sum = simd.dot(*sum, bytes, weight);
            }
        }
    }
    *sums = local;
}

/// The place of a kernel in the words under it: pixel `phase` of a word is under its first column.
pub(super) const PHASES: usize = 4;

/// Adds to the sums of four neighbouring pixels the products with one kernel. `words` begin with the vector of channels
/// in the first word of the first row, words are `pitch` vectors apart and rows `row`. `weights` has for each row of the
/// kernel and each phase two words.
#[inline(always)]
pub(super) fn add_window<I: Integers, const SIDE: usize, const STRIDE: usize, const OFFSET: usize>(
    simd: I,
    sums: &mut [I::Sums; TILE_PIXELS],
    words: &[I::Sums],
    pitch: usize,
    row: usize,
    weights: &[[[I::Sums; 2]; PHASES]],
) {
    let last_word = ((TILE_PIXELS - 1) * STRIDE + OFFSET + SIDE - 1) / PHASES;
    assert!(weights.len() == SIDE && (SIDE - 1) * row + last_word * pitch < words.len());
    let mut local = *sums;
    for y in 0..SIDE {
        // SAFETY: `y < SIDE`, and no word lies behind the last one, which was checked.
        let weights = unsafe { weights.get_unchecked(y) };
        for (i, sum) in local.iter_mut().enumerate() {
            let first = i * STRIDE + OFFSET;
            let (word, phase) = (first / PHASES, first % PHASES);
            let bytes = unsafe { *words.get_unchecked(y * row + word * pitch) };
            *sum = simd.dot(*sum, simd.operand(bytes), weights[phase][0]);
            if phase + SIDE > PHASES {
                let bytes = unsafe { *words.get_unchecked(y * row + (word + 1) * pitch) };
                *sum = simd.dot(*sum, simd.operand(bytes), weights[phase][1]);
            }
        }
    }
    *sums = local;
}
