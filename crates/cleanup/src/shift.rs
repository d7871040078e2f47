//! The small shift that two pictures of one size have against each other: no two programs resize alike.

use crate::passing::{Levels, Row};
use crate::place::{dot, solve};
use crate::plane::Plane;

/// Levels that changed by so many count for half.
const OUTLYING: f32 = 8.0;
/// The most pixels, of each part of the shift, by which pictures of one size may lie beside each other.
const MOST_SHIFT: f32 = 3.0;
/// One pixel of so many says enough, each way.
const APART: usize = 3;
/// What a place answers to a step: the shift to the right, how it grows to the right and downwards, the same of the shift
/// downwards.
const STEPS: usize = 6;

/// How far a second picture lies beside a first.
pub(crate) struct Shift {
    parts: [f32; STEPS],
    /// Where the pixels of a row lie.
    columns: Vec<f32>,
    height: usize,
}

/// Where a pixel lies: -0.5 to 0.5 of a side.
fn place(at: usize, side: usize) -> f32 {
    (at as f32 + 0.5) / side as f32 - 0.5
}

impl Shift {
    /// By weighted least squares, in which what changed much counts less.
    #[inline(always)]
    pub(crate) fn between(own: &Plane, other: &Plane) -> Self {
        let Plane { width, height, .. } = *own;
        let columns: Vec<f32> = (0..width).map(|x| place(x, width)).collect();
        let (mut own, mut other) = (Levels::of(own), Levels::of(other));
        let mut equations = [[0.0f32; STEPS + 1]; STEPS];
        let mut sums = RowSums::new(width);
        for y in (1..height).step_by(APART) {
            sums.take(&own.row(y), &other.row(y), &columns);
            sums.add_to(&mut equations, place(y, height));
        }
        let parts = solve(equations).unwrap_or_default().map(|part| part.clamp(-MOST_SHIFT, MOST_SHIFT));
        Self { parts, columns, height }
    }

    /// What it does to the row `y`.
    #[inline(always)]
    pub(crate) fn of_row(&self, y: usize) -> ShiftOfRow<'_> {
        let [right, right_by_x, right_by_y, down, down_by_x, down_by_y] = self.parts;
        let y = place(y, self.height);
        let (right, down) = (right + right_by_y * y, down + down_by_y * y);
        ShiftOfRow { columns: &self.columns, right, right_by_x, down, down_by_x }
    }
}

/// How far the pixels of one row move.
pub(crate) struct ShiftOfRow<'a> {
    columns: &'a [f32],
    right: f32,
    right_by_x: f32,
    down: f32,
    down_by_x: f32,
}

impl ShiftOfRow<'_> {
    /// To the right, and downwards.
    #[inline(always)]
    pub(crate) fn at(&self, x: usize) -> (f32, f32) {
        (self.right + self.right_by_x * self.columns[x], self.down + self.down_by_x * self.columns[x])
    }
}

/// What one row says of the shift.
struct RowSums {
    /// 1 for pixels that are asked, 0 for others.
    asked: Vec<f32>,
    changed: Vec<f32>,
    /// The mean slopes of both pictures to the right and downwards, each also times the place in the row; and all of these
    /// weighted.
    slopes: [[Vec<f32>; 2]; 2],
    weighted: [[Vec<f32>; 2]; 2],
}

impl RowSums {
    fn new(width: usize) -> Self {
        let row = || vec![0.0; width];
        let four = || [(); 2].map(|()| [row(), row()]);
        let asked = (0..width).map(|x| if x % APART == 1 { 1.0 } else { 0.0 }).collect();
        Self { asked, changed: row(), slopes: four(), weighted: four() }
    }

    #[inline(always)]
    fn take(&mut self, own: &Row<'_>, other: &Row<'_>, columns: &[f32]) {
        let width = columns.len();
        let (asked, changed) = (&self.asked[..width], &mut self.changed[..width]);
        let [[across, across_by_x], [down, down_by_x]] =
            self.slopes.each_mut().map(|both| both.each_mut().map(|row| &mut row[..width]));
        let [[own_across, own_across_by_x], [own_down, own_down_by_x]] =
            self.weighted.each_mut().map(|both| both.each_mut().map(|row| &mut row[..width]));
        for x in 0..width {
            changed[x] = other.level(x) - own.level(x);
            let times = changed[x] / OUTLYING;
            let weight = asked[x] / (1.0 + times * times);
            let [own_slopes, other_slopes] = [own.slopes(x), other.slopes(x)];
            across[x] = (own_slopes[0] + other_slopes[0]) / 2.0;
            down[x] = (own_slopes[1] + other_slopes[1]) / 2.0;
            across_by_x[x] = across[x] * columns[x];
            down_by_x[x] = down[x] * columns[x];
            own_across[x] = across[x] * weight;
            own_down[x] = down[x] * weight;
            own_across_by_x[x] = across_by_x[x] * weight;
            own_down_by_x[x] = down_by_x[x] * weight;
        }
    }

    /// Adds to normal equations what the row says, which lies at `y`.
    #[inline(always)]
    fn add_to(&self, equations: &mut [[f32; STEPS + 1]; STEPS], y: f32) {
        let mut products = [[([[0.0; 2]; 2], 0.0); 2]; 2];
        for (of_slope, weighted) in products.iter_mut().zip(&self.weighted) {
            for ((with_slopes, with_changed), weighted) in of_slope.iter_mut().zip(weighted) {
                *with_changed = dot(weighted, &self.changed);
                for (products, slopes) in with_slopes.iter_mut().zip(&self.slopes) {
                    for (product, slope) in products.iter_mut().zip(slopes) {
                        *product = dot(weighted, slope);
                    }
                }
            }
        }
        // Answers are a slope, times the place in the row or not, times that of the row or not.
        let answer =
            |step: usize| (step / 3, usize::from(step % 3 == 1), if step % 3 == 2 { y } else { 1.0 });
        for (row, equation) in equations.iter_mut().enumerate() {
            let (slope, by_x, times) = answer(row);
            let (slopes, changed) = &products[slope][by_x];
            for (column, sum) in equation[..STEPS].iter_mut().enumerate() {
                let (other, other_by_x, other_times) = answer(column);
                *sum += times * other_times * slopes[other][other_by_x];
            }
            equation[STEPS] += times * changed;
        }
    }
}
