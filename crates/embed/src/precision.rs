//! The two forms in which one set of weights can run, and which of them this machine is quicker with.

use crate::backend::gpu_present;
use crate::network::multiplies_bytes;

/// How the network's numbers are worked out. The vectors of the two lie near one another and are never mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Real numbers of 32 bits: on a GPU, or on the CPU.
    F32,
    /// Whole numbers of 8 bits with sums of 32, on the CPU alone: the same to the last bit on every processor.
    Int8,
}

impl Precision {
    /// The quicker one first. Whole numbers are about three times as quick where the processor multiplies bytes (measured
    /// with VNNI; reckoned for the dot products of ARM), and not quicker where it does not; a GPU is quicker than both and
    /// takes real numbers.
    pub(crate) fn quickest_first() -> [Self; 2] {
        if !gpu_present() && multiplies_bytes() { [Self::Int8, Self::F32] } else { [Self::F32, Self::Int8] }
    }
}
