//! What the command line prints: one object per result, with the keys that scripts rely on.

use serde::Serialize;

/// `add` and `scan`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see likeness_library::Summary")]
pub struct ScanLine {
    pub files: u64,
    pub photos: u64,
    pub new: u64,
    pub changed: u64,
    pub moved: u64,
    pub missing: u64,
    pub problems: u64,
    pub opened: u64,
    pub seconds: f64,
    /// Folders that could not be reached; nothing was changed about them.
    pub offline: Vec<String>,
}

/// `watch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeLine {
    /// `new`, `copied`, `changed`, `moved`, `missing`, `returned` or `problem`.
    pub event: &'static str,
    /// The file.
    pub path: String,
}

/// `folders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct FolderLine {
    pub path: String,
    /// `online`, `offline` or `waiting`.
    pub state: &'static str,
    pub photos: u64,
    pub problems: u64,
}

/// `photos`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct PhotoLine {
    pub id: i64,
    pub path: String,
    /// As the camera's clock showed it, with the zone where it is known; null when the file does not say.
    pub taken: Option<String>,
    pub width: u32,
    pub height: u32,
    pub format: &'static str,
    pub camera: Option<String>,
    /// Bytes.
    pub size: u64,
    pub rating: u8,
}

/// `problems`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct ProblemLine {
    pub path: String,
    pub stage: &'static str,
    pub reason: String,
}

/// `similar`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct SimilarLine {
    pub id: i64,
    pub path: String,
    pub score: f32,
    pub distance: f32,
    /// `same`, `very close` or `related`.
    pub word: &'static str,
}

/// `embed`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct EmbedLine {
    pub images: usize,
    pub problems: usize,
    pub dimension: usize,
    pub model: String,
    pub seconds: f64,
    pub images_per_second: f64,
}

/// `eval`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see likeness_library::Evaluation")]
pub struct EvalLine {
    pub images: usize,
    pub classes: usize,
    pub p_at_1: f64,
    pub p_at_5: f64,
    pub p_at_10: f64,
    pub map: f64,
    pub purity: f64,
    pub nmi: f64,
    pub problems: usize,
}

/// `doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckLine {
    /// What was checked.
    pub check: &'static str,
    /// `ok`, `repaired` or `failed`.
    pub state: &'static str,
    /// What was seen.
    pub detail: String,
}

/// `serve`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServeLine {
    /// The address to open, token and all.
    pub url: String,
}
