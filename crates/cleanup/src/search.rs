//! Looks for one picture inside another that holds it: at which size, mirrored or not, and where.

use crate::place::dot;
use crate::plane::Plane;
use crate::wide::compiled_wide;

/// Pixels in a side of the outer picture.
const SIDE: usize = 16;
/// Pixels in a side of the inner picture.
const INNER_SIDE: usize = 2 * SIDE;
/// Each size that is tried has at least a pixel less, and at most so much of the one before it.
const NEXT_SIZE: f32 = 0.82;
/// Parts with fewer pixels in their shorter side are not looked for.
const SMALLEST: usize = 5;
/// Where the outer picture varies by less than so many levels, nothing can be told.
const FLAT: f32 = 3.0;
/// Places that are given back.
const BEST: usize = 3;
/// Rows of places that are looked at together.
const TOPS: usize = 2;

/// A place where the inner picture may lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spot {
    /// Correlation of brightness, -1 to 1.
    pub(crate) score: f32,
    /// How unlikely so good a score is for two pictures that have nothing in common: it grows with the score (Fisher's z)
    /// and with the pixels that were compared.
    pub(crate) surprise: f32,
    /// Whether the inner picture is mirrored.
    pub(crate) mirrored: bool,
    /// Size of the inner picture as shares of the outer's sides.
    pub(crate) size: (f32, f32),
    /// Its centre there, as shares too.
    pub(crate) centre: (f32, f32),
}

/// The most likely places for `inner` in `outer`, which is 16 x 16, most surprising first, when it fills the fractions
/// `fill` of the outer's sides at its largest (one of them is 1).
pub(crate) fn spots(inner: &Sums, outer: &Plane, fill: (f32, f32)) -> Vec<Spot> {
    let ground = Ground::new(outer);
    let mut found: Vec<Spot> = Vec::new();
    let mut scale = 1.0;
    let mut last = (0, 0);
    loop {
        let side = |fill: f32| ((fill * scale * SIDE as f32).round() as usize).min(SIDE);
        let size = (side(fill.0), side(fill.1));
        if size.0.min(size.1) < SMALLEST {
            break;
        }
        if size != last {
            let shares = (fill.0 * scale, fill.1 * scale);
            let places = best_places(&ground, inner, size.0, size.1).into_iter().flatten();
            found.extend(places.map(|best| best.spot(size, shares)));
        }
        last = size;
        scale *= NEXT_SIZE;
    }
    found.sort_by(|a, b| b.surprise.total_cmp(&a.surprise));
    let mut spots: Vec<Spot> = Vec::new();
    for spot in found {
        if spots.len() == BEST {
            break;
        }
        if !spots.iter().any(|known| known.is_about(&spot)) {
            spots.push(spot);
        }
    }
    spots
}

impl Spot {
    /// Whether both come to the same place when they are refined.
    fn is_about(&self, other: &Self) -> bool {
        let near =
            |a: (f32, f32), b: (f32, f32)| (a.0 - b.0).abs().max((a.1 - b.1).abs()) * SIDE as f32 <= 1.5;
        self.mirrored == other.mirrored && near(self.size, other.size) && near(self.centre, other.centre)
    }
}

/// The inner picture, 32 x 32, ready to be made smaller many times: sums over the rectangle from the first pixel to each,
/// between which the mean of any rectangle is told by four of them (Crow 1984).
#[derive(Debug, Clone)]
pub(crate) struct Sums([[f32; INNER_SIDE + 1]; INNER_SIDE + 1]);

impl Sums {
    pub(crate) fn of(inner: &Plane) -> Self {
        debug_assert_eq!((inner.width, inner.height), (INNER_SIDE, INNER_SIDE));
        let mut sums = [[0.0; INNER_SIDE + 1]; INNER_SIDE + 1];
        for (y, row) in inner.values.chunks_exact(INNER_SIDE).enumerate() {
            let mut of_row = 0.0;
            for (x, value) in row.iter().enumerate() {
                // Near 0, so that sums keep their digits.
                of_row += value - 128.0;
                sums[y + 1][x + 1] = sums[y][x + 1] + of_row;
            }
        }
        Self(sums)
    }

