//! The network in whole numbers: u8 pictures, i8 weights, sums of 32 bits, and the same strips as the network in f32.
//!
//! Every sum is exact and every rounding is one step of f32, so that a photo has one vector on every processor.
//! Activations have a scale for each channel, which the next layer's weights have taken in; what blocks add to is kept in
//! f32. Weights and scales come from `models/builtin/quantise.py`. Single-threaded; knows nothing of files.

mod depthwise;
mod inner;
mod integers;
mod product;

use std::cell::RefCell;
use std::ops::Range;

use safetensors::{Dtype, SafeTensors};

use self::depthwise::{Depthwise, LEFT_WORDS};
use self::integers::Instructions;
use self::product::{HiddenRows, Picture, Product, Totals, WORD, padded};
use super::architecture::{Architecture, BlockShape, SamePadding};
use super::block::{COLORS, STEM_KERNEL, STEM_STRIDE, Size, unfold};
use super::simd::Aligned;

/// Why weights make no network.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QuantisedError {
    #[error("the weights lack {0}")]
    Missing(String),
    #[error("{name} has shape {actual:?} of {dtype:?}, not {expected:?}")]
    Shape { name: String, dtype: Dtype, actual: Vec<usize>, expected: Vec<usize> },
}

/// The network in whole numbers.
pub(crate) struct QuantisedNetwork {
    instructions: Instructions,
    stem: Product,
    blocks: Vec<Block>,
    head: Product,
}

struct Block {
    shape: BlockShape,
    /// The first block's hidden picture is the stem's.
    expand: Option<Product>,
    depthwise: Depthwise,
    project: Product,
    inverse_scale: Aligned,
}

/// Words of the hidden picture that are worked on at once.
const HIDDEN_BUDGET: usize = 1 << 15;

/// Byte of a photo that the network takes for 0.
const PHOTO_CENTRE: u8 = 127;
const PATCH: usize = (STEM_KERNEL * STEM_KERNEL * COLORS).next_multiple_of(WORD);

/// Memory that a thread uses for photo after photo.
#[derive(Default)]
struct Memory {
    hidden: Aligned,
    filtered: Aligned,
    unfolded: Aligned,
    codes: [Aligned; 2],
    numbers: [Aligned; 2],
    totals: Aligned,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

impl QuantisedNetwork {
    /// Packs the weights for this processor.
    pub(crate) fn load(architecture: &Architecture, weights: &SafeTensors) -> Result<Self, QuantisedError> {
        Self::load_for(Instructions::available()[0], architecture, weights)
    }

    fn load_for(
        instructions: Instructions,
        architecture: &Architecture,
        weights: &SafeTensors,
    ) -> Result<Self, QuantisedError> {
        let source = Source { instructions, weights };
        let blocks = architecture.blocks.iter().enumerate();
        Ok(Self {
            instructions,
            stem: source.stem(architecture.stem)?,
            blocks: blocks.map(|(index, shape)| source.block(index, shape)).collect::<Result<_, _>>()?,
            head: source.product(
                "head",
                architecture.last_outputs(),
                architecture.last_outputs(),
                architecture.head,
            )?,
        })
    }

    /// Features of a picture in RGB bytes.
    pub(crate) fn features(&self, photo: &[u8], size: Size, features: &mut [f32]) {
        MEMORY.with_borrow_mut(|memory| self.run(photo, size, features, memory));
    }

    fn run(&self, photo: &[u8], photo_size: Size, features: &mut [f32], memory: &mut Memory) {
        let mut size = stem_size(photo_size);
        for (index, block) in self.blocks.iter().enumerate() {
            let source = match index {
                0 => Input::Photo { stem: &self.stem, photo, size: photo_size },
                _ => Input::Block,
            };
            size = block.run(self.instructions, source, size, memory);
            memory.codes.swap(0, 1);
            memory.numbers.swap(0, 1);
        }
        let totals = memory.totals.take(padded(features.len()));
        totals.fill(0.0);
        let pixels = size.pixels();
        let codes = &words(&memory.codes[0])[..pixels * self.head.words()];
        self.head.multiply(self.instructions, codes, pixels, Totals { totals });
        features.iter_mut().zip(totals).for_each(|(feature, total)| *feature = *total / pixels as f32);
    }
}

fn words(aligned: &Aligned) -> &[i32] {
    bytemuck::cast_slice(aligned.as_slice())
}

fn words_mut(aligned: &mut Aligned, length: usize) -> &mut [i32] {
    bytemuck::cast_slice_mut(aligned.take(length))
}

fn stem_size(photo: Size) -> Size {
    let [rows, columns] =
        [photo.rows, photo.columns].map(|side| SamePadding::new(side, STEM_KERNEL, STEM_STRIDE).output);
    Size { rows, columns }
}

/// What a block's hidden picture is made of.
#[derive(Clone, Copy)]
enum Input<'a> {
    Photo { stem: &'a Product, photo: &'a [u8], size: Size },
    Block,
}

