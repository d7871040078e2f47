/** All that lives as long as the window: the features' states, where the person is, and what can be done from any part of it. */
import { tick } from "svelte";
import type { Backend } from "../backend/backend";
import type { AlbumRow, Folder, PhotoFilter, QueryPicture, SeenFile, SidecarConflictRow, SideWord, SimilarQuery, SuggestionRow } from "../backend/wire";
import type { AlbumActions } from "../features/albums/album-menu";
import { Albums } from "../features/albums/albums.svelte";
import type { SuggestionActions } from "../features/albums/suggestion-menu";
import { Suggestions } from "../features/albums/suggestions.svelte";
import { Duplicates } from "../features/cleanup/duplicates.svelte";
import { ALL_PHOTOS, asksForDecisions, narrowed, type KnownPlaces } from "../features/filters/filter";
import { Filters } from "../features/filters/filters.svelte";
import { Folders } from "../features/folders/folders.svelte";
import { GridState } from "../features/grid/grid.svelte";
import { PhotoMap } from "../features/map/map.svelte";
import { OddOnes } from "../features/odd/odd.svelte";
import { Review } from "../features/proposals/review.svelte";
import type { Settings } from "../features/settings/settings.svelte";
import { Sidecars } from "../features/sidecars/sidecars.svelte";
import { queryOf, queryOfPicture } from "../features/similar/query";
import { SimilarSearch } from "../features/similar/similar.svelte";
import { Drag } from "../lib/drag.svelte";
import type { OpenMenu, ShowMenu } from "../lib/menu";
import { Selection, type Order } from "../lib/selection.svelte";
import { Toasts } from "../lib/toasts.svelte";
import type { PhotoActions } from "../photo/photo-menu";
import { PhotoRows } from "../photo/photo-rows.svelte";
import { texts } from "../texts/texts";
import { albumActions, dropPhotos, openAlbum, photoPlaceAt } from "./album-actions";
import { cleanupActs } from "./cleanup-acts";
import { Decisions, tellFailure } from "./decisions";
import { followArrivals } from "./drops";
import { Library } from "./library.svelte";
import { Navigation } from "./navigation.svelte";
import { suggestionActions } from "./suggestion-actions";

/** What is asked over everything else. */
export type OpenDialog =
  | { name: "settings" }
  | { name: "keys" }
  | { name: "tags"; photos: number[] }
  | { name: "addToAlbum"; photos: number[] }
  | { name: "teachAlbum"; photos: number[] }
  | { name: "trash"; photos: number[]; files: SeenFile[] }
  | { name: "mergeSuggestion"; suggestion: SuggestionRow }
  | { name: "moveAlbum"; album: AlbumRow };

/** Views that list photos beside the grid and the map, with a selection of their own. */
const LISTS: readonly string[] = ["similar", "goesWith", "odd"];

export class Program {
  readonly navigation = new Navigation();
  readonly toasts = new Toasts();
  readonly library: Library;
  readonly rows: PhotoRows;
  readonly grid: GridState;
  readonly map: PhotoMap;
  readonly search: SimilarSearch;
  /** What is selected in a list of photos: those that are similar, go with others, or are odd. */
  readonly found = new Selection();
  readonly folders: Folders;
  readonly albums: Albums;
  readonly suggestions: Suggestions;
  readonly review: Review;
  readonly duplicates: Duplicates;
  readonly odd: OddOnes;
  readonly sidecars: Sidecars;
  readonly filters: Filters;
  readonly decisions: Decisions;
  readonly actions: PhotoActions;
  readonly albumActions: AlbumActions;
  readonly suggestionActions: SuggestionActions;
  /** Photos that the pointer holds, on their way to an album. */
  readonly drag: Drag;

  menu: OpenMenu | null = $state.raw(null);
  dialog: OpenDialog | null = $state.raw(null);
  /** Something from outside is held over the window. */
  dragOver = $state(false);

  /** Nothing was ever added: the window is the welcome. */
  readonly isFirstStart: boolean = $derived.by(() => this.library.state?.folders.length === 0 && this.library.state.photos === 0);
  /** The folder that the grid is narrowed to. */
  readonly folder: Folder | null = $derived.by(
    () => this.library.state?.folders.find(({ id }) => id === this.navigation.filter.folder) ?? null,
  );
  /** The album that the photos are narrowed to. */
  readonly album: AlbumRow | null = $derived.by(() => this.albums.get(this.navigation.filter.album));
  /** Whether the view is of photos, which keys can act on. */
  readonly showsPhotos: boolean = $derived.by(() => ["photos", "map", ...LISTS].includes(this.navigation.view.name));
  /** The suggestion that the photos are narrowed to. */
  readonly suggestion: SuggestionRow | null = $derived.by(() => this.suggestions.get(this.navigation.filter.suggestion));
  /** What filters name by their ids. */
  readonly known: KnownPlaces = $derived.by(() => ({ folders: this.library.state?.folders ?? [], albums: this.albums.list ?? [], suggestions: this.suggestion ? [this.suggestion] : [] }));
  readonly selection: Selection = $derived.by(() => (LISTS.includes(this.navigation.view.name) ? this.found : this.grid.selection));
  /** What the panel is about: in an answer where nothing is selected, the question. */
  readonly photosAbout: number[] = $derived.by(() => {
    const { viewed, view } = this.navigation;
    if (viewed !== null) return [viewed];
    if (view.name === "proposals") return this.review.current ? [this.review.current.photo.id] : [];
    if (view.name === "duplicates") return this.duplicates.currentFile ? [this.duplicates.currentFile.photo.id] : [];
    if (!this.showsPhotos) return [];
    if (view.name === "similar" && this.found.size === 0) return view.query.photos;
    return view.name === "goesWith" && this.found.size === 0 ? view.photos : this.selection.items();
  });

