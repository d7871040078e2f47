//! The circular convolution of a grid of charges with the kernel 1 / (1 + r²) by Fourier transform.
//!
//! Planes are what lies across the first axis: rows in 2-D, slices in 3-D. A plane of charges is asked for when its
//! transform is made and a plane of the potential is handed on as soon as it is ready, so that neither grid is walked
//! over twice. Half of each axis is padding, which keeps opposite edges from feeling each other.

use std::sync::Arc;

use rayon::prelude::*;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

/// Lines that are copied together, so that whole cache lines are used.
const LINES: usize = 8;

/// Everything that depends on the grid's size alone.
pub(crate) struct Convolution<const D: usize> {
    /// Nodes along each axis that hold charges; the transforms are twice as long.
    nodes: [usize; D],
    /// The kernel's transform, real because the kernel is even: for each column, frequencies 0 to `nodes[0]` of axis 0.
    kernel: Vec<f32>,
    rows_forward: Arc<dyn RealToComplex<f32>>,
    rows_back: Arc<dyn ComplexToReal<f32>>,
    /// Along axis 1, in 3-D.
    middle_forward: Arc<dyn Fft<f32>>,
    middle_back: Arc<dyn Fft<f32>>,
    /// Along axis 0.
    columns_forward: Arc<dyn Fft<f32>>,
    columns_back: Arc<dyn Fft<f32>>,
    /// Planes after their own transform, `nodes[0]` of them, each of `columns()` numbers.
    planes: Vec<Complex32>,
    /// Columns after the convolution, each of `nodes[0]` numbers.
    convolved: Vec<Complex32>,
}

impl<const D: usize> Convolution<D> {
    /// `kernel` is the value at an offset of so many nodes along each axis, even in each of them. `deconvolve` is what
    /// the transform is divided by at a frequency, given as a share of the sampling frequency, along each axis.
    pub(crate) fn new(
        nodes: [usize; D],
        kernel: impl Fn([usize; D]) -> f32 + Sync,
        deconvolve: impl Fn(f32) -> f32,
    ) -> Self {
        const { assert!(D == 2 || D == 3) };
        let (mut real, mut complex) = (RealFftPlanner::new(), FftPlanner::new());
        let columns = Self::columns_of(nodes);
        let empty = Complex32::default();
        let mut convolution = Self {
            nodes,
            kernel: Vec::new(),
            rows_forward: real.plan_fft_forward(2 * nodes[D - 1]),
            rows_back: real.plan_fft_inverse(2 * nodes[D - 1]),
            middle_forward: complex.plan_fft_forward(2 * nodes[1]),
            middle_back: complex.plan_fft_inverse(2 * nodes[1]),
            columns_forward: complex.plan_fft_forward(2 * nodes[0]),
            columns_back: complex.plan_fft_inverse(2 * nodes[0]),
            planes: vec![empty; nodes[0] * columns],
            convolved: vec![empty; nodes[0] * columns],
        };
        convolution.kernel = convolution.transform_kernel(kernel, deconvolve);
        convolution
    }

    /// Nodes along each axis.
    pub(crate) fn nodes(&self) -> [usize; D] {
        self.nodes
    }

    /// Convolves the charges that `charge_plane` writes into planes of zeros with the kernel, and writes the potential
    /// into `potential`, plane after plane. A plane has `nodes[D - 1]` numbers to a row.
    pub(crate) fn convolve(
        &mut self,
        charge_plane: impl Fn(usize, &mut [f32]) + Sync,
        potential: &mut [f32],
    ) {
        let columns = Self::columns_of(self.nodes);
        let mut planes = std::mem::take(&mut self.planes);
        planes.par_chunks_exact_mut(columns).enumerate().for_each_init(
            || vec![0.0; self.plane_nodes()],
            |charges, (at, plane)| {
                charges.fill(0.0);
                charge_plane(at, charges);
                self.transform_plane(charges, plane);
            },
        );
        let mut convolved = std::mem::take(&mut self.convolved);
        let depth = self.nodes[0];
        convolved.par_chunks_mut(LINES * depth).enumerate().for_each_init(
            || vec![Complex32::default(); 2 * depth + self.columns_forward.get_inplace_scratch_len()],
            |work, (block, out)| self.convolve_columns(&planes, block * LINES, work, out),
        );
        let per_task = LINES * self.plane_nodes();
        potential.par_chunks_mut(per_task).enumerate().for_each(|(block, potential)| {
            self.transform_back(&convolved, block * LINES, potential);
        });
        (self.planes, self.convolved) = (planes, convolved);
    }

