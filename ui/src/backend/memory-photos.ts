/** What made-up photos look like and what is known of them: all of it follows from their numbers. */
import { rgbaToThumbHash } from "thumbhash";
import type { LabelWord, PhotoRow } from "./wire";

export const HOSTILE_NAME = "<img src=x onerror=alert(1)>.jpg";
export const CAMERAS = ["Canon EOS R6", "Apple iPhone 13", "Nikon D90", "FUJIFILM X-T4", null];
const PLACES = ["Coast", "Anna", "Harbour", "Garden", "Birthday", "Alps", "Kitchen", "Concert"];
const FORMATS = ["jpeg", "jpeg", "jpeg", "heic", "png", "raw"];
export const FOLDERS = ["Pictures", "Phone", "Old disk"];
const LENSES = ["RF24-70mm F2.8 L IS USM", "iPhone 13 back camera 5.1mm f/1.6", "AF-S 35mm f/1.8G", "XF23mmF2 R WR"];
export const TAGS = ["Animals|Dogs|Rex", "Animals|Cats", "Family|Anna", "Family|Ben", "Places|Sea", "Places|Mountains", "Print"];
export const LABELS: readonly LabelWord[] = ["red", "yellow", "green", "blue", "purple"];
export const ASPECTS = [1.5, 1.5, 1.333, 1.333, 0.667, 0.75, 1, 1.778, 2.6];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number from 0 to 1 that belongs to this photo and this purpose. */
export function mixed(id: number, purpose: number): number {
  return randomNumbers(id * 31 + purpose)();
}

export function pick<Item>(items: readonly Item[], luck: number): Item {
  return items[Math.floor(luck * items.length)] as Item;
}

export const hue = (id: number) => Math.floor(mixed(id, 1) * 360);
export const cameraOf = (id: number) => pick(CAMERAS, mixed(id, 2));
export const formatOf = (id: number) => pick(FORMATS, mixed(id, 4));
export const lensOf = (id: number) => LENSES[CAMERAS.indexOf(cameraOf(id))] ?? null;
export const sizeOf = (id: number) => 2_000_000 + Math.round(mixed(id, 5) * 9_000_000);
export const nameOf = (id: number) => (id === 2 ? HOSTILE_NAME : `${pick(PLACES, mixed(id, 3))} ${String(id).padStart(4, "0")}.jpg`);
export const orientationOf = (aspect: number) => (aspect > 1 ? "landscape" : aspect < 1 ? "portrait" : "square");
/** Of twelve photos, the last three are a burst; the number of each burst is that of its first photo. */
export const stackOf = (id: number) => (id % 12 >= 9 ? id - (id % 12) + 9 : id);
export const folderOf = (id: number) => (id % 20 === 0 ? 3 : id % 4 === 0 ? 2 : 1);

/** `minutes` since 1970; `aspect` is width by height. */
export function knownOf(id: number, minutes: number, aspect: number): Omit<PhotoRow, "stars" | "flag" | "label"> {
  const name = nameOf(id);
  return {
    id,
    name,
    path: `/home/me/${FOLDERS[folderOf(id) - 1] ?? "Pictures"}/${name}`,
    shownAtMs: minutes * 60_000,
    takenKnown: id % 11 !== 0,
    width: aspect >= 1 ? 6000 : Math.round(6000 * aspect),
    height: aspect >= 1 ? Math.round(6000 / aspect) : 6000,
    format: formatOf(id),
    camera: cameraOf(id),
    sizeBytes: sizeOf(id),
    availability: folderOf(id) === 3 ? "offline" : "present",
    preview: previewOf(id),
  };
}

/** Sky, hills and a sun in the photo's own colours: cheap to make, easy to tell apart. */
export function pictureOf(id: number, aspect: number, longSide: number): string {
  const [width, height] = aspect >= 1 ? [longSide, longSide / aspect] : [longSide * aspect, longSide];
  const color = hue(id);
  const at = (purpose: number) => mixed(id, purpose);
  const hill = (top: number, light: number) =>
    `<path d="M0 ${top} Q25 ${top - 20 * at(7)} 50 ${top} T100 ${top - 8} V100 H0z" fill="hsl(${color + 40} 32% ${light}%)"/>`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width)}" height="${Math.round(height)}" viewBox="0 0 100 100" preserveAspectRatio="none">` +
    `<linearGradient id="a" x2="0" y2="1"><stop stop-color="hsl(${color} 48% ${34 + 20 * at(6)}%)"/><stop offset="1" stop-color="hsl(${color + 30} 60% 82%)"/></linearGradient>` +
    `<rect width="100" height="100" fill="url(#a)"/><ellipse cx="${20 + 60 * at(8)}" cy="34" rx="${8 / aspect + 1}" ry="8" fill="hsl(${color + 50} 90% 90%)"/>` +
    `${hill(66, 42)}${hill(80, 26)}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

const previews = new Map<number, string>();

export function previewOf(id: number): string {
  const kept = previews.get(id % 720);
  if (kept) return kept;
  const rgba = new Uint8Array(8 * 8 * 4);
  for (let pixel = 0; pixel < 64; pixel++) {
    const light = pixel < 40 ? 0.45 + pixel / 90 : 0.3;
    const angle = (hue(id) / 180) * Math.PI;
    for (let channel = 0; channel < 3; channel++) {
      rgba[pixel * 4 + channel] = 255 * Math.min(1, Math.max(0, light + 0.22 * Math.cos(angle - (channel * 2 * Math.PI) / 3)));
    }
    rgba[pixel * 4 + 3] = 255;
  }
  const preview = btoa(String.fromCharCode(...rgbaToThumbHash(8, 8, rgba)));
  previews.set(id % 720, preview);
  return preview;
}
