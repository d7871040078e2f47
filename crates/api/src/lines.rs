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
    /// Its place in the order of source folders, 1 first; null where it was given none.
    pub rank: Option<u32>,
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
    /// `none`, `pick` or `reject`.
    pub flag: &'static str,
    /// `none`, or a colour.
    pub label: &'static str,
}

/// `tags`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TagLine {
    /// The photo.
    pub id: i64,
    /// With the tags that it lies below, joined by `|`.
    pub tag: String,
    /// 0 to 1; of confirmed tags 1.
    pub confidence: f32,
    /// `confirmed`.
    pub state: &'static str,
}

/// `tags vocabulary`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VocabularyLine {
    /// With the tags that it lies below, joined by `|`.
    pub tag: String,
    /// Photos that have it or a tag below it.
    pub photos: u64,
}

/// `albums`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlbumLine {
    /// Its id.
    pub id: i64,
    /// Its name, behind those of the albums that it lies in, joined by `|`.
    pub album: String,
    /// `hand`, `search` or `taught`.
    pub kind: &'static str,
    /// Photos in it and in albums in it.
    pub photos: u64,
    /// The photo that stands for it; null when it has none.
    pub cover: Option<i64>,
}

/// `albums export`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportLine {
    /// The photo.
    pub id: i64,
    /// Its file.
    pub path: String,
    /// The copy.
    pub to: String,
}

/// How many photos a decision changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DecidedLine {
    /// Photos that were decided about otherwise before.
    pub photos: u64,
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

/// `eval`. What was not asked for is left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvalLine {
    /// Pictures that were looked at.
    pub images: usize,
    /// The model that looked.
    pub model: String,
    /// Absent when the folder has no classes.
    #[serde(flatten)]
    pub measured: Option<ClassesLine>,
    /// The other vectors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<FiguresLine>,
    /// Change by change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copies: Option<Vec<CopyLine>>,
    /// Pictures that could not be read.
    pub problems: usize,
}

/// How well pictures find those of their class.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see likeness_library::Evaluation")]
pub struct ClassesLine {
    pub classes: usize,
    #[serde(flatten)]
    pub figures: FiguresLine,
    pub purity: f64,
    pub nmi: f64,
    pub per_class: Vec<ClassLine>,
    pub confused: Vec<ConfusedLine>,
}

/// Means over queries.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see likeness_library::Figures")]
pub struct FiguresLine {
    pub p_at_1: f64,
    pub p_at_5: f64,
    pub p_at_10: f64,
    pub map: f64,
}

/// One class.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct ClassLine {
    pub class: String,
    pub images: usize,
    #[serde(flatten)]
    pub figures: FiguresLine,
}

/// Two pictures of different classes that look alike to the model.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct ConfusedLine {
    pub a: String,
    pub class_a: String,
    pub b: String,
    pub class_b: String,
    pub distance: f32,
}

/// Whether photos are found by their changed copies.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see likeness_library::CopyFigures")]
pub struct CopyLine {
    pub change: &'static str,
    /// `mild` or `strong`.
    pub strength: &'static str,
    pub queries: usize,
    pub recall_at_1: f64,
    pub median_distance: f32,
}

/// `models`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelLine {
    /// Its tag.
    pub tag: String,
    /// Its family.
    pub family: String,
    /// Numbers in an embedding.
    pub dimension: usize,
    /// Whether it understands words.
    pub text: bool,
    /// Bytes of its weights.
    pub size: u64,
    /// On all cores of this machine, or its GPU, just now.
    pub images_per_second: f64,
    /// `f32` or `int8`.
    pub precision: &'static str,
    /// Photos of the library that it has seen.
    pub photos: u64,
    /// `in use` or `ready`.
    pub state: &'static str,
}

/// `map`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MapLine {
    /// The photo.
    pub id: i64,
    /// Its place: from 0 to 1, photos that came after the map was made perhaps outside.
    pub x: f32,
    /// Downward.
    pub y: f32,
    /// With three dimensions only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub z: Option<f32>,
    /// The number of its cluster, when photos are grouped.
    pub cluster: Option<u16>,
}

/// `clusters`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClusterLine {
    /// Its number; with `--save` the number of the suggestion, which it keeps.
    pub cluster: i64,
    /// Photos in it.
    pub size: usize,
    /// The photo that stands for it.
    pub cover: i64,
    /// What is known of it: folder, days, camera.
    pub name: String,
    /// Its photos.
    pub members: Vec<i64>,
}

