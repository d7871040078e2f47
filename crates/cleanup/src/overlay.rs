//! Lays two photos upon each other as well as can be, and measures what comes of it.

use crate::agreement::{agreement, remains, share_agreeing};
use crate::look::Look;
use crate::place::{Placement, Refiner, dot, seen_through};
use crate::plane::Plane;
use crate::search::{Spot, spots};
use crate::{Limits, Symmetry};

/// Rounds at the coarse size, after which what is hopeless is left ...
const FIRST_ROUNDS: usize = 2;
/// ... those after them, in which most of the way is gone ...
const COARSE_ROUNDS: usize = 6;
/// ... and at the fine size.
const FINE_ROUNDS: usize = 5;
/// Of its rows, every second one says enough to lay them.
const ROWS_APART: usize = 2;
/// Pixels in a side of a window at the coarse size, and at the fine one.
const COARSE_WINDOW: usize = 5;
const FINE_WINDOW: usize = 7;
/// Below these shares of agreeing windows at the coarse size, after the first rounds and after all, nothing further is tried.
const HOPELESS_AT_FIRST: f32 = 0.25;
const HOPELESS: f32 = 0.4;
/// Pixels for each coarse one when looked at closely, and where that leaves doubt: what was stored with large losses is more
/// like itself with less detail.
const DETAILS: [f32; 2] = [2.0, 1.75];
/// How many turned or mirrored forms of the whole picture are tried, and how many places inside.
const FORMS: usize = 2;
const PLACES: usize = 4;
/// A form that correlates by so much better than the others is the only one that is tried.
const MUCH_BETTER: f32 = 0.3;
/// Forms that correlate less, and places that surprise less, are not tried.
const LEAST_OF_FORM: f32 = 0.45;
const LEAST_SURPRISE: f32 = 8.0;
/// Nor are places that surprise by so much less than the best one.
const MUCH_LESS: f32 = 0.8;
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
    inner: &'a Look,
    symmetry: Symmetry,
    /// Its size in coarse pixels of the outer.
    size: (usize, usize),
    placement: Placement,
    /// Of windows that agree at the coarse size.
    share: f32,
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
    let mut places: Vec<(Spot, Holder)> = Vec::new();
    for (holder, outer, inner) in [(Holder::First, a, b), (Holder::Second, b, a)] {
        let narrower = inner.aspect / outer.aspect;
        let fill = if narrower >= 1.0 { (1.0, 1.0 / narrower) } else { (narrower, 1.0) };
        let found = spots(inner.sums(), &outer.tiny, fill);
        places.extend(found.into_iter().map(|spot| (spot, holder)));
    }
    places.sort_by(|a, b| b.0.surprise.total_cmp(&a.0.surprise));
    let least = places.first().map_or(0.0, |(best, _)| (MUCH_LESS * best.surprise).max(LEAST_SURPRISE));
    places.retain(|(spot, _)| spot.surprise >= least);
    places.truncate(PLACES);
    let tries = places.into_iter().filter_map(|(spot, holder)| {
        let (outer, inner) = if holder == Holder::First { (a, b) } else { (b, a) };
        part_try(holder, outer, inner, &spot)
    });
    better(whole, best(tries.collect(), limits))
}

fn better(a: Option<Overlay>, b: Option<Overlay>) -> Option<Overlay> {
    let quality = |overlay: &Overlay| overlay.share * overlay.middle;
    [a, b].into_iter().flatten().max_by(|a, b| quality(a).total_cmp(&quality(b)))
}

/// The few most promising, looked at closely until one leaves no doubt.
fn best(mut tries: Vec<Try<'_>>, limits: &Limits) -> Option<Overlay> {
    tries.retain(|tried| tried.share >= HOPELESS);
    tries.sort_by(|a, b| b.share.total_cmp(&a.share));
    let mut best = None;
    for tried in tries.iter().take(CLOSELY) {
        for detail in DETAILS {
            let Some(found) = tried.measured(detail) else { break };
            best = better(best, Some(found));
            if limits.is_beyond_doubt(&found) {
                return best;
            }
            if found.share < HOPELESS {
                break;
            }
        }
    }
    best
}

/// Edge upon edge: the turned or mirrored forms that correlate best.
fn whole_tries<'a>(a: &'a Look, b: &'a Look) -> Vec<Try<'a>> {
    let mut forms: Vec<(f32, Symmetry)> = Symmetry::ALL
        .into_iter()
        .filter(|symmetry| (b.aspect_turned(*symmetry) / a.aspect).ln().abs() < SAME_SHAPE)
        .map(|symmetry| (dot(&a.outline().values, &b.outline().turned(symmetry).values), symmetry))
        .collect();
    forms.retain(|(score, _)| *score >= LEAST_OF_FORM);
    forms.sort_by(|a, b| b.0.total_cmp(&a.0));
    let clear = forms.first().map_or(0.0, |(best, _)| best - MUCH_BETTER);
    forms.retain(|(score, _)| *score >= clear);
    forms.truncate(FORMS);
    let side = a.coarse.width;
    let middle = Placement::at([side as f32 / 2.0; 2]);
    forms
        .into_iter()
        .filter_map(|(_, symmetry)| Try::new(Holder::First, a, b, symmetry, (side, side), middle))
        .collect()
}

