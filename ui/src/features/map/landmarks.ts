/**
 * Which photos stand for the others, at every scale: each photo has a spacing up to which it is shown. Photos shown at a
 * spacing lie at least that far apart (across or down), so thumbnails of that size never overlap; what is shown at a
 * wider spacing is shown at every narrower one too; and nothing of it depends on which part of the map is in view. So
 * zooming in only adds, and panning changes nothing.
 *
 * Made by a farthest-point order in octaves: level after level, with the spacing shrinking by a constant factor, every
 * photo that is far enough from all that were taken before is taken, the more important first.
 */
import type { Box } from "./camera";
import { PointGrid, type Plane } from "./point-grid";

/** From one level to the next the spacing shrinks by this: fine steps while few photos are shown, coarse ones where all soon are. */
const FINE_STEP = 0.84;
const STEP = Math.SQRT1_2;
const LATE_STEP = 0.5;
const FEW = 16_384;
/** Photos nearer to each other than this share of the typical spacing are never told apart: nobody can come so near. */
const NEAREST = 1 / 8;
/** Rounds over the map in which photos of one rank are looked at. */
const ROUNDS = 16;
/** A grid is at most so many times halved. */
const MOST_HALVINGS = 12;
/** Narrower than this share of the map's width no photos are told apart: they lie at one place. */
const NARROWEST = 2 ** -18;
/** Photos looked at for each place that a level has; the rest waits for a level that has room for it. */
const CANDIDATES = 8;
const LEAST_CANDIDATES = 4_096;
const SLICE = 1_024;

export interface Landmarks {
  /** The widest spacing (map units) at which each photo is shown; 0 for one that lies exactly on another. */
  spacing: Float32Array;
  levels: readonly Level[];
  crowd: Crowd;
}

/** How close photos lie together. */
export interface Crowd {
  /** The spacing at which half of all photos are shown. */
  typical: number;
  /** Photos in a square map unit; 0 in a grid, which thumbnails may fill. */
  density: number;
}

interface Level {
  /** Photos of this level are shown up to this spacing. */
  spacing: number;
  photos: PointGrid;
}

/**
 * `order` says which photo comes first where only one of several can: indexes, the most important first. For photos in a
 * grid, `cell` is the distance from one to the next: then spacings are that, twice that, and so on.
 */
export function* chooseLandmarks(plane: Plane, box: Box, order: Uint32Array, cell: number | null = null): Generator<void, Landmarks> {
  const count = order.length;
  const spacing = new Float32Array(count);
  const levels: Level[] = [];
  const width = Math.max(box.right - box.left, box.bottom - box.top, 1e-9);
  // In the order in which they are looked at, so that memory is read from front to back.
  const [x, y] = [new Float32Array(count), new Float32Array(count)];
  let left = new Uint32Array(count);
  for (let at = 0; at < count; at++) {
    left[at] = at;
    x[at] = plane.x[order[at] as number] as number;
    y[at] = plane.y[order[at] as number] as number;
    if (at % SLICE === 0) yield;
  }
  const taken = new TakenCells(box, count);
  const takenBefore: Uint32Array[] = [];
  // Of one level: by their place in the order, and by their index.
  const [accepted, photos] = [new Uint32Array(count), new Uint32Array(count)];
  let shown = 0;
  let narrowest = width * NARROWEST;
  const shrink = () => (cell !== null || shown * 2 > count ? LATE_STEP : shown > FEW ? STEP : FINE_STEP);
  // In a grid a hair less than whole cells, so that rounding leaves nobody out.
  const widest = cell === null ? width : cell * 2 ** Math.ceil(Math.log2(Math.max(1, width / cell))) * 0.999;
  for (let step = widest; left.length > 0 && step >= narrowest; step *= shrink()) {
    taken.clear(step);
    // Who was taken at wider levels is put in first: the cells are of another size now.
    for (const level of takenBefore) {
      for (let at = 0; at < level.length; at++) {
        taken.put(x[level[at] as number] as number, y[level[at] as number] as number);
        if (at % SLICE === 0) yield;
      }
    }
    const candidates = Math.min(left.length, Math.max(LEAST_CANDIDATES, Math.ceil(CANDIDATES * (width / step) ** 2)));
    let [waits, accepts] = [0, 0];
    for (let turn = 0; turn < candidates; turn++) {
      const at = left[turn] as number;
      const ownX = x[at] as number;
      const ownY = y[at] as number;
      if (taken.isFree(ownX, ownY)) {
        const photo = order[at] as number;
        spacing[photo] = step;
        taken.put(ownX, ownY);
        photos[accepts] = photo;
        accepted[accepts++] = at;
      } else left[waits++] = at;
      if (turn % SLICE === 0) yield;
    }
    left.copyWithin(waits, candidates);
    left = left.subarray(0, waits + left.length - candidates);
    if (accepts > 0) {
      takenBefore.push(accepted.slice(0, accepts));
      levels.push({ spacing: step, photos: yield* PointGrid.over(plane, photos.slice(0, accepts), step * 2) });
    }
    if (shown * 2 < count && (shown + accepts) * 2 >= count) narrowest = step * NEAREST;
    shown += accepts;
  }
  const typical = Math.max(middleOf(spacing), width * NARROWEST);
  const area = Math.max(box.right - box.left, 1e-6) * Math.max(box.bottom - box.top, 1e-6);
  return { spacing, levels, crowd: { typical, density: cell === null ? count / area : 0 } };
}

