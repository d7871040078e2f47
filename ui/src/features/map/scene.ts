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

/** Coordinates of photos, an array for each axis; in the plane `z` is null. */
export interface Places {
  x: Float32Array;
  y: Float32Array;
  z: Float32Array | null;
}

export class Scene {
  /** Null until they are ready, and again while a map in space is being turned. */
  grid: PointGrid | null = null;
  landmarks: Landmarks | null = null;
  turn: Rotation = rotation(STRAIGHT);
  #readying = 0;

  private constructor(
    readonly points: MapPoints,
    /** Where photos lay before this layout came; the very points when nobody moves. */
    readonly before: Places,
    readonly box: Box,
  ) {}

  /** Lays out photos; those that another scene shows come from where they lie there. Undefined when `cancelled`. */
  static async of(points: MapPoints, earlier: Scene | null, cancelled: () => boolean): Promise<Scene | undefined> {
    return inSlices(layOut(points, earlier), cancelled);

    function* layOut(points: MapPoints, earlier: Scene | null): Generator<void, Scene> {
      const before = earlier ? yield* placesBefore(points, earlier) : points;
      const box = points.z === null ? yield* boxOf(points) : { left: 0, top: 0, right: 1, bottom: 1 };
      return new Scene(points, before, box);
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
    const { points, before } = this;
    const mix = (from: number, to: number) => from + (to - from) * part;
    const x = mix(before.x[index] as number, points.x[index] as number);
    const y = mix(before.y[index] as number, points.y[index] as number);
    if (!this.isInSpace) return { x, y };
    return place(this.turn, x, y, mix(depthOf(before, index), depthOf(points, index)));
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

/** How far towards the viewer a photo lies; in the plane, all do in the middle. */
function depthOf({ z }: Places, index: number): number {
  return z ? (z[index] as number) : MIDDLE;
}

/** Where photos lie in an earlier scene, as it is seen when they come from space onto the plane. New ones begin where they end. */
function* placesBefore({ ids, x, y, z }: MapPoints, earlier: Scene): Generator<void, Places> {
  const known = yield* indexesIn(earlier.ids, ids);
  const before = { x: x.slice(), y: y.slice(), z: z && z.slice() };
  const onto = z === null ? earlier.turn : rotation(STRAIGHT);
  for (let index = 0; index < ids.length; index++) {
    const at = known[index] as number;
    if (at < earlier.ids.length) {
      const from = place(onto, earlier.points.x[at] as number, earlier.points.y[at] as number, depthOf(earlier.points, at));
      before.x[index] = from.x;
      before.y[index] = from.y;
      if (before.z) before.z[index] = from.z;
    }
    if (index % 16_384 === 0) yield;
  }
  return before;
}
