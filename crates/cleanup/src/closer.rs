//! A closer look at two whole pictures of one size: does anything lie between them but storage?

use crate::Symmetry;
use crate::plane::{Plane, Slopes};
use crate::wide::compiled_wide;

/// Windows that a mark shows in, in pixels.
const SMALL_WINDOW: usize = 5;
const LARGE_WINDOW: usize = 9;
/// Windows in a row in which light and colour are told.
const FIELDS: usize = 8;
/// Share of the rise to the next pixel that a place may differ by, and levels besides.
const EDGE: f32 = 0.1;
const NOISE: f32 = 1.0;
/// Residuals of so many levels count for half when the last shift is told.
const OUTLYING: f32 = 8.0;
/// The most pixels, of each part of the shift, by which pictures of one size may lie beside each other.
const MOST_SHIFT: f32 = 3.0;

/// A photo in brightness and colour, at its size as a thumbnail.
#[derive(Debug, Clone)]
pub struct CloserLook {
    /// Brightness, blueness and redness, as JPEG has them.
    planes: [Plane; 3],
}

impl CloserLook {
    /// Pixels in the long side that are compared, where the photos have them.
    pub const SIDE: usize = 256;

    /// From `width * height` upright pixels of red, green and blue in sRGB.
    ///
    /// # Panics
    /// When there are not as many.
    pub fn new(width: usize, height: usize, rgb: &[u8]) -> Self {
        assert_eq!(rgb.len(), width * height * 3, "three for each pixel");
        let weighted = |weights: [f32; 3]| {
            let sum = |pixel: &[u8]| {
                pixel.iter().zip(weights).map(|(&value, weight)| f32::from(value) * weight).sum()
            };
            Plane { width, height, values: rgb.chunks_exact(3).map(sum).collect() }
        };
        let planes = [
            weighted([0.299, 0.587, 0.114]),
            weighted([-0.168_736, -0.331_264, 0.5]),
            weighted([0.5, -0.418_688, -0.081_312]),
        ];
        Self { planes }
    }

    fn long_side(&self) -> usize {
        self.planes[0].width.max(self.planes[0].height)
    }
}

/// What differs between two pictures that show the same, in levels of 255.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Difference {
    /// What differs in the middle small window, beside what edges make unavoidable ...
    pub usual: f32,
    /// ... and in all but a tenth of them: how much was lost in storage.
    pub lost: f32,
    /// What differs in the large window where most does.
    pub worst: f32,
    /// The most by which a field became lighter or darker.
    pub light: f32,
    /// The mean of that over the picture.
    pub light_everywhere: f32,
    /// The mean by which colours of fields were moved ...
    pub color: f32,
    /// ... and the most: of a nearly grey photo only a part had colours to lose.
    pub color_at_most: f32,
    /// How many times the finest detail of one is that of the other (natural logarithm, without sign): one was blurred or
    /// sharpened.
    pub detail: f32,
    /// Whether one of them is a GIF: of its 256 colours the nearest stand for all others, and places differ by more.
    pub has_few_colors: bool,
}

/// Compares `b`, after `symmetry`, with `a`, at the size of the smaller of both or [`CloserLook::SIDE`]; takes neither for a GIF. `None` when they are
/// too small to tell.
pub fn difference(a: &CloserLook, b: &CloserLook, symmetry: Symmetry) -> Option<Difference> {
    let long = a.long_side().min(b.long_side()).min(CloserLook::SIDE) as f32;
    let scale = long / a.long_side() as f32;
    let side = |side: usize| (side as f32 * scale).round() as usize;
    let (width, height) = (side(a.planes[0].width), side(a.planes[0].height));
    if width.min(height) < 2 * LARGE_WINDOW {
        return None;
    }
    // Whole levels, as in a picture that is stored at this size: what is lost by that is lost everywhere.
    let reduced = |plane: &Plane| plane.reduced(width, height).rounded();
    let own = a.planes.each_ref().map(reduced);
    let other = b.planes.each_ref().map(|plane| reduced(&plane.turned(symmetry)));
    let slopes = [own[0].slopes(), other[0].slopes()];
    let changed = without_shift(&own[0], &other[0], &slopes);
    let steep = Plane { values: steepness(&slopes), ..own[0].clone() };
    let marks = |window: usize| -> Vec<f32> {
        let (changed, steep) = (changed.windows(window), steep.windows(window));
        changed
            .values
            .iter()
            .zip(&steep.values)
            .map(|(level, steep)| level.abs() / (NOISE + EDGE * steep))
            .collect()
    };
    let mut small = marks(SMALL_WINDOW);
    let mut share = |share: f32| {
        let at = (share * (small.len() - 1) as f32) as usize;
        *small.select_nth_unstable_by(at, f32::total_cmp).1
    };
    let field = width.max(height) / FIELDS;
    let fields = |plane: &Plane| plane.windows(field.min(width).min(height));
    let light = fields(&changed);
    let [blue, red] = [1, 2].map(|at| {
        let moved = other[at].values.iter().zip(&own[at].values).map(|(other, own)| other - own).collect();
        fields(&Plane { width, height, values: moved }).values
    });
    Some(Difference {
        usual: share(0.5),
        lost: share(0.9),
        worst: marks(LARGE_WINDOW).into_iter().fold(0.0, f32::max),
        light: light.values.iter().fold(0.0, |most, level| most.max(level.abs())),
        light_everywhere: mean(&light.values),
        color: (mean(&blue) + mean(&red)) / 2.0,
        color_at_most: blue
            .iter()
            .zip(&red)
            .map(|(blue, red)| blue * blue + red * red)
            .fold(0.0, f32::max)
            .sqrt(),
        detail: (detail(&other[0]) / detail(&own[0])).ln().abs(),
        has_few_colors: false,
    })
}

