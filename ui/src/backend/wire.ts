// Generated from crates/api/src/wire.rs. Do not edit: UPDATE_WIRE=1 cargo test -p likeness-api wire

export type Request = { "command": "libraryState" } | { "command": "addFolder", path: string, } | { "command": "removeFolder", folder: number, } | { "command": "relinkFolder", folder: number, path: string, } | { "command": "rescan", folder: number | null, } | { "command": "photoRows", photos: Array<number>, } | { "command": "photo", photo: number, } | { "command": "similar", query: SimilarQuery, } | { "command": "rate", photos: Array<number>, stars: number, } | { "command": "setFlag", photos: Array<number>, flag: FlagWord, } | { "command": "setLabel", photos: Array<number>, label: LabelWord, } | { "command": "tags" } | { "command": "tagsOf", photos: Array<number>, } | { "command": "addTags", photos: Array<number>, tags: Array<string>, } | { "command": "removeTags", photos: Array<number>, tags: Array<string>, } | { "command": "renameTag", tag: string, to: string, } | { "command": "mergeTags", tags: Array<string>, into: string, } | { "command": "deleteTag", tag: string, } | { "command": "albums" } | { "command": "albumsOf", photos: Array<number>, } | { "command": "createAlbum", name: string, parent: number | null, photos: Array<number>, filter: PhotoFilter | null, } | { "command": "renameAlbum", album: number, name: string, } | { "command": "moveAlbum", album: number, parent: number | null, before: number | null, } | { "command": "deleteAlbum", album: number, } | { "command": "setAlbumCover", album: number, photo: number | null, } | { "command": "addToAlbum", album: number, photos: Array<number>, } | { "command": "removeFromAlbum", album: number, photos: Array<number>, } | { "command": "reorderAlbum", album: number, photos: Array<number>, before: number | null, } | { "command": "setAlbumFilter", album: number, filter: PhotoFilter, } | { "command": "suggestions", inside: number | null, } | { "command": "suggestAlbums", count: number | null, } | { "command": "keepSuggestion", suggestion: number, parent: number | null, } | { "command": "renameSuggestion", suggestion: number, name: string, } | { "command": "pinSuggestion", suggestion: number, pinned: boolean, } | { "command": "dismissSuggestion", suggestion: number, } | { "command": "splitSuggestion", suggestion: number, } | { "command": "mergeSuggestions", suggestions: Array<number>, } | { "command": "teachAlbum", name: string, parent: number | null, photos: Array<number>, } | { "command": "teachFromAlbum", album: number, } | { "command": "proposals", album: number, } | { "command": "answerProposals", album: number, yes: Array<number>, no: Array<number>, } | { "command": "whyProposed", album: number, photo: number, } | { "command": "oddOnes", limit: number, } | { "command": "keepOddOnes", photos: Array<number>, } | { "command": "goesWith", photos: Array<number>, limit: number, } | { "command": "lesson" } | { "command": "teachEye" } | { "command": "forgetLesson" } | { "command": "sidecars" } | { "command": "setWriteSidecars", write: boolean, } | { "command": "settleSidecar", picture: number, take: SideWord, } | { "command": "duplicates", ask: DuplicatesAsk, } | { "command": "duplicateGroups", ask: DuplicatesAsk, from: number, count: number, } | { "command": "settleDuplicates", groups: Array<Array<number>>, verdict: VerdictWord, } | { "command": "settledPairs" } | { "command": "unsettlePairs", pairs: Array<[number, number]>, } | { "command": "planCleanup", choices: Array<DuplicateChoice>, passOn: boolean, } | { "command": "cleanUp", choices: Array<DuplicateChoice>, passOn: boolean, kept: Array<number>, } | { "command": "planTrash", photos: Array<number>, files: Array<SeenFile>, } | { "command": "moveToTrash", files: Array<SeenFile>, confirmed: Array<number>, } | { "command": "cleanups" } | { "command": "undoCleanup", cleanup: number, } | { "command": "protectedFolders" } | { "command": "protectFolder", folder: number, protect: boolean, } | { "command": "keeperOrder" } | { "command": "setKeeperOrder", criteria: Array<string>, } | { "command": "setFolderOrder", folders: Array<number>, } | { "command": "filterCounts", filter: PhotoFilter, } | { "command": "undo" } | { "command": "redo" } | { "command": "problems" } | { "command": "cameras" } | { "command": "pauseWork" } | { "command": "resumeWork" } | { "command": "cancelWork" } | { "command": "setting", name: string, } | { "command": "setSetting", name: string, value: string, } | { "command": "showInFileManager", photo: number, } | { "command": "mapState" } | { "command": "arrangeMap", dims: number, } | { "command": "undoMap", dims: number, } | { "command": "mapNeighbors", photo: number, } | { "command": "mapClusters", fineness: number, layout: LayoutWord, dims: number, };