/** The median, of a sample when there are many. */
function middleOf(values: Float32Array): number {
  const every = Math.max(1, Math.floor(values.length / 8_192));
  const sample = Float32Array.from({ length: Math.floor(values.length / every) }, (_, at) => values[at * every] as number).sort();
  return sample[sample.length >> 1] ?? 0;
}

/** Calls with every photo that is shown at a spacing and lies in a box, the widest shown first. */
export function landmarksIn(landmarks: Landmarks, box: Box, spacing: number, visit: (photo: number) => void): void {
  for (const level of landmarks.levels) {
    if (level.spacing < spacing) return;
    level.photos.within(box, visit);
  }
}

/**
 * The order in which photos stand for others: by their rank, 0 first; within a rank at random, in a few rounds over the
 * map, by a number that belongs to the photo. So newcomers change little, and neighbours are looked at together.
 */
export function* orderByRank(ids: Uint32Array, grid: PointGrid, rank: (index: number) => number, ranks: number): Generator<void, Uint32Array> {
  const keyOf = (photo: number) => rank(photo) * ROUNDS + (Math.imul((ids[photo] as number) ^ ((ids[photo] as number) >>> 15), 0x9e3779b1) >>> 28);
  return yield* sortedByKey(grid.order, keyOf, ranks * ROUNDS);
}

/**
 * The order in which photos in a grid stand for others: every second of every second row first of all, and so on by
 * halves, so that what is shown lies in straight rows too.
 */
export function* orderInGrid({ plane, box, order }: PointGrid, cell: number): Generator<void, Uint32Array> {
  const halvings = (steps: number) => (steps === 0 ? MOST_HALVINGS : Math.min(MOST_HALVINGS, 31 - Math.clz32(steps & -steps)));
  const keyOf = (photo: number) => {
    const column = Math.round(((plane.x[photo] as number) - box.left) / cell);
    const row = Math.round(((plane.y[photo] as number) - box.top) / cell);
    return MOST_HALVINGS - Math.min(halvings(column), halvings(row));
  };
  return yield* sortedByKey(order, keyOf, MOST_HALVINGS + 1);
}

/** By a key below `keys`; those of one key stay in their order. */
function* sortedByKey(photos: Uint32Array, keyOf: (photo: number) => number, keys: number): Generator<void, Uint32Array> {
  const starts = new Uint32Array(keys + 1);
  for (let at = 0; at < photos.length; at++) {
    const key = keyOf(photos[at] as number);
    starts[key + 1] = (starts[key + 1] as number) + 1;
    if (at % SLICE === 0) yield;
  }
  for (let key = 1; key <= keys; key++) starts[key] = (starts[key] as number) + (starts[key - 1] as number);
  const sorted = new Uint32Array(photos.length);
  for (let at = 0; at < photos.length; at++) {
    const photo = photos[at] as number;
    const key = keyOf(photo);
    const place = starts[key] as number;
    sorted[place] = photo;
    starts[key] = place + 1;
    if (at % SLICE === 0) yield;
  }
  return sorted;
}

