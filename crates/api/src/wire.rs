//! What travels between the engine and its faces: requests, answers and events, in the words of the product.
//!
//! `ui/src/backend/wire.ts` is generated from this file; a test fails when it is stale. Times are milliseconds of the
//! camera's (or the file's) own clock read as if it were UTC. Ids are numbers without meaning.

#![allow(missing_docs, reason = "fields named as on screen; what needs saying is said")]

use serde::{Deserialize, Serialize};

mod cleanup;
mod decisions;
mod filter;
mod learned;
mod map;
mod sidecars;

pub use cleanup::{
    AlikeLimits, AmongWord, CleanupPlan, CleanupProblem, CleanupReport, CleanupRow, DuplicateChoice,
    DuplicateGroup, DuplicateMember, DuplicatesAsk, DuplicatesState, GroupGlance, HowAlikeWord, LaneWord,
    PassedOn, SeenFile, SettledPair, TrashPlan, VerdictWord,
};
pub use decisions::{AlbumKindWord, AlbumOf, AlbumRow, DecisionWord, TagOn, TagRow, Undone};
pub use filter::{
    FilterCounts, FlagWord, FolderCount, LabelWord, OrientationWord, PhotoFilter, SortWord, ValueCount,
};
pub use learned::{
    GoesWithAnswer, GoesWithRow, GoesWithWord, Lesson, OddCauseWord, OddRow, ProposalRow, Proposals,
    SuggestionRow,
};
pub use map::{LayoutWord, MadeMap, MakingMap, MapBytes, MapCluster, MapLegend, MapState};
pub use sidecars::{SideWord, SidecarConflictRow, SidecarState, SidecarValues};

