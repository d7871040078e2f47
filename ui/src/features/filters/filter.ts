/** The filters of photos: their address, and their words on chips. Arithmetic and words only. */
import type { FlagWord, Folder, PhotoFilter, SortWord } from "../../backend/wire";
import { formatShortDay } from "../../lib/format";
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
  sort: "newest",
};

export const SORTS: readonly SortWord[] = ["newest", "oldest", "recentlyAdded", "bestRated", "name", "largest"];
export const FORMATS = ["jpeg", "heic", "raw", "png", "webp", "avif", "tiff", "gif", "jxl", "bmp"] as const;
const FLAGS: readonly FlagWord[] = ["pick", "reject", "none"];
const DAY_MS = 86_400_000;

/** The filter that an address says; what it says wrongly does not filter. */
export function filterFromQuery(query: URLSearchParams): PhotoFilter {
  const whole = (name: string) => {
    const value = Number(query.get(name) ?? NaN);
    return Number.isInteger(value) && value >= 0 ? value : null;
  };
  const stars = whole("stars");
  const until = dayFromText(query.get("until"));
  return {
    ...ALL_PHOTOS,
    folder: whole("folder"),
    sinceMs: dayFromText(query.get("since")),
    untilMs: until === null ? null : until + DAY_MS,
    camera: query.get("camera"),
    starsAtLeast: stars !== null && stars >= 1 && stars <= 5 ? stars : null,
    flag: FLAGS.find((flag) => flag === query.get("flag")) ?? null,
    format: query.get("format"),
    sort: SORTS.find((sort) => sort === query.get("sort")) ?? "newest",
  };
}

/** The values of an address that says this filter. */
export function filterToQuery(filter: PhotoFilter): Record<string, string | number | null> {
  return {
    folder: filter.folder,
    since: filter.sinceMs === null ? null : dayToText(filter.sinceMs),
    until: filter.untilMs === null ? null : dayToText(filter.untilMs - DAY_MS),
    camera: filter.camera,
    stars: filter.starsAtLeast,
    flag: filter.flag,
    format: filter.format,
    sort: filter.sort === "newest" ? null : filter.sort,
  };
}

export interface Chip {
  text: string;
  /** The filter without this part. */
  without: PhotoFilter;
}

/** One chip for each part that filters. */
export function chips(filter: PhotoFilter, folders: readonly Folder[]): Chip[] {
  const words = texts.filters;
  const found: Chip[] = [];
  if (filter.folder !== null) {
    const name = folders.find(({ id }) => id === filter.folder)?.name ?? words.folder;
    found.push({ text: name, without: { ...filter, folder: null } });
  }
  if (filter.starsAtLeast !== null) found.push({ text: words.starsAtLeast(filter.starsAtLeast), without: { ...filter, starsAtLeast: null } });
  if (filter.flag !== null) found.push({ text: words[filter.flag], without: { ...filter, flag: null } });
  if (filter.camera !== null) found.push({ text: filter.camera, without: { ...filter, camera: null } });
  if (filter.format !== null) found.push({ text: formatName(filter.format), without: { ...filter, format: null } });
  const { sinceMs, untilMs } = filter;
  if (sinceMs !== null || untilMs !== null) {
    const from = sinceMs === null ? null : formatShortDay(sinceMs, language);
    const until = untilMs === null ? null : formatShortDay(untilMs - DAY_MS, language);
    const text = from && until ? words.between(from, until) : from ? words.since(from) : words.upTo(until ?? "");
    found.push({ text, without: { ...filter, sinceMs: null, untilMs: null } });
  }
  return found;
}

export function isFiltered(filter: PhotoFilter): boolean {
  return JSON.stringify({ ...filter, sort: "newest" }) !== JSON.stringify(ALL_PHOTOS);
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
