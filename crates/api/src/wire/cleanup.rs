//! Near-duplicates and the trash.

use serde::{Deserialize, Serialize};

use super::PhotoRow;

/// Which groups are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct DuplicatesAsk {
    /// How alike photos must be.
    pub alike: HowAlikeWord,
    /// Which pairs are looked at.
    pub among: AmongWord,
    /// Source folders, of pairs in different ones: two or more; none for all of them.
    pub between: Vec<i64>,
    /// This lane and the surer ones.
    pub until: LaneWord,
}

/// How alike photos must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum HowAlikeWord {
    Careful,
    Usual,
    Generous,
}

/// Which pairs are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum AmongWord {
    /// All.
    Everything,
    /// Those in different source folders.
    DifferentFolders,
    /// Those in one and the same folder.
    OneFolder,
    /// Those of which one is protected and the other is not.
    ProtectedAndOthers,
}

/// The three kinds of near-duplicates, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum LaneWord {
    /// The same picture: same bytes, stored again, resized, turned by quarters.
    Copies,
    /// Made from the same picture.
    Edits,
    /// Other shots of the same moment.
    Bursts,
}

/// All groups at a glance: enough for a list that shows only what is in view.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct DuplicatesState {
    /// In their order: surest lane first, then what frees most.
    pub groups: Vec<GroupGlance>,
    /// Photos that were not compared yet.
    pub waiting: i64,
    /// The numbers behind each word for how alike photos must be, from the strictest.
    pub limits: Vec<AlikeLimits>,
}

/// What makes two photos the same picture, by how alike they must be.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct AlikeLimits {
    /// The word for it.
    pub alike: HowAlikeWord,
    /// The share of what was compared that must agree, 0 to 1.
    pub share: f32,
    /// The share of the one that must be repeated in the other where no quality was lost, 0 to 1.
    pub repeated: f32,
    /// The distance by embedding within which shots of one moment are a burst: cosine distance, 0 to 2.
    pub burst: f32,
}

/// A group at a glance.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct GroupGlance {
    /// How its members are alike.
    pub lane: LaneWord,
    /// The photo that stays.
    pub keeper: i64,
    /// Files in it, the one that stays included.
    pub files: u32,
    /// Files that are selected to go.
    pub selected: u32,
    /// Bytes of these.
    pub frees: i64,
}

/// A group whole.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct DuplicateGroup {
    /// How its members are alike.
    pub lane: LaneWord,
    /// The one that stays.
    pub keeper: DuplicateMember,
    /// The others.
    pub members: Vec<DuplicateMember>,
}

/// A file of a group.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct DuplicateMember {
    /// The file.
    pub file: i64,
    /// The photo that it shows.
    pub photo: PhotoRow,
    /// Where it lies, for reading.
    pub path: String,
    /// Its size in bytes.
    pub size: i64,
    /// Files of the group with the same number are one on the disk, under several names: it is free with the last of them.
    pub on_disk: u32,
    /// By which criterion the other is kept; null of the one that stays, and where nothing but the order of the catalog
    /// decided.
    pub reason: Option<String>,
    /// Whether its bytes are those of the one that stays.
    pub same_bytes: bool,
    /// How much of what was compared agrees, 0 to 1.
    pub alike: f32,
    /// The share of the one picture that the other shows, 0 to 1.
    pub area: f32,
    /// Quarter turns clockwise that lay it upon the one that stays.
    pub quarters: u8,
    /// Whether left and right change places before.
    pub mirrored: bool,
    /// `raw`, `live`, `bracket` or `panorama`: why it is not selected though it is alike.
    pub bond: Option<String>,
    /// Whether the person said of it and another one like it that both stay. Of a group with such files those are new that
    /// are none, and nothing is selected.
    pub settled: bool,
    /// Whether it lies in a protected folder, from which nothing goes.
    pub protected: bool,
    /// Whether it is selected to go until the person says otherwise.
    pub selected: bool,
}

/// A file as the person saw it: with the content that it had then. When it shows another photo by now, it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(missing_docs)]
pub struct SeenFile {
    pub file: i64,
    pub photo: i64,
}

/// A file that is to go, and the file that stays for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(missing_docs)]
pub struct DuplicateChoice {
    pub goes: SeenFile,
    pub stays: SeenFile,
}

/// What the person says of photos that look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum VerdictWord {
    NotDuplicates,
    KeepAll,
}

/// Two photos that were settled; the same twice, its files.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(missing_docs)]
pub struct SettledPair {
    pub first: i64,
    pub second: i64,
    pub verdict: VerdictWord,
}

/// What a clean-up would do.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CleanupPlan {
    /// Files that would go, sidecars and the like included.
    pub files: i64,
    /// Of these sidecars and movies, which go along with a picture.
    pub along: i64,
    /// Bytes that would be free: of a file under several names when the last of them goes.
    pub bytes: i64,
    /// What would not go, and why.
    pub refused: Vec<CleanupProblem>,
    /// What photos that stay would get.
    pub passed: Vec<PassedOn>,
}

/// What moving photos to the trash would do.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TrashPlan {
    /// The picture files that were meant.
    pub files: Vec<SeenFile>,
    /// Files that would go once `last` is confirmed, sidecars and the like included.
    pub moved: i64,
    /// Bytes that would be free.
    pub bytes: i64,
    /// What would not go, and why.
    pub refused: Vec<CleanupProblem>,
    /// Photos of which nothing like them would stay: each goes only when the person confirms that very photo.
    pub last: Vec<i64>,
}

/// What a photo that stays gets from those that go.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PassedOn {
    /// The photo that stays.
    pub keeper: i64,
    /// Stars, when it gets more.
    pub stars: Option<u8>,
    /// Whether it becomes a pick.
    pub pick: bool,
    /// A colour's word, when it gets one.
    pub label: Option<String>,
    /// Tags that it gets.
    pub tags: Vec<String>,
    /// Albums that it comes into, by name.
    pub albums: Vec<String>,
}

/// A file that stayed where it was, and why.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CleanupProblem {
    /// The photo; null of what belongs to one.
    pub photo: Option<i64>,
    /// The file, for reading.
    pub path: String,
    /// In words.
    pub reason: String,
}

/// What came of moving files.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CleanupReport {
    /// Its number in the history.
    pub cleanup: i64,
    /// Files that went, or came back.
    pub files: i64,
    /// Bytes that are free, or are back.
    pub bytes: i64,
    /// What stayed where it was.
    pub problems: Vec<CleanupProblem>,
    /// Why it ended early, if so.
    pub stopped: Option<String>,
    /// Files that it had not come to then.
    pub left: i64,
}

/// A clean-up in the history.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct CleanupRow {
    /// Its number.
    pub cleanup: i64,
    /// `duplicates` or `trash`.
    pub kind: String,
    /// When it began, milliseconds since 1970 (UTC).
    pub begun_ms: i64,
    /// Files that lie in the trash.
    pub in_trash: i64,
    /// Their bytes.
    pub bytes: i64,
    /// Files that were put back.
    pub restored: i64,
    /// Pictures that did not go, or did not come back.
    pub failed: i64,
}
