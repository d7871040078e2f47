//! Hints, and how events are gathered into them.
//!
//! Pure bookkeeping with the time given from outside. Knows neither where events come from nor who listens.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use likeness_domain::{FolderId, RelativePath};

/// Something may have changed at these places: look there. No statement about what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The source folder.
    pub folder: FolderId,
    /// Files, or folders with everything below them; none lies under another. The root: look everywhere.
    pub places: Vec<RelativePath>,
}

/// A hint is given once nothing has happened for so long...
const QUIET: Duration = Duration::from_millis(300);
/// ...or when it has been held back for so long.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// More places than this are joined into the folders above them.
const MOST_PLACES: usize = 500;

/// Places that wait for being hinted at.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    places: BTreeSet<RelativePath>,
    /// When the first and the last came in.
    times: Option<(Instant, Instant)>,
}

impl Gathered {
    pub(crate) fn add(&mut self, place: RelativePath, now: Instant) {
        let first = self.times.map_or(now, |(first, _)| first);
        self.times = Some((first, now));
        if self.covers(&place) {
            return;
        }
        self.places.insert(place);
        while self.places.len() > MOST_PLACES {
            self.places = self.places.iter().map(|place| place.parent().unwrap_or_default()).collect();
        }
    }

    /// When to hint, if there is something to hint at.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.times.map(|(first, last)| (last + QUIET).min(first + LONGEST_WAIT))
    }

    /// Everything gathered, without what lies under something else.
    pub(crate) fn take(&mut self) -> Vec<RelativePath> {
        self.times = None;
        let is_widest = |place: &&RelativePath| place.parent().is_none_or(|parent| !self.covers(&parent));
        let widest = self.places.iter().filter(is_widest).cloned().collect();
        self.places.clear();
        widest
    }

    /// Whether the place, or a folder that it lies in, is there already.
    fn covers(&self, place: &RelativePath) -> bool {
        std::iter::successors(Some(place.clone()), RelativePath::parent)
            .any(|above| self.places.contains(&above))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> RelativePath {
        RelativePath::from_bytes(text.into()).expect("valid")
    }

    #[test]
    fn a_hint_waits_for_quiet_but_not_for_ever() {
        let start = Instant::now();
        let mut gathered = Gathered::default();
        assert_eq!(gathered.due(), None);
        gathered.add(place("a"), start);
        assert_eq!(gathered.due(), Some(start + QUIET));
        for step in 1..30 {
            gathered.add(place("a"), start + step * Duration::from_millis(100));
        }
        assert_eq!(gathered.due(), Some(start + LONGEST_WAIT));
        assert_eq!(gathered.take(), [place("a")]);
        assert_eq!(gathered.due(), None);
    }

    #[test]
    fn places_under_others_are_left_out() {
        let now = Instant::now();
        let mut gathered = Gathered::default();
        for text in ["a/b/1.jpg", "a/2.jpg", "a b/3.jpg", "a", "a/c/4.jpg", "b"] {
            gathered.add(place(text), now);
        }
        assert_eq!(gathered.take(), [place("a"), place("a b/3.jpg"), place("b")]);
        gathered.add(place("a"), now);
        gathered.add(RelativePath::ROOT, now);
        gathered.add(place("b"), now);
        assert_eq!(gathered.take(), [RelativePath::ROOT]);
    }

    #[test]
    fn many_places_become_the_folders_above_them() {
        let now = Instant::now();
        let mut gathered = Gathered::default();
        for file in 0..20_000 {
            gathered.add(place(&format!("2020/{}/{file}.jpg", file % 3)), now);
        }
        assert_eq!(gathered.take(), [place("2020/0"), place("2020/1"), place("2020/2")]);
    }
}
