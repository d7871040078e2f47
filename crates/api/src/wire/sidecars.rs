//! Sidecars: whether they are written, and where they say something else than was decided here.

use serde::{Deserialize, Serialize};

use super::{FlagWord, LabelWord, PhotoRow};

/// How things stand with sidecars.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SidecarState {
    /// Whether decisions are written into sidecars.
    pub writes: bool,
    /// Pictures whose sidecar says something else than was decided here.
    pub conflicts: Vec<SidecarConflictRow>,
}

/// A picture whose sidecar says something else than was decided here.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SidecarConflictRow {
    /// The picture's file, to settle it by.
    pub picture: i64,
    /// Its photo.
    pub photo: PhotoRow,
    /// The sidecar, for reading.
    pub path: String,
    /// What was decided here, as far as they disagree.
    pub here: SidecarValues,
    /// What the sidecar says instead.
    pub there: SidecarValues,
}

/// What can be in conflict; null where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(missing_docs)]
pub struct SidecarValues {
    pub stars: Option<u8>,
    pub flag: Option<FlagWord>,
    pub label: Option<LabelWord>,
}

/// Whose decision holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum SideWord {
    /// What was decided here.
    Here,
    /// What the sidecar says.
    There,
}
