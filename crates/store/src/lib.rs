//! Keeps everything: the only SQL.
//!
//! A library is a folder with two databases. `library.db` is the truth: source folders, files, photos, decisions, the
//! undo journal, settings. `derived.db` is work: embeddings, previews, perceptual hashes, the map and its clusters. Deleting it costs time, never
//! a decision. Nothing here opens a photo, and nothing here knows how vectors are searched.

mod albums;
mod cleanup_files;
mod cleanup_journal;
mod cleanup_passed;
mod clusters;
mod commit;
mod companions;
mod conditions;
mod connections;
mod contexts;
mod decisions;
mod embeddings;
mod error;
mod facets;
#[cfg(test)]
mod faults;
mod files;
mod filter_counts;
mod folders;
mod found;
mod grouped_files;
mod health;
mod journal;
mod lesson;
mod maps;
mod migrate;
mod near_duplicates;
mod odd;
mod photos;
mod previews;
mod protected_folders;
mod query;
mod searches;
mod settings;
mod settled_pairs;
mod sidecars;
mod stacks;
mod suggestions;
mod tags;
mod taught;
#[cfg(test)]
mod testing;
mod words;

pub use albums::{Album, AlbumOf, AlbumSummary};
pub use cleanup_files::{BesideRow, MemberFile};
pub use cleanup_journal::{
    CleanupKind, CleanupRow, FilePlace, GoingFile, JournalFile, JournalUnit, UnitId, UnitState,
};
pub use cleanup_passed::Passing;
pub use clusters::{Cluster, Clustering, Grouping};
pub use commit::{Change, Committed, NewContent, Outcome};
pub use companions::{is_named_after, is_recording};
pub use connections::Store;
pub use contexts::{KeptContexts, LearnedContexts};
pub use embeddings::EmbeddingStamp;
pub use error::Error;
pub use facets::{Facet, Facets};
pub use files::{FileToRead, KnownFile, KnownPhoto};
pub use filter_counts::FilterCounts;
pub use folders::{FolderRow, FolderState};
pub use found::Changes;
pub use grouped_files::GroupedFile;
pub use health::{Finding, FindingState};
pub use journal::{Decision, Undone};
pub use lesson::KeptLesson;
pub use maps::{Map, MapFrame, NewMap, Place};
pub use near_duplicates::{ComparedPhoto, KinshipRow};
pub use odd::OddPhoto;
pub use photos::{Available, Counts, FileRow, PhotoDetail, PhotoRow, ProblemRow};
pub use previews::{Preview, SeenAgain};
pub use protected_folders::ProtectedFolder;
pub use query::{Looks, Orientation, PhotoQuery, ShapeRow, Sort, Stacks};
pub use settled_pairs::{SettledPair, Verdict};
pub use sidecars::{ConflictingValues, Laid, PictureRow, SidecarConflict, SidecarDecisions, SidecarRow};
pub use stacks::StackCandidate;
pub use suggestions::{NewSuggestion, Said, SaidSuggestion, Suggested, Suggestion, SuggestionLevel};
pub use tags::TagCount;
pub use taught::{Lessons, Proposal};

/// The version of SQLite that is linked, such as `3.53.2`.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}
