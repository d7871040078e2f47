//! Binary codes: one bit for each number of a vector, set where the number is above a threshold.
//!
//! The bits in which two codes differ (their Hamming distance) say roughly how far apart the vectors are, at a
//! sixteenth of the memory of f16. Knows nothing of photos; a row is a number.

use std::num::NonZeroUsize;

use half::f16;

use crate::threads;

/// Codes are padded with zeros to a multiple of this many 64-bit words, 256 bits.
const WORDS: usize = 4;
/// Rows that the medians are taken from.
const SAMPLE: usize = 4096;

/// The codes of all rows, and the thresholds that they were made with.
pub(crate) struct Codes {
    /// Thresholds as [`sortable`] numbers.
    thresholds: Vec<i16>,
    words_per_row: usize,
    words: Vec<u64>,
    kernel: HammingKernel,
}

impl Codes {
    /// No rows yet. `thresholds` has a number for each dimension.
    pub(crate) fn new(thresholds: &[f32]) -> Self {
        Self {
            // Adding 0 makes a negative zero positive: the two are equal, but sort apart.
            thresholds: thresholds.iter().map(|threshold| sortable(f16::from_f32(threshold + 0.0))).collect(),
            words_per_row: thresholds.len().div_ceil(64 * WORDS) * WORDS,
            words: Vec::new(),
            kernel: HammingKernel::detect(),
        }
    }

    /// Rows that have a code.
    pub(crate) fn len(&self) -> usize {
        self.words.len() / self.words_per_row
    }

    /// The median of each number over up to 4,096 of `vectors` (rows of `stride` numbers, of which `dimension` count):
    /// thresholds that split the rows in halves, so that each bit says as much as it can.
    pub(crate) fn medians(vectors: &[f16], stride: usize, dimension: usize) -> Vec<f32> {
        let rows = vectors.len() / stride;
        let sampled: Vec<&[f16]> =
            vectors.chunks_exact(stride).step_by(rows.div_ceil(SAMPLE).max(1)).collect();
        let mut column = vec![0.0f32; sampled.len()];
        (0..dimension)
            .map(|at| {
                column.iter_mut().zip(&sampled).for_each(|(value, row)| *value = row[at].to_f32());
                let middle = column.len() / 2;
                *column.select_nth_unstable_by(middle, f32::total_cmp).1
            })
            .collect()
    }

    /// Adds a row for each of `vectors`, rows of `stride` numbers of which those beyond the dimension do not count.
    pub(crate) fn extend(&mut self, vectors: &[f16], stride: usize, threads: NonZeroUsize) {
        let rows = vectors.len() / stride;
        let parts = threads::split(threads, rows, stride * size_of::<f16>(), |part| {
            let mut words = vec![0; part.len() * self.words_per_row];
            let vectors = vectors[part.start * stride..part.end * stride].chunks_exact(stride);
            for (code, vector) in words.chunks_exact_mut(self.words_per_row).zip(vectors) {
                self.encode_into(code, vector);
            }
            words
        });
        self.words.reserve(rows * self.words_per_row);
        parts.iter().for_each(|words| self.words.extend_from_slice(words));
    }

    /// Replaces the code of a row.
    pub(crate) fn set(&mut self, row: usize, vector: &[f16]) {
        let code = self.encode(vector);
        self.words[row * self.words_per_row..][..self.words_per_row].copy_from_slice(&code);
    }

    /// Removes a row; the last one takes its place.
    pub(crate) fn swap_remove(&mut self, row: usize) {
        let last = self.words.len() - self.words_per_row;
        self.words.copy_within(last.., row * self.words_per_row);
        self.words.truncate(last);
    }

    /// The code of a vector.
    pub(crate) fn encode(&self, vector: &[f16]) -> Vec<u64> {
        let mut code = vec![0; self.words_per_row];
        self.encode_into(&mut code, vector);
        code
    }

    fn encode_into(&self, code: &mut [u64], vector: &[f16]) {
        let numbers = vector.chunks(64).zip(self.thresholds.chunks(64));
        for (word, (values, thresholds)) in code.iter_mut().zip(numbers) {
            for (bit, (&value, &threshold)) in values.iter().zip(thresholds).enumerate() {
                *word |= u64::from(sortable(value) > threshold) << bit;
            }
        }
    }

    /// How many bits of `code` differ from each of the rows from `first` on, as many as `distances` has room for.
    pub(crate) fn distances(&self, code: &[u64], first: usize, distances: &mut [u16]) {
        let start = first * self.words_per_row;
        let rows = &self.words[start..start + distances.len() * self.words_per_row];
        self.kernel.distances(code, rows, distances);
    }
}

/// A whole number that sorts as the finite number does: comparing these is one instruction, comparing f16 is many.
fn sortable(value: f16) -> i16 {
    let bits = value.to_bits() as i16;
    bits ^ ((bits >> 15) & i16::MAX)
}

