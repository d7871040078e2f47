//! One inverted residual block on the CPU, a few rows at a time, so that its wide middle never leaves the cache.
//!
//! The first block's middle is what the stem makes of the photo. Knows one photo, not batches.

use std::ops::Range;

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::architecture::{BlockShape, SamePadding};
use super::depthwise::Depthwise;
use super::matrix::{Activation, Destination, Matrix, padded};
use super::simd::Aligned;

/// Rows and columns of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

impl Size {
    pub(super) fn pixels(self) -> usize {
        self.rows * self.columns
    }
}

/// Numbers of the hidden picture that are worked on at once. With the rows that the depthwise convolution makes of
/// them they take half a megabyte and stay within the second cache of common processors.
const HIDDEN_BUDGET: usize = 1 << 16;

/// Memory that blocks take turns with.
#[derive(Default)]
pub(super) struct Scratch {
    /// Rows of the hidden picture, with padding.
    hidden: Aligned,
    /// Rows that the depthwise convolution made of them.
    filtered: Aligned,
    /// Pixels laid side by side for the stem.
    unfolded: Aligned,
}

/// What makes the hidden picture.
pub(super) enum Widen {
    /// Of the photo itself.
    Stem(Stem),
    /// Of the last block's picture.
    Expand(Matrix),
}

impl Widen {
    pub(super) fn expand(shape: &BlockShape, weights: VarBuilder) -> Result<Self> {
        let weights = weights.pp("expand");
        load_matrix(weights, shape.inputs, shape.inputs, shape.hidden(), Activation::Relu6).map(Self::Expand)
    }

    fn hidden_size(&self, size: Size) -> Size {
        match self {
            Self::Stem(_) => Stem::output_size(size),
            Self::Expand(_) => size,
        }
    }

    /// Makes the given rows of the hidden picture.
    fn fill(
        &self,
        photo: &[f32],
        size: Size,
        rows: Range<usize>,
        destination: Destination<'_>,
        unfolded: &mut Aligned,
    ) {
        match self {
            Self::Stem(stem) => stem.convolve(photo, size, rows, destination, unfolded),
            Self::Expand(matrix) => {
                let row = size.columns * matrix.inputs();
                matrix.multiply(&photo[rows.start * row..rows.end * row], destination);
            }
        }
    }
}

/// One inverted residual block.
pub(super) struct FusedBlock {
    shape: BlockShape,
    widen: Widen,
    depthwise: Depthwise,
    project: Matrix,
}

impl FusedBlock {
    pub(super) fn load(shape: &BlockShape, widen: Widen, weights: VarBuilder) -> Result<Self> {
        let (hidden, kernel) = (shape.hidden(), shape.kernel);
        let depthwise = weights.pp("depthwise");
        let weight = flat(&depthwise.get((hidden, 1, kernel, kernel), "weight")?)?;
        let bias = flat(&depthwise.get(hidden, "bias")?)?;
        // Hidden pixels are padded to whole vectors.
        let project = weights.pp("project");
        let project = load_matrix(project, hidden, padded(hidden), shape.outputs, Activation::Linear)?;
        let depthwise = Depthwise::new(&weight, &bias, kernel, shape.stride);
        Ok(Self { shape: *shape, widen, depthwise, project })
    }

    /// Numbers in a pixel of the output.
    pub(super) fn outputs(&self) -> usize {
        self.shape.outputs
    }

    pub(super) fn output_size(&self, size: Size) -> Size {
        let frame = self.frame(size);
        Size { rows: frame.down.output, columns: frame.across.output }
    }

