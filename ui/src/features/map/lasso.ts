/**
 * What lies inside a shape drawn on the map. The shape closes by itself, and where it crosses itself everything that it
 * goes round is inside. Cells that the outline does not touch are inside or outside as a whole, so the work grows with
 * the outline, not with what it encloses. Done between frames.
 */
import type { Point } from "./camera";
import type { PointGrid } from "./point-grid";

/** Calls with every point inside a shape; `shape` is its corners in map units. */
export function* pointsInside(shape: readonly Point[], grid: PointGrid, visit: (point: number) => void): Generator<void, void> {
  if (shape.length < 3 || grid.count === 0) return;
  const { plane, cell, columns, starts, order, box } = grid;
  const touched = new Uint8Array(columns);
  const top = Math.min(...shape.map(({ y }) => y));
  const bottom = Math.max(...shape.map(({ y }) => y));
  if (bottom < box.top || top > box.bottom) return;
  for (let row = grid.rowOf(top); row <= grid.rowOf(bottom); row++) {
    const above = box.top + row * cell;
    const first = row * columns;
    touched.fill(0);
    markTouched(shape, above, above + cell, grid, touched);
    let inside = false;
    for (let column = 0; column < columns; column++) {
      const [from, to] = [starts[first + column] as number, starts[first + column + 1] as number];
      if (touched[column]) {
        for (let at = from; at < to; at++) {
          const point = order[at] as number;
          if (isInside(shape, plane.x[point] as number, plane.y[point] as number)) visit(point);
        }
        continue;
      }
      // All cells of a run without outline are on the same side of it.
      if (column === 0 || touched[column - 1]) inside = isInside(shape, box.left + (column + 0.5) * cell, above + cell / 2);
      if (inside) for (let at = from; at < to; at++) visit(order[at] as number);
    }
    yield;
  }
}

/** Whether a shape goes round a place. */
export function isInside(shape: readonly Point[], x: number, y: number): boolean {
  let turns = 0;
  let before = shape[shape.length - 1] as Point;
  for (const corner of shape) {
    const side = (corner.x - before.x) * (y - before.y) - (x - before.x) * (corner.y - before.y);
    if (before.y <= y) {
      if (corner.y > y && side > 0) turns++;
    } else if (corner.y <= y && side < 0) turns--;
    before = corner;
  }
  return turns !== 0;
}

/** The corners of a rectangle between two places. */
export function rectangle(a: Point, b: Point): Point[] {
  return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
}

/** Marks the columns of a row that the outline runs through. */
function markTouched(shape: readonly Point[], top: number, bottom: number, grid: PointGrid, touched: Uint8Array): void {
  let before = shape[shape.length - 1] as Point;
  for (const corner of shape) {
    const [high, low] = before.y < corner.y ? [before, corner] : [corner, before];
    before = corner;
    if (low.y < top || high.y > bottom) continue;
    const xAt = (y: number) => (low.y === high.y ? high.x : high.x + ((low.x - high.x) * (y - high.y)) / (low.y - high.y));
    const level = low.y === high.y;
    const one = level ? high.x : xAt(Math.max(top, high.y));
    const other = level ? low.x : xAt(Math.min(bottom, low.y));
    const [from, to] = [grid.columnOf(Math.min(one, other)), grid.columnOf(Math.max(one, other))];
    // A column to each side: the outline may run along an edge.
    touched.fill(1, Math.max(0, from - 1), to + 2);
  }
}
