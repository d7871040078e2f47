/** The commands that travel as JSON, once for every way they travel: a subclass says how a request becomes an answer. */
import type { MapDims } from "./backend";
import type {
  CameraCount,
  FlagWord,
  Folder,
  LayoutWord,
  LibraryState,
  MapCluster,
  MapState,
  PhotoDetail,
  PhotoRow,
  ProblemRow,
  Request,
  SimilarAnswer,
  SimilarQuery,
  Undone,
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

type Command = Request["command"];
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
