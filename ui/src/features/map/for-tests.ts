/** For tests only: scattered points, the same each time, and work that is done at once. */
import type { Plane } from "./point-grid";

/** Half of the points evenly over the unit square, half in clumps. */
export function scattered(count: number): Plane {
  let state = 7;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
  };
  const [x, y] = [new Float32Array(count), new Float32Array(count)];
  for (let at = 0; at < count; at++) {
    const clump = at % 2 === 0 ? 0 : 1 + (at % 5);
    x[at] = clump === 0 ? next() : 0.1 + clump * 0.13 + next() * next() * 0.08;
    y[at] = clump === 0 ? next() : 0.9 - clump * 0.12 + next() * next() * 0.08;
  }
  return { x, y };
}

/** How far two points lie apart, across or down, whichever is more. */
export function apart({ x, y }: Plane, a: number, b: number): number {
  return Math.max(Math.abs((x[a] as number) - (x[b] as number)), Math.abs((y[a] as number) - (y[b] as number)));
}

/** How far the two nearest of these points lie apart. */
export function nearestPair(plane: Plane, points: readonly number[]): number {
  let nearest = Infinity;
  for (let a = 0; a < points.length; a++) {
    for (let b = a + 1; b < points.length; b++) nearest = Math.min(nearest, apart(plane, points[a] as number, points[b] as number));
  }
  return nearest;
}

export function finished<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
