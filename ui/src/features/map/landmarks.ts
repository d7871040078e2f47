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
const FEW = 32_768;
/** A grid is at most so many times halved. */
const MOST_HALVINGS = 12;
/** Narrower than this share of the map's width no photos are told apart: they lie at one place. */
const NARROWEST = 2 ** -18;
/** Photos looked at for each place that a level has; the rest waits for a level that has room for it. */
const CANDIDATES = 16;
const LEAST_CANDIDATES = 4_096;
const SLICE = 1_024;

export interface Landmarks {
  /** The widest spacing (map units) at which each photo is shown; 0 for one that lies exactly on another. */
  spacing: Float32Array;
  levels: readonly Level[];
  /** The spacing at which half of all photos are shown. */
  typical: number;
}

interface Level {
  /** Photos of this level are shown at this spacing or wider, but at none of the level before. */
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
  const taken = new TakenCells(plane, box, count);
  let left = order;
  let shown = 0;
  let before = width * 2;
  const shrink = () => (cell !== null || shown * 2 > count ? LATE_STEP : shown > FEW ? STEP : FINE_STEP);
  // In a grid a hair less than whole cells, so that rounding leaves nobody out.
  const widest = cell === null ? width : cell * 2 ** Math.ceil(Math.log2(Math.max(1, width / cell))) * 0.999;
  for (let step = widest; left.length > 0 && step >= width * NARROWEST; step *= shrink()) {
    taken.clear(step);
    const candidates = Math.min(left.length, Math.max(LEAST_CANDIDATES, CANDIDATES * (width / step) ** 2));
    const waiting = left.slice();
    const accepted = new Uint32Array(candidates);
    let [waits, accepts] = [0, 0];
    // Who was taken at wider levels is put in first: the cells are of another size now.
    for (const level of levels) {
      const { order } = level.photos;
      for (let at = 0; at < order.length; at++) {
        taken.put(order[at] as number);
        if (at % SLICE === 0) yield;
      }
    }
    for (let at = 0; at < candidates; at++) {
      const photo = left[at] as number;
      if (taken.isFree(photo)) {
        spacing[photo] = Math.min(taken.distanceTo(photo), before);
        taken.put(photo);
        accepted[accepts++] = photo;
      } else waiting[waits++] = photo;
      if (at % SLICE === 0) yield;
    }
    waiting.copyWithin(waits, candidates);
    before = step;
    if (accepts > 0) levels.push({ spacing: step, photos: yield* PointGrid.over(plane, accepted.slice(0, accepts), step * 2) });
    shown += accepts;
    left = waiting.subarray(0, waits + left.length - candidates);
  }
  return { spacing, levels, typical: Math.max(middleOf(spacing), width * NARROWEST) };
}

/** The median, of a sample when there are many. */
function middleOf(values: Float32Array): number {
  const every = Math.max(1, Math.floor(values.length / 8_192));
  const sample = values.filter((_, at) => at % every === 0).sort();
  return sample[sample.length >> 1] ?? 0;
}

/** Calls with every photo that is shown at a spacing and lies in a box, the widest shown first. */
export function landmarksIn(landmarks: Landmarks, box: Box, spacing: number, visit: (photo: number) => void): void {
  for (const { spacing: own, photos } of landmarks.levels) {
    photos.within(box, (photo) => {
      if ((landmarks.spacing[photo] as number) >= spacing) visit(photo);
    });
    if (own <= spacing) return;
  }
}

/**
 * The order in which photos stand for others: by their rank, 0 first, and within a rank by a number that belongs to the
 * photo, so that newcomers change little. Takes time by the number of photos only.
 */
export function* orderByRank(ids: Uint32Array, rank: (index: number) => number, ranks: number): Generator<void, Uint32Array> {
  const PARTS = 4096;
  const starts = new Uint32Array(ranks * PARTS + 1);
  const keys = new Uint32Array(ids.length);
  for (let at = 0; at < ids.length; at++) {
    const scattered = Math.imul((ids[at] as number) ^ ((ids[at] as number) >>> 15), 0x9e3779b1) >>> 20;
    const key = rank(at) * PARTS + scattered;
    keys[at] = key;
    starts[key + 1] = (starts[key + 1] as number) + 1;
    if (at % SLICE === 0) yield;
  }
  for (let key = 1; key < starts.length; key++) starts[key] = (starts[key] as number) + (starts[key - 1] as number);
  const order = new Uint32Array(ids.length);
  for (let at = 0; at < ids.length; at++) {
    const key = keys[at] as number;
    const place = starts[key] as number;
    order[place] = at;
    starts[key] = place + 1;
    if (at % SLICE === 0) yield;
  }
  return order;
}

