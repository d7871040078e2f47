/** A rectangle drawn over the grid: what it touches is selected while it is drawn. Near the edges the view scrolls along. */
import { holdsCtrl } from "../../lib/keyboard";
import { SIDE, type GridState } from "./grid.svelte";

/** A press that moves less than this is a click. */
const THRESHOLD = 6;
/** From the edge of the view; how fast it scrolls there, in pixels a frame. */
const EDGE = 36;
const FASTEST = 22;

export class RubberBand {
  /** In the pixels of the layout; null until the pointer has moved far enough. */
  box: { left: number; top: number; width: number; height: number } | null = $state.raw(null);
  #from: { x: number; y: number };
  #pointer: { x: number; y: number };
  #before: number[];
  #frame = 0;
  #stop: () => void;

  constructor(
    event: PointerEvent,
    private readonly view: HTMLElement,
    private readonly grid: GridState,
  ) {
    this.#pointer = { x: event.clientX, y: event.clientY };
    this.#from = this.#place();
    this.#before = holdsCtrl(event) || event.shiftKey ? grid.selection.items() : [];
    const move = (moved: PointerEvent) => this.#move(moved);
    const end = () => this.#end();
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
    this.#stop = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      cancelAnimationFrame(this.#frame);
    };
  }

  /** The click that follows the press: true when it ended a band and means nothing more. */
  finish(): boolean {
    this.#stop();
    return this.#drawn;
  }

  #drawn = false;

  #place() {
    const { left, top } = this.view.getBoundingClientRect();
    return { x: this.#pointer.x - left - SIDE, y: this.#pointer.y - top + this.grid.top };
  }

  #move(event: PointerEvent): void {
    this.#pointer = { x: event.clientX, y: event.clientY };
    const { x, y } = this.#place();
    if (!this.#drawn && Math.hypot(x - this.#from.x, y - this.#from.y) < THRESHOLD) return;
    if (!this.#drawn) this.view.setPointerCapture(event.pointerId);
    this.#drawn = true;
    this.#select();
    this.#scrollAtEdges();
  }

  #select(): void {
    const { layout, selection } = this.grid;
    if (!layout) return;
    const { x, y } = this.#place();
    const box = { left: Math.min(x, this.#from.x), top: Math.min(y, this.#from.y), width: Math.abs(x - this.#from.x), height: Math.abs(y - this.#from.y) };
    this.box = box;
    const inside = layout.photosIn(box.left, box.top, box.left + box.width, box.top + box.height);
    selection.replace([...this.#before, ...inside.map((index) => layout.shape.ids[index] as number)]);
  }

  #scrollAtEdges(): void {
    cancelAnimationFrame(this.#frame);
    const { top, bottom } = this.view.getBoundingClientRect();
    const beyond = Math.min(0, this.#pointer.y - top - EDGE) + Math.max(0, this.#pointer.y - bottom + EDGE);
    if (beyond === 0) return;
    this.#frame = requestAnimationFrame(() => {
      const step = Math.max(-FASTEST, Math.min(FASTEST, beyond / 2));
      this.grid.top = this.grid.space.clamp(this.grid.top + step);
      this.#select();
      this.#scrollAtEdges();
    });
  }

  #end(): void {
    this.#stop();
    this.box = null;
  }
}
