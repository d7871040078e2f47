//! Vectors of whole numbers, on what the processor has: four products of bytes in one instruction where there is one.
//!
//! `unsafe` is in the modules below this one, and in [`super::inner`], because these instructions are offered in no other
//! way. Each implementation is only ever made after the processor was asked. All give the same numbers to the last bit:
//! sums are whole, and what follows them is one product, one sum, or one comparison in f32 at a time.

#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(target_arch = "x86_64")]
mod x86;

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
    /// What [`Self::operand`] takes from every byte; the bias has to make up for it.
    const TAKEN: i32 = 0;

    fn splat(self, value: i32) -> Self::Sums;
    /// Bytes from 0 to 255 as [`Self::dot`] multiplies them.
    #[inline(always)]
    fn operand(self, bytes: Self::Sums) -> Self::Sums {
        bytes
    }
    /// Adds four products each, of [`Self::operand`]'s bytes with bytes from -127 to 127.
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
    /// NEON that multiplies bytes with and without sign.
    #[cfg(target_arch = "aarch64")]
    NeonI8mm,
    /// NEON that multiplies bytes with sign.
    #[cfg(target_arch = "aarch64")]
    NeonDotprod,
    /// What every 64-bit ARM processor has.
    #[cfg(target_arch = "aarch64")]
    Neon,
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
        #[cfg(target_arch = "aarch64")]
        {
            use std::arch::is_aarch64_feature_detected;

            if is_aarch64_feature_detected!("i8mm") {
                sets.push(Self::NeonI8mm);
            }
            if is_aarch64_feature_detected!("dotprod") {
                sets.push(Self::NeonDotprod);
            }
            sets.push(Self::Neon);
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
            #[cfg(target_arch = "aarch64")]
            Self::NeonI8mm | Self::NeonDotprod => true,
            #[cfg(target_arch = "aarch64")]
            Self::Neon => false,
            Self::Portable => false,
        }
    }

    /// What is taken from every byte before it is multiplied; the bias has to make up for it.
    pub(super) fn taken_from_bytes(self) -> i32 {
        self.dispatch(Taken)
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
            #[cfg(target_arch = "aarch64")]
            Self::NeonI8mm => unsafe { neon::run_i8mm(kernel) },
            #[cfg(target_arch = "aarch64")]
            Self::NeonDotprod => unsafe { neon::run_dotprod(kernel) },
            #[cfg(target_arch = "aarch64")]
            Self::Neon => unsafe { neon::run_neon(kernel) },
            Self::Portable => kernel.run(Portable),
        }
    }
}

struct Taken;

impl Kernel for Taken {
    type Output = i32;

    #[inline(always)]
    fn run<I: Integers>(self, _: I) -> i32 {
        I::TAKEN
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The four products of a word's bytes with four weights.
    struct Dot {
        bytes: [u8; 4],
        weights: [i8; 4],
    }

    impl Kernel for Dot {
        type Output = Vec<i32>;

        #[inline(always)]
        fn run<I: Integers>(self, simd: I) -> Vec<i32> {
            let bytes = simd.operand(simd.splat(i32::from_ne_bytes(self.bytes)));
            let weights = simd.splat(i32::from_ne_bytes(self.weights.map(i8::cast_unsigned)));
            let made_up_for: i32 = self.weights.iter().map(|&weight| I::TAKEN * i32::from(weight)).sum();
            bytemuck::cast_slice(&[simd.dot(simd.splat(made_up_for), bytes, weights)]).to_vec()
        }
    }

    #[test]
    fn no_product_of_bytes_is_too_large() {
        let edges = [(0, 127), (255, 127), (255, -127), (127, -127), (128, 127), (1, -1)];
        for place in 0..edges.len().pow(4) {
            let four: [(u8, i8); 4] =
                std::array::from_fn(|i| edges[place / edges.len().pow(i as u32) % edges.len()]);
            let (bytes, weights) = (four.map(|(byte, _)| byte), four.map(|(_, weight)| weight));
            let expected: i32 = four.iter().map(|&(byte, weight)| i32::from(byte) * i32::from(weight)).sum();
            for instructions in Instructions::available() {
                let sums = instructions.dispatch(Dot { bytes, weights });
                assert!(sums.iter().all(|&sum| sum == expected), "{instructions:?}, {four:?}: {sums:?}");
            }
        }
    }
}
