/**
 * What the UI may ask of the engine, in the product's words. Three implementations: `desktop.ts` (the window),
 * `http.ts` (the browser), `memory.ts` (component tests). A rejected promise carries a `BackendError`.
 */
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
  Event,
  Failure,
  FilterCounts,
  FlagWord,
  Folder,
  GoesWithAnswer,
  LabelWord,
  LayoutWord,
  Lesson,
  LibraryState,
  MapCluster,
  MapLegend,
  MapState,
  OddRow,
  PhotoDetail,
  PhotoFilter,
  PhotoRow,
  ProblemRow,
  Proposals,
  QueryPicture,
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

/** Ids, times and aspect ratios of every photo the filter lets through, in order: one entry a photo in each array. */
export interface GridShape {
  /** Photo ids. */
  ids: Uint32Array;
  /** When each is shown at: minutes since 1970 of the local clock. */
  minutes: Int32Array;
  /** Width divided by height, more than 0. */
  aspects: Float32Array;
  /** The photo that stands for the stack that each is in; the photo itself when it is in none, or none were asked for. */
  stacks: Uint32Array;
}

/** Where photos lie on a map: one entry a photo in each array, by rising id. About 0 to 1, the middle at 0.5, downward. */
export interface MapPoints {
  ids: Uint32Array;
  x: Float32Array;
  y: Float32Array;
  /** Null in the plane. */
  z: Float32Array | null;
}

/** In the place of minutes: nobody knows when. */
export const TIMELESS = -(2 ** 31);

/** What photos can be coloured by: one entry a photo in each array, by rising id. */
export interface MapFacts {
  ids: Uint32Array;
  /** When each was taken: minutes since 1970 of the local clock; `TIMELESS` where that is not known. */
  minutes: Int32Array;
  /** Numbers of folders and cameras, as the legend has them. */
  folders: Uint16Array;
  cameras: Uint16Array;
  /** Bits 0 to 2 are stars, bit 3 is picked, bit 4 is rejected, bits 5 to 7 the label: 0 none, 1 red to 5 purple. */
  decisions: Uint8Array;
  legend: MapLegend;
}

/** The cluster of every photo that has one, by rising id. */
export interface MapGroups {
  ids: Uint32Array;
  clusters: Uint16Array;
}

/** In the plane or in space. */
export type MapDims = 2 | 3;

/** 256 or 512 pixels on the long side. */
export type ThumbnailSize = 256 | 512;

/** Files or folders dropped on the window, with paths where the surface knows them (the desktop). */
export interface DroppedPaths {
  paths: string[];
  /** Where they were dropped, in CSS pixels of the page. */
  x: number;
  y: number;
}

export class BackendError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.what);
  }
}

export interface Backend {
  /** Where this UI runs: a browser has no folder dialog and no file manager. */
  readonly surface: "desktop" | "browser";

  libraryState(): Promise<LibraryState>;
  /** Opens the system's folder dialog; null when the person closed it. Desktop only. */
  chooseFolder(): Promise<string | null>;
  addFolder(path: string): Promise<Folder>;
  removeFolder(folder: number): Promise<void>;
  relinkFolder(folder: number, path: string): Promise<Folder>;
  rescan(folder: number | null): Promise<void>;

  gridShape(filter: PhotoFilter): Promise<GridShape>;
  photoRows(photos: number[]): Promise<PhotoRow[]>;
  photo(photo: number): Promise<PhotoDetail>;
  cameras(): Promise<CameraCount[]>;

  similar(query: SimilarQuery): Promise<SimilarAnswer>;
  /** Takes in a dropped or pasted picture (the bytes of an image file of any supported format). */
  takeQueryPicture(bytes: Uint8Array): Promise<QueryPicture>;
  /** Reads a dropped file by its path as a query picture. Desktop only. */
  takeQueryFile(path: string): Promise<QueryPicture>;

  rate(photos: number[], stars: number): Promise<void>;
  setFlag(photos: number[], flag: FlagWord): Promise<void>;
  setLabel(photos: number[], label: LabelWord): Promise<void>;
  /** Every tag and those that they lie below, in the order of the alphabet. */
  tags(): Promise<TagRow[]>;
  tagsOf(photos: number[]): Promise<TagOn[]>;
  addTags(photos: number[], tags: string[]): Promise<void>;
  /** Takes exactly these tags from photos, not those below them. */
  removeTags(photos: number[], tags: string[]): Promise<void>;
  /** With all below it. When `to` is there already, both become one. */
  renameTag(tag: string, to: string): Promise<void>;
  mergeTags(tags: string[], into: string): Promise<void>;
  /** With all below it, from all photos. */
  deleteTag(tag: string): Promise<void>;

