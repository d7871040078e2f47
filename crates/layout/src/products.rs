//! Products of every row of one matrix with every row of another.

use gemm::{Parallelism, gemm};
use ndarray::{Array2, ArrayView2};

/// `a` times the transpose of `b`, on one core: a row for each of `a`'s, with a number for each row of `b`.
///
/// # Panics
/// When their rows are not of the same length.
pub(crate) fn products(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>) -> Array2<f32> {
    assert_eq!(a.ncols(), b.ncols(), "rows of the same length");
    let mut products = Array2::zeros((a.nrows(), b.nrows()));
    let [a_down, a_right] = [a.strides()[0], a.strides()[1]];
    let [b_down, b_right] = [b.strides()[0], b.strides()[1]];
    // SAFETY: sizes and strides are those of the three matrices; the third is nobody else's.
    unsafe {
        gemm(
            a.nrows(),
            b.nrows(),
            a.ncols(),
            products.as_mut_ptr(),
            1,
            b.nrows() as isize,
            false,
            a.as_ptr(),
            a_right,
            a_down,
            b.as_ptr(),
            b_down,
            b_right,
            0.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
    products
}
