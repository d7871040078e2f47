//! Vectors of whole numbers, on what the processor has: four products of bytes in one instruction where there is one.
//!
//! `unsafe` is here, and in [`super::inner`], because the standard library offers these instructions in no other way.
//! Each implementation is only ever made after the processor was asked. All give the same numbers to the last bit: sums
//! are whole, and what follows them is one product, one sum, or one comparison in f32 at a time.

use bytemuck::Pod;

/// The vectors of one set of instructions.
pub(super) trait Integers: Copy {
    /// A vector of i32, of four bytes in each place, too.
    type Sums: Copy + Pod;
    /// A vector of as many f32.
    type Floats: Copy + Pod;
    /// Numbers in a vector.
    const LANES: usize;
    /// Vectors in the widest panel of a matrix: four sums each must fit the registers.
    const WIDEST_PANEL: usize;

    fn splat(self, value: i32) -> Self::Sums;
    /// Adds four products each, of bytes from 0 to 255 with bytes from -127 to 127.
    fn dot(self, sums: Self::Sums, bytes: Self::Sums, weights: Self::Sums) -> Self::Sums;
    fn to_floats(self, sums: Self::Sums) -> Self::Floats;
    fn splat_float(self, value: f32) -> Self::Floats;
    fn multiply(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn add(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// Cut to `low` to `high`.
    fn clamp(self, a: Self::Floats, low: f32, high: f32) -> Self::Floats;
    /// The lowest bytes of four vectors in the four bytes of one, without those that `mask` leaves out.
    fn merge(self, bytes: [Self::Floats; 4], mask: i32) -> Self::Sums;
    /// Stores the lowest byte of each place.
    fn store_bytes(self, bytes: Self::Floats, to: &mut [u8]);
}

/// Added to a number from 0 to 255 it leaves that number, rounded to the nearest whole one, in the lowest byte.
const ROUNDER: f32 = 8_388_608.0;

/// The codes of numbers whose zero has the code `centre`: in the lowest byte of each place.
#[inline(always)]
pub(super) fn codes<I: Integers>(simd: I, values: I::Floats, centre: f32) -> I::Floats {
    simd.add(simd.clamp(values, -centre, 255.0 - centre), simd.splat_float(ROUNDER + centre))
}

/// What can be run on any vectors.
pub(super) trait Kernel {
    type Output;
    fn run<I: Integers>(self, simd: I) -> Self::Output;
}

/// The sets of instructions that we have code for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instructions {
    /// AVX-512 with VNNI.
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
    /// AVX2 with VNNI, as laptops have it.
    #[cfg(target_arch = "x86_64")]
    AvxVnni,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// Plain code.
    Portable,
}

impl Instructions {
    /// What this processor has, best first.
    pub(super) fn available() -> Vec<Self> {
        let mut sets = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl");
            if avx512 && is_x86_feature_detected!("avx512vnni") {
                sets.push(Self::Avx512Vnni);
            }
            if is_x86_feature_detected!("avx2") {
                if is_x86_feature_detected!("avxvnni") {
                    sets.push(Self::AvxVnni);
                }
                sets.push(Self::Avx2);
            }
        }
        sets.push(Self::Portable);
        sets
    }

    pub(super) fn multiplies_bytes(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni | Self::AvxVnni => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => false,
            Self::Portable => false,
        }
    }

    /// Runs `kernel` with these instructions, which the processor has: they come from [`Self::available`].
    pub(super) fn dispatch<K: Kernel>(self, kernel: K) -> K::Output {
        match self {
            // SAFETY: `available` asked the processor.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni => unsafe { x86::run_avx512_vnni(kernel) },
            #[cfg(target_arch = "x86_64")]
            Self::AvxVnni => unsafe { x86::run_avx_vnni(kernel) },
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { x86::run_avx2(kernel) },
            Self::Portable => kernel.run(Portable),
        }
    }
}

/// Arrays of eight, which the compiler turns into what the target's baseline offers.
#[derive(Clone, Copy)]
struct Portable;

impl Integers for Portable {
    type Sums = [i32; 8];
    type Floats = [f32; 8];
    const LANES: usize = 8;
    const WIDEST_PANEL: usize = 2;

    #[inline(always)]
    fn splat(self, value: i32) -> [i32; 8] {
        [value; 8]
    }

    #[inline(always)]
    fn dot(self, sums: [i32; 8], bytes: [i32; 8], weights: [i32; 8]) -> [i32; 8] {
        std::array::from_fn(|lane| {
            let (bytes, weights) = (bytes[lane].to_ne_bytes(), weights[lane].to_ne_bytes());
            (0..4).fold(sums[lane], |sum, i| sum + i32::from(bytes[i]) * i32::from(weights[i].cast_signed()))
        })
    }

    #[inline(always)]
    fn to_floats(self, sums: [i32; 8]) -> [f32; 8] {
        sums.map(|sum| sum as f32)
    }

    #[inline(always)]
    fn splat_float(self, value: f32) -> [f32; 8] {
        [value; 8]
    }

    #[inline(always)]
    fn multiply(self, a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
        std::array::from_fn(|lane| a[lane] * b[lane])
    }

    #[inline(always)]
    fn add(self, a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
        std::array::from_fn(|lane| a[lane] + b[lane])
    }

    #[inline(always)]
    fn clamp(self, a: [f32; 8], low: f32, high: f32) -> [f32; 8] {
        a.map(|value| value.max(low).min(high))
    }

    #[inline(always)]
    fn merge(self, bytes: [[f32; 8]; 4], mask: i32) -> [i32; 8] {
        std::array::from_fn(|lane| {
            i32::from_le_bytes(bytes.map(|values| values[lane].to_bits() as u8)) & mask
        })
    }

    #[inline(always)]
    fn store_bytes(self, bytes: [f32; 8], to: &mut [u8]) {
        to.copy_from_slice(&bytes.map(|value| value.to_bits() as u8));
    }
}

// Each function's own types say what its vectors are turned into.
#[cfg(target_arch = "x86_64")]
#[allow(clippy::missing_transmute_annotations)]
mod x86 {
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
}
