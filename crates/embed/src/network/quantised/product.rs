//! A 1x1 convolution in whole numbers, and the three things that are done with its sums.
//!
//! As [`super::super::matrix`], with four channels in a word and tiles of four pixels, which is what a word of a hidden
//! picture holds.

// Loops over numbers known at compile time unroll; iterators over arrays of vectors do not always.
#![allow(clippy::needless_range_loop)]

use super::super::simd::Aligned;
use super::inner::{TILE_PIXELS, add_products};
use super::integers::{Instructions, Integers, Kernel, codes};

/// Channels of hidden pictures come in multiples of this: at least one vector of every set of instructions.
pub(super) const LANES: usize = 16;

/// Channels in a word of pixels.
pub(super) const WORD: usize = 4;

/// Rounds up to whole vectors.
pub(super) fn padded(channels: usize) -> usize {
    channels.next_multiple_of(LANES)
}

/// A weight matrix in i8 with a bias and a multiplier for each output.
pub(super) struct Product {
    /// Words in a row.
    words: usize,
    /// First column of every panel, then `padded(outputs)`.
    panel_starts: Vec<usize>,
    /// Panel after panel: for each word of the input, the panel's columns with four weights each.
    weights: Aligned,
    bias: Aligned,
    /// From a sum to a number, or to a code.
    multiplier: Aligned,
}

impl Product {
    /// `weight` has a row of numbers for each output; rows of pixels have `words` words, the last ones of any content
    /// where there is no weight.
    pub(super) fn new(
        instructions: Instructions,
        weight: &[i8],
        bias: &[i32],
        multiplier: &[f32],
        words: usize,
    ) -> Self {
        let outputs = bias.len();
        let inputs = weight.len() / outputs;
        assert!(weight.len() == inputs * outputs && inputs <= words * WORD, "{inputs} x {outputs} weights");
        let (lanes, widest) = instructions.dispatch(PanelShape);
        let vectors = padded(outputs) / lanes;
        let panels = vectors.div_ceil(widest);
        let panel_starts: Vec<_> = (0..=panels).map(|panel| vectors * panel / panels * lanes).collect();
        let mut packed = Vec::with_capacity(words * padded(outputs));
        for panel in panel_starts.windows(2) {
            for word in 0..words {
                packed.extend((panel[0]..panel[1]).map(|output| {
                    let weight = |i| {
                        let input = word * WORD + i;
                        if output < outputs && input < inputs { weight[output * inputs + input] } else { 0 }
                    };
                    i32::from_ne_bytes(std::array::from_fn(|i| weight(i).cast_unsigned()))
                }));
            }
        }
        Self {
            words,
            panel_starts,
            weights: words_of(&packed),
            bias: words_of(&lengthened(bias)),
            multiplier: lengthened(multiplier).as_slice().into(),
        }
    }

    /// Words in a row that is multiplied.
    pub(super) fn words(&self) -> usize {
        self.words
    }

    /// Multiplies lines of `line` pixels each and gives the sums to `sink`.
    pub(super) fn multiply<T: Sink>(&self, instructions: Instructions, pixels: &[i32], line: usize, sink: T) {
        debug_assert_eq!(pixels.len() % (line * self.words), 0);
        instructions.dispatch(Run { product: self, pixels, line, sink });
    }
}

/// Padded with zeros to whole vectors.
pub(super) fn lengthened<T: Copy + Default>(values: &[T]) -> Vec<T> {
    let mut padded_values = values.to_vec();
    padded_values.resize(padded(values.len()), T::default());
    padded_values
}

/// Words that begin on a cache line.
pub(super) fn words_of(words: &[i32]) -> Aligned {
    bytemuck::cast_slice::<i32, f32>(words).into()
}

/// Numbers in a vector, and vectors in the widest panel.
struct PanelShape;

impl Kernel for PanelShape {
    type Output = (usize, usize);

