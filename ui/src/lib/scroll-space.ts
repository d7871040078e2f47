/**
 * Scrolling through more pixels than an element may have. The element stays below a limit; what it shows is shifted by an
 * offset that is set anew on jumps and whenever scrolling rests, so that small steps are always one to one.
 */

/** Browsers lay out exactly up to some millions of pixels; beyond, positions get coarse or are cut off. */
const TALLEST = 4_000_000;

export class ScrollSpace {
  #offset = 0;

  /** `content` and `view` in CSS pixels. */
  constructor(
    readonly content: number,
    readonly view: number,
  ) {}

  /** Height of the element that scrolls. */
  get height(): number {
    return Math.min(this.content, TALLEST);
  }

  /** How far the content reaches above what the element's own position says. */
  get offset(): number {
    return this.#offset;
  }

  get furthest(): number {
    return Math.max(0, this.content - this.view);
  }

  /** The place in the content for an element's `scrollTop`. */
  toContent(scrollTop: number): number {
    return clamp(scrollTop + this.#offset, 0, this.furthest);
  }

  /** Jumps to a place in the content, or rests there: the `scrollTop` to set. */
  settleAt(place: number): number {
    const wanted = clamp(place, 0, this.furthest);
    if (this.content <= TALLEST) return wanted;
    const scrollTop = Math.round((wanted / this.furthest) * (TALLEST - this.view));
    this.#offset = wanted - scrollTop;
    return scrollTop;
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