/// One as a part of the other.
fn part_try<'a>(holder: Holder, outer: &'a Look, inner: &'a Look, spot: &Spot) -> Option<Try<'a>> {
    let symmetry = if spot.mirrored { Symmetry::MIRRORED } else { Symmetry::UPRIGHT };
    let side = outer.coarse.width as f32;
    let centre = [spot.centre.0 * side, spot.centre.1 * side];
    let size = ((spot.size.0 * side).round() as usize, (spot.size.1 * side).round() as usize);
    Try::new(holder, outer, inner, symmetry, size, Placement::at(centre))
}

impl<'a> Try<'a> {
    fn new(
        holder: Holder,
        outer: &'a Look,
        inner: &'a Look,
        symmetry: Symmetry,
        size: (usize, usize),
        start: Placement,
    ) -> Option<Self> {
        let reduced = inner.coarse.turned(symmetry).reduced(size.0, size.1);
        let share = |placement: &Placement| {
            share_agreeing(&reduced, &seen_through(&reduced, &outer.coarse, placement), COARSE_WINDOW)
        };
        let mut refiner = Refiner::new(&reduced, &reduced.slopes(), 1);
        let first = refiner.refined(&outer.coarse, start, FIRST_ROUNDS)?;
        if share(&first) < HOPELESS_AT_FIRST {
            return None;
        }
        let placement = refiner.refined(&outer.coarse, first, COARSE_ROUNDS)?;
        let share = share(&placement);
        Some(Self { holder, outer, inner, symmetry, size, placement, share })
    }

    /// With `detail` pixels for each coarse one.
    fn measured(&self, detail: f32) -> Option<Overlay> {
        let side = |coarse: usize| (detail * coarse as f32).round() as usize;
        let inner = self.inner.fine().turned(self.symmetry).reduced(side(self.size.0), side(self.size.1));
        let outer = self.outer.fine();
        let start = self.placement.scaled(detail, 2.0);
        let slopes = inner.slopes();
        let placement = Refiner::new(&inner, &slopes, ROWS_APART).refined(outer, start, FINE_ROUNDS)?;
        let seen = seen_through(&inner, outer, &placement);
        let found = agreement(&inner, &seen, FINE_WINDOW);
        let left = remains(&inner, &slopes, &seen);
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
            paler: color_of(self.inner).min(color_of(self.outer)),
            richer: color_of(self.inner).max(color_of(self.outer)),
        })
    }

    /// In the photo's own proportions, not the square's: degrees clockwise, and the ratio of the scales. `None` when it
    /// would have been turned over or folded.
    fn turn_and_stretch(&self, inner: &Plane, placement: &Placement) -> Option<(f32, f32)> {
        let outer = self.outer.fine();
        let (from_x, from_y) =
            (self.inner.aspect_turned(self.symmetry) / inner.width as f32, 1.0 / inner.height as f32);
        let (to_x, to_y) = (self.outer.aspect / outer.width as f32, 1.0 / outer.height as f32);
        let [a, b, c, d] = placement.linear;
        let (a, b, c, d) = (a * to_x / from_x, b * to_x / from_y, c * to_y / from_x, d * to_y / from_y);
        // Singular values, by the parts that turn and that mirror (Blinn 1996).
        let turning = (a + d).hypot(c - b) / 2.0;
        let mirroring = (a - d).hypot(c + b) / 2.0;
        (turning > mirroring)
            .then(|| ((c - b).atan2(a + d).to_degrees(), (turning + mirroring) / (turning - mirroring)))
    }

    fn color_apart(&self) -> f32 {
        let (outer, inner) =
            (self.outer.color(), self.inner.color().map(|plane| plane.turned(self.symmetry)));
        let apart =
            outer.iter().zip(&inner).flat_map(|(outer, inner)| outer.values.iter().zip(&inner.values));
        apart.map(|(outer, inner)| (outer - inner).abs()).sum::<f32>() / 128.0
    }
}

fn color_of(look: &Look) -> f32 {
    look.color().iter().flat_map(|plane| &plane.values).map(|value| value.abs()).sum::<f32>() / 128.0
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

    fn turned(look: &Look, symmetry: Symmetry) -> Look {
        let mut bytes: Vec<u8> =
            look.fine().turned(symmetry).values.iter().map(|value| *value as u8).collect();
        bytes.resize(SmallPicture::BYTES, 128);
        let width = (look.aspect_turned(symmetry) * 300.0) as u32;
        Look::new(&SmallPicture::from_bytes(bytes).expect("as many bytes as it should"), width, 300)
    }

    fn found(a: &Look, b: &Look) -> (Option<Lane>, Option<Overlay>) {
        let limits = Strictness::Usual.limits();
        let overlay = overlay(a, b, &limits);
        (overlay.and_then(|overlay| limits.lane(&overlay, None)), overlay)
    }

    #[test]
    fn a_picture_is_a_copy_of_itself_and_of_a_quarter_turn() {
        let original = look(1, |x, y| (x, y));
        assert_eq!(found(&original, &original).0, Some(Lane::Copies));
        let turned = turned(&original, Symmetry::QUARTER);
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