/** In a grid, the distance from one photo to that beside it. */
export function cellOf({ plane, box }: PointGrid): number {
  const width = Math.max(box.right - box.left, box.bottom - box.top, 1e-9);
  let nearest = width;
  for (let at = 1; at < plane.x.length; at++) {
    const distance = Math.max(Math.abs((plane.x[at] as number) - (plane.x[0] as number)), Math.abs((plane.y[at] as number) - (plane.y[0] as number)));
    if (distance > width * 1e-6 && distance < nearest) nearest = distance;
  }
  return nearest;
}

/**
 * Photos that were taken, by cell: as wide as the spacing, a cell holds at most one. Where there are not too many cells each
 * has a slot of its own; else it is a hash table, open to the next slot.
 */
class TakenCells {
  /** x and y of the photo in each slot; x is NaN where there is none. */
  readonly #places: Float32Array;
  readonly #columns: Int32Array;
  readonly #rows: Int32Array;
  readonly #mask: number;
  #cell = 1;
  /** Cells in a row and in a column while each has its own slot; 0 in a hash table. */
  #across = 0;
  #down = 0;

  constructor(
    private readonly box: Box,
    count: number,
  ) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, count * 2)));
    this.#mask = slots - 1;
    // One more, always empty: what lies outside.
    this.#places = new Float32Array((slots + 1) * 2);
    this.#places.fill(NaN, slots * 2);
    this.#columns = new Int32Array(slots);
    this.#rows = new Int32Array(slots);
  }

  /** Empty, with cells of this size. */
  clear(cell: number): void {
    this.#cell = cell;
    this.#across = Math.floor((this.box.right - this.box.left) / cell) + 1;
    this.#down = Math.floor((this.box.bottom - this.box.top) / cell) + 1;
    if (this.#across * this.#down > this.#mask + 1) this.#across = 0;
    this.#places.fill(NaN, 0, (this.#across > 0 ? this.#across * this.#down : this.#mask + 1) * 2);
  }

  put(x: number, y: number): void {
    const column = this.#column(x);
    const row = this.#row(y);
    const slot = this.#slot(column, row);
    this.#places[slot * 2] = x;
    this.#places[slot * 2 + 1] = y;
    if (this.#across > 0) return;
    this.#columns[slot] = column;
    this.#rows[slot] = row;
  }

  /** Whether nobody that was taken is nearer than a cell's side. */
  isFree(x: number, y: number): boolean {
    const column = this.#column(x);
    const row = this.#row(y);
    if (!Number.isNaN(this.#places[this.#slot(column, row) * 2] as number)) return false;
    for (let down = row - 1; down <= row + 1; down++) {
      for (let across = column - 1; across <= column + 1; across++) {
        const slot = this.#slot(across, down) * 2;
        // No comparison holds for an empty slot.
        if (Math.abs((this.#places[slot] as number) - x) < this.#cell && Math.abs((this.#places[slot + 1] as number) - y) < this.#cell) return false;
      }
    }
    return true;
  }

  #column(x: number): number {
    return Math.floor((x - this.box.left) / this.#cell);
  }

  #row(y: number): number {
    return Math.floor((y - this.box.top) / this.#cell);
  }

  /** The slot of a cell, or the empty one where it would go. */
  #slot(column: number, row: number): number {
    if (this.#across > 0) {
      const outside = column < 0 || row < 0 || column >= this.#across || row >= this.#down;
      return outside ? this.#mask + 1 : row * this.#across + column;
    }
    let slot = (Math.imul(column, 0x8da6b343) ^ Math.imul(row, 0xd8163841)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & this.#mask;
    while (!Number.isNaN(this.#places[slot * 2] as number) && (this.#columns[slot] !== column || this.#rows[slot] !== row)) slot = (slot + 1) & this.#mask;
    return slot;
  }
}
