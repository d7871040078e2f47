/**
 * A library of made-up photos, for component tests and for looking at the pages while working on them
 * (`npm run dev`, then `?memory=100000`). Seeded: the same number gives the same library. Not in the built pages.
 */
import { BackendError, type Backend, type GridShape, type MapDims, type MapFacts, type MapGroups, type MapPoints, type ThumbnailSize } from "./backend";
import { MemoryCleanup } from "./memory-cleanup";
import { MemoryDecisions, isUnder, type MemoryAlbum } from "./memory-decisions";
import { countValues, isWhatIsAsked } from "./memory-filters";
import { MemoryMap } from "./memory-map";
import {
  ASPECTS,
  CAMERAS,
  FOLDERS,
  HOSTILE_NAME,
  LABELS,
  TAGS,
  cameraOf,
  folderOf,
  formatOf,
  hue,
  knownOf,
  lensOf,
  mixed,
  orientationOf,
  pick,
  pictureOf,
  randomNumbers,
  stackOf,
} from "./memory-photos";
import { MemorySorting, type MemorySuggestion } from "./memory-sorting";
import type {
  Activity,
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
  FilterCounts,
  FlagWord,
  Folder,
  GoesWithAnswer,
  LabelWord,
  LayoutWord,
  Lesson,
  LibraryState,
  LikenessWord,
  MapCluster,
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

const FLAG_DECISIONS = { none: "unflag", pick: "pick", reject: "reject" } as const;
const IDLE: Activity = { state: "idle", stage: null, done: 0, total: 0, perSecond: null, secondsLeft: null, failure: null };
/** Photos that arrive each time while the made-up reading goes on. */
const ARRIVING = 7;
const ARRIVING_MS = 180;

export class MemoryBackend implements Backend {
  readonly surface: "desktop" | "browser" = "browser";
  #minutes: Int32Array;
  #aspects: Float32Array;
  /** Photos that have been read; the rest arrives. */
  #read: number;
  #folders: Folder[] = [];
  readonly #decisions = new MemoryDecisions((photos) => {
    this.#tell({ event: "decisionsChanged", photos });
    this.#tell({ event: "tagsChanged" });
    this.#tell({ event: "albumsChanged" });
    this.#tell({ event: "photosChanged" });
    this.#tell({ event: "stateChanged" });
  });
  #settings = new Map<string, string>();
  #activity: Activity = IDLE;
  #listeners = new Set<(event: Event) => void>();
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #map: MemoryMap;
  readonly #sorting: MemorySorting;
  readonly #cleanup: MemoryCleanup;
  #writesSidecars = false;
  #lesson: Lesson | null = null;
  /** How often each question was asked, for tests. */
  readonly asked: Record<string, number> = {};

  /** `photos` in the library; with `unread`, so many of them are still to be read once a folder is added. A fifth may be groups. */
  constructor(
    private readonly photos: number,
    unread = 0,
    groups = Math.min(20, Math.floor(photos / 5)),
  ) {
    this.#read = photos - unread;
    const random = randomNumbers(20);
    const minutes = Int32Array.from({ length: photos }, () => {
      // Twelve years; evenings and weekends, and now and then a day with a hundred photos.
      const day = Math.floor(random() ** (random() < 0.3 ? 3 : 1) * 12 * 365);
      return 23_300_000 + day * 1440 + 480 + Math.floor(random() * 720);
    });
    this.#minutes = minutes.sort().reverse();
    this.#aspects = Float32Array.from({ length: photos }, () => pick(ASPECTS, random()));
    const decided = this.#decisions.now;
    for (let id = 1; id <= photos; id++) {
      const luck = random();
      if (luck < 0.08) decided.stars.set(id, 1 + Math.floor(random() * 5));
      if (luck > 0.97) decided.flags.set(id, luck > 0.985 ? "pick" : "reject");
      if (mixed(id, 11) < 0.05) decided.labels.set(id, pick(LABELS, mixed(id, 12)));
      if (mixed(id, 13) < 0.1) decided.tags.set(id, [pick(TAGS, mixed(id, 14))]);
    }
    for (const tag of TAGS) decided.vocabulary.add(tag);
    const known = {
      luck: mixed,
      hue: (id: number) => hue(id) / 360,
      minutes: (id: number) => this.#minutes[id - 1] as number,
      folder: (id: number) => FOLDERS[folderOf(id) - 1] as string,
      camera: cameraOf,
    };
    this.#map = new MemoryMap(this.#read, known, (making) => this.#tell(making ? { event: "mapProgress", making } : { event: "mapChanged" }));
    this.#sorting = new MemorySorting(this.#decisions, {
      photos: () => this.#read,
      hue,
      minutes: known.minutes,
      luck: mixed,
    });
    this.#cleanup = new MemoryCleanup(this.#decisions, groups, {
      ...{ row: (id) => this.#row(id), folderOf, isAway: (id) => folderOf(id) === 3 },
      ...{ activity: () => this.#activity, setActivity: (activity) => this.#setActivity({ ...IDLE, ...activity }) },
    });
    if (this.#read > 0) {
      this.#folders = FOLDERS.map((name, at) => this.#folder(name, at + 1, at === 2 ? "offline" : "online"));
    }
  }

  async mapState(): Promise<MapState> {
    return this.#map.state;
  }

  async arrangeMap(dims: MapDims): Promise<void> {
    this.#map.arrange(dims);
  }

  async undoMap(dims: MapDims): Promise<void> {
    this.#map.undo(dims);
  }

  async mapNeighbors(photo: number): Promise<number[]> {
    this.#count("mapNeighbors");
    return this.#map.neighbors(photo);
  }

  async mapClusters(fineness: number, layout: LayoutWord, dims: MapDims): Promise<MapCluster[]> {
    return this.#map.clusters(fineness, layout, dims);
  }

  async mapPoints(layout: LayoutWord, dims: MapDims): Promise<MapPoints> {
    this.#count("mapPoints");
    return this.#map.points(layout, dims);
  }

  async mapGroups(fineness: number): Promise<MapGroups> {
    return this.#map.groups(fineness);
  }

  async mapFacts(): Promise<MapFacts> {
    const ids = Uint32Array.from({ length: this.#read }, (_, at) => at + 1);
    return {
      ids,
      minutes: this.#minutes.slice(0, this.#read),
      folders: Uint16Array.from(ids, (id) => folderOf(id) - 1),
      cameras: Uint16Array.from(ids, (id) => CAMERAS.indexOf(cameraOf(id))),
      decisions: Uint8Array.from(ids, (id) => this.#decisionBits(id)),
      legend: { folders: FOLDERS, cameras: CAMERAS },
    };
  }

  async libraryState(): Promise<LibraryState> {
    return {
      version: "0.1.0",
      folders: this.#cleanup.ranked(this.#folders),
      photos: this.#read,
      findable: this.#read,
      problems: this.#folders.length > 0 ? (await this.problems()).length : 0,
      videos: this.#read > 0 ? 3 : 0,
      activity: this.#activity,
      undo: this.#decisions.undoWord,
      redo: this.#decisions.redoWord,
      model: { tag: "builtin", device: "CPU" },
    };
  }

  async chooseFolder(): Promise<string | null> {
    return "/home/me/Chosen";
  }

  async addFolder(path: string): Promise<Folder> {
    const [what, hint] = [`There is no folder ${path}.`, "Give the whole path, from the root."];
    if (!path.startsWith("/")) throw new BackendError({ code: "noSuchFolder", what, hint });
    const folder = this.#folder(path.split("/").pop() ?? path, this.#folders.length + 1, "online");
    this.#folders = [...this.#folders, folder];
    this.#work();
    this.#tell({ event: "stateChanged" });
    return folder;
  }

  async removeFolder(folder: number): Promise<void> {
    this.#folders = this.#folders.filter(({ id }) => id !== folder);
    this.#tell({ event: "stateChanged" });
  }

  async relinkFolder(folder: number, path: string): Promise<Folder> {
    const found = this.#folders.find(({ id }) => id === folder);
    if (!found) throw new BackendError({ code: "noSuchFolder", what: "That folder is gone.", hint: null });
    const moved: Folder = { ...found, path, name: path.split("/").pop() ?? path, state: "online" };
    this.#folders = this.#folders.map((each) => (each.id === folder ? moved : each));
    this.#tell({ event: "stateChanged" });
    return moved;
  }

  async rescan(): Promise<void> {
    this.#work();
  }

  async gridShape(filter: PhotoFilter): Promise<GridShape> {
    this.#count("gridShape");
    const ids = this.#passing(filter);
    const size = (id: number) => this.#row(id).sizeBytes;
    const stars = (id: number) => this.#decisions.now.stars.get(id) ?? 0;
    if (filter.sort === "oldest") ids.reverse();
    if (filter.sort === "name") ids.sort((a, b) => this.#row(a).name.localeCompare(this.#row(b).name));
    if (filter.sort === "largest") ids.sort((a, b) => size(b) - size(a));
    if (filter.sort === "bestRated") ids.sort((a, b) => stars(b) - stars(a));
    if (filter.sort === "album" && filter.album !== null) {
      const { photos } = this.#decisions.album(filter.album);
      ids.sort((a, b) => photos.indexOf(a) - photos.indexOf(b));
    }
    const places = new Map<number, number>();
    const covers = new Map<number, number>();
    ids.forEach((id, at) => {
      const stack = filter.stacked ? stackOf(id) : id;
      if (!covers.has(stack)) places.set(stack, at);
      covers.set(stack, covers.get(stack) ?? id);
    });
    if (filter.stacked) ids.sort((a, b) => (places.get(stackOf(a)) as number) - (places.get(stackOf(b)) as number));
    return {
      ids: Uint32Array.from(ids),
      stacks: Uint32Array.from(ids, (id) => covers.get(filter.stacked ? stackOf(id) : id) as number),
      minutes: Int32Array.from(ids, (id) => this.#minutes[id - 1] as number),
      aspects: Float32Array.from(ids, (id) => this.#aspects[id - 1] as number),
    };
  }

  async photoRows(photos: number[]): Promise<PhotoRow[]> {
    this.#count("photoRows");
    return photos.filter((id) => id >= 1 && id <= this.#read).map((id) => this.#row(id));
  }

  async photo(photo: number): Promise<PhotoDetail> {
    const row = this.#row(photo);
    return {
      row,
      files: [{ path: row.path, availability: row.availability }],
      tags: this.#decisions.now.tags.get(photo) ?? [],
      companions: photo % 5 === 0 ? [row.path.replace(/\.\w+$/, ".xmp")] : [],
      zoneMinutes: photo % 2 === 0 ? 120 : null,
      lens: lensOf(photo),
      exposureSeconds: row.camera ? 1 / 250 : null,
      fNumber: row.camera ? 2.8 : null,
      iso: row.camera ? 400 : null,
      focalLengthMm: row.camera ? 35 : null,
      latitude: photo % 3 === 0 ? 48.1371 : null,
      longitude: photo % 3 === 0 ? 11.5754 : null,
      altitudeM: photo % 3 === 0 ? 519 : null,
      animated: false,
      warning: photo % 97 === 0 ? "The file ends early; the lower part is missing." : null,
    };
  }

  async cameras(): Promise<CameraCount[]> {
    const share = Math.ceil(this.#read / CAMERAS.length);
    return CAMERAS.filter((camera) => camera !== null).map((camera) => ({ camera, photos: share }));
  }

  async similar(query: SimilarQuery): Promise<SimilarAnswer> {
    this.#count("similar");
    const wanted = query.photos[0] ?? 1;
    const less = query.less[0];
    const distance = (id: number) => {
      const away = Math.abs(hue(id) - hue(wanted));
      const near = Math.min(away, 360 - away) / 250 + ((id * 7919) % 97) / 2_000;
      return less !== undefined && Math.abs(hue(id) - hue(less)) < 10 ? near + 1 : near;
    };
    const results = Array.from({ length: Math.min(this.#read, 5_000) }, (_, at) => at + 1)
      .filter((id) => !query.photos.includes(id) && !query.less.includes(id))
      .map((id) => ({ id, distance: distance(id) }))
      .filter(({ distance }) => distance < 0.45)
      .sort((a, b) => a.distance - b.distance)
      .slice(0, query.limit || 200)
      .map(({ id, distance }) => ({ photo: this.#row(id), score: 1 - distance, distance, word: wordFor(distance) }));
    return { results, notYetFindable: this.#activity.state === "idle" ? 0 : this.photos - this.#read };
  }

  async takeQueryPicture(): Promise<QueryPicture> {
    return { token: "picture-1" };
  }

  async takeQueryFile(): Promise<QueryPicture> {
    return { token: "picture-1" };
  }

  async rate(photos: number[], stars: number): Promise<void> {
    this.#decisions.decide("rate", photos, ({ stars: kept }) => photos.forEach((id) => kept.set(id, stars)));
  }

  async setFlag(photos: number[], flag: FlagWord): Promise<void> {
    this.#decisions.decide(FLAG_DECISIONS[flag], photos, ({ flags }) => photos.forEach((id) => flags.set(id, flag)));
  }

  async setLabel(photos: number[], label: LabelWord): Promise<void> {
    this.#decisions.decide("label", photos, ({ labels }) => photos.forEach((id) => labels.set(id, label)));
  }

  async tags(): Promise<TagRow[]> {
    const { vocabulary, tags } = this.#decisions.now;
    const all = new Set([...vocabulary].flatMap((tag) => tag.split("|").map((_, at, parts) => parts.slice(0, at + 1).join("|"))));
    const onPhotos = [...tags].filter(([id]) => id <= this.#read).map(([, tags]) => tags);
    return [...all].sort().map((tag) => ({ tag, photos: onPhotos.filter((tags) => tags.some((each) => isUnder(each, tag))).length }));
  }

  async tagsOf(photos: number[]): Promise<TagOn[]> {
    return this.#decisions.tagsOf(photos);
  }

  async addTags(photos: number[], tags: string[]): Promise<void> {
    this.#decisions.addTags(photos, tags);
  }

  async removeTags(photos: number[], tags: string[]): Promise<void> {
    this.#decisions.removeTags(photos, tags);
  }

  async renameTag(tag: string, to: string): Promise<void> {
    this.#decisions.changeTags("renameTag", [tag], to);
  }

  async mergeTags(tags: string[], into: string): Promise<void> {
    this.#decisions.changeTags("mergeTags", tags, into);
  }

  async deleteTag(tag: string): Promise<void> {
    this.#decisions.changeTags("deleteTag", [tag], null);
  }

  async albums(): Promise<AlbumRow[]> {
    return this.#decisions.inTree().map((album) => this.#albumRow(album));
  }

  async albumsOf(photos: number[]): Promise<AlbumOf[]> {
    return this.#decisions.albumsOf(photos);
  }

  async createAlbum(name: string, parent: number | null, photos: number[], filter: PhotoFilter | null): Promise<number> {
    return this.#decisions.createAlbum(name, parent, photos, filter);
  }

  async renameAlbum(album: number, name: string): Promise<void> {
    this.#decisions.renameAlbum(album, name);
  }

  async moveAlbum(album: number, parent: number | null, before: number | null): Promise<void> {
    this.#decisions.moveAlbum(album, parent, before);
  }

  async deleteAlbum(album: number): Promise<void> {
    this.#decisions.deleteAlbum(album);
  }

  async setAlbumCover(album: number, photo: number | null): Promise<void> {
    this.#decisions.setAlbumCover(album, photo);
  }

  async addToAlbum(album: number, photos: number[]): Promise<void> {
    this.#decisions.addToAlbum(album, photos);
  }

  async removeFromAlbum(album: number, photos: number[]): Promise<void> {
    this.#decisions.removeFromAlbum(album, photos);
  }

  async reorderAlbum(album: number, photos: number[], before: number | null): Promise<void> {
    this.#decisions.reorderAlbum(album, photos, before);
  }

  async setAlbumFilter(album: number, filter: PhotoFilter): Promise<void> {
    this.#decisions.setAlbumFilter(album, filter);
  }

  async filterCounts(filter: PhotoFilter): Promise<FilterCounts> {
    const { stars, flags, labels, tags } = this.#decisions.now;
    const without = (part: Partial<PhotoFilter>) => this.#passing({ ...filter, ...part });
    const orientation = (id: number) => orientationOf(this.#aspects[id - 1] as number);
    const year = (id: number) => new Date((this.#minutes[id - 1] as number) * 60_000).getUTCFullYear().toString();
    const tagParts = (id: number) => new Set((tags.get(id) ?? []).flatMap((tag) => tag.split("|").map((_, at, parts) => parts.slice(0, at + 1).join("|"))));
    const rated = without({ starsAtLeast: null });
    const folders = countValues(without({ folder: null }), folderOf);
    return {
      photos: this.#passing(filter).length,
      stars: [0, 1, 2, 3, 4, 5].map((count) => rated.filter((id) => (stars.get(id) ?? 0) === count).length),
      flags: countValues(without({ flag: null }), (id) => flags.get(id) ?? "none"),
      labels: countValues(without({ label: null }), (id) => labels.get(id) ?? "none"),
      cameras: countValues(without({ camera: null }), cameraOf),
      lenses: countValues(without({ lens: null }), lensOf),
      formats: countValues(without({ format: null }), formatOf),
      orientations: countValues(without({ orientation: null }), orientation),
      years: countValues(without({ sinceMs: null, untilMs: null }), year).sort((a, b) => b.value.localeCompare(a.value)),
      tags: countValues(this.#passing(filter), tagParts),
      folders: folders.map(({ value, photos }) => ({ folder: Number(value), photos })),
    };
  }

  async suggestions(inside: number | null): Promise<SuggestionRow[]> {
    this.#count("suggestions");
    return this.#sorting.suggestions(inside).map((suggestion) => this.#suggestionRow(suggestion));
  }

  async suggestAlbums(): Promise<void> {
    this.#tell({ event: "albumsChanged" });
  }

  async keepSuggestion(suggestion: number, parent: number | null): Promise<number> {
    return this.#sorting.keep(suggestion, parent);
  }

  async renameSuggestion(suggestion: number, name: string): Promise<void> {
    this.#decisions.decideOnSuggestion("renameSuggestion", ({ named }) => named.set(suggestion, name));
  }

  async pinSuggestion(suggestion: number, isPinned: boolean): Promise<void> {
    this.#decisions.decideOnSuggestion("pinSuggestion", ({ pinned }) => (isPinned ? pinned.add(suggestion) : pinned.delete(suggestion)));
  }

  async dismissSuggestion(suggestion: number): Promise<void> {
    this.#decisions.decideOnSuggestion("dismissSuggestion", ({ gone }) => gone.add(suggestion));
  }

  async splitSuggestion(suggestion: number): Promise<void> {
    this.#decisions.decideOnSuggestion("splitSuggestion", ({ split }) => split.add(suggestion));
  }

  async mergeSuggestions(suggestions: number[]): Promise<number> {
    return this.#sorting.merge(suggestions);
  }

  async teachAlbum(name: string, parent: number | null, photos: number[]): Promise<number> {
    return this.#decisions.teachAlbum(name, parent, photos);
  }

  async teachFromAlbum(album: number): Promise<void> {
    this.#decisions.teachFromAlbum(album);
  }

  async proposals(album: number): Promise<Proposals> {
    const proposals = this.#sorting.proposals(album).map(({ photo, ...how }) => ({ photo: this.#row(photo), ...how }));
    return { proposals, learning: false, examples: this.#decisions.album(album).photos.length };
  }

  async answerProposals(album: number, yes: number[], no: number[]): Promise<void> {
    this.#decisions.answerProposals(album, yes, no);
  }

  async whyProposed(album: number, photo: number): Promise<SimilarRow[]> {
    return this.#sorting.why(album, photo).map((id, at) => {
      const distance = 0.05 + at * 0.04;
      return { photo: this.#row(id), score: 1 - distance, distance, word: wordFor(distance) };
    });
  }

  async oddOnes(limit: number): Promise<OddRow[]> {
    return this.#sorting.oddOnes(limit).map((odd) => ({ ...odd, photo: this.#row(odd.photo) }));
  }

  async keepOddOnes(photos: number[]): Promise<void> {
    this.#decisions.decide("keepOddOne", photos, ({ oddKept }) => photos.forEach((photo) => oddKept.add(photo)));
  }

  async goesWith(photos: number[], limit: number): Promise<GoesWithAnswer> {
    this.#count("goesWith");
    const results = this.#sorting.goesWith(photos, limit).map(({ photo, score }) => ({ photo: this.#row(photo), score }));
    return { results, state: this.#read < 20 ? "tooFew" : "ready" };
  }

  async duplicates(ask: DuplicatesAsk): Promise<DuplicatesState> {
    return this.#cleanup.state(ask);
  }

  async duplicateGroups(ask: DuplicatesAsk, from: number, count: number): Promise<DuplicateGroup[]> {
    this.#count("duplicateGroups");
    return this.#cleanup.groups(ask, from, count);
  }

  async settleDuplicates(groups: number[][], verdict: VerdictWord): Promise<void> {
    this.#cleanup.settle(groups, verdict);
  }

  async settledPairs(): Promise<SettledPair[]> {
    return this.#cleanup.pairs();
  }

  async unsettlePairs(pairs: [number, number][]): Promise<void> {
    this.#cleanup.unsettle(pairs);
  }

  async planCleanup(choices: DuplicateChoice[], passOn: boolean): Promise<CleanupPlan> {
    return this.#cleanup.plan(choices, passOn);
  }

  async cleanUp(choices: DuplicateChoice[], passOn: boolean, kept: number[]): Promise<CleanupReport> {
    return this.#cleanup.cleanUp(choices, passOn, kept);
  }

  async planTrash(photos: number[], files: SeenFile[]): Promise<TrashPlan> {
    return this.#cleanup.planTrash(photos, files);
  }

  async moveToTrash(files: SeenFile[], confirmed: number[]): Promise<CleanupReport> {
    return this.#cleanup.moveToTrash(files, confirmed);
  }

  async cleanups(): Promise<CleanupRow[]> {
    return this.#cleanup.history();
  }

  async undoCleanup(cleanup: number): Promise<CleanupReport> {
    return this.#cleanup.undo(cleanup);
  }

  async protectedFolders(): Promise<number[]> {
    return this.#cleanup.protectedFolders;
  }

  async protectFolder(folder: number, protect: boolean): Promise<void> {
    this.#cleanup.protect(folder, protect);
    this.#tell({ event: "stateChanged" });
  }

  async keeperOrder(): Promise<string[]> {
    return this.#cleanup.keeperOrder;
  }

  async setKeeperOrder(criteria: string[]): Promise<void> {
    this.#cleanup.setKeeperOrder(criteria);
  }

  async setFolderOrder(folders: number[]): Promise<void> {
    this.#cleanup.setFolderOrder(folders);
    this.#tell({ event: "stateChanged" });
  }

  async lesson(): Promise<Lesson | null> {
    return this.#lesson;
  }

  async teachEye(): Promise<void> {
    const albums = this.#decisions.now.albums.filter(({ photos }) => photos.length > 2).length;
    this.#lesson = { albums, heldOut: 48, before: 0.612, after: 0.684, sureGain: 0.031, kept: albums > 1 };
    this.#tell({ event: "stateChanged" });
  }

  async forgetLesson(): Promise<void> {
    this.#lesson = null;
    this.#tell({ event: "stateChanged" });
  }

  async sidecars(): Promise<SidecarState> {
    const pictures = [3, 8, 14].filter((id) => id <= this.#read && !this.#decisions.now.settled.has(id));
    const conflicts = pictures.map((picture, at) => {
      const photo = this.#row(picture);
      const differs = (stars: number, flag: FlagWord, label: LabelWord) =>
        [{ stars, flag: null, label: null }, { stars, flag: null, label }, { stars: null, flag, label: null }][at] ?? { stars, flag, label };
      return { picture, photo, path: `${photo.path}.xmp`, here: differs(4, "pick", "red"), there: differs(2, "reject", "green") };
    });
    return { writes: this.#writesSidecars, conflicts };
  }

  async setWriteSidecars(write: boolean): Promise<void> {
    this.#writesSidecars = write;
    this.#tell({ event: "stateChanged" });
  }

  async settleSidecar(picture: number, take: SideWord): Promise<void> {
    const conflict = (await this.sidecars()).conflicts.find((each) => each.picture === picture);
    const stars = conflict?.[take].stars ?? null;
    this.#decisions.decide("rate", [picture], (decided) => {
      decided.settled.add(picture);
      if (stars !== null) decided.stars.set(picture, stars);
    });
  }

  async undo(): Promise<Undone | null> {
    return this.#decisions.undo();
  }

  async redo(): Promise<Undone | null> {
    return this.#decisions.redo();
  }

  async problems(): Promise<ProblemRow[]> {
    return [
      { path: "/home/me/Pictures/2019/IMG_0007.CR2", stage: "decode", reason: "The raw file holds no preview picture.", photo: null },
      { path: `/home/me/Pictures/${HOSTILE_NAME}`, stage: "decode", reason: "The file ends early; the lower part is missing.", photo: 1 },
      { path: "/home/me/Phone/DCIM/broken.heic", stage: "read", reason: "The disk could not read this file.", photo: null },
    ];
  }

  async pauseWork(): Promise<void> {
    this.#setActivity({ ...this.#activity, state: "paused", perSecond: null, secondsLeft: null });
  }

  async resumeWork(): Promise<void> {
    this.#setActivity({ ...this.#activity, state: "working" });
  }

  async cancelWork(): Promise<void> {
    this.#map.cancel();
    clearInterval(this.#timer);
    this.#setActivity(IDLE);
  }

  async setting(name: string): Promise<string | null> {
    return this.#settings.get(name) ?? null;
  }

  async setSetting(name: string, value: string): Promise<void> {
    this.#settings.set(name, value);
  }

  async savePicture(): Promise<boolean> {
    return true;
  }

  async showInFileManager(): Promise<void> {}

  thumbnailUrl(photo: number, size: ThumbnailSize): string {
    return this.#picture(photo, size);
  }

  pictureUrl(photo: number, longSide: number | null): string {
    return this.#picture(photo, longSide ?? 4_000);
  }

  queryPictureUrl(): string {
    return pictureOf(1, 1.5, 512);
  }

  listen(onEvent: (event: Event) => void): () => void {
    this.#listeners.add(onEvent);
    return () => this.#listeners.delete(onEvent);
  }

  onConnection(): () => void {
    return () => {};
  }

  onDroppedPaths(): () => void {
    return () => {};
  }

  /** Near-duplicates show the picture that they are near-duplicates of. */
  #picture(photo: number, longSide: number): string {
    const shown = this.#cleanup.looksLike(photo);
    return pictureOf(shown, this.#aspects[shown - 1] ?? 1, longSide);
  }

  #passing(filter: PhotoFilter): number[] {
    const ids: number[] = [];
    for (let id = 1; id <= this.#read; id++) if (this.#passes(id, filter)) ids.push(id);
    return ids;
  }

  #albumRow(album: MemoryAlbum): AlbumRow {
    const { id, parent, name, filter, taught } = album;
    const photos = filter ? this.#passing(filter) : album.photos.filter((photo) => photo <= this.#read);
    const minutes = photos.map((photo) => this.#minutes[photo - 1] as number);
    const cover = album.cover ?? photos[0] ?? null;
    return {
      ...{ id, parent, name, kind: filter ? "search" : taught ? "taught" : "hand", photos: photos.length, cover, coverChosen: album.cover !== null },
      more: photos.filter((photo) => photo !== cover).slice(0, 4),
      fromMs: photos.length > 0 ? Math.min(...minutes) * 60_000 : null,
      untilMs: photos.length > 0 ? Math.max(...minutes) * 60_000 : null,
      filter,
      proposals: this.#sorting.proposals(id).filter(({ sure }) => sure).length,
    };
  }

  #suggestionRow({ photos, ...suggestion }: MemorySuggestion): SuggestionRow {
    const minutes = photos.map((photo) => this.#minutes[photo - 1] as number);
    const [cover = 1, ...others] = photos;
    return {
      ...suggestion,
      ...{ photos: photos.length, cover, more: others.slice(0, 4) },
      fromMs: minutes.reduce((least, minute) => Math.min(least, minute), Infinity) * 60_000,
      untilMs: minutes.reduce((most, minute) => Math.max(most, minute), -Infinity) * 60_000,
    };
  }

  #isIn(id: number, album: number): boolean {
    const { filter, photos } = this.#decisions.album(album);
    const inside = this.#decisions.now.albums.filter(({ parent }) => parent === album);
    return photos.includes(id) || (filter !== null && this.#passes(id, filter)) || inside.some((child) => this.#isIn(id, child.id));
  }

  #decisionBits(id: number): number {
    const { stars, flags, labels } = this.#decisions.now;
    const flagBits = { none: 0, pick: 8, reject: 16 };
    const label = labels.get(id) ?? "none";
    return (stars.get(id) ?? 0) | flagBits[flags.get(id) ?? "none"] | ((LABELS.indexOf(label) + 1) << 5);
  }

  #passes(id: number, filter: PhotoFilter): boolean {
    const { stars, flags, labels, tags, trashed } = this.#decisions.now;
    if (trashed.has(id)) return false;
    if (filter.starsAtLeast !== null && (stars.get(id) ?? 0) < filter.starsAtLeast) return false;
    if (filter.flag !== null && (flags.get(id) ?? "none") !== filter.flag) return false;
    if (filter.label !== null && (labels.get(id) ?? "none") !== filter.label) return false;
    if (!filter.tags.every((tag) => tags.get(id)?.some((each) => isUnder(each, tag)))) return false;
    if (filter.album !== null && !this.#isIn(id, filter.album)) return false;
    if (filter.suggestion !== null && !this.#sorting.isIn(id, filter.suggestion)) return false;
    return isWhatIsAsked(id, this.#minutes[id - 1] as number, this.#aspects[id - 1] as number, filter);
  }

  #row(id: number): PhotoRow {
    const { stars, flags, labels } = this.#decisions.now;
    const decided = { stars: stars.get(id) ?? 0, flag: flags.get(id) ?? "none", label: labels.get(id) ?? "none" };
    return { ...knownOf(id, this.#minutes[id - 1] as number, this.#aspects[id - 1] ?? 1), ...decided };
  }

  #folder(name: string, id: number, state: Folder["state"]): Folder {
    const photos = Math.round(this.photos * ([0.7, 0.25, 0.05][id - 1] ?? 0));
    return { id, path: `/home/me/${name}`, name, state, photos, problems: 0, watchNote: null, rank: null };
  }

  #work(): void {
    clearInterval(this.#timer);
    const total = this.photos - this.#read;
    const step = Math.max(ARRIVING, Math.ceil(total / 60));
    const end = this.photos;
    this.#timer = setInterval(() => {
      if (this.#activity.state === "paused") return;
      this.#read = Math.min(end, this.#read + step);
      const perSecond = (step * 1000) / ARRIVING_MS;
      const finished = this.#read >= end;
      this.#setActivity(
        finished
          ? IDLE
          : { state: "working", stage: "embed", done: this.#read, total: end, perSecond, secondsLeft: (end - this.#read) / perSecond, failure: null },
      );
      this.#tell({ event: "photosChanged" });
      this.#tell({ event: "stateChanged" });
      if (finished) clearInterval(this.#timer);
    }, ARRIVING_MS);
  }

  #setActivity(activity: Activity): void {
    this.#activity = activity;
    this.#tell({ event: "activity", activity });
  }

  #tell(event: Event): void {
    for (const listener of this.#listeners) listener(event);
  }

  #count(question: string): void {
    this.asked[question] = (this.asked[question] ?? 0) + 1;
  }
}

function wordFor(distance: number): LikenessWord {
  return distance < 0.03 ? "same" : distance < 0.15 ? "veryClose" : "related";
}