/**
 * The order in which photos in a grid stand for others: every second of every second row first of all, and so on by
 * halves, so that what is shown lies in straight rows too.
 */
export function* orderInGrid({ plane, box }: PointGrid, cell: number): Generator<void, Uint32Array> {
  const indexes = Uint32Array.from(plane.x, (_, at) => at);
  const halvings = (steps: number) => Math.min(MOST_HALVINGS, steps === 0 ? MOST_HALVINGS : 31 - Math.clz32(steps & -steps));
  const rank = (at: number) => {
    const column = Math.round(((plane.x[at] as number) - box.left) / cell);
    const row = Math.round(((plane.y[at] as number) - box.top) / cell);
    return MOST_HALVINGS - Math.min(halvings(column), halvings(row));
  };
  return yield* orderByRank(indexes, rank, MOST_HALVINGS + 1);
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

/** Photos that were taken, by cell: as wide as the spacing, a cell holds at most one. A hash table, open to the next slot. */
class TakenCells {
  #photos: Int32Array;
  #columns: Int32Array;
  #rows: Int32Array;
  #mask: number;
  #cell = 1;

  constructor(
    private readonly plane: Plane,
    private readonly box: Box,
    count: number,
  ) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, count * 2)));
    this.#mask = slots - 1;
    this.#photos = new Int32Array(slots);
    this.#columns = new Int32Array(slots);
    this.#rows = new Int32Array(slots);
  }

  /** Empty, with cells of this size. */
  clear(cell: number): void {
    this.#cell = cell;
    this.#photos.fill(-1);
  }

  put(photo: number): void {
    const [column, row] = [this.#column(photo), this.#row(photo)];
    const slot = this.#slot(column, row);
    this.#photos[slot] = photo;
    this.#columns[slot] = column;
    this.#rows[slot] = row;
  }

  /** Whether nobody that was taken is nearer than a cell's side. */
  isFree(photo: number): boolean {
    const [column, row] = [this.#column(photo), this.#row(photo)];
    if ((this.#photos[this.#slot(column, row)] as number) >= 0) return false;
    return this.#nearest(photo, column, row, 1, this.#cell) >= this.#cell;
  }

  /** To the nearest that was taken, across or down, whichever is more; more than two cells when none is near. */
  distanceTo(photo: number): number {
    return this.#nearest(photo, this.#column(photo), this.#row(photo), 2, 0);
  }

  /** Looks at so many cells around; one nearer than `enough` ends the search. */
  #nearest(photo: number, column: number, row: number, around: number, enough: number): number {
    const [x, y] = [this.plane.x[photo] as number, this.plane.y[photo] as number];
    let nearest = Infinity;
    for (let down = row - around; down <= row + around; down++) {
      for (let across = column - around; across <= column + around; across++) {
        const other = this.#photos[this.#slot(across, down)] as number;
        if (other < 0) continue;
        const distance = Math.max(Math.abs((this.plane.x[other] as number) - x), Math.abs((this.plane.y[other] as number) - y));
        if (distance < nearest) nearest = distance;
        if (nearest < enough) return nearest;
      }
    }
    return nearest;
  }

  #column(photo: number): number {
    return Math.floor(((this.plane.x[photo] as number) - this.box.left) / this.#cell);
  }

  #row(photo: number): number {
    return Math.floor(((this.plane.y[photo] as number) - this.box.top) / this.#cell);
  }

  /** The slot of a cell, or the empty one where it would go. */
  #slot(column: number, row: number): number {
    let slot = (Math.imul(column, 0x8da6b343) ^ Math.imul(row, 0xd8163841)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & this.#mask;
    while ((this.#photos[slot] as number) >= 0 && (this.#columns[slot] !== column || this.#rows[slot] !== row)) slot = (slot + 1) & this.#mask;
    return slot;
  }
}
