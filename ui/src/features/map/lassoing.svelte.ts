/**
 * A shape drawn over the map, by lasso or rectangle: counts what it encloses while it is drawn, and selects it at the end,
 * alone, besides what was selected (Ctrl), or out of it (Alt). The counting is done between frames; only the newest counts.
 */
import { inSlices } from "../../lib/in-slices";
import type { Selection } from "../../lib/selection.svelte";
import { toMap, type Point } from "./camera";
import { pointsInside, rectangle } from "./lasso";
import type { Stage } from "./stage";

export type LassoMode = "replace" | "add" | "remove";

/** Points of the outline lie at least so far apart, CSS pixels. */
const STEP = 3;
/** Photos put into a set between looks at the clock. */
const SLICE = 4_096;

export class Lassoing {
  /** The outline in the view, CSS pixels. */
  outline: readonly Point[] = $state.raw([]);
  /** Photos inside, as far as counted. */
  count = $state(0);
  mode: LassoMode = $state("replace");
  #newest = 0;

  constructor(
    private readonly stage: Stage,
    private readonly shape: "lasso" | "rectangle",
    private readonly from: Point,
    /** Photos that may be selected: those that no filter dims. */
    private readonly counts: (index: number) => boolean,
  ) {
    this.outline = [from];
  }

  /** The pointer went on; true when the outline grew. */
  move(to: Point): void {
    const last = this.outline[this.outline.length - 1] ?? this.from;
    if (this.shape === "rectangle") this.outline = rectangle(this.from, to);
    else if (Math.hypot(to.x - last.x, to.y - last.y) >= STEP) this.outline = [...this.outline, to];
    else return;
    void this.#count();
  }

  /** Whether the pointer went far enough to mean a shape. */
  get isDrawn(): boolean {
    return this.outline.length > 2;
  }

  async finish(selection: Selection): Promise<void> {
    const mode = this.mode;
    const photos = await this.#collect();
    if (!photos) return;
    const chosen = await inSlices(combine(selection.picked(), photos, mode), () => false);
    if (chosen) selection.replace(chosen);
  }

  async #count(): Promise<void> {
    const found = await this.#collect();
    if (found) this.count = found.length;
  }

  /** Ids of the photos inside; undefined when a later question overtook this one. */
  async #collect(): Promise<Uint32Array | undefined> {
    const mine = ++this.#newest;
    const { scene, camera, view } = this.stage;
    if (!scene?.grid) return new Uint32Array();
    const shape = this.outline.map((point) => toMap(camera, view, point));
    const found = new Uint32Array(scene.ids.length);
    let count = 0;
    const { counts } = this;
    const { ids } = scene;
    const work = pointsInside(shape, scene.grid, (index) => {
      if (counts(index)) found[count++] = ids[index] as number;
    });
    await inSlices(work, () => mine !== this.#newest);
    return mine === this.#newest ? found.subarray(0, count) : undefined;
  }
}

function* combine(selected: Iterable<number>, photos: Uint32Array, mode: LassoMode): Generator<void, Set<number>> {
  const chosen = new Set<number>();
  let handled = 0;
  if (mode !== "replace") {
    for (const photo of selected) {
      chosen.add(photo);
      if (++handled % SLICE === 0) yield;
    }
  }
  for (const photo of photos) {
    if (mode === "remove") chosen.delete(photo);
    else chosen.add(photo);
    if (++handled % SLICE === 0) yield;
  }
  return chosen;
}
