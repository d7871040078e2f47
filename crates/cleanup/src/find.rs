//! The line from candidates to kinships: facts are asked first, then pixels.

use std::cell::OnceCell;

use likeness_domain::{Cancelled, JobContext, PictureFormat, Stage};
use rayon::prelude::*;

use crate::moments::{Bond, Moment, Shot, bond, moment};
use crate::panorama::are_parts;
use crate::{CloserLook, Difference, Kinship, Lane, Limits, Look, Overlay, difference, overlay};

/// What one photo is to another, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// How they are alike.
    pub lane: Lane,
    /// How one lies upon the other; nothing for bursts, which are told by time and embedding.
    pub overlay: Option<Overlay>,
    /// What a closer look saw; nothing where the small pictures left no doubt, or there was nothing to look at.
    pub difference: Option<Difference>,
    /// Why neither is selected to go, if so.
    pub bond: Option<Bond>,
}

impl Comparison {
    /// What it makes of two rows, the lower first.
    pub fn kinship(&self, a: u32, b: u32) -> Kinship {
        let small = self.overlay.map_or(0.0, |overlay| overlay.worst + overlay.color + overlay.tone);
        let apart = self.difference.map_or(small, |seen| seen.worst + seen.color + seen.light);
        Kinship { a, b, lane: self.lane, apart }
    }
}

/// Photos of a library as finding sees them, by row.
pub trait Photos: Sync {
    /// What is known of the taking.
    fn shot(&self, row: u32) -> &Shot;
    /// The small picture, made ready; `None` when there is none yet.
    fn look(&self, row: u32) -> Option<Look>;
    /// The photo at 256 pixels or more; `None` when it is not to be had.
    fn closer_look(&self, row: u32) -> Option<CloserLook>;
    /// Cosine distance of embeddings; `None` when one is missing.
    fn distance(&self, a: u32, b: u32) -> Option<f32>;
}

/// Compares two photos. `None` when they are no near-duplicates, or too little is known to say so.
pub fn compare(photos: &impl Photos, a: u32, b: u32, limits: &Limits) -> Option<Comparison> {
    One::new(photos, a).compare(b, limits)
}

/// One photo that is compared with others.
struct One<'a, P> {
    photos: &'a P,
    row: u32,
    look: OnceCell<Option<Look>>,
}

impl<'a, P: Photos> One<'a, P> {
    fn new(photos: &'a P, row: u32) -> Self {
        Self { photos, row, look: OnceCell::new() }
    }

    fn compare(&self, other: u32, limits: &Limits) -> Option<Comparison> {
        let photos = self.photos;
        let (own, others) = (photos.shot(self.row), photos.shot(other));
        let bond = bond(own, others);
        let is_burst =
            || photos.distance(self.row, other).is_some_and(|distance| distance <= limits.farthest_burst);
        match moment(own, others) {
            Moment::Apart => None,
            Moment::Burst(_) => {
                let lane = Lane::Bursts;
                is_burst().then(|| {
                    let bond = bond.or_else(|| self.is_beside(other).then_some(Bond::Panorama));
                    Comparison { lane, overlay: None, difference: None, bond }
                })
            }
            Moment::Open => {
                let look = self.look()?;
                let overlay = overlay(look, &photos.look(other)?, limits)?;
                let is_worth_it = overlay.is_worth_a_closer_look();
                let difference =
                    if is_worth_it { look_closer(photos, self.row, other, &overlay) } else { None };
                let lane = limits.lane(&overlay, difference.as_ref())?;
                Some(Comparison { lane, overlay: Some(overlay), difference, bond })
            }
        }
    }

    /// Whether it and another shot of the moment are parts of a panorama.
    fn is_beside(&self, other: u32) -> bool {
        let looks = self.look().zip(self.photos.look(other));
        looks.is_some_and(|(own, other)| are_parts(own, &other))
    }

    fn look(&self) -> Option<&Look> {
        self.look.get_or_init(|| self.photos.look(self.row)).as_ref()
    }
}

