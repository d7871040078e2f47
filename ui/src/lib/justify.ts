/**
 * Justified rows: boxes of given proportions, side by side in rows of one height that fill the width. Arithmetic only.
 */

export interface JustifyOptions {
  /** CSS pixels. */
  width: number;
  /** The height that rows come close to. */
  targetHeight: number;
  /** Between boxes of a row. */
  gap: number;
}

/** One row: the boxes `start` to `end` (exclusive), all `height` high. */
export interface JustifiedRow {
  start: number;
  end: number;
  height: number;
}

/** Wider or taller boxes than this are shown cropped, so that one panorama does not make a row of a few pixels. */
export const WIDEST = 3.2;
export const NARROWEST = 0.5;

export function shownAspect(aspect: number): number {
  return aspect > WIDEST ? WIDEST : aspect < NARROWEST ? NARROWEST : aspect || 1;
}

/** Where the row that begins at `start` ends, and its height. The last row keeps the target height unless it is nearly full. */
export function nextRow(aspects: ArrayLike<number>, start: number, end: number, options: JustifyOptions): JustifiedRow {
  const { width, targetHeight, gap } = options;
  let aspectSum = 0;
  for (let at = start; at < end; at++) {
    const before = aspectSum;
    aspectSum += shownAspect(aspects[at] as number);
    const height = (width - gap * (at - start)) / aspectSum;
    if (height > targetHeight) continue;
    // The row is full. Is it nearer to the target with this box or without it?
    const heightWithout = at > start ? (width - gap * (at - start - 1)) / before : Infinity;
    if (heightWithout - targetHeight < targetHeight - height) return { start, end: at, height: heightWithout };
    return { start, end: at + 1, height };
  }
  const full = (width - gap * (end - start - 1)) / aspectSum;
  return { start, end, height: full < targetHeight * 1.15 ? full : targetHeight };
}
