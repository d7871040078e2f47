//! What the person decided, on the wire: tags and albums, and what undo and redo speak of.

use serde::{Deserialize, Serialize};

use super::{CleanupReport, PhotoFilter};

/// A tag of the library's vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct TagRow {
    /// With the tags that it lies below, joined by `|`: `Animals|Dogs`.
    pub tag: String,
    /// Photos in view that have it or a tag below it.
    pub photos: i64,
}

/// A tag that some photos have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct TagOn {
    /// The tag.
    pub tag: String,
    /// How many of the photos asked about have exactly this tag.
    pub photos: i64,
}

/// How an album comes by its photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum AlbumKindWord {
    /// They were put into it.
    Hand,
    /// It is a saved search.
    Search,
    /// It was taught by examples.
    Taught,
}

/// An album as the wall shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct AlbumRow {
    /// Its id.
    pub id: i64,
    /// The album that it lies in.
    pub parent: Option<i64>,
    /// No two albums in one album have the same.
    pub name: String,
    pub kind: AlbumKindWord,
    /// Photos in view that are in it or in albums in it.
    pub photos: i64,
    /// The photo that stands for it: the chosen one, else the first; null when it has none in view.
    pub cover: Option<i64>,
    /// Whether the person chose the cover.
    pub cover_chosen: bool,
    /// Up to four more of its photos.
    pub more: Vec<i64>,
    /// The time of its first photo, milliseconds of the local clock; null without photos.
    pub from_ms: Option<i64>,
    /// The time of its last.
    pub until_ms: Option<i64>,
    /// Photos that it is sure of and that wait for yes or no; of taught albums only.
    pub proposals: i64,
    /// What a saved search asks; null of other kinds.
    pub filter: Option<PhotoFilter>,
}

/// An album that some photos lie in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct AlbumOf {
    /// The album: by hand or taught, not the albums around it.
    pub album: i64,
    /// How many of the photos asked about lie in it.
    pub photos: i64,
}

/// Kinds of decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum DecisionWord {
    Rate,
    Pick,
    Reject,
    Unflag,
    Label,
    TakeFromSidecar,
    AddTag,
    RemoveTag,
    RenameTag,
    MergeTags,
    DeleteTag,
    CreateAlbum,
    RenameAlbum,
    MoveAlbum,
    DeleteAlbum,
    SetAlbumCover,
    AddToAlbum,
    RemoveFromAlbum,
    ReorderAlbum,
    SetAlbumFilter,
    KeepSuggestion,
    RenameSuggestion,
    PinSuggestion,
    DismissSuggestion,
    SplitSuggestion,
    MergeSuggestions,
    TeachAlbum,
    AcceptProposal,
    RefuseProposal,
    KeepOddOne,
    CleanUp,
    NotDuplicates,
    KeepAll,
    Unsettle,
}

/// A decision that was taken back or done again.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Undone {
    /// What was decided.
    pub action: DecisionWord,
    /// The photos it was about.
    pub photos: Vec<i64>,
    /// Of a clean-up that was taken back, what came of putting its files back; when none came back, nothing was undone.
    pub report: Option<CleanupReport>,
}