/// The size of a block's hidden picture.
struct Frame {
    hidden: Size,
    down: SamePadding,
    /// Words in a row, padding included.
    row: usize,
}

impl Block {
    /// Makes a picture in `codes[1]` and `numbers[1]` of that in `codes[0]` and `numbers[0]`, or of the photo. `hidden`
    /// is the size of the picture in between.
    fn run(&self, instructions: Instructions, input: Input<'_>, hidden: Size, memory: &mut Memory) -> Size {
        let [down, across] = [hidden.rows, hidden.columns]
            .map(|side| SamePadding::new(side, self.shape.kernel, self.shape.stride));
        let (side, stride, channels) =
            (self.depthwise.side(), self.depthwise.stride(), self.depthwise.channels());
        let pitch = self.depthwise.row_words(across.output);
        let row = pitch * channels;
        let frame = Frame { hidden, down, row };
        let strip = (((HIDDEN_BUDGET / row).max(side) - side) / stride + 1).min(down.output);
        let output = Size { rows: down.output, columns: across.output };
        // Numbers in a pixel of the output: in codes, and in f32.
        let (narrow, wide) = (self.shape.outputs.next_multiple_of(WORD), padded(self.shape.outputs));
        let Memory { hidden, filtered, unfolded, codes: [from, to], numbers: [added, kept], .. } = memory;
        let hidden = words_mut(hidden, ((strip - 1) * stride + side) * row);
        let to: &mut [u8] = bytemuck::cast_slice_mut(to.take(output.pixels() * narrow / WORD));
        let kept = kept.take(output.pixels() * wide);
        // Hidden rows of the padded picture that lie at the start of `hidden`.
        let mut held: Range<usize> = 0..0;
        for first in (0..down.output).step_by(strip) {
            let end = (first + strip).min(down.output);
            let needed = first * stride..(end - 1) * stride + side;
            let reused = held.end.saturating_sub(needed.start);
            hidden.copy_within((held.len() - reused) * row..held.len() * row, 0);
            let new = &mut hidden[reused * row..needed.len() * row];
            let span = tracing::trace_span!("expand").entered();
            let rows = needed.start + reused..needed.end;
            self.fill_hidden(instructions, input, words(from), &frame, rows, new, unfolded);
            span.exit();
            held = needed;

            let places = first * across.output..end * across.output;
            let span = tracing::trace_span!("depthwise").entered();
            let filtered: &mut [u8] = bytemuck::cast_slice_mut(filtered.take(places.len() * channels / WORD));
            self.depthwise.convolve(instructions, hidden, pitch, across.before, filtered, across.output);
            span.exit();

            let span = tracing::trace_span!("project").entered();
            let numbers = places.start * wide..places.end * wide;
            let sink = Picture {
                codes: &mut to[places.start * narrow..places.end * narrow],
                pitch: narrow,
                residual: self.shape.has_residual().then(|| &added.as_slice()[numbers.clone()]),
                numbers: &mut kept[numbers],
                inverse_scale: self.inverse_scale.as_slice(),
            };
            self.project.multiply(instructions, bytemuck::cast_slice(filtered), places.len(), sink);
            span.exit();
        }
        output
    }

    /// Writes hidden rows `rows` of the padded picture to `hidden`, which holds them and nothing else.
    #[expect(clippy::too_many_arguments, reason = "two pictures, two pieces of memory, and where they lie")]
    fn fill_hidden(
        &self,
        instructions: Instructions,
        input: Input<'_>,
        codes: &[i32],
        frame: &Frame,
        rows: Range<usize>,
        hidden: &mut [i32],
        unfolded: &mut Aligned,
    ) {
        let channels = self.depthwise.channels();
        let columns = frame.hidden.columns;
        let (top, bottom) = (frame.down.before, frame.down.before + frame.hidden.rows);
        let picture = rows.start.clamp(top, bottom)..rows.end.clamp(top, bottom);
        let rows_above = picture.start.saturating_sub(rows.start).min(rows.len());
        let (above, rest) = hidden.split_at_mut(rows_above * frame.row);
        let (inside, below) = rest.split_at_mut(picture.len() * frame.row);
        above.fill(0);
        below.fill(0);
        let left = LEFT_WORDS * channels;
        let right = left + columns.div_ceil(WORD) * channels;
        for row in inside.chunks_exact_mut(frame.row) {
            row[..left].fill(0);
            row[right..].fill(0);
        }
        if picture.is_empty() {
            return;
        }
        let picture = picture.start - top..picture.end - top;
        let sink = HiddenRows { words: &mut inside[left..], pitch: frame.row, channels };
        match (input, &self.expand) {
            (Input::Block, Some(expand)) => {
                let line = columns * expand.words();
                let codes = &codes[picture.start * line..picture.end * line];
                expand.multiply(instructions, codes, columns, sink);
            }
            (Input::Photo { stem, photo, size }, _) => {
                let line = columns * PATCH;
                let patches: &mut [u8] = bytemuck::cast_slice_mut(unfolded.take(picture.len() * line / WORD));
                for (y, patches) in picture.zip(patches.chunks_exact_mut(line)) {
                    unfold::<u8, PATCH>(photo, size, y, PHOTO_CENTRE, patches);
                }
                stem.multiply(instructions, bytemuck::cast_slice(patches), columns, sink);
            }
            (Input::Block, None) => unreachable!("only the first block has no expand"),
        }
    }
}

