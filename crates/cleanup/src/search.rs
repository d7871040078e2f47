//! Looks for one picture inside another that holds it: at which size, mirrored or not, and where.

use crate::plane::Plane;

/// Pixels in a side of the outer picture.
const SIDE: usize = 16;
/// Each size that is tried has at least a pixel less, and at most so much of the one before it.
const NEXT_SIZE: f32 = 0.88;
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

/// The most likely places for `inner` in `outer`, which is 16 x 16, most surprising first, when it fills the fractions `fill` of
/// the outer's sides at its largest (one of them is 1).
pub(crate) fn spots(inner: &Plane, outer: &Plane, fill: (f32, f32)) -> Vec<Spot> {
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
                ground.best_places(&template).into_iter().flatten().map(|best| best.spot(size, shares)),
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

    /// The best place as it is, and mirrored.
    fn best_places(&self, template: &Template) -> [Option<Best>; 2] {
        #[cfg(target_arch = "x86_64")]
        if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
            // SAFETY: the processor has what the function is compiled for.
            return unsafe { best_places_with_avx2(self, template) };
        }
        best_places(self, template)
    }

    /// The sum of squared distances from the rectangle's mean.
    fn energy(&self, left: usize, top: usize, width: usize, height: usize) -> f32 {
        let (upper, lower) = (&self.sums[top], &self.sums[top + height]);
        let within =
            |of: usize| lower[left + width][of] - lower[left][of] - upper[left + width][of] + upper[left][of];
        within(1) - within(0) * within(0) / (width * height) as f32
    }
}

/// The same code, compiled for wider registers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn best_places_with_avx2(ground: &Ground, template: &Template) -> [Option<Best>; 2] {
    best_places(ground, template)
}

#[inline(always)]
fn best_places(ground: &Ground, template: &Template) -> [Option<Best>; 2] {
    // Small parts have more places in a row than half of it.
    if SIDE - template.width < SIDE / 2 {
        best_places_of::<{ SIDE / 2 }>(ground, template)
    } else {
        best_places_of::<SIDE>(ground, template)
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
            for (x, values) in values.iter().enumerate() {
                let under = &row[x..x + PLACES];
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
        let numbers = likeness_testkit::clustered_vectors(1, 40 * 40, 9);
        let rough = Plane { width: 40, height: 40, values: numbers.iter().map(|v| v * 20_000.0).collect() };
        rough.reduced(SIDE, SIDE)
    }

    #[test]
    fn a_part_is_found_where_it_was_cut() {
        let outer = clouds();
        let part = Plane {
            width: 10,
            height: 8,
            values: (5..13).flat_map(|y| outer.row(y)[4..14].to_vec()).collect(),
        };
        for (part, mirrored) in [(part.clone(), false), (part.turned(Symmetry::MIRRORED), true)] {
            let best = spots(&part, &outer, (1.0, 0.8))[0];
            assert_eq!(best.mirrored, mirrored);
            assert!(best.score > 0.95 && (best.size.0 - 10.0 / 16.0).abs() < 0.04, "{best:?}");
            assert!((best.centre.0 - 9.0 / 16.0).abs() < 0.04, "{best:?}");
            assert!((best.centre.1 - 9.0 / 16.0).abs() < 0.04, "{best:?}");
        }
    }

    #[test]
    fn a_flat_picture_is_found_nowhere() {
        let flat = Plane { width: 16, height: 16, values: vec![9.0; 256] };
        assert!(spots(&flat, &flat, (1.0, 1.0)).is_empty());
        assert!(spots(&flat, &clouds(), (1.0, 1.0)).is_empty());
    }
}
