/** The filters of photos: their address, and their words on chips. Arithmetic and words only. */
import type { AlbumRow, FlagWord, Folder, LabelWord, OrientationWord, PhotoFilter, SortWord, SuggestionRow } from "../../backend/wire";
import { formatBytes, formatShortDay } from "../../lib/format";
import { tagName } from "../../photo/tag-names";
import { language, texts } from "../../texts/texts";

export const ALL_PHOTOS: PhotoFilter = {
  folder: null,
  sinceMs: null,
  untilMs: null,
  camera: null,
  lens: null,
  starsAtLeast: null,
  flag: null,
  label: null,
  tags: [],
  album: null,
  format: null,
  orientation: null,
  bytesAtLeast: null,
  bytesAtMost: null,
  name: null,
  similarTo: [],
  stacked: false,
  suggestion: null,
  sort: "newest",
};

export const FLAGS: readonly FlagWord[] = ["pick", "reject", "none"];
export const LABELS: readonly LabelWord[] = ["red", "yellow", "green", "blue", "purple", "none"];
export const ORIENTATIONS: readonly OrientationWord[] = ["landscape", "portrait", "square"];
const SORTS: readonly SortWord[] = ["newest", "oldest", "recentlyAdded", "bestRated", "name", "largest", "album"];
const DAY_MS = 86_400_000;
/** Between tags in an address: no part of a tag is empty, so no tag holds it. */
const BETWEEN_TAGS = "||";

/** What can be filtered by. */
export type FilterPart =
  | "folder"
  | "album"
  | "suggestion"
  | "dates"
  | "stars"
  | "flag"
  | "label"
  | "tag"
  | "camera"
  | "lens"
  | "format"
  | "orientation"
  | "size"
  | "name"
  | "likeness";

/** The folders and albums that a filter names by their ids. */
export interface KnownPlaces {
  folders: readonly Folder[];
  albums: readonly AlbumRow[];
  suggestions: readonly SuggestionRow[];
}

/** What photos of a saved search that more is asked of are asked: both, and where both name one thing, the later. */
export function narrowed(search: PhotoFilter, more: PhotoFilter): PhotoFilter {
  const both = (choose: (...values: number[]) => number, one: number | null, other: number | null) =>
    one === null || other === null ? (one ?? other) : choose(one, other);
  return {
    folder: more.folder ?? search.folder,
    sinceMs: both(Math.max, search.sinceMs, more.sinceMs),
    untilMs: both(Math.min, search.untilMs, more.untilMs),
    camera: more.camera ?? search.camera,
    lens: more.lens ?? search.lens,
    starsAtLeast: both(Math.max, search.starsAtLeast, more.starsAtLeast),
    flag: more.flag ?? search.flag,
    label: more.label ?? search.label,
    tags: [...new Set([...search.tags, ...more.tags])],
    album: search.album,
    format: more.format ?? search.format,
    orientation: more.orientation ?? search.orientation,
    bytesAtLeast: both(Math.max, search.bytesAtLeast, more.bytesAtLeast),
    bytesAtMost: both(Math.min, search.bytesAtMost, more.bytesAtMost),
    name: more.name ?? search.name,
    similarTo: more.similarTo.length > 0 ? more.similarTo : search.similarTo,
    stacked: more.stacked,
    suggestion: more.suggestion ?? search.suggestion,
    sort: more.sort === "album" ? search.sort : more.sort,
  };
}

/** The orders that photos of this filter can have: an album has one of its own. */
export function sortsOf(filter: PhotoFilter): readonly SortWord[] {
  return filter.album === null ? SORTS.filter((sort) => sort !== "album") : SORTS;
}

/** The filter that an address says; what it says wrongly does not filter. */
export function filterFromQuery(query: URLSearchParams): PhotoFilter {
  const whole = (name: string) => wholeNumber(query.get(name));
  const stars = whole("stars");
  const until = dayFromText(query.get("until"));
  const filter: PhotoFilter = {
    ...ALL_PHOTOS,
    folder: whole("folder"),
    sinceMs: dayFromText(query.get("since")),
    untilMs: until === null ? null : until + DAY_MS,
    camera: query.get("camera"),
    lens: query.get("lens"),
    starsAtLeast: stars !== null && stars >= 1 && stars <= 5 ? stars : null,
    flag: FLAGS.find((flag) => flag === query.get("flag")) ?? null,
    label: LABELS.find((label) => label === query.get("label")) ?? null,
    tags: query.get("tags")?.split(BETWEEN_TAGS).filter(Boolean) ?? [],
    album: whole("album"),
    suggestion: whole("suggestion"),
    format: query.get("format"),
    orientation: ORIENTATIONS.find((orientation) => orientation === query.get("orientation")) ?? null,
    bytesAtLeast: whole("larger"),
    bytesAtMost: whole("smaller"),
    name: query.get("name"),
    similarTo: (query.get("like")?.split(",") ?? []).map(wholeNumber).filter((photo) => photo !== null),
  };
  return { ...filter, sort: sortsOf(filter).find((sort) => sort === query.get("sort")) ?? "newest" };
}

/** The values of an address that says this filter. */
export function filterToQuery(filter: PhotoFilter): Record<string, string | number | null> {
  return {
    folder: filter.folder,
    since: filter.sinceMs === null ? null : dayToText(filter.sinceMs),
    until: filter.untilMs === null ? null : dayToText(filter.untilMs - DAY_MS),
    camera: filter.camera,
    lens: filter.lens,
    stars: filter.starsAtLeast,
    flag: filter.flag,
    label: filter.label,
    tags: filter.tags.join(BETWEEN_TAGS),
    album: filter.album,
    suggestion: filter.suggestion,
    format: filter.format,
    orientation: filter.orientation,
    larger: filter.bytesAtLeast,
    smaller: filter.bytesAtMost,
    name: filter.name,
    like: filter.similarTo.join(","),
    sort: filter.sort === "newest" ? null : filter.sort,
  };
}

