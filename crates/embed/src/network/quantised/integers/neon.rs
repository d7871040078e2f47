//! NEON: vectors of four. Processors differ in what they have for four products of bytes.
//!
//! The standard library's names for the two dot products are not stable yet, so they are written as instructions.

// Each function's own types say what its vectors are turned into.
#![allow(clippy::missing_transmute_annotations)]

use std::arch::aarch64::*;
use std::arch::asm;
use std::mem::transmute;

use pulp::{f32x4, i32x4};

use super::{Integers, Kernel};

#[target_feature(enable = "neon,i8mm")]
pub(super) unsafe fn run_i8mm<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(NeonI8mm)
}

#[target_feature(enable = "neon,dotprod")]
pub(super) unsafe fn run_dotprod<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(NeonDotprod)
}

#[target_feature(enable = "neon")]
pub(super) unsafe fn run_neon<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Neon)
}

/// Sets of instructions differ in one, and in whether bytes must have a sign for it.
macro_rules! vectors_of_four {
    ($name:ident, $widest_panel:literal, $taken:literal, $dot:expr) => {
        #[derive(Clone, Copy)]
        struct $name;

        // SAFETY, for all blocks below: the values are only made by the functions above, whose callers asked the
        // processor; vectors of pulp and of the standard library are the same bytes.
        impl Integers for $name {
            type Sums = i32x4;
            type Floats = f32x4;
            const LANES: usize = 4;
            const WIDEST_PANEL: usize = $widest_panel;
            const TAKEN: i32 = $taken;

            #[inline(always)]
            fn splat(self, value: i32) -> i32x4 {
                unsafe { transmute(vdupq_n_s32(value)) }
            }

            #[inline(always)]
            fn operand(self, bytes: i32x4) -> i32x4 {
                unsafe { transmute(veorq_u8(transmute(bytes), vdupq_n_u8($taken))) }
            }

            #[inline(always)]
            fn dot(self, sums: i32x4, bytes: i32x4, weights: i32x4) -> i32x4 {
                unsafe { transmute($dot(transmute(sums), transmute(bytes), transmute(weights))) }
            }

            #[inline(always)]
            fn to_floats(self, sums: i32x4) -> f32x4 {
                unsafe { transmute(vcvtq_f32_s32(transmute(sums))) }
            }

            #[inline(always)]
            fn splat_float(self, value: f32) -> f32x4 {
                unsafe { transmute(vdupq_n_f32(value)) }
            }

            #[inline(always)]
            fn multiply(self, a: f32x4, b: f32x4) -> f32x4 {
                unsafe { transmute(vmulq_f32(transmute(a), transmute(b))) }
            }

            #[inline(always)]
            fn add(self, a: f32x4, b: f32x4) -> f32x4 {
                unsafe { transmute(vaddq_f32(transmute(a), transmute(b))) }
            }

            #[inline(always)]
            fn clamp(self, a: f32x4, low: f32, high: f32) -> f32x4 {
                unsafe {
                    let raised = vmaxq_f32(transmute(a), vdupq_n_f32(low));
                    transmute(vminq_f32(raised, vdupq_n_f32(high)))
                }
            }

            #[inline(always)]
            fn merge(self, bytes: [f32x4; 4], mask: i32) -> i32x4 {
                unsafe {
                    // Each is put over what lies above the last one's lowest byte.
                    let [a, b, c, d]: [uint32x4_t; 4] = transmute(bytes);
                    let merged = vsliq_n_u32::<24>(vsliq_n_u32::<16>(vsliq_n_u32::<8>(a, b), c), d);
                    transmute(vandq_u32(merged, vdupq_n_u32(mask.cast_unsigned())))
                }
            }

            #[inline(always)]
            fn store_bytes(self, bytes: f32x4, to: &mut [u8]) {
                let to: &mut [u8; 4] = to.try_into().expect("one byte for each place");
                unsafe {
                    let halves = vmovn_u32(transmute(bytes));
                    let packed = vmovn_u16(vcombine_u16(halves, halves));
                    *to = vget_lane_u32::<0>(vreinterpret_u32_u8(packed)).to_le_bytes();
                }
            }
        }
    };
}

// The widest panels that the compiler keeps in 32 registers: one holds 128s, some hold products that are not yet summed.
vectors_of_four!(NeonI8mm, 6, 0, dot_i8mm);
vectors_of_four!(NeonDotprod, 5, 128, dot_dotprod);
vectors_of_four!(Neon, 4, 128, dot_neon);

/// Four products of bytes and weights, added to each sum, by the instruction of this name.
macro_rules! dot_by_instruction {
    ($name:ident, $instruction:literal) => {
        #[inline(always)]
        unsafe fn $name(mut sums: int32x4_t, bytes: int8x16_t, weights: int8x16_t) -> int32x4_t {
            unsafe {
                asm!(
                    concat!($instruction, " {sums:v}.4s, {bytes:v}.16b, {weights:v}.16b"),
                    sums = inout(vreg) sums,
                    bytes = in(vreg) bytes,
                    weights = in(vreg) weights,
                    options(pure, nomem, nostack, preserves_flags),
                );
            }
            sums
        }
    };
}

// Bytes without sign, and with; weights always have one.
dot_by_instruction!(dot_i8mm, "usdot");
dot_by_instruction!(dot_dotprod, "sdot");

/// Two products of bytes and weights with sign fit 16 bits: 2 x 128 x 127.
#[inline(always)]
unsafe fn dot_neon(sums: int32x4_t, bytes: int8x16_t, weights: int8x16_t) -> int32x4_t {
    unsafe {
        let low = vmull_s8(vget_low_s8(bytes), vget_low_s8(weights));
        let high = vmull_high_s8(bytes, weights);
        vpadalq_s16(sums, vpaddq_s16(low, high))
    }
}