export type PhotoFilter = { 
/**
 * Only photos with a file below this folder.
 */
folder: number | null, 
/**
 * Shown at this time or later, milliseconds.
 */
sinceMs: number | null, 
/**
 * Shown before this time, milliseconds.
 */
untilMs: number | null, 
/**
 * The camera's name contains this text, in any case.
 */
camera: string | null, 
/**
 * The lens's name contains this text, in any case.
 */
lens: string | null, 
/**
 * At least so many stars.
 */
starsAtLeast: number | null, 
/**
 * Only with this flag.
 */
flag: FlagWord | null, 
/**
 * Only with this colour label.
 */
label: LabelWord | null, 
/**
 * Only with all of these tags, each itself or below it.
 */
tags: Array<string>, 
/**
 * Only of this album, or an album in it.
 */
album: number | null, 
/**
 * Only of this suggestion. Never part of a saved search.
 */
suggestion: number | null, 
/**
 * Only of this format (`jpeg`, `heic`, …).
 */
format: string | null, 
/**
 * Only upright, lying, or neither.
 */
orientation: OrientationWord | null, 
/**
 * Files of so many bytes or more.
 */
bytesAtLeast: number | null, 
/**
 * Files of so many bytes or fewer.
 */
bytesAtMost: number | null, 
/**
 * The name of a file contains this text, in any case.
 */
name: string | null, 
/**
 * Photos that look like these, all together; these themselves too.
 */
similarTo: Array<number>, 
/**
 * Photos of a stack follow one another, the one that stands for it first. Never part of a saved search.
 */
stacked: boolean, 
/**
 * The order.
 */
sort: SortWord, };

export type SortWord = "newest" | "oldest" | "name" | "largest" | "bestRated" | "recentlyAdded" | "album";

export type FlagWord = "none" | "pick" | "reject";

export type LabelWord = "none" | "red" | "yellow" | "green" | "blue" | "purple";

export type OrientationWord = "landscape" | "portrait" | "square";

export type FilterCounts = { 
/**
 * Photos that the whole filter lets through.
 */
photos: number, 
/**
 * Photos with exactly 0, 1, … 5 stars.
 */
stars: Array<number>, 
/**
 * By `none`, `pick`, `reject`.
 */
flags: Array<ValueCount>, 
/**
 * By `none`, `red`, …
 */
labels: Array<ValueCount>, 
/**
 * By camera, most photos first.
 */
cameras: Array<ValueCount>, 
/**
 * By lens, most photos first.
 */
lenses: Array<ValueCount>, 
/**
 * By format, most photos first.
 */
formats: Array<ValueCount>, 
/**
 * By `landscape`, `portrait`, `square`.
 */
orientations: Array<ValueCount>, 
/**
 * By year, latest first; whatever times the filter asks for.
 */
years: Array<ValueCount>, 
/**
 * By tag, with the photos of the tags below it; most photos first. Beside the tags that the filter asks for: each
 * further tag narrows what they let through.
 */
tags: Array<ValueCount>, 
/**
 * By source folder.
 */
folders: Array<FolderCount>, };

export type ValueCount = { value: string, photos: number, };

export type FolderCount = { folder: number, photos: number, };

export type LibraryState = { 
/**
 * Likeness's version.
 */
version: string, 
/**
 * Source folders, in the order they were added.
 */
folders: Array<Folder>, 
/**
 * Photos that can be shown.
 */
photos: number, 
/**
 * Of these, how many can be found by look.
 */
findable: number, 
/**
 * Files with a problem.
 */
problems: number, 
/**
 * Videos found, which are not shown.
 */
videos: number, 
/**
 * What is being done.
 */
activity: Activity, 
/**
 * The decision that undo would take back.
 */
undo: DecisionWord | null, 
/**
 * The decision that redo would do again.
 */
redo: DecisionWord | null, 
/**
 * The model in use; null when none could be loaded.
 */
model: ModelState | null, };

