//! x86: VNNI with vectors of sixteen or eight, and AVX2 without it.

// Each function's own types say what its vectors are turned into.
#![allow(clippy::missing_transmute_annotations)]

use std::arch::x86_64::*;
use std::mem::transmute;

use pulp::{f32x8, f32x16, i32x8, i32x16};

use super::{Integers, Kernel};

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
pub(super) unsafe fn run_avx512_vnni<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx512Vnni)
}

#[target_feature(enable = "avx2,avxvnni")]
pub(super) unsafe fn run_avx_vnni<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(AvxVnni)
}

#[target_feature(enable = "avx2")]
pub(super) unsafe fn run_avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx2)
}

#[derive(Clone, Copy)]
struct Avx512Vnni;

// SAFETY, for all blocks below: the values are only made by the three functions above, whose callers asked the
// processor; vectors of pulp and of the standard library are the same bytes.
impl Integers for Avx512Vnni {
    type Sums = i32x16;
    type Floats = f32x16;
    const LANES: usize = 16;
    const WIDEST_PANEL: usize = 6;

    #[inline(always)]
    fn splat(self, value: i32) -> i32x16 {
        unsafe { transmute(_mm512_set1_epi32(value)) }
    }

    #[inline(always)]
    fn dot(self, sums: i32x16, bytes: i32x16, weights: i32x16) -> i32x16 {
        unsafe { transmute(_mm512_dpbusd_epi32(transmute(sums), transmute(bytes), transmute(weights))) }
    }

    #[inline(always)]
    fn to_floats(self, sums: i32x16) -> f32x16 {
        unsafe { transmute(_mm512_cvtepi32_ps(transmute(sums))) }
    }

    #[inline(always)]
    fn splat_float(self, value: f32) -> f32x16 {
        unsafe { transmute(_mm512_set1_ps(value)) }
    }

    #[inline(always)]
    fn multiply(self, a: f32x16, b: f32x16) -> f32x16 {
        unsafe { transmute(_mm512_mul_ps(transmute(a), transmute(b))) }
    }

    #[inline(always)]
    fn add(self, a: f32x16, b: f32x16) -> f32x16 {
        unsafe { transmute(_mm512_add_ps(transmute(a), transmute(b))) }
    }

    #[inline(always)]
    fn clamp(self, a: f32x16, low: f32, high: f32) -> f32x16 {
        unsafe {
            let raised = _mm512_max_ps(transmute(a), _mm512_set1_ps(low));
            transmute(_mm512_min_ps(raised, _mm512_set1_ps(high)))
        }
    }

    #[inline(always)]
    fn merge(self, bytes: [f32x16; 4], mask: i32) -> i32x16 {
        unsafe {
            let [a, b, c, d]: [__m512i; 4] = transmute(bytes);
            let lowest = _mm512_set1_epi32(0xff);
            let ab = _mm512_or_si512(
                _mm512_and_si512(a, lowest),
                _mm512_slli_epi32::<8>(_mm512_and_si512(b, lowest)),
            );
            let cd = _mm512_or_si512(
                _mm512_slli_epi32::<16>(_mm512_and_si512(c, lowest)),
                _mm512_slli_epi32::<24>(d),
            );
            transmute(_mm512_and_si512(_mm512_or_si512(ab, cd), _mm512_set1_epi32(mask)))
        }
    }

    #[inline(always)]
    fn store_bytes(self, bytes: f32x16, to: &mut [u8]) {
        let to: &mut [u8; 16] = to.try_into().expect("one byte for each place");
        unsafe { *to = transmute::<__m128i, [u8; 16]>(_mm512_cvtepi32_epi8(transmute(bytes))) }
    }
}