    /// At `width` x `height`, at most [`SIDE`] each: each pixel is the mean of what it covers, less 128.
    #[inline(always)]
    fn reduced(&self, width: usize, height: usize, reduced: &mut [f32]) {
        let edge = |at: usize, of: usize| {
            let place = (at * INNER_SIDE) as f32 / of as f32;
            let before = (place as usize).min(INNER_SIDE - 1);
            (before, place - before as f32)
        };
        let mut edges = [(0, 0.0); SIDE + 1];
        for (at, place) in edges.iter_mut().enumerate() {
            *place = edge(at.min(width), width);
        }
        let scale = (width * height) as f32 / (INNER_SIDE * INNER_SIDE) as f32;
        let mut above = [0.0; SIDE + 1];
        for (at, reduced) in reduced.chunks_exact_mut(width).enumerate() {
            let (row, part) = edge(at + 1, height);
            let (upper, lower) = (&self.0[row], &self.0[row + 1]);
            let mut line = *upper;
            for (line, lower) in line.iter_mut().zip(lower) {
                *line += (lower - *line) * part;
            }
            let mut below = [0.0; SIDE + 1];
            for (below, (before, part)) in below.iter_mut().zip(edges) {
                *below = line[before] + (line[before + 1] - line[before]) * part;
            }
            for (x, reduced) in reduced.iter_mut().enumerate() {
                *reduced = (below[x + 1] - below[x] - above[x + 1] + above[x]) * scale;
            }
            above = below;
        }
    }
}

/// The inner picture at one size, less its mean.
struct Template {
    width: usize,
    height: usize,
    /// Each pixel, and the one that lies there when it is mirrored.
    values: [[f32; 2]; SIDE * SIDE],
    energy: f32,
}

impl Template {
    /// `None` when it is flat.
    #[inline(always)]
    fn new(inner: &Sums, width: usize, height: usize) -> Option<Self> {
        let mut room = [0.0; SIDE * SIDE];
        let reduced = &mut room[..width * height];
        inner.reduced(width, height, reduced);
        let count = reduced.len() as f32;
        let mean = dot(reduced, &[1.0; SIDE * SIDE][..reduced.len()]) / count;
        for value in reduced.iter_mut() {
            *value -= mean;
        }
        let energy = dot(reduced, reduced);
        if energy < count * FLAT * FLAT {
            return None;
        }
        let mut values = [[0.0; 2]; SIDE * SIDE];
        for (row, values) in reduced.chunks_exact(width).zip(values.chunks_exact_mut(width)) {
            for x in 0..width {
                values[x] = [row[x], row[width - 1 - x]];
            }
        }
        Some(Self { width, height, values, energy })
    }
}

/// The best place of one size.
#[derive(Clone, Copy)]
struct Best {
    /// The square of the correlation, with its sign.
    squared: f32,
    mirrored: bool,
    corner: (usize, usize),
}

impl Best {
    fn spot(self, size: (usize, usize), shares: (f32, f32)) -> Spot {
        let score = self.squared.abs().sqrt().copysign(self.squared).clamp(-0.999, 0.999);
        let middle = |corner: usize, size: usize| (corner as f32 + size as f32 / 2.0) / SIDE as f32;
        Spot {
            score,
            surprise: score.atanh() * ((size.0 * size.1) as f32).sqrt(),
            mirrored: self.mirrored,
            size: shares,
            centre: (middle(self.corner.0, size.0), middle(self.corner.1, size.1)),
        }
    }
}

/// The outer picture, less its mean.
struct Ground {
    /// Each row is followed by nothing, and so is the last one, so that they can be read from any place on.
    rows: [[f32; 2 * SIDE]; SIDE + TOPS - 1],
    /// Sums over the rectangle from the first pixel to each, so that those of any rectangle take four look-ups; followed by
    /// nothing too.
    sums: [[f32; 2 * SIDE + 1]; SIDE + 1],
    /// The same of squares.
    squares: [[f32; 2 * SIDE + 1]; SIDE + 1],
}

impl Ground {
    fn new(outer: &Plane) -> Self {
        debug_assert_eq!((outer.width, outer.height), (SIDE, SIDE));
        let mean = outer.values.iter().sum::<f32>() / outer.values.len() as f32;
        let mut rows = [[0.0; 2 * SIDE]; SIDE + TOPS - 1];
        let (mut sums, mut squares) = ([[0.0; 2 * SIDE + 1]; SIDE + 1], [[0.0; 2 * SIDE + 1]; SIDE + 1]);
        for (y, row) in outer.values.chunks_exact(SIDE).enumerate() {
            let (mut sum, mut square) = (0.0, 0.0);
            for (x, value) in row.iter().enumerate() {
                let value = value - mean;
                rows[y][x] = value;
                sum += value;
                square += value * value;
                sums[y + 1][x + 1] = sums[y][x + 1] + sum;
                squares[y + 1][x + 1] = squares[y][x + 1] + square;
            }
        }
        Self { rows, sums, squares }
    }

    /// For `PLACES` rectangles side by side, the first at the left edge: the sum of squared distances from its mean.
    #[inline(always)]
    fn energies<const PLACES: usize>(&self, top: usize, width: usize, height: usize) -> [f32; PLACES] {
        let mut within = [[0.0; PLACES]; 2];
        for (within, sums) in within.iter_mut().zip([&self.sums, &self.squares]) {
            let (upper, lower) = (&sums[top], &sums[top + height]);
            let (upper_right, lower_right) = (&upper[width..][..PLACES], &lower[width..][..PLACES]);
            for left in 0..PLACES {
                within[left] = lower_right[left] - lower[left] - upper_right[left] + upper[left];
            }
        }
        let [sums, squares] = within;
        std::array::from_fn(|left| squares[left] - sums[left] * sums[left] / (width * height) as f32)
    }
}