    #[inline(always)]
    fn run<I: Integers>(self, _: I) -> (usize, usize) {
        (I::LANES, I::WIDEST_PANEL)
    }
}

/// Up to four neighbouring pixels of one line.
#[derive(Clone, Copy)]
pub(super) struct Tile {
    pub(super) line: usize,
    /// The tile's number in its line.
    pub(super) index: usize,
    /// The number of its first pixel.
    pub(super) first: usize,
    /// How many pixels there are.
    pub(super) pixels: usize,
}

/// What takes the sums.
pub(super) trait Sink {
    /// Takes the numbers of a tile in the channels from `channel` on.
    fn take<I: Integers, const VECTORS: usize>(
        &mut self,
        simd: I,
        numbers: [[I::Floats; VECTORS]; TILE_PIXELS],
        tile: Tile,
        channel: usize,
    );
}

struct Run<'a, T> {
    product: &'a Product,
    pixels: &'a [i32],
    line: usize,
    sink: T,
}

impl<T: Sink> Kernel for Run<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<I: Integers>(mut self, simd: I) {
        let product = self.product;
        for panel in product.panel_starts.windows(2) {
            match (panel[1] - panel[0]) / I::LANES {
                1 => self.panel::<I, 1>(simd, panel[0]),
                2 => self.panel::<I, 2>(simd, panel[0]),
                3 if I::WIDEST_PANEL >= 3 => self.panel::<I, 3>(simd, panel[0]),
                4 if I::WIDEST_PANEL >= 4 => self.panel::<I, 4>(simd, panel[0]),
                5 if I::WIDEST_PANEL >= 5 => self.panel::<I, 5>(simd, panel[0]),
                6 if I::WIDEST_PANEL >= 6 => self.panel::<I, 6>(simd, panel[0]),
                vectors => unreachable!("panels have 1 to {} vectors, not {vectors}", I::WIDEST_PANEL),
            }
        }
    }
}

impl<T: Sink> Run<'_, T> {
    #[inline(always)]
    fn panel<I: Integers, const VECTORS: usize>(&mut self, simd: I, channel: usize) {
        let Product { words, ref weights, ref bias, ref multiplier, .. } = *self.product;
        let panel = VECTORS * I::LANES;
        let weights: &[[I::Sums; VECTORS]] =
            bytemuck::cast_slice(&weights.as_slice()[channel * words..][..words * panel]);
        let bias: &[[I::Sums; VECTORS]] = bytemuck::cast_slice(&bias.as_slice()[channel..][..panel]);
        let multiplier: &[[I::Floats; VECTORS]] =
            bytemuck::cast_slice(&multiplier.as_slice()[channel..][..panel]);
        let lines = self.pixels.len() / (self.line * words);
        for line in 0..lines {
            for (index, start) in (0..self.line).step_by(TILE_PIXELS).enumerate() {
                let first = line * self.line + start;
                let pixels = TILE_PIXELS.min(self.line - start);
                // Where the line ends its last pixel is worked out again.
                let rows = std::array::from_fn(|i| (first + i.min(pixels - 1)) * words);
                let mut sums = [bias[0]; TILE_PIXELS];
                add_products(simd, &mut sums, self.pixels, rows, weights);
                let mut numbers = [multiplier[0]; TILE_PIXELS];
                for i in 0..TILE_PIXELS {
                    for v in 0..VECTORS {
                        numbers[i][v] = simd.multiply(simd.to_floats(sums[i][v]), numbers[i][v]);
                    }
                }
                self.sink.take(simd, numbers, Tile { line, index, first, pixels }, channel);
            }
        }
    }
}

/// Rows of a hidden picture: in each word the codes of four neighbouring pixels in one channel.
pub(super) struct HiddenRows<'a> {
    pub(super) words: &'a mut [i32],
    /// Words from one row to the next.
    pub(super) pitch: usize,
    pub(super) channels: usize,
}