    /// Makes `output` of `photo`, which has the given size.
    pub(super) fn run(&self, photo: &[f32], size: Size, output: &mut [f32], scratch: &mut Scratch) {
        let frame = self.frame(size);
        let (side, stride) = (self.shape.kernel, self.shape.stride);
        let channels = self.depthwise.channels();
        let hidden_rows = (HIDDEN_BUDGET / frame.hidden_row).max(side);
        let strip = ((hidden_rows - side) / stride + 1).min(frame.down.output);
        let hidden = scratch.hidden.take(((strip - 1) * stride + side) * frame.hidden_row);
        let filtered = scratch.filtered.take(strip * frame.across.output * channels);
        // Hidden rows of the padded picture that lie at the start of `hidden`.
        let mut kept: Range<usize> = 0..0;
        for first in (0..frame.down.output).step_by(strip) {
            let end = (first + strip).min(frame.down.output);
            let needed = first * stride..(end - 1) * stride + side;
            let reused = kept.end.saturating_sub(needed.start);
            hidden.copy_within((kept.len() - reused) * frame.hidden_row..kept.len() * frame.hidden_row, 0);
            let (_, new) = hidden.split_at_mut(reused * frame.hidden_row);
            let span = tracing::trace_span!("expand").entered();
            self.fill_hidden(
                photo,
                size,
                &frame,
                needed.start + reused..needed.end,
                new,
                &mut scratch.unfolded,
            );
            span.exit();
            kept = needed;

            let pixels = (end - first) * frame.across.output;
            let filtered = &mut filtered[..pixels * channels];
            let span = tracing::trace_span!("depthwise").entered();
            self.depthwise.convolve(hidden, frame.hidden_row / channels, filtered, frame.across.output);
            span.exit();

            let span = tracing::trace_span!("project").entered();
            let outputs = self.shape.outputs;
            let places = first * frame.across.output * outputs..end * frame.across.output * outputs;
            let residual = self.shape.has_residual().then(|| &photo[places.clone()]);
            let destination = Destination::rows(&mut output[places], outputs);
            self.project.multiply(filtered, Destination { residual, ..destination });
            span.exit();
        }
    }

    fn frame(&self, size: Size) -> Frame {
        let hidden = self.widen.hidden_size(size);
        let [down, across] = [hidden.rows, hidden.columns]
            .map(|side| SamePadding::new(side, self.shape.kernel, self.shape.stride));
        let hidden_row = (hidden.columns + across.before + across.after) * self.depthwise.channels();
        Frame { hidden, down, across, hidden_row }
    }

    /// Writes hidden rows `rows` of the padded picture to `hidden`, which holds them and nothing else.
    fn fill_hidden(
        &self,
        photo: &[f32],
        size: Size,
        frame: &Frame,
        rows: Range<usize>,
        hidden: &mut [f32],
        unfolded: &mut Aligned,
    ) {
        let channels = self.depthwise.channels();
        let (top, bottom) = (frame.down.before, frame.down.before + frame.hidden.rows);
        let picture = rows.start.clamp(top, bottom)..rows.end.clamp(top, bottom);
        let rows_above = picture.start.saturating_sub(rows.start).min(rows.len());
        let (above, rest) = hidden.split_at_mut(rows_above * frame.hidden_row);
        let (inside, below) = rest.split_at_mut(picture.len() * frame.hidden_row);
        above.fill(0.0);
        below.fill(0.0);
        let left = frame.across.before * channels;
        let right = left + frame.hidden.columns * channels;
        for row in inside.chunks_exact_mut(frame.hidden_row) {
            row[..left].fill(0.0);
            row[right..].fill(0.0);
        }
        if !picture.is_empty() {
            let destination = Destination {
                output: &mut inside[left..],
                columns: channels,
                line: frame.hidden.columns,
                gap: frame.hidden_row - (right - left),
                residual: None,
            };
            self.widen.fill(photo, size, picture.start - top..picture.end - top, destination, unfolded);
        }
    }
}

/// The size of a block's hidden picture.
struct Frame {
    hidden: Size,
    down: SamePadding,
    across: SamePadding,
    /// Numbers in a row of the hidden picture, padding included.
    hidden_row: usize,
}

/// A 3x3 convolution of stride 2 from three channels: nine pixels laid side by side make a row of a matrix product.
pub(super) struct Stem {
    matrix: Matrix,
}

