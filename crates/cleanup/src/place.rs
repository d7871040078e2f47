//! Lays one plane upon another: where its centre comes to lie, turned and scaled how.

use crate::plane::{Plane, Slopes};
use crate::wide::compiled_wide;

/// How many numbers describe a step: six for the place, gain and offset of brightness.
const UNKNOWNS: usize = 8;
/// The column of what is seen of the outer plane: its unknown is the gain.
const SEEN: usize = 6;
/// So many numbers are computed side by side.
const LANES: usize = 8;
/// A step that moves no corner by so many pixels is the last.
const SMALL_STEP: f32 = 0.02;
/// Pixels whose residual is so many times the usual count for half.
const OUTLYING: f32 = 2.0;
/// The usual one is told from at most so many pixels.
const SAMPLE: usize = 256;

/// Where an inner plane lies upon an outer one. A pixel of the inner, `offset` from its centre, lies at
/// `centre + linear * offset` of the outer; both in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Placement {
    /// Row after row.
    pub(crate) linear: [f32; 4],
    pub(crate) centre: [f32; 2],
}

impl Placement {
    /// Pixel upon pixel, with the inner plane's centre at `centre`.
    pub(crate) fn at(centre: [f32; 2]) -> Self {
        Self { linear: [1.0, 0.0, 0.0, 1.0], centre }
    }

    pub(crate) fn map(&self, x: f32, y: f32) -> (f32, f32) {
        let [a, b, c, d] = self.linear;
        (self.centre[0] + a * x + b * y, self.centre[1] + c * x + d * y)
    }

    /// The same place when the inner plane has so many times the pixels each way, and the outer one so many.
    pub(crate) fn scaled(&self, inner: f32, outer: f32) -> Self {
        Self {
            linear: self.linear.map(|step| step * outer / inner),
            centre: self.centre.map(|at| at * outer),
        }
    }
}

/// The outer plane as seen through each pixel of the inner; not finite where it does not cover the place.
pub(crate) fn seen_through(inner: &Plane, outer: &Plane, placement: &Placement) -> Vec<f32> {
    let mut seen = vec![0.0; inner.values.len()];
    see_through(inner, outer, placement, 1, &mut seen);
    seen
}

compiled_wide! {
/// The same of every `apart`-th row only, into `seen`.
fn see_through(inner: &Plane, outer: &Plane, placement: &Placement, apart: usize, seen: &mut [f32]) -> () {
    let (middle_x, middle_y) = (inner.width as f32 / 2.0, inner.height as f32 / 2.0);
    let [right, _, down, _] = placement.linear;
    for (y, seen) in (0..inner.height).step_by(apart).zip(seen.chunks_exact_mut(inner.width)) {
        let (from_x, from_y) = placement.map(0.5 - middle_x, y as f32 + 0.5 - middle_y);
        let mut step = 0.0;
        for seen in seen.chunks_mut(LANES) {
            let (mut x, mut y) = ([0.0; LANES], [0.0; LANES]);
            for lane in 0..LANES {
                let step = step + lane as f32;
                (x[lane], y[lane]) = (from_x + right * step, from_y + down * step);
            }
            step += LANES as f32;
            let row = outer.at_each(x, y);
            seen.copy_from_slice(&row[..seen.len()]);
        }
    }
}
}

/// Moves, turns and scales an inner plane until it agrees with an outer one (Lucas and Kanade 1981, with the gradients of
/// the inner plane, gain and offset of brightness as further unknowns, and less weight for pixels that do not agree).
pub(crate) struct Refiner<'a> {
    inner: &'a Plane,
    /// Every so many-th row is looked at.
    apart: usize,
    /// For each unknown, what each pixel answers to it, and last the pixel itself: one after the other, each of as many as there
    /// are weights. What is seen changes with each round.
    columns: Vec<f32>,
    weights: Vec<f32>,
    /// Pixels from the centre to the farther edge: coordinates are counted in it.
    half: f32,
    /// Gain and offset of brightness after the last round.
    tone: Option<(f32, f32)>,
}

