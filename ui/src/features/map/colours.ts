/** What colour each photo's dot has: by cluster, date, folder, camera or rating. Colours of one strength, told apart by hue. */
import { TIMELESS, type MapFacts, type MapGroups } from "../../backend/backend";

export const COLOURINGS = ["cluster", "date", "folder", "camera", "rating"] as const;
export type Colouring = (typeof COLOURINGS)[number];
export type Theme = "light" | "dark";

/** Folders and cameras with a colour of their own; the rest shares a grey. */
export const NAMED = 10;
const GOLDEN_ANGLE = 137.508;
/** Hues of the oldest and of the newest photo, degrees. */
const OLDEST_HUE = 285;
const NEWEST_HUE = 55;
const SLICE = 16_384;
/** No entry for this photo. */
const NONE = 0xffffffff;

/** Lightness and strength of colours on either ground. */
const TONES = { light: { lightness: 0.6, chroma: 0.15, grey: 0.72 }, dark: { lightness: 0.72, chroma: 0.14, grey: 0.5 } } as const;

/** Red, green, blue and 255 for every photo in `ids`. Photos that nothing is known of are grey. */
export function* colourPhotos(
  ids: Uint32Array,
  by: Colouring,
  facts: MapFacts | null,
  groups: MapGroups | null,
  theme: Theme,
): Generator<void, Uint8Array> {
  const source = by === "cluster" ? groups?.ids : facts?.ids;
  const at = source ? yield* indexesIn(source, ids) : null;
  const palette = new Map<number, number>();
  const words = new Uint32Array(ids.length);
  const valueOf = valuesBy(by, facts, groups);
  for (let index = 0; index < ids.length; index++) {
    const entry = at ? (at[index] as number) : NONE;
    const value = entry === NONE ? -1 : valueOf(entry);
    let colour = palette.get(value);
    if (colour === undefined) palette.set(value, (colour = packed(colourOf(by, value, theme))));
    words[index] = colour;
    if (index % SLICE === 0) yield;
  }
  return new Uint8Array(words.buffer);
}

/** The colour of a value: the number of a cluster, folder or camera, stars, or the time from 0 to 255; -1 is not known. */
export function colourOf(by: Colouring, value: number, theme: Theme): readonly [number, number, number] {
  const { lightness, chroma, grey } = TONES[theme];
  const plain = oklch(grey, 0.01, 90);
  if (value < 0) return plain;
  if (by === "date") return oklch(lightness, chroma, OLDEST_HUE + ((NEWEST_HUE - OLDEST_HUE) * value) / 255);
  if (by === "rating") return value === 0 ? plain : oklch(lightness + (value - 3) * 0.03, chroma * (0.35 + 0.13 * value), 75 - value * 3);
  if (by !== "cluster" && value >= NAMED) return plain;
  // Neighbours in number differ in lightness too.
  return oklch(lightness + ((value % 3) - 1) * 0.05, chroma, 20 + value * GOLDEN_ANGLE);
}

/** For every id in `wanted` where it stands in `ids`; both rise. */
export function* indexesIn(ids: Uint32Array, wanted: Uint32Array): Generator<void, Uint32Array> {
  const found = new Uint32Array(wanted.length);
  let at = 0;
  for (let index = 0; index < wanted.length; index++) {
    const id = wanted[index] as number;
    while (at < ids.length && (ids[at] as number) < id) at++;
    found[index] = ids[at] === id ? at : NONE;
    if (index % SLICE === 0) yield;
  }
  return found;
}

/** Where an id stands in rising ids; -1 when it does not. */
export function indexOfId(ids: Uint32Array, id: number): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const half = (low + high) >>> 1;
    if ((ids[half] as number) < id) low = half + 1;
    else high = half;
  }
  return ids[low] === id ? low : -1;
}

/** As CSS writes it. */
export function cssColour([red, green, blue]: readonly [number, number, number]): string {
  return `rgb(${red} ${green} ${blue})`;
}

function valuesBy(by: Colouring, facts: MapFacts | null, groups: MapGroups | null): (entry: number) => number {
  if (by === "cluster") return (entry) => groups?.clusters[entry] ?? -1;
  if (!facts) return () => -1;
  if (by === "folder") return (entry) => facts.folders[entry] ?? -1;
  if (by === "camera") return (entry) => (facts.legend.cameras[facts.cameras[entry] ?? -1] == null ? -1 : (facts.cameras[entry] as number));
  if (by === "rating") return (entry) => (facts.decisions[entry] ?? 0) & 7;
  const { minutes } = facts;
  const [first, last] = spanOf(minutes) ?? [0, 0];
  return (entry) => (minutes[entry] === TIMELESS ? -1 : Math.round((((minutes[entry] as number) - first) / Math.max(1, last - first)) * 255));
}

/** The first and the last minute that is known; null when none is. */
export function spanOf(minutes: Int32Array): [number, number] | null {
  let [first, last] = [Infinity, -Infinity];
  for (let at = 0; at < minutes.length; at++) {
    const minute = minutes[at] as number;
    if (minute === TIMELESS) continue;
    if (minute < first) first = minute;
    if (minute > last) last = minute;
  }
  return first > last ? null : [first, last];
}

function packed([red, green, blue]: readonly [number, number, number]): number {
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
}

/** Bytes of sRGB for lightness (0 to 1), chroma and hue (degrees) of Oklab (Ottosson 2020). */
function oklch(lightness: number, chroma: number, degrees: number): [number, number, number] {
  const angle = (degrees * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    byte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function byte(linear: number): number {
  const bounded = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (bounded <= 0.0031308 ? 12.92 * bounded : 1.055 * bounded ** (1 / 2.4) - 0.055));
}