/// `albums teach`, `albums yes` and `albums no`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProposalLine {
    /// The photo.
    pub id: i64,
    /// Its file.
    pub path: String,
    /// How sure it is that it belongs, 0 to 1.
    pub confidence: f32,
}

/// `goes-with`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CompanyLine {
    /// The photo.
    pub id: i64,
    /// Its file.
    pub path: String,
    /// The cosine of their contexts, up to 1.
    pub score: f32,
    /// 1 less the score.
    pub distance: f32,
    /// `related`: what is less is cut off.
    pub word: &'static str,
}

/// `teach`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LessonLine {
    /// Albums that the eye was taught with.
    pub albums: u64,
    /// Photos that were held out to measure it.
    pub held_out: u64,
    /// The share of their ten nearest that are in the same album, before.
    pub before: f64,
    /// The same with what was learned.
    pub after: f64,
    /// The gain that is sure.
    pub sure_gain: f64,
    /// Whether what was learned is in use.
    pub kept: bool,
}

/// `outliers`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OddLine {
    /// The photo.
    pub id: i64,
    /// Its file.
    pub path: String,
    /// How odd it is, up to 1.
    pub score: f32,
    /// `very-small`, `blank`, `dark`, `screenshot`, `document` or `blurred`; null where pixels do not tell.
    pub cause: Option<&'static str>,
}

/// `sidecars`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SidecarsLine {
    /// Whether decisions are written into sidecars.
    pub writes: bool,
    /// Sidecars that were begun or changed now.
    pub saved: u64,
    /// Pictures whose sidecar says something else than was decided here.
    pub conflicts: usize,
}

/// `sidecars conflicts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConflictLine {
    /// The picture's file, to settle it by.
    pub picture: i64,
    /// The photo.
    pub id: i64,
    /// The sidecar.
    pub path: String,
    /// What was decided here, as far as they disagree.
    pub here: Vec<String>,
    /// What the sidecar says instead, in the same order.
    pub there: Vec<String>,
}

/// `duplicates`: a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DuplicatesLine {
    /// Its number in this answer.
    pub group: usize,
    /// `copies`, `edits` or `bursts`.
    pub lane: &'static str,
    /// The file that stays.
    pub keeper: DuplicateLine,
    /// The others.
    pub members: Vec<DuplicateLine>,
    /// Bytes of what is selected to go.
    pub reclaimable: u64,
}

/// A file of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DuplicateLine {
    /// The photo.
    pub id: i64,
    /// The file.
    pub path: String,
    /// How it is alike to the one that stays, and by what that is kept.
    pub why: String,
    /// Whether it is selected to go.
    pub selected: bool,
    /// Whether it lies in a protected folder.
    pub protected: bool,
}

/// `cleanup plan`, `apply`, `undo`, `history N` and `trash`: a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CleanupLine {
    /// `trash` or `restore`.
    pub action: &'static str,
    /// The photo; null of what goes with one.
    pub id: Option<i64>,
    /// The file.
    pub path: String,
    /// Where it lies now: in the trash, or where it was put back; null of what was not moved.
    pub to: Option<String>,
    /// Of a picture in a plan, the file that stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keeper: Option<String>,
    /// `planned`, `refused`, `trashed`, `restored`, `skipped`, `failed`, `intended` or `restoring`.
    pub state: &'static str,
    /// Why not.
    pub reason: Option<String>,
}

/// `cleanup plan`, and `apply` with `--dry-run`: what a photo that stays would get from those that go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassedLine {
    /// `pass`.
    pub action: &'static str,
    /// The photo that stays.
    pub id: i64,
    /// Its file.
    pub path: String,
    /// Null: it stays where it is.
    pub to: Option<String>,
    /// `stays`.
    pub state: &'static str,
    /// Stars; null where it gets no more than it has.
    pub stars: Option<u8>,
    /// Whether it becomes a pick.
    pub pick: bool,
    /// A colour; null where it gets none.
    pub label: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Albums, by name.
    pub albums: Vec<String>,
}

/// `cleanup history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryLine {
    /// Its number.
    pub cleanup: i64,
    /// `duplicates` or `trash`.
    pub kind: &'static str,
    /// When it began.
    pub begun: Option<String>,
    /// Files that lie in the trash.
    pub in_trash: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// Files that were put back.
    pub restored: u64,
    /// Pictures that did not go, or did not come back.
    pub failed: u64,
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
