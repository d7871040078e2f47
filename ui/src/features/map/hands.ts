/**
 * What hands do on the map: one finger or button moves or turns it, two fingers move and zoom it, a wheel zooms at the
 * pointer. Turns pointer events into moves of a stage, and says what was a click. Knows nothing of photos.
 */
import { pan, wheelFactor, zoomAt, type Point } from "./camera";
import type { Stage } from "./stage";

/** A press that moves less than this is a click, CSS pixels. */
const THRESHOLD = 4;
const UNITS = ["pixels", "lines", "pages"] as const;

export class Hands {
  readonly #down = new Map<number, Point>();
  #pressed: Point | null = null;
  /** The press has become a move: it is no click any more. */
  hasMoved = false;

  constructor(private readonly stage: Stage) {}

  get isMoving(): boolean {
    return this.#down.size > 0 && this.hasMoved;
  }

  /** A pointer is down. */
  get isDown(): boolean {
    return this.#down.size > 0;
  }

  press(id: number, at: Point): void {
    if (this.#down.size === 0) {
      this.#pressed = at;
      this.hasMoved = false;
    } else this.hasMoved = true;
    this.#down.set(id, at);
  }

  /** `how` is what one pointer does: move the map, or turn it. */
  move(id: number, to: Point, how: "pan" | "turn"): void {
    const from = this.#down.get(id);
    if (!from || !this.#pressed) return;
    if (!this.hasMoved && Math.hypot(to.x - this.#pressed.x, to.y - this.#pressed.y) < THRESHOLD) return;
    this.hasMoved = true;
    const { stage } = this;
    const [other] = [...this.#down].filter(([each]) => each !== id).map(([, at]) => at);
    if (other) {
      const factor = Math.hypot(to.x - other.x, to.y - other.y) / Math.max(1, Math.hypot(from.x - other.x, from.y - other.y));
      const middle = { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 };
      const moved = pan(stage.camera, { x: (to.x - from.x) / 2, y: (to.y - from.y) / 2 });
      stage.lookFrom(zoomAt(moved, factor, middle, stage.view, stage.reach));
    } else if (how === "turn") stage.turn(to.x - from.x, to.y - from.y);
    else stage.lookFrom(pan(stage.camera, { x: to.x - from.x, y: to.y - from.y }));
    this.#down.set(id, to);
  }

  release(id: number): void {
    this.#down.delete(id);
    if (this.#down.size === 0) this.#pressed = null;
  }

  wheel(event: WheelEvent, at: Point): void {
    const { stage } = this;
    const factor = wheelFactor(event.deltaY, UNITS[event.deltaMode] ?? "pixels", event.ctrlKey ? "pinch" : "wheel");
    stage.lookFrom(zoomAt(stage.camera, factor, at, stage.view, stage.reach));
  }
}
