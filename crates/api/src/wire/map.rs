//! The map on the wire: requests' answers as JSON, and what bulk answers hold.
//!
//! Bulk answers are little-endian bytes, arrays one after the other, photos in the rising order of their ids:
//!
//! - [`MapBytes::Points`]: u32 version (1), u32 count, u32 dims (2 or 3), then u32 ids, f32 x, f32 y, and with 3
//!   dimensions f32 z. Places lie in the square (or cube) from 0 to 1, its middle at 0.5, y downward; a photo that was
//!   placed after the map was made may lie outside of it.
//! - [`MapBytes::Facts`]: u32 version (1), u32 count, u32 bytes of the legend, then u32 ids, i32 minutes since 1970 of the
//!   local clock when each was taken (the least number where nobody knows), u16 folders, u16 cameras, u8 decisions (bits 0
//!   to 2 stars, bit 3 pick, bit 4 reject, bits 5 to 7 the label: 0 none, 1 red to 5 purple), and the legend: a
//!   [`MapLegend`] as JSON, which says what the numbers of folders and cameras mean.
//! - [`MapBytes::Clusters`]: u32 version (1), u32 count, then u32 ids, u16 clusters.

use serde::{Deserialize, Serialize};

/// A bulk answer about the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "what", rename_all = "camelCase")]
pub enum MapBytes {
    /// Where photos lie.
    Points { layout: LayoutWord, dims: u8 },
    /// What photos can be coloured by: every photo in view, on the map or not.
    Facts,
    /// The cluster of every photo that has one.
    Clusters { fineness: u8 },
}

/// Ways to lay out all photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum LayoutWord {
    /// The map: neighbours lie together (t-SNE). 2 or 3 dimensions.
    Look,
    /// Along the directions in which photos differ most. 2 or 3 dimensions.
    Pca,
    /// Time across, look upward. 2 dimensions.
    Time,
    /// The map as a grid without overlap. 2 dimensions.
    Grid,
    /// The map that is being made, as far as it is; no points while none is.
    Making,
}

/// How the map stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct MapState {
    /// Photos that can be found by look: as many can have a place.
    pub findable: i64,
    /// Once so many can be found, a first map is made by itself.
    pub enough: i64,
    /// The maps there are: in the plane, in space, both or none.
    pub maps: Vec<MadeMap>,
    /// The map that is being made.
    pub making: Option<MakingMap>,
    /// How many clusters there are at each fineness, coarse to fine; empty when there are none yet.
    pub clusters: Vec<i64>,
    /// The fineness that suits these photos best.
    pub fineness: u8,
}

/// A map that was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct MadeMap {
    /// 2 or 3.
    pub dims: u8,
    /// Photos in view that have a place.
    pub placed: i64,
    /// Of these, how many came after the map was made and were placed among the others.
    pub came_later: i64,
    /// The share of each photo's 10 nearest that are also among its 10 nearest on the map, 0 to 1, when it was made.
    pub neighbors_kept: f64,
    /// When it was made, milliseconds since 1970 (UTC).
    pub made_at_ms: i64,
    /// Whether undo would bring back the map before it.
    pub can_undo: bool,
}

/// A map that is being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct MakingMap {
    /// 2 or 3.
    pub dims: u8,
    /// Rounds done; 0 while neighbours are looked for.
    pub round: i64,
    /// Rounds in all.
    pub rounds: i64,
}

/// The clusters of one fineness.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct MapCluster {
    /// Its number, the same as in the bulk answer. It stays the same when photos come and when the map is made again.
    pub cluster: u16,
    /// The photo that stands for it.
    pub cover: i64,
    /// Photos in view.
    pub photos: i64,
    /// Where a label belongs in the layout that was asked for: on one of its photos, amid the others.
    pub x: f32,
    pub y: f32,
    /// 0 in the plane.
    pub z: f32,
    /// The time of its first photo, milliseconds of the local clock.
    pub from_ms: i64,
    /// The time of its last.
    pub until_ms: i64,
    /// The folder in which most of them lie, for reading.
    pub folder: Option<String>,
    /// The camera that took most of them.
    pub camera: Option<String>,
}

/// What the numbers in [`MapBytes::Facts`] mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct MapLegend {
    /// The folder of each number from 0, for reading, that with most photos first. From 65535 on they share a number.
    pub folders: Vec<String>,
    /// The camera of each number from 0, that with most photos first; null where none is known.
    pub cameras: Vec<Option<String>>,
}
