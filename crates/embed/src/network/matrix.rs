//! A 1x1 convolution in NHWC: one matrix product with bias, residual and ReLU6 applied before anything is stored.
//!
//! The weights are packed once into panels of a few vectors, so that the innermost loop reads them in order and keeps
//! a tile of the result in registers (the structure of Goto and van de Geijn, 2008, without packing the left side:
//! rows of an NHWC picture are already contiguous). Single-threaded; knows nothing of pictures.

// Loops over numbers known at compile time unroll; iterators over arrays of vectors do not always.
#![allow(clippy::needless_range_loop)]

use pulp::{Simd, WithSimd};

use super::accumulate::accumulate;
use super::simd::{Aligned, LANES, dispatch};

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

/// Vectors in the widest panel.
const TILE_VECTORS: usize = 3;

/// Rows of the register tile where there are 32 vector registers: 21 of them hold sums. The sides of the network's
/// pictures are multiples of seven, so that no tile is cut.
const TILE_ROWS: usize = 7;

/// Rows of the register tile where there are 16 vector registers.
const SHORT_TILE_ROWS: usize = 4;

/// Where a product's rows are stored, and what is added to them.
pub(super) struct Destination<'a> {
    pub(super) output: &'a mut [f32],
    /// Numbers of each row that are stored: the matrix's outputs, or that number padded, the rest then being zeros.
    pub(super) columns: usize,
    /// After so many rows...
    pub(super) line: usize,
    /// ...this many numbers are left out.
    pub(super) gap: usize,
    /// Added before the activation: rows of the matrix's outputs.
    pub(super) residual: Option<&'a [f32]>,
}

impl<'a> Destination<'a> {
    /// Row after row.
    pub(super) fn rows(output: &'a mut [f32], columns: usize) -> Self {
        Self { output, columns, line: usize::MAX, gap: 0, residual: None }
    }
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

    /// Numbers in a row that is multiplied.
    pub(super) fn inputs(&self) -> usize {
        self.inputs
    }

    /// Numbers in a row of the product.
    pub(super) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Multiplies rows of `inputs` numbers.
    pub(super) fn multiply(&self, rows: &[f32], destination: Destination<'_>) {
        debug_assert_eq!(rows.len() % self.inputs, 0);
        debug_assert!(destination.residual.is_none() || destination.columns == self.outputs);
        debug_assert!([self.outputs, padded(self.outputs)].contains(&destination.columns));
        dispatch(Product { matrix: self, rows, destination });
    }
}

/// Cuts `columns` (a multiple of [`LANES`]) into panels of a few vectors of this processor, as even as can be.
fn panel_starts(columns: usize) -> Vec<usize> {
    let vector = dispatch(Lanes);
    let vectors = columns / vector;
    let panels = vectors.div_ceil(TILE_VECTORS);
    (0..=panels).map(|panel| vectors * panel / panels * vector).collect()
}

/// Numbers in a vector.
struct Lanes;

impl WithSimd for Lanes {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        S::F32_LANES
    }
}

struct Product<'a> {
    matrix: &'a Matrix,
    rows: &'a [f32],
    destination: Destination<'a>,
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let (matrix, columns) = (self.matrix, self.destination.columns);
        // With short vectors the last panels may be padding alone, which is stored only where it is asked for.
        for panel in matrix.panel_starts.windows(2).take_while(|panel| panel[0] < columns) {
            match (panel[1] - panel[0]) / S::F32_LANES {
                1 => self.panel::<S, 1>(simd, panel[0]),
                2 => self.panel::<S, 2>(simd, panel[0]),
                3 => self.panel::<S, 3>(simd, panel[0]),
                vectors => unreachable!("panels have 1 to {TILE_VECTORS} vectors, not {vectors}"),
            }
        }
    }
}

impl Product<'_> {
    #[inline(always)]
    fn panel<S: Simd, const VECTORS: usize>(&mut self, simd: S, first_column: usize) {
        if S::REGISTER_COUNT >= 32 {
            self.tiles::<S, VECTORS, TILE_ROWS>(simd, first_column);
        } else {
            self.tiles::<S, VECTORS, SHORT_TILE_ROWS>(simd, first_column);
        }
    }

    #[inline(always)]
    fn tiles<S: Simd, const VECTORS: usize, const ROWS: usize>(&mut self, simd: S, first_column: usize) {
        let row_count = self.rows.len() / self.matrix.inputs;
        let mut place = Place { column: 0, start: 0 };
        let mut row = 0;
        while row + ROWS <= row_count {
            self.tile::<S, VECTORS, ROWS>(simd, first_column, row, &mut place);
            row += ROWS;
        }
        while row < row_count {
            self.tile::<S, VECTORS, 1>(simd, first_column, row, &mut place);
            row += 1;
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const VECTORS: usize, const ROWS: usize>(
        &mut self,
        simd: S,
        first_column: usize,
        first_row: usize,
        place: &mut Place,
    ) {
        let Matrix { inputs, outputs, ref weights, ref bias, activation, .. } = *self.matrix;
        let panel_length = inputs * VECTORS * S::F32_LANES;
        let weights = &weights.as_slice()[first_column * inputs..][..panel_length];
        let bias = &bias.as_slice()[first_column..][..VECTORS * S::F32_LANES];
        let bias: &[[S::f32s; VECTORS]] = bytemuck::cast_slice(bias);
        let rows = &self.rows[first_row * inputs..][..ROWS * inputs];
        let mut sums = [bias[0]; ROWS];
        accumulate(simd, &mut sums, rows, bytemuck::cast_slice(weights));
        let columns = self.destination.columns - first_column;
        for i in 0..ROWS {
            if let Some(residual) = self.destination.residual {
                let residual = &residual[(first_row + i) * outputs + first_column..][..columns];
                for v in 0..VECTORS {
                    let residual = vector::<S>(residual, v);
                    sums[i][v] = simd.add_f32s(sums[i][v], simd.partial_load_f32s(residual));
                }
            }
            let output = &mut self.destination.output[place.start + first_column..][..columns];
            for v in 0..VECTORS {
                let mut sum = sums[i][v];
                if activation == Activation::Relu6 {
                    sum = simd.min_f32s(simd.max_f32s(sum, simd.splat_f32s(0.0)), simd.splat_f32s(6.0));
                }
                store::<S>(simd, output, v, sum);
            }
            place.advance(&self.destination);
        }
    }
}

/// Stores what fits of the vector with index `v`.
#[inline(always)]
fn store<S: Simd>(simd: S, row: &mut [f32], v: usize, values: S::f32s) {
    let start = v * S::F32_LANES;
    // A masked store takes longer; only a last vector needs one.
    match row.get_mut(start..start + S::F32_LANES) {
        Some(whole) => bytemuck::cast_slice_mut(whole)[0] = values,
        None => simd.partial_store_f32s(row.get_mut(start..).unwrap_or_default(), values),
    }
}

/// What there is of the vector with index `v`.
#[inline(always)]
fn vector<S: Simd>(row: &[f32], v: usize) -> &[f32] {
    let start = (v * S::F32_LANES).min(row.len());
    &row[start..(start + S::F32_LANES).min(row.len())]
}

/// Where the next row is stored.
struct Place {
    /// Rows since the last gap.
    column: usize,
    start: usize,
}

impl Place {
    #[inline(always)]
    fn advance(&mut self, destination: &Destination<'_>) {
        self.start += destination.columns;
        self.column += 1;
        if self.column == destination.line {
            self.column = 0;
            self.start += destination.gap;
        }
    }
}