/// Everything a face may ask for, but bulk and pictures, which travel as bytes.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "command", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Request {
    /// Folders, counts, activity, model. Answer: [`LibraryState`].
    LibraryState,
    /// Adds a source folder (absolute path) and starts to read it. Answer: [`Folder`].
    AddFolder { path: String },
    /// Forgets a folder; its photos' decisions stay. Answer: nothing.
    RemoveFolder { folder: i64 },
    /// The folder now lies at `path`. Answer: [`Folder`].
    RelinkFolder { folder: i64, path: String },
    /// Looks again at one folder, or at all. Answer: nothing.
    Rescan { folder: Option<i64> },
    /// Rows of photos, in the order asked; unknown ids are left out. Answer: `PhotoRow[]`.
    PhotoRows { photos: Vec<i64> },
    /// Everything about one photo. Answer: [`PhotoDetail`].
    Photo { photo: i64 },
    /// The photos that look like these. Answer: [`SimilarAnswer`].
    Similar { query: SimilarQuery },
    /// Stars, 0 to 5. Answer: nothing; undoable.
    Rate { photos: Vec<i64>, stars: u8 },
    /// Pick, reject, or neither. Answer: nothing; undoable.
    SetFlag { photos: Vec<i64>, flag: FlagWord },
    /// A colour, or none. Answer: nothing; undoable.
    SetLabel { photos: Vec<i64>, label: LabelWord },
    /// Every tag, and those that they lie below, in the order of the alphabet. Answer: `TagRow[]`.
    Tags,
    /// The tags of some photos. Answer: `TagOn[]`.
    TagsOf { photos: Vec<i64> },
    /// Gives photos tags, new ones or known. Answer: nothing; undoable.
    AddTags { photos: Vec<i64>, tags: Vec<String> },
    /// Takes exactly these tags from photos. Answer: nothing; undoable.
    RemoveTags { photos: Vec<i64>, tags: Vec<String> },
    /// Renames or moves a tag, with all below it. When `to` is there already both become one. Answer: nothing; undoable.
    RenameTag { tag: String, to: String },
    /// Several tags become one, `into`, which may be new; tags below them come with them. Answer: nothing; undoable.
    MergeTags { tags: Vec<String>, into: String },
    /// Takes a tag and all below it from all photos and from the vocabulary. Answer: nothing; undoable.
    DeleteTag { tag: String },
    /// Albums, each after the one that it lies in, siblings in their order. Answer: `AlbumRow[]`.
    Albums,
    /// The albums that some photos lie in. Answer: `AlbumOf[]`.
    AlbumsOf { photos: Vec<i64> },
    /// An album with these photos, or a saved search when `filter` is given. Answer: its id; undoable.
    CreateAlbum { name: String, parent: Option<i64>, photos: Vec<i64>, filter: Option<PhotoFilter> },
    /// Answer: nothing; undoable.
    RenameAlbum { album: i64, name: String },
    /// Into another album (or out of all), before one of its albums, or as the last. Answer: nothing; undoable.
    MoveAlbum { album: i64, parent: Option<i64>, before: Option<i64> },
    /// With the albums in it. No photo goes. Answer: nothing; undoable.
    DeleteAlbum { album: i64 },
    /// Null lets the album choose. Answer: nothing; undoable.
    SetAlbumCover { album: i64, photo: Option<i64> },
    /// Adds photos at its end; those that are in it stay where they are. Not to a saved search. Answer: nothing; undoable.
    AddToAlbum { album: i64, photos: Vec<i64> },
    /// Answer: nothing; undoable.
    RemoveFromAlbum { album: i64, photos: Vec<i64> },
    /// Moves photos of an album before another of its photos, or to its end. Answer: nothing; undoable.
    ReorderAlbum { album: i64, photos: Vec<i64>, before: Option<i64> },
    /// What a saved search asks from now on. Answer: nothing; undoable.
    SetAlbumFilter { album: i64, filter: PhotoFilter },
    /// Albums that Likeness suggests, or the parts of one: pinned ones first, then most photos first. Answer:
    /// `SuggestionRow[]`.
    Suggestions { inside: Option<i64> },
    /// Groups photos again in the background, into so many suggestions or as many as suit them; `albumsChanged` when that
    /// is done. Answer: nothing.
    SuggestAlbums { count: Option<i64> },
    /// Makes a suggestion an album by its name, or one like it that is free. Answer: the album's id; undoable.
    KeepSuggestion { suggestion: i64, parent: Option<i64> },
    /// It stays as it is from then on. Answer: nothing; undoable.
    RenameSuggestion { suggestion: i64, name: String },
    /// It comes before others, and stays as it is. Answer: nothing; undoable.
    PinSuggestion { suggestion: i64, pinned: bool },
    /// It and what goes on from it stay away. Answer: nothing; undoable.
    DismissSuggestion { suggestion: i64 },
    /// Its parts take its place. Answer: nothing; undoable.
    SplitSuggestion { suggestion: i64 },
    /// They become one, which stays as it is from then on. Answer: its id; undoable.
    MergeSuggestions { suggestions: Vec<i64> },
    /// An album that learns from these photos, three or more. Answer: its id; undoable.
    TeachAlbum { name: String, parent: Option<i64>, photos: Vec<i64> },
    /// Lets an album by hand learn from its photos, three or more. Answer: nothing; undoable.
    TeachFromAlbum { album: i64 },
    /// Photos that may belong into a taught album. Answer: [`Proposals`].
    Proposals { album: i64 },
    /// Photos that belong into an album, and photos that do not. Answer: nothing; undoable.
    AnswerProposals { album: i64, yes: Vec<i64>, no: Vec<i64> },
    /// The photos of an album that look most like one that it proposes, nearest first, 5 at most. Answer: `SimilarRow[]`.
    WhyProposed { album: i64, photo: i64 },
    /// Photos that are unlike all others, the oddest first; a limit of 0 means 500. Answer: `OddRow[]`.
    OddOnes { limit: u32 },
    /// Photos that are not odd to the person. Answer: nothing; undoable.
    KeepOddOnes { photos: Vec<i64> },
    /// The photos that were taken or kept together with all of these, a limit of 0 means 200. Answer: [`GoesWithAnswer`].
    GoesWith { photos: Vec<i64>, limit: u32 },
    /// What albums taught the eye the last time. Answer: [`Lesson`] or null.
    Lesson,
    /// Teaches the eye with all albums in the background; `stateChanged` when that is done. Answer: nothing.
    TeachEye,
    /// Looks without what albums taught again. Answer: nothing.
    ForgetLesson,
    /// Whether sidecars are written, and where they say something else. Answer: [`SidecarState`].
    Sidecars,
    /// Whether decisions are written into sidecars from now on, and those of before. Answer: nothing.
    SetWriteSidecars { write: bool },
    /// Ends a conflict with what was decided here, or what the sidecar says. Answer: nothing.
    SettleSidecar { picture: i64, take: SideWord },
    /// The groups of near-duplicates at a glance, as they are now. Answer: [`DuplicatesState`].
    Duplicates { ask: DuplicatesAsk },
    /// So many groups of these, from one on. Answer: `DuplicateGroup[]`.
    DuplicateGroups { ask: DuplicatesAsk, from: u32, count: u32 },
    /// What was said of groups, each of photos; a photo that a group has twice stands for two files. Answer: nothing; undoable.
    SettleDuplicates { groups: Vec<Vec<i64>>, verdict: VerdictWord },
    /// Everything that was said of groups, pair by pair. Answer: `SettledPair[]`.
    SettledPairs,
    /// Takes that back for some pairs. Answer: nothing; undoable.
    UnsettlePairs { pairs: Vec<(i64, i64)> },
    /// What moving these files to the trash would do. Nothing is touched. Answer: [`CleanupPlan`].
    PlanCleanup { choices: Vec<DuplicateChoice>, pass_on: bool },
    /// Moves them there; each file, and what stays for it, is opened and compared again before. Answer: [`CleanupReport`];
    /// undoable. Once something went, all of `kept` are kept for good, in the same step: photos of what stays of a group,
    /// one that stays in two files twice.
    CleanUp { choices: Vec<DuplicateChoice>, pass_on: bool, kept: Vec<i64> },
    /// What moving all files of photos, and files, to the trash would do. Nothing is touched. Answer: [`TrashPlan`].
    PlanTrash { photos: Vec<i64>, files: Vec<SeenFile> },
    /// Moves files to the trash. A photo that is not confirmed stays when nothing like it would. Answer:
    /// [`CleanupReport`]; undoable.
    MoveToTrash { files: Vec<SeenFile>, confirmed: Vec<i64> },
    /// What was moved to the trash, the newest first. Answer: `CleanupRow[]`.
    Cleanups,
    /// Puts back what still lies in the trash of one of these. Answer: [`CleanupReport`].
    UndoCleanup { cleanup: i64 },
    /// The source folders from which nothing goes to the trash. Answer: ids.
    ProtectedFolders,
    /// Answer: nothing.
    ProtectFolder { folder: i64, protect: bool },
    /// What decides which of several near-duplicates stays, the first thing first. Answer: words.
    KeeperOrder,
    /// What is not named follows in its usual order. Answer: nothing.
    SetKeeperOrder { criteria: Vec<String> },
    /// Puts source folders in order: of near-duplicates, what lies in the first stays rather. The others have no place in it
    /// any more. Answer: nothing.
    SetFolderOrder { folders: Vec<i64> },
    /// How many photos each further filter would leave. Answer: [`FilterCounts`].
    FilterCounts { filter: PhotoFilter },
    /// Takes back the last decision. Answer: [`Undone`] or null.
    Undo,
    /// Does again what was taken back. Answer: [`Undone`] or null.
    Redo,
    /// Files that could not become photos, or only partly. Answer: `ProblemRow[]`.
    Problems,
    /// The cameras in the library with their photo counts, most used first. Answer: `CameraCount[]`.
    Cameras,
    /// Holds the running work. Answer: nothing.
    PauseWork,
    /// Goes on with it. Answer: nothing.
    ResumeWork,
    /// Ends it; what is done stays done. Answer: nothing.
    CancelWork,
    /// A value that a face keeps for itself, such as the thumbnail size. Answer: text or null.
    Setting { name: String },
    /// Keeps it. Answer: nothing.
    SetSetting { name: String, value: String },
    /// Shows the photo's file in the system's file manager. Answer: nothing.
    ShowInFileManager { photo: i64 },
    /// Answer: [`MapState`].
    MapState,
    /// Makes the map of 2 or 3 dimensions again, from where photos lie now. Answer: nothing; undoable by `undoMap`.
    ArrangeMap { dims: u8 },
    /// Goes back to the map before, and the next time forth again. Answer: nothing.
    UndoMap { dims: u8 },
    /// The photos that look most like this one, 10 at most, nearest first. Answer: ids.
    MapNeighbors { photo: i64 },
    /// The clusters of one fineness, most photos first, with a place in a layout. Answer: `MapCluster[]`.
    MapClusters { fineness: u8, layout: LayoutWord, dims: u8 },
}

