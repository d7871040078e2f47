/** All that lives as long as the window: the features' states, where the person is, and what can be done from any part of it. */
import { tick } from "svelte";
import type { Backend } from "../backend/backend";
import type { Folder, QueryPicture, SimilarQuery } from "../backend/wire";
import { ALL_PHOTOS } from "../features/filters/filter";
import { Folders } from "../features/folders/folders.svelte";
import { GridState } from "../features/grid/grid.svelte";
import { PhotoMap } from "../features/map/map.svelte";
import type { Settings } from "../features/settings/settings.svelte";
import { queryOf, queryOfPicture } from "../features/similar/query";
import { SimilarSearch } from "../features/similar/similar.svelte";
import type { OpenMenu, ShowMenu } from "../lib/menu";
import { Selection, type Order } from "../lib/selection.svelte";
import { Toasts } from "../lib/toasts.svelte";
import type { PhotoActions } from "../photo/photo-menu";
import { PhotoRows } from "../photo/photo-rows.svelte";
import { texts } from "../texts/texts";
import { Decisions, tellFailure } from "./decisions";
import { followArrivals } from "./drops";
import { Library } from "./library.svelte";
import { Navigation } from "./navigation.svelte";

export class Program {
  readonly navigation = new Navigation();
  readonly toasts = new Toasts();
  readonly library: Library;
  readonly rows: PhotoRows;
  readonly grid: GridState;
  readonly map: PhotoMap;
  readonly search: SimilarSearch;
  /** What is selected among the similar photos. */
  readonly found = new Selection();
  readonly folders: Folders;
  readonly decisions: Decisions;
  readonly actions: PhotoActions;

  menu: OpenMenu | null = $state.raw(null);
  dialog: "settings" | "keys" | null = $state(null);
  /** Something from outside is held over the window. */
  dragOver = $state(false);

  /** Nothing was ever added: the window is the welcome. */
  readonly isFirstStart: boolean = $derived.by(() => this.library.state?.folders.length === 0 && this.library.state.photos === 0);
  /** The folder that the grid is narrowed to. */
  readonly folder: Folder | null = $derived.by(
    () => this.library.state?.folders.find(({ id }) => id === this.navigation.filter.folder) ?? null,
  );
  readonly selection: Selection = $derived.by(() => (this.navigation.view.name === "similar" ? this.found : this.grid.selection));
  /** What the panel is about: in an answer where nothing is selected, the question. */
  readonly photosAbout: number[] = $derived.by(() => {
    const { viewed, view } = this.navigation;
    if (viewed !== null) return [viewed];
    return view.name === "similar" && this.found.size === 0 ? view.query.photos : this.selection.items();
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
    this.decisions = new Decisions(backend, this.toasts);
    this.actions = this.#photoActions();
    if (settings.rowHeight !== null) this.grid.setRowHeight(settings.rowHeight);
  }

  /** Follows the engine, the address, and what is dropped or pasted, until the returned function is called. */
  follow(): () => void {
    void this.library.refresh();
    const stops = [this.navigation.follow(), this.map.follow(), this.#followLibrary(), this.#followArrivals()];
    return () => stops.forEach((stop) => stop());
  }

  showSimilar(query: SimilarQuery): void {
    this.found.none();
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
    if (this.selection.size > 0) this.selection.none();
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
      copyPath: async (photo) => {
        const row = this.rows.get(photo) ?? (await backend.photoRows([photo]))[0];
        if (row) await this.copy(row.path);
      },
      showInFileManager: backend.surface === "desktop" ? (photo) => void this.try(() => backend.showInFileManager(photo)) : null,
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
        const { starsAtLeast, flag, sort } = navigation.filter;
        if (starsAtLeast !== null || flag !== null || sort === "bestRated") grid.reload();
      },
      reconnected: () => {
        grid.reload();
        this.map.reload();
        void rows.refresh("all");
      },
    });
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
