/** The places of the program and their addresses. */
import type { PhotoFilter, SimilarQuery } from "../backend/wire";
import { filterFromQuery } from "../features/filters/filter";
import { queryFromValues } from "../features/similar/query";
import type { Place } from "../lib/address.svelte";

export type View =
  | { name: "photos"; filter: PhotoFilter }
  /** The map of all photos: those that pass the filter, and look like the query when there is one, stand out. */
  | { name: "map"; filter: PhotoFilter; query: SimilarQuery }
  | { name: "similar"; query: SimilarQuery }
  | { name: "albums" }
  /** What an album proposes, one photo after the other. */
  | { name: "proposals"; album: number }
  | { name: "odd" }
  /** What goes with photos. */
  | { name: "goesWith"; photos: number[] }
  /** What sidecars say otherwise. */
  | { name: "sidecars" }
  | { name: "problems" };

/** The photo that an address opens in the viewer; null when it opens none. */
export function viewedPhoto({ path }: Place): number | null {
  return path[0] === "photo" ? wholeNumber(path[1]) : null;
}

/** The view that an address names; photos, when it names none. */
export function viewOf({ path, query }: Place): View {
  if (path[0] === "problems") return { name: "problems" };
  if (path[0] === "odd") return { name: "odd" };
  if (path[0] === "sidecars") return { name: "sidecars" };
  if (path[0] === "goes-with") return { name: "goesWith", photos: numbers(query.get("photos")) };
  const album = path[0] === "proposals" ? wholeNumber(path[1]) : null;
  if (album !== null) return { name: "proposals", album };
  if (path[0] === "albums") return { name: "albums" };
  if (path[0] === "map") return { name: "map", filter: filterFromQuery(query), query: queryFromValues(query) };
  if (path[0] === "similar") return { name: "similar", query: queryFromValues(query) };
  return { name: "photos", filter: filterFromQuery(query) };
}

function numbers(text: string | null): number[] {
  return (text ?? "").split(",").flatMap((each) => wholeNumber(each) ?? []);
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