export type ModelState = { 
/**
 * Its tag.
 */
tag: string, 
/**
 * Where it runs, such as `CPU`.
 */
device: string, };

export type Folder = { 
/**
 * Its id.
 */
id: number, 
/**
 * Where it lies, for reading.
 */
path: string, 
/**
 * The last part of the path.
 */
name: string, 
/**
 * Online, offline, or waiting for its first scan.
 */
state: FolderWord, 
/**
 * Photos in it.
 */
photos: number, 
/**
 * Files in it that have a problem.
 */
problems: number, 
/**
 * How it is watched, when that is less than whole: a sentence.
 */
watchNote: string | null, 
/**
 * Its place in the order of [`Request::SetFolderOrder`], 0 first; null where it was given none.
 */
rank: number | null, };

export type FolderWord = "online" | "offline" | "waiting";

export type Activity = { 
/**
 * Whether anything is being done, or held.
 */
state: ActivityWord, 
/**
 * `find`, `read`, `decode`, `embed`, `save`, `compare`, `arrange`, `group`, `learn`, `trash` or `restore`; null when
 * idle.
 */
stage: string | null, 
/**
 * Files done.
 */
done: number, 
/**
 * Files to do, as far as known.
 */
total: number, 
/**
 * Photos a second, lately; null until known.
 */
perSecond: number | null, 
/**
 * Seconds left; null until known.
 */
secondsLeft: number | null, 
/**
 * What stopped the last work, as a sentence, when it failed (a full disk, a vanished folder).
 */
failure: Failure | null, };

export type ActivityWord = "idle" | "working" | "paused";

export type Failure = { 
/**
 * A stable word for programs, such as `diskFull`.
 */
code: string, 
/**
 * What happened, one sentence.
 */
what: string, 
/**
 * What to do about it, one sentence.
 */
hint: string | null, };

export type PhotoRow = { 
/**
 * Its id.
 */
id: number, 
/**
 * The file's name, for reading.
 */
name: string, 
/**
 * The file's path, for reading.
 */
path: string, 
/**
 * When it was taken, or when its file was last changed: milliseconds of the local clock.
 */
shownAtMs: number, 
/**
 * Whether the photo itself says when it was taken.
 */
takenKnown: boolean, 
/**
 * Pixels, upright.
 */
width: number, 
/**
 * Pixels, upright.
 */
height: number, 
/**
 * `jpeg`, `heic`, …
 */
format: string, 
/**
 * Maker and model.
 */
camera: string | null, 
/**
 * Size of the file.
 */
sizeBytes: number, 
/**
 * Stars, 0 to 5.
 */
stars: number, 
/**
 * Pick or reject.
 */
flag: FlagWord, 
/**
 * The colour.
 */
label: LabelWord, 
/**
 * Whether its file can be reached.
 */
availability: AvailabilityWord, 
/**
 * A ThumbHash, as base64, to paint before the thumbnail is there.
 */
preview: string | null, };

export type AvailabilityWord = "present" | "offline" | "missing";

export type PhotoDetail = { 
/**
 * What a list shows.
 */
row: PhotoRow, 
/**
 * Every file with this content.
 */
files: Array<FilePlace>, 
/**
 * Sidecars and movies that belong to it, paths for reading.
 */
companions: Array<string>, 
/**
 * Its tags, in the order of the alphabet.
 */
tags: Array<string>, 
/**
 * Minutes from UTC of the camera's clock.
 */
zoneMinutes: number | null, 
/**
 * The lens.
 */
lens: string | null, 
/**
 * Seconds.
 */
exposureSeconds: number | null, 
/**
 * f-number.
 */
fNumber: number | null, 
/**
 * ISO speed.
 */
iso: number | null, 
/**
 * Millimetres.
 */
focalLengthMm: number | null, 
/**
 * Degrees, north positive.
 */
latitude: number | null, 
/**
 * Degrees, east positive.
 */
longitude: number | null, 
/**
 * Metres.
 */
altitudeM: number | null, 
/**
 * More than one picture in the file; the first is shown.
 */
animated: boolean, 
/**
 * Why it is shown only partly, or cannot be found by look.
 */
warning: string | null, };

