//! Looks for one picture inside another that holds it: at which size, mirrored or not, and where.

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
        if size != last
            && let Some(template) = Template::new(&inner.reduced(size.0, size.1))
        {
            let shares = (fill.0 * scale, fill.1 * scale);
            found.extend(
                best_places(&ground, &template).into_iter().flatten().map(|best| best.spot(size, shares)),
            );
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

    /// At `width` x `height`, at most as many as the inner has: each pixel is the mean of what it covers, less 128.
    fn reduced(&self, width: usize, height: usize) -> Plane {
        let mut values = Vec::with_capacity(width * height);
        sum_rectangles(&self.0, width, height, &mut values);
        Plane { width, height, values }
    }
}

compiled_wide! {
/// Appends the means of all rectangles of a grid.
fn sum_rectangles(
    sums: &[[f32; INNER_SIDE + 1]; INNER_SIDE + 1],
    width: usize,
    height: usize,
    values: &mut Vec<f32>,
) -> () {
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
    for at in 1..=height {
        let (row, part) = edge(at, height);
        let (upper, lower) = (&sums[row], &sums[row + 1]);
        let mut line = *upper;
        line.iter_mut().zip(lower).for_each(|(line, lower)| *line += (lower - *line) * part);
        let mut below = [0.0; SIDE + 1];
        for (below, (before, part)) in below.iter_mut().zip(edges) {
            *below = line[before] + (line[before + 1] - line[before]) * part;
        }
        let mean = |x: usize| (below[x + 1] - below[x] - above[x + 1] + above[x]) * scale;
        values.extend((0..width).map(mean));
        above = below;
    }
}
}

/// The inner picture at one size, less its mean.
struct Template {
    width: usize,
    /// Each pixel, and the one that lies there when it is mirrored.
    values: Vec<[f32; 2]>,
    energy: f32,
}

impl Template {
    /// `None` when it is flat.
    fn new(plane: &Plane) -> Option<Self> {
        let mean = plane.values.iter().sum::<f32>() / plane.values.len() as f32;
        let mut values = Vec::with_capacity(plane.values.len());
        for row in plane.values.chunks_exact(plane.width) {
            values.extend(
                row.iter().zip(row.iter().rev()).map(|(value, mirrored)| [value - mean, mirrored - mean]),
            );
        }
        let energy: f32 = values.iter().map(|[value, _]| value * value).sum();
        let is_flat = energy < values.len() as f32 * FLAT * FLAT;
        (!is_flat).then_some(Self { width: plane.width, values, energy })
    }

    fn height(&self) -> usize {
        self.values.len() / self.width
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
    /// Each row is followed by nothing, so that it can be read from any place on.
    rows: [[f32; 2 * SIDE]; SIDE],
    /// Sums of values and of squares over the rectangle from the first pixel to each, so that those of any rectangle take
    /// four look-ups.
    sums: [[[f32; 2]; SIDE + 1]; SIDE + 1],
}

impl Ground {
    fn new(outer: &Plane) -> Self {
        debug_assert_eq!((outer.width, outer.height), (SIDE, SIDE));
        let mean = outer.values.iter().sum::<f32>() / outer.values.len() as f32;
        let mut rows = [[0.0; 2 * SIDE]; SIDE];
        let mut sums = [[[0.0; 2]; SIDE + 1]; SIDE + 1];
        for (y, row) in outer.values.chunks_exact(SIDE).enumerate() {
            let mut of_row = [0.0; 2];
            for (x, value) in row.iter().enumerate() {
                let value = value - mean;
                rows[y][x] = value;
                of_row = [of_row[0] + value, of_row[1] + value * value];
                let above = sums[y][x + 1];
                sums[y + 1][x + 1] = [above[0] + of_row[0], above[1] + of_row[1]];
            }
        }
        Self { rows, sums }
    }

    /// The sum of squared distances from the rectangle's mean.
    fn energy(&self, left: usize, top: usize, width: usize, height: usize) -> f32 {
        let (upper, lower) = (&self.sums[top], &self.sums[top + height]);
        let within =
            |of: usize| lower[left + width][of] - lower[left][of] - upper[left + width][of] + upper[left][of];
        within(1) - within(0) * within(0) / (width * height) as f32
    }
}

compiled_wide! {
/// The best place as it is, and mirrored.
fn best_places(ground: &Ground, template: &Template) -> [Option<Best>; 2] {
    // Small parts have more places in a row than half of it.
    if SIDE - template.width < SIDE / 2 {
        best_places_of::<{ SIDE / 2 }>(ground, template)
    } else {
        best_places_of::<SIDE>(ground, template)
    }
}
}

/// `PLACES` are computed in each row, side by side.
#[inline(always)]
fn best_places_of<const PLACES: usize>(ground: &Ground, template: &Template) -> [Option<Best>; 2] {
    let (width, height) = (template.width, template.height());
    let least = template.values.len() as f32 * FLAT * FLAT;
    let mut best = [None::<Best>; 2];
    for top in 0..=SIDE - height {
        let mut products = [[0.0f32; PLACES]; 2];
        for (values, row) in template.values.chunks_exact(width).zip(&ground.rows[top..]) {
            for (values, under) in values.iter().zip(row.windows(PLACES)) {
                for (products, value) in products.iter_mut().zip(values) {
                    for (product, under) in products.iter_mut().zip(under) {
                        *product += value * under;
                    }
                }
            }
        }
        for left in 0..=SIDE - width {
            let energy = ground.energy(left, top, width, height);
            if energy < least {
                continue;
            }
            for (mirrored, (best, products)) in best.iter_mut().zip(&products).enumerate() {
                let product = products[left];
                let squared = product * product.abs() / (energy * template.energy);
                if best.is_none_or(|best| squared > best.squared) {
                    *best = Some(Best { squared, mirrored: mirrored == 1, corner: (left, top) });
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
