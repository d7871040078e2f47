/** The boxes of what was drawn in a frame, the topmost last: which of them lies under a point, and where one is. */
import type { Box, Point } from "./camera";

export class Boxes {
  count = 0;
  readonly #items: Uint32Array;
  /** Left, top, right and bottom of each. */
  readonly #edges: Float32Array;

  constructor(most: number) {
    this.#items = new Uint32Array(most);
    this.#edges = new Float32Array(most * 4);
  }

  clear(): void {
    this.count = 0;
  }

  add(item: number, left: number, top: number, right: number, bottom: number): void {
    const at = this.count++;
    this.#items[at] = item;
    this.#edges[at * 4] = left;
    this.#edges[at * 4 + 1] = top;
    this.#edges[at * 4 + 2] = right;
    this.#edges[at * 4 + 3] = bottom;
  }

  /** The topmost item under a point; -1 when there is none. */
  at({ x, y }: Point): number {
    for (let at = this.count - 1; at >= 0; at--) {
      const { left, top, right, bottom } = this.#box(at);
      if (x >= left && x <= right && y >= top && y <= bottom) return this.#items[at] as number;
    }
    return -1;
  }

  /** The box of an item; null when it was not drawn. */
  of(item: number): Box | null {
    for (let at = 0; at < this.count; at++) if (this.#items[at] === item) return this.#box(at);
    return null;
  }

  all(): Box[] {
    return Array.from({ length: this.count }, (_, at) => this.#box(at));
  }

  #box(at: number): Box {
    const [left, top, right, bottom] = this.#edges.subarray(at * 4, at * 4 + 4) as unknown as [number, number, number, number];
    return { left, top, right, bottom };
  }
}
