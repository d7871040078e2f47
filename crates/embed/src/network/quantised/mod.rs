//! The network in whole numbers: u8 pictures, i8 weights, sums of 32 bits, and the same strips as the network in f32.
//!
//! Every sum is exact and every rounding is one step of f32, so that a photo has one vector on every processor.
//! Activations have a scale for each channel, which the next layer's weights have taken in; what blocks add to is kept in
//! f32. Single-threaded; knows nothing of files.

mod depthwise;
mod inner;
mod integers;
mod product;

use std::cell::RefCell;
use std::ops::Range;

use self::depthwise::{Depthwise, LEFT_WORDS};
use self::integers::Instructions;
use self::product::{BLOCK_CENTRE, HiddenRows, Picture, Product, Totals, WORD, padded};
use super::architecture::{BlockShape, SamePadding};
use super::block::{COLORS, STEM_KERNEL, STEM_STRIDE, Size, unfold};
use super::simd::Aligned;
use crate::weights::{Stored, Weights};

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

/// Whether this processor multiplies four bytes with four others in one instruction.
pub(crate) fn multiplies_bytes() -> bool {
    Instructions::available()[0].multiplies_bytes()
}

impl QuantisedNetwork {
    /// Packs the weights for this processor.
    pub(crate) fn load(weights: &Weights) -> Self {
        Self::load_for(Instructions::available()[0], weights)
    }

    fn load_for(instructions: Instructions, weights: &Weights) -> Self {
        let source = Source { instructions, weights };
        let architecture = weights.architecture();
        let last = architecture.last_outputs();
        Self {
            instructions,
            stem: source.stem(),
            blocks: (0..architecture.blocks.len()).map(|index| source.block(index)).collect(),
            head: source.product("head", last, BLOCK_CENTRE, None),
        }
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
        let (side, stride, channels) = (self.shape.kernel, self.shape.stride, self.depthwise.channels());
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

/// Layers of the stored weights.
struct Source<'a> {
    instructions: Instructions,
    weights: &'a Weights,
}

impl Source<'_> {
    fn stem(&self) -> Product {
        let kernel = STEM_KERNEL * STEM_KERNEL;
        let stored = self.weights.convolution("stem");
        // Pixels are unfolded row, column, channel.
        let mut unfolded = vec![0; stored.bias.len() * PATCH];
        let rows = unfolded.chunks_exact_mut(PATCH);
        for (row, weight) in rows.zip(stored.weight.chunks_exact(COLORS * kernel)) {
            for (index, &weight) in weight.iter().enumerate() {
                row[index % kernel * COLORS + index / kernel] = weight;
            }
        }
        let codes = &self.weights.convolution("blocks.0.depthwise").input_scale;
        let (bias, multiplier) = (self.whole_bias(stored, PHOTO_CENTRE), multiplier(stored, Some(codes)));
        Product::new(self.instructions, &unfolded, &bias, &multiplier, PATCH / WORD)
    }

    fn block(&self, index: usize) -> Block {
        let architecture = self.weights.architecture();
        let shape = architecture.blocks[index];
        let name = format!("blocks.{index}");
        let next = if index + 1 < architecture.blocks.len() {
            format!("blocks.{}.expand", index + 1)
        } else {
            "head".to_owned()
        };
        let input_scale = |name: &str| &self.weights.convolution(name).input_scale;
        let (depthwise, project) = (format!("{name}.depthwise"), format!("{name}.project"));
        let stored = self.weights.convolution(&depthwise);
        let codes = input_scale(&project);
        let expand = (index > 0).then(|| {
            self.product(&format!("{name}.expand"), shape.inputs, BLOCK_CENTRE, Some(&stored.input_scale))
        });
        let inverse_scale: Vec<f32> =
            input_scale(&next).iter().map(|&scale| (1.0 / f64::from(scale)) as f32).collect();
        Block {
            shape,
            expand,
            depthwise: Depthwise::new(
                self.instructions,
                &stored.weight,
                &self.whole_bias(stored, 0),
                &multiplier(stored, Some(codes)),
                shape.kernel,
                shape.stride,
            ),
            project: self.product(&project, padded(shape.hidden()), 0, None),
            inverse_scale: product::lengthened(&inverse_scale).as_slice().into(),
        }
    }

    /// A 1x1 convolution of pixels with `pitch` bytes each, whose 0 is `centre`, to codes of scale `codes`, or to numbers.
    fn product(&self, name: &str, pitch: usize, centre: u8, codes: Option<&[f32]>) -> Product {
        let stored = self.weights.convolution(name);
        let (bias, multiplier) = (self.whole_bias(stored, centre), multiplier(stored, codes));
        Product::new(self.instructions, &stored.weight, &bias, &multiplier, pitch.div_ceil(WORD))
    }

    /// The bias as a sum of products has it, with what `centre` adds to that sum taken away.
    fn whole_bias(&self, stored: &Stored, centre: u8) -> Vec<i32> {
        let zero = i32::from(centre) - self.instructions.taken_from_bytes();
        let rows = stored.weight.chunks_exact(stored.weight.len() / stored.bias.len());
        let of_row = |(row, (bias, scale)): (&[i8], (&f32, &f32))| {
            let sum: i32 = row.iter().map(|&weight| i32::from(weight)).sum();
            (bias / scale).round_ties_even() as i32 - zero * sum
        };
        rows.zip(stored.bias.iter().zip(&stored.scale)).map(of_row).collect()
    }
}

/// From sums to codes of scale `codes`, or to numbers.
fn multiplier(stored: &Stored, codes: Option<&[f32]>) -> Vec<f32> {
    match codes {
        None => stored.scale.clone(),
        Some(codes) => {
            let ratio = |(&scale, &code): (&f32, &f32)| (f64::from(scale) / f64::from(code)) as f32;
            stored.scale.iter().zip(codes).map(ratio).collect()
        }
    }
}

#[cfg(test)]
mod tests;