/// The library at a glance.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct LibraryState {
    /// Likeness's version.
    pub version: String,
    /// Source folders, in the order they were added.
    pub folders: Vec<Folder>,
    /// Photos that can be shown.
    pub photos: i64,
    /// Of these, how many can be found by look.
    pub findable: i64,
    /// Files with a problem.
    pub problems: i64,
    /// Videos found, which are not shown.
    pub videos: i64,
    /// What is being done.
    pub activity: Activity,
    /// The decision that undo would take back.
    pub undo: Option<DecisionWord>,
    /// The decision that redo would do again.
    pub redo: Option<DecisionWord>,
    /// The model in use; null when none could be loaded.
    pub model: Option<ModelState>,
}

/// The model in use.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ModelState {
    /// Its tag.
    pub tag: String,
    /// Where it runs, such as `CPU`.
    pub device: String,
}

/// A source folder.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Folder {
    /// Its id.
    pub id: i64,
    /// Where it lies, for reading.
    pub path: String,
    /// The last part of the path.
    pub name: String,
    /// Online, offline, or waiting for its first scan.
    pub state: FolderWord,
    /// Photos in it.
    pub photos: i64,
    /// Files in it that have a problem.
    pub problems: i64,
    /// How it is watched, when that is less than whole: a sentence.
    pub watch_note: Option<String>,
    /// Its place in the order of [`Request::SetFolderOrder`], 0 first; null where it was given none.
    pub rank: Option<u32>,
}

