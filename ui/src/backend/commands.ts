/** The commands that travel as JSON, once for every way they travel: a subclass says how a request becomes an answer. */
import type { MapDims } from "./backend";
import type {
  AlbumOf,
  AlbumRow,
  CameraCount,
  CleanupPlan,
  CleanupReport,
  CleanupRow,
  DuplicateChoice,
  DuplicateGroup,
  DuplicatesAsk,
  DuplicatesState,
  FilterCounts,
  FlagWord,
  Folder,
  GoesWithAnswer,
  LabelWord,
  LayoutWord,
  Lesson,
  LibraryState,
  MapCluster,
  MapState,
  OddRow,
  PhotoDetail,
  PhotoFilter,
  PhotoRow,
  ProblemRow,
  Proposals,
  Request,
  SeenFile,
  SettledPair,
  SidecarState,
  SideWord,
  SimilarAnswer,
  SimilarQuery,
  SimilarRow,
  SuggestionRow,
  TagOn,
  TagRow,
  TrashPlan,
  Undone,
  VerdictWord,
} from "./wire";

/** What each command answers, as `wire.rs` says beside it. */
interface Answers {
  libraryState: LibraryState;
  addFolder: Folder;
  removeFolder: void;
  relinkFolder: Folder;
  rescan: void;
  photoRows: PhotoRow[];
  photo: PhotoDetail;
  similar: SimilarAnswer;
  rate: void;
  setFlag: void;
  setLabel: void;
  tags: TagRow[];
  tagsOf: TagOn[];
  addTags: void;
  removeTags: void;
  renameTag: void;
  mergeTags: void;
  deleteTag: void;
  albums: AlbumRow[];
  albumsOf: AlbumOf[];
  createAlbum: number;
  renameAlbum: void;
  moveAlbum: void;
  deleteAlbum: void;
  setAlbumCover: void;
  addToAlbum: void;
  removeFromAlbum: void;
  reorderAlbum: void;
  setAlbumFilter: void;
  filterCounts: FilterCounts;
  suggestions: SuggestionRow[];
  keepSuggestion: number;
  renameSuggestion: void;
  pinSuggestion: void;
  dismissSuggestion: void;
  splitSuggestion: void;
  mergeSuggestions: number;
  teachAlbum: number;
  teachFromAlbum: void;
  proposals: Proposals;
  answerProposals: void;
  whyProposed: SimilarRow[];
  oddOnes: OddRow[];
  keepOddOnes: void;
  goesWith: GoesWithAnswer;
  suggestAlbums: void;
  planTrash: TrashPlan;
  moveToTrash: CleanupReport;
  lesson: Lesson | null;
  teachEye: void;
  forgetLesson: void;
  sidecars: SidecarState;
  setWriteSidecars: void;
  settleSidecar: void;
  duplicates: DuplicatesState;
  duplicateGroups: DuplicateGroup[];
  settleDuplicates: void;
  settledPairs: SettledPair[];
  unsettlePairs: void;
  planCleanup: CleanupPlan;
  cleanUp: CleanupReport;
  cleanups: CleanupRow[];
  undoCleanup: CleanupReport;
  protectedFolders: number[];
  protectFolder: void;
  keeperOrder: string[];
  setKeeperOrder: void;
  setFolderOrder: void;
  undo: Undone | null;
  redo: Undone | null;
  mapState: MapState;
  arrangeMap: void;
  undoMap: void;
  mapNeighbors: number[];
  mapClusters: MapCluster[];
  problems: ProblemRow[];
  cameras: CameraCount[];
  pauseWork: void;
  resumeWork: void;
  cancelWork: void;
  setting: string | null;
  setSetting: void;
  showInFileManager: void;
}

/** Those that the pages speak of. */
type Command = Request["command"] & keyof Answers;
type RequestOf<C extends Command> = Extract<Request, { command: C }>;

export abstract class Commands {
  /** Sends a request; rejects with a `BackendError`. */
  protected abstract send(request: Request): Promise<unknown>;

