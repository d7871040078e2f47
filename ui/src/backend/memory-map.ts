/** The map of a made-up library: photos of one hue lie in one cluster, the clusters round a circle. Seeded by the photos' ids. */
import type { MapDims, MapGroups, MapPoints } from "./backend";
import { inSlices } from "../lib/in-slices";
import type { LayoutWord, MakingMap, MapCluster, MapState } from "./wire";

/** Clusters at each fineness, coarse to fine. */
const CLUSTERS = [6, 12, 24, 48];
const BEST = 2;
/** The finest clusters lie together in the coarser ones. */
const FINEST = CLUSTERS.length - 1;
/** Photos placed between looks at the clock. */
const SLICE = 512;
const ROUNDS = 40;
const ROUND_MS = 120;
/** So many photos have a map. */
const ENOUGH = 36;

/** What the map needs to know of a made-up photo; ids run from 1. */
export interface MadeUpPhotos {
  /** Numbers from 0 to 1 that belong to a photo and a purpose. */
  luck: (id: number, purpose: number) => number;
  /** 0 to 1, round a circle. */
  hue: (id: number) => number;
  minutes: (id: number) => number;
  folder: (id: number) => string;
  camera: (id: number) => string | null;
}

export class MemoryMap {
  #made = new Map<MapDims, { turn: number; before: number | null }>();
  #making: MakingMap | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #points = new Map<string, Promise<MapPoints>>();

  constructor(
    private readonly photos: number,
    private readonly known: MadeUpPhotos,
    private readonly changed: (making: MakingMap | null) => void,
  ) {
    if (photos >= ENOUGH) this.#made.set(2, { turn: 0, before: null });
  }

