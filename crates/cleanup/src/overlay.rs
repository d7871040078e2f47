//! Lays two photos upon each other as well as can be, and measures what comes of it.

use crate::agreement::{Agreement, agreement, fine_agreement, remains};
use crate::look::Look;
use crate::place::{Placement, dot, refined};
use crate::plane::Plane;
use crate::search::{Spot, spots};
use crate::{Limits, Symmetry};

/// Rounds at the coarse size, where most of the way is gone ...
const COARSE_ROUNDS: usize = 8;
/// ... and at the fine one.
const FINE_ROUNDS: usize = 5;
/// Pixels in a side of a window at the coarse size.
const COARSE_WINDOW: usize = 5;
/// Below this share of agreeing windows at the coarse size, the fine one is not tried.
const HOPELESS: f32 = 0.25;
/// How many turned or mirrored forms of the whole picture are tried, and how many places inside.
const FORMS: usize = 2;
const PLACES: usize = 4;
/// A form that correlates by so much better than the others is the only one that is tried.
const MUCH_BETTER: f32 = 0.3;
/// Forms and places that correlate less are not tried ...
const LEAST_OF_FORM: f32 = 0.3;
const LEAST_OF_PLACE: f32 = 0.7;
/// ... nor are parts with fewer pixels in their shorter side, when first looked for and when looked for again.
const SMALLEST_AT_FIRST: usize = 5;
const SMALLEST: usize = 6;
/// How many are looked at closely.
const CLOSELY: usize = 2;
/// Whole pictures of shapes that differ by more than this are not laid edge upon edge.
const SAME_SHAPE: f32 = 0.12;

/// Which of two photos shows more of the scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The first one holds the second.
    First,
    /// The second one holds the first.
    Second,
}

/// Two photos, laid upon each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlay {
    /// Which one the other lies within.
    pub holder: Holder,
    /// How the other was turned by quarters and mirrored to lie there.
    pub symmetry: Symmetry,
    /// How far it was turned besides, in degrees, clockwise.
    pub degrees: f32,
    /// How much more it was stretched in one direction than in the other, 1 or more.
    pub stretch: f32,
    /// The share of the holder's area that it covers, 0 to 1.
    pub area: f32,
    /// The most by which a corner lies beside that of the holder, in shares of a side.
    pub corners_apart: f32,
    /// How many windows with something to see were compared.
    pub evidence: f32,
    /// The share of these that agree, 0 to 1.
    pub share: f32,
    /// The middle correlation of all windows, -1 to 1.
    pub middle: f32,
    /// The middle correlation of those that agree.
    pub middle_agreeing: f32,
    /// How far it is always the same of the two that has more to see where they disagree, 0 to 1: words and flat bars are put
    /// over one of them.
    pub one_sided: f32,
    /// The most levels, of 255, by which a part of the tones was moved.
    pub tone: f32,
    /// The mean of levels, of 255, by which colours were moved; 0 when only a part is shown.
    pub color: f32,
    /// What remains everywhere when one is taken from the other, in units of unavoidable loss.
    pub everywhere: f32,
    /// What remains at the place where most does.
    pub worst: f32,
    /// What remains in the middle pixel.
    pub usual: f32,
    /// How much of the steps from pixel to pixel in one the other repeats, at best: about 1 where one of them only gained or
    /// lost something, less where each has what the other lacks as two shots do, more where one is blurred.
    pub repeated: f32,
    /// The mean of levels by which the paler of both differs from grey.
    pub paler: f32,
    /// The same of the more colourful.
    pub richer: f32,
}

/// One way in which an inner picture may lie upon an outer one.
struct Try<'a> {
    holder: Holder,
    outer: &'a Look,
    inner: Look,
    symmetry: Symmetry,
    /// Size of the inner picture in coarse pixels of the outer.
    size: (usize, usize),
    placement: Placement,
    coarse: Agreement,
}

