/**
 * Things held by the pointer and let go over a place that takes them: pressed, moved a little, dropped, or given up with
 * Escape. Knows neither the things nor the places; those say by words of their own what lies at a point of the page.
 * Pointer events and not the browser's own dragging, which a desktop window keeps for files from outside.
 */

export interface DragPlaces {
  /** The place that takes things at a point of the page, in words of its own; null where none does. */
  placeAt: (x: number, y: number, items: readonly number[]) => string | null;
  drop: (items: readonly number[], place: string) => void;
}

/** A press that moves less than this is a click, CSS pixels. */
const THRESHOLD = 6;

export class Drag {
  /** What is held; empty when nothing is. */
  items: readonly number[] = $state.raw([]);
  /** CSS pixels of the page. */
  pointer = $state.raw({ x: 0, y: 0 });
  /** The place under the pointer that would take what is held. */
  over: string | null = $state(null);

  constructor(private readonly places: DragPlaces) {}

  get isHolding(): boolean {
    return this.items.length > 0;
  }

  /** A press on something that can be held. What it is, is asked once the pointer has moved. */
  press(pressed: PointerEvent, items: () => readonly number[]): void {
    const listening = new AbortController();
    const options = { signal: listening.signal, capture: true };
    const end = () => {
      listening.abort();
      this.items = [];
      this.over = null;
    };
    addEventListener(
      "pointermove",
      (event) => {
        const { clientX: x, clientY: y } = event;
        if (!this.isHolding && Math.hypot(x - pressed.clientX, y - pressed.clientY) < THRESHOLD) return;
        if (!this.isHolding) this.items = items();
        this.pointer = { x, y };
        this.over = this.places.placeAt(x, y, this.items);
      },
      options,
    );
    addEventListener(
      "pointerup",
      (event) => {
        const { items, over } = this;
        end();
        if (items.length === 0) return;
        event.stopPropagation();
        swallowClick();
        if (over !== null) this.places.drop(items, over);
      },
      options,
    );
    addEventListener("pointercancel", end, options);
    addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape" || !this.isHolding) return;
        event.preventDefault();
        event.stopPropagation();
        end();
        addEventListener("pointerup", swallowClick, { once: true, capture: true });
      },
      options,
    );
  }
}

/** The click that ends a drag means nothing more. */
function swallowClick(): void {
  const swallow = (event: Event) => event.stopPropagation();
  addEventListener("click", swallow, { once: true, capture: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }));
}
