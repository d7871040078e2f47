//! Sums of products of a query (f32) with stored vectors (f16), with the widest instructions that the machine has.
//!
//! All kernels add in f32; they differ only in the order of additions, by less than 1e-6 on unit vectors.

use half::f16;
use half::slice::HalfFloatSliceExt;

/// Rows are padded with zeros to a multiple of this many numbers.
pub(crate) const LANES: usize = 16;

/// Computes the sum of products of a query and a row of equal length, a multiple of [`LANES`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct DotKernel(Instructions);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Instructions {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl DotKernel {
    /// The best kernel of this machine.
    pub(crate) fn detect() -> Self {
        Self::available()[0]
    }

    /// Every kernel that this machine can run, best first.
    fn available() -> Vec<Self> {
        let mut kernels = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                kernels.push(Self(Instructions::Avx512));
            }
            if is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("f16c")
            {
                kernels.push(Self(Instructions::Avx2));
            }
        }
        kernels.push(Self(Instructions::Portable));
        kernels
    }

    /// The sum of products of `query` and `row`.
    pub(crate) fn dot(self, query: &[f32], row: &[f16]) -> f32 {
        assert!(
            query.len() == row.len() && query.len().is_multiple_of(LANES),
            "rows and queries are padded alike"
        );
        match self.0 {
            // SAFETY: the instructions were detected when the kernel was made, and the lengths are as it wants them.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe { x86::dot_avx512(query, row) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { x86::dot_avx2(query, row) },
            Instructions::Portable => dot_portable(query, row),
        }
    }
}

fn dot_portable(query: &[f32], row: &[f16]) -> f32 {
    let mut sums = [0.0f32; LANES];
    let mut widened = [0.0f32; LANES];
    for (query, row) in query.chunks_exact(LANES).zip(row.chunks_exact(LANES)) {
        row.convert_to_f32_slice(&mut widened);
        for lane in 0..LANES {
            sums[lane] += query[lane] * widened[lane];
        }
    }
    sums.iter().sum()
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use half::f16;

    /// # Safety
    /// The machine has AVX-512F; both slices are equally long, a multiple of 16.
    #[target_feature(enable = "avx512f")]
    pub(super) unsafe fn dot_avx512(query: &[f32], row: &[f16]) -> f32 {
        let (mut even, mut odd) = (_mm512_setzero_ps(), _mm512_setzero_ps());
        // SAFETY: `at` is at most the length minus 16.
        let part = |at: usize| unsafe {
            let row = _mm512_cvtph_ps(_mm256_loadu_si256(row.as_ptr().add(at).cast()));
            (_mm512_loadu_ps(query.as_ptr().add(at)), row)
        };
        let mut at = 0;
        while at + 32 <= query.len() {
            let ((query, row), (next_query, next_row)) = (part(at), part(at + 16));
            even = _mm512_fmadd_ps(query, row, even);
            odd = _mm512_fmadd_ps(next_query, next_row, odd);
            at += 32;
        }
        if at < query.len() {
            let (query, row) = part(at);
            even = _mm512_fmadd_ps(query, row, even);
        }
        _mm512_reduce_add_ps(_mm512_add_ps(even, odd))
    }

    /// # Safety
    /// The machine has AVX2, FMA and F16C; both slices are equally long, a multiple of 16.
    #[target_feature(enable = "avx2,fma,f16c")]
    pub(super) unsafe fn dot_avx2(query: &[f32], row: &[f16]) -> f32 {
        let (mut even, mut odd) = (_mm256_setzero_ps(), _mm256_setzero_ps());
        // SAFETY: `at` is at most the length minus 8.
        let part = |at: usize| unsafe {
            let row = _mm256_cvtph_ps(_mm_loadu_si128(row.as_ptr().add(at).cast()));
            (_mm256_loadu_ps(query.as_ptr().add(at)), row)
        };
        for at in (0..query.len()).step_by(16) {
            let ((query, row), (next_query, next_row)) = (part(at), part(at + 8));
            even = _mm256_fmadd_ps(query, row, even);
            odd = _mm256_fmadd_ps(next_query, next_row, odd);
        }
        let mut lanes = [0.0f32; 8];
        // SAFETY: there is room for 8 numbers.
        unsafe { _mm256_storeu_ps(lanes.as_mut_ptr(), _mm256_add_ps(even, odd)) };
        lanes.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_computes_the_sum_of_products() {
        for dimension in [16, 48, 256, 1280] {
            let vectors = likeness_testkit::clustered_vectors(40, dimension, 3);
            let rows: Vec<Vec<f16>> = vectors
                .chunks_exact(dimension)
                .map(|row| row.iter().map(|&value| f16::from_f32(value)).collect())
                .collect();
            for (query, row) in vectors.chunks_exact(dimension).zip(rows.iter().rev()) {
                let exact: f64 = query.iter().zip(row).map(|(&q, &v)| f64::from(q) * v.to_f64()).sum();
                for kernel in DotKernel::available() {
                    let dot = kernel.dot(query, row);
                    assert!((f64::from(dot) - exact).abs() < 1e-6, "{kernel:?}: {dot} for {exact}");
                }
            }
        }
    }
}
