//! Planes that are read row by row: what is seen on the way needs no planes of its own, which would take more time to lay than
//! to read.

use crate::plane::Plane;

/// So many numbers are added side by side.
const LANES: usize = 8;

/// A plane in whole levels, of which three rows are at hand.
pub(crate) struct Levels<'a> {
    plane: &'a Plane,
    /// Each row at its number modulo three, and which it is. It has a number more on both sides, as far from its neighbour as that
    /// from the next: the rise at an edge is that to the only neighbour.
    held: [(Option<usize>, Vec<f32>); 3],
}

/// A row of levels between those above and below; at an edge, the row itself stands for what is not there.
pub(crate) struct Row<'a> {
    above: &'a [f32],
    before: &'a [f32],
    levels: &'a [f32],
    after: &'a [f32],
    below: &'a [f32],
    /// The share of the rise from above to below that is a pixel's.
    step: f32,
}

impl<'a> Levels<'a> {
    /// Of a plane of at least two pixels each way.
    pub(crate) fn of(plane: &'a Plane) -> Self {
        Self { plane, held: std::array::from_fn(|_| (None, vec![0.0; plane.width + 2])) }
    }

    #[inline(always)]
    pub(crate) fn row(&mut self, y: usize) -> Row<'_> {
        let Plane { width, height, .. } = *self.plane;
        let around = [y.saturating_sub(1), y, (y + 1).min(height - 1)];
        for row in around {
            let (held, levels) = &mut self.held[row % 3];
            if *held != Some(row) {
                *held = Some(row);
                for (level, value) in levels[1..=width].iter_mut().zip(self.plane.row(row)) {
                    *level = value.round_ties_even();
                }
                levels[0] = 2.0 * levels[1] - levels[2];
                levels[width + 1] = 2.0 * levels[width] - levels[width - 1];
            }
        }
        let [above, levels, below] = around.map(|row| &self.held[row % 3].1[..]);
        Row {
            above: &above[1..][..width],
            before: &levels[..width],
            levels: &levels[1..][..width],
            after: &levels[2..][..width],
            below: &below[1..][..width],
            step: if y == 0 || y + 1 == height { 1.0 } else { 0.5 },
        }
    }
}

impl Row<'_> {
    #[inline(always)]
    pub(crate) fn level(&self, x: usize) -> f32 {
        self.levels[x]
    }

    /// How fast levels rise to the right and downwards, per pixel.
    #[inline(always)]
    pub(crate) fn slopes(&self, x: usize) -> [f32; 2] {
        [(self.after[x] - self.before[x]) * 0.5, (self.below[x] - self.above[x]) * self.step]
    }

    /// The sum of squares of what inner pixels have beside their surroundings of 3 x 3, themselves among them. `room` is for as
    /// many numbers as the row has.
    #[inline(always)]
    pub(crate) fn roughness(&self, room: &mut [f32]) -> f32 {
        let width = self.levels.len();
        let columns = &mut room[..width];
        let around = self.above.iter().zip(self.levels).zip(self.below);
        for (column, ((above, level), below)) in columns.iter_mut().zip(around) {
            *column = above + level + below;
        }
        let inner = &self.levels[1..][..width - 2];
        for x in 0..width - 2 {
            let beside = inner[x] - (columns[x] + columns[x + 1] + columns[x + 2]) / 9.0;
            columns[x] = beside * beside;
        }
        sum(&columns[..width - 2])
    }
}

/// Sums over all squares of a plane that comes row by row.
pub(crate) struct Squares {
    side: usize,
    /// The last rows, as many as a square has, each at its number modulo that, and how many came.
    rows: Vec<f32>,
    came: usize,
    /// What they add up to, column by column.
    columns: Vec<f32>,
    /// Of runs of columns, twice as long each time.
    runs: [Vec<f32>; 2],
    sums: Vec<f32>,
}

impl Squares {
    /// Of `side` x `side` pixels, in rows of `width`.
    pub(crate) fn new(width: usize, side: usize) -> Self {
        Self {
            side,
            rows: vec![0.0; side * width],
            came: 0,
            columns: vec![0.0; width],
            runs: [vec![0.0; width], vec![0.0; width]],
            sums: vec![0.0; width + 1 - side],
        }
    }

    /// The sums over the squares whose last row is this one, from the left; `None` until there are enough rows.
    #[inline(always)]
    pub(crate) fn until(&mut self, row: &[f32]) -> Option<&[f32]> {
        let width = self.columns.len();
        let held = &mut self.rows[self.came % self.side * width..][..width];
        for ((sum, held), value) in self.columns.iter_mut().zip(held).zip(row) {
            *sum += value - *held;
            *held = *value;
        }
        self.came += 1;
        if self.came < self.side {
            return None;
        }
        self.sum_runs();
        Some(&self.sums)
    }

