/** What can be done with albums from any place that shows them: joins deciding, naming and going there. */
import type { AlbumRow } from "../backend/wire";
import type { AlbumActions } from "../features/albums/album-menu";
import { NEW_ALBUM, albumAt } from "../features/albums/drop-places";
import { ALL_PHOTOS } from "../features/filters/filter";
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

export async function addToAlbum({ albums, decisions }: Program, album: AlbumRow, photos: number[]): Promise<void> {
  albums.lastUsed = album.id;
  await decisions.addToAlbum(album.id, album.name, photos);
}

/** Photos were let go over a place that takes them. */
export function dropPhotos(program: Program, photos: number[], place: string): void {
  const album = program.albums.get(albumAt(place));
  if (place === NEW_ALBUM) void albumOf(program, photos);
  else if (album) void addToAlbum(program, album, photos);
}
