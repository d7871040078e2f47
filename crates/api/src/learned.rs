//! One function per command about what Likeness suggests and proposes by itself.

use std::num::NonZeroUsize;

use likeness_domain::{AlbumId, OddCause, PhotoId, SuggestionId};
use likeness_library::{ContextState, DEFAULT_CONFIDENCE, OddOne, SuggestedAlbum};

use crate::api::Api;
use crate::commands::{ids, similar_row};
use crate::convert::photo_row;
use crate::decisions::album_name;
use crate::failure::{self, Words};
use crate::wire::{
    Failure, GoesWithAnswer, GoesWithRow, GoesWithWord, Lesson, OddCauseWord, OddRow, ProposalRow, Proposals,
    SimilarRow, SuggestionRow,
};

/// Photos beside the cover that a wall shows.
const MORE: usize = 4;
const MOST_PROPOSALS: usize = 200;
const MOST_ODD: usize = 500;
const MOST_COMPANY: usize = 200;
const REASONS: usize = 5;

pub(crate) fn suggestions(api: &Api, inside: Option<i64>) -> Result<Vec<SuggestionRow>, Failure> {
    let suggestions = api.library.suggestions(inside.map(SuggestionId)).in_words()?;
    Ok(suggestions.iter().map(suggestion_row).collect())
}

fn suggestion_row(album: &SuggestedAlbum) -> SuggestionRow {
    let SuggestedAlbum { suggestion, named, pinned, shown_at_ms, parts } = album;
    SuggestionRow {
        id: suggestion.id.0,
        name: suggestion.name.clone(),
        named: *named,
        photos: suggestion.photos.len() as i64,
        cover: suggestion.cover.0,
        more: suggestion.photos.iter().skip(1).take(MORE).map(|photo| photo.0).collect(),
        from_ms: shown_at_ms.0,
        until_ms: shown_at_ms.1,
        pinned: *pinned,
        parts: *parts as i64,
    }
}

pub(crate) fn suggest_albums(api: &Api, count: Option<i64>) -> Result<(), Failure> {
    let count = count.map(|count| usize::try_from(count).ok().and_then(NonZeroUsize::new));
    match count {
        Some(None) => Err(failure::wrong_usage("no albums cannot be suggested", "Ask for one at least.")),
        count => {
            api.following.suggest_albums(count.flatten());
            Ok(())
        }
    }
}

pub(crate) fn keep_suggestion(api: &Api, suggestion: i64, parent: Option<i64>) -> Result<i64, Failure> {
    let album = api.library.keep_suggestion(SuggestionId(suggestion), parent.map(AlbumId)).in_words()?;
    api.following.learn();
    Ok(album.0)
}

pub(crate) fn rename_suggestion(api: &Api, suggestion: i64, name: &str) -> Result<(), Failure> {
    api.library.rename_suggestion(SuggestionId(suggestion), &album_name(name)?).in_words()
}

pub(crate) fn pin_suggestion(api: &Api, suggestion: i64, pinned: bool) -> Result<(), Failure> {
    let suggestion = SuggestionId(suggestion);
    match pinned {
        true => api.library.pin_suggestion(suggestion),
        false => api.library.unpin_suggestion(suggestion),
    }
    .in_words()
}

pub(crate) fn dismiss_suggestion(api: &Api, suggestion: i64) -> Result<(), Failure> {
    api.library.dismiss_suggestion(SuggestionId(suggestion)).in_words()
}

pub(crate) fn split_suggestion(api: &Api, suggestion: i64) -> Result<(), Failure> {
    api.library.split_suggestion(SuggestionId(suggestion)).in_words()
}

pub(crate) fn merge_suggestions(api: &Api, suggestions: &[i64]) -> Result<i64, Failure> {
    let suggestions: Vec<SuggestionId> = suggestions.iter().copied().map(SuggestionId).collect();
    Ok(api.library.merge_suggestions(&suggestions).in_words()?.0)
}

