//! What Likeness suggests and proposes by itself, on the command line.

use std::ffi::{OsStr, OsString};
use std::num::NonZeroUsize;

use likeness_domain::{AlbumId, AlbumKind, SuggestionId};
use likeness_library::SuggestedAlbum;

use crate::decisions::album_name;
use crate::failure::{self, Words};
use crate::lines::{AlbumLine, ClusterLine, CompanyLine, LessonLine, OddLine, ProposalLine};
use crate::session::{Job, Session};
use crate::wire::Failure;

impl Session {
    /// Groups photos again into `count` suggested albums, or as many as suit them, and lists those on the wall.
    ///
    /// # Errors
    /// When there is no model, there are fewer photos, or the job is cancelled.
    pub fn save_clusters(&self, job: &Job, count: Option<NonZeroUsize>) -> Result<Vec<ClusterLine>, Failure> {
        self.library.suggest_albums(&job.0, count).in_words()?;
        self.suggested_albums(None)
    }

    /// Suggested albums, or the parts of one.
    ///
    /// # Errors
    /// When the suggestion is gone.
    pub fn suggested_albums(&self, inside: Option<i64>) -> Result<Vec<ClusterLine>, Failure> {
        let suggestions = self.library.suggestions(inside.map(SuggestionId)).in_words()?;
        Ok(suggestions.into_iter().map(suggestion_line).collect())
    }

    /// Makes suggestions albums, each by its name, or the only one as `name`.
    ///
    /// # Errors
    /// When a suggestion or an album is unknown, or the name is taken.
    pub fn keep_suggestions(
        &self,
        suggestions: &[i64],
        name: Option<&str>,
        within: Option<&str>,
    ) -> Result<Vec<AlbumLine>, Failure> {
        let parent = within.map(|album| self.album_id(album)).transpose()?;
        let name = name.map(album_name).transpose()?;
        if name.is_some() && suggestions.len() != 1 {
            return Err(failure::wrong_usage("a name is for one album", "Keep one suggestion at a time."));
        }
        let mut albums = Vec::with_capacity(suggestions.len());
        for suggestion in suggestions {
            let album = self.library.keep_suggestion(SuggestionId(*suggestion), parent).in_words()?;
            if let Some(name) = &name {
                self.library.rename_album(album, name).in_words()?;
            }
            albums.push(self.album_line(album)?);
        }
        Ok(albums)
    }

    /// Calls a suggestion by another name.
    ///
    /// # Errors
    /// When there is no such suggestion, or the name is none.
    pub fn rename_suggestion(&self, suggestion: i64, name: &str) -> Result<(), Failure> {
        self.library.rename_suggestion(SuggestionId(suggestion), &album_name(name)?).in_words()
    }

    /// Lets a suggestion come before others.
    ///
    /// # Errors
    /// When there is no such suggestion.
    pub fn pin_suggestion(&self, suggestion: i64) -> Result<(), Failure> {
        self.library.pin_suggestion(SuggestionId(suggestion)).in_words()
    }

    /// Sends suggestions away.
    ///
    /// # Errors
    /// When one is unknown.
    pub fn dismiss_suggestions(&self, suggestions: &[i64]) -> Result<(), Failure> {
        let dismiss = |suggestion: &i64| self.library.dismiss_suggestion(SuggestionId(*suggestion));
        suggestions.iter().try_for_each(dismiss).in_words()
    }

    /// Lets the parts of a suggestion take its place.
    ///
    /// # Errors
    /// When it is unknown or has no parts.
    pub fn split_suggestion(&self, suggestion: i64) -> Result<(), Failure> {
        self.library.split_suggestion(SuggestionId(suggestion)).in_words()
    }

    /// Makes several suggestions one.
    ///
    /// # Errors
    /// When there are fewer than two, or one is unknown.
    pub fn merge_suggestions(&self, suggestions: &[i64]) -> Result<(), Failure> {
        let suggestions: Vec<SuggestionId> = suggestions.iter().copied().map(SuggestionId).collect();
        self.library.merge_suggestions(&suggestions).in_words().map(drop)
    }

