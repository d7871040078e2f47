//! The network on the CPU: NHWC, one candle operator for each block, nothing wide ever leaves the cache.
//!
//! candle's own grouped convolution runs one channel at a time and takes 25 times as long as it should. Here a block
//! expands, filters and projects a few rows at a time. Everything is single-threaded: photos are run side by side.

use std::cell::RefCell;
use std::ops::Range;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use candle_nn::{Module, VarBuilder};

use super::architecture::{Architecture, BlockShape, SamePadding};
use super::depthwise::Depthwise;
use super::matrix::{Activation, Destination, Matrix, padded};
use super::simd::Aligned;

/// The network on the CPU.
pub(crate) struct FusedNetwork {
    stem: Stem,
    blocks: Vec<FusedBlock>,
    head: Head,
}

impl FusedNetwork {
    /// Packs the weights; the builder's device is the CPU.
    pub(crate) fn load(architecture: &Architecture, weights: VarBuilder) -> Result<Self> {
        let blocks = weights.pp("blocks");
        Ok(Self {
            stem: Stem::load(architecture.stem, weights.pp("stem"))?,
            blocks: architecture
                .blocks
                .iter()
                .enumerate()
                .map(|(index, shape)| FusedBlock::load(shape, blocks.pp(index)))
                .collect::<Result<_>>()?,
            head: Head::load(architecture.last_outputs(), architecture.head, weights.pp("head"))?,
        })
    }
}

impl Module for FusedNetwork {
    fn forward(&self, pictures: &Tensor) -> Result<Tensor> {
        let mut x = tracing::trace_span!("stem").in_scope(|| pictures.apply_op1_no_bwd(&self.stem))?;
        for block in &self.blocks {
            x = x.apply_op1_no_bwd(block)?;
        }
        tracing::trace_span!("head").in_scope(|| x.apply_op1_no_bwd(&self.head))
    }
}

/// Numbers of the hidden picture that are worked on at once. With the rows that the depthwise convolution makes of
/// them they take half a megabyte and stay within the second cache of common processors.
const HIDDEN_BUDGET: usize = 1 << 16;

#[derive(Default)]
struct Scratch {
    /// Rows of the hidden picture with padding, or unfolded pixels.
    wide: Aligned,
    filtered: Aligned,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// `[photos, rows, columns, channels]` in memory.
#[derive(Clone, Copy)]
struct Nhwc<'a> {
    photos: usize,
    rows: usize,
    columns: usize,
    channels: usize,
    values: &'a [f32],
}

impl<'a> Nhwc<'a> {
    fn new(storage: &'a CpuStorage, layout: &Layout, channels: usize) -> Result<Self> {
        let (photos, rows, columns, actual) = layout.shape().dims4()?;
        if actual != channels {
            bail!("{actual} channels where the layer takes {channels}");
        }
        let Some((start, end)) = layout.contiguous_offsets() else {
            bail!("pictures must be contiguous");
        };
        Ok(Self { photos, rows, columns, channels, values: &storage.as_slice::<f32>()?[start..end] })
    }

    fn photo(&self, photo: usize) -> &'a [f32] {
        let length = self.rows * self.columns * self.channels;
        &self.values[photo * length..][..length]
    }
}

/// A 3x3 convolution of stride 2 from three channels: nine pixels laid side by side make a row of a matrix product.
pub(super) struct Stem {
    matrix: Matrix,
}

const STEM_KERNEL: usize = 3;
const STEM_STRIDE: usize = 2;
const COLORS: usize = 3;

impl Stem {
    pub(super) fn load(outputs: usize, weights: VarBuilder) -> Result<Self> {
        let weight = weights.get((outputs, COLORS, STEM_KERNEL, STEM_KERNEL), "weight")?;
        // Pixels are unfolded row, column, channel.
        let weight = flat(&weight.permute((0, 2, 3, 1))?)?;
        let bias = flat(&weights.get(outputs, "bias")?)?;
        let inputs = STEM_KERNEL * STEM_KERNEL * COLORS;
        Ok(Self { matrix: Matrix::new(&weight, &bias, inputs, Activation::Relu6) })
    }