impl<'a> Refiner<'a> {
    /// `slopes` are those of `inner`, of which every `apart`-th row is looked at.
    pub(crate) fn new(inner: &'a Plane, slopes: &Slopes, apart: usize) -> Self {
        let half = inner.width.max(inner.height) as f32 / 2.0;
        let place = |at: usize, side: usize| (at as f32 + 0.5 - side as f32 / 2.0) / half;
        let x: Vec<f32> = (0..inner.width).map(|x| place(x, inner.width)).collect();
        let pixels = inner.width * inner.height.div_ceil(apart);
        let mut columns = vec![0.0; pixels * (UNKNOWNS + 1)];
        let mut rest = &mut columns[..];
        let mut column = || {
            let (column, others) = std::mem::take(&mut rest).split_at_mut(pixels);
            rest = others;
            column
        };
        let [across_by_x, across_by_y, across, down_by_x, down_by_y, down, _, ones, own] =
            std::array::from_fn(|_| column());
        for (at, row) in (0..inner.height).step_by(apart).enumerate() {
            let y = place(row, inner.height);
            let to = at * inner.width..(at + 1) * inner.width;
            let from = row * inner.width..(row + 1) * inner.width;
            across[to.clone()].copy_from_slice(&slopes.across[from.clone()]);
            down[to.clone()].copy_from_slice(&slopes.down[from.clone()]);
            own[to.clone()].copy_from_slice(&inner.values[from]);
            for (at, x) in to.zip(&x) {
                (across_by_x[at], across_by_y[at]) = (across[at] * x, across[at] * y);
                (down_by_x[at], down_by_y[at]) = (down[at] * x, down[at] * y);
            }
        }
        ones.fill(1.0);
        Self { inner, apart, columns, weights: vec![1.0; pixels], half, tone: None }
    }

    /// Where it comes to lie from `start` in at most so many rounds; to be asked again for more. `None` when nothing holds it
    /// in place, or it slides off.
    pub(crate) fn refined(
        &mut self,
        outer: &Plane,
        start: Placement,
        most_rounds: usize,
    ) -> Option<Placement> {
        let mut placement = start;
        for _ in 0..most_rounds {
            let pixels = self.weights.len();
            let seen = &mut self.columns[SEEN * pixels..][..pixels];
            see_through(self.inner, outer, &placement, self.apart, seen);
            self.weigh()?;
            let solved = solve(equations(&self.columns, &self.weights))?;
            for (value, step) in
                placement.linear.iter_mut().zip([0, 1, 3, 4].map(|at| solved[at] / self.half))
            {
                *value += step;
            }
            placement.centre[0] += solved[2];
            placement.centre[1] += solved[5];
            self.tone = Some((solved[6], solved[7]));
            if solved[..6].iter().all(|step| step.abs() < SMALL_STEP) {
                break;
            }
        }
        placement.linear.iter().chain(&placement.centre).all(|value| value.is_finite()).then_some(placement)
    }

    /// Weighs what was seen: 0 for what is not covered, which is made a number too; less for what disagrees. `None` when a
    /// third or more of the inner plane is not covered.
    fn weigh(&mut self) -> Option<()> {
        let pixels = self.weights.len();
        let (seen, others) = self.columns[SEEN * pixels..].split_at_mut(pixels);
        let own = &others[pixels..];
        let covered = seen.iter().filter(|seen| seen.is_finite()).count();
        if covered * 3 < seen.len() * 2 {
            return None;
        }
        if let Some((gain, offset)) = self.tone {
            disagreement(own, seen, gain, offset, &mut self.weights);
            let some = self.weights.iter().step_by(pixels / SAMPLE + 1).copied();
            let usual = median(some.filter(|residual| residual.is_finite())).max(1.0);
            weigh_less(&mut self.weights, OUTLYING * usual);
        }
        for (weight, seen) in self.weights.iter_mut().zip(seen) {
            if !seen.is_finite() {
                (*weight, *seen) = (0.0, 0.0);
            }
        }
        Some(())
    }
}

compiled_wide! {
/// How far each pixel is from what is seen of the outer plane, when brightness is matched.
fn disagreement(own: &[f32], seen: &[f32], gain: f32, offset: f32, residuals: &mut [f32]) -> () {
    for ((residual, own), seen) in residuals.iter_mut().zip(own).zip(seen) {
        *residual = (own - gain * seen - offset).abs();
    }
}
}

compiled_wide! {
/// Makes weights of residuals; those of `half` weigh half.
fn weigh_less(residuals: &mut [f32], half: f32) -> () {
    for residual in residuals {
        let times = *residual / half;
        *residual = 1.0 / (1.0 + times * times);
    }
}
}

/// The middle one; 0 of none.
pub(crate) fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