    /// Lets an album learn from its photos and from `photos`, which are put into it; makes it when it is not there.
    /// Answers what it proposes.
    ///
    /// # Errors
    /// When there are fewer than three photos, one is unknown, or the job is cancelled.
    pub fn teach(&self, job: &Job, album: &str, photos: &[OsString]) -> Result<Vec<ProposalLine>, Failure> {
        let photos = self.photo_ids(photos)?;
        let album = match self.album_id(album) {
            Err(failure) if failure.code == "unknownAlbum" => {
                self.library.teach_album(&album_name(album)?, None, &photos).in_words()?
            }
            found => {
                let album = found?;
                self.library.add_to_album(album, &photos).in_words()?;
                if self.kind_of(album)? == AlbumKind::Hand {
                    self.library.teach_from_album(album).in_words()?;
                }
                album
            }
        };
        self.proposed(job, album)
    }

    /// Answers what an album proposes: photos that belong, and photos that do not. Answers what it proposes then.
    ///
    /// # Errors
    /// When the album or a photo is unknown, or the job is cancelled.
    pub fn answer_proposals(
        &self,
        job: &Job,
        album: &str,
        yes: &[OsString],
        no: &[OsString],
    ) -> Result<Vec<ProposalLine>, Failure> {
        let album = self.album_id(album)?;
        let (yes, no) = (self.photo_ids(yes)?, self.photo_ids(no)?);
        self.library.answer_proposals(album, &yes, &no).in_words()?;
        self.proposed(job, album)
    }

    fn proposed(&self, job: &Job, album: AlbumId) -> Result<Vec<ProposalLine>, Failure> {
        self.library.update_proposals(&job.0).in_words()?;
        let found = self.library.proposals(album, usize::MAX >> 1).in_words()?;
        let line = |(photo, confidence): &(likeness_library::store::PhotoRow, f32)| ProposalLine {
            id: photo.id.0,
            path: photo.path.display().to_string(),
            confidence: *confidence,
        };
        Ok(found.proposals.iter().map(line).collect())
    }

    fn kind_of(&self, album: AlbumId) -> Result<AlbumKind, Failure> {
        let albums = self.library.catalog().albums().in_words()?;
        let found = albums.into_iter().find(|each| each.id == album).map(|album| album.kind);
        found.ok_or_else(|| failure::unknown_album(&album.to_string()))
    }

    /// The photos that were taken or kept together with one, at most `count`.
    ///
    /// # Errors
    /// When the photo is unknown, the catalog cannot be read or written, or the job is cancelled.
    pub fn goes_with(&self, job: &Job, photo: &OsStr, count: usize) -> Result<Vec<CompanyLine>, Failure> {
        let photo = self.photo_id(photo)?;
        self.library.update_contexts(&job.0).in_words()?;
        let found = self.library.goes_with(&[photo], count).in_words()?;
        let line = |(row, score): &(likeness_library::store::PhotoRow, f32)| CompanyLine {
            id: row.id.0,
            path: row.path.display().to_string(),
            score: *score,
            distance: 1.0 - score,
            word: "related",
        };
        Ok(found.results.iter().map(line).collect())
    }

    /// Teaches the eye with all albums; what it learned is kept when it is better.
    ///
    /// # Errors
    /// When fewer than two albums have eight photos, there is no model, or the job is cancelled.
    pub fn teach_eye(&self, job: &Job) -> Result<LessonLine, Failure> {
        let lesson = self.library.teach_eye(&job.0).in_words()?;
        Ok(LessonLine {
            albums: lesson.albums,
            held_out: lesson.held_out,
            before: lesson.before,
            after: lesson.after,
            sure_gain: lesson.sure_gain,
            kept: lesson.head.is_some(),
        })
    }

    /// Looks without what albums taught again.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn forget_lesson(&self) -> Result<(), Failure> {
        self.library.forget_lesson().in_words()
    }

    /// The photos that are most unlike all others, at most `count`.
    ///
    /// # Errors
    /// When the catalog cannot be read or written, or the job is cancelled.
    pub fn outliers(&self, job: &Job, count: usize) -> Result<Vec<OddLine>, Failure> {
        self.library.model().in_words()?;
        self.library.update_odd_ones(&job.0).in_words()?;
        let odd = self.library.odd_ones(count).in_words()?;
        let line = |odd: &likeness_library::OddOne| OddLine {
            id: odd.photo.id.0,
            path: odd.photo.path.display().to_string(),
            score: odd.score,
            cause: odd.cause.map(likeness_domain::OddCause::word),
        };
        Ok(odd.iter().map(line).collect())
    }
}

fn suggestion_line(album: SuggestedAlbum) -> ClusterLine {
    ClusterLine {
        cluster: album.suggestion.id.0,
        size: album.suggestion.photos.len(),
        cover: album.suggestion.cover.0,
        name: album.suggestion.name,
        members: album.suggestion.photos.iter().map(|photo| photo.0).collect(),
    }
}
