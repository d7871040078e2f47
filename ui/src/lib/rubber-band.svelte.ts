/**
 * A rectangle drawn over a scrolling view: what it touches is selected while it is drawn, and near the edges the view
 * scrolls along. Knows neither what lies there nor how it is laid out.
 */
import { holdsCtrl } from "./keyboard";
import type { Selection } from "./selection.svelte";

/** What a view shows, in pixels of its content. */
export interface BandContent {
  /** The content's point at the view's top left corner. */
  origin: () => { x: number; y: number };
  /** The items that a rectangle touches. */
  itemsIn: (left: number, top: number, right: number, bottom: number) => number[];
  /** Scrolls down by so many pixels, or up. */
  scrollBy: (pixels: number) => void;
}

/** A press that moves less than this is a click. */
const THRESHOLD = 6;
/** From the edge of the view; how fast it scrolls there, in pixels a frame. */
const EDGE = 36;
const FASTEST = 22;

export class RubberBand {
  /** In pixels of the content; null until the pointer has moved far enough. */
  box: { left: number; top: number; width: number; height: number } | null = $state.raw(null);
  #from: { x: number; y: number };
  #pointer: { x: number; y: number };
  #before: number[];
  #frame = 0;
  #stop: () => void;

  constructor(
    event: PointerEvent,
    private readonly view: HTMLElement,
    private readonly selection: Selection,
    private readonly content: BandContent,
  ) {
    this.#pointer = { x: event.clientX, y: event.clientY };
    this.#from = this.#place();
    this.#before = holdsCtrl(event) || event.shiftKey ? selection.items() : [];
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
    const origin = this.content.origin();
    return { x: this.#pointer.x - left + origin.x, y: this.#pointer.y - top + origin.y };
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
    const { x, y } = this.#place();
    const [left, top] = [Math.min(x, this.#from.x), Math.min(y, this.#from.y)];
    const [right, bottom] = [Math.max(x, this.#from.x), Math.max(y, this.#from.y)];
    this.box = { left, top, width: right - left, height: bottom - top };
    this.selection.replace([...this.#before, ...this.content.itemsIn(left, top, right, bottom)]);
  }

  #scrollAtEdges(): void {
    cancelAnimationFrame(this.#frame);
    const { top, bottom } = this.view.getBoundingClientRect();
    const beyond = Math.min(0, this.#pointer.y - top - EDGE) + Math.max(0, this.#pointer.y - bottom + EDGE);
    if (beyond === 0) return;
    this.#frame = requestAnimationFrame(() => {
      const step = Math.max(-FASTEST, Math.min(FASTEST, beyond / 2));
      this.content.scrollBy(step);
      this.#select();
      this.#scrollAtEdges();
    });
  }

  #end(): void {
    this.#stop();
    this.box = null;
  }
}
