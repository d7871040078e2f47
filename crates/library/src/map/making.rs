//! The map that is being made, for whoever watches: where photos lie now and then, at most four times a second.

use std::time::{Duration, Instant};

use likeness_domain::PhotoId;
use parking_lot::Mutex;

use super::{Dims, in_space};
use crate::notices::Notices;
use crate::{Library, Notice};

/// How far a map that is being made is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MakingMap {
    /// Its dimensions.
    pub dims: Dims,
    /// Rounds done; 0 while neighbours are looked for.
    pub round: usize,
    /// Rounds in all.
    pub rounds: usize,
}

/// What can be seen of it.
#[derive(Default)]
pub(crate) struct Watched(Mutex<Option<Seen>>);

struct Seen {
    making: MakingMap,
    photos: Vec<PhotoId>,
    places: Vec<[f32; 3]>,
}

const SHORTEST_PAUSE: Duration = Duration::from_millis(250);
/// A million places are shown once a second.
const PAUSE_FOR_EACH: Duration = Duration::from_micros(1);

/// Shows one map while it is made. Nothing is seen any more when it is dropped.
pub(super) struct Showing<'a> {
    watched: &'a Watched,
    notices: &'a Notices,
    pause: Duration,
    shown: Option<Instant>,
}

impl Library {
    /// The map that is being made, if there is one.
    pub fn making_map(&self) -> Option<MakingMap> {
        self.watched.0.lock().as_ref().map(|seen| seen.making)
    }

    /// Its dimensions and places; nothing in its first seconds, while there are none.
    pub(super) fn places_in_making(&self) -> Option<(Dims, Vec<PhotoId>, Vec<[f32; 3]>)> {
        let watched = self.watched.0.lock();
        let seen = watched.as_ref()?;
        // Before the first round nobody has a place.
        let photos = seen.photos.iter().copied().take(seen.places.len()).collect();
        Some((seen.making.dims, photos, seen.places.clone()))
    }

    pub(super) fn show_making(&self, dims: Dims, photos: &[PhotoId], rounds: usize) -> Showing<'_> {
        let making = MakingMap { dims, round: 0, rounds };
        *self.watched.0.lock() = Some(Seen { making, photos: photos.to_vec(), places: Vec::new() });
        self.notices.tell(Notice::MapProgress(making));
        let pause = SHORTEST_PAUSE.max(PAUSE_FOR_EACH * photos.len() as u32);
        Showing { watched: &self.watched, notices: &self.notices, pause, shown: None }
    }
}

impl Showing<'_> {
    /// Where photos lie after so many rounds.
    pub(super) fn show<const D: usize>(&mut self, round: usize, positions: &[[f32; D]]) {
        if self.shown.is_some_and(|shown| shown.elapsed() < self.pause) {
            return;
        }
        self.shown = Some(Instant::now());
        let mut watched = self.watched.0.lock();
        let Some(seen) = watched.as_mut() else { return };
        seen.making.round = round;
        seen.places = positions.iter().map(in_space).collect();
        let making = seen.making;
        drop(watched);
        self.notices.tell(Notice::MapProgress(making));
    }
}

impl Drop for Showing<'_> {
    fn drop(&mut self) {
        *self.watched.0.lock() = None;
    }
}