export type FilePlace = { 
/**
 * For reading.
 */
path: string, 
/**
 * Whether it can be reached.
 */
availability: AvailabilityWord, };

export type SimilarQuery = { 
/**
 * Photos that the results should look like, all together.
 */
photos: Array<number>, 
/**
 * Photos that the results should look less like.
 */
less: Array<number>, 
/**
 * A dropped or pasted picture, by the token that it was given.
 */
picture: string | null, 
/**
 * Only this part of the one photo (or picture) that is asked about.
 */
region: RegionBox | null, 
/**
 * At most so many results; 0 means the default of 200.
 */
limit: number, };

export type RegionBox = { x: number, y: number, width: number, height: number, };

export type SimilarAnswer = { 
/**
 * Up to the limit, and only as far as likeness means something.
 */
results: Array<SimilarRow>, 
/**
 * Photos that cannot be found by look yet: while this is not 0 the answer is incomplete.
 */
notYetFindable: number, };

export type SimilarRow = { 
/**
 * The photo.
 */
photo: PhotoRow, 
/**
 * Cosine similarity to the query, -1 to 1.
 */
score: number, 
/**
 * Cosine distance, 0 to 2.
 */
distance: number, 
/**
 * The distance in words.
 */
word: LikenessWord, };

export type LikenessWord = "same" | "veryClose" | "related" | "unrelated";

export type TagRow = { 
/**
 * With the tags that it lies below, joined by `|`: `Animals|Dogs`.
 */
tag: string, 
/**
 * Photos in view that have it or a tag below it.
 */
photos: number, };

export type TagOn = { 
/**
 * The tag.
 */
tag: string, 
/**
 * How many of the photos asked about have exactly this tag.
 */
photos: number, };

export type AlbumKindWord = "hand" | "search" | "taught";

export type AlbumRow = { 
/**
 * Its id.
 */
id: number, 
/**
 * The album that it lies in.
 */
parent: number | null, 
/**
 * No two albums in one album have the same.
 */
name: string, kind: AlbumKindWord, 
/**
 * Photos in view that are in it or in albums in it.
 */
photos: number, 
/**
 * The photo that stands for it: the chosen one, else the first; null when it has none in view.
 */
cover: number | null, 
/**
 * Whether the person chose the cover.
 */
coverChosen: boolean, 
/**
 * Up to four more of its photos.
 */
more: Array<number>, 
/**
 * The time of its first photo, milliseconds of the local clock; null without photos.
 */
fromMs: number | null, 
/**
 * The time of its last.
 */
untilMs: number | null, 
/**
 * Photos that it is sure of and that wait for yes or no; of taught albums only.
 */
proposals: number, 
/**
 * What a saved search asks; null of other kinds.
 */
filter: PhotoFilter | null, };

export type AlbumOf = { 
/**
 * The album: by hand or taught, not the albums around it.
 */
album: number, 
/**
 * How many of the photos asked about lie in it.
 */
photos: number, };

export type SuggestionRow = { 
/**
 * Its id, which it keeps when photos are grouped again.
 */
id: number, 
/**
 * What the person calls it, else what it could be called; never empty.
 */
name: string, 
/**
 * Whether the person gave the name.
 */
named: boolean, 
/**
 * Photos in view.
 */
photos: number, 
/**
 * The photo that stands for it.
 */
cover: number, 
/**
 * Up to four more of its photos.
 */
more: Array<number>, 
/**
 * The time of its first photo, milliseconds of the local clock.
 */
fromMs: number, 
/**
 * The time of its last.
 */
untilMs: number, 
/**
 * Whether it comes before others.
 */
pinned: boolean, 
/**
 * Parts that it can be opened into.
 */
parts: number, };

export type Proposals = { 
/**
 * The surest first, at most 200: those that it is sure of, then those that may be looked through when asked for.
 */
proposals: Array<ProposalRow>, 
/**
 * Whether it has yet to learn from what was answered, or came, since: `albumsChanged` tells when it has.
 */
learning: boolean, 
/**
 * Photos that it learns from.
 */
examples: number, };

export type ProposalRow = { 
/**
 * The photo.
 */
photo: PhotoRow, 
/**
 * How sure it is, 0 to 1.
 */
confidence: number, 
/**
 * Sure enough to be proposed unasked.
 */
sure: boolean, };

