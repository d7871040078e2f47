/** What can be done with albums from any place that shows them: joins deciding, naming and going there. */
import type { AlbumRow } from "../backend/wire";
import type { AlbumActions } from "../features/albums/album-menu";
import { NEW_ALBUM, albumAt, placeAt } from "../features/albums/drop-places";
import { ALL_PHOTOS, isNarrowed } from "../features/filters/filter";
import { orderPlace, photoAfter, steppedOrder } from "../photo/order-places";
import { texts } from "../texts/texts";
import type { Program } from "./program.svelte";

export function albumActions(program: Program): AlbumActions {
  const { albums, decisions, navigation } = program;
  return {
    open: (album) => openAlbum(program, album),
    create: async (parent, place) => {
      const name = albums.freeName(texts.albums.untitled, parent);
      const created = await decisions.createAlbum(name, parent, [], null);
      if (created === null) return;
      await albums.refresh();
      // The wall shows the outermost albums only, and the column may be folded away.
      const shownAt = parent === null ? place : "column";
      if (shownAt === "wall" || program.settings.places) albums.rename(created, shownAt);
    },
    rename: async (album, name) => {
      if (name !== album.name) await decisions.renameAlbum(album.id, name);
      await albums.refresh();
      albums.renaming = null;
    },
    askToMove: (album) => (program.dialog = { name: "moveAlbum", album }),
    move: (album, parent, before) => {
      const into = albums.get(parent)?.name ?? null;
      const { moved, ordered } = texts.albums;
      void decisions.moveAlbum(album.id, parent, before, parent === album.parent ? ordered(album.name) : moved(album.name, into));
    },
    freeCover: (album) => void decisions.setAlbumCover(album.id, null),
    showFilters: (album) => navigation.showPhotos({ ...ALL_PHOTOS, ...album.filter }),
    remove: (album) => {
      const { filter } = navigation;
      // What is shown goes with it.
      if (filter.album !== null && albums.liesIn(filter.album, album.id)) navigation.showAlbums();
      void decisions.deleteAlbum(album.id, album.name);
    },
    lookThrough: (album) => navigation.showProposals(album.id),
    teachFrom: async (album) => {
      await decisions.teachFromAlbum(album);
      navigation.showProposals(album.id);
    },
  };
}

/** Shows the photos of an album: in its own order, or as a saved search asks. */
export function openAlbum({ navigation }: Program, album: AlbumRow): void {
  navigation.showPhotos({ ...ALL_PHOTOS, album: album.id, sort: album.filter?.sort ?? "album" });
}

/** Photos into a new album that then lets its name be written. */
export async function albumOf(program: Program, photos: number[], name?: string): Promise<void> {
  const { albums, decisions } = program;
  const created = await decisions.createAlbum(name ?? albums.freeName(texts.albums.untitled, null), null, photos, null);
  if (created === null) return;
  albums.lastUsed = created;
  await albums.refresh();
  if (name === undefined) albums.rename(created, "column");
}

/** An album that learns from photos, and then asks about others. */
export async function teachAlbum({ albums, decisions, navigation }: Program, name: string, photos: number[]): Promise<void> {
  const taught = await decisions.teachAlbum(name, photos);
  if (taught === null) return;
  albums.lastUsed = taught;
  await albums.refresh();
  navigation.showProposals(taught);
}

export async function addToAlbum({ albums, decisions }: Program, album: AlbumRow, photos: number[]): Promise<void> {
  albums.lastUsed = album.id;
  await decisions.addToAlbum(album.id, album.name, photos);
}

/** The album whose own order is shown, whole, and can be changed; null elsewhere. */
export function orderedAlbum({ album, albums, navigation }: Program): AlbumRow | null {
  const { view } = navigation;
  if (view.name !== "photos" || view.filter.sort !== "album" || isNarrowed(view.filter)) return null;
  // Photos of the albums in it have no place in its order.
  return album && album.kind !== "search" && albums.inside(album.id).length === 0 ? album : null;
}

/** Selected photos of an album one step forward or back in its order. */
export function stepPhotos(program: Program, photos: number[], step: -1 | 1): void {
  const album = orderedAlbum(program);
  const before = steppedOrder(program.grid.order, photos, step);
  if (album && before !== undefined) void program.decisions.reorderAlbum(album.id, photos, before);
}

/** What takes the photos that are held at a point of the page: an album, or a place in the order of the one that is shown. */
export function photoPlaceAt(program: Program, x: number, y: number, held: readonly number[]): string | null {
  const place = placeAt(x, y);
  if (place !== null || !orderedAlbum(program)) return place;
  const tile = document.elementFromPoint(x, y)?.closest<HTMLElement>('[role="grid"] [data-photo-id]');
  if (!tile) return null;
  const { left, width } = tile.getBoundingClientRect();
  return orderPlace(program.grid.order, held, Number(tile.dataset.photoId), x < left + width / 2 ? "first" : "second");
}

/** Photos were let go over a place that takes them. */
export function dropPhotos(program: Program, photos: number[], place: string): void {
  const before = photoAfter(place);
  const ordered = before === undefined ? null : orderedAlbum(program);
  if (before !== undefined) {
    if (ordered) void program.decisions.reorderAlbum(ordered.id, photos, before);
    return;
  }
  const album = program.albums.get(albumAt(place));
  if (place === NEW_ALBUM) void albumOf(program, photos);
  else if (album) void addToAlbum(program, album, photos);
}
