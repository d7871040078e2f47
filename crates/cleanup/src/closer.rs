//! A closer look at two whole pictures of one size: does anything lie between them but storage?

use std::borrow::Cow;

use crate::Symmetry;
use crate::passing::{Levels, Row, Squares, greatest, sum};
use crate::plane::Plane;
use crate::shift::Shift;
use crate::wide::compiled_wide;

/// Windows that a mark shows in, in pixels.
const SMALL_WINDOW: usize = 5;
const LARGE_WINDOW: usize = 9;
/// Windows in a row in which light and colour are told.
const FIELDS: usize = 8;
/// Share of the rise to the next pixel that a place may differ by, and levels besides.
const EDGE: f32 = 0.1;
const NOISE: f32 = 1.0;

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
        let mut planes = [(); 3].map(|()| Plane { width, height, values: vec![0.0; width * height] });
        tell_apart(rgb, planes.each_mut().map(|plane| &mut plane.values[..]));
        Self { planes }
    }

    fn long_side(&self) -> usize {
        self.planes[0].width.max(self.planes[0].height)
    }

    /// After `symmetry`, at `width` x `height`, of which it has as many at least.
    fn at_size(&self, symmetry: Symmetry, width: usize, height: usize) -> Cow<'_, [Plane; 3]> {
        let is_so = |plane: &Plane| (plane.width, plane.height) == (width, height);
        if symmetry == Symmetry::UPRIGHT && is_so(&self.planes[0]) {
            return Cow::Borrowed(&self.planes);
        }
        Cow::Owned(self.planes.each_ref().map(|plane| plane.turned(symmetry).reduced(width, height)))
    }
}