/// Lays `a` and `b` upon each other: edge upon edge in all eight symmetries, then one as a part of the other, mirrored
/// or not. The best of what was found, though it may be poor; `None` when nothing fits at all.
pub fn overlay(a: &Look, b: &Look, limits: &Limits) -> Option<Overlay> {
    let whole = best(whole_tries(a, b), limits);
    if let Some(found) = whole
        && limits.is_beyond_doubt(&found)
    {
        return whole;
    }
    let mut places: Vec<(Spot, Holder, Symmetry)> = Vec::new();
    for (holder, outer, inner) in [(Holder::First, a, b), (Holder::Second, b, a)] {
        for symmetry in [Symmetry::UPRIGHT, Symmetry::MIRRORED] {
            let found = part_places(outer, inner, symmetry);
            places.extend(found.into_iter().map(|spot| (spot, holder, symmetry)));
        }
    }
    places.sort_by(|a, b| b.0.score.total_cmp(&a.0.score));
    places.truncate(PLACES);
    let tries = places.into_iter().filter_map(|(spot, holder, symmetry)| {
        let (outer, inner) = if holder == Holder::First { (a, b) } else { (b, a) };
        part_try(holder, outer, inner.turned(symmetry), symmetry, &spot)
    });
    better(whole, best(tries.collect(), limits))
}

fn better(a: Option<Overlay>, b: Option<Overlay>) -> Option<Overlay> {
    let quality = |overlay: &Overlay| overlay.share * overlay.middle;
    [a, b].into_iter().flatten().max_by(|a, b| quality(a).total_cmp(&quality(b)))
}

/// The few most promising, looked at closely until one leaves no doubt.
fn best(mut tries: Vec<Try<'_>>, limits: &Limits) -> Option<Overlay> {
    tries.retain(|tried| tried.coarse.share >= HOPELESS);
    tries.sort_by(|a, b| b.coarse.share.total_cmp(&a.coarse.share));
    let mut best = None;
    for found in tries.iter().take(CLOSELY).filter_map(Try::measured) {
        best = better(best, Some(found));
        if limits.is_beyond_doubt(&found) {
            break;
        }
    }
    best
}

/// Edge upon edge: the turned or mirrored forms that correlate best.
fn whole_tries<'a>(a: &'a Look, b: &Look) -> Vec<Try<'a>> {
    let mut forms: Vec<(f32, Symmetry)> = Symmetry::ALL
        .into_iter()
        .filter(|symmetry| {
            let aspect = if symmetry.swaps_sides() { 1.0 / b.aspect } else { b.aspect };
            (aspect / a.aspect).ln().abs() < SAME_SHAPE
        })
        .map(|symmetry| (correlation(&a.tiny, &b.tiny.turned(symmetry)), symmetry))
        .collect();
    forms.retain(|(score, _)| *score >= LEAST_OF_FORM);
    forms.sort_by(|a, b| b.0.total_cmp(&a.0));
    let clear = forms.first().map_or(0.0, |(best, _)| best - MUCH_BETTER);
    forms.retain(|(score, _)| *score >= clear);
    forms.truncate(FORMS);
    let size = (a.coarse.width, a.coarse.height);
    let middle = Placement::at([size.0 as f32 / 2.0, size.1 as f32 / 2.0]);
    forms
        .into_iter()
        .filter_map(|(_, symmetry)| Try::new(Holder::First, a, b.turned(symmetry), symmetry, size, middle))
        .collect()
}

/// Where one may be a part of the other.
fn part_places(outer: &Look, inner: &Look, symmetry: Symmetry) -> Vec<Spot> {
    let narrower = inner.aspect / outer.aspect;
    let fill = if narrower >= 1.0 { (1.0, 1.0 / narrower) } else { (narrower, 1.0) };
    let inner = inner.coarse.turned(symmetry);
    let likely = |spot: &Spot| spot.score >= LEAST_OF_PLACE;
    // At a fifth of the work, most pairs of different pictures are done with.
    if !spots(&inner, &outer.tiny, fill, SMALLEST_AT_FIRST).iter().any(likely) {
        return Vec::new();
    }
    let mut found = spots(&inner, &outer.middling, fill, SMALLEST);
    found.retain(likely);
    found
}

fn part_try<'a>(
    holder: Holder,
    outer: &'a Look,
    inner: Look,
    symmetry: Symmetry,
    spot: &Spot,
) -> Option<Try<'a>> {
    let scale = outer.coarse.width as f32 / outer.middling.width as f32;
    let middle = |corner: usize, size: usize| (corner as f32 + size as f32 / 2.0) * scale;
    let centre = [middle(spot.corner.0, spot.size.0), middle(spot.corner.1, spot.size.1)];
    let side = |size: usize| (size as f32 * scale).round() as usize;
    let size = (side(spot.size.0), side(spot.size.1));
    Try::new(holder, outer, inner, symmetry, size, Placement::at(centre))
}

