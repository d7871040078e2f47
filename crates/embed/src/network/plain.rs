//! The network in candle's own operators: for GPUs, and the yardstick for the operators of our own.

use candle_core::{D, Result, Tensor};
use candle_nn::{Conv2d, Conv2dConfig, Module, VarBuilder};

use super::architecture::{Architecture, BlockShape, SamePadding};

/// The network on any device.
pub(crate) struct PlainNetwork {
    stem: Convolution,
    blocks: Vec<PlainBlock>,
    head: Convolution,
}

impl PlainNetwork {
    /// Loads the weights to the builder's device.
    pub(crate) fn load(architecture: &Architecture, weights: VarBuilder) -> Result<Self> {
        let blocks = weights.pp("blocks");
        Ok(Self {
            stem: Convolution::load(weights.pp("stem"), 3, architecture.stem, 3, 2, 1)?,
            blocks: architecture
                .blocks
                .iter()
                .enumerate()
                .map(|(index, shape)| PlainBlock::load(shape, blocks.pp(index)))
                .collect::<Result<_>>()?,
            head: Convolution::load(
                weights.pp("head"),
                architecture.last_outputs(),
                architecture.head,
                1,
                1,
                1,
            )?,
        })
    }
}

impl Module for PlainNetwork {
    fn forward(&self, pictures: &Tensor) -> Result<Tensor> {
        let mut x = pictures.permute((0, 3, 1, 2))?.contiguous()?;
        x = relu6(&self.stem.forward(&x)?)?;
        for block in &self.blocks {
            x = block.forward(&x)?;
        }
        relu6(&self.head.forward(&x)?)?.mean((D::Minus2, D::Minus1))
    }
}

/// One inverted residual block on `[photos, channels, rows, columns]`.
pub(super) struct PlainBlock {
    expand: Option<Convolution>,
    depthwise: Convolution,
    project: Convolution,
    has_residual: bool,
}

impl PlainBlock {
    pub(super) fn load(shape: &BlockShape, weights: VarBuilder) -> Result<Self> {
        let hidden = shape.hidden();
        let expand = (shape.expansion > 1)
            .then(|| Convolution::load(weights.pp("expand"), shape.inputs, hidden, 1, 1, 1))
            .transpose()?;
        let depthwise = weights.pp("depthwise");
        Ok(Self {
            expand,
            depthwise: Convolution::load(depthwise, hidden, hidden, shape.kernel, shape.stride, hidden)?,
            project: Convolution::load(weights.pp("project"), hidden, shape.outputs, 1, 1, 1)?,
            has_residual: shape.has_residual(),
        })
    }
}

impl Module for PlainBlock {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let expanded = match &self.expand {
            Some(expand) => relu6(&expand.forward(input)?)?,
            None => input.clone(),
        };
        let output = self.project.forward(&relu6(&self.depthwise.forward(&expanded)?)?)?;
        if self.has_residual { output + input } else { Ok(output) }
    }
}

/// A convolution with bias and TensorFlow's "same" padding.
pub(super) struct Convolution {
    convolution: Conv2d,
    kernel: usize,
    stride: usize,
}

impl Convolution {
    pub(super) fn load(
        weights: VarBuilder,
        inputs: usize,
        outputs: usize,
        kernel: usize,
        stride: usize,
        groups: usize,
    ) -> Result<Self> {
        let weight = weights.get((outputs, inputs / groups, kernel, kernel), "weight")?;
        let bias = weights.get(outputs, "bias")?;
        let config = Conv2dConfig { stride, groups, ..Default::default() };
        Ok(Self { convolution: Conv2d::new(weight, Some(bias), config), kernel, stride })
    }
}

impl Module for Convolution {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let (_, _, rows, columns) = input.dims4()?;
        let [down, across] = [rows, columns].map(|side| SamePadding::new(side, self.kernel, self.stride));
        let padded = input.pad_with_zeros(2, down.before, down.after)?.pad_with_zeros(
            3,
            across.before,
            across.after,
        )?;
        self.convolution.forward(&padded)
    }
}

pub(super) fn relu6(x: &Tensor) -> Result<Tensor> {
    x.clamp(0f32, 6f32)
}