  constructor(
    readonly backend: Backend,
    readonly settings: Settings,
  ) {
    this.library = new Library(backend);
    this.rows = new PhotoRows(backend);
    this.grid = new GridState(backend, new Selection());
    this.map = new PhotoMap(backend);
    this.search = new SimilarSearch(backend, this.rows);
    this.folders = new Folders(backend, this.toasts);
    this.albums = new Albums(backend);
    this.suggestions = new Suggestions(backend);
    this.decisions = new Decisions(backend, this.toasts);
    this.review = new Review(backend, this.rows, (album, photo, answer) => this.decisions.answerProposal(album, photo, answer));
    this.duplicates = new Duplicates(backend, this.rows, cleanupActs(this));
    this.odd = new OddOnes(backend, this.rows);
    this.sidecars = new Sidecars(backend);
    this.actions = this.#photoActions();
    this.albumActions = albumActions(this);
    this.suggestionActions = suggestionActions(this);
    this.drag = new Drag({
      placeAt: (x, y, held) => photoPlaceAt(this, x, y, held),
      drop: (photos, place) => dropPhotos(this, [...photos], place),
    });
    this.filters = new Filters(backend, this.#filterPlace(), this.openMenu);
    if (settings.rowHeight !== null) this.grid.setRowHeight(settings.rowHeight);
    this.grid.stacks = settings.stacks;
  }

  /** Follows the engine, the address, and what is dropped or pasted, until the returned function is called. */
  follow(): () => void {
    void this.library.refresh();
    void this.sidecars.refresh();
    const stops = [this.navigation.follow(), this.map.follow(), this.#followLibrary(), this.#followArrivals()];
    return () => stops.forEach((stop) => stop());
  }

  /** Other filters, on the map or in the grid, wherever the person is. */
  readonly setFilter = (filter: PhotoFilter): void => {
    if (this.navigation.view.name === "map") this.navigation.showMap(filter);
    else this.navigation.showPhotos(filter);
  };

  /** Keeps the filters among the albums; a saved search of that name asks for these from now on. */
  async saveSearch(name: string): Promise<void> {
    const { filter } = this.navigation;
    const same = this.albums.inside(null).find((album) => album.kind === "search" && album.name === name);
    // More asked of a search itself is asked by it from then on, not of it.
    const asked = same?.filter && filter.album === same.id ? narrowed(same.filter, filter) : filter;
    if (same) await this.decisions.setAlbumFilter(same.id, name, asked);
    else await this.decisions.createAlbum(name, null, [], filter);
  }

  openAlbum(id: number): void {
    const album = this.albums.get(id);
    if (album) openAlbum(this, album);
  }

  /** The photos of stacks as one, or side by side. */
  setStacks(stacks: boolean): void {
    this.settings.setStacks(stacks);
    void this.grid.setStacks(stacks);
  }

  async settleSidecars(conflicts: readonly SidecarConflictRow[], take: SideWord): Promise<void> {
    await this.try(async () => {
      for (const { picture } of conflicts) await this.backend.settleSidecar(picture, take);
      this.toasts.show(texts.sidecars.settled(conflicts.length));
    });
    await this.sidecars.refresh();
  }

  showOddOnes(): void {
    if (this.navigation.view.name !== "odd") this.#forgetFound();
    this.navigation.showOddOnes();
  }

  showGoesWith(photos: readonly number[]): void {
    this.#forgetFound();
    this.navigation.showGoesWith(photos);
  }

  /** Another list has another selection. */
  #forgetFound(): void {
    this.found.none();
    this.found.current = null;
  }

  showSimilar(query: SimilarQuery): void {
    this.#forgetFound();
    this.navigation.showSimilar(query);
  }

  /** Shows where photos lie on the map. */
  showOnMap(photos: number[]): void {
    const { navigation } = this;
    if (navigation.view.name !== "map" || navigation.viewed !== null) navigation.showMap(navigation.filter);
    this.grid.selection.replace(photos);
    this.grid.selection.current = photos[0] ?? null;
    this.map.toShow = photos;
  }

  /** Opens a photo in the viewer, which walks through `order`. */
  open(photo: number, order: Order): void {
    this.selection.only(photo);
    this.navigation.openPhoto(photo, order);
  }

  /** The viewer moves on to another photo. */
  turnTo(photo: number): void {
    this.selection.only(photo);
    this.navigation.turnTo(photo);
  }

  closeViewer(): void {
    const { viewed, view } = this.navigation;
    this.navigation.leave();
    if (viewed !== null && view.name === "photos") void this.grid.reveal(viewed);
  }

  /** Selects a photo, and goes to where it is on the map or in the grid. */
  async reveal(photo: number): Promise<void> {
    if (this.navigation.view.name === "map") return this.showOnMap([photo]);
    if (this.navigation.view.name !== "photos") this.navigation.showPhotos(ALL_PHOTOS);
    await tick();
    this.grid.selection.only(photo);
    await this.grid.reveal(photo);
  }

  /** Clears the selection; without one, goes back from a view to the photos. */
  escape(): void {
    if (this.showsPhotos && this.selection.size > 0) this.selection.none();
    else if (this.navigation.view.name !== "photos") this.navigation.leave();
  }

  /** Finds what looks like a picture from outside. */
  async findByPicture(taken: Promise<QueryPicture>): Promise<void> {
    await this.try(async () => this.showSimilar(queryOfPicture((await taken).token)));
  }

  async copy(text: string): Promise<void> {
    await this.try(async () => {
      await navigator.clipboard.writeText(text);
      this.toasts.show(texts.app.copied);
    });
  }

  /** Does something, or says why it did not work. */
  async try(what: () => Promise<void>): Promise<void> {
    try {
      await what();
    } catch (error) {
      tellFailure(this.toasts, error);
    }
  }

  readonly openMenu: ShowMenu = (entries, x, y, name) => {
    this.menu = { entries, x, y, name };
  };

  #photoActions(): PhotoActions {
    const { backend, decisions } = this;
    return {
      open: (photo) => this.open(photo, this.grid.order),
      findSimilar: (photos) => this.showSimilar(queryOf(photos)),
      showOnMap: (photos) => this.showOnMap(photos),
      rate: (photos, stars) => void decisions.rate(photos, stars),
      setFlag: (photos, flag) => void decisions.setFlag(photos, flag),
      setLabel: (photos, label) => {
        const has = photos.every((photo) => this.rows.get(photo)?.label === label);
        void decisions.setLabel(photos, has ? "none" : label);
      },
      tag: (photos) => (this.dialog = { name: "tags", photos }),
      addToAlbum: (photos) => (this.dialog = { name: "addToAlbum", photos }),
      teachAlbum: (photos) => (this.dialog = { name: "teachAlbum", photos }),
      trash: (photos) => (this.dialog = { name: "trash", photos, files: [] }),
      trashFiles: (files) => (this.dialog = { name: "trash", photos: [], files }),
      goesWith: (photos) => this.showGoesWith(photos),
      inAlbum: () => {
        const { album, navigation } = this;
        if (!album || album.kind === "search" || navigation.view.name !== "photos") return null;
        return {
          remove: (photos) => void decisions.removeFromAlbum(album.id, album.name, photos),
          useAsCover: (photo) => void decisions.setAlbumCover(album.id, photo),
        };
      },
      copyPath: async (photo) => {
        const row = this.rows.get(photo) ?? (await backend.photoRows([photo]))[0];
        if (row) await this.copy(row.path);
      },
      showInFileManager: backend.surface === "desktop" ? (photo) => void this.try(() => backend.showInFileManager(photo)) : null,
    };
  }

