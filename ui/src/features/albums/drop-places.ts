/** Where photos can be dropped, in the words of `data-drop`: an album made by hand or taught, or a new one. */
import type { AlbumRow } from "../../backend/wire";

export const NEW_ALBUM = "new-album";

/** Null for a saved search, which finds its photos by itself. */
export function dropPlace({ id, kind }: AlbumRow): string | null {
  return kind === "search" ? null : `album ${id}`;
}

/** The album that a place is; null for a new one. */
export function albumAt(place: string): number | null {
  return place === NEW_ALBUM ? null : Number(place.slice("album ".length));
}

/** The place at a point of the page. */
export function placeAt(x: number, y: number): string | null {
  return document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-drop]")?.dataset.drop ?? null;
}
