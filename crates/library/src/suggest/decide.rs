//! What the person says of suggestions. Each is one step of the journal.

use std::collections::HashSet;

use likeness_domain::{AlbumId, AlbumName, PhotoId, SuggestionId};
use likeness_store::{Decision, Said, SaidSuggestion};

use super::names::free_name;
use crate::{Error, Library, Notice};

impl Library {
    /// Makes a suggestion an album, the last in `parent`, by its name or one like it that is free there. It goes on to
    /// propose photos.
    ///
    /// # Errors
    /// When the suggestion or `parent` is unknown, or the catalog cannot be written.
    pub fn keep_suggestion(
        &self,
        suggestion: SuggestionId,
        parent: Option<AlbumId>,
    ) -> Result<AlbumId, Error> {
        let kept = self.known_suggestions()?.find(suggestion)?;
        let albums = self.store.albums()?;
        let is_taken =
            |name: &str| albums.iter().any(|album| album.parent == parent && album.name.as_str() == name);
        let name = free_name(&kept.suggestion.name, is_taken);
        let name: AlbumName = name.parse().expect("suggestions are named as albums may be");
        let album = self.store.keep_suggestion(&kept, &name, parent)?;
        self.tell_albums_changed();
        Ok(album)
    }

    /// Calls a suggestion by another name. It stays as it is from then on.
    ///
    /// # Errors
    /// When the suggestion is unknown, or the catalog cannot be written.
    pub fn rename_suggestion(&self, suggestion: SuggestionId, name: &AlbumName) -> Result<(), Error> {
        let mut held = self.known_suggestions()?.find(suggestion)?;
        held.suggestion.name = name.to_string();
        self.say(Decision::RenameSuggestion, SaidSuggestion { named: true, ..held })
    }

    /// Lets a suggestion come before others. It stays as it is from then on.
    ///
    /// # Errors
    /// When the suggestion is unknown, or the catalog cannot be written.
    pub fn pin_suggestion(&self, suggestion: SuggestionId) -> Result<(), Error> {
        let held = self.known_suggestions()?.find(suggestion)?;
        self.say(Decision::PinSuggestion, SaidSuggestion { pinned: true, ..held })
    }

    /// Lets a suggestion be one among others again, and change again when it was not renamed.
    ///
    /// # Errors
    /// When the suggestion is unknown, or the catalog cannot be written.
    pub fn unpin_suggestion(&self, suggestion: SuggestionId) -> Result<(), Error> {
        let known = self.known_suggestions()?;
        let held = known.find(suggestion)?;
        if held.named || !known.is_found_again(&held.suggestion) {
            return self.say(Decision::PinSuggestion, SaidSuggestion { pinned: false, ..held });
        }
        self.store.say_of_suggestions(Decision::PinSuggestion, &[], &[suggestion])?;
        self.tell_albums_changed();
        Ok(())
    }

    /// Sends a suggestion away, and whatever goes on in it.
    ///
    /// # Errors
    /// When the suggestion is unknown, or the catalog cannot be written.
    pub fn dismiss_suggestion(&self, suggestion: SuggestionId) -> Result<(), Error> {
        let dismissed = self.known_suggestions()?.find(suggestion)?;
        self.say(Decision::DismissSuggestion, SaidSuggestion { said: Said::Dismissed, ..dismissed })
    }

    /// Lets the parts of a suggestion take its place.
    ///
    /// # Errors
    /// When the suggestion is unknown or has no parts, or the catalog cannot be written.
    pub fn split_suggestion(&self, suggestion: SuggestionId) -> Result<(), Error> {
        let known = self.known_suggestions()?;
        let split = known.find(suggestion)?;
        if known.parts_of(&split.suggestion).is_empty() {
            return Err(Error::NoParts(suggestion));
        }
        self.say(Decision::SplitSuggestion, SaidSuggestion { said: Said::Split, ..split })
    }

    /// Makes several suggestions one: the one with most photos goes on with all of them, and stays so from then on. Where the
    /// person named one, the largest of those goes on; where one was pinned, the whole is.
    ///
    /// # Errors
    /// When there are fewer than two, one is unknown, or the catalog cannot be written.
    pub fn merge_suggestions(&self, suggestions: &[SuggestionId]) -> Result<SuggestionId, Error> {
        let known = self.known_suggestions()?;
        let mut merged: Vec<SaidSuggestion> =
            suggestions.iter().map(|suggestion| known.find(*suggestion)).collect::<Result<_, _>>()?;
        merged
            .sort_by_key(|each| (!each.named, usize::MAX - each.suggestion.photos.len(), each.suggestion.id));
        merged.dedup_by_key(|each| each.suggestion.id);
        if merged.len() < 2 {
            return Err(Error::MergeOfOne);
        }
        let mut others = merged.into_iter();
        let mut one = others.next().expect("there are two at least");
        let others: Vec<SaidSuggestion> = others.collect();
        let mut inside: HashSet<PhotoId> = one.suggestion.photos.iter().copied().collect();
        let new = others.iter().flat_map(|other| &other.suggestion.photos).copied();
        one.suggestion.photos.extend(new.filter(|photo| inside.insert(*photo)));
        let id = one.suggestion.id;
        let gone: Vec<SuggestionId> = others.iter().map(|other| other.suggestion.id).collect();
        let pinned = one.pinned || others.iter().any(|other| other.pinned);
        let one = SaidSuggestion { said: Said::Held, pinned, ..one };
        self.store.say_of_suggestions(Decision::MergeSuggestions, &[one], &gone)?;
        self.tell_albums_changed();
        Ok(id)
    }

    fn say(&self, decision: Decision, said: SaidSuggestion) -> Result<(), Error> {
        self.store.say_of_suggestions(decision, &[said], &[])?;
        self.tell_albums_changed();
        Ok(())
    }

    pub(crate) fn tell_albums_changed(&self) {
        self.notices.tell(Notice::AlbumsChanged);
        self.notices.tell(Notice::StateChanged);
    }
}
