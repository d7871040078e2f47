/**
 * One layout made ready to be looked at: where photos lie and lay, how to find them by place, and which stand for others.
 * Readied between frames; what takes longest comes last, and is missing until then.
 */
import type { MapPoints } from "../../backend/backend";
import { inSlices } from "../../lib/in-slices";
import type { Box } from "./camera";
import { indexesIn } from "./colours";
import { cellOf, chooseLandmarks, orderByRank, orderInGrid, type Landmarks } from "./landmarks";
import { flatten, MIDDLE, place, rotation, STRAIGHT, type Orbit, type Rotation } from "./orbit";
import { boxOf, PointGrid } from "./point-grid";

/** Which photos (by their index) come first where only one of several can be shown: 0 before 1 before 2. */
export type RankOf = (index: number) => 0 | 1 | 2;
const RANKS = 3;

/** Photos lie freely, one in each cell of a grid, or where a map that is being made has them for a moment. */
export type Arrangement = "free" | "grid" | "live";

export class Scene {
  /** Three numbers a photo: where it lay before this layout came, and where it lies. */
  readonly before: Float32Array;
  readonly now: Float32Array;
  readonly box: Box;
  /** Null until they are ready, and again while a map in space is being turned. */
  grid: PointGrid | null = null;
  landmarks: Landmarks | null = null;
  turn: Rotation = rotation(STRAIGHT);
  #readying = 0;

  private constructor(
    readonly points: MapPoints,
    places: { before: Float32Array; now: Float32Array },
    box: Box,
  ) {
    this.before = places.before;
    this.now = places.now;
    this.box = box;
  }

  /** Lays out photos; those that another scene shows come from where they lie there. Undefined when `cancelled`. */
  static async of(points: MapPoints, earlier: Scene | null, cancelled: () => boolean): Promise<Scene | undefined> {
    return inSlices(layOut(points, earlier), cancelled);

    function* layOut(points: MapPoints, earlier: Scene | null): Generator<void, Scene> {
      const places = yield* movement(points, earlier);
      const box = points.z === null ? yield* boxOf(points) : { left: 0, top: 0, right: 1, bottom: 1 };
      return new Scene(points, places, box);
    }
  }

  get ids(): Uint32Array {
    return this.points.ids;
  }

  get isInSpace(): boolean {
    return this.points.z !== null;
  }

  /** Where a photo is drawn on the flat map that is seen, `part` of the way from where it lay. */
  placeOf(index: number, part: number): { x: number; y: number } {
    const at = index * 3;
    const mix = (axis: number) => {
      const [from, to] = [this.before[at + axis] as number, this.now[at + axis] as number];
      return from + (to - from) * part;
    };
    if (!this.isInSpace && part === 1) return { x: this.points.x[index] as number, y: this.points.y[index] as number };
    return place(this.turn, mix(0), mix(1), mix(2));
  }

  /** Turned another way: what was ready is so no longer. */
  look(orbit: Orbit): void {
    this.turn = rotation(orbit);
    this.grid = this.landmarks = null;
    this.#readying++;
  }

  /** Makes the grid and then the landmarks; `ready` hears of each. A later call overtakes an earlier one. */
  async ready(arrangement: Arrangement, rank: RankOf, ready: () => void): Promise<void> {
    const mine = ++this.#readying;
    const overtaken = () => mine !== this.#readying;
    const { x, y, z } = this.points;
    const plane = z === null ? this.points : await inSlices(flatten(this.turn, x, y, z), overtaken);
    const grid = plane && (this.grid ?? (await inSlices(PointGrid.over(plane), overtaken)));
    if (!grid || overtaken()) return;
    this.grid = grid;
    ready();
    const cell = arrangement === "grid" ? cellOf(grid) : null;
    const order = await inSlices(cell === null ? orderByRank(this.ids, grid, rank, RANKS) : orderInGrid(grid, cell), overtaken);
    const landmarks = order && (await inSlices(chooseLandmarks(grid.plane, grid.box, order, cell), overtaken));
    if (!landmarks || overtaken()) return;
    this.landmarks = landmarks;
    ready();
  }

  /** Nothing more is made ready. */
  stop(): void {
    this.#readying++;
  }
}

/** Photos that are new begin where they end. */
function* movement(points: MapPoints, earlier: Scene | null): Generator<void, { before: Float32Array; now: Float32Array }> {
  const { ids, x, y, z } = points;
  const now = new Float32Array(ids.length * 3);
  for (let index = 0; index < ids.length; index++) {
    now[index * 3] = x[index] as number;
    now[index * 3 + 1] = y[index] as number;
    now[index * 3 + 2] = z === null ? MIDDLE : (z[index] as number);
    if (index % 16_384 === 0) yield;
  }
  if (!earlier) return { before: now, now };
  const known = yield* indexesIn(earlier.ids, ids);
  const before = now.slice();
  // From space onto the plane, photos come from where they are seen.
  const asSeen = z === null ? earlier.turn : rotation(STRAIGHT);
  for (let index = 0; index < ids.length; index++) {
    const at = (known[index] as number) * 3;
    if (at >= earlier.now.length) continue;
    const from = place(asSeen, earlier.now[at] as number, earlier.now[at + 1] as number, earlier.now[at + 2] as number);
    before[index * 3] = from.x;
    before[index * 3 + 1] = from.y;
    before[index * 3 + 2] = from.z;
    if (index % 16_384 === 0) yield;
  }
  return { before, now };
}
