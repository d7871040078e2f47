/** Moving one thing among others, and the order of folders. Arithmetic only. */
import type { Folder } from "../../backend/wire";

/** The same things, with the one at `from` at the place `to`. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const place = Math.max(0, Math.min(items.length - 1, to));
  const others = items.filter((_, at) => at !== from);
  return [...others.slice(0, place), ...items.slice(from, from + 1), ...others.slice(place)];
}

/** The ids of the folders that have a place in the order, the first one first. */
export function folderPlaces(folders: readonly Pick<Folder, "id" | "rank">[]): number[] {
  const ranked = folders.flatMap(({ id, rank }) => (rank === null ? [] : [{ id, rank }]));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ id }) => id);
}
