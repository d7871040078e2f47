/** Which of many stacked things are near the visible part of a scrolling view. Arithmetic only. */

/** First index whose value is greater than `value` in an ascending list. */
export function upperBound(values: ArrayLike<number>, value: number, length = values.length): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Indexes from `start` to `end` (exclusive) of the things that touch the pixels `from` to `to`.
 * `tops` ascends; a thing reaches to the top of the next one.
 */
export function visibleRange(tops: ArrayLike<number>, length: number, from: number, to: number): { start: number; end: number } {
  if (length === 0) return { start: 0, end: 0 };
  return { start: Math.max(0, upperBound(tops, from, length) - 1), end: upperBound(tops, to, length) };
}

/** The same for rows of one height. */
export function visibleEqual(count: number, height: number, from: number, to: number): { start: number; end: number } {
  return {
    start: Math.min(count, Math.max(0, Math.floor(from / height))),
    end: Math.min(count, Math.max(0, Math.ceil(to / height))),
  };
}