/// Of two planes of one size, -1 to 1.
fn correlation(a: &Plane, b: &Plane) -> f32 {
    let centred = |plane: &Plane| -> Vec<f32> {
        let mean = plane.values.iter().sum::<f32>() / plane.values.len() as f32;
        plane.values.iter().map(|value| value - mean).collect()
    };
    let (a, b) = (centred(a), centred(b));
    dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt().max(1.0)
}

impl<'a> Try<'a> {
    fn new(
        holder: Holder,
        outer: &'a Look,
        inner: Look,
        symmetry: Symmetry,
        size: (usize, usize),
        start: Placement,
    ) -> Option<Self> {
        let coarse_inner = inner.fine.reduced(size.0, size.1);
        let placement = refined(&coarse_inner, &outer.coarse, start, COARSE_ROUNDS)?;
        let coarse = agreement(&coarse_inner, &outer.coarse, &placement, COARSE_WINDOW);
        Some(Self { holder, outer, inner, symmetry, size, placement, coarse })
    }

    fn measured(&self) -> Option<Overlay> {
        let inner = self.inner.fine.reduced(2 * self.size.0, 2 * self.size.1);
        let outer = &self.outer.fine;
        let placement = refined(&inner, outer, self.placement.doubled(), FINE_ROUNDS)?;
        let found = fine_agreement(&inner, outer, &placement);
        let left = remains(&inner, outer, &placement);
        let (degrees, stretch) = self.turn_and_stretch(&inner, &placement)?;
        let [a, b, c, d] = placement.linear;
        let covered = (a * d - b * c).abs() * inner.values.len() as f32;
        let corners_apart = corners_apart(&inner, outer, &placement);
        Some(Overlay {
            holder: self.holder,
            symmetry: self.symmetry,
            degrees,
            stretch,
            area: (covered / outer.values.len() as f32).min(1.0),
            corners_apart,
            evidence: found.evidence,
            share: found.share,
            middle: found.middle,
            middle_agreeing: found.middle_agreeing,
            one_sided: found.one_sided,
            tone: left.tone,
            color: if corners_apart < 0.1 { self.color_apart() } else { 0.0 },
            everywhere: left.everywhere,
            worst: left.worst,
            usual: left.usual,
            repeated: left.repeated,
            paler: self.color_of(&self.inner).min(self.color_of(self.outer)),
            richer: self.color_of(&self.inner).max(self.color_of(self.outer)),
        })
    }

    /// In the photo's own proportions, not the square's: degrees clockwise, and the ratio of the scales. `None` when it
    /// would have been turned over or folded.
    fn turn_and_stretch(&self, inner: &Plane, placement: &Placement) -> Option<(f32, f32)> {
        let outer = &self.outer.fine;
        let across = |look: &Look, plane: &Plane| look.aspect / plane.width as f32;
        let (from_x, from_y) = (across(&self.inner, inner), 1.0 / inner.height as f32);
        let (to_x, to_y) = (across(self.outer, outer), 1.0 / outer.height as f32);
        let [a, b, c, d] = placement.linear;
        let (a, b, c, d) = (a * to_x / from_x, b * to_x / from_y, c * to_y / from_x, d * to_y / from_y);
        // Singular values, by the parts that turn and that mirror (Blinn 1996).
        let turning = (a + d).hypot(c - b) / 2.0;
        let mirroring = (a - d).hypot(c + b) / 2.0;
        (turning > mirroring)
            .then(|| ((c - b).atan2(a + d).to_degrees(), (turning + mirroring) / (turning - mirroring)))
    }

    fn color_of(&self, look: &Look) -> f32 {
        look.color.iter().flat_map(|plane| &plane.values).map(|value| value.abs()).sum::<f32>() / 128.0
    }

    fn color_apart(&self) -> f32 {
        let pairs = self.outer.color.iter().zip(&self.inner.color);
        let apart = pairs.flat_map(|(outer, inner)| outer.values.iter().zip(&inner.values));
        apart.map(|(outer, inner)| (outer - inner).abs()).sum::<f32>() / 128.0
    }
}