    fn unfold(
        picture: &[f32],
        width: usize,
        y: usize,
        down: SamePadding,
        across: SamePadding,
        to: &mut [f32],
    ) {
        let height = picture.len() / (width * COLORS);
        let patches = to.chunks_exact_mut(STEM_KERNEL * STEM_KERNEL * COLORS);
        for (x, patch) in patches.enumerate() {
            for (row, patch) in patch.chunks_exact_mut(STEM_KERNEL * COLORS).enumerate() {
                let source_y = (y * STEM_STRIDE + row).checked_sub(down.before).filter(|&y| y < height);
                for (column, pixel) in patch.chunks_exact_mut(COLORS).enumerate() {
                    let source_x =
                        (x * STEM_STRIDE + column).checked_sub(across.before).filter(|&x| x < width);
                    match source_y.zip(source_x) {
                        Some((y, x)) => pixel.copy_from_slice(&picture[(y * width + x) * COLORS..][..COLORS]),
                        None => pixel.fill(0.0),
                    }
                }
            }
        }
    }
}

impl CustomOp1 for Stem {
    fn name(&self) -> &'static str {
        "stem"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let input = Nhwc::new(storage, layout, COLORS)?;
        let [down, across] =
            [input.rows, input.columns].map(|side| SamePadding::new(side, STEM_KERNEL, STEM_STRIDE));
        let outputs = self.matrix.outputs();
        let row_length = across.output * outputs;
        let mut output = vec![0.0; input.photos * down.output * row_length];
        SCRATCH.with_borrow_mut(|scratch| {
            let unfolded = scratch.wide.take(across.output * STEM_KERNEL * STEM_KERNEL * COLORS);
            for (index, row) in output.chunks_exact_mut(row_length).enumerate() {
                let (photo, y) = (index / down.output, index % down.output);
                Self::unfold(input.photo(photo), input.columns, y, down, across, unfolded);
                let destination = Destination { output: row, place: |x| x * outputs, residual: None };
                self.matrix.multiply(unfolded, outputs, destination);
            }
        });
        let shape = (input.photos, down.output, across.output, outputs);
        Ok((CpuStorage::F32(output), shape.into()))
    }
}

/// One inverted residual block.
pub(super) struct FusedBlock {
    shape: BlockShape,
    expand: Option<Matrix>,
    depthwise: Depthwise,
    project: Matrix,
}

impl FusedBlock {
    pub(super) fn load(shape: &BlockShape, weights: VarBuilder) -> Result<Self> {
        let (hidden, kernel) = (shape.hidden(), shape.kernel);
        let expand = (shape.expansion > 1)
            .then(|| load_matrix(weights.pp("expand"), shape.inputs, shape.inputs, hidden, Activation::Relu6))
            .transpose()?;
        let depthwise = weights.pp("depthwise");
        let weight = flat(&depthwise.get((hidden, 1, kernel, kernel), "weight")?)?;
        let bias = flat(&depthwise.get(hidden, "bias")?)?;
        let project = weights.pp("project");
        Ok(Self {
            shape: *shape,
            expand,
            depthwise: Depthwise::new(&weight, &bias, kernel, shape.stride),
            // Hidden pixels are padded to whole vectors.
            project: load_matrix(project, hidden, padded(hidden), shape.outputs, Activation::Linear)?,
        })
    }

    /// Writes hidden rows `rows` of the padded picture to `hidden`, which holds them and nothing else.
    fn fill_hidden(&self, photo: &[f32], frame: &Frame, rows: Range<usize>, hidden: &mut [f32]) {
        let channels = self.depthwise.channels();
        let (top, bottom) = (frame.down.before, frame.down.before + frame.rows);
        let picture = rows.start.clamp(top, bottom)..rows.end.clamp(top, bottom);
        let rows_above = picture.start.saturating_sub(rows.start).min(rows.len());
        let (above, rest) = hidden.split_at_mut(rows_above * frame.hidden_row);
        let (inside, below) = rest.split_at_mut(picture.len() * frame.hidden_row);
        above.fill(0.0);
        below.fill(0.0);
        let left = frame.across.before * channels;
        let right = left + frame.columns * channels;
        for row in inside.chunks_exact_mut(frame.hidden_row) {
            row[..left].fill(0.0);
            row[right..].fill(0.0);
        }
        let input_row = frame.columns * self.shape.inputs;
        let input = &photo[(picture.start - top) * input_row..][..picture.len() * input_row];
        let place =
            |pixel| pixel / frame.columns * frame.hidden_row + left + pixel % frame.columns * channels;
        match &self.expand {
            Some(expand) => {
                expand.multiply(input, channels, Destination { output: inside, place, residual: None });
            }
            None => {
                for (index, pixel) in input.chunks_exact(self.shape.inputs).enumerate() {
                    let (values, padding) = inside[place(index)..][..channels].split_at_mut(pixel.len());
                    values.copy_from_slice(pixel);
                    padding.fill(0.0);
                }
            }
        }
    }

