//! The network on the CPU: NHWC, one candle operator, block after block within the same memory.
//!
//! candle's own grouped convolution runs one channel at a time and takes 25 times as long as it should. Everything is
//! single-threaded: photos are run side by side.

use std::cell::RefCell;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use candle_nn::{Module, VarBuilder};

use super::architecture::Architecture;
use super::block::{COLORS, FusedBlock, Scratch, Size, Stem, Widen, load_matrix};
use super::matrix::{Activation, Destination, Matrix};
use super::simd::Aligned;

/// The network on the CPU.
pub(crate) struct FusedNetwork {
    blocks: Vec<FusedBlock>,
    head: Head,
}

impl FusedNetwork {
    /// Packs the weights; the builder's device is the CPU.
    pub(crate) fn load(architecture: &Architecture, weights: VarBuilder) -> Result<Self> {
        let block = |(index, shape)| {
            let of_block = weights.pp("blocks").pp(index);
            let widen = match index {
                0 => Widen::Stem(Stem::load(architecture.stem, weights.pp("stem"))?),
                _ => Widen::expand(shape, of_block.clone())?,
            };
            FusedBlock::load(shape, widen, of_block)
        };
        Ok(Self {
            blocks: architecture.blocks.iter().enumerate().map(block).collect::<Result<_>>()?,
            head: Head::load(architecture.last_outputs(), architecture.head, weights.pp("head"))?,
        })
    }

    /// Adds one photo's features to `features`.
    fn run(&self, photo: &[f32], size: Size, features: &mut [f32], memory: &mut Memory) {
        let Memory { pictures: [from, to], scratch } = memory;
        let mut size = size;
        for (index, block) in self.blocks.iter().enumerate() {
            let output_size = block.output_size(size);
            let output = to.take(output_size.pixels() * block.outputs());
            block.run(if index == 0 { photo } else { from.as_slice() }, size, output, scratch);
            size = output_size;
            std::mem::swap(from, to);
        }
        tracing::trace_span!("head").in_scope(|| self.head.run(from.as_slice(), size, features, to));
    }
}

/// Memory that a thread uses for photo after photo: to ask the system for it each time takes longer than some blocks.
#[derive(Default)]
struct Memory {
    /// What a block takes, and what it makes.
    pictures: [Aligned; 2],
    scratch: Scratch,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

impl Module for FusedNetwork {
    fn forward(&self, pictures: &Tensor) -> Result<Tensor> {
        pictures.apply_op1_no_bwd(self)
    }
}

impl CustomOp1 for FusedNetwork {
    fn name(&self) -> &'static str {
        "efficientnet-lite"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (photos, rows, columns, channels) = layout.shape().dims4()?;
        if channels != COLORS {
            bail!("{channels} channels where the network takes {COLORS}");
        }
        let Some((start, end)) = layout.contiguous_offsets() else {
            bail!("pictures must be contiguous");
        };
        let size = Size { rows, columns };
        let pictures = &storage.as_slice::<f32>()?[start..end];
        let dimension = self.head.matrix.outputs();
        let mut features = vec![0.0; photos * dimension];
        MEMORY.with_borrow_mut(|memory| {
            let photos = pictures.chunks_exact(size.pixels() * COLORS);
            for (photo, features) in photos.zip(features.chunks_exact_mut(dimension)) {
                self.run(photo, size, features, memory);
            }
        });
        Ok((CpuStorage::F32(features), (photos, dimension).into()))
    }
}

/// The last 1x1 convolution and the mean over all pixels.
pub(super) struct Head {
    matrix: Matrix,
}

impl Head {
    pub(super) fn load(inputs: usize, outputs: usize, weights: VarBuilder) -> Result<Self> {
        Ok(Self { matrix: load_matrix(weights, inputs, inputs, outputs, Activation::Relu6)? })
    }

    /// Adds the means over a picture to `means`.
    pub(super) fn run(&self, picture: &[f32], size: Size, means: &mut [f32], wide: &mut Aligned) {
        let (inputs, outputs) = (self.matrix.inputs(), self.matrix.outputs());
        let features = wide.take(size.pixels() * outputs);
        let picture = &picture[..size.pixels() * inputs];
        self.matrix.multiply(picture, Destination::rows(features, outputs));
        for pixel in features.chunks_exact(outputs) {
            means.iter_mut().zip(pixel).for_each(|(mean, value)| *mean += value);
        }
        means.iter_mut().for_each(|mean| *mean /= size.pixels() as f32);
    }
}

#[cfg(test)]
mod tests;
