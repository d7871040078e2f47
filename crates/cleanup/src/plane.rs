//! Brightness on a grid of any size, and the few things that laying two of them upon each other takes.
//!
//! Places are continuous: the first pixel covers 0 to 1, its centre is 0.5.

use crate::Symmetry;
use crate::wide::compiled_wide;

/// `width * height` numbers, row after row from the top left.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) values: Vec<f32>,
}

impl Plane {
    /// A square of bytes.
    pub(crate) fn square(side: usize, values: &[u8]) -> Self {
        Self { width: side, height: side, values: values.iter().map(|&value| value.into()).collect() }
    }

    /// The mean of each 2 x 2 pixels; a last odd row or column is left out.
    pub(crate) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            let (upper, lower) = (self.row(2 * y), self.row(2 * y + 1));
            let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            values.extend(pairs.map(|(a, b)| (a[0] + a[1] + b[0] + b[1]) * 0.25));
        }
        Self { width, height, values }
    }

    /// The plane on a grid of at most as many pixels each way: each new one is the mean of what it covers.
    pub(crate) fn reduced(&self, width: usize, height: usize) -> Self {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let columns = Coverage::new(self.width, width);
        let rows = Coverage::new(self.height, height);
        // Rows first: they are added side by side.
        let mut low = vec![0.0; self.width * height];
        for (out, (first, weights)) in low.chunks_exact_mut(self.width).zip(rows.spans()) {
            for (row, weight) in self.values[first * self.width..].chunks_exact(self.width).zip(weights) {
                out.iter_mut().zip(row).for_each(|(out, value)| *out += value * weight);
            }
        }
        let mut values = vec![0.0; width * height];
        for (row, out) in low.chunks_exact(self.width).zip(values.chunks_exact_mut(width)) {
            for (out, (first, weights)) in out.iter_mut().zip(columns.spans()) {
                *out = row[first..].iter().zip(weights).map(|(value, weight)| value * weight).sum();
            }
        }
        Self { width, height, values }
    }

    /// The plane as the picture would have it after `symmetry`.
    pub(crate) fn turned(&self, symmetry: Symmetry) -> Self {
        if symmetry == Symmetry::UPRIGHT {
            return self.clone();
        }
        let (width, height) =
            if symmetry.swaps_sides() { (self.height, self.width) } else { (self.width, self.height) };
        // A step to the right, or down, is always the same step in the old plane.
        let old = |x: usize, y: usize| {
            let (x, y) = symmetry.source(x.min(width - 1), y.min(height - 1), width, height);
            (y * self.width + x) as isize
        };
        let (first, right, down) = (old(0, 0), old(1, 0) - old(0, 0), old(0, 1) - old(0, 0));
        let mut values = Vec::with_capacity(self.values.len());
        for y in 0..height as isize {
            let start = first + y * down;
            values.extend((0..width as isize).map(|x| self.values[(start + x * right) as usize]));
        }
        Self { width, height, values }
    }

    /// The means of all squares of `side` pixels that lie within, from the top left.
    pub(crate) fn windows(&self, side: usize) -> Self {
        let (width, height) = (self.width + 1 - side, self.height + 1 - side);
        let mut values = vec![0.0; width * height];
        sum_windows(self, side, &mut values);
        Self { width, height, values }
    }

    pub(crate) fn row(&self, y: usize) -> &[f32] {
        &self.values[y * self.width..][..self.width]
    }

    /// The values at places (`x`, `y`), between the centres of the pixels around them; not a number where there are not pixels
    /// on all sides. The plane has at least two pixels each way.
    #[inline(always)]
    pub(crate) fn at_each<const N: usize>(&self, x: [f32; N], y: [f32; N]) -> [f32; N] {
        let (last_x, last_y) = (self.width as f32 - 1.0, self.height as f32 - 1.0);
        assert!(self.width >= 2 && self.height >= 2 && self.values.len() == self.width * self.height);
        let (mut left, mut top) = ([0; N], [0; N]);
        for at in 0..N {
            left[at] = whole(x[at] - 0.5, self.width - 2);
            top[at] = whole(y[at] - 0.5, self.height - 2);
        }
        let (mut upper, mut lower) = ([[0.0f32; 2]; N], [[0.0f32; 2]; N]);
        for at in 0..N {
            let corner = top[at] * self.width + left[at];
            // SAFETY: `left` and `top` have a pixel after them in the plane, which has as many values as pixels.
            unsafe {
                upper[at] = [*self.values.get_unchecked(corner), *self.values.get_unchecked(corner + 1)];
                let below = corner + self.width;
                lower[at] = [*self.values.get_unchecked(below), *self.values.get_unchecked(below + 1)];
            }
        }
        let mut values = [f32::NAN; N];
        for at in 0..N {
            let (x, y) = (x[at] - 0.5, y[at] - 0.5);
            let (right, down) = (x - left[at] as f32, y - top[at] as f32);
            let above = upper[at][0] + (upper[at][1] - upper[at][0]) * right;
            let below = lower[at][0] + (lower[at][1] - lower[at][0]) * right;
            let is_covered = x >= 0.0 && y >= 0.0 && x <= last_x && y <= last_y;
            values[at] = if is_covered { above + (below - above) * down } else { f32::NAN };
        }
        values
    }

    /// The value at one place.
    #[cfg(test)]
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        self.at_each([x], [y])[0]
    }

    /// How fast the values rise.
    pub(crate) fn slopes(&self) -> Slopes {
        let (width, height) = (self.width, self.height);
        let mut across = Vec::with_capacity(self.values.len());
        let mut down = Vec::with_capacity(self.values.len());
        for y in 0..height {
            let row = self.row(y);
            let inner = row.iter().zip(&row[2..]).map(|(left, right)| (right - left) * 0.5);
            across.push(row[1] - row[0]);
            across.extend(inner);
            across.push(row[width - 1] - row[width - 2]);
            let (above, below) = (self.row(y.saturating_sub(1)), self.row((y + 1).min(height - 1)));
            let steps = if y == 0 || y + 1 == height { 1.0 } else { 0.5 };
            down.extend(below.iter().zip(above).map(|(below, above)| (below - above) * steps));
        }
        Slopes { across, down }
    }
}

