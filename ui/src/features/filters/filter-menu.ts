/** The menus of filters: what can be filtered by, and for each value how many photos it would leave. */
import type { FilterCounts, LabelWord, PhotoFilter, ValueCount } from "../../backend/wire";
import { formatBytes, formatCount } from "../../lib/format";
import type { IconName } from "../../lib/icons";
import type { MenuAction, MenuEntry } from "../../lib/menu";
import { labelColour } from "../../photo/labels";
import { language, texts } from "../../texts/texts";
import { FLAGS, LABELS, ORIENTATIONS, formatName, yearSpan, type FilterPart, type KnownPlaces } from "./filter";

/** What a menu can't hold: a dialog asks for it. */
export type Asked = "dates" | "name" | "tag" | "album" | "search";

export interface MenuOfFilters {
  filter: PhotoFilter;
  known: KnownPlaces;
  /** Null when they could not be counted: then nothing is left out, and no number is shown. */
  counts: FilterCounts | null;
  /** What is selected: photos can be asked to look like these. */
  selected: readonly number[];
  onchange: (filter: PhotoFilter) => void;
  onask: (asked: Asked) => void;
}

const MB = 1_000_000;
const SIZES_AT_LEAST = [50 * MB, 20 * MB, 10 * MB, 5 * MB];
const SIZES_AT_MOST = [MB, MB / 10];
const ICONS: Record<FilterPart, IconName> = {
  folder: "folder",
  album: "albums",
  suggestion: "photos",
  dates: "calendar",
  stars: "star",
  flag: "flag",
  label: "palette",
  tag: "tag",
  camera: "camera",
  lens: "lens",
  format: "image",
  orientation: "rectangle",
  size: "fit",
  name: "text",
  likeness: "similar",
};

/** All that can be filtered by; parts without a single value are left out. */
export function filterMenu(menu: MenuOfFilters): MenuEntry[] {
  const words = texts.filters.parts;
  const part = (name: FilterPart): MenuEntry[] => {
    const entries = partMenu(name, menu);
    return entries.length > 0 ? [{ label: words[name], icon: ICONS[name], entries }] : [];
  };
  const asking = (name: "tag" | "album" | "name"): MenuEntry => ({ label: `${words[name]}…`, icon: ICONS[name], run: () => menu.onask(name) });
  return [
    ...part("stars"),
    ...part("flag"),
    ...part("label"),
    asking("tag"),
    ...(menu.known.albums.length > 0 ? [asking("album")] : []),
    "separator",
    ...part("dates"),
    ...part("folder"),
    asking("name"),
    "separator",
    ...part("camera"),
    ...part("lens"),
    ...part("format"),
    ...part("orientation"),
    ...part("size"),
    "separator",
    { label: texts.filters.likeSelected(menu.selected.length), icon: ICONS.likeness, disabled: menu.selected.length === 0, run: () => likeSelected(menu) },
  ];
}

/** The values of one part; empty when there are none to choose from here. */
export function partMenu(part: FilterPart, menu: MenuOfFilters): MenuEntry[] {
  const { counts, known } = menu;
  const words = texts.filters;
  const values = (name: "camera" | "lens" | "format", list: ValueCount[] | undefined, label: (value: string) => string) =>
    (list ?? []).map(({ value, photos }) => choice(menu, label(value), photos, { [name]: value }));
  switch (part) {
    case "stars":
      return [5, 4, 3, 2, 1].flatMap((stars) => {
        const photos = counts && counts.stars.slice(stars).reduce((sum, each) => sum + each, 0);
        return counted(choice(menu, words.starsAtLeast(stars), photos, { starsAtLeast: stars }), photos);
      });
    case "flag":
      return FLAGS.flatMap((flag) => counted(choice(menu, words.flags[flag], countOf(counts?.flags, flag), { flag }), countOf(counts?.flags, flag)));
    case "label":
      return LABELS.flatMap((label) => counted(labelChoice(menu, label), countOf(counts?.labels, label)));
    case "camera":
      return values("camera", counts?.cameras, (value) => value);
    case "lens":
      return values("lens", counts?.lenses, (value) => value);
    case "format":
      return values("format", counts?.formats, formatName);
    case "orientation":
      return ORIENTATIONS.flatMap((orientation) => {
        const photos = countOf(counts?.orientations, orientation);
        return counted(choice(menu, words.orientations[orientation], photos, { orientation }), photos);
      });
    case "folder":
      return known.folders.map(({ id, name }) => choice(menu, name, counts && (counts.folders.find(({ folder }) => folder === id)?.photos ?? 0), { folder: id }));
    case "size":
      return [
        ...SIZES_AT_LEAST.map((bytes) => choice(menu, words.sizeAtLeast(formatBytes(bytes, language)), null, { bytesAtLeast: bytes })),
        ...SIZES_AT_MOST.map((bytes) => choice(menu, words.sizeAtMost(formatBytes(bytes, language)), null, { bytesAtMost: bytes })),
      ];
    case "dates":
      return [
        { label: words.days, icon: "calendar", run: () => menu.onask("dates") },
        ...(counts && counts.years.length > 0 ? (["separator"] as const) : []),
        ...(counts?.years ?? []).map(({ value, photos }) => choice(menu, value, photos, yearSpan(value))),
      ];
    case "tag":
    case "album":
    case "suggestion":
    case "name":
    case "likeness":
      return [];
  }
}

function likeSelected({ filter, selected, onchange }: MenuOfFilters): void {
  onchange({ ...filter, similarTo: [...selected] });
}

/** A value to choose; what is chosen already is taken off. */
function choice({ filter, onchange }: MenuOfFilters, label: string, photos: number | null, part: Partial<PhotoFilter>): MenuAction & { checked: boolean } {
  const checked = Object.entries(part).every(([name, value]) => filter[name as keyof PhotoFilter] === value);
  const off = Object.fromEntries(Object.keys(part).map((name) => [name, null]));
  return {
    label,
    checked,
    ...(photos === null ? {} : { shortcut: formatCount(photos, language) }),
    run: () => onchange({ ...filter, ...(checked ? off : part) }),
  };
}

function labelChoice(menu: MenuOfFilters, label: LabelWord): MenuAction & { checked: boolean } {
  const dot = labelColour(label);
  return { ...choice(menu, texts.photo.labels[label], countOf(menu.counts?.labels, label), { label }), ...(dot && { dot }) };
}

/** A value that no photo has is not offered, unless it is chosen. */
function counted(entry: MenuAction & { checked: boolean }, photos: number | null): MenuEntry[] {
  return photos === 0 && !entry.checked ? [] : [entry];
}

function countOf(list: ValueCount[] | undefined, value: string): number | null {
  return list ? (list.find((each) => each.value === value)?.photos ?? 0) : null;
}