pub(crate) fn teach_album(
    api: &Api,
    name: &str,
    parent: Option<i64>,
    photos: &[i64],
) -> Result<i64, Failure> {
    let album = api.library.teach_album(&album_name(name)?, parent.map(AlbumId), &ids(photos)).in_words()?;
    api.following.learn();
    Ok(album.0)
}

pub(crate) fn teach_from_album(api: &Api, album: i64) -> Result<(), Failure> {
    api.library.teach_from_album(AlbumId(album)).in_words()?;
    api.following.learn();
    Ok(())
}

pub(crate) fn proposals(api: &Api, album: i64) -> Result<Proposals, Failure> {
    let found = api.library.proposals(AlbumId(album), MOST_PROPOSALS).in_words()?;
    Ok(Proposals {
        proposals: found
            .proposals
            .iter()
            .map(|&(ref photo, confidence)| ProposalRow {
                photo: photo_row(photo),
                confidence,
                sure: confidence >= DEFAULT_CONFIDENCE,
            })
            .collect(),
        learning: found.learning,
        examples: found.examples as i64,
    })
}

/// What was answered counts at once; the album learns from it in the background.
pub(crate) fn answer_proposals(api: &Api, album: i64, yes: &[i64], no: &[i64]) -> Result<(), Failure> {
    api.library.answer_proposals(AlbumId(album), &ids(yes), &ids(no)).in_words()?;
    api.following.learn();
    Ok(())
}

pub(crate) fn why_proposed(api: &Api, album: i64, photo: i64) -> Result<Vec<SimilarRow>, Failure> {
    let why = api.library.why_proposed(AlbumId(album), PhotoId(photo), REASONS).in_words()?;
    Ok(why.iter().map(similar_row).collect())
}

pub(crate) fn goes_with(api: &Api, photos: &[i64], limit: u32) -> Result<GoesWithAnswer, Failure> {
    let limit = if limit == 0 { MOST_COMPANY } else { limit as usize };
    let found = api.library.goes_with(&ids(photos), limit).in_words()?;
    let row = |(photo, score): &(_, f32)| GoesWithRow { photo: photo_row(photo), score: *score };
    Ok(GoesWithAnswer {
        results: found.results.iter().map(row).collect(),
        state: match found.state {
            ContextState::Ready => GoesWithWord::Ready,
            ContextState::Learning => GoesWithWord::Learning,
            ContextState::TooFew => GoesWithWord::TooFew,
        },
    })
}

pub(crate) fn lesson(api: &Api) -> Result<Option<Lesson>, Failure> {
    Ok(api.library.lesson().in_words()?.map(|lesson| Lesson {
        albums: lesson.albums as i64,
        held_out: lesson.held_out as i64,
        before: lesson.before,
        after: lesson.after,
        sure_gain: lesson.sure_gain,
        kept: lesson.head.is_some(),
    }))
}

pub(crate) fn forget_lesson(api: &Api) -> Result<(), Failure> {
    api.library.forget_lesson().in_words()
}

pub(crate) fn odd_ones(api: &Api, limit: u32) -> Result<Vec<OddRow>, Failure> {
    let limit = if limit == 0 { MOST_ODD } else { limit as usize };
    Ok(api.library.odd_ones(limit).in_words()?.iter().map(odd_row).collect())
}

fn odd_row(odd: &OddOne) -> OddRow {
    let cause = odd.cause.map(|cause| match cause {
        OddCause::Screenshot => OddCauseWord::Screenshot,
        OddCause::Document => OddCauseWord::Document,
        OddCause::Blurred => OddCauseWord::Blurred,
        OddCause::Dark => OddCauseWord::Dark,
        OddCause::Blank => OddCauseWord::Blank,
        OddCause::VerySmall => OddCauseWord::Small,
    });
    OddRow { photo: photo_row(&odd.photo), score: odd.score, cause }
}

pub(crate) fn keep_odd_ones(api: &Api, photos: &[i64]) -> Result<(), Failure> {
    api.library.keep_odd_ones(&ids(photos)).in_words()
}
