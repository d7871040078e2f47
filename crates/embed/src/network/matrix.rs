//! A 1x1 convolution in NHWC: one matrix product with bias, residual and ReLU6 applied before anything is stored.
//!
//! The weights are packed once into panels of a few vectors, so that the innermost loop reads them in order and keeps
//! a tile of the result in registers (the structure of Goto and van de Geijn, 2008, without packing the left side:
//! rows of an NHWC picture are already contiguous). Single-threaded; knows nothing of pictures.

use pulp::{Simd, WithSimd};

use super::simd::{Aligned, LANES, dispatch, multiply_add};

/// What is done to a sum before it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activation {
    /// Nothing.
    Linear,
    /// Cut to 0 to 6.
    Relu6,
}

/// A weight matrix of `inputs` x `outputs` numbers and a bias for each output.
pub(super) struct Matrix {
    inputs: usize,
    outputs: usize,
    /// First column of every panel, then `padded(outputs)`.
    panel_starts: Vec<usize>,
    /// Panel after panel: for each input, the panel's columns. Columns from `outputs` on are zero.
    weights: Aligned,
    bias: Aligned,
    activation: Activation,
}

/// Rows of the register tile. With panels of up to four vectors, 24 of AVX-512's 32 registers hold sums.
const TILE_ROWS: usize = 6;

/// Where a product's rows are stored, and what is added to them.
pub(super) struct Destination<'a, Place> {
    /// Row `r` of the product goes to `output[place(r)..]`.
    pub(super) output: &'a mut [f32],
    /// Start of each row in `output`.
    pub(super) place: Place,
    /// Added before the activation: rows of `outputs` numbers.
    pub(super) residual: Option<&'a [f32]>,
}

/// Rounds up to whole vectors.
pub(super) fn padded(channels: usize) -> usize {
    channels.next_multiple_of(LANES)
}

impl Matrix {
    /// `weight` has a row of `inputs` numbers for each output, as a convolution stores it.
    pub(super) fn new(weight: &[f32], bias: &[f32], inputs: usize, activation: Activation) -> Self {
        let outputs = bias.len();
        assert_eq!(weight.len(), inputs * outputs, "{inputs} x {outputs} weights");
        let panel_starts = panel_starts(padded(outputs));
        let mut packed = Vec::with_capacity(inputs * padded(outputs));
        for panel in panel_starts.windows(2) {
            for input in 0..inputs {
                packed.extend(
                    (panel[0]..panel[1])
                        .map(|output| if output < outputs { weight[output * inputs + input] } else { 0.0 }),
                );
            }
        }
        let mut padded_bias = bias.to_vec();
        padded_bias.resize(padded(outputs), 0.0);
        Self {
            inputs,
            outputs,
            panel_starts,
            weights: packed.as_slice().into(),
            bias: padded_bias.as_slice().into(),
            activation,
        }
    }

    /// Numbers in a row of the product.
    pub(super) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Multiplies rows of `inputs` numbers. `columns` of each row are stored: `outputs()`, or that number padded,
    /// the rest then being zeros.
    pub(super) fn multiply<Place: Fn(usize) -> usize>(
        &self,
        rows: &[f32],
        columns: usize,
        destination: Destination<'_, Place>,
    ) {
        debug_assert_eq!(rows.len() % self.inputs, 0);
        debug_assert!(destination.residual.is_none() || columns == self.outputs);
        debug_assert!(columns == self.outputs || columns == padded(self.outputs));
        dispatch(Product { matrix: self, rows, columns, destination });
    }
}

/// Cuts `columns` (a multiple of [`LANES`]) into panels of a few vectors of this processor, as even as can be.
fn panel_starts(columns: usize) -> Vec<usize> {
    let (vector, widest) = dispatch(PanelShape);
    let vectors = columns / vector;
    let panels = vectors.div_ceil(widest);
    (0..=panels).map(|panel| vectors * panel / panels * vector).collect()
}

/// Numbers in a vector, and vectors in the widest panel.
struct PanelShape;