    /// `side` columns from each on: as many as its binary digits say, of runs of 1, 2, 4 ...
    #[inline(always)]
    fn sum_runs(&mut self) {
        let [runs, doubled] = &mut self.runs;
        runs.copy_from_slice(&self.columns);
        self.sums.fill(0.0);
        let (mut length, mut done) = (1, 0);
        loop {
            if self.side & length != 0 {
                for (sum, run) in self.sums.iter_mut().zip(&runs[done..]) {
                    *sum += run;
                }
                done += length;
            }
            if done == self.side {
                break;
            }
            for (doubled, (run, next)) in doubled.iter_mut().zip(runs.iter().zip(&runs[length..])) {
                *doubled = run + next;
            }
            std::mem::swap(runs, doubled);
            length *= 2;
        }
    }
}

/// The sum of the numbers, without their signs.
#[inline(always)]
pub(crate) fn sum(numbers: &[f32]) -> f32 {
    let (whole, rest) = numbers.as_chunks::<LANES>();
    let mut lanes = [0.0f32; LANES];
    for numbers in whole {
        for lane in 0..LANES {
            lanes[lane] += numbers[lane].abs();
        }
    }
    for (lane, number) in lanes.iter_mut().zip(rest) {
        *lane += number.abs();
    }
    lanes.iter().sum()
}

/// The greatest of the numbers, without their signs; 0 of none.
#[inline(always)]
pub(crate) fn greatest(numbers: &[f32]) -> f32 {
    let greater = |a: f32, b: f32| if b > a { b } else { a };
    let (whole, rest) = numbers.as_chunks::<LANES>();
    let mut lanes = [0.0f32; LANES];
    for numbers in whole {
        for lane in 0..LANES {
            lanes[lane] = greater(lanes[lane], numbers[lane].abs());
        }
    }
    for (lane, number) in lanes.iter_mut().zip(rest) {
        *lane = greater(*lane, number.abs());
    }
    lanes.into_iter().fold(0.0, greater)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_summed_as_they_come() {
        let (width, height) = (13, 11);
        let at = |x: usize, y: usize| ((x * 7 + y * 5) % 17) as f32;
        for side in [1, 2, 5, 7, 8] {
            let mut squares = Squares::new(width, side);
            for y in 0..height {
                let row: Vec<f32> = (0..width).map(|x| at(x, y)).collect();
                let expected: Option<Vec<f32>> = (y + 1 >= side).then(|| {
                    let square = |left: usize| -> f32 {
                        (y + 1 - side..=y).flat_map(|y| (left..left + side).map(move |x| at(x, y))).sum()
                    };
                    (0..=width - side).map(square).collect()
                });
                assert_eq!(squares.until(&row), expected.as_deref(), "{side} {y}");
            }
        }
    }

    #[test]
    fn levels_are_whole_and_rise_at_an_edge_as_to_the_only_neighbour() {
        let values = vec![0.2, 1.4, 3.3, 9.0, 9.0, 9.0, 4.0, 3.0, 1.0];
        let plane = Plane { width: 3, height: 3, values };
        let mut levels = Levels::of(&plane);
        let told = |row: Row<'_>| [0, 1, 2].map(|x| (row.level(x), row.slopes(x)[0], row.slopes(x)[1]));
        assert_eq!(told(levels.row(0)), [(0.0, 1.0, 9.0), (1.0, 1.5, 8.0), (3.0, 2.0, 6.0)]);
        assert_eq!(told(levels.row(1)), [(9.0, 0.0, 2.0), (9.0, 0.0, 1.0), (9.0, 0.0, -1.0)]);
        assert_eq!(told(levels.row(2)), [(4.0, -1.0, -5.0), (3.0, -1.5, -6.0), (1.0, -2.0, -8.0)]);
        let beside = 9.0 - (0.0 + 1.0 + 3.0 + 27.0 + 4.0 + 3.0 + 1.0) / 9.0;
        assert!((levels.row(1).roughness(&mut [0.0; 3]) - beside * beside).abs() < 1e-3);
    }

    #[test]
    fn sums_and_the_greatest_leave_nothing_out() {
        for count in [0, 3, 8, 21] {
            let numbers: Vec<f32> =
                (0..count).map(|at| if at % 2 == 0 { at as f32 } else { -(at as f32) }).collect();
            assert_eq!(sum(&numbers), (0..count).sum::<usize>() as f32);
            assert_eq!(greatest(&numbers), count.saturating_sub(1) as f32);
        }
    }
}
