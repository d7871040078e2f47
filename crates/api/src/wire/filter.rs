//! Which photos: filters that combine, their orders, and how many photos each further filter would leave.

use serde::{Deserialize, Serialize};

/// Which photos the grid shows, and in which order. All that is said holds at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", default)]
pub struct PhotoFilter {
    /// Only photos with a file below this folder.
    pub folder: Option<i64>,
    /// Shown at this time or later, milliseconds.
    pub since_ms: Option<i64>,
    /// Shown before this time, milliseconds.
    pub until_ms: Option<i64>,
    /// The camera's name contains this text, in any case.
    pub camera: Option<String>,
    /// The lens's name contains this text, in any case.
    pub lens: Option<String>,
    /// At least so many stars.
    pub stars_at_least: Option<u8>,
    /// Only with this flag.
    pub flag: Option<FlagWord>,
    /// Only with this colour label.
    pub label: Option<LabelWord>,
    /// Only with all of these tags, each itself or below it.
    pub tags: Vec<String>,
    /// Only of this album, or an album in it.
    pub album: Option<i64>,
    /// Only of this suggestion. Never part of a saved search.
    pub suggestion: Option<i64>,
    /// Only of this format (`jpeg`, `heic`, …).
    pub format: Option<String>,
    /// Only upright, lying, or neither.
    pub orientation: Option<OrientationWord>,
    /// Files of so many bytes or more.
    pub bytes_at_least: Option<i64>,
    /// Files of so many bytes or fewer.
    pub bytes_at_most: Option<i64>,
    /// The name of a file contains this text, in any case.
    pub name: Option<String>,
    /// Photos that look like these, all together; these themselves too.
    pub similar_to: Vec<i64>,
    /// Photos of a stack follow one another, the one that stands for it first. Never part of a saved search.
    pub stacked: bool,
    /// The order.
    pub sort: SortWord,
}

/// Orders of photos.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum SortWord {
    #[default]
    Newest,
    Oldest,
    Name,
    Largest,
    BestRated,
    RecentlyAdded,
    /// As the photos lie in the album by hand that is asked for; elsewhere as `newest`.
    Album,
}

/// Picked, rejected, or neither.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum FlagWord {
    #[default]
    None,
    Pick,
    Reject,
}

/// Colour labels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum LabelWord {
    #[default]
    None,
    Red,
    Yellow,
    Green,
    Blue,
    Purple,
}

/// Which side of a photo is longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum OrientationWord {
    Landscape,
    Portrait,
    Square,
}

/// How many photos there are of each value that can be filtered by, among those that all *other* parts of a filter let
/// through: so many would be shown if this part were set to that value. Values without photos are left out, but what the
/// filter asks for itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct FilterCounts {
    /// Photos that the whole filter lets through.
    pub photos: i64,
    /// Photos with exactly 0, 1, … 5 stars.
    pub stars: Vec<i64>,
    /// By `none`, `pick`, `reject`.
    pub flags: Vec<ValueCount>,
    /// By `none`, `red`, …
    pub labels: Vec<ValueCount>,
    /// By camera, most photos first.
    pub cameras: Vec<ValueCount>,
    /// By lens, most photos first.
    pub lenses: Vec<ValueCount>,
    /// By format, most photos first.
    pub formats: Vec<ValueCount>,
    /// By `landscape`, `portrait`, `square`.
    pub orientations: Vec<ValueCount>,
    /// By year, latest first; whatever times the filter asks for.
    pub years: Vec<ValueCount>,
    /// By tag, with the photos of the tags below it; most photos first. Beside the tags that the filter asks for: each
    /// further tag narrows what they let through.
    pub tags: Vec<ValueCount>,
    /// By source folder.
    pub folders: Vec<FolderCount>,
}

/// A value that can be filtered by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ValueCount {
    pub value: String,
    pub photos: i64,
}

/// A source folder that can be filtered by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct FolderCount {
    pub folder: i64,
    pub photos: i64,
}
