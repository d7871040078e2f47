//! The shapes of the networks that we know, and of their convolutions.
//!
//! Knows no numbers: those are in a model's folder.

/// An EfficientNet-Lite (Tan and Le, 2019; Liu, 2020): a stem, blocks of expand, depthwise and project, and a head
/// whose means over the picture are the features. All activations are ReLU6, all padding is TensorFlow's "same".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Architecture {
    /// Rows and columns of the input.
    pub(crate) side: usize,
    /// Channels after the stem, a 3x3 convolution of stride 2.
    pub(crate) stem: usize,
    pub(crate) blocks: Vec<BlockShape>,
    /// Features.
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

impl Architecture {
    /// The architecture of a family, if we know it.
    pub(crate) fn of_family(family: &str) -> Option<Self> {
        match family {
            "efficientnet-lite0" => Some(Self::lite(1.0, 1.0, 224)),
            "efficientnet-lite1" => Some(Self::lite(1.0, 1.1, 240)),
            "efficientnet-lite2" => Some(Self::lite(1.1, 1.2, 260)),
            _ => None,
        }
    }

    /// lite0, with `width` times its channels and `depth` times its blocks. Stem, first stage's and last stage's depth,
    /// and head are the same in all.
    fn lite(width: f64, depth: f64, side: usize) -> Self {
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
        for (stage, (repeats, expansion, kernel, first_stride, outputs)) in STAGES.into_iter().enumerate() {
            let outputs = in_eights(outputs as f64 * width);
            let inner = stage > 0 && stage + 1 < STAGES.len();
            let repeats = if inner { (repeats as f64 * depth).ceil() as usize } else { repeats };
            for repeat in 0..repeats {
                let stride = if repeat == 0 { first_stride } else { 1 };
                blocks.push(BlockShape { inputs, expansion, kernel, stride, outputs });
                inputs = outputs;
            }
        }
        Self { side, stem: STEM, blocks, head: 1280 }
    }

    /// Channels that the last block gives to the head.
    pub(crate) fn last_outputs(&self) -> usize {
        self.blocks.last().map_or(self.stem, |block| block.outputs)
    }

    /// Every convolution, from the picture to the features.
    pub(crate) fn convolutions(&self) -> Vec<Convolution> {
        let convolution = |name: String, outputs, inputs, kernel, groups| Convolution {
            name,
            weight: [outputs, inputs / groups, kernel, kernel],
            inputs,
        };
        let mut convolutions = vec![convolution("stem".to_owned(), self.stem, 3, 3, 1)];
        for (index, block) in self.blocks.iter().enumerate() {
            let hidden = block.hidden();
            if block.expansion > 1 {
                convolutions.push(convolution(format!("blocks.{index}.expand"), hidden, block.inputs, 1, 1));
            }
            convolutions.push(convolution(
                format!("blocks.{index}.depthwise"),
                hidden,
                hidden,
                block.kernel,
                hidden,
            ));
            convolutions.push(convolution(format!("blocks.{index}.project"), block.outputs, hidden, 1, 1));
        }
        convolutions.push(convolution("head".to_owned(), self.head, self.last_outputs(), 1, 1));
        convolutions
    }
}

/// A convolution of the network by the name of its tensors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Convolution {
    pub(crate) name: String,
    /// Outputs, inputs of a group, rows, columns.
    pub(crate) weight: [usize; 4],
    pub(crate) inputs: usize,
}

/// The multiple of eight that is nearest, but not more than a tenth below (Tan and Le's rounding).
fn in_eights(channels: f64) -> usize {
    let nearest = ((channels as usize + 4) / 8 * 8).max(8);
    if (nearest as f64) < 0.9 * channels { nearest + 8 } else { nearest }
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
    fn families_have_the_blocks_and_channels_of_the_authors() {
        let lite0 = Architecture::of_family("efficientnet-lite0").expect("known");
        assert_eq!((lite0.blocks.len(), lite0.convolutions().len()), (16, 49));
        let lite2 = Architecture::of_family("efficientnet-lite2").expect("known");
        let mut channels: Vec<_> = lite2.blocks.iter().map(|block| block.outputs).collect();
        assert_eq!((channels.len(), lite2.convolutions().len()), (21, 64));
        channels.dedup();
        assert_eq!(channels, [16, 24, 48, 88, 120, 208, 352]);
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
