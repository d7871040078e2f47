//! Looks for one picture inside another that holds it: at which size, and where.

use crate::place::dot;
use crate::plane::Plane;

/// Each size that is tried has at least a pixel less, and at most so much of the one before it.
const NEXT_SIZE: f32 = 0.93;
/// Where the outer picture varies by less than so many levels, nothing can be told.
const FLAT: f32 = 3.0;
/// Places that are given back.
const BEST: usize = 3;

/// A place where the inner picture may lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    /// Correlation of brightness, -1 to 1.
    pub(crate) score: f32,
    /// Size of the inner picture in pixels of the outer.
    pub(crate) size: (usize, usize),
    /// Its first pixel there.
    pub(crate) corner: (usize, usize),
}

/// The most likely places for `inner` in `outer`, best first, when it fills the fractions `fill` of the outer's sides at
/// its largest (one of them is 1), and has `smallest` pixels at least in its shorter side at its smallest.
pub(crate) fn spots(inner: &Plane, outer: &Plane, fill: (f32, f32), smallest: usize) -> Vec<Spot> {
    let sums = Sums::new(outer);
    let mut best_of_size: Vec<Spot> = Vec::new();
    let mut scale = 1.0;
    let mut last = (0, 0);
    loop {
        let side = |fill: f32, side: usize| ((fill * scale * side as f32).round() as usize).min(side);
        let size = (side(fill.0, outer.width), side(fill.1, outer.height));
        if size.0.min(size.1) < smallest {
            break;
        }
        if size != last {
            best_of_size.extend(best_spot(&inner.reduced(size.0, size.1), outer, &sums));
        }
        last = size;
        scale *= NEXT_SIZE;
    }
    let mut spots: Vec<Spot> = Vec::new();
    best_of_size.sort_by(|a, b| b.score.total_cmp(&a.score));
    for spot in best_of_size {
        if spots.len() == BEST {
            break;
        }
        if !spots.iter().any(|known| is_about(known, &spot)) {
            spots.push(spot);
        }
    }
    spots
}

/// Whether both come to the same place when they are refined.
fn is_about(a: &Spot, b: &Spot) -> bool {
    let near = |a: usize, b: usize, within: usize| a.abs_diff(b) <= within;
    let centre = |spot: &Spot| (2 * spot.corner.0 + spot.size.0, 2 * spot.corner.1 + spot.size.1);
    near(a.size.0, b.size.0, 2)
        && near(a.size.1, b.size.1, 2)
        && near(centre(a).0, centre(b).0, 3)
        && near(centre(a).1, centre(b).1, 3)
}

fn best_spot(template: &Plane, outer: &Plane, sums: &Sums) -> Option<Spot> {
    let count = template.values.len() as f32;
    let mean = template.values.iter().sum::<f32>() / count;
    let centred: Vec<f32> = template.values.iter().map(|value| value - mean).collect();
    let energy = dot(&centred, &centred);
    if energy < count * FLAT * FLAT {
        return None;
    }
    let (width, height) = (template.width, template.height);
    let across = outer.width - width + 1;
    let mut best: Option<Spot> = None;
    let mut products = vec![0.0f32; across];
    for top in 0..=outer.height - height {
        // All places of a row side by side.
        products.fill(0.0);
        for (y, row) in centred.chunks_exact(width).enumerate() {
            let under = outer.row(top + y);
            for (x, value) in row.iter().enumerate() {
                products.iter_mut().zip(&under[x..x + across]).for_each(|(sum, under)| *sum += value * under);
            }
        }
        for (left, product) in products.iter().enumerate() {
            let outer_energy = sums.energy(left, top, width, height);
            if outer_energy < count * FLAT * FLAT {
                continue;
            }
            let score = product / (energy * outer_energy).sqrt();
            if best.is_none_or(|best| score > best.score) {
                best = Some(Spot { score, size: (width, height), corner: (left, top) });
            }
        }
    }
    best
}

/// Sums of values and squares over the rectangle from the first pixel to each, so that those of any rectangle take
/// four look-ups.
struct Sums {
    across: usize,
    values: Vec<f64>,
    squares: Vec<f64>,
}

impl Sums {
    fn new(plane: &Plane) -> Self {
        let across = plane.width + 1;
        let mut values = vec![0.0; across * (plane.height + 1)];
        let mut squares = values.clone();
        for y in 0..plane.height {
            let (mut row, mut row_squares) = (0.0, 0.0);
            for (x, &value) in plane.row(y).iter().enumerate() {
                let value = f64::from(value);
                row += value;
                row_squares += value * value;
                let at = (y + 1) * across + x + 1;
                values[at] = values[at - across] + row;
                squares[at] = squares[at - across] + row_squares;
            }
        }
        Self { across, values, squares }
    }

    /// The sum of squared distances from the rectangle's mean.
    fn energy(&self, left: usize, top: usize, width: usize, height: usize) -> f32 {
        let corner = |x: usize, y: usize| y * self.across + x;
        let within = |sums: &[f64]| {
            sums[corner(left + width, top + height)]
                - sums[corner(left, top + height)]
                - sums[corner(left + width, top)]
                + sums[corner(left, top)]
        };
        let sum = within(&self.values);
        (within(&self.squares) - sum * sum / (width * height) as f64) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_where_it_was_cut() {
        let numbers = likeness_testkit::clustered_vectors(1, 32 * 32, 9);
        let rough = Plane { width: 32, height: 32, values: numbers.iter().map(|v| v * 2000.0).collect() };
        // Smooth, as pictures are.
        let outer = {
            let mut smooth = rough.clone();
            for y in 1..31 {
                for x in 1..31 {
                    let around = |dx: usize, dy: usize| rough.row(y + dy - 1)[x + dx - 1];
                    smooth.values[y * 32 + x] = (0..3)
                        .flat_map(|dy| (0..3).map(move |dx| (dx, dy)))
                        .map(|(dx, dy)| around(dx, dy))
                        .sum();
                }
            }
            smooth
        };
        let part = Plane {
            width: 16,
            height: 12,
            values: (9..21).flat_map(|y| outer.row(y)[5..21].to_vec()).collect(),
        };
        let found = spots(&part, &outer, (1.0, 0.75), 6);
        let best = found.first().expect("a spot");
        assert!(best.score > 0.85 && best.size.0.abs_diff(16) <= 1, "{best:?}");
        assert!(best.corner.0.abs_diff(5) <= 1 && best.corner.1.abs_diff(9) <= 1, "{best:?}");
    }

    #[test]
    fn a_flat_picture_is_found_nowhere() {
        let flat = Plane { width: 32, height: 32, values: vec![9.0; 1024] };
        assert!(spots(&flat, &flat, (1.0, 1.0), 6).is_empty());
    }
}