impl Sink for HiddenRows<'_> {
    #[inline(always)]
    fn take<I: Integers, const VECTORS: usize>(
        &mut self,
        simd: I,
        numbers: [[I::Floats; VECTORS]; TILE_PIXELS],
        tile: Tile,
        channel: usize,
    ) {
        let mask = if tile.pixels == TILE_PIXELS { -1 } else { (1 << (8 * tile.pixels)) - 1 };
        let start = tile.line * self.pitch + tile.index * self.channels + channel;
        let words = &mut self.words[start..][..VECTORS * I::LANES];
        let words: &mut [I::Sums] = bytemuck::cast_slice_mut(words);
        for v in 0..VECTORS {
            let codes = std::array::from_fn(|i| codes(simd, numbers[i][v], 0.0));
            words[v] = simd.merge(codes, mask);
        }
    }
}

/// The code of 0 in a picture between blocks, which goes below it; hidden pictures begin at 0.
pub(super) const BLOCK_CENTRE: u8 = 128;

/// A picture between blocks: as numbers, to which the next block's are added, and as codes, which it multiplies.
pub(super) struct Picture<'a> {
    /// Codes, `pitch` for each pixel.
    pub(super) codes: &'a mut [u8],
    pub(super) pitch: usize,
    /// Numbers, `padded(pitch)` for each pixel.
    pub(super) numbers: &'a mut [f32],
    /// The last block's numbers, added first.
    pub(super) residual: Option<&'a [f32]>,
    /// From a number to its code.
    pub(super) inverse_scale: &'a [f32],
}

impl Sink for Picture<'_> {
    #[inline(always)]
    fn take<I: Integers, const VECTORS: usize>(
        &mut self,
        simd: I,
        mut numbers: [[I::Floats; VECTORS]; TILE_PIXELS],
        tile: Tile,
        channel: usize,
    ) {
        let panel = VECTORS * I::LANES;
        let inverse_scale: &[I::Floats] = bytemuck::cast_slice(&self.inverse_scale[channel..][..panel]);
        for i in 0..tile.pixels {
            let pixel = tile.first + i;
            let place = pixel * padded(self.pitch) + channel;
            if let Some(residual) = self.residual {
                let residual: &[I::Floats] = bytemuck::cast_slice(&residual[place..][..panel]);
                for v in 0..VECTORS {
                    numbers[i][v] = simd.add(numbers[i][v], residual[v]);
                }
            }
            let kept: &mut [I::Floats] = bytemuck::cast_slice_mut(&mut self.numbers[place..][..panel]);
            let row = &mut self.codes[pixel * self.pitch..][..self.pitch];
            for v in 0..VECTORS {
                kept[v] = numbers[i][v];
                let codes = codes(simd, simd.multiply(numbers[i][v], inverse_scale[v]), BLOCK_CENTRE.into());
                let start = channel + v * I::LANES;
                if let Some(row) = row.get_mut(start..start + I::LANES) {
                    simd.store_bytes(codes, row);
                } else if let Some(row) = row.get_mut(start..) {
                    let mut bytes = [0; LANES];
                    simd.store_bytes(codes, &mut bytes[..I::LANES]);
                    row.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
                }
            }
        }
    }
}

/// The sum of all pixels, each number cut to 0 to 6.
pub(super) struct Totals<'a> {
    /// `padded(outputs)` numbers.
    pub(super) totals: &'a mut [f32],
}

impl Sink for Totals<'_> {
    #[inline(always)]
    fn take<I: Integers, const VECTORS: usize>(
        &mut self,
        simd: I,
        numbers: [[I::Floats; VECTORS]; TILE_PIXELS],
        tile: Tile,
        channel: usize,
    ) {
        let totals: &mut [I::Floats] =
            bytemuck::cast_slice_mut(&mut self.totals[channel..][..VECTORS * I::LANES]);
        for numbers in &numbers[..tile.pixels] {
            for v in 0..VECTORS {
                totals[v] = simd.add(totals[v], simd.clamp(numbers[v], 0.0, 6.0));
            }
        }
    }
}