  libraryState = () => this.#call({ command: "libraryState" });
  addFolder = (path: string) => this.#call({ command: "addFolder", path });
  removeFolder = (folder: number) => this.#call({ command: "removeFolder", folder });
  relinkFolder = (folder: number, path: string) => this.#call({ command: "relinkFolder", folder, path });
  rescan = (folder: number | null) => this.#call({ command: "rescan", folder });
  photoRows = (photos: number[]) => this.#call({ command: "photoRows", photos });
  photo = (photo: number) => this.#call({ command: "photo", photo });
  cameras = () => this.#call({ command: "cameras" });
  similar = (query: SimilarQuery) => this.#call({ command: "similar", query });
  rate = (photos: number[], stars: number) => this.#call({ command: "rate", photos, stars });
  setFlag = (photos: number[], flag: FlagWord) => this.#call({ command: "setFlag", photos, flag });
  setLabel = (photos: number[], label: LabelWord) => this.#call({ command: "setLabel", photos, label });
  tags = () => this.#call({ command: "tags" });
  tagsOf = (photos: number[]) => this.#call({ command: "tagsOf", photos });
  addTags = (photos: number[], tags: string[]) => this.#call({ command: "addTags", photos, tags });
  removeTags = (photos: number[], tags: string[]) => this.#call({ command: "removeTags", photos, tags });
  renameTag = (tag: string, to: string) => this.#call({ command: "renameTag", tag, to });
  mergeTags = (tags: string[], into: string) => this.#call({ command: "mergeTags", tags, into });
  deleteTag = (tag: string) => this.#call({ command: "deleteTag", tag });
  albums = () => this.#call({ command: "albums" });
  albumsOf = (photos: number[]) => this.#call({ command: "albumsOf", photos });
  createAlbum = (name: string, parent: number | null, photos: number[], filter: PhotoFilter | null) =>
    this.#call({ command: "createAlbum", name, parent, photos, filter });
  renameAlbum = (album: number, name: string) => this.#call({ command: "renameAlbum", album, name });
  moveAlbum = (album: number, parent: number | null, before: number | null) => this.#call({ command: "moveAlbum", album, parent, before });
  deleteAlbum = (album: number) => this.#call({ command: "deleteAlbum", album });
  setAlbumCover = (album: number, photo: number | null) => this.#call({ command: "setAlbumCover", album, photo });
  addToAlbum = (album: number, photos: number[]) => this.#call({ command: "addToAlbum", album, photos });
  removeFromAlbum = (album: number, photos: number[]) => this.#call({ command: "removeFromAlbum", album, photos });
  reorderAlbum = (album: number, photos: number[], before: number | null) => this.#call({ command: "reorderAlbum", album, photos, before });
  setAlbumFilter = (album: number, filter: PhotoFilter) => this.#call({ command: "setAlbumFilter", album, filter });
  filterCounts = (filter: PhotoFilter) => this.#call({ command: "filterCounts", filter });
  suggestions = (inside: number | null) => this.#call({ command: "suggestions", inside });
  keepSuggestion = (suggestion: number, parent: number | null) => this.#call({ command: "keepSuggestion", suggestion, parent });
  renameSuggestion = (suggestion: number, name: string) => this.#call({ command: "renameSuggestion", suggestion, name });
  pinSuggestion = (suggestion: number, pinned: boolean) => this.#call({ command: "pinSuggestion", suggestion, pinned });
  dismissSuggestion = (suggestion: number) => this.#call({ command: "dismissSuggestion", suggestion });
  splitSuggestion = (suggestion: number) => this.#call({ command: "splitSuggestion", suggestion });
  mergeSuggestions = (suggestions: number[]) => this.#call({ command: "mergeSuggestions", suggestions });
  teachAlbum = (name: string, parent: number | null, photos: number[]) => this.#call({ command: "teachAlbum", name, parent, photos });
  teachFromAlbum = (album: number) => this.#call({ command: "teachFromAlbum", album });
  proposals = (album: number) => this.#call({ command: "proposals", album });
  answerProposals = (album: number, yes: number[], no: number[]) => this.#call({ command: "answerProposals", album, yes, no });
  whyProposed = (album: number, photo: number) => this.#call({ command: "whyProposed", album, photo });
  oddOnes = (limit: number) => this.#call({ command: "oddOnes", limit });
  keepOddOnes = (photos: number[]) => this.#call({ command: "keepOddOnes", photos });
  goesWith = (photos: number[], limit: number) => this.#call({ command: "goesWith", photos, limit });
  suggestAlbums = (count: number | null) => this.#call({ command: "suggestAlbums", count });
  planTrash = (photos: number[], files: SeenFile[]) => this.#call({ command: "planTrash", photos, files });
  moveToTrash = (files: SeenFile[], confirmed: number[]) => this.#call({ command: "moveToTrash", files, confirmed });
  lesson = () => this.#call({ command: "lesson" });
  teachEye = () => this.#call({ command: "teachEye" });
  forgetLesson = () => this.#call({ command: "forgetLesson" });
  sidecars = () => this.#call({ command: "sidecars" });
  setWriteSidecars = (write: boolean) => this.#call({ command: "setWriteSidecars", write });
  settleSidecar = (picture: number, take: SideWord) => this.#call({ command: "settleSidecar", picture, take });
  duplicates = (ask: DuplicatesAsk) => this.#call({ command: "duplicates", ask });
  duplicateGroups = (ask: DuplicatesAsk, from: number, count: number) => this.#call({ command: "duplicateGroups", ask, from, count });
  settleDuplicates = (groups: number[][], verdict: VerdictWord) => this.#call({ command: "settleDuplicates", groups, verdict });
  settledPairs = () => this.#call({ command: "settledPairs" });
  unsettlePairs = (pairs: [number, number][]) => this.#call({ command: "unsettlePairs", pairs });
  planCleanup = (choices: DuplicateChoice[], passOn: boolean) => this.#call({ command: "planCleanup", choices, passOn });
  cleanUp = (choices: DuplicateChoice[], passOn: boolean, kept: number[]) => this.#call({ command: "cleanUp", choices, passOn, kept });
  cleanups = () => this.#call({ command: "cleanups" });
  undoCleanup = (cleanup: number) => this.#call({ command: "undoCleanup", cleanup });
  protectedFolders = () => this.#call({ command: "protectedFolders" });
  protectFolder = (folder: number, protect: boolean) => this.#call({ command: "protectFolder", folder, protect });
  keeperOrder = () => this.#call({ command: "keeperOrder" });
  setKeeperOrder = (criteria: string[]) => this.#call({ command: "setKeeperOrder", criteria });
  setFolderOrder = (folders: number[]) => this.#call({ command: "setFolderOrder", folders });
  undo = () => this.#call({ command: "undo" });
  redo = () => this.#call({ command: "redo" });
  mapState = () => this.#call({ command: "mapState" });
  arrangeMap = (dims: MapDims) => this.#call({ command: "arrangeMap", dims });
  undoMap = (dims: MapDims) => this.#call({ command: "undoMap", dims });
  mapNeighbors = (photo: number) => this.#call({ command: "mapNeighbors", photo });
  mapClusters = (fineness: number, layout: LayoutWord, dims: MapDims) => this.#call({ command: "mapClusters", fineness, layout, dims });
  problems = () => this.#call({ command: "problems" });
  pauseWork = () => this.#call({ command: "pauseWork" });
  resumeWork = () => this.#call({ command: "resumeWork" });
  cancelWork = () => this.#call({ command: "cancelWork" });
  setting = (name: string) => this.#call({ command: "setting", name });
  setSetting = (name: string, value: string) => this.#call({ command: "setSetting", name, value });
  showInFileManager = (photo: number) => this.#call({ command: "showInFileManager", photo });

  async #call<C extends Command>(request: RequestOf<C> & { command: C }): Promise<Answers[C]> {
    return (await this.send(request as Request)) as Answers[C];
  }
}