fn look_closer(photos: &impl Photos, a: u32, b: u32, overlay: &Overlay) -> Option<Difference> {
    let seen = difference(&photos.closer_look(a)?, &photos.closer_look(b)?, overlay.symmetry)?;
    let has_few_colors = [a, b].into_iter().any(|row| photos.shot(row).facts.format == PictureFormat::Gif);
    Some(Difference { has_few_colors, ..seen })
}

/// Compares all `pairs`, best in order, on all cores. Tells its progress as [`Stage::Compare`].
///
/// # Errors
/// When the job is cancelled.
pub fn compare_all(
    context: &JobContext,
    photos: &impl Photos,
    pairs: &[(u32, u32)],
    limits: &Limits,
) -> Result<Vec<(Kinship, Comparison)>, Cancelled> {
    const AT_ONCE: usize = 4_096;
    let mut found = Vec::new();
    for (done, part) in pairs.chunks(AT_ONCE).enumerate() {
        context.check()?;
        context.progress(Stage::Compare, (done * AT_ONCE) as u64, pairs.len() as u64);
        let of_part: Vec<(Kinship, Comparison)> = part
            .par_chunk_by(|one, next| one.0 == next.0)
            .flat_map_iter(|pairs| {
                let one = One::new(photos, pairs[0].0);
                pairs.iter().filter_map(move |&(a, b)| {
                    let comparison = one.compare(b, limits)?;
                    Some((comparison.kinship(a, b), comparison))
                })
            })
            .collect();
        found.extend(of_part);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Strictness;
    use likeness_domain::{CaptureTime, Exposure, PhotoFacts, SmallPicture};

    /// Photos that all look the same.
    struct Twins(Vec<Shot>);

    impl Photos for Twins {
        fn shot(&self, row: u32) -> &Shot {
            &self.0[row as usize]
        }

        fn look(&self, _: u32) -> Option<Look> {
            let values = likeness_testkit::clustered_vectors(1, SmallPicture::BYTES, 5);
            let bytes = values.iter().map(|value| (128.0 + 1500.0 * value) as u8).collect();
            Some(Look::new(&SmallPicture::from_bytes(bytes).ok()?, 4, 3))
        }

        fn closer_look(&self, _: u32) -> Option<CloserLook> {
            None
        }

        fn distance(&self, a: u32, b: u32) -> Option<f32> {
            Some(0.05 * a.abs_diff(b) as f32)
        }
    }

    fn shot(seconds: i64, exposed: f64) -> Shot {
        let exposure = Exposure { time_seconds: Some(exposed), iso: Some(100), ..Exposure::default() };
        let taken = CaptureTime { local_ms: 1_700_000_003_000 + seconds * 1_000, zone_minutes: None };
        let facts = PhotoFacts {
            format: PictureFormat::Jpeg,
            width: 4000,
            height: 3000,
            bits: Some(8),
            taken: Some(taken),
            camera: Some("Canon EOS 600D".into()),
            lens: None,
            exposure,
            gps: None,
            animated: false,
        };
        Shot { facts, stem: None, has_movie: false }
    }

    #[test]
    fn facts_are_asked_before_pixels() {
        let photos = Twins(vec![shot(0, 0.01), shot(0, 0.01), shot(2, 0.01), shot(600, 0.01), shot(1, 0.04)]);
        let pairs = [(0, 1), (0, 2), (0, 3), (0, 4)];
        let limits = Strictness::Usual.limits();
        let found = compare_all(&JobContext::unattended(), &photos, &pairs, &limits).expect("not cancelled");
        let seen: Vec<_> = found
            .iter()
            .map(|(kinship, how)| (kinship.b, how.lane, how.overlay.is_some(), how.bond))
            .collect();
        assert_eq!(
            seen,
            [
                (1, Lane::Copies, true, None),
                (2, Lane::Bursts, false, None),
                // Another shot ten minutes later is nothing, however alike; farther than a burst may be is nothing either.
            ]
        );
        let generous =
            compare(&photos, 0, 4, &Strictness::Generous.limits()).expect("within a generous burst");
        assert_eq!((generous.lane, generous.bond), (Lane::Bursts, Some(Bond::Bracket)));
    }
}
