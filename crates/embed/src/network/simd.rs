//! Which vector instructions the kernels run on, and memory that suits them.
//!
//! Knows nothing of convolutions.

use bytemuck::{Pod, Zeroable};
use pulp::{Arch, Scalar256b, Simd, WithSimd};

/// Channels of hidden pictures and columns of packed matrices come in multiples of this: one cache line of f32,
/// and at least one vector of every instruction set below.
pub(super) const LANES: usize = 16;

/// Runs `kernel` with the widest vectors that this processor has. Without AVX2 or NEON: arrays of eight, which the
/// compiler turns into what the target's baseline offers.
pub(super) fn dispatch<K: WithSimd>(kernel: K) -> K::Output {
    match instructions() {
        Arch::Scalar => Scalar256b.vectorize(kernel),
        arch => arch.dispatch(kernel),
    }
}

#[cfg(not(test))]
fn instructions() -> Arch {
    Arch::new()
}

#[cfg(test)]
fn instructions() -> Arch {
    testing::CHOSEN.get().unwrap_or_default()
}

/// Lets tests run every kernel with narrower vectors than the processor has.
#[cfg(test)]
pub(super) mod testing {
    use std::cell::Cell;

    use pulp::Arch;

    thread_local! {
        pub(super) static CHOSEN: Cell<Option<Arch>> = const { Cell::new(None) };
    }

    /// Runs `check` with each set of instructions that this processor has.
    pub(crate) fn with_each_instruction_set(check: impl Fn()) {
        #[cfg(target_arch = "x86_64")]
        let narrower = pulp::x86::V3::try_new().map(Arch::V3);
        #[cfg(not(target_arch = "x86_64"))]
        let narrower = None;
        for set in [Some(Arch::new()), narrower, Some(Arch::Scalar)].into_iter().flatten() {
            CHOSEN.set(Some(set));
            check();
        }
        CHOSEN.set(None);
    }
}

/// `a * b + c`. Rounds once where the processor can; emulating that elsewhere would be a hundred times slower.
#[inline(always)]
pub(super) fn multiply_add<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    if std::any::TypeId::of::<S>() == std::any::TypeId::of::<Scalar256b>() {
        simd.add_f32s(simd.mul_f32s(a, b), c)
    } else {
        simd.mul_add_e_f32s(a, b, c)
    }
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct CacheLine([f32; LANES]);

/// Numbers that begin on a cache line, so that a vector never straddles two.
#[derive(Clone, Default)]
pub(super) struct Aligned(Vec<CacheLine>);

impl Aligned {
    /// `length` numbers with any content: what the last user left, or zeros.
    pub(super) fn take(&mut self, length: usize) -> &mut [f32] {
        let lines = length.div_ceil(LANES);
        if self.0.len() < lines {
            self.0.resize(lines, CacheLine::zeroed());
        }
        &mut bytemuck::cast_slice_mut(&mut self.0)[..length]
    }

    pub(super) fn as_slice(&self) -> &[f32] {
        bytemuck::cast_slice(&self.0)
    }
}

impl From<&[f32]> for Aligned {
    fn from(values: &[f32]) -> Self {
        let mut aligned = Self::default();
        aligned.take(values.len()).copy_from_slice(values);
        aligned
    }
}
