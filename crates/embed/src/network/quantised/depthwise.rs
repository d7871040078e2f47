//! A depthwise convolution in whole numbers.
//!
//! A word of the hidden picture holds four neighbouring pixels of one channel, so that one instruction does four
//! columns of the kernel: the kernel is stored for each place that it can have in a word.

use super::super::simd::Aligned;
use super::inner::{PHASES, TILE_PIXELS, add_window};
use super::integers::{Instructions, Integers, Kernel, codes};
use super::product::{lengthened, padded, words_of};

/// Square kernels, one for each channel.
pub(super) struct Depthwise {
    side: usize,
    stride: usize,
    /// Channels in memory.
    channels: usize,
    /// For each vector of channels, row of the kernel and phase, two words for each channel.
    weights: Aligned,
    bias: Aligned,
    multiplier: Aligned,
}

/// Words left of a hidden row's first pixel: they hold its padding.
pub(super) const LEFT_WORDS: usize = 1;

impl Depthwise {
    /// `weight` has `side * side` numbers for each channel.
    pub(super) fn new(
        instructions: Instructions,
        weight: &[i8],
        bias: &[i32],
        multiplier: &[f32],
        side: usize,
        stride: usize,
    ) -> Self {
        let channels = padded(bias.len());
        assert_eq!(weight.len(), bias.len() * side * side, "{} kernels of {side} x {side}", bias.len());
        let lanes = instructions.dispatch(Lanes);
        let mut packed = Vec::with_capacity(channels * side * PHASES * 2);
        for vector in (0..channels).step_by(lanes) {
            for row in 0..side {
                for place in (0..PHASES * 2).map(|place| (place / 2, place % 2)) {
                    packed.extend((vector..vector + lanes).map(|channel| {
                        let (phase, word) = place;
                        let weight = |pixel: usize| {
                            let column = (word * PHASES + pixel).checked_sub(phase).filter(|&c| c < side);
                            let row = weight.get((channel * side + row) * side..);
                            row.zip(column).map_or(0, |(row, column)| row.get(column).copied().unwrap_or(0))
                        };
                        i32::from_le_bytes(std::array::from_fn(|pixel| i8::cast_unsigned(weight(pixel))))
                    }));
                }
            }
        }
        Self {
            side,
            stride,
            channels,
            weights: words_of(&packed),
            bias: words_of(&lengthened(bias)),
            multiplier: lengthened(multiplier).as_slice().into(),
        }
    }

    /// Channels of input and output in memory.
    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    /// Words that a row of the hidden picture must have for `output_width` pixels of output.
    pub(super) fn row_words(&self, output_width: usize) -> usize {
        let tiles = output_width.div_ceil(TILE_PIXELS);
        // However the kernel lies in the first word, the last tile's end is within these.
        LEFT_WORDS + ((tiles * TILE_PIXELS - 1) * self.stride + self.side).div_ceil(PHASES) + 1
    }

    /// Fills `output` with rows of `output_width` pixels of codes. `input` has rows of `pitch` words for each channel,
    /// in whose first word the picture has `before` pixels of padding that the kernel reads.
    pub(super) fn convolve(
        &self,
        instructions: Instructions,
        input: &[i32],
        pitch: usize,
        before: usize,
        output: &mut [u8],
        output_width: usize,
    ) {
        instructions.dispatch(Rows { depthwise: self, input, pitch, before, output, output_width });
    }
}

struct Lanes;

impl Kernel for Lanes {
    type Output = usize;

    #[inline(always)]
    fn run<I: Integers>(self, _: I) -> usize {
        I::LANES
    }
}

struct Rows<'a> {
    depthwise: &'a Depthwise,
    input: &'a [i32],
    pitch: usize,
    before: usize,
    output: &'a mut [u8],
    output_width: usize,
}

impl Kernel for Rows<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Integers>(self, simd: I) {
        let Depthwise { side, stride, .. } = *self.depthwise;
        match (side, stride, LEFT_WORDS * PHASES - self.before) {
            (3, 1, 3) => self.rows::<I, 3, 1, 3>(simd),
            (3, 2, 4) => self.rows::<I, 3, 2, 4>(simd),
            (3, 2, 3) => self.rows::<I, 3, 2, 3>(simd),
            (5, 1, 2) => self.rows::<I, 5, 1, 2>(simd),
            (5, 2, 3) => self.rows::<I, 5, 2, 3>(simd),
            (5, 2, 2) => self.rows::<I, 5, 2, 2>(simd),
            other => unreachable!("a kernel, stride and padding that no known network has: {other:?}"),
        }
    }
}

impl Rows<'_> {
    #[inline(always)]
    fn rows<I: Integers, const SIDE: usize, const STRIDE: usize, const OFFSET: usize>(self, simd: I) {
        let channels = self.depthwise.channels;
        let vectors = channels / I::LANES;
        let weights: &[[[I::Sums; 2]; PHASES]] = bytemuck::cast_slice(self.depthwise.weights.as_slice());
        let bias: &[I::Sums] = bytemuck::cast_slice(self.depthwise.bias.as_slice());
        let multiplier: &[I::Floats] = bytemuck::cast_slice(self.depthwise.multiplier.as_slice());
        let input: &[I::Sums] = bytemuck::cast_slice(self.input);
        let row = self.pitch * vectors;
        for (y, output) in self.output.chunks_exact_mut(self.output_width * channels).enumerate() {
            for vector in 0..vectors {
                let weights = &weights[vector * SIDE..][..SIDE];
                for x in (0..self.output_width).step_by(TILE_PIXELS) {
                    let first = y * STRIDE * row + x / TILE_PIXELS * STRIDE * vectors + vector;
                    let mut sums = [bias[vector]; TILE_PIXELS];
                    add_window::<I, SIDE, STRIDE, OFFSET>(
                        simd,
                        &mut sums,
                        &input[first..],
                        vectors,
                        row,
                        weights,
                    );
                    let output = &mut output[x * channels..];
                    for (&sum, pixel) in sums.iter().zip(output.chunks_exact_mut(channels)) {
                        let number = simd.multiply(simd.to_floats(sum), multiplier[vector]);
                        simd.store_bytes(
                            codes(simd, number, 0.0),
                            &mut pixel[vector * I::LANES..][..I::LANES],
                        );
                    }
                }
            }
        }
    }
}
