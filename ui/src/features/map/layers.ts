/**
 * Who has which layer of a texture: a fixed number of layers, and the one that was not needed for longest is given to
 * whoever comes new. What this frame needs is never taken away. Knows no texture.
 */
export class Layers {
  /** In the order of their last use, the longest ago first. */
  readonly #layers = new Map<number, { layer: number; usedIn: number }>();
  #next = 0;

  /** `released` hears of every item that lost its layer. */
  constructor(
    readonly capacity: number,
    private readonly released: (item: number) => void = () => {},
  ) {}

  /** The layer of an item that is needed in this frame; -1 when it has none. */
  use(item: number, frame: number): number {
    const held = this.#layers.get(item);
    if (!held) return -1;
    if (held.usedIn !== frame) {
      held.usedIn = frame;
      this.#layers.delete(item);
      this.#layers.set(item, held);
    }
    return held.layer;
  }

  has(item: number): boolean {
    return this.#layers.has(item);
  }

  /** Gives an item a layer; -1 when this frame needs all of them. */
  take(item: number, frame: number): number {
    const held = this.use(item, frame);
    if (held >= 0) return held;
    const layer = this.#next < this.capacity ? this.#next++ : this.#release(frame);
    if (layer >= 0) this.#layers.set(item, { layer, usedIn: frame });
    return layer;
  }

  #release(frame: number): number {
    for (const [item, { layer, usedIn }] of this.#layers) {
      if (usedIn >= frame) return -1;
      this.#layers.delete(item);
      this.released(item);
      return layer;
    }
    return -1;
  }
}
