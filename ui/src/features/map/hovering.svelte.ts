/** The photo that the pointer rests on, and what really looks like it: asked for after a moment, forgotten when the pointer goes on. */
import type { Point } from "./camera";

/** A pointer that rests on a photo for so long asks about it. */
const REST_MS = 140;

export interface Hovered {
  photo: number;
  /** The pointer in the view, CSS pixels. */
  at: Point;
  /** The photos that look most like it, the nearest first; none until they are known. */
  neighbors: readonly number[];
}

export class Hovering {
  now: Hovered | null = $state.raw(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `ask` tells a photo's true neighbours. */
  constructor(private readonly ask: (photo: number) => Promise<readonly number[]>) {}

  /** The pointer is over a photo, or over none. */
  over(photo: number | null, at: Point): void {
    clearTimeout(this.#timer);
    if (this.now && this.now.photo === photo) {
      this.now = { ...this.now, at };
      return;
    }
    this.now = null;
    if (photo !== null) this.#timer = setTimeout(() => void this.#rest(photo, at), REST_MS);
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.now = null;
  }

  async #rest(photo: number, at: Point): Promise<void> {
    this.now = { photo, at, neighbors: [] };
    const neighbors = await this.ask(photo).catch(() => []);
    if (this.now?.photo === photo) this.now = { ...this.now, neighbors };
  }
}