/// Without sign.
fn mean(values: &[f32]) -> f32 {
    values.iter().map(|value| value.abs()).sum::<f32>() / values.len().max(1) as f32
}

/// How steep the flatter of both is at each pixel: what only one has does not excuse a difference.
fn steepness(slopes: &[Slopes; 2]) -> Vec<f32> {
    let steep = |of: &Slopes, at: usize| (of.across[at] * of.across[at] + of.down[at] * of.down[at]).sqrt();
    (0..slopes[0].across.len()).map(|at| steep(&slopes[0], at).min(steep(&slopes[1], at))).collect()
}

/// What a place answers to a step: the shift to the right, how it grows to the right and downwards, the same of the shift
/// downwards.
const STEPS: usize = 6;

/// The second less the first, without what a small shift, turn and stretch between them explains: no two programs resize
/// alike.
fn without_shift(own: &Plane, other: &Plane, slopes: &[Slopes; 2]) -> Plane {
    let slopes = mean_slopes(slopes);
    let changed: Vec<f32> = other.values.iter().zip(&own.values).map(|(other, own)| other - own).collect();
    let mut equations = [[0.0f32; STEPS + 1]; STEPS];
    // One pixel of nine says enough.
    for y in (1..own.height).step_by(3) {
        for x in (1..own.width).step_by(3) {
            let at = y * own.width + x;
            let times = changed[at] / OUTLYING;
            let weight = 1.0 / (1.0 + times * times);
            let (x, y) = (place(x, own.width), place(y, own.height));
            let (across, down) = (slopes.across[at], slopes.down[at]);
            let answers = [across, across * x, across * y, down, down * x, down * y];
            for (row, answer) in equations.iter_mut().zip(answers) {
                let weighted = weight * answer;
                row.iter_mut().zip(answers).for_each(|(sum, other)| *sum += weighted * other);
                row[STEPS] += weighted * changed[at];
            }
        }
    }
    let shift =
        crate::place::solve(equations).unwrap_or_default().map(|part| part.clamp(-MOST_SHIFT, MOST_SHIFT));
    Plane { values: unexplained(changed, own.width, &slopes, shift), ..*own }
}

/// Where a pixel lies: -0.5 to 0.5 of a side.
fn place(at: usize, side: usize) -> f32 {
    (at as f32 + 0.5) / side as f32 - 0.5
}

fn mean_slopes(slopes: &[Slopes; 2]) -> Slopes {
    let mean = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a + b) / 2.0).collect();
    let [a, b] = slopes;
    Slopes { across: mean(&a.across, &b.across), down: mean(&a.down, &b.down) }
}

compiled_wide! {
/// What a shift leaves of what changed.
fn unexplained(changed: Vec<f32>, width: usize, slopes: &Slopes, shift: [f32; STEPS]) -> Vec<f32> {
    let mut left = changed;
    let height = left.len() / width;
    let columns: Vec<f32> = (0..width).map(|x| place(x, width)).collect();
    let [right, right_by_x, right_by_y, down, down_by_x, down_by_y] = shift;
    for (y, left) in left.chunks_exact_mut(width).enumerate() {
        let y_place = place(y, height);
        let (right, down) = (right + right_by_y * y_place, down + down_by_y * y_place);
        let across = &slopes.across[y * width..][..width];
        let downwards = &slopes.down[y * width..][..width];
        for x in 0..width {
            left[x] -= across[x] * (right + right_by_x * columns[x])
                + downwards[x] * (down + down_by_x * columns[x]);
        }
    }
    left
}
}