export type OddRow = { 
/**
 * The photo.
 */
photo: PhotoRow, 
/**
 * How odd it is, up to 1.
 */
score: number, 
/**
 * Why; null where it is only unlike everything else.
 */
cause: OddCauseWord | null, };

export type OddCauseWord = "screenshot" | "document" | "blurred" | "dark" | "blank" | "small";

export type GoesWithAnswer = { 
/**
 * The closest company first.
 */
results: Array<GoesWithRow>, 
/**
 * Whether there is anything to tell.
 */
state: GoesWithWord, };

export type GoesWithRow = { 
/**
 * The photo.
 */
photo: PhotoRow, 
/**
 * The cosine of their contexts, up to 1.
 */
score: number, };

export type GoesWithWord = "ready" | "learning" | "tooFew";

export type Lesson = { 
/**
 * Albums that it was taught with.
 */
albums: number, 
/**
 * Photos that were held out to measure it.
 */
heldOut: number, 
/**
 * The share of their ten nearest that are in the same album, before: 0 to 1.
 */
before: number, 
/**
 * The same with what was learned.
 */
after: number, 
/**
 * The gain that is sure: what was learned is in use when it is above 0.
 */
sureGain: number, 
/**
 * Whether it is in use.
 */
kept: boolean, };

export type SidecarState = { 
/**
 * Whether decisions are written into sidecars.
 */
writes: boolean, 
/**
 * Pictures whose sidecar says something else than was decided here.
 */
conflicts: Array<SidecarConflictRow>, };

export type SidecarConflictRow = { 
/**
 * The picture's file, to settle it by.
 */
picture: number, 
/**
 * Its photo.
 */
photo: PhotoRow, 
/**
 * The sidecar, for reading.
 */
path: string, 
/**
 * What was decided here, as far as they disagree.
 */
here: SidecarValues, 
/**
 * What the sidecar says instead.
 */
there: SidecarValues, };

export type SidecarValues = { stars: number | null, flag: FlagWord | null, label: LabelWord | null, };

export type SideWord = "here" | "there";

export type DuplicatesAsk = { 
/**
 * How alike photos must be.
 */
alike: HowAlikeWord, 
/**
 * Which pairs are looked at.
 */
among: AmongWord, 
/**
 * Source folders, of pairs in different ones: two or more; none for all of them.
 */
between: Array<number>, 
/**
 * This lane and the surer ones.
 */
until: LaneWord, };

export type HowAlikeWord = "careful" | "usual" | "generous";

export type AlikeLimits = { 
/**
 * The word for it.
 */
alike: HowAlikeWord, 
/**
 * The share of what was compared that must agree, 0 to 1.
 */
share: number, 
/**
 * The share of the one that must be repeated in the other where no quality was lost, 0 to 1.
 */
repeated: number, 
/**
 * The distance by embedding within which shots of one moment are a burst: cosine distance, 0 to 2.
 */
burst: number, };

export type AmongWord = "everything" | "differentFolders" | "oneFolder" | "protectedAndOthers";

export type LaneWord = "copies" | "edits" | "bursts";

export type DuplicatesState = { 
/**
 * In their order: surest lane first, then what frees most.
 */
groups: Array<GroupGlance>, 
/**
 * Photos that were not compared yet.
 */
waiting: number, 
/**
 * The numbers behind each word for how alike photos must be, from the strictest.
 */
limits: Array<AlikeLimits>, };

export type GroupGlance = { 
/**
 * How its members are alike.
 */
lane: LaneWord, 
/**
 * The photo that stays.
 */
keeper: number, 
/**
 * Files in it, the one that stays included.
 */
files: number, 
/**
 * Files that are selected to go.
 */
selected: number, 
/**
 * Bytes of these.
 */
frees: number, };

export type DuplicateGroup = { 
/**
 * How its members are alike.
 */
lane: LaneWord, 
/**
 * The one that stays.
 */
keeper: DuplicateMember, 
/**
 * The others.
 */
members: Array<DuplicateMember>, };