  get state(): MapState {
    const maps = [...this.#made].map(([dims, { turn, before }]) => ({
      dims,
      placed: this.photos,
      cameLater: 0,
      neighborsKept: 0.41,
      madeAtMs: Date.UTC(2026, 10, 20) + turn,
      canUndo: before !== null,
    }));
    const has = this.#made.size > 0;
    return { findable: this.photos, enough: ENOUGH, maps, making: this.#making, clusters: has ? CLUSTERS : [], fineness: has ? BEST : 0 };
  }

  arrange(dims: MapDims): void {
    clearInterval(this.#timer);
    this.#making = { dims, round: 0, rounds: ROUNDS };
    this.changed(this.#making);
    this.#timer = setInterval(() => {
      if (!this.#making) return;
      this.#making = { ...this.#making, round: this.#making.round + 2 };
      if (this.#making.round >= ROUNDS) {
        clearInterval(this.#timer);
        this.#making = null;
        const before = this.#made.get(dims)?.turn ?? null;
        this.#made.set(dims, { turn: (before ?? 0) + 1, before });
      }
      this.changed(this.#making);
    }, ROUND_MS);
  }

  cancel(): void {
    clearInterval(this.#timer);
    if (this.#making === null) return;
    this.#making = null;
    this.changed(null);
  }

  undo(dims: MapDims): void {
    const made = this.#made.get(dims);
    if (!made || made.before === null) return;
    this.#made.set(dims, { turn: made.before, before: made.turn });
    this.changed(null);
  }

  neighbors(photo: number): number[] {
    const own = this.known.hue(photo);
    const near = Array.from({ length: Math.min(this.photos, 4_000) }, (_, at) => at + 1).filter((id) => id !== photo);
    const distance = new Map(near.map((id) => [id, Math.abs(this.known.hue(id) - own)]));
    return near.sort((a, b) => (distance.get(a) as number) - (distance.get(b) as number)).slice(0, 10);
  }

  async points(layout: LayoutWord, dims: MapDims): Promise<MapPoints> {
    if (layout === "making") return this.#making ? this.#between(this.#making) : this.#empty(dims);
    const flat = layout === "time" || layout === "grid";
    const made = this.#made.get(flat ? 2 : dims);
    if (!made) return this.#empty(dims);
    const key = `${layout} ${flat ? 2 : dims} ${made.turn}`;
    const kept = this.#points.get(key);
    if (kept) return kept;
    const points = layout === "grid" ? this.points("look", 2).then((look) => this.#grid(look)) : done(this.#place(layout, flat ? 2 : dims, made.turn));
    this.#points.set(key, points);
    return points;
  }

  async groups(fineness: number): Promise<MapGroups> {
    const ids = idsTo(this.photos);
    const clusters = new Uint16Array(ids.length);
    const fill = function* (this: MemoryMap) {
      for (let at = 0; at < ids.length; at++) {
        clusters[at] = this.#cluster(ids[at] as number, fineness);
        if (at % SLICE === 0) yield;
      }
    };
    await done(fill.call(this));
    return { ids, clusters };
  }

  async clusters(fineness: number, layout: LayoutWord, dims: MapDims): Promise<MapCluster[]> {
    return done(this.#summed(fineness, await this.points(layout, dims)));
  }

  *#summed(fineness: number, { ids, x, y, z }: MapPoints): Generator<void, MapCluster[]> {
    const found = new Map<number, MapCluster & { sum: [number, number, number] }>();
    for (let at = 0; at < ids.length; at++) {
      if (at % SLICE === 0) yield;
      const id = ids[at] as number;
      const cluster = this.#cluster(id, fineness);
      const ms = this.known.minutes(id) * 60_000;
      const place: [number, number, number] = [x[at] as number, y[at] as number, z?.[at] ?? 0];
      const known = found.get(cluster);
      if (known) {
        known.photos++;
        place.forEach((value, axis) => (known.sum[axis as 0 | 1 | 2] += value));
        known.fromMs = Math.min(known.fromMs, ms);
        known.untilMs = Math.max(known.untilMs, ms);
      } else {
        const [folder, camera] = [this.known.folder(id), this.known.camera(id)];
        found.set(cluster, { cluster, cover: id, photos: 1, x: 0, y: 0, z: 0, fromMs: ms, untilMs: ms, folder, camera, sum: place });
      }
    }
    return [...found.values()]
      .map(({ sum, ...cluster }) => ({ ...cluster, x: sum[0] / cluster.photos, y: sum[1] / cluster.photos, z: sum[2] / cluster.photos }))
      .sort((a, b) => b.photos - a.photos);
  }

  #cluster(id: number, fineness: number): number {
    return Math.min(Math.floor(this.known.hue(id) * (CLUSTERS[fineness] ?? 1)), (CLUSTERS[fineness] ?? 1) - 1);
  }

  *#place(layout: LayoutWord, dims: MapDims, turn: number): Generator<void, MapPoints> {
    const { luck, hue, minutes } = this.known;
    const ids = idsTo(this.photos);
    const [x, y, z] = [new Float32Array(ids.length), new Float32Array(ids.length), dims === 3 ? new Float32Array(ids.length) : null];
    const [first, last] = [minutes(this.photos), minutes(1)];
    for (let at = 0; at < ids.length; at++) {
      if (at % SLICE === 0) yield;
      const id = ids[at] as number;
      // The sum of three is round enough for a cloud.
      const cloud = (axis: number) => (luck(id, 11 + axis) + luck(id, 21 + axis) + luck(id, 31 + axis)) / 3 - 0.5;
      if (layout === "time") {
        x[at] = (minutes(id) - first) / Math.max(1, last - first);
        y[at] = hue(id);
      } else if (layout === "pca") {
        const angle = hue(id) * 2 * Math.PI;
        x[at] = 0.5 + Math.cos(angle) * 0.22 + cloud(0) * 0.7;
        y[at] = 0.5 + Math.sin(angle) * 0.14 + cloud(1) * 0.5;
        if (z) z[at] = 0.5 + cloud(2) * 0.4;
      } else {
        const cluster = this.#cluster(id, FINEST);
        const count = CLUSTERS[FINEST] as number;
        const distance = [0.12, 0.3, 0.42][cluster % 3] as number;
        const angle = (cluster / count) * 2 * Math.PI + turn * 0.4;
        const size = 0.1 + 0.14 * luck(cluster, 5);
        x[at] = 0.5 + Math.cos(angle) * distance + cloud(0) * size;
        y[at] = 0.5 + Math.sin(angle) * distance + cloud(1) * size;
        if (z) z[at] = 0.5 + (luck(cluster, 6) - 0.5) * 0.8 + cloud(2) * size;
      }
    }
    return { ids, x, y, z };
  }

  /** Rows by height, and each row by what lies left. */
  #grid(look: MapPoints): MapPoints {
    const columns = Math.ceil(Math.sqrt(this.photos));
    const order = Uint32Array.from(look.ids, (_, at) => at).sort((a, b) => (look.y[a] as number) - (look.y[b] as number));
    const [x, y] = [new Float32Array(order.length), new Float32Array(order.length)];
    for (let row = 0; row * columns < order.length; row++) {
      const line = order.slice(row * columns, (row + 1) * columns).sort((a, b) => (look.x[a] as number) - (look.x[b] as number));
      line.forEach((at, column) => {
        x[at] = (column + 0.5) / columns;
        y[at] = (row + 0.5) / columns;
      });
    }
    return { ids: look.ids, x, y, z: null };
  }

  async #between({ dims, round, rounds }: MakingMap): Promise<MapPoints> {
    const end = await done(this.#place("look", dims as MapDims, (this.#made.get(dims as MapDims)?.turn ?? 0) + 1));
    const t = round / rounds;
    const mix = (axis: number, values: Float32Array) =>
      values.map((value, at) => this.known.luck(end.ids[at] as number, 41 + axis) * (1 - t) + value * t);
    return { ids: end.ids, x: mix(0, end.x), y: mix(1, end.y), z: end.z && mix(2, end.z) };
  }

  #empty(dims: MapDims): MapPoints {
    return { ids: new Uint32Array(), x: new Float32Array(), y: new Float32Array(), z: dims === 3 ? new Float32Array() : null };
  }
}

function done<Result>(work: Generator<void, Result>): Promise<Result> {
  return inSlices(work, () => false) as Promise<Result>;
}

function idsTo(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, at) => at + 1);
}