/// Whether a folder can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum FolderWord {
    Online,
    Offline,
    Waiting,
}

/// What the engine is doing.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// Whether anything is being done, or held.
    pub state: ActivityWord,
    /// `find`, `read`, `decode`, `embed`, `save`, `compare`, `arrange`, `group`, `learn`, `trash` or `restore`; null when
    /// idle.
    pub stage: Option<String>,
    /// Files done.
    pub done: i64,
    /// Files to do, as far as known.
    pub total: i64,
    /// Photos a second, lately; null until known.
    pub per_second: Option<f64>,
    /// Seconds left; null until known.
    pub seconds_left: Option<f64>,
    /// What stopped the last work, as a sentence, when it failed (a full disk, a vanished folder).
    pub failure: Option<Failure>,
}

/// States of the engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum ActivityWord {
    #[default]
    Idle,
    Working,
    Paused,
}

/// An error in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// A stable word for programs, such as `diskFull`.
    pub code: String,
    /// What happened, one sentence.
    pub what: String,
    /// What to do about it, one sentence.
    pub hint: Option<String>,
}

/// One photo in a list.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PhotoRow {
    /// Its id.
    pub id: i64,
    /// The file's name, for reading.
    pub name: String,
    /// The file's path, for reading.
    pub path: String,
    /// When it was taken, or when its file was last changed: milliseconds of the local clock.
    pub shown_at_ms: i64,
    /// Whether the photo itself says when it was taken.
    pub taken_known: bool,
    /// Pixels, upright.
    pub width: u32,
    /// Pixels, upright.
    pub height: u32,
    /// `jpeg`, `heic`, …
    pub format: String,
    /// Maker and model.
    pub camera: Option<String>,
    /// Size of the file.
    pub size_bytes: i64,
    /// Stars, 0 to 5.
    pub stars: u8,
    /// Pick or reject.
    pub flag: FlagWord,
    /// The colour.
    pub label: LabelWord,
    /// Whether its file can be reached.
    pub availability: AvailabilityWord,
    /// A ThumbHash, as base64, to paint before the thumbnail is there.
    pub preview: Option<String>,
}