export type DuplicateMember = { 
/**
 * The file.
 */
file: number, 
/**
 * The photo that it shows.
 */
photo: PhotoRow, 
/**
 * Where it lies, for reading.
 */
path: string, 
/**
 * Its size in bytes.
 */
size: number, 
/**
 * Files of the group with the same number are one on the disk, under several names: it is free with the last of them.
 */
onDisk: number, 
/**
 * By which criterion the other is kept; null of the one that stays, and where nothing but the order of the catalog
 * decided.
 */
reason: string | null, 
/**
 * Whether its bytes are those of the one that stays.
 */
sameBytes: boolean, 
/**
 * How much of what was compared agrees, 0 to 1.
 */
alike: number, 
/**
 * The share of the one picture that the other shows, 0 to 1.
 */
area: number, 
/**
 * Quarter turns clockwise that lay it upon the one that stays.
 */
quarters: number, 
/**
 * Whether left and right change places before.
 */
mirrored: boolean, 
/**
 * `raw`, `live`, `bracket` or `panorama`: why it is not selected though it is alike.
 */
bond: string | null, 
/**
 * Whether the person said of it and another one like it that both stay. Of a group with such files those are new that
 * are none, and nothing is selected.
 */
settled: boolean, 
/**
 * Whether it lies in a protected folder, from which nothing goes.
 */
protected: boolean, 
/**
 * Whether it is selected to go until the person says otherwise.
 */
selected: boolean, };

export type SeenFile = { file: number, photo: number, };

export type DuplicateChoice = { goes: SeenFile, stays: SeenFile, };

export type VerdictWord = "notDuplicates" | "keepAll";

export type SettledPair = { first: number, second: number, verdict: VerdictWord, };

export type CleanupPlan = { 
/**
 * Files that would go, sidecars and the like included.
 */
files: number, 
/**
 * Of these sidecars and movies, which go along with a picture.
 */
along: number, 
/**
 * Bytes that would be free: of a file under several names when the last of them goes.
 */
bytes: number, 
/**
 * What would not go, and why.
 */
refused: Array<CleanupProblem>, 
/**
 * What photos that stay would get.
 */
passed: Array<PassedOn>, };

export type TrashPlan = { 
/**
 * The picture files that were meant.
 */
files: Array<SeenFile>, 
/**
 * Files that would go once `last` is confirmed, sidecars and the like included.
 */
moved: number, 
/**
 * Bytes that would be free.
 */
bytes: number, 
/**
 * What would not go, and why.
 */
refused: Array<CleanupProblem>, 
/**
 * Photos of which nothing like them would stay: each goes only when the person confirms that very photo.
 */
last: Array<number>, };

export type PassedOn = { 
/**
 * The photo that stays.
 */
keeper: number, 
/**
 * Stars, when it gets more.
 */
stars: number | null, 
/**
 * Whether it becomes a pick.
 */
pick: boolean, 
/**
 * A colour's word, when it gets one.
 */
label: string | null, 
/**
 * Tags that it gets.
 */
tags: Array<string>, 
/**
 * Albums that it comes into, by name.
 */
albums: Array<string>, };

export type CleanupProblem = { 
/**
 * The photo; null of what belongs to one.
 */
photo: number | null, 
/**
 * The file, for reading.
 */
path: string, 
/**
 * In words.
 */
reason: string, };

export type CleanupReport = { 
/**
 * Its number in the history.
 */
cleanup: number, 
/**
 * Files that went, or came back.
 */
files: number, 
/**
 * Bytes that are free, or are back.
 */
bytes: number, 
/**
 * What stayed where it was.
 */
problems: Array<CleanupProblem>, 
/**
 * Why it ended early, if so.
 */
stopped: string | null, 
/**
 * Files that it had not come to then.
 */
left: number, };

export type CleanupRow = { 
/**
 * Its number.
 */
cleanup: number, 
/**
 * `duplicates` or `trash`.
 */
kind: string, 
/**
 * When it began, milliseconds since 1970 (UTC).
 */
begunMs: number, 
/**
 * Files that lie in the trash.
 */
inTrash: number, 
/**
 * Their bytes.
 */
bytes: number, 
/**
 * Files that were put back.
 */
restored: number, 
/**
 * Pictures that did not go, or did not come back.
 */
failed: number, };

