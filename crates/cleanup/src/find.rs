//! The line from candidates to kinships: facts are asked first, then pixels.

use likeness_domain::{Cancelled, JobContext, Stage};
use rayon::prelude::*;

use crate::moments::{Bond, Moment, Shot, bond, moment};
use crate::{Kinship, Lane, Limits, Look, Overlay, overlay};

/// What one photo is to another, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// How they are alike.
    pub lane: Lane,
    /// How one lies upon the other; nothing for bursts, which are told by time and embedding.
    pub overlay: Option<Overlay>,
    /// Why neither is selected to go, if so.
    pub bond: Option<Bond>,
}

/// Photos of a library as finding sees them, by row.
pub trait Photos: Sync {
    /// What is known of the taking.
    fn shot(&self, row: u32) -> &Shot;
    /// The small picture, made ready; `None` when there is none yet.
    fn look(&self, row: u32) -> Option<Look>;
    /// Cosine distance of embeddings; `None` when one is missing.
    fn distance(&self, a: u32, b: u32) -> Option<f32>;
}

/// Compares two photos. `None` when they are no near-duplicates, or too little is known to say so.
pub fn compare(photos: &impl Photos, a: u32, b: u32, limits: &Limits) -> Option<Comparison> {
    let (shot_a, shot_b) = (photos.shot(a), photos.shot(b));
    let bond = bond(shot_a, shot_b);
    let is_burst = || photos.distance(a, b).is_some_and(|distance| distance <= limits.farthest_burst);
    match moment(shot_a, shot_b) {
        Moment::Apart => None,
        Moment::Burst(_) => is_burst().then_some(Comparison { lane: Lane::Bursts, overlay: None, bond }),
        Moment::Open => {
            let overlay = overlay(&photos.look(a)?, &photos.look(b)?, limits)?;
            let lane = limits.lane(&overlay)?;
            Some(Comparison { lane, overlay: Some(overlay), bond })
        }
    }
}

/// Compares all `pairs`, on all cores. Tells its progress as [`Stage::Compare`].
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
            .par_iter()
            .filter_map(|&(a, b)| {
                let comparison = compare(photos, a, b, limits)?;
                Some((Kinship { a, b, lane: comparison.lane }, comparison))
            })
            .collect();
        found.extend(of_part);
    }
    Ok(found)
}
