//! Odd ones out: photos that lie far from all others by look, and why, where their pixels tell it.

use std::path::{Path, PathBuf};

use likeness_cluster::oddness;
use likeness_decode::{Worker, measure_quality};
use likeness_domain::{JobContext, OddCause, PhotoFacts, PhotoId, Pixels, Stage};
use likeness_layout::neighbor_graph;
use likeness_store::PhotoRow;

use crate::all_cores::on_all_cores;
use crate::{Error, FIRST_MAP, Library, Notice};

/// Neighbours that a photo is compared with: few of them call a handful of odd photos usual.
const NEIGHBORS: usize = 90;
/// What is less odd is not told: 95 of 100 scores of a normal distribution.
const ODD: f32 = 0.95;
/// Causes are looked for of so many, the oddest first.
const WITH_CAUSE: usize = 500;
/// Photos are compared again when one of so many came or went.
const NOTICEABLE: u64 = 20;
/// Pixels in the short side of the pictures that causes are looked for in: about as many as thumbnails have.
const SHORT_SIDE: u32 = 384;

/// A photo that is unlike others.
#[derive(Debug, Clone)]
pub struct OddOne {
    /// The photo.
    pub photo: PhotoRow,
    /// How odd it is, 0.95 to 1.
    pub score: f32,
    /// Why; `None` where it is only unlike everything else.
    pub cause: Option<OddCause>,
}

impl Library {
    /// The oddest photos first, at most `count`, without those that the person keeps.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn odd_ones(&self, count: usize) -> Result<Vec<OddOne>, Error> {
        let mut odd = self.store.odd_photos(count)?;
        odd.retain(|odd| odd.score >= ODD);
        let rows = self.store.photos(&odd.iter().map(|odd| odd.photo).collect::<Vec<_>>())?;
        let told = |photo: PhotoRow| {
            let odd = odd.iter().find(|odd| odd.photo == photo.id)?;
            Some(OddOne { photo, score: odd.score, cause: odd.cause })
        };
        Ok(rows.into_iter().filter_map(told).collect())
    }

    /// Notes that photos are not odd to the person.
    ///
    /// # Errors
    /// As [`Store::keep_odd_ones`](likeness_store::Store::keep_odd_ones).
    pub fn keep_odd_ones(&self, photos: &[PhotoId]) -> Result<(), Error> {
        self.store.keep_odd_ones(photos)?;
        self.notices.tell(Notice::DecisionsChanged(photos.to_vec()));
        self.notices.tell(Notice::StateChanged);
        Ok(())
    }

    /// Tells anew which photos are odd when that is due: when there are enough of them for the first time, when one of
    /// twenty came or went, and when another model has looked at them. Then looks for causes.
    ///
    /// # Errors
    /// When the catalog cannot be read or written, or the job is cancelled.
    pub fn update_odd_ones(&self, ctx: &JobContext) -> Result<(), Error> {
        let Ok(eye) = self.eye() else { return Ok(()) };
        let tag = eye.answering(&self.store)?.vectors.tag().clone();
        let photos = self.store.embedding_stamp(&tag)?.count;
        let is_due = self
            .store
            .odd_among()?
            .is_none_or(|(model, among)| model != tag || photos.abs_diff(among) * NOTICEABLE > among);
        if photos >= FIRST_MAP && is_due {
            let looks = self.looks()?;
            let graph = neighbor_graph(ctx, &looks.vectors, looks.dimension(), NEIGHBORS)?;
            let rows = || 0..graph.len();
            let neighbors: Vec<u32> = rows().flat_map(|row| graph.neighbors(row)).copied().collect();
            let distances: Vec<f32> = rows().flat_map(|row| graph.distances(row)).copied().collect();
            let scores = oddness(&neighbors, &distances, graph.neighbors_of_each())?;
            let scored: Vec<(PhotoId, f32)> = looks.photos.iter().copied().zip(scores).collect();
            self.store.save_oddness(&looks.tag, &scored)?;
            self.notices.tell(Notice::StateChanged);
        }
        self.look_for_causes(ctx)
    }

    /// Whether nothing that can be told speaks against a photo: that it is blurred, dark or no photo at all. Nothing does when
    /// it cannot be looked at.
    pub(crate) fn is_fair(&self, photo: PhotoId) -> bool {
        let seen = || {
            let facts = self.facts_of(photo)?;
            cause(&self.thumbnail_pixels(photo, SHORT_SIDE)?, &facts)
        };
        seen().is_none()
    }

    fn look_for_causes(&self, ctx: &JobContext) -> Result<(), Error> {
        let photos = self.store.odd_photos_without_cause(WITH_CAUSE)?;
        // Those whose drive is away are asked about again.
        let there: Vec<(PhotoId, PathBuf)> =
            photos.into_iter().filter_map(|photo| Some((photo, self.present_file(photo).ok()?))).collect();
        if there.is_empty() {
            return Ok(());
        }
        let causes = on_all_cores(ctx, &self.decoders, Stage::Decode, there.len(), 1, |worker, files| {
            there[files]
                .iter()
                .map(|(photo, path)| (*photo, self.cause_in_file(worker, *photo, path)))
                .collect()
        })?;
        self.store.save_odd_causes(&causes)?;
        self.notices.tell(Notice::StateChanged);
        Ok(())
    }

    /// `None` also when the file cannot be read now: it is a problem then, and shown as one.
    fn cause_in_file(&self, worker: &mut Worker, photo: PhotoId, path: &Path) -> Option<OddCause> {
        let facts = self.facts_of(photo)?;
        cause(&worker.picture(path, SHORT_SIDE, None).ok()?, &facts)
    }

    fn facts_of(&self, photo: PhotoId) -> Option<PhotoFacts> {
        Some(self.store.photos(&[photo]).ok()?.pop()?.facts)
    }
}

fn cause(pixels: &Pixels, facts: &PhotoFacts) -> Option<OddCause> {
    measure_quality(pixels).odd_cause(facts.width, facts.height, facts.of_camera())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_up::MadeUp;

    #[test]
    fn few_are_odd_and_those_that_are_kept_are_odd_no_more() {
        let (_made_up, library) = MadeUp::with(0..400, 256);
        let job = JobContext::unattended();
        library.update_odd_ones(&job).expect("told");
        let odd = library.odd_ones(400).expect("odd ones");
        assert!(odd.len() < 80, "{}", odd.len());
        assert!(odd.windows(2).all(|pair| pair[0].score >= pair[1].score));
        let among = library.store.odd_among().expect("an answer").expect("told");
        assert_eq!(among.1, 400);
        if let Some(first) = odd.first() {
            library.keep_odd_ones(&[first.photo.id]).expect("kept");
            library.update_odd_ones(&job).expect("nothing is due");
            assert_eq!(library.odd_ones(400).expect("odd ones").len(), odd.len() - 1);
        }
    }
}
