//! What two photos are to each other, by how well one lies upon the other: copy, edit, or neither.

use crate::{Difference, Overlay};

/// The three kinds of near-duplicates, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// The same picture: same bytes, or stored again, resized, turned by quarters, in another container.
    Copies,
    /// Made from the same picture: a part of it, turned, mirrored, in other colours or light, with something over it.
    Edits,
    /// Another shot of the same moment.
    Bursts,
}

impl Lane {
    /// All of them, surest first.
    pub const ALL: [Lane; 3] = [Lane::Copies, Lane::Edits, Lane::Bursts];

    /// The word in the catalog, in JSON and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Lane::Copies => "copies",
            Lane::Edits => "edits",
            Lane::Bursts => "bursts",
        }
    }

    /// The lane that [`word`](Self::word) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.word() == word)
    }
}

/// How alike photos must be. The stricter, the fewer are found, and the fewer are found wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Strictness {
    /// Only what leaves no doubt.
    Careful,
    /// What was measured to be right at least 98 times of 100.
    #[default]
    Usual,
    /// Also what has to be looked at.
    Generous,
}

/// The numbers behind a strictness: what makes two photos the same picture. See [`Overlay`] for their units.
///
/// What a copy is, is the same for each: copies may be cleared away unseen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Windows that must have been compared, at least.
    pub least_evidence: f32,
    /// Share of windows that must agree, at least.
    pub least_share: f32,
    /// How much of one must be repeated in the other, at least: when all of it is without loss. Other shots of a moment have
    /// moved on both sides; words, frames and stickers are on one side only.
    pub least_repeated: f32,
    /// Share of windows with which less repetition is enough.
    pub clear_share: f32,
    /// How one-sided the rest must be, at least, for less repetition still to be enough: words over half a picture.
    pub least_one_sided: f32,
    /// Middle correlation of the windows that agree, at least.
    pub least_middle: f32,
    /// How much more one may be stretched in one direction, beside what few windows leave open: another point of view
    /// stretches.
    pub most_stretch: f32,
    /// Cosine distance within which shots of one moment are one burst.
    pub farthest_burst: f32,
}

impl Strictness {
    /// The numbers behind the word, tuned on half of the pictures of `benches/duplicates_truth.py`.
    pub fn limits(self) -> Limits {
        match self {
            Strictness::Careful => Limits {
                least_evidence: 5.0,
                least_share: 0.6,
                least_repeated: 0.95,
                clear_share: 0.95,
                least_one_sided: 0.6,
                least_middle: 0.9,
                most_stretch: 1.01,
                farthest_burst: 0.12,
            },
            Strictness::Usual => Limits {
                least_evidence: 2.5,
                least_share: 0.5,
                least_repeated: 0.93,
                clear_share: 0.91,
                least_one_sided: 0.5,
                least_middle: 0.88,
                most_stretch: 1.015,
                farthest_burst: 0.19,
            },
            Strictness::Generous => Limits {
                least_evidence: 2.0,
                least_share: 0.4,
                least_repeated: 0.85,
                clear_share: 0.85,
                least_one_sided: 0.45,
                least_middle: 0.85,
                most_stretch: 1.04,
                farthest_burst: 0.3,
            },
        }
    }
}

/// How much less is repeated for each unit of loss that is [usual](Overlay::usual).
const LOST_REPETITION: f32 = 0.15;
/// How much less is enough where nearly all windows agree.
const CLEAR_REPETITION: f32 = 0.08;
/// What lies under something that was put over a picture is the picture itself: its windows correlate at least so well.
const UNDER_MIDDLE: f32 = 0.97;
/// How much stretch one window leaves open.
const LOOSE_STRETCH: f32 = 0.4;

impl Limits {
    /// Whether there is no need to look for a better place.
    pub(crate) fn is_beyond_doubt(&self, overlay: &Overlay) -> bool {
        overlay.share >= 0.9 && overlay.evidence >= 2.0 * self.least_evidence && overlay.stretch < 1.03
    }

    /// [`Lane::Copies`], [`Lane::Edits`] or nothing. What a closer look saw decides what is a copy; without one the small
    /// pictures do.
    pub fn lane(&self, overlay: &Overlay, difference: Option<&Difference>) -> Option<Lane> {
        let is_same = self.is_same_picture(overlay);
        let is_copy = match difference {
            Some(difference) => difference.is_of_storage(),
            None => is_same && is_unchanged(overlay),
        };
        match (is_copy, is_same) {
            (true, _) => Some(Lane::Copies),
            (false, true) => Some(Lane::Edits),
            (false, false) => None,
        }
    }

