/** Where the names of years stand on the date scrubber, so that none covers another. Arithmetic only. */
import type { Section } from "./rows";

export interface YearMark {
  year: number;
  /** From the top of the track, in CSS pixels. */
  y: number;
}

/** Distance between two names at least. */
export const NAME_HEIGHT = 20;

/** The years at the place where each begins; years in between are left out where there is no room. */
export function yearMarks(sections: readonly Section[], furthest: number, height: number): YearMark[] {
  const marks: YearMark[] = [];
  let before: number | null = null;
  for (const { ms, top } of sections) {
    const year = new Date(ms).getUTCFullYear();
    if (year === before) continue;
    before = year;
    const y = Math.min(1, top / furthest) * height;
    const last = marks.at(-1);
    if (!last || y - last.y >= NAME_HEIGHT) marks.push({ year, y });
  }
  return marks;
}

/** Where the view begins for a point of the track. */
export function placeAt(y: number, height: number, furthest: number): number {
  return Math.max(0, Math.min(1, y / height)) * furthest;
}
