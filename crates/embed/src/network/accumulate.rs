//! The innermost loop of a matrix product, and the only place of the network in f32 that reads without asking.
//!
//! `unsafe` because a check of each number that is read keeps the compiler from holding the tile in registers: with
//! the checks a product takes three times as long. The lengths are checked once for each tile instead.

// Loops over numbers known at compile time unroll; iterators over arrays of vectors do not always.
#![allow(clippy::needless_range_loop)]

use pulp::Simd;

use super::simd::multiply_add;

/// Adds the product of `rows` (`ROWS` rows, one after the other) and `weights` (a vector or more for each number of a
/// row) to `sums`.
#[inline(always)]
pub(super) fn accumulate<S: Simd, const VECTORS: usize, const ROWS: usize>(
    simd: S,
    sums: &mut [[S::f32s; VECTORS]; ROWS],
    rows: &[f32],
    weights: &[[S::f32s; VECTORS]],
) {
    assert_eq!(rows.len(), ROWS * weights.len());
    let length = weights.len();
    let mut local = *sums;
    for input in 0..length {
        // SAFETY: `input < weights.len()`, so that `i * length + input` is below `ROWS * length`, the length of `rows`.
        let weights = unsafe { *weights.get_unchecked(input) };
        for i in 0..ROWS {
            let value = simd.splat_f32s(unsafe { *rows.get_unchecked(i * length + input) });
            for v in 0..VECTORS {
                local[i][v] = multiply_add(simd, value, weights[v], local[i][v]);
            }
        }
    }
    *sums = local;
}