    fn is_same_picture(&self, overlay: &Overlay) -> bool {
        let repeated = overlay.repeated >= self.least_repeated - LOST_REPETITION * overlay.usual;
        let clear =
            overlay.share >= self.clear_share && overlay.repeated >= self.least_repeated - CLEAR_REPETITION;
        let put_over = overlay.one_sided >= self.least_one_sided && overlay.middle_agreeing >= UNDER_MIDDLE;
        overlay.evidence >= self.least_evidence
            && overlay.share >= self.least_share
            && overlay.middle_agreeing >= self.least_middle
            && overlay.stretch < self.most_stretch + LOOSE_STRETCH / overlay.evidence
            && (repeated || clear || put_over)
    }
}

/// Corners of a copy lie so far beside the holder's at most ...
const CORNERS: f32 = 0.02;
/// ... and so far where less than this share of windows agrees, as when hardly any quality is left: no place is surer there.
const LOOSE_CORNERS: f32 = 0.03;
const SURE_SHARE: f32 = 0.75;
/// Of a copy with hardly any quality left, so many windows still agree.
const LEAST_SHARE: f32 = 0.2;

impl Overlay {
    /// Whether one may be a copy of the other, edge upon edge, for all that the small pictures show.
    pub(crate) fn is_worth_a_closer_look(&self) -> bool {
        let most_apart = if self.share < SURE_SHARE { LOOSE_CORNERS } else { CORNERS };
        !self.symmetry.mirrored && self.corners_apart < most_apart && self.share >= LEAST_SHARE
    }
}

/// What 256 colours add to what may differ: at a mark, in the light of a field, in its colour.
const PALETTE: [f32; 3] = [6.0, 2.0, 4.0];
/// More is not lost in any storage that still shows the picture: it was changed everywhere.
const MOST_LOST: f32 = 20.0;

impl Difference {
    /// Whether nothing but storage lies between two pictures. The more was lost, the more may differ: fast at first, then
    /// slower, for what is lost everywhere is seldom lost twice as much in one place.
    ///
    /// Each line lies between the outermost copies and the nearest edits of the tuning half.
    fn is_of_storage(&self) -> bool {
        let [mark, light, color] = if self.has_few_colors { PALETTE } else { [0.0; 3] };
        let lost = self.lost;
        lost <= MOST_LOST
            && self.worst <= mark + (0.8 + 3.0 * lost).min(5.7 + 1.75 * lost)
            && self.light <= light + 2.0 + 5.0 * lost
            && self.light_everywhere <= 2.2 + 0.4 * self.usual
            && self.color <= 0.35 + 1.6 * lost
            && self.color_at_most <= color + (1.5 + 20.0 * lost).min(12.5 + 1.15 * lost)
            && self.detail <= 1.2 + 0.12 * lost
    }
}