    fn run(&self, photo: &[f32], frame: &Frame, output: &mut [f32], scratch: &mut Scratch) {
        let (side, stride) = (self.depthwise.side(), self.depthwise.stride());
        let channels = self.depthwise.channels();
        let hidden_rows = (HIDDEN_BUDGET / frame.hidden_row).max(side);
        let strip = ((hidden_rows - side) / stride + 1).min(frame.down.output);
        let hidden = scratch.wide.take(((strip - 1) * stride + side) * frame.hidden_row);
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
            self.fill_hidden(photo, frame, needed.start + reused..needed.end, new);
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
            let destination =
                Destination { output: &mut output[places], place: |pixel| pixel * outputs, residual };
            self.project.multiply(filtered, outputs, destination);
            span.exit();
        }
    }
}

/// The size of a block's pictures.
struct Frame {
    rows: usize,
    columns: usize,
    down: SamePadding,
    across: SamePadding,
    /// Numbers in a row of the hidden picture, padding included.
    hidden_row: usize,
}

impl CustomOp1 for FusedBlock {
    fn name(&self) -> &'static str {
        "inverted-residual"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let input = Nhwc::new(storage, layout, self.shape.inputs)?;
        let [down, across] = [input.rows, input.columns]
            .map(|side| SamePadding::new(side, self.shape.kernel, self.shape.stride));
        let hidden_row = (input.columns + across.before + across.after) * self.depthwise.channels();
        let frame = Frame { rows: input.rows, columns: input.columns, down, across, hidden_row };
        let photo_length = down.output * across.output * self.shape.outputs;
        let mut output = vec![0.0; input.photos * photo_length];
        SCRATCH.with_borrow_mut(|scratch| {
            for (photo, output) in output.chunks_exact_mut(photo_length).enumerate() {
                self.run(input.photo(photo), &frame, output, scratch);
            }
        });
        let shape = (input.photos, down.output, across.output, self.shape.outputs);
        Ok((CpuStorage::F32(output), shape.into()))
    }
}

/// The last 1x1 convolution and the mean over all pixels.
pub(super) struct Head {
    inputs: usize,
    matrix: Matrix,
}

impl Head {
    pub(super) fn load(inputs: usize, outputs: usize, weights: VarBuilder) -> Result<Self> {
        Ok(Self { inputs, matrix: load_matrix(weights, inputs, inputs, outputs, Activation::Relu6)? })
    }
}

impl CustomOp1 for Head {
    fn name(&self) -> &'static str {
        "head"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let input = Nhwc::new(storage, layout, self.inputs)?;
        let (pixels, outputs) = (input.rows * input.columns, self.matrix.outputs());
        let mut means = vec![0.0; input.photos * outputs];
        SCRATCH.with_borrow_mut(|scratch| {
            let features = scratch.wide.take(pixels * outputs);
            for (photo, means) in means.chunks_exact_mut(outputs).enumerate() {
                let destination =
                    Destination { output: features, place: |pixel| pixel * outputs, residual: None };
                self.matrix.multiply(input.photo(photo), outputs, destination);
                for pixel in features.chunks_exact(outputs) {
                    means.iter_mut().zip(pixel).for_each(|(mean, value)| *mean += value);
                }
                means.iter_mut().for_each(|mean| *mean /= pixels as f32);
            }
        });
        Ok((CpuStorage::F32(means), (input.photos, outputs).into()))
    }
}

/// A 1x1 convolution's weights, its rows lengthened by zeros from `inputs` to `row` numbers.
fn load_matrix(
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

fn flat(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}

#[cfg(test)]
mod tests;