/// Vectors of eight differ in one instruction.
macro_rules! vectors_of_eight {
    ($name:ident, $dot:expr) => {
        #[derive(Clone, Copy)]
        struct $name;

        impl Integers for $name {
            type Sums = i32x8;
            type Floats = f32x8;
            const LANES: usize = 8;
            const WIDEST_PANEL: usize = 2;

            #[inline(always)]
            fn splat(self, value: i32) -> i32x8 {
                unsafe { transmute(_mm256_set1_epi32(value)) }
            }

            #[inline(always)]
            fn dot(self, sums: i32x8, bytes: i32x8, weights: i32x8) -> i32x8 {
                unsafe { transmute($dot(transmute(sums), transmute(bytes), transmute(weights))) }
            }

            #[inline(always)]
            fn to_floats(self, sums: i32x8) -> f32x8 {
                unsafe { transmute(_mm256_cvtepi32_ps(transmute(sums))) }
            }

            #[inline(always)]
            fn splat_float(self, value: f32) -> f32x8 {
                unsafe { transmute(_mm256_set1_ps(value)) }
            }

            #[inline(always)]
            fn multiply(self, a: f32x8, b: f32x8) -> f32x8 {
                unsafe { transmute(_mm256_mul_ps(transmute(a), transmute(b))) }
            }

            #[inline(always)]
            fn add(self, a: f32x8, b: f32x8) -> f32x8 {
                unsafe { transmute(_mm256_add_ps(transmute(a), transmute(b))) }
            }

            #[inline(always)]
            fn clamp(self, a: f32x8, low: f32, high: f32) -> f32x8 {
                unsafe {
                    let raised = _mm256_max_ps(transmute(a), _mm256_set1_ps(low));
                    transmute(_mm256_min_ps(raised, _mm256_set1_ps(high)))
                }
            }

            #[inline(always)]
            fn merge(self, bytes: [f32x8; 4], mask: i32) -> i32x8 {
                unsafe {
                    let [a, b, c, d]: [__m256i; 4] = transmute(bytes);
                    let lowest = _mm256_set1_epi32(0xff);
                    let ab = _mm256_or_si256(
                        _mm256_and_si256(a, lowest),
                        _mm256_slli_epi32::<8>(_mm256_and_si256(b, lowest)),
                    );
                    let cd = _mm256_or_si256(
                        _mm256_slli_epi32::<16>(_mm256_and_si256(c, lowest)),
                        _mm256_slli_epi32::<24>(d),
                    );
                    transmute(_mm256_and_si256(_mm256_or_si256(ab, cd), _mm256_set1_epi32(mask)))
                }
            }

            #[inline(always)]
            fn store_bytes(self, bytes: f32x8, to: &mut [u8]) {
                let to: &mut [u8; 8] = to.try_into().expect("one byte for each place");
                unsafe {
                    let low = _mm256_and_si256(transmute(bytes), _mm256_set1_epi32(0xff));
                    let halves =
                        _mm_packus_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256::<1>(low));
                    let packed = _mm_packus_epi16(halves, halves);
                    *to = _mm_cvtsi128_si64(packed).to_le_bytes();
                }
            }
        }
    };
}

vectors_of_eight!(AvxVnni, |sums, bytes, weights| _mm256_dpbusd_avx_epi32(sums, bytes, weights));
vectors_of_eight!(Avx2, dot_avx2);

/// Bytes are widened to 16 bits: the instruction for pairs of bytes would cut their sums.
#[inline(always)]
unsafe fn dot_avx2(sums: __m256i, bytes: __m256i, weights: __m256i) -> __m256i {
    unsafe {
        let even_bytes = _mm256_and_si256(bytes, _mm256_set1_epi16(0xff));
        let odd_bytes = _mm256_srli_epi16::<8>(bytes);
        let even_weights = _mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(weights));
        let odd_weights = _mm256_srai_epi16::<8>(weights);
        let products = _mm256_add_epi32(
            _mm256_madd_epi16(even_bytes, even_weights),
            _mm256_madd_epi16(odd_bytes, odd_weights),
        );
        _mm256_add_epi32(sums, products)
    }
}