export type DecisionWord = "rate" | "pick" | "reject" | "unflag" | "label" | "takeFromSidecar" | "addTag" | "removeTag" | "renameTag" | "mergeTags" | "deleteTag" | "createAlbum" | "renameAlbum" | "moveAlbum" | "deleteAlbum" | "setAlbumCover" | "addToAlbum" | "removeFromAlbum" | "reorderAlbum" | "setAlbumFilter" | "keepSuggestion" | "renameSuggestion" | "pinSuggestion" | "dismissSuggestion" | "splitSuggestion" | "mergeSuggestions" | "teachAlbum" | "acceptProposal" | "refuseProposal" | "keepOddOne" | "cleanUp" | "notDuplicates" | "keepAll" | "unsettle";

export type Undone = { 
/**
 * What was decided.
 */
action: DecisionWord, 
/**
 * The photos it was about.
 */
photos: Array<number>, 
/**
 * Of a clean-up that was taken back, what came of putting its files back; when none came back, nothing was undone.
 */
report: CleanupReport | null, };

export type ProblemRow = { 
/**
 * For reading.
 */
path: string, 
/**
 * `find`, `read`, `decode`, `embed` or `save`.
 */
stage: string, 
/**
 * One sentence.
 */
reason: string, 
/**
 * The photo, when it is shown all the same.
 */
photo: number | null, };

export type CameraCount = { 
/**
 * Maker and model.
 */
camera: string, 
/**
 * Photos.
 */
photos: number, };

export type QueryPicture = { 
/**
 * Names it in a [`SimilarQuery`] until Likeness closes.
 */
token: string, };

export type MapBytes = { "what": "points", layout: LayoutWord, dims: number, } | { "what": "facts" } | { "what": "clusters", fineness: number, };

export type LayoutWord = "look" | "pca" | "time" | "grid" | "making";

export type MapState = { 
/**
 * Photos that can be found by look: as many can have a place.
 */
findable: number, 
/**
 * Once so many can be found, a first map is made by itself.
 */
enough: number, 
/**
 * The maps there are: in the plane, in space, both or none.
 */
maps: Array<MadeMap>, 
/**
 * The map that is being made.
 */
making: MakingMap | null, 
/**
 * How many clusters there are at each fineness, coarse to fine; empty when there are none yet.
 */
clusters: Array<number>, 
/**
 * The fineness that suits these photos best.
 */
fineness: number, };

export type MadeMap = { 
/**
 * 2 or 3.
 */
dims: number, 
/**
 * Photos in view that have a place.
 */
placed: number, 
/**
 * Of these, how many came after the map was made and were placed among the others.
 */
cameLater: number, 
/**
 * The share of each photo's 10 nearest that are also among its 10 nearest on the map, 0 to 1, when it was made.
 */
neighborsKept: number, 
/**
 * When it was made, milliseconds since 1970 (UTC).
 */
madeAtMs: number, 
/**
 * Whether undo would bring back the map before it.
 */
canUndo: boolean, };

export type MakingMap = { 
/**
 * 2 or 3.
 */
dims: number, 
/**
 * Rounds done; 0 while neighbours are looked for.
 */
round: number, 
/**
 * Rounds in all.
 */
rounds: number, };

export type MapCluster = { 
/**
 * Its number, the same as in the bulk answer. It stays the same when photos come and when the map is made again.
 */
cluster: number, 
/**
 * The photo that stands for it.
 */
cover: number, 
/**
 * Photos in view.
 */
photos: number, 
/**
 * Where a label belongs in the layout that was asked for: on one of its photos, amid the others.
 */
x: number, y: number, 
/**
 * 0 in the plane.
 */
z: number, 
/**
 * The time of its first photo, milliseconds of the local clock.
 */
fromMs: number, 
/**
 * The time of its last.
 */
untilMs: number, 
/**
 * The folder in which most of them lie, for reading.
 */
folder: string | null, 
/**
 * The camera that took most of them.
 */
camera: string | null, };

export type MapLegend = { 
/**
 * The folder of each number from 0, for reading, that with most photos first. From 65535 on they share a number.
 */
folders: Array<string>, 
/**
 * The camera of each number from 0, that with most photos first; null where none is known.
 */
cameras: Array<string | null>, };

export type Event = { "event": "activity", activity: Activity, } | { "event": "photosChanged" } | { "event": "decisionsChanged", photos: Array<number>, } | { "event": "albumsChanged" } | { "event": "tagsChanged" } | { "event": "stateChanged" } | { "event": "mapChanged" } | { "event": "mapProgress", making: MakingMap, };
