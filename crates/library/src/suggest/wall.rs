//! Which suggestions are shown: what was found, after what the person said of it.
//!
//! What was said of a suggestion holds for whatever goes on in it: for the one with its number, and for those that have
//! more than half of their photos from it.

use std::collections::{HashMap, HashSet};

use likeness_domain::{PhotoId, SuggestionId};
use likeness_store::{Facet, Said, SaidSuggestion, Suggestion, SuggestionLevel};

use super::group::FEWEST;
use crate::{Error, Library};

/// A suggestion as the wall shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedAlbum {
    /// The suggestion, with photos in view only, its cover first.
    pub suggestion: Suggestion,
    /// Whether the person gave the name.
    pub named: bool,
    /// Whether it comes before others.
    pub pinned: bool,
    /// The times of its first and its last photo, by the camera's clock in milliseconds since 1970.
    pub shown_at_ms: (i64, i64),
    /// Parts that it can be opened into; 0 or at least 2.
    pub parts: usize,
}

/// Everything that is known of suggestions.
pub(super) struct Suggestions {
    walls: Vec<Suggestion>,
    parts: Vec<Suggestion>,
    said: Vec<SaidSuggestion>,
    /// What was said of suggestions with each photo, by place in `said`.
    said_of: HashMap<PhotoId, Vec<usize>>,
}

impl Library {
    /// The suggestions on the wall, or the parts of one: pinned ones first, then those with most photos.
    ///
    /// # Errors
    /// When the suggestion is gone, or the catalog cannot be read.
    pub fn suggestions(&self, inside: Option<SuggestionId>) -> Result<Vec<SuggestedAlbum>, Error> {
        let known = self.known_suggestions()?;
        let shown = match inside {
            None => known.on_the_wall(),
            Some(suggestion) => known.parts_of(&known.find(suggestion)?.suggestion),
        };
        let facets = self.facets()?;
        let in_view: HashMap<PhotoId, &Facet> =
            facets.photos.iter().map(|facet| (facet.photo, facet)).collect();
        let mut albums: Vec<SuggestedAlbum> =
            shown.iter().filter_map(|shown| known.as_shown(shown, &in_view)).collect();
        albums.sort_by_key(|album| {
            (!album.pinned, usize::MAX - album.suggestion.photos.len(), album.suggestion.id)
        });
        Ok(albums)
    }

    pub(super) fn known_suggestions(&self) -> Result<Suggestions, Error> {
        let said = self.store.said_suggestions()?;
        let mut said_of: HashMap<PhotoId, Vec<usize>> = HashMap::new();
        for (at, said) in said.iter().enumerate() {
            said.suggestion.photos.iter().for_each(|photo| said_of.entry(*photo).or_default().push(at));
        }
        Ok(Suggestions {
            walls: self.store.suggestions(SuggestionLevel::Wall)?,
            parts: self.store.suggestions(SuggestionLevel::Part)?,
            said,
            said_of,
        })
    }
}

impl Suggestions {
    /// One that is shown, as it is now. What was kept, dismissed or split is there no longer.
    pub(super) fn find(&self, suggestion: SuggestionId) -> Result<SaidSuggestion, Error> {
        let unknown = || Error::Store(likeness_store::Error::UnknownSuggestion(suggestion));
        if let Some(said) = self.said.iter().find(|said| said.suggestion.id == suggestion) {
            let is_shown = said.said == Said::Held;
            return is_shown.then(|| said.clone()).ok_or_else(unknown);
        }
        let found = self.walls.iter().chain(&self.parts).find(|found| found.id == suggestion);
        found.map(as_found).ok_or_else(unknown)
    }

    /// Whether grouping has made the same of these photos now.
    pub(super) fn is_found_again(&self, held: &Suggestion) -> bool {
        let photos: HashSet<&PhotoId> = held.photos.iter().collect();
        self.walls.iter().chain(&self.parts).any(|found| {
            found.photos.len() == photos.len() && found.photos.iter().all(|photo| photos.contains(photo))
        })
    }