/// The whole part of a number, 0 when it is less or none, and at most `most`.
#[inline(always)]
pub(crate) fn whole(value: f32, most: usize) -> usize {
    let within = value.max(0.0).min(most as f32);
    // SAFETY: a number from 0 to `most`, which is a place in memory of a small picture. What checks that again is not done for
    // several at once.
    unsafe { within.to_int_unchecked::<i32>() as usize }
}

compiled_wide! {
fn sum_windows(plane: &Plane, side: usize, values: &mut [f32]) -> () {
    let mut columns = vec![0.0f32; plane.width];
    let width = plane.width + 1 - side;
    for y in 0..plane.height {
        columns.iter_mut().zip(plane.row(y)).for_each(|(sum, value)| *sum += value);
        if y + 1 < side {
            continue;
        }
        let top = y + 1 - side;
        let means = &mut values[top * width..][..width];
        for first in 0..side {
            means.iter_mut().zip(&columns[first..]).for_each(|(mean, sum)| *mean += sum);
        }
        means.iter_mut().for_each(|mean| *mean /= (side * side) as f32);
        columns.iter_mut().zip(plane.row(top)).for_each(|(sum, value)| *sum -= value);
    }
}
}

/// How fast the values of a plane of at least two pixels each way rise at each pixel, per pixel.
pub(crate) struct Slopes {
    /// To the right.
    pub(crate) across: Vec<f32>,
    /// Downwards.
    pub(crate) down: Vec<f32>,
}

/// Which old pixels each new one covers, and by how much; the weights of one new pixel add up to 1.
struct Coverage {
    first: Vec<usize>,
    /// As many for each new pixel as the most that one covers.
    weights: Vec<f32>,
    most: usize,
}

impl Coverage {
    fn new(old: usize, new: usize) -> Self {
        let scale = old as f32 / new as f32;
        let most = scale.ceil() as usize + 1;
        let mut first = Vec::with_capacity(new);
        let mut weights = vec![0.0; new * most];
        for (at, weights) in weights.chunks_exact_mut(most).enumerate() {
            let (start, end) = (at as f32 * scale, (at + 1) as f32 * scale);
            let begin = start as usize;
            for (step, weight) in weights.iter_mut().enumerate() {
                let (left, right) = ((begin + step) as f32, (begin + step + 1) as f32);
                *weight = (right.min(end) - left.max(start)).max(0.0) / scale;
            }
            first.push(begin.min(old - 1));
        }
        Self { first, weights, most }
    }

    fn spans(&self) -> impl Iterator<Item = (usize, &[f32])> {
        self.first.iter().copied().zip(self.weights.chunks_exact(self.most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: usize, height: usize) -> Plane {
        let values = (0..height).flat_map(|y| (0..width).map(move |x| (3 * x + 10 * y) as f32)).collect();
        Plane { width, height, values }
    }

    #[test]
    fn reducing_keeps_means() {
        let plane = ramp(12, 8);
        assert_eq!(plane.reduced(6, 4), plane.halved());
        let odd = plane.reduced(5, 3);
        let mean = |plane: &Plane| plane.values.iter().sum::<f32>() / plane.values.len() as f32;
        assert!((mean(&odd) - mean(&plane)).abs() < 1e-3);
        assert!(
            (odd.values[0]
                - (3.0 * (0.0 + 1.0 + 2.0 * 0.4) / 2.4 + 10.0 * (1.0 + 2.0 * 2.0 / 3.0) / (8.0 / 3.0)))
                .abs()
                < 1e-3
        );
    }

    #[test]
    fn values_between_pixels_are_read_between_them() {
        let plane = ramp(6, 5);
        assert_eq!(plane.at(0.5, 0.5), 0.0);
        assert!((plane.at(2.25, 3.0) - (3.0 * 1.75 + 10.0 * 2.5)).abs() < 1e-4);
        assert!((plane.at(5.5, 4.5) - 55.0).abs() < 1e-4);
        let beside = plane.at_each([5.6, 0.4, 3.0], [4.5, 1.0, 4.6]);
        assert!(beside.iter().all(|value| value.is_nan()), "{beside:?}");
        let Slopes { across, down } = plane.slopes();
        assert!(across.iter().all(|&slope| slope == 3.0) && down.iter().all(|&slope| slope == 10.0));
    }

    #[test]
    fn a_plane_turns_as_the_picture_does() {
        let plane = Plane { width: 3, height: 2, values: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0] };
        let turned = plane.turned(Symmetry::QUARTER);
        assert_eq!((turned.width, turned.height), (2, 3));
        assert_eq!(turned.values, [4.0, 1.0, 5.0, 2.0, 6.0, 3.0]);
        assert_eq!(plane.turned(Symmetry::MIRRORED).values, [3.0, 2.0, 1.0, 6.0, 5.0, 4.0]);
    }
}