/// Tensors by name, checked.
struct Source<'a> {
    instructions: Instructions,
    weights: &'a SafeTensors<'a>,
}

impl Source<'_> {
    fn stem(&self, outputs: usize) -> Result<Product, QuantisedError> {
        let kernel = STEM_KERNEL * STEM_KERNEL;
        let weight =
            self.get::<i8>("stem.weight", &[outputs, COLORS, STEM_KERNEL, STEM_KERNEL], Dtype::I8)?;
        // Pixels are unfolded row, column, channel.
        let mut unfolded = vec![0; outputs * PATCH];
        for (row, weight) in unfolded.chunks_exact_mut(PATCH).zip(weight.chunks_exact(COLORS * kernel)) {
            for (index, &weight) in weight.iter().enumerate() {
                row[index % kernel * COLORS + index / kernel] = weight;
            }
        }
        let (bias, multiplier) = self.bias_and_multiplier("stem", outputs)?;
        Ok(Product::new(self.instructions, &unfolded, &bias, &multiplier, PATCH / WORD))
    }

    fn block(&self, index: usize, shape: &BlockShape) -> Result<Block, QuantisedError> {
        let name = format!("blocks.{index}");
        let (hidden, side) = (shape.hidden(), shape.kernel);
        let expand = (index > 0)
            .then(|| self.product(&format!("{name}.expand"), shape.inputs, shape.inputs, hidden))
            .transpose()?;
        let depthwise = format!("{name}.depthwise");
        let weight = self.get::<i8>(&format!("{depthwise}.weight"), &[hidden, 1, side, side], Dtype::I8)?;
        let (bias, multiplier) = self.bias_and_multiplier(&depthwise, hidden)?;
        let inverse_scale =
            self.get::<f32>(&format!("{name}.output.inverse_scale"), &[shape.outputs], Dtype::F32)?;
        Ok(Block {
            shape: *shape,
            expand,
            depthwise: Depthwise::new(self.instructions, &weight, &bias, &multiplier, side, shape.stride),
            project: self.product(&format!("{name}.project"), hidden, padded(hidden), shape.outputs)?,
            inverse_scale: product::lengthened(&inverse_scale).as_slice().into(),
        })
    }

    fn product(
        &self,
        name: &str,
        inputs: usize,
        pitch: usize,
        outputs: usize,
    ) -> Result<Product, QuantisedError> {
        let weight = self.get::<i8>(&format!("{name}.weight"), &[outputs, inputs, 1, 1], Dtype::I8)?;
        let (bias, multiplier) = self.bias_and_multiplier(name, outputs)?;
        Ok(Product::new(self.instructions, &weight, &bias, &multiplier, pitch.div_ceil(WORD)))
    }

    fn bias_and_multiplier(
        &self,
        name: &str,
        outputs: usize,
    ) -> Result<(Vec<i32>, Vec<f32>), QuantisedError> {
        Ok((
            self.get(&format!("{name}.bias"), &[outputs], Dtype::I32)?,
            self.get(&format!("{name}.multiplier"), &[outputs], Dtype::F32)?,
        ))
    }

    fn get<T: bytemuck::Pod>(
        &self,
        name: &str,
        expected: &[usize],
        dtype: Dtype,
    ) -> Result<Vec<T>, QuantisedError> {
        let tensor = self.weights.tensor(name).map_err(|_| QuantisedError::Missing(name.to_owned()))?;
        if tensor.shape() != expected || tensor.dtype() != dtype {
            return Err(QuantisedError::Shape {
                name: name.to_owned(),
                dtype: tensor.dtype(),
                actual: tensor.shape().to_vec(),
                expected: expected.to_vec(),
            });
        }
        Ok(tensor.data().chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned).collect())
    }
}

#[cfg(test)]
pub(super) mod tests;
