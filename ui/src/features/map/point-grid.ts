/**
 * Finds points by place: a grid of cells, each with the points that lie in it. Made once for a layout, between frames;
 * after that no question depends on how many points there are elsewhere.
 */
import type { Box } from "./camera";

/** Coordinates of points; one entry a point in each. */
export interface Plane {
  x: Float32Array;
  y: Float32Array;
}

export type Direction = "left" | "right" | "up" | "down";

/** Points in a cell, on average. */
const CROWD = 3;
const MOST_COLUMNS = 1024;
/** Points handled between looks at the clock. */
const SLICE = 16_384;

export class PointGrid {
  private constructor(
    readonly plane: Plane,
    readonly box: Box,
    readonly columns: number,
    /** Map units of a cell's side. */
    readonly cell: number,
    readonly rows: number,
    /** Where each cell's points begin in `order`, row by row, and the end. */
    readonly starts: Uint32Array,
    /** Indexes of points, by cell. */
    readonly order: Uint32Array,
  ) {}

  /** `points` are indexes into the plane; all of them, when left out. `cell` is the side of a cell, else by the number of points. */
  static *over(plane: Plane, points: Uint32Array | null = null, cell: number | null = null): Generator<void, PointGrid> {
    const count = points?.length ?? plane.x.length;
    const box = yield* boxOf(plane, points);
    const [width, height] = [box.right - box.left, box.bottom - box.top];
    const fitting = Math.sqrt((width * height) / Math.max(1, count / CROWD));
    const longest = Math.max(width, height, 1e-6);
    const side = Math.max(cell ?? fitting, longest / MOST_COLUMNS, 1e-9);
    const columns = Math.floor(width / side) + 1;
    const rows = Math.floor(height / side) + 1;
    const cells = new Uint32Array(count);
    const starts = new Uint32Array(columns * rows + 1);
    for (let at = 0; at < count; at++) {
      const point = points ? (points[at] as number) : at;
      const column = Math.floor(((plane.x[point] as number) - box.left) / side);
      const row = Math.floor(((plane.y[point] as number) - box.top) / side);
      const index = row * columns + column;
      cells[at] = index;
      starts[index + 1] = (starts[index + 1] as number) + 1;
      if (at % SLICE === 0) yield;
    }
    for (let index = 1; index < starts.length; index++) starts[index] = (starts[index] as number) + (starts[index - 1] as number);
    yield;
    const next = starts.slice(0, -1);
    const order = new Uint32Array(count);
    for (let at = 0; at < count; at++) {
      const index = cells[at] as number;
      const place = next[index] as number;
      order[place] = points ? (points[at] as number) : at;
      next[index] = place + 1;
      if (at % SLICE === 0) yield;
    }
    return new PointGrid(plane, box, columns, side, rows, starts, order);
  }

  get count(): number {
    return this.order.length;
  }

  columnOf(x: number): number {
    return clamp(Math.floor((x - this.box.left) / this.cell), this.columns - 1);
  }

  rowOf(y: number): number {
    return clamp(Math.floor((y - this.box.top) / this.cell), this.rows - 1);
  }

  /** Calls with every point in a box. */
  within(box: Box, visit: (point: number) => void): void {
    if (this.isApartFrom(box)) return;
    const [from, to] = [this.columnOf(box.left), this.columnOf(box.right)];
    for (let row = this.rowOf(box.top); row <= this.rowOf(box.bottom); row++) {
      const end = this.starts[row * this.columns + to + 1] as number;
      for (let at = this.starts[row * this.columns + from] as number; at < end; at++) {
        const point = this.order[at] as number;
        const x = this.plane.x[point] as number;
        const y = this.plane.y[point] as number;
        if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) visit(point);
      }
    }
  }

  /** How many points lie in a box; in a large one, by whole cells. */
  countIn(box: Box): number {
    if (this.isApartFrom(box)) return 0;
    if (box.right - box.left < this.cell * 8) {
      let found = 0;
      this.within(box, () => found++);
      return found;
    }
    const edge = (value: number, begin: number, most: number) => Math.min(most, Math.max(0, Math.round((value - begin) / this.cell)));
    const [from, to] = [edge(box.left, this.box.left, this.columns), edge(box.right, this.box.left, this.columns)];
    const [top, bottom] = [edge(box.top, this.box.top, this.rows), edge(box.bottom, this.box.top, this.rows)];
    let found = 0;
    for (let row = top; row < bottom; row++) found += (this.starts[row * this.columns + to] as number) - (this.starts[row * this.columns + from] as number);
    return found;
  }

  /** The point nearest to a place, at most `reach` away; -1 when there is none. */
  nearest(x: number, y: number, reach: number): number {
    let best = -1;
    let bestSquare = reach * reach;
    this.within({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach }, (point) => {
      const square = ((this.plane.x[point] as number) - x) ** 2 + ((this.plane.y[point] as number) - y) ** 2;
      if (square > bestSquare || (square === bestSquare && best >= 0 && point > best)) return;
      best = point;
      bestSquare = square;
    });
    return best;
  }

  /** The nearest point of those that lie in a direction, a right angle wide; -1 when there is none. */
  towards(from: number, direction: Direction): number {
    const [x, y] = [this.plane.x[from] as number, this.plane.y[from] as number];
    const across = direction === "left" || direction === "right";
    const sign = direction === "right" || direction === "down" ? 1 : -1;
    const furthest = Math.max(this.box.right - this.box.left, this.box.bottom - this.box.top) * 2;
    for (let reach = this.cell * 2; ; reach *= 2) {
      let best = -1;
      let bestCost = Infinity;
      this.within(ahead(x, y, reach, direction), (point) => {
        const [dx, dy] = [(this.plane.x[point] as number) - x, (this.plane.y[point] as number) - y];
        const [forth, aside] = across ? [dx * sign, Math.abs(dy)] : [dy * sign, Math.abs(dx)];
        if (forth <= 0 || aside > forth || point === from) return;
        // A step to the side counts more than one ahead: keys feel straight.
        const cost = forth + 2 * aside;
        if (cost > bestCost || (cost === bestCost && point > best)) return;
        best = point;
        bestCost = cost;
      });
      // Nothing outside the box that was looked at can be as cheap as its depth.
      if ((best >= 0 && bestCost <= reach) || reach > furthest) return best;
    }
  }

  private isApartFrom(box: Box): boolean {
    const own = this.box;
    return this.count === 0 || box.right < own.left || box.left > own.right || box.bottom < own.top || box.top > own.bottom;
  }
}

/** The smallest box around points; a small one in the middle when there are none. */
export function* boxOf(plane: Plane, points: Uint32Array | null = null): Generator<void, Box> {
  const count = points?.length ?? plane.x.length;
  if (count === 0) return { left: 0.5, top: 0.5, right: 0.5, bottom: 0.5 };
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let at = 0; at < count; at++) {
    const point = points ? (points[at] as number) : at;
    const x = plane.x[point] as number;
    const y = plane.y[point] as number;
    if (x < box.left) box.left = x;
    if (x > box.right) box.right = x;
    if (y < box.top) box.top = y;
    if (y > box.bottom) box.bottom = y;
    if (at % SLICE === 0) yield;
  }
  return box;
}

function ahead(x: number, y: number, reach: number, direction: Direction): Box {
  const box = { left: x - reach, top: y - reach, right: x + reach, bottom: y + reach };
  if (direction === "left") box.right = x;
  if (direction === "right") box.left = x;
  if (direction === "up") box.bottom = y;
  if (direction === "down") box.top = y;
  return box;
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
