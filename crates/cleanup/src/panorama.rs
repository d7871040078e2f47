//! Tells the parts of a panorama from other shots of one moment: each shows a piece of the view that its neighbour shows at
//! the other edge.

use crate::look::Look;
use crate::plane::Plane;

/// Pixels in a side.
const SIDE: isize = 32;
/// Parts lie at least so many pixels apart, 15 % of a side, and share at least as many. Whoever takes shots by hand moves by
/// less between them.
const LEAST: isize = 5;
/// So many pixels the camera may sink or rise while it is turned.
const ASIDE: isize = 4;
/// Where brightness varies by less than so many levels, nothing can be told.
const FLAT: f32 = 6.0;
/// Correlation of what both parts show, at least ...
const ALIKE: f32 = 0.85;
/// ... and by how much it exceeds that of the whole pictures. Both were chosen on the 112 pairs of neighbours of eight real
/// panoramas and on 150 made-up pairs of shots by hand.
const MORE: f32 = 0.05;
/// Parts have one shape: widths by height differ by no more than this share.
const SAME_SHAPE: f32 = 0.02;

/// Whether two shots of one moment are parts of a panorama, side by side or one above the other.
pub(crate) fn are_parts(a: &Look, b: &Look) -> bool {
    if (a.aspect / b.aspect - 1.0).abs() > SAME_SHAPE {
        return false;
    }
    let (mut apart, mut together) = (-1.0f32, -1.0f32);
    for along in LEAST - SIDE..=SIDE - LEAST {
        for aside in -ASIDE..=ASIDE {
            for (right, down) in [(along, aside), (aside, along)] {
                let correlation = correlation(&a.coarse, &b.coarse, right, down).unwrap_or(-1.0);
                let best = if along.abs() < LEAST { &mut together } else { &mut apart };
                *best = best.max(correlation);
            }
        }
    }
    apart >= ALIKE && apart >= together + MORE
}

/// How what both show correlates when `b` lies so many pixels to the right of `a` and below it; `None` where it is flat.
fn correlation(a: &Plane, b: &Plane, right: isize, down: isize) -> Option<f32> {
    let columns = (SIDE - right.abs()) as usize;
    let [left_a, left_b] = [right, -right].map(|right| right.max(0) as usize);
    let [top_a, top_b] = [down, -down].map(|down| down.max(0) as usize);
    let rows = SIDE as usize - down.unsigned_abs();
    let (mut sum_a, mut sum_b, mut squares_a, mut squares_b, mut products) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for row in 0..rows {
        let row_a = &a.row(top_a + row)[left_a..][..columns];
        let row_b = &b.row(top_b + row)[left_b..][..columns];
        for (a, b) in row_a.iter().zip(row_b) {
            // Near 0, so that sums keep their digits.
            let (a, b) = (a - 128.0, b - 128.0);
            sum_a += a;
            sum_b += b;
            squares_a += a * a;
            squares_b += b * b;
            products += a * b;
        }
    }
    let count = (rows * columns) as f32;
    let varies = |squares: f32, sum: f32| (squares / count - (sum / count).powi(2)).max(0.0).sqrt();
    let (varies_a, varies_b) = (varies(squares_a, sum_a), varies(squares_b, sum_b));
    let together = products / count - sum_a / count * (sum_b / count);
    (varies_a.min(varies_b) >= FLAT).then(|| together / (varies_a * varies_b))
}

#[cfg(test)]
mod tests {
    use likeness_domain::SmallPicture;

    use super::*;

    /// What a camera sees of a landscape without end from one place on, `light` times as bright.
    fn view(left: f32, top: f32, light: f32) -> Look {
        let side = SmallPicture::SIDE;
        let wave = |at: u32, x: f32, y: f32| {
            let [across, down, phase] = [0, 1, 2].map(|of| ((at * 3 + of) as f32 * 2.399).sin());
            (x * across * 0.4 + y * down * 0.4 + phase * 3.0).sin()
        };
        let landscape = |x: f32, y: f32| (0..12).map(|at| wave(at, x, y)).sum::<f32>();
        let mut bytes = vec![128; SmallPicture::BYTES];
        for (at, byte) in bytes[..side * side].iter_mut().enumerate() {
            let (x, y) = ((at % side) as f32 + left, (at / side) as f32 + top);
            *byte = ((120.0 + 15.0 * landscape(x, y)) * light) as u8;
        }
        Look::new(&SmallPicture::from_bytes(bytes).expect("as many bytes"), 4, 3)
    }

    #[test]
    fn neighbours_that_share_a_piece_are_parts() {
        let one = view(0.0, 0.0, 1.0);
        assert!(are_parts(&one, &view(40.0, 2.0, 1.0)) && are_parts(&view(40.0, 2.0, 1.0), &one));
        assert!(are_parts(&one, &view(-30.0, -3.0, 0.8)), "in other light, to the left");
        assert!(are_parts(&one, &view(1.0, 36.0, 1.0)), "one above the other");
    }

    #[test]
    fn shots_of_one_view_and_of_two_are_none() {
        let one = view(0.0, 0.0, 1.0);
        assert!(!are_parts(&one, &view(3.0, 2.0, 0.9)), "by hand");
        assert!(!are_parts(&one, &view(400.0, 50.0, 1.0)), "somewhere else");
        let mut upright = view(40.0, 2.0, 1.0);
        upright.aspect = 0.75;
        assert!(!are_parts(&one, &upright));
    }
}