    /// Columns along axis 0: the rest of the grid after its transform.
    fn columns_of(nodes: [usize; D]) -> usize {
        let rows = if D == 3 { 2 * nodes[1] } else { 1 };
        rows * (nodes[D - 1] + 1)
    }

    fn plane_nodes(&self) -> usize {
        self.nodes[1..].iter().product()
    }

    /// The transform of one plane of charges, with its padding.
    fn transform_plane(&self, charges: &[f32], plane: &mut [Complex32]) {
        let (width, frequencies) = (self.nodes[D - 1], self.nodes[D - 1] + 1);
        let mut row = self.rows_forward.make_input_vec();
        let mut scratch = self.rows_forward.make_scratch_vec();
        for (charges, out) in charges.chunks_exact(width).zip(plane.chunks_exact_mut(frequencies)) {
            row[..width].copy_from_slice(charges);
            row[width..].fill(0.0);
            let transformed = self.rows_forward.process_with_scratch(&mut row, out, &mut scratch);
            transformed.expect("buffers are of the transform's own sizes");
        }
        if D == 3 {
            let filled = self.nodes[1] * frequencies;
            plane[filled..].fill(Complex32::default());
            self.transform_middle(&*self.middle_forward, plane);
        }
    }

    /// Transforms a padded plane along axis 1, in 3-D.
    fn transform_middle(&self, transform: &dyn Fft<f32>, plane: &mut [Complex32]) {
        let (length, frequencies) = (2 * self.nodes[1], self.nodes[2] + 1);
        let mut lines = vec![Complex32::default(); LINES * length];
        let mut scratch = vec![Complex32::default(); transform.get_inplace_scratch_len()];
        for first in (0..frequencies).step_by(LINES) {
            let count = LINES.min(frequencies - first);
            for at in 0..length {
                for line in 0..count {
                    lines[line * length + at] = plane[at * frequencies + first + line];
                }
            }
            transform.process_with_scratch(&mut lines[..count * length], &mut scratch);
            for at in 0..length {
                for line in 0..count {
                    plane[at * frequencies + first + line] = lines[line * length + at];
                }
            }
        }
    }

    /// Transforms columns from `first` on along axis 0, multiplies them by the kernel and transforms them back.
    fn convolve_columns(
        &self,
        planes: &[Complex32],
        first: usize,
        work: &mut [Complex32],
        out: &mut [Complex32],
    ) {
        let (depth, columns) = (self.nodes[0], Self::columns_of(self.nodes));
        for (plane, planes) in planes.chunks_exact(columns).enumerate() {
            for (line, value) in planes[first..].iter().take(out.len() / depth).enumerate() {
                out[line * depth + plane] = *value;
            }
        }
        let (column, scratch) = work.split_at_mut(2 * depth);
        for (line, out) in out.chunks_exact_mut(depth).enumerate() {
            let kernel = &self.kernel[(first + line) * (depth + 1)..][..depth + 1];
            column[..depth].copy_from_slice(out);
            column[depth..].fill(Complex32::default());
            self.columns_forward.process_with_scratch(column, scratch);
            let (low, high) = column.split_at_mut(depth + 1);
            low.iter_mut().zip(kernel).for_each(|(value, factor)| *value *= factor);
            // Frequencies above the half are the negative ones, where the kernel is the same.
            high.iter_mut().zip(kernel[1..depth].iter().rev()).for_each(|(value, factor)| *value *= factor);
            self.columns_back.process_with_scratch(column, scratch);
            out.copy_from_slice(&column[..depth]);
        }
    }

    /// Planes of the potential from `first` on, as many as `potential` has room for.
    fn transform_back(&self, convolved: &[Complex32], first: usize, potential: &mut [f32]) {
        let (depth, columns, width) = (self.nodes[0], Self::columns_of(self.nodes), self.nodes[D - 1]);
        let frequencies = width + 1;
        let mut planes = vec![Complex32::default(); columns * potential.len() / self.plane_nodes()];
        for (column, values) in convolved.chunks_exact(depth).enumerate() {
            for (plane, value) in planes.chunks_exact_mut(columns).zip(&values[first..]) {
                plane[column] = *value;
            }
        }
        let mut row = self.rows_back.make_output_vec();
        let mut scratch = self.rows_back.make_scratch_vec();
        for (plane, potential) in
            planes.chunks_exact_mut(columns).zip(potential.chunks_exact_mut(self.plane_nodes()))
        {
            if D == 3 {
                self.transform_middle(&*self.middle_back, plane);
            }
            for (values, potential) in
                plane.chunks_exact_mut(frequencies).zip(potential.chunks_exact_mut(width))
            {
                // Rounding leaves imaginary parts where a real row has none.
                values[0].im = 0.0;
                values[frequencies - 1].im = 0.0;
                let transformed = self.rows_back.process_with_scratch(values, &mut row, &mut scratch);
                transformed.expect("buffers are of the transform's own sizes");
                potential.copy_from_slice(&row[..width]);
            }
        }
    }