impl WithSimd for PanelShape {
    type Output = (usize, usize);

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> (usize, usize) {
        // A tile of six rows needs that many registers for each vector of the panel.
        (S::F32_LANES, if S::REGISTER_COUNT >= 32 { 4 } else { 2 })
    }
}

struct Product<'a, Place> {
    matrix: &'a Matrix,
    rows: &'a [f32],
    columns: usize,
    destination: Destination<'a, Place>,
}

impl<Place: Fn(usize) -> usize> WithSimd for Product<'_, Place> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let matrix = self.matrix;
        for panel in matrix.panel_starts.windows(2) {
            match (panel[1] - panel[0]) / S::F32_LANES {
                1 => self.panel::<S, 1>(simd, panel[0]),
                2 => self.panel::<S, 2>(simd, panel[0]),
                3 => self.panel::<S, 3>(simd, panel[0]),
                4 => self.panel::<S, 4>(simd, panel[0]),
                vectors => unreachable!("panels have 1 to 4 vectors, not {vectors}"),
            }
        }
    }
}

impl<Place: Fn(usize) -> usize> Product<'_, Place> {
    #[inline(always)]
    fn panel<S: Simd, const VECTORS: usize>(&mut self, simd: S, first_column: usize) {
        let row_count = self.rows.len() / self.matrix.inputs;
        let mut row = 0;
        while row + TILE_ROWS <= row_count {
            self.tile::<S, VECTORS, TILE_ROWS>(simd, first_column, row);
            row += TILE_ROWS;
        }
        if row < row_count && row_count >= TILE_ROWS {
            // The last rows once more in a full tile: quicker than row by row, and the same numbers again.
            self.tile::<S, VECTORS, TILE_ROWS>(simd, first_column, row_count - TILE_ROWS);
        } else {
            (row..row_count).for_each(|row| self.tile::<S, VECTORS, 1>(simd, first_column, row));
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const VECTORS: usize, const ROWS: usize>(
        &mut self,
        simd: S,
        first_column: usize,
        first_row: usize,
    ) {
        let inputs = self.matrix.inputs;
        let panel_length = inputs * VECTORS * S::F32_LANES;
        let weights = &self.matrix.weights.as_slice()[first_column * inputs..][..panel_length];
        let weights: &[[S::f32s; VECTORS]] = bytemuck::cast_slice(weights);
        let rows: [&[f32]; ROWS] =
            std::array::from_fn(|i| &self.rows[(first_row + i) * inputs..][..weights.len()]);

        let bias = &self.matrix.bias.as_slice()[first_column..][..VECTORS * S::F32_LANES];
        let bias: &[S::f32s] = bytemuck::cast_slice(bias);
        let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
        for (input, weights) in weights.iter().enumerate() {
            for (sums, row) in sums.iter_mut().zip(&rows) {
                let value = simd.splat_f32s(row[input]);
                for (sum, &weight) in sums.iter_mut().zip(weights) {
                    *sum = multiply_add(simd, value, weight, *sum);
                }
            }
        }
        for (i, sums) in sums.iter().enumerate() {
            let row = first_row + i;
            let start = (self.destination.place)(row);
            for (v, (&sum, &bias)) in sums.iter().zip(bias).enumerate() {
                let column = first_column + v * S::F32_LANES;
                let end = self.columns.min(column + S::F32_LANES);
                if column >= end {
                    break;
                }
                let mut sum = simd.add_f32s(sum, bias);
                if let Some(residual) = self.destination.residual {
                    let residual = &residual[row * self.matrix.outputs..][column..end];
                    sum = simd.add_f32s(sum, simd.partial_load_f32s(residual));
                }
                if self.matrix.activation == Activation::Relu6 {
                    sum = simd.min_f32s(simd.max_f32s(sum, simd.splat_f32s(0.0)), simd.splat_f32s(6.0));
                }
                let output = &mut self.destination.output[start + column..start + end];
                // A masked store takes longer; only a last vector needs one.
                if output.len() == S::F32_LANES {
                    bytemuck::cast_slice_mut(output)[0] = sum;
                } else {
                    simd.partial_store_f32s(output, sum);
                }
            }
        }
    }
}