compiled_wide! {
/// Normal equations of weighted least squares: a row for each unknown, the right side last. `columns` lie one after the other.
fn equations(columns: &[f32], weights: &[f32]) -> [[f32; UNKNOWNS + 1]; UNKNOWNS] {
    let mut equations = [[0.0; UNKNOWNS + 1]; UNKNOWNS];
    let mut weighted = vec![0.0; weights.len()];
    let columns = || columns.chunks_exact(weights.len());
    for (row, of_row) in columns().take(UNKNOWNS).enumerate() {
        for ((out, value), weight) in weighted.iter_mut().zip(of_row).zip(weights) {
            *out = value * weight;
        }
        for (at, column) in columns().enumerate().skip(row) {
            let sum = dot(&weighted, column);
            equations[row][at] = sum;
            if at < UNKNOWNS {
                equations[at][row] = sum;
            }
        }
    }
    equations
}
}

#[inline(always)]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// By Gauss's elimination, in f64 because brightness and its products differ by many orders. A row for each unknown, the
/// right side last. `None` when the equations leave something open.
pub(crate) fn solve<const COLUMNS: usize, const UNKNOWNS: usize>(
    equations: [[f32; COLUMNS]; UNKNOWNS],
) -> Option<[f32; UNKNOWNS]> {
    const NOTHING: f64 = 1e-7;
    let mut rows = equations.map(|row| row.map(f64::from));
    let scales: [f64; UNKNOWNS] = std::array::from_fn(|at| rows[at][at].sqrt());
    if scales.iter().any(|&scale| scale <= 0.0 || !scale.is_finite()) {
        return None;
    }
    for (row, scale) in rows.iter_mut().zip(scales) {
        row[..UNKNOWNS].iter_mut().zip(scales).for_each(|(value, other)| *value /= scale * other);
        row[UNKNOWNS] /= scale;
    }
    for pivot in 0..UNKNOWNS {
        let largest =
            (pivot..UNKNOWNS).max_by(|&a, &b| rows[a][pivot].abs().total_cmp(&rows[b][pivot].abs()))?;
        rows.swap(pivot, largest);
        if rows[pivot][pivot].abs() < NOTHING {
            return None;
        }
        let pivot_row = rows[pivot];
        for row in &mut rows[pivot + 1..] {
            let times = row[pivot] / pivot_row[pivot];
            row.iter_mut().zip(pivot_row).for_each(|(value, above)| *value -= times * above);
        }
    }
    let mut solved = [0.0; UNKNOWNS];
    for at in (0..UNKNOWNS).rev() {
        let known: f64 = (at + 1..UNKNOWNS).map(|later| rows[at][later] * solved[later]).sum();
        solved[at] = (rows[at][UNKNOWNS] - known) / rows[at][at];
    }
    Some(std::array::from_fn(|at| (solved[at] / scales[at]) as f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waves(width: usize, height: usize, at: impl Fn(f32, f32) -> (f32, f32)) -> Plane {
        let value = |x: f32, y: f32| {
            let (x, y) = at(x, y);
            128.0
                + 40.0 * (x * 0.41 + 1.0).sin()
                + 30.0 * (y * 0.47 - x * 0.15).cos()
                + 20.0 * (x * 0.25 + y * 0.2).sin()
        };
        let values = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x as f32 + 0.5, y as f32 + 0.5)))
            .map(|(x, y)| value(x, y))
            .collect();
        Plane { width, height, values }
    }

    #[test]
    fn a_moved_turned_darkened_part_is_laid_where_it_was() {
        let outer = waves(64, 64, |x, y| (x, y));
        let truth = Placement { linear: [0.98, -0.08, 0.08, 0.98], centre: [30.0, 34.0] };
        let mut inner = waves(40, 32, |x, y| truth.map(x - 20.0, y - 16.0));
        inner.values.iter_mut().for_each(|value| *value = 0.7 * *value + 20.0);
        // Something lies over a corner of it.
        for y in 0..8 {
            inner.values[y * 40..y * 40 + 8].fill(250.0);
        }
        let found = Refiner::new(&inner, &inner.slopes(), 1)
            .refined(&outer, Placement::at([31.0, 33.2]), 30)
            .expect("laid");
        for (found, truth) in found.linear.iter().zip(truth.linear) {
            assert!((found - truth).abs() < 0.01, "{found} {truth}");
        }
        for (found, truth) in found.centre.iter().zip(truth.centre) {
            assert!((found - truth).abs() < 0.1, "{found} {truth}");
        }
    }

    #[test]
    fn a_flat_plane_has_no_place() {
        let flat = Plane { width: 16, height: 16, values: vec![7.0; 256] };
        let outer = waves(32, 32, |x, y| (x, y));
        assert_eq!(
            Refiner::new(&flat, &flat.slopes(), 1).refined(&outer, Placement::at([16.0, 16.0]), 5),
            None
        );
    }
}