  /** Each album after the one that it lies in. */
  albums(): Promise<AlbumRow[]>;
  albumsOf(photos: number[]): Promise<AlbumOf[]>;
  /** An album with these photos, or a saved search when there is a filter; answers its id. */
  createAlbum(name: string, parent: number | null, photos: number[], filter: PhotoFilter | null): Promise<number>;
  renameAlbum(album: number, name: string): Promise<void>;
  /** Into `parent`, null for none, before one of the albums there or as the last. */
  moveAlbum(album: number, parent: number | null, before: number | null): Promise<void>;
  /** With the albums in it; no photo goes. */
  deleteAlbum(album: number): Promise<void>;
  /** Null lets the album choose. */
  setAlbumCover(album: number, photo: number | null): Promise<void>;
  addToAlbum(album: number, photos: number[]): Promise<void>;
  removeFromAlbum(album: number, photos: number[]): Promise<void>;
  /** Before another photo of the album, or to its end. */
  reorderAlbum(album: number, photos: number[], before: number | null): Promise<void>;
  setAlbumFilter(album: number, filter: PhotoFilter): Promise<void>;
  /** How many photos each further filter would leave. */
  filterCounts(filter: PhotoFilter): Promise<FilterCounts>;

  /** Clusters that could be albums: those of the wall, or the parts of one. The pinned first, then the largest. */
  suggestions(inside: number | null): Promise<SuggestionRow[]>;
  /** Groups photos anew in the background, into so many suggestions or as many as suit them; `albumsChanged` tells when that is done. */
  suggestAlbums(count: number | null): Promise<void>;
  /** It becomes an album, with the name that it is shown with; answers the album's id. */
  keepSuggestion(suggestion: number, parent: number | null): Promise<number>;
  renameSuggestion(suggestion: number, name: string): Promise<void>;
  /** Pinned suggestions come first and stay. */
  pinSuggestion(suggestion: number, pinned: boolean): Promise<void>;
  /** It stays away, also when everything is grouped anew. */
  dismissSuggestion(suggestion: number): Promise<void>;
  /** Its parts take its place. */
  splitSuggestion(suggestion: number): Promise<void>;
  /** Several become one; answers its id. */
  mergeSuggestions(suggestions: number[]): Promise<number>;

  /** An album that finds more photos like these three or more; answers its id. */
  teachAlbum(name: string, parent: number | null, photos: number[]): Promise<number>;
  /** An album made by hand goes on looking for photos like those in it. */
  teachFromAlbum(album: number): Promise<void>;
  /** Photos that may belong to an album. */
  proposals(album: number): Promise<Proposals>;
  /** Yes puts a photo into the album, no keeps it from being proposed again; both are learned from. */
  answerProposals(album: number, yes: number[], no: number[]): Promise<void>;
  /** The photos of the album that a proposed one is nearest to. */
  whyProposed(album: number, photo: number): Promise<SimilarRow[]>;

  /** Photos unlike all others, the oddest first; 0 is the default limit of 500. */
  oddOnes(limit: number): Promise<OddRow[]>;
  /** These are no odd ones, whatever they look like. */
  keepOddOnes(photos: number[]): Promise<void>;
  /** Photos that were taken and kept in the company of these; 0 is the default limit of 200. */
  goesWith(photos: number[], limit: number): Promise<GoesWithAnswer>;

  /** What moving all files of photos, and files, to the system's trash would do. Nothing is touched. */
  planTrash(photos: number[], files: SeenFile[]): Promise<TrashPlan>;
  /** Moves files there. Photos of which nothing like them would stay go only when the person was shown them and said so. */
  moveToTrash(files: SeenFile[], confirmed: number[]): Promise<CleanupReport>;

  /** What albums taught the eye the last time. */
  lesson(): Promise<Lesson | null>;
  /** Teaches the eye with all albums, in the background; the event `stateChanged` tells when that is done. */
  teachEye(): Promise<void>;
  forgetLesson(): Promise<void>;