/// The mean square of what a pixel has beside its surroundings.
fn detail(plane: &Plane) -> f32 {
    let around = plane.windows(3);
    let inner = (1..plane.height - 1).flat_map(|y| &plane.row(y)[1..plane.width - 1]);
    let squares = inner.zip(&around.values).map(|(value, around)| (value - around) * (value - around));
    squares.sum::<f32>() / around.values.len() as f32 + 0.01
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 240;
    const HEIGHT: usize = 180;

    /// Clouds of three sizes, with a colour cast; `change` gets a place and its brightness.
    fn look(change: impl Fn(usize, usize, f32) -> f32) -> CloserLook {
        let clouds = |side: usize| {
            let values = likeness_testkit::clustered_vectors(1, side * side, side as u64);
            let scale = 25.0 * side as f32;
            Plane { width: side, height: side, values: values.iter().map(|value| value * scale).collect() }
        };
        let clouds = [9, 40, 120].map(clouds);
        let mut rgb = Vec::with_capacity(WIDTH * HEIGHT * 3);
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let read = |plane: &Plane| {
                    let place =
                        |at: usize, of: usize| 0.5 + at as f32 / of as f32 * (plane.width as f32 - 1.0);
                    plane.at(place(x, WIDTH), place(y, HEIGHT))
                };
                let level = change(x, y, 128.0 + clouds.iter().map(read).sum::<f32>());
                rgb.extend([level + 10.0, level, level - 10.0].map(|value| value.clamp(0.0, 255.0) as u8));
            }
        }
        CloserLook::new(WIDTH, HEIGHT, &rgb)
    }

    fn told(b: &CloserLook) -> Difference {
        difference(&look(|_, _, level| level), b, Symmetry::UPRIGHT).expect("large enough")
    }

    #[test]
    fn nothing_differs_from_itself_and_little_from_what_was_stored() {
        let same = told(&look(|_, _, level| level));
        assert_eq!((same.worst, same.light, same.color, same.detail), (0.0, 0.0, 0.0, 0.0));
        // Steps of 8 levels: what a palette leaves.
        let stored = told(&look(|_, _, level| (level / 8.0).round() * 8.0));
        assert!(stored.worst < 3.0 && stored.light < 1.0 && stored.detail < 0.3, "{stored:?}");
    }

    #[test]
    fn words_light_and_blur_are_seen() {
        // Two lines of a pixel or two.
        let marked = told(&look(
            |x, y, level| if x > 180 && x < 220 && y % 4 == 0 && y > 160 { 250.0 } else { level },
        ));
        assert!(marked.worst > 8.0 && marked.usual < 0.1 && marked.lost < 0.5, "{marked:?}");
        let lighter = told(&look(|_, _, level| level + 15.0));
        assert!(lighter.light > 12.0 && lighter.light_everywhere > 10.0, "{lighter:?}");
        let corner = told(&look(|x, y, level| if x + y < 60 { level - 40.0 } else { level }));
        assert!(corner.light > 12.0 && corner.light_everywhere < 4.0, "{corner:?}");
        let mut paled = look(|_, _, level| level);
        paled.planes[1..].iter_mut().for_each(|plane| plane.values[WIDTH * HEIGHT / 2..].fill(0.0));
        let paled = told(&paled);
        assert!(paled.color_at_most > 1.9 * paled.color && paled.worst < 0.5, "a half is grey: {paled:?}");
        let plain = look(|_, _, level| level);
        let blurred = CloserLook { planes: plain.planes.map(|plane| plane.reduced(60, 45).windows(2)) };
        assert!(
            difference(&look(|_, _, level| level), &blurred, Symmetry::UPRIGHT)
                .is_some_and(|seen| seen.detail > 0.3)
        );
    }

    #[test]
    fn a_quarter_turn_is_turned_back_and_the_size_is_that_of_the_smaller() {
        let plain = look(|_, _, level| level);
        let turned = CloserLook {
            planes: plain.planes.each_ref().map(|plane| plane.turned(Symmetry::QUARTER).reduced(90, 120)),
        };
        let back = Symmetry { mirrored: false, quarters: 3 };
        let seen = difference(&plain, &turned, back).expect("large enough");
        assert!(seen.worst < 0.1 && seen.light < 0.1, "{seen:?}");
        let tiny = CloserLook { planes: plain.planes.each_ref().map(|plane| plane.reduced(20, 15)) };
        assert_eq!(difference(&plain, &tiny, Symmetry::UPRIGHT), None);
    }
}
