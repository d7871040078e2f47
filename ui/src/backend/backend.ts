/**
 * What the UI may ask of the engine, in the product's words. Three implementations: `desktop.ts` (the window),
 * `http.ts` (the browser), `memory.ts` (component tests). A rejected promise carries a `BackendError`.
 */
import type {
  CameraCount,
  Event,
  Failure,
  FlagWord,
  Folder,
  LayoutWord,
  LibraryState,
  MapCluster,
  MapLegend,
  MapState,
  PhotoDetail,
  PhotoFilter,
  PhotoRow,
  ProblemRow,
  QueryPicture,
  SimilarAnswer,
  SimilarQuery,
  Undone,
} from "./wire";

/** Ids, times and aspect ratios of every photo the filter lets through, in order: one entry a photo in each array. */
export interface GridShape {
  /** Photo ids. */
  ids: Uint32Array;
  /** When each is shown at: minutes since 1970 of the local clock. */
  minutes: Int32Array;
  /** Width divided by height, more than 0. */
  aspects: Float32Array;
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
  /** Bits 0 to 2 are stars, bit 3 is picked, bit 4 is rejected. */
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