  sidecars(): Promise<SidecarState>;
  setWriteSidecars(write: boolean): Promise<void>;
  /** What was decided here holds, or what the sidecar says. */
  settleSidecar(picture: number, take: SideWord): Promise<void>;

  /** Groups of near-duplicates at a glance, as they are now: the surest lane first, then what frees most. */
  duplicates(ask: DuplicatesAsk): Promise<DuplicatesState>;
  /** So many groups of these, from one on. */
  duplicateGroups(ask: DuplicatesAsk, from: number, count: number): Promise<DuplicateGroup[]>;
  /** What is said of groups, each of photos; a photo that a group has twice stands for two files. */
  settleDuplicates(groups: number[][], verdict: VerdictWord): Promise<void>;
  /** Everything that was said of groups, pair by pair. */
  settledPairs(): Promise<SettledPair[]>;
  /** Takes that back for some pairs. */
  unsettlePairs(pairs: [number, number][]): Promise<void>;
  /** What moving these files to the trash would do. Nothing is touched. */
  planCleanup(choices: DuplicateChoice[], passOn: boolean): Promise<CleanupPlan>;
  /** Moves them there, each after it and what stays for it were opened and compared again. */
  cleanUp(choices: DuplicateChoice[], passOn: boolean, kept: number[]): Promise<CleanupReport>;
  /** What was moved to the trash, the newest first. */
  cleanups(): Promise<CleanupRow[]>;
  /** Puts back what still lies in the trash of one of these. */
  undoCleanup(cleanup: number): Promise<CleanupReport>;
  /** Source folders from which nothing goes to the trash. */
  protectedFolders(): Promise<number[]>;
  protectFolder(folder: number, protect: boolean): Promise<void>;
  /** What decides which of several near-duplicates stays, the first thing first. */
  keeperOrder(): Promise<string[]>;
  setKeeperOrder(criteria: string[]): Promise<void>;
  /** Puts source folders in order: what lies in the first stays rather. The others have no place in it any more. */
  setFolderOrder(folders: number[]): Promise<void>;

  undo(): Promise<Undone | null>;
  redo(): Promise<Undone | null>;

  mapState(): Promise<MapState>;
  /** Arranges all photos anew, in the background; the event `mapProgress` tells how far. */
  arrangeMap(dims: MapDims): Promise<void>;
  /** Goes to the map before this one; next time forth again. */
  undoMap(dims: MapDims): Promise<void>;
  /** Up to ten photos that look most like one, the nearest first. */
  mapNeighbors(photo: number): Promise<number[]>;
  /** The clusters of one fineness, with the place of each in a layout. */
  mapClusters(fineness: number, layout: LayoutWord, dims: MapDims): Promise<MapCluster[]>;
  mapPoints(layout: LayoutWord, dims: MapDims): Promise<MapPoints>;
  mapFacts(): Promise<MapFacts>;
  mapGroups(fineness: number): Promise<MapGroups>;

  problems(): Promise<ProblemRow[]>;
  pauseWork(): Promise<void>;
  resumeWork(): Promise<void>;
  cancelWork(): Promise<void>;

  setting(name: string): Promise<string | null>;
  setSetting(name: string, value: string): Promise<void>;
  /** Keeps a PNG: where the person says, or with a browser's downloads. False when they changed their mind. */
  savePicture(png: Blob): Promise<boolean>;
  /** Desktop only. */
  showInFileManager(photo: number): Promise<void>;

  /** Addresses for `<img>`; they never change for one id. */
  thumbnailUrl(photo: number, size: ThumbnailSize): string;
  /** The picture for the viewer, scaled so that its long side is at most `longSide` pixels; null means full size. */
  pictureUrl(photo: number, longSide: number | null): string;
  /** The picture that a query token stands for. */
  queryPictureUrl(token: string): string;

  /** Calls `onEvent` for all news until the returned function is called. */
  listen(onEvent: (event: Event) => void): () => void;
  /** Calls when the engine can't be reached, and when it can again. Browser only; elsewhere never calls. */
  onConnection(onChanged: (connected: boolean) => void): () => void;
  /** Files dropped on the window from outside, and whether some are held over it. Desktop only; elsewhere never calls. */
  onDroppedPaths(onDropped: (dropped: DroppedPaths) => void, onOver: (isOver: boolean) => void): () => void;
}