/// Whether nothing but storage lies between two small pictures. Where much was lost everywhere, as much may be lost in one place;
/// a mark in one place of two clean pictures was put there.
fn is_unchanged(overlay: &Overlay) -> bool {
    let within = |value: f32, clean: f32, lossy: f32| value <= clean + lossy * overlay.usual;
    let lost_color = overlay.paler < 0.5 && !within(overlay.richer, 1.5, 2.0);
    !overlay.symmetry.mirrored
        && overlay.corners_apart < 0.012
        && overlay.repeated <= 1.035
        && within(overlay.tone, 2.0, 12.0)
        && within(overlay.color, 1.5, 7.0)
        && within(overlay.worst, 0.9, 14.0)
        && !lost_color
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Holder, Symmetry};

    fn stored_again() -> Overlay {
        Overlay {
            holder: Holder::First,
            symmetry: Symmetry::UPRIGHT,
            degrees: 0.0,
            stretch: 1.0,
            area: 1.0,
            corners_apart: 0.001,
            evidence: 40.0,
            share: 0.97,
            middle: 0.99,
            middle_agreeing: 0.99,
            one_sided: 0.1,
            tone: 0.5,
            color: 0.5,
            everywhere: 0.1,
            worst: 0.8,
            usual: 0.2,
            repeated: 1.0,
            paler: 8.0,
            richer: 8.2,
        }
    }

    fn lane(change: impl Fn(&mut Overlay)) -> Option<Lane> {
        let mut overlay = stored_again();
        change(&mut overlay);
        Strictness::Usual.limits().lane(&overlay, None)
    }

    #[test]
    fn only_storage_makes_a_copy() {
        assert_eq!(lane(|_| ()), Some(Lane::Copies));
        assert_eq!(lane(|o| o.symmetry = Symmetry::QUARTER), Some(Lane::Copies));
        assert_eq!(lane(|o| o.symmetry = Symmetry::MIRRORED), Some(Lane::Edits));
        assert_eq!(lane(|o| o.corners_apart = 0.05), Some(Lane::Edits));
        assert_eq!(lane(|o| o.tone = 20.0), Some(Lane::Edits));
        assert_eq!(lane(|o| o.worst = 9.0), Some(Lane::Edits));
        assert_eq!(lane(|o| (o.worst, o.usual) = (9.0, 0.9)), Some(Lane::Copies), "hardly any quality left");
        assert_eq!(lane(|o| (o.paler, o.color) = (0.0, 1.6)), Some(Lane::Edits), "black and white");
        assert_eq!(lane(|o| o.repeated = 1.2), Some(Lane::Edits), "blurred");
    }

    #[test]
    fn a_closer_look_decides_what_a_copy_is() {
        let stored = Difference {
            usual: 0.3,
            lost: 0.8,
            worst: 1.5,
            light: 1.0,
            detail: 0.1,
            ..Difference::default()
        };
        let lane = |overlay: Overlay, difference: Difference| {
            Strictness::Usual.limits().lane(&overlay, Some(&difference))
        };
        let marked = Difference { worst: 9.0, ..stored };
        assert_eq!(lane(stored_again(), stored), Some(Lane::Copies));
        let palette = Difference { worst: 7.0, ..stored };
        assert_eq!(lane(stored_again(), palette), Some(Lane::Edits));
        assert_eq!(lane(stored_again(), Difference { has_few_colors: true, ..palette }), Some(Lane::Copies));
        assert_eq!(lane(stored_again(), marked), Some(Lane::Edits), "too small a mark for small pictures");
        assert_eq!(
            lane(stored_again(), Difference { lost: 6.0, ..marked }),
            Some(Lane::Copies),
            "much was lost"
        );
        assert_eq!(lane(stored_again(), Difference { light: 9.0, ..stored }), Some(Lane::Edits));
        assert_eq!(lane(stored_again(), Difference { light_everywhere: 3.0, ..stored }), Some(Lane::Edits));
        assert_eq!(lane(stored_again(), Difference { color: 3.0, ..stored }), Some(Lane::Edits));
        let paled = Difference { color_at_most: 15.0, ..stored };
        assert_eq!(lane(stored_again(), paled), Some(Lane::Edits), "the one thing that had a colour");
        let everything = Difference { lost: 25.0, worst: 30.0, ..stored };
        assert_eq!(lane(stored_again(), everything), Some(Lane::Edits), "no storage loses so much");
        assert_eq!(lane(stored_again(), Difference { detail: 2.0, ..stored }), Some(Lane::Edits), "blurred");
        let poor = Overlay { share: 0.35, repeated: 0.7, ..stored_again() };
        assert_eq!((lane(poor, stored), lane(poor, marked)), (Some(Lane::Copies), None));
    }

    #[test]
    fn a_loose_place_is_looked_at_more_closely_than_a_sure_one() {
        let is_looked_at = |share, corners_apart| {
            Overlay { share, corners_apart, ..stored_again() }.is_worth_a_closer_look()
        };
        assert!(is_looked_at(0.9, 0.015) && !is_looked_at(0.9, 0.025), "a narrow crop");
        assert!(is_looked_at(0.4, 0.025) && !is_looked_at(0.4, 0.035) && !is_looked_at(0.1, 0.0));
    }

    #[test]
    fn other_shots_are_neither() {
        assert_eq!(lane(|o| (o.share, o.repeated) = (0.8, 0.8)), None);
        assert_eq!(lane(|o| (o.share, o.repeated, o.worst) = (0.6, 0.97, 20.0)), Some(Lane::Edits));
        assert_eq!(lane(|o| (o.share, o.repeated) = (0.6, 0.7)), None);
        let words = lane(|o| (o.share, o.repeated, o.one_sided, o.worst) = (0.6, 0.7, 0.8, 20.0));
        assert_eq!(words, Some(Lane::Edits));
        assert_eq!(lane(|o| o.share = 0.3), None);
        assert_eq!(lane(|o| o.evidence = 1.0), None);
        assert_eq!(lane(|o| o.stretch = 1.06), None);
    }

    #[test]
    fn the_stricter_finds_what_the_less_strict_finds_less_of() {
        let all = [Strictness::Careful, Strictness::Usual, Strictness::Generous].map(Strictness::limits);
        for share in [0.3, 0.45, 0.55, 0.65, 0.88, 0.93, 0.99] {
            for repeated in [0.7, 0.8, 0.86, 0.9, 0.94, 1.0] {
                for evidence in [1.0, 2.2, 3.0, 40.0] {
                    let overlay = Overlay { share, repeated, evidence, ..stored_again() };
                    let found = all.map(|limits| limits.lane(&overlay, None).is_some());
                    assert!(found.is_sorted(), "{share} {repeated} {evidence}: {found:?}");
                }
            }
        }
    }
}
