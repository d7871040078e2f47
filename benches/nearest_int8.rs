//! The contender that lost: a scan over 8-bit vectors, with the best few hundred compared again in f32.
//!
//! Kept as a bench so that the choice of binary codes can be measured again on other machines and other vectors.

/// Rows compared again in f32.
const AGAIN: usize = 200;

/// Vectors as 8-bit numbers, each row with its own scale.
pub struct Int8Rows {
    dimension: usize,
    /// Numbers from -127 to 127, stored 128 higher: VNNI multiplies unsigned by signed bytes.
    numbers: Vec<u8>,
    scales: Vec<f32>,
}

impl Int8Rows {
    /// Rounds rows of `dimension` numbers, a multiple of 64.
    pub fn new(vectors: &[f32], dimension: usize) -> Self {
        assert!(dimension.is_multiple_of(64), "rows are read in 64 bytes");
        let mut rows = Self { dimension, numbers: Vec::with_capacity(vectors.len()), scales: Vec::new() };
        for vector in vectors.chunks_exact(dimension) {
            let (numbers, scale) = round(vector);
            rows.numbers.extend(numbers.iter().map(|&number| (i16::from(number) + 128) as u8));
            rows.scales.push(scale);
        }
        rows
    }

    /// The rows nearest to `query`, best first, compared again with `vectors`.
    pub fn nearest(&self, query: &[f32], vectors: &[f32], count: usize, threads: usize) -> Vec<u32> {
        let (query_numbers, _) = round(query);
        let rows = self.scales.len();
        let part =
            |part: usize| self.best_of(&query_numbers, rows * part / threads..rows * (part + 1) / threads);
        let candidates: Vec<u32> = std::thread::scope(|scope| {
            let part = &part;
            let others: Vec<_> = (1..threads).map(|at| scope.spawn(move || part(at))).collect();
            let first = part(0);
            others.into_iter().fold(first, |mut all, other| {
                all.extend(other.join().expect("a scan does not panic"));
                all
            })
        });
        let mut exact: Vec<(f32, u32)> = candidates
            .into_iter()
            .map(|row| (crate::dot(query, &vectors[row as usize * self.dimension..][..self.dimension]), row))
            .collect();
        exact.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        exact.into_iter().take(count).map(|(_, row)| row).collect()
    }

    fn best_of(&self, query: &[i8], rows: std::ops::Range<usize>) -> Vec<u32> {
        let start = rows.start;
        let mut products = vec![0i32; rows.len()];
        products_of(query, &self.numbers[start * self.dimension..rows.end * self.dimension], &mut products);
        let raised = 128 * query.iter().map(|&number| i32::from(number)).sum::<i32>();
        let mut scored: Vec<(f32, u32)> = products
            .iter()
            .zip(&self.scales[rows])
            .enumerate()
            .map(|(at, (product, scale))| ((product - raised) as f32 * scale, (start + at) as u32))
            .collect();
        if scored.len() > AGAIN {
            scored.select_nth_unstable_by(AGAIN, |a, b| b.0.total_cmp(&a.0));
            scored.truncate(AGAIN);
        }
        scored.into_iter().map(|(_, row)| row).collect()
    }
}

fn round(vector: &[f32]) -> (Vec<i8>, f32) {
    let largest = vector.iter().fold(f32::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
    let scale = largest / 127.0;
    (vector.iter().map(|value| (value / scale).round() as i8).collect(), scale)
}

/// The instructions that the scan uses on this machine.
pub fn instructions() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512vnni") && is_x86_feature_detected!("avx512f") {
        return "VNNI";
    }
    "as compiled"
}

fn products_of(query: &[i8], rows: &[u8], products: &mut [i32]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512vnni") && is_x86_feature_detected!("avx512f") {
        // SAFETY: the instructions were just detected, rows are multiples of 64 bytes.
        return unsafe { products_vnni(query, rows, products) };
    }
    for (row, product) in rows.chunks_exact(query.len()).zip(products) {
        *product = row.iter().zip(query).map(|(&row, &query)| i32::from(row) * i32::from(query)).sum();
    }
}

/// # Safety
/// The machine has AVX-512 VNNI; `query` is a multiple of 64 bytes long and `rows` as many times that as `products`.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vnni")]
unsafe fn products_vnni(query: &[i8], rows: &[u8], products: &mut [i32]) {
    use std::arch::x86_64::*;
    for (row, product) in rows.chunks_exact(query.len()).zip(products) {
        let mut sums = _mm512_setzero_si512();
        for at in (0..query.len()).step_by(64) {
            // SAFETY: 64 bytes are left in both.
            let (row, query) = unsafe {
                (
                    _mm512_loadu_si512(row.as_ptr().add(at).cast()),
                    _mm512_loadu_si512(query.as_ptr().add(at).cast()),
                )
            };
            sums = _mm512_dpbusd_epi32(sums, row, query);
        }
        *product = _mm512_reduce_add_epi32(sums);
    }
}
