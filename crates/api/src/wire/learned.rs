//! What Likeness suggests and proposes by itself: albums, photos for albums, odd ones out.

use serde::{Deserialize, Serialize};

use super::PhotoRow;

/// An album that Likeness suggests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SuggestionRow {
    /// Its id, which it keeps when photos are grouped again.
    pub id: i64,
    /// What the person calls it, else what it could be called; never empty.
    pub name: String,
    /// Whether the person gave the name.
    pub named: bool,
    /// Photos in view.
    pub photos: i64,
    /// The photo that stands for it.
    pub cover: i64,
    /// Up to four more of its photos.
    pub more: Vec<i64>,
    /// The time of its first photo, milliseconds of the local clock.
    pub from_ms: i64,
    /// The time of its last.
    pub until_ms: i64,
    /// Whether it comes before others.
    pub pinned: bool,
    /// Parts that it can be opened into.
    pub parts: i64,
}

/// What a taught album proposes.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Proposals {
    /// The surest first, at most 200: those that it is sure of, then those that may be looked through when asked for.
    pub proposals: Vec<ProposalRow>,
    /// Whether it has yet to learn from what was answered, or came, since: `albumsChanged` tells when it has.
    pub learning: bool,
    /// Photos that it learns from.
    pub examples: i64,
}

/// A photo that may belong into an album.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProposalRow {
    /// The photo.
    pub photo: PhotoRow,
    /// How sure it is, 0 to 1.
    pub confidence: f32,
    /// Sure enough to be proposed unasked.
    pub sure: bool,
}

/// A photo that is unlike others.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OddRow {
    /// The photo.
    pub photo: PhotoRow,
    /// How odd it is, up to 1.
    pub score: f32,
    /// Why; null where it is only unlike everything else.
    pub cause: Option<OddCauseWord>,
}

/// The photos that go with others.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GoesWithAnswer {
    /// The closest company first.
    pub results: Vec<GoesWithRow>,
    /// Whether there is anything to tell.
    pub state: GoesWithWord,
}

/// A photo that goes with others.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GoesWithRow {
    /// The photo.
    pub photo: PhotoRow,
    /// The cosine of their contexts, up to 1.
    pub score: f32,
}

/// Whether it is known what goes with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum GoesWithWord {
    Ready,
    /// Not yet: `albumsChanged` tells when it is.
    Learning,
    TooFew,
}

/// What the person's albums taught the eye.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Lesson {
    /// Albums that it was taught with.
    pub albums: i64,
    /// Photos that were held out to measure it.
    pub held_out: i64,
    /// The share of their ten nearest that are in the same album, before: 0 to 1.
    pub before: f64,
    /// The same with what was learned.
    pub after: f64,
    /// The gain that is sure: what was learned is in use when it is above 0.
    pub sure_gain: f64,
    /// Whether it is in use.
    pub kept: bool,
}

/// Why a photo is an odd one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum OddCauseWord {
    Screenshot,
    Document,
    Blurred,
    Dark,
    Blank,
    Small,
}