/// Counts differing bits with the widest instructions that the machine has. All kernels give the same numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum HammingKernel {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl HammingKernel {
    fn detect() -> Self {
        Self::available()[0]
    }

    /// Every kernel that this machine can run, best first.
    fn available() -> Vec<Self> {
        let mut kernels = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512vpopcntdq") && is_x86_feature_detected!("avx512vl") {
                kernels.push(Self::Avx512);
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
                kernels.push(Self::Avx2);
            }
        }
        kernels.push(Self::Portable);
        kernels
    }

    fn distances(self, code: &[u64], rows: &[u64], distances: &mut [u16]) {
        match self {
            // SAFETY: the instructions were detected when the kernel was chosen.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { distances_avx512(code, rows, distances) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { distances_avx2(code, rows, distances) },
            Self::Portable => distances_inlined(code, rows, distances),
        }
    }
}

/// # Safety
/// The machine has these instructions.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512vpopcntdq,avx512vl")]
unsafe fn distances_avx512(code: &[u64], rows: &[u64], distances: &mut [u16]) {
    distances_inlined(code, rows, distances);
}

/// # Safety
/// The machine has these instructions.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn distances_avx2(code: &[u64], rows: &[u64], distances: &mut [u16]) {
    distances_inlined(code, rows, distances);
}

/// Inlined into each of the functions above, so that the compiler vectorises it with their instructions; lengths that
/// built-in models have are known to it.
#[inline(always)]
fn distances_inlined(code: &[u64], rows: &[u64], distances: &mut [u16]) {
    match code.len() {
        4 => distances_of_length::<4>(code, rows, distances),
        8 => distances_of_length::<8>(code, rows, distances),
        20 => distances_of_length::<20>(code, rows, distances),
        length => {
            for (row, distance) in rows.chunks_exact(length).zip(distances) {
                *distance = differing_bits(code, row);
            }
        }
    }
}

#[inline(always)]
fn distances_of_length<const LENGTH: usize>(code: &[u64], rows: &[u64], distances: &mut [u16]) {
    let code: &[u64; LENGTH] = code.try_into().expect("the caller looked at the length");
    for (row, distance) in rows.as_chunks::<LENGTH>().0.iter().zip(distances) {
        *distance = differing_bits(code, row);
    }
}

#[inline(always)]
fn differing_bits(code: &[u64], row: &[u64]) -> u16 {
    let bits: u64 = code.iter().zip(row).map(|(a, b)| u64::from((a ^ b).count_ones())).sum();
    bits as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn halves(values: &[f32]) -> Vec<f16> {
        values.iter().map(|&value| f16::from_f32(value)).collect()
    }

    #[test]
    fn a_code_has_a_bit_for_each_number_above_its_threshold() {
        let codes = Codes::new(&[0.0, 0.5, -0.5]);
        assert_eq!(codes.encode(&halves(&[0.1, 0.5, -0.4])), [0b101, 0, 0, 0]);
    }

    #[test]
    fn every_kernel_counts_the_differing_bits() {
        for dimension in [3, 256, 300, 512, 768, 1280] {
            let vectors = likeness_testkit::clustered_vectors(100, dimension, 5);
            let mut codes = Codes::new(&vec![0.0; dimension]);
            let rows: Vec<Vec<f16>> = vectors.chunks_exact(dimension).map(halves).collect();
            let positive = |value: &f16| *value > f16::ZERO;
            let differing = |row: &Vec<f16>| {
                row.iter().zip(&rows[0]).filter(|(a, b)| positive(a) != positive(b)).count() as u16
            };
            let expected: Vec<u16> = rows.iter().map(differing).collect();
            codes.extend(&rows.concat(), dimension, NonZeroUsize::MIN);
            assert_eq!(codes.len(), 100);
            for kernel in HammingKernel::available() {
                let mut distances = vec![0; 100];
                kernel.distances(&codes.encode(&rows[0]), &codes.words, &mut distances);
                assert_eq!(distances, expected, "{kernel:?} at {dimension}");
            }
        }
    }

    #[test]
    fn numbers_sort_as_they_compare() {
        let numbers = [-65504.0, -1.0, -0.5, -6e-8, 0.0, 6e-8, 0.25, 0.5, 2.0, 65504.0].map(f16::from_f32);
        assert!(numbers.map(sortable).is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_zero_is_not_above_a_zero() {
        let codes = Codes::new(&[0.0, -0.0]);
        assert_eq!(codes.encode(&halves(&[0.0, 0.0])), codes.encode(&halves(&[-0.0, -0.0])));
    }

    #[test]
    fn medians_split_the_rows_in_halves() {
        let rows = halves(&[1.0, -5.0, 0.0, 2.0, 7.0, 0.0, 3.0, 6.0, 0.0]);
        assert_eq!(Codes::medians(&rows, 3, 2), [2.0, 6.0]);
    }
}