fn corners_apart(inner: &Plane, outer: &Plane, placement: &Placement) -> f32 {
    let (half_x, half_y) = (inner.width as f32 / 2.0, inner.height as f32 / 2.0);
    let (width, height) = (outer.width as f32, outer.height as f32);
    let corners = [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)];
    let apart = corners.into_iter().flat_map(|(x, y)| {
        let (at_x, at_y) = placement.map(x * half_x, y * half_y);
        [at_x / width - (x + 1.0) / 2.0, at_y / height - (y + 1.0) / 2.0]
    });
    apart.map(f32::abs).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lane, Strictness};
    use likeness_domain::SmallPicture;

    /// Clouds, coarse and fine, seen at places that `at` says, both 0 to 1; 4:3.
    fn look(seed: u64, at: impl Fn(f32, f32) -> (f32, f32)) -> Look {
        let clouds = |side: usize, seed: u64| {
            let values = likeness_testkit::clustered_vectors(1, side * side, seed);
            let scale = 25.0 * side as f32;
            Plane { width: side, height: side, values: values.iter().map(|value| value * scale).collect() }
        };
        let (coarse, fine) = (clouds(9, seed), clouds(25, seed + 100));
        let mut bytes = vec![128; SmallPicture::BYTES];
        for (place, value) in bytes[..SmallPicture::SIDE * SmallPicture::SIDE].iter_mut().enumerate() {
            let middle = |at: usize| (at as f32 + 0.5) / SmallPicture::SIDE as f32;
            let (x, y) = at(middle(place % SmallPicture::SIDE), middle(place / SmallPicture::SIDE));
            let read = |plane: &Plane| {
                let side = plane.width as f32 - 1.0;
                plane.at(0.5 + side * x.clamp(0.0, 1.0), 0.5 + side * y.clamp(0.0, 1.0))
            };
            *value = (128.0 + read(&coarse) + read(&fine)).clamp(0.0, 255.0) as u8;
        }
        Look::new(&SmallPicture::from_bytes(bytes).expect("as many bytes as it should"), 400, 300)
    }

    fn found(a: &Look, b: &Look) -> (Option<Lane>, Option<Overlay>) {
        let limits = Strictness::Usual.limits();
        let overlay = overlay(a, b, &limits);
        (overlay.and_then(|overlay| limits.lane(&overlay)), overlay)
    }

    #[test]
    fn a_picture_is_a_copy_of_itself_and_of_a_quarter_turn() {
        let original = look(1, |x, y| (x, y));
        assert_eq!(found(&original, &original).0, Some(Lane::Copies));
        let turned = original.turned(Symmetry::QUARTER);
        let (lane, overlay) = found(&original, &turned);
        assert_eq!(lane, Some(Lane::Copies), "{overlay:?}");
        assert_eq!(overlay.map(|overlay| overlay.symmetry.quarters), Some(3), "turned back");
    }

    #[test]
    fn a_part_of_it_is_an_edit_and_where_it_was_is_known() {
        let original = look(1, |x, y| (x, y));
        let part = look(1, |x, y| (0.2 + 0.6 * x, 0.3 + 0.6 * y));
        for (a, b, holder) in [(&original, &part, Holder::First), (&part, &original, Holder::Second)] {
            let (lane, overlay) = found(a, b);
            let overlay = overlay.expect("laid");
            assert_eq!((lane, overlay.holder), (Some(Lane::Edits), holder), "{overlay:?}");
            assert!((overlay.area - 0.36).abs() < 0.02 && overlay.degrees.abs() < 1.0, "{overlay:?}");
        }
    }

    #[test]
    fn a_mirrored_or_turned_one_is_an_edit() {
        let original = look(1, |x, y| (x, y));
        let (lane, overlay) = found(&original, &look(1, |x, y| (1.0 - x, y)));
        assert_eq!((lane, overlay.map(|o| o.symmetry)), (Some(Lane::Edits), Some(Symmetry::MIRRORED)));
        // By 5 degrees in the photo's own proportions, and enlarged to have no corners.
        let (sine, cosine) = 5.0f32.to_radians().sin_cos();
        let turned = look(1, |x, y| {
            let (x, y) = ((x - 0.5) * 4.0 * 0.85, (y - 0.5) * 3.0 * 0.85);
            ((cosine * x - sine * y) / 4.0 + 0.5, (sine * x + cosine * y) / 3.0 + 0.5)
        });
        let (lane, overlay) = found(&original, &turned);
        let overlay = overlay.expect("laid");
        assert_eq!(lane, Some(Lane::Edits), "{overlay:?}");
        assert!((overlay.degrees.abs() - 5.0).abs() < 0.5 && overlay.stretch < 1.01, "{overlay:?}");
    }

    #[test]
    fn other_pictures_are_neither() {
        for seed in 2..12 {
            let (lane, overlay) = found(&look(1, |x, y| (x, y)), &look(seed, |x, y| (x, y)));
            assert_eq!(lane, None, "{overlay:?}");
        }
    }
}