compiled_wide! {
/// Tells brightness, blueness and redness of pixels apart.
fn tell_apart(rgb: &[u8], planes: [&mut [f32]; 3]) -> () {
    let [bright, blue, red] = planes;
    for (((pixel, bright), blue), red) in rgb.as_chunks::<3>().0.iter().zip(bright).zip(blue).zip(red) {
        let [r, g, b] = pixel.map(f32::from);
        *bright = r * 0.299 + g * 0.587 + b * 0.114;
        *blue = r * -0.168_736 + g * -0.331_264 + b * 0.5;
        *red = r * 0.5 + g * -0.418_688 + b * -0.081_312;
    }
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
    Some(told(&a.at_size(Symmetry::UPRIGHT, width, height), &b.at_size(symmetry, width, height)))
}

compiled_wide! {
/// The same of two pictures of one size. Their levels are made whole, as in a picture that is stored at this size: what is lost by
/// that is lost everywhere.
fn told(own: &[Plane; 3], other: &[Plane; 3]) -> Difference {
    let Plane { width, height, .. } = own[0];
    let shift = Shift::between(&own[0], &other[0]);
    let (mut own_levels, mut other_levels) = (Levels::of(&own[0]), Levels::of(&other[0]));
    let mut row = Changes { changed: vec![0.0; width], steep: vec![0.0; width] };
    let mut small = Marks::new(width, SMALL_WINDOW);
    let mut large = Marks::new(width, LARGE_WINDOW);
    let field = (width.max(height) / FIELDS).min(width).min(height);
    let [mut lights, mut blues, mut reds] = [(); 3].map(|()| Squares::new(width, field));
    let mut room = vec![0.0; width];
    let mut seen = Difference::default();
    let mut of_small = Vec::with_capacity(width * height);
    let mut details = [0.0; 2];
    for y in 0..height {
        let (own_row, other_row) = (own_levels.row(y), other_levels.row(y));
        row.tell(&own_row, &other_row, &shift, y);
        if 0 < y && y + 1 < height {
            details[0] += own_row.roughness(&mut room);
            details[1] += other_row.roughness(&mut room);
        }
        of_small.extend_from_slice(small.until(&row));
        seen.worst = seen.worst.max(greatest(large.until(&row)));
        if let Some(lights) = lights.until(&row.changed) {
            seen.light = seen.light.max(greatest(lights));
            seen.light_everywhere += sum(lights);
        }
        move_levels(own[1].row(y), other[1].row(y), &mut room);
        let blue = blues.until(&room);
        move_levels(own[2].row(y), other[2].row(y), &mut room);
        if let (Some(blue), Some(red)) = (blue, reds.until(&room)) {
            seen.color += (sum(blue) + sum(red)) / 2.0;
            for ((squared, blue), red) in room.iter_mut().zip(blue).zip(red) {
                *squared = blue * blue + red * red;
            }
            seen.color_at_most = seen.color_at_most.max(greatest(&room[..blue.len()]));
        }
    }
    let pixels = (field * field) as f32;
    let fields = ((width + 1 - field) * (height + 1 - field)) as f32;
    let [own_detail, other_detail] = details.map(|sum| sum / ((width - 2) * (height - 2)) as f32 + 0.01);
    let [usual, lost] = at_shares(&of_small, [0.5, 0.9]);
    Difference {
        usual,
        lost,
        light: seen.light / pixels,
        light_everywhere: seen.light_everywhere / (pixels * fields),
        color: seen.color / (pixels * fields),
        color_at_most: seen.color_at_most.sqrt() / pixels,
        detail: (other_detail / own_detail).ln().abs(),
        ..seen
    }
}
}

/// One row of what changed, without what a shift explains, and how steep the flatter of both is: what only one has does not
/// excuse a difference.
struct Changes {
    changed: Vec<f32>,
    steep: Vec<f32>,
}

impl Changes {
    /// Of the row `y` of both.
    #[inline(always)]
    fn tell(&mut self, own: &Row<'_>, other: &Row<'_>, shift: &Shift, y: usize) {
        let shift = shift.of_row(y);
        let width = self.changed.len();
        let (changed, steep) = (&mut self.changed[..width], &mut self.steep[..width]);
        for x in 0..width {
            let [own_across, own_down] = own.slopes(x);
            let [other_across, other_down] = other.slopes(x);
            let (right, down) = shift.at(x);
            changed[x] = other.level(x)
                - own.level(x)
                - ((own_across + other_across) / 2.0 * right + (own_down + other_down) / 2.0 * down);
            let own_rise = own_across * own_across + own_down * own_down;
            let other_rise = other_across * other_across + other_down * other_down;
            steep[x] = if own_rise < other_rise { own_rise } else { other_rise }.sqrt();
        }
    }
}

/// By how much whole levels differ.
#[inline(always)]
fn move_levels(own: &[f32], other: &[f32], moved: &mut [f32]) {
    for ((moved, own), other) in moved.iter_mut().zip(own).zip(other) {
        *moved = other.round_ties_even() - own.round_ties_even();
    }
}

/// What differs in all windows of one size, beside what edges make unavoidable.
struct Marks {
    window: usize,
    changed: Squares,
    steep: Squares,
    marks: Vec<f32>,
}

impl Marks {
    fn new(width: usize, window: usize) -> Self {
        let squares = || Squares::new(width, window);
        Self { window, changed: squares(), steep: squares(), marks: vec![0.0; width + 1 - window] }
    }

    /// Of the windows that end with this row; of none until there are enough rows.
    #[inline(always)]
    fn until(&mut self, row: &Changes) -> &[f32] {
        let noise = NOISE * (self.window * self.window) as f32;
        let (changed, steep) = (self.changed.until(&row.changed), self.steep.until(&row.steep));
        let (Some(changed), Some(steep)) = (changed, steep) else { return &[] };
        for ((mark, changed), steep) in self.marks.iter_mut().zip(changed).zip(steep) {
            *mark = changed.abs() / (noise + EDGE * steep);
        }
        &self.marks
    }
}

/// The numbers, none less than 0, than which these shares of all are less.
#[inline(always)]
fn at_shares<const N: usize>(numbers: &[f32], shares: [f32; N]) -> [f32; N] {
    // Numbers of about the same size are counted; only those in the midst of which a share lies are put in order.
    const BITS: u32 = 19;
    let size = |number: f32| (number.to_bits() >> BITS) as usize;
    let mut counts = [0u32; 1 << (32 - BITS)];
    numbers.iter().for_each(|&number| counts[size(number)] += 1);
    shares.map(|share| {
        let mut rank = (share * (numbers.len() - 1) as f32) as usize;
        let mut sought = 0;
        while counts[sought] as usize <= rank {
            rank -= counts[sought] as usize;
            sought += 1;
        }
        let mut alike: Vec<f32> = numbers.iter().copied().filter(|&number| size(number) == sought).collect();
        *alike.select_nth_unstable_by(rank, f32::total_cmp).1
    })
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