    /// The kernel's transform, divided by `deconvolve` along each axis and by what the two transforms multiply with.
    fn transform_kernel(
        &self,
        kernel: impl Fn([usize; D]) -> f32 + Sync,
        deconvolve: impl Fn(f32) -> f32,
    ) -> Vec<f32> {
        let length = self.nodes.map(|nodes| 2 * nodes);
        let (depth, columns, frequencies) =
            (self.nodes[0], Self::columns_of(self.nodes), self.nodes[D - 1] + 1);
        // The circular kernel is even, so planes 0 to `depth` say everything.
        let mut planes = vec![Complex32::default(); (depth + 1) * columns];
        planes.par_chunks_exact_mut(columns).enumerate().for_each(|(first, plane)| {
            let mut row = self.rows_forward.make_input_vec();
            for (middle, out) in plane.chunks_exact_mut(frequencies).enumerate() {
                for (last, value) in row.iter_mut().enumerate() {
                    let at: [usize; D] = std::array::from_fn(|axis| match axis {
                        0 => first,
                        axis if axis == D - 1 => last,
                        _ => middle,
                    });
                    *value = kernel(std::array::from_fn(|axis| at[axis].min(length[axis] - at[axis])));
                }
                let transformed = self.rows_forward.process(&mut row, out);
                transformed.expect("buffers are of the transform's own sizes");
            }
            if D == 3 {
                self.transform_middle(&*self.middle_forward, plane);
            }
        });
        let along = |axis: usize| -> Vec<f32> {
            (0..length[axis]).map(|at| 1.0 / deconvolve(at as f32 / length[axis] as f32)).collect()
        };
        let [first, last] = [along(0), along(D - 1)];
        let middle = if D == 3 { along(1) } else { vec![1.0] };
        let scale = 1.0 / length.iter().product::<usize>() as f32;
        let mut transformed = vec![0.0; columns * (depth + 1)];
        transformed.par_chunks_exact_mut(depth + 1).enumerate().for_each_init(
            || vec![Complex32::default(); length[0]],
            |line, (column, out)| {
                for at in 0..length[0] {
                    line[at] = planes[at.min(length[0] - at) * columns + column];
                }
                self.columns_forward.process(line);
                let factor = scale * middle[column / frequencies] * last[column % frequencies];
                for ((out, value), first) in out.iter_mut().zip(line.iter()).zip(&first) {
                    *out = value.re * factor * first;
                }
            },
        );
        transformed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares with the sum over all pairs of nodes.
    fn check<const D: usize>(nodes: [usize; D]) {
        let kernel = |offset: [usize; D]| {
            1.0 / (1.0 + offset.iter().map(|&steps| (steps * steps) as f32).sum::<f32>() * 0.25)
        };
        let count: usize = nodes.iter().product();
        let charge = |node: usize| crate::random::signed_unit(7, node as u64);
        let place = |mut node: usize| -> [usize; D] {
            let mut at = [0; D];
            for axis in (0..D).rev() {
                at[axis] = node % nodes[axis];
                node /= nodes[axis];
            }
            at
        };
        let mut potential = vec![0.0; count];
        let plane_nodes = count / nodes[0];
        Convolution::new(nodes, kernel, |_| 1.0).convolve(
            |plane, out| {
                for (at, value) in out.iter_mut().enumerate() {
                    *value = charge(plane * plane_nodes + at);
                }
            },
            &mut potential,
        );
        for (node, found) in potential.iter().enumerate() {
            let (here, mut expected) = (place(node), 0.0);
            for other in 0..count {
                let there = place(other);
                expected +=
                    charge(other) * kernel(std::array::from_fn(|axis| here[axis].abs_diff(there[axis])));
            }
            assert!((found - expected).abs() < 1e-4, "{found} for {expected} at {here:?}");
        }
    }

    #[test]
    fn the_convolution_is_the_sum_over_all_nodes() {
        check([10, 15]);
        check([25, 9]);
        check([6, 8, 10]);
        check([9, 5, 12]);
    }
}
