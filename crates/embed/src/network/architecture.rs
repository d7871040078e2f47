//! The shapes of the networks that we know, and the tensors that their weights must have.
//!
//! Knows no numbers: those are in a model's folder.

/// An EfficientNet-Lite (Tan and Le, 2019; Liu, 2020): a stem, blocks of expand, depthwise and project, and a head
/// whose mean over the picture is the vector. All activations are ReLU6, all padding is TensorFlow's "same".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Architecture {
    /// Rows and columns of the input.
    pub(crate) side: usize,
    /// Channels after the stem, a 3x3 convolution of stride 2.
    pub(crate) stem: usize,
    pub(crate) blocks: Vec<BlockShape>,
    /// Numbers in the vector.
    pub(crate) head: usize,
}

/// One inverted residual block. Its input is added to its output when both have the same shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockShape {
    pub(crate) inputs: usize,
    /// Channels between expand and project are `inputs * expansion`; with 1 there is no expand.
    pub(crate) expansion: usize,
    /// Rows and columns of the depthwise kernel.
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) outputs: usize,
}

impl BlockShape {
    pub(crate) fn hidden(&self) -> usize {
        self.inputs * self.expansion
    }

    pub(crate) fn has_residual(&self) -> bool {
        self.stride == 1 && self.inputs == self.outputs
    }
}

/// A tensor by name and shape, as safetensors has it.
pub(crate) type TensorShape = (String, Vec<usize>);

/// Name of the tensor with the level of each dimension above which a binary code has a one.
pub(crate) const CODE_THRESHOLD: &str = "code_threshold";

impl Architecture {
    /// The architecture of a family, if we know it.
    pub(crate) fn of_family(family: &str) -> Option<Self> {
        (family == "efficientnet-lite0").then(Self::lite0)
    }

    fn lite0() -> Self {
        // Repeats, expansion, kernel, stride of the first, outputs.
        const STAGES: [(usize, usize, usize, usize, usize); 7] = [
            (1, 1, 3, 1, 16),
            (2, 6, 3, 2, 24),
            (2, 6, 5, 2, 40),
            (3, 6, 3, 2, 80),
            (3, 6, 5, 1, 112),
            (4, 6, 5, 2, 192),
            (1, 6, 3, 1, 320),
        ];
        const STEM: usize = 32;
        let mut blocks = Vec::new();
        let mut inputs = STEM;
        for (repeats, expansion, kernel, first_stride, outputs) in STAGES {
            for repeat in 0..repeats {
                let stride = if repeat == 0 { first_stride } else { 1 };
                blocks.push(BlockShape { inputs, expansion, kernel, stride, outputs });
                inputs = outputs;
            }
        }
        Self { side: 224, stem: STEM, blocks, head: 1280 }
    }

    /// Channels that the last block gives to the head.
    pub(crate) fn last_outputs(&self) -> usize {
        self.blocks.last().map_or(self.stem, |block| block.outputs)
    }

    /// Every tensor that a weights file must have.
    pub(crate) fn tensors(&self) -> Vec<TensorShape> {
        let mut tensors = vec![(CODE_THRESHOLD.to_owned(), vec![self.head])];
        let mut convolution = |name: &str, outputs: usize, inputs: usize, kernel: usize| {
            tensors.push((format!("{name}.weight"), vec![outputs, inputs, kernel, kernel]));
            tensors.push((format!("{name}.bias"), vec![outputs]));
        };
        convolution("stem", self.stem, 3, 3);
        for (index, block) in self.blocks.iter().enumerate() {
            let hidden = block.hidden();
            if block.expansion > 1 {
                convolution(&format!("blocks.{index}.expand"), hidden, block.inputs, 1);
            }
            convolution(&format!("blocks.{index}.depthwise"), hidden, 1, block.kernel);
            convolution(&format!("blocks.{index}.project"), block.outputs, hidden, 1);
        }
        convolution("head", self.head, self.last_outputs(), 1);
        tensors
    }
}

/// TensorFlow's "same" padding along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SamePadding {
    pub(crate) before: usize,
    pub(crate) after: usize,
    /// Pixels of the output.
    pub(crate) output: usize,
}

impl SamePadding {
    /// The output has `length / stride` pixels, rounded up; an odd pixel of padding goes after the picture.
    pub(crate) fn new(length: usize, kernel: usize, stride: usize) -> Self {
        let output = length.div_ceil(stride);
        let total = ((output - 1) * stride + kernel).saturating_sub(length);
        Self { before: total / 2, after: total - total / 2, output }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lite0_has_sixteen_blocks_and_forty_nine_convolutions() {
        let lite0 = Architecture::of_family("efficientnet-lite0").expect("known");
        assert_eq!(lite0.blocks.len(), 16);
        assert_eq!(lite0.tensors().len(), 2 * 49 + 1);
        assert_eq!(Architecture::of_family("resnet"), None);
    }

    #[test]
    fn same_padding_is_uneven_at_stride_two() {
        assert_eq!(SamePadding::new(224, 3, 2), SamePadding { before: 0, after: 1, output: 112 });
        assert_eq!(SamePadding::new(14, 5, 2), SamePadding { before: 1, after: 2, output: 7 });
        assert_eq!(SamePadding::new(7, 5, 1), SamePadding { before: 2, after: 2, output: 7 });
        assert_eq!(SamePadding::new(1, 1, 1), SamePadding { before: 0, after: 0, output: 1 });
    }
}