export interface Chip {
  part: FilterPart;
  text: string;
  /** The filter without this part. */
  without: PhotoFilter;
  /** The colour that it asks for. */
  label?: LabelWord;
}

/** One chip for each part that filters. */
export function chips(filter: PhotoFilter, known: KnownPlaces): Chip[] {
  const words = texts.filters;
  const found: Chip[] = [];
  const add = (part: FilterPart, text: string, without: Partial<PhotoFilter>, extra: Partial<Chip> = {}) =>
    found.push({ part, text, without: { ...filter, ...without }, ...extra });
  if (filter.folder !== null) add("folder", known.folders.find(({ id }) => id === filter.folder)?.name ?? words.parts.folder, { folder: null });
  if (filter.album !== null) {
    const sort = filter.sort === "album" ? "newest" : filter.sort;
    add("album", known.albums.find(({ id }) => id === filter.album)?.name ?? words.parts.album, { album: null, sort });
  }
  if (filter.suggestion !== null) {
    const name = known.suggestions.find(({ id }) => id === filter.suggestion)?.name;
    add("suggestion", name ?? words.parts.suggestion, { suggestion: null });
  }
  const dates = datesText(filter);
  if (dates !== null) add("dates", dates, { sinceMs: null, untilMs: null });
  if (filter.starsAtLeast !== null) add("stars", words.starsAtLeast(filter.starsAtLeast), { starsAtLeast: null });
  if (filter.flag !== null) add("flag", words.flags[filter.flag], { flag: null });
  if (filter.label !== null) add("label", texts.photo.labels[filter.label], { label: null }, { label: filter.label });
  for (const tag of filter.tags) add("tag", tagName(tag), { tags: filter.tags.filter((other) => other !== tag) });
  if (filter.camera !== null) add("camera", filter.camera, { camera: null });
  if (filter.lens !== null) add("lens", filter.lens, { lens: null });
  if (filter.format !== null) add("format", formatName(filter.format), { format: null });
  if (filter.orientation !== null) add("orientation", words.orientations[filter.orientation], { orientation: null });
  const { bytesAtLeast, bytesAtMost } = filter;
  if (bytesAtLeast !== null) add("size", words.sizeAtLeast(formatBytes(bytesAtLeast, language)), { bytesAtLeast: null });
  if (bytesAtMost !== null) add("size", words.sizeAtMost(formatBytes(bytesAtMost, language)), { bytesAtMost: null });
  if (filter.name !== null) add("name", words.named(filter.name), { name: null });
  if (filter.similarTo.length > 0) add("likeness", words.like(filter.similarTo.length), { similarTo: [] });
  return found;
}

export function isFiltered(filter: PhotoFilter): boolean {
  return JSON.stringify({ ...filter, sort: "newest", stacked: false }) !== JSON.stringify(ALL_PHOTOS);
}

/** Whether something besides the place, a folder, an album or a suggestion, keeps photos out. */
export function isNarrowed(filter: PhotoFilter): boolean {
  return isFiltered({ ...filter, folder: null, album: null, suggestion: null });
}

/** Nothing but the place and the order: all that chips say beyond that is gone. */
export function cleared(filter: PhotoFilter): PhotoFilter {
  const { folder, album, suggestion, sort } = filter;
  return { ...ALL_PHOTOS, folder, album, suggestion, sort };
}

/** Whether what people decide about photos decides what passes, or its order. */
export function asksForDecisions({ starsAtLeast, flag, label, tags, album, suggestion, sort }: PhotoFilter): boolean {
  return [starsAtLeast, flag, label, album, suggestion].some((part) => part !== null) || tags.length > 0 || sort === "bestRated";
}

/** As people write it: JPEG, RAW, WebP. */
export function formatName(format: string): string {
  return { webp: "WebP", jxl: "JPEG XL" }[format] ?? format.toUpperCase();
}

/** `2024-03-14` of a time; what date fields take. */
export function dayToText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The first millisecond of a day such as `2024-03-14`; null when it is none. */
export function dayFromText(text: string | null): number | null {
  const ms = text && /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** From and until, with until meaning the whole day. */
export function withDates(filter: PhotoFilter, from: string, until: string): PhotoFilter {
  const end = dayFromText(until);
  return { ...filter, sinceMs: dayFromText(from), untilMs: end === null ? null : end + DAY_MS };
}

/** The first and the last moment of a year such as `2024`, the last one outside. */
export function yearSpan(year: string): { sinceMs: number; untilMs: number } {
  return { sinceMs: Date.UTC(Number(year), 0, 1), untilMs: Date.UTC(Number(year) + 1, 0, 1) };
}

function datesText({ sinceMs, untilMs }: PhotoFilter): string | null {
  const words = texts.filters;
  if (sinceMs !== null && untilMs !== null) {
    const year = dayToText(sinceMs).slice(0, 4);
    const whole = yearSpan(year);
    if (sinceMs === whole.sinceMs && untilMs === whole.untilMs) return year;
  }
  const from = sinceMs === null ? null : formatShortDay(sinceMs, language);
  const until = untilMs === null ? null : formatShortDay(untilMs - DAY_MS, language);
  if (from && until) return from === until ? from : words.between(from, until);
  return from ? words.since(from) : until && words.upTo(until);
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}