/// Rows and columns of the stem's kernel.
pub(super) const STEM_KERNEL: usize = 3;
pub(super) const STEM_STRIDE: usize = 2;
/// Channels of a photo.
pub(super) const COLORS: usize = 3;
const PATCH_ROW: usize = STEM_KERNEL * COLORS;
const PATCH: usize = STEM_KERNEL * PATCH_ROW;

impl Stem {
    pub(super) fn load(outputs: usize, weights: VarBuilder) -> Result<Self> {
        let weight = weights.get((outputs, COLORS, STEM_KERNEL, STEM_KERNEL), "weight")?;
        // Pixels are unfolded row, column, channel.
        let weight = flat(&weight.permute((0, 2, 3, 1))?)?;
        let bias = flat(&weights.get(outputs, "bias")?)?;
        Ok(Self { matrix: Matrix::new(&weight, &bias, PATCH, Activation::Relu6) })
    }

    fn padding(size: Size) -> [SamePadding; 2] {
        [size.rows, size.columns].map(|side| SamePadding::new(side, STEM_KERNEL, STEM_STRIDE))
    }

    fn output_size(size: Size) -> Size {
        let [down, across] = Self::padding(size);
        Size { rows: down.output, columns: across.output }
    }

    fn convolve(
        &self,
        photo: &[f32],
        size: Size,
        rows: Range<usize>,
        destination: Destination<'_>,
        unfolded: &mut Aligned,
    ) {
        let columns = Self::output_size(size).columns;
        let unfolded = unfolded.take(rows.len() * columns * PATCH);
        for (y, row) in rows.zip(unfolded.chunks_exact_mut(columns * PATCH)) {
            unfold::<f32, PATCH>(photo, size, y, 0.0, row);
        }
        self.matrix.multiply(unfolded, destination);
    }
}

/// Lays the pixels under the kernel side by side, for each column of row `y` of the stem's picture; `zero` where there
/// is no pixel. Patches have `LENGTH` numbers, of which the last may stay what they are.
pub(super) fn unfold<T: Copy, const LENGTH: usize>(photo: &[T], size: Size, y: usize, zero: T, to: &mut [T]) {
    let [down, across] = Stem::padding(size);
    for row in 0..STEM_KERNEL {
        let source = (y * STEM_STRIDE + row).checked_sub(down.before).filter(|&y| y < size.rows);
        let source = source.map_or(&[][..], |y| &photo[y * size.columns * COLORS..][..size.columns * COLORS]);
        for (x, patch) in to.chunks_exact_mut(LENGTH).enumerate() {
            let patch = &mut patch[row * PATCH_ROW..][..PATCH_ROW];
            let inside = (x * STEM_STRIDE).checked_sub(across.before);
            match inside.and_then(|start| source.get(start * COLORS..)?.first_chunk::<PATCH_ROW>()) {
                Some(pixels) => patch.copy_from_slice(pixels),
                None => {
                    for (column, pixel) in patch.chunks_exact_mut(COLORS).enumerate() {
                        let start = (x * STEM_STRIDE + column).checked_sub(across.before);
                        let pixels = start.and_then(|start| source.get(start * COLORS..)?.get(..COLORS));
                        pixel.copy_from_slice(pixels.unwrap_or(&[zero; COLORS]));
                    }
                }
            }
        }
    }
}

/// A 1x1 convolution's weights, its rows lengthened by zeros from `inputs` to `row` numbers.
pub(super) fn load_matrix(
    weights: VarBuilder,
    inputs: usize,
    row: usize,
    outputs: usize,
    activation: Activation,
) -> Result<Matrix> {
    let weight = weights.get((outputs, inputs, 1, 1), "weight")?.reshape((outputs, inputs))?;
    let weight = flat(&weight.pad_with_zeros(1, 0, row - inputs)?)?;
    let bias = flat(&weights.get(outputs, "bias")?)?;
    Ok(Matrix::new(&weight, &bias, row, activation))
}

pub(super) fn flat(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}
