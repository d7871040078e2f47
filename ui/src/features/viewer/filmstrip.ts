/**
 * The arithmetic of the filmstrip: equal cells in one line, of which only those near the middle exist. Positions are
 * cell numbers (fractions while it is being scrolled), so a strip of half a million cells costs what one of twenty does.
 */

/** CSS pixels from one cell to the next. */
export const PITCH = 64;

/** Cells `from` up to but not including `to`. */
export interface Cells {
  from: number;
  to: number;
}

/** The cells that exist while `middle` is in the middle of a strip `width` wide: those in view and half as many again. */
export function cellsAround(middle: number, width: number, count: number): Cells {
  const reach = Math.ceil((width / 2 / PITCH) * 1.5) + 1;
  return { from: Math.max(0, Math.floor(middle) - reach), to: Math.min(count, Math.ceil(middle) + reach + 1) };
}

/** Where a cell's left edge lies, in CSS pixels from the strip's left edge. */
export function cellLeft(cell: number, middle: number, width: number): number {
  return width / 2 + (cell - middle - 0.5) * PITCH;
}

/** The middle after scrolling by so many CSS pixels; ends with the first or last cell in the middle. */
export function scrolled(middle: number, byPixels: number, count: number): number {
  return Math.max(0, Math.min(count - 1, middle + byPixels / PITCH));
}

/** The photos to fetch before they are asked for: the next first, then the one before, then one further each way. */
export function neighbours(index: number, count: number, forward: "forward" | "backward"): number[] {
  const sign = forward === "forward" ? 1 : -1;
  return [1, -1, 2, -2].map((by) => index + by * sign).filter((at) => at >= 0 && at < count);
}