  #filterPlace(): Filters["place"] {
    return {
      filter: () => this.navigation.filter,
      known: () => this.known,
      selected: () => this.selection.items(),
      change: this.setFilter,
    };
  }

  #followLibrary(): () => void {
    const { rows, grid, navigation } = this;
    return this.library.follow({
      photosChanged: () => {
        rows.markStale();
        grid.reload();
      },
      decisionsChanged: (photos) => {
        void rows.refresh(photos);
        // Photos may now belong to this filter or order, or no longer.
        if (asksForDecisions(navigation.filter)) grid.reload();
      },
      albumsChanged: () => {
        void this.refreshAlbums();
        if (asksForDecisions(navigation.filter)) grid.reload();
      },
      stateChanged: () => void this.sidecars.refresh(),
      reconnected: () => {
        void this.refreshAlbums();
        void this.sidecars.refresh();
        grid.reload();
        this.map.reload();
        void rows.refresh("all");
      },
    });
  }

  /** Asks anew for albums and suggestions. */
  async refreshAlbums(): Promise<void> {
    await Promise.all([this.albums.refresh(), this.suggestions.refresh()]);
  }

  #followArrivals(): () => void {
    return followArrivals(
      this.backend,
      {
        picture: (taken) => void this.findByPicture(taken),
        folders: async (paths) => {
          for (const path of paths) await this.folders.addPath(path);
        },
        nothing: () => this.toasts.fail(texts.app.noPicture),
      },
      (isOver) => (this.dragOver = isOver),
    );
  }
}