    fn on_the_wall(&self) -> Vec<SaidSuggestion> {
        let held = self.said.iter().filter(|said| said.said == Said::Held).cloned();
        let walls = self.walls.iter().filter(|found| !self.is_said(found, &Said::ALL)).map(as_found);
        let of_split = self.parts.iter().filter(|part| {
            self.is_in_split(part) && !self.is_said(part, &[Said::Held, Said::Kept, Said::Dismissed])
        });
        held.chain(walls).chain(of_split.map(as_found)).collect()
    }

    /// What lies within a suggestion and is not the whole of it; none, or at least two.
    pub(super) fn parts_of(&self, whole: &Suggestion) -> Vec<SaidSuggestion> {
        let inside: HashSet<PhotoId> = whole.photos.iter().copied().collect();
        let is_part = |part: &&Suggestion| {
            let shared = part.photos.iter().filter(|photo| inside.contains(photo)).count();
            part.id != whole.id && part.photos.len() < inside.len() && shared * 2 > part.photos.len()
        };
        let parts: Vec<&Suggestion> = self.parts.iter().filter(is_part).collect();
        if parts.len() < 2 {
            return Vec::new();
        }
        let open = |part: &&Suggestion| !self.is_said(part, &[Said::Held, Said::Kept, Said::Dismissed]);
        parts.into_iter().filter(open).map(as_found).collect()
    }

    /// Whether one of `words` was said of it, or of what more than half of it was in.
    fn is_said(&self, found: &Suggestion, words: &[Said]) -> bool {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for said in found.photos.iter().filter_map(|photo| self.said_of.get(photo)).flatten() {
            *shared.entry(*said).or_default() += 1;
        }
        let lies_in = shared.into_iter().filter(|(_, photos)| photos * 2 > found.photos.len());
        let same = self.said.iter().filter(|said| said.suggestion.id == found.id);
        lies_in.map(|(at, _)| &self.said[at]).chain(same).any(|said| words.contains(&said.said))
    }

    /// Whether it is a part of a suggestion that was split: as that is now, where it goes on.
    fn is_in_split(&self, part: &Suggestion) -> bool {
        self.said.iter().filter(|said| said.said == Said::Split).any(|said| {
            let now = self.walls.iter().find(|wall| wall.id == said.suggestion.id);
            let inside: HashSet<PhotoId> = now.unwrap_or(&said.suggestion).photos.iter().copied().collect();
            part.photos.iter().filter(|photo| inside.contains(photo)).count() * 2 > part.photos.len()
        })
    }

    /// `None` when too few of its photos are in view; what the person holds is shown as long as there is one.
    fn as_shown(&self, known: &SaidSuggestion, in_view: &HashMap<PhotoId, &Facet>) -> Option<SuggestedAlbum> {
        let seen: Vec<&Facet> =
            known.suggestion.photos.iter().filter_map(|photo| in_view.get(photo).copied()).collect();
        let held = self.said.iter().any(|said| said.suggestion.id == known.suggestion.id);
        if seen.len() < if held { 1 } else { FEWEST } {
            return None;
        }
        let mut photos: Vec<PhotoId> = seen.iter().map(|facet| facet.photo).collect();
        if let Some(at) = photos.iter().position(|photo| *photo == known.suggestion.cover) {
            photos[..=at].rotate_right(1);
        }
        let times = || seen.iter().map(|facet| facet.shown_at_ms);
        Some(SuggestedAlbum {
            named: known.named,
            pinned: known.pinned,
            shown_at_ms: (times().min()?, times().max()?),
            parts: self.parts_of(&known.suggestion).len(),
            suggestion: Suggestion { cover: photos[0], photos, ..known.suggestion.clone() },
        })
    }
}

/// A suggestion of which nothing was said.
fn as_found(found: &Suggestion) -> SaidSuggestion {
    SaidSuggestion { suggestion: found.clone(), said: Said::Held, named: false, pinned: false }
}