compiled_wide! {
/// The best place of the inner picture at `width` x `height` as it is, and mirrored.
fn best_places(ground: &Ground, inner: &Sums, width: usize, height: usize) -> [Option<Best>; 2] {
    let Some(template) = Template::new(inner, width, height) else { return [None; 2] };
    // Small parts have more places in a row than half of it.
    if SIDE - width < SIDE / 2 {
        best_places_of::<{ SIDE / 2 }>(ground, &template)
    } else {
        best_places_of::<SIDE>(ground, &template)
    }
}
}

/// `PLACES` are computed in each of [`TOPS`] rows, side by side.
#[inline(always)]
fn best_places_of<const PLACES: usize>(ground: &Ground, template: &Template) -> [Option<Best>; 2] {
    let Template { width, height, .. } = *template;
    let (places, rows) = (SIDE + 1 - width, SIDE + 1 - height);
    let least = (width * height) as f32 * FLAT * FLAT;
    let mut best = [None::<Best>; 2];
    for first in (0..rows).step_by(TOPS) {
        let mut products = [[[0.0f32; PLACES]; 2]; TOPS];
        for (y, values) in template.values[..width * height].chunks_exact(width).enumerate() {
            for (x, values) in values.iter().enumerate() {
                for (top, products) in products.iter_mut().enumerate() {
                    let under = &ground.rows[first + top + y][x..][..PLACES];
                    for (products, value) in products.iter_mut().zip(values) {
                        for place in 0..PLACES {
                            products[place] += value * under[place];
                        }
                    }
                }
            }
        }
        for (top, products) in (first..rows).zip(&products) {
            let energies = ground.energies::<PLACES>(top, width, height);
            for (mirrored, (best, products)) in best.iter_mut().zip(products).enumerate() {
                let mut squared = [f32::NEG_INFINITY; PLACES];
                for left in 0..PLACES {
                    let product = products[left];
                    let correlated = product * product.abs() / (energies[left] * template.energy);
                    squared[left] = if energies[left] < least { f32::NEG_INFINITY } else { correlated };
                }
                for (left, &squared) in squared[..places].iter().enumerate() {
                    if squared > best.map_or(f32::NEG_INFINITY, |best| best.squared) {
                        *best = Some(Best { squared, mirrored: mirrored == 1, corner: (left, top) });
                    }
                }
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Symmetry;

    /// Smooth, as pictures are.
    fn clouds() -> Plane {
        const SPOTS: usize = 8;
        let numbers = likeness_testkit::clustered_vectors(1, SPOTS * SPOTS, 9);
        let values = numbers.iter().map(|value| 128.0 + value * 400.0).collect();
        let rough = Plane { width: SPOTS, height: SPOTS, values };
        let place = |at: usize| 0.5 + at as f32 / 63.0 * (SPOTS as f32 - 1.0);
        let values = (0..64 * 64).map(|at| rough.at(place(at % 64), place(at / 64))).collect();
        Plane { width: 64, height: 64, values }
    }

    #[test]
    fn a_part_is_found_where_it_was_cut() {
        let outer = clouds();
        let values = (20..52).flat_map(|y| outer.row(y)[16..56].to_vec()).collect();
        let part = Plane { width: 40, height: 32, values }.reduced(INNER_SIDE, INNER_SIDE);
        let outer = outer.reduced(SIDE, SIDE);
        for (part, mirrored) in [(part.clone(), false), (part.turned(Symmetry::MIRRORED), true)] {
            let best = spots(&Sums::of(&part), &outer, (1.0, 0.8))[0];
            assert_eq!(best.mirrored, mirrored);
            assert!(best.score > 0.85 && (best.size.0 - 10.0 / 16.0).abs() < 0.08, "{best:?}");
            assert!((best.centre.0 - 9.0 / 16.0).abs() < 0.04, "{best:?}");
            assert!((best.centre.1 - 9.0 / 16.0).abs() < 0.04, "{best:?}");
        }
    }

    #[test]
    fn a_flat_picture_is_found_nowhere() {
        let flat =
            Plane { width: INNER_SIDE, height: INNER_SIDE, values: vec![9.0; INNER_SIDE * INNER_SIDE] };
        assert!(spots(&Sums::of(&flat), &flat.reduced(SIDE, SIDE), (1.0, 1.0)).is_empty());
        assert!(spots(&Sums::of(&flat), &clouds().reduced(SIDE, SIDE), (1.0, 1.0)).is_empty());
    }
}