/// Whether a photo's file can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum AvailabilityWord {
    Present,
    Offline,
    Missing,
}

/// Everything about one photo.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PhotoDetail {
    /// What a list shows.
    pub row: PhotoRow,
    /// Every file with this content.
    pub files: Vec<FilePlace>,
    /// Sidecars and movies that belong to it, paths for reading.
    pub companions: Vec<String>,
    /// Its tags, in the order of the alphabet.
    pub tags: Vec<String>,
    /// Minutes from UTC of the camera's clock.
    pub zone_minutes: Option<i16>,
    /// The lens.
    pub lens: Option<String>,
    /// Seconds.
    pub exposure_seconds: Option<f64>,
    /// f-number.
    pub f_number: Option<f64>,
    /// ISO speed.
    pub iso: Option<u32>,
    /// Millimetres.
    pub focal_length_mm: Option<f64>,
    /// Degrees, north positive.
    pub latitude: Option<f64>,
    /// Degrees, east positive.
    pub longitude: Option<f64>,
    /// Metres.
    pub altitude_m: Option<f64>,
    /// More than one picture in the file; the first is shown.
    pub animated: bool,
    /// Why it is shown only partly, or cannot be found by look.
    pub warning: Option<String>,
}

/// One place where a photo lies.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct FilePlace {
    /// For reading.
    pub path: String,
    /// Whether it can be reached.
    pub availability: AvailabilityWord,
}

/// What to look for.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", default)]
pub struct SimilarQuery {
    /// Photos that the results should look like, all together.
    pub photos: Vec<i64>,
    /// Photos that the results should look less like.
    pub less: Vec<i64>,
    /// A dropped or pasted picture, by the token that it was given.
    pub picture: Option<String>,
    /// Only this part of the one photo (or picture) that is asked about.
    pub region: Option<RegionBox>,
    /// At most so many results; 0 means the default of 200.
    pub limit: u32,
}

/// A rectangle as fractions of an upright picture, from its top left.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RegionBox {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// The photos that look like the query, best first. The query's own photos are left out.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SimilarAnswer {
    /// Up to the limit, and only as far as likeness means something.
    pub results: Vec<SimilarRow>,
    /// Photos that cannot be found by look yet: while this is not 0 the answer is incomplete.
    pub not_yet_findable: i64,
}

/// One result.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SimilarRow {
    /// The photo.
    pub photo: PhotoRow,
    /// Cosine similarity to the query, -1 to 1.
    pub score: f32,
    /// Cosine distance, 0 to 2.
    pub distance: f32,
    /// The distance in words.
    pub word: LikenessWord,
}

/// How alike, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum LikenessWord {
    Same,
    VeryClose,
    Related,
    Unrelated,
}

/// A file that could not become a photo, or only partly.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ProblemRow {
    /// For reading.
    pub path: String,
    /// `find`, `read`, `decode`, `embed` or `save`.
    pub stage: String,
    /// One sentence.
    pub reason: String,
    /// The photo, when it is shown all the same.
    pub photo: Option<i64>,
}

/// A camera and how many photos it took.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct CameraCount {
    /// Maker and model.
    pub camera: String,
    /// Photos.
    pub photos: i64,
}

/// A dropped or pasted picture that was taken in.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct QueryPicture {
    /// Names it in a [`SimilarQuery`] until Likeness closes.
    pub token: String,
}

/// News from the engine, at most ten a second.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// The activity changed.
    Activity { activity: Activity },
    /// Photos came, went or changed: ask for the shape again.
    PhotosChanged,
    /// Ratings, flags, labels or tags of these photos changed.
    DecisionsChanged { photos: Vec<i64> },
    /// Albums came, went or changed, or what is in them.
    AlbumsChanged,
    /// The vocabulary of tags changed, or how often they are used.
    TagsChanged,
    /// Folders, counts, undo or the model changed: ask for the state again.
    StateChanged,
    /// Photos were placed, the map or its clusters changed: ask for the map's state, points and clusters again.
    MapChanged,
    /// The map that is being made moved: its points can be asked for. At most four a second.
    MapProgress { making: MakingMap },
}
