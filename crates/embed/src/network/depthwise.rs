//! A depthwise convolution of a few rows in NHWC, with bias and ReLU6.
//!
//! Each channel of the output depends on the same channel of the input alone, so channels lie in the lanes of a
//! vector, and a few neighbouring pixels share each weight that is loaded. The caller has padded the input.

use pulp::{Simd, WithSimd};

use super::matrix::padded;
use super::simd::{Aligned, dispatch, multiply_add};

/// Square kernels, one for each channel.
pub(super) struct Depthwise {
    /// Rows and columns of a kernel.
    side: usize,
    stride: usize,
    /// Channels in memory: whole vectors.
    channels: usize,
    /// For each row and column of the kernel, its weight in every channel.
    weights: Aligned,
    bias: Aligned,
}

/// Neighbouring pixels that are summed at once.
const TILE_PIXELS: usize = 4;

impl Depthwise {
    /// `weight` has `side * side` numbers for each channel, as a convolution stores it.
    pub(super) fn new(weight: &[f32], bias: &[f32], side: usize, stride: usize) -> Self {
        let channels = padded(bias.len());
        assert_eq!(weight.len(), bias.len() * side * side, "{} kernels of {side} x {side}", bias.len());
        let mut by_place = vec![0.0; side * side * channels];
        for (channel, kernel) in weight.chunks_exact(side * side).enumerate() {
            for (place, &weight) in kernel.iter().enumerate() {
                by_place[place * channels + channel] = weight;
            }
        }
        let mut padded_bias = bias.to_vec();
        padded_bias.resize(channels, 0.0);
        Self {
            side,
            stride,
            channels,
            weights: by_place.as_slice().into(),
            bias: padded_bias.as_slice().into(),
        }
    }

    /// Channels of input and output in memory.
    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    /// Fills `output` with rows of `output_width` pixels. `input` has rows of `input_width` pixels, padding included,
    /// and `(rows - 1) * stride + side` of them.
    pub(super) fn convolve(
        &self,
        input: &[f32],
        input_width: usize,
        output: &mut [f32],
        output_width: usize,
    ) {
        debug_assert!((output_width - 1) * self.stride + self.side <= input_width);
        dispatch(Rows { depthwise: self, input, input_width, output, output_width });
    }
}

struct Rows<'a> {
    depthwise: &'a Depthwise,
    input: &'a [f32],
    input_width: usize,
    output: &'a mut [f32],
    output_width: usize,
}

impl WithSimd for Rows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // With the kernel's shape known, its loops unroll.
        match (self.depthwise.side, self.depthwise.stride) {
            (3, 1) => self.convolve(simd, 3, 1),
            (3, 2) => self.convolve(simd, 3, 2),
            (5, 1) => self.convolve(simd, 5, 1),
            (5, 2) => self.convolve(simd, 5, 2),
            (side, stride) => self.convolve(simd, side, stride),
        }
    }
}

impl Rows<'_> {
    #[inline(always)]
    fn convolve<S: Simd>(self, simd: S, side: usize, stride: usize) {
        let vectors = self.depthwise.channels / S::F32_LANES;
        let weights: &[S::f32s] = bytemuck::cast_slice(self.depthwise.weights.as_slice());
        let bias: &[S::f32s] = bytemuck::cast_slice(self.depthwise.bias.as_slice());
        let input: &[S::f32s] = bytemuck::cast_slice(self.input);
        let output: &mut [S::f32s] = bytemuck::cast_slice_mut(self.output);
        let input_pitch = self.input_width * vectors;
        for (y, output) in output.chunks_exact_mut(self.output_width * vectors).enumerate() {
            let input = &input[y * stride * input_pitch..];
            for (vector, &bias) in bias[..vectors].iter().enumerate() {
                let row = Row { input, input_pitch, weights, bias, vectors, vector };
                let mut x = 0;
                while x + TILE_PIXELS <= self.output_width {
                    row.pixels::<S, TILE_PIXELS>(simd, side, stride, x, output);
                    x += TILE_PIXELS;
                }
                if x < self.output_width && self.output_width >= TILE_PIXELS {
                    row.pixels::<S, TILE_PIXELS>(simd, side, stride, self.output_width - TILE_PIXELS, output);
                } else {
                    (x..self.output_width).for_each(|x| row.pixels::<S, 1>(simd, side, stride, x, output));
                }
            }
        }
    }
}

/// One vector of channels along one row of the output.
struct Row<'a, V> {
    /// From the first row under the kernel on.
    input: &'a [V],
    input_pitch: usize,
    weights: &'a [V],
    bias: V,
    /// Vectors in a pixel, and the one of this row.
    vectors: usize,
    vector: usize,
}

impl<V: Copy> Row<'_, V> {
    #[inline(always)]
    fn pixels<S: Simd<f32s = V>, const PIXELS: usize>(
        &self,
        simd: S,
        side: usize,
        stride: usize,
        x: usize,
        output: &mut [V],
    ) {
        let mut sums = [self.bias; PIXELS];
        for row in 0..side {
            for column in 0..side {
                let weight = self.weights[(row * side + column) * self.vectors + self.vector];
                let first = row * self.input_pitch + (x * stride + column) * self.vectors + self.vector;
                for (i, sum) in sums.iter_mut().enumerate() {
                    *sum = multiply_add(simd, self.input[first + i * stride * self.vectors], weight, *sum);
                }
            }
        }
        for (i, &sum) in sums.iter().enumerate() {
            let cut = simd.min_f32s(simd.max_f32s(sum, simd.splat_f32s(0.0)), simd.splat_f32s(6.0));
            output[(x + i) * self.vectors + self.vector] = cut;
        }
    }
}
