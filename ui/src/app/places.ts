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
  | { name: "problems" };

/** The photo that an address opens in the viewer; null when it opens none. */
export function viewedPhoto({ path }: Place): number | null {
  const photo = path[0] === "photo" ? Number(path[1]) : NaN;
  return Number.isInteger(photo) && photo >= 0 ? photo : null;
}

/** The view that an address names; photos, when it names none. */
export function viewOf({ path, query }: Place): View {
  if (path[0] === "problems") return { name: "problems" };
  if (path[0] === "albums") return { name: "albums" };
  if (path[0] === "map") return { name: "map", filter: filterFromQuery(query), query: queryFromValues(query) };
  if (path[0] === "similar") return { name: "similar", query: queryFromValues(query) };
  return { name: "photos", filter: filterFromQuery(query) };
}
