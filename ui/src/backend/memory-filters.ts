/** Which made-up photos a filter lets through by what is known of them, and how many have each value. Decisions are asked elsewhere. */
import { cameraOf, folderOf, formatOf, hue, lensOf, nameOf, orientationOf, sizeOf } from "./memory-photos";
import type { PhotoFilter, ValueCount } from "./wire";

/** `minutes` since 1970; `aspect` is width by height. */
export function isWhatIsAsked(id: number, minutes: number, aspect: number, filter: PhotoFilter): boolean {
  const ms = minutes * 60_000;
  const says = (text: string | null, part: string | null) => part === null || text?.toLowerCase().includes(part.toLowerCase()) === true;
  if (filter.folder !== null && folderOf(id) !== filter.folder) return false;
  if (filter.sinceMs !== null && ms < filter.sinceMs) return false;
  if (filter.untilMs !== null && ms >= filter.untilMs) return false;
  if (!says(cameraOf(id), filter.camera) || !says(lensOf(id), filter.lens) || !says(nameOf(id), filter.name)) return false;
  if (filter.orientation !== null && orientationOf(aspect) !== filter.orientation) return false;
  if (filter.bytesAtLeast !== null && sizeOf(id) < filter.bytesAtLeast) return false;
  if (filter.bytesAtMost !== null && sizeOf(id) > filter.bytesAtMost) return false;
  const near = (other: number) => Math.abs(hue(id) - hue(other)) < 12;
  if (filter.similarTo.length > 0 && !filter.similarTo.some(near)) return false;
  return filter.format === null || formatOf(id) === filter.format;
}

/** How many photos have each value, most first; a photo may have none, one or several. */
export function countValues(photos: number[], valuesOf: (id: number) => string | number | null | Set<string>): ValueCount[] {
  const counts = new Map<string, number>();
  for (const id of photos) {
    const values = valuesOf(id);
    for (const value of values instanceof Set ? values : values === null ? [] : [String(values)]) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value, photos]) => ({ value, photos }));
}
