//! Keeps everything: the only SQL.
//!
//! A library is a folder with two databases. `library.db` is the truth: source folders, files, photos, decisions, the
//! undo journal, settings. `derived.db` is work: embeddings, previews, perceptual hashes, the map and its clusters. Deleting it costs time, never
//! a decision. Nothing here opens a photo, and nothing here knows how vectors are searched.

mod albums;
mod clusters;
mod commit;
mod conditions;
mod connections;
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
mod health;
mod journal;
mod maps;
mod migrate;
mod photos;
mod previews;
mod query;
mod searches;
mod settings;
mod sidecars;
mod stacks;
mod tags;
#[cfg(test)]
mod testing;
mod words;

pub use albums::{Album, AlbumOf, AlbumSummary};
pub use clusters::{Cluster, Clustering, Grouping};
pub use commit::{Change, Committed, NewContent, Outcome};
pub use connections::Store;
pub use embeddings::EmbeddingStamp;
pub use error::Error;
pub use facets::{Facet, Facets};
pub use files::{FileToRead, KnownFile, KnownPhoto};
pub use filter_counts::FilterCounts;
pub use folders::{FolderRow, FolderState};
pub use found::Changes;
pub use health::{Finding, FindingState};
pub use journal::{Decision, Undone};
pub use maps::{Map, MapFrame, NewMap, Place};
pub use photos::{Available, Counts, FileRow, PhotoDetail, PhotoRow, ProblemRow};
pub use previews::Preview;
pub use query::{Looks, Orientation, PhotoQuery, ShapeRow, Sort, Stacks};
pub use sidecars::{ConflictingValues, Laid, PictureRow, SidecarConflict, SidecarDecisions, SidecarRow};
pub use stacks::StackCandidate;
pub use tags::TagCount;

/// The version of SQLite that is linked, such as `3.53.2`.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}
