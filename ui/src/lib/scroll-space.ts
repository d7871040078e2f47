/**
 * Scrolling through more pixels than an element may have. The element stays below a limit; what it shows is shifted by an
 * offset that is set anew on jumps and whenever scrolling rests, so that small steps are always one to one.
 */

/** Browsers lay out exactly up to some millions of pixels; beyond, positions get coarse or are cut off. */
const TALLEST = 4_000_000;

export class ScrollSpace {
  /** `content` and `view` in CSS pixels. */
  constructor(
    readonly content: number,
    readonly view: number,
  ) {}

  /** Height of the element that scrolls. */
  get height(): number {
    return Math.min(this.content, TALLEST);
  }

  /** Where the view begins when it shows the end. */
  get furthest(): number {
    return Math.max(0, this.content - this.view);
  }

  /** The nearest place that there is. */
  clamp(place: number): number {
    return Math.max(0, Math.min(this.furthest, place));
  }

  /** For a place in the content: the `scrollTop` of the element, and the offset that makes up the rest. */
  settle(place: number): { scrollTop: number; offset: number } {
    const wanted = this.clamp(place);
    if (this.content <= TALLEST) return { scrollTop: wanted, offset: 0 };
    const scrollTop = Math.round((wanted / this.furthest) * (TALLEST - this.view));
    return { scrollTop, offset: wanted - scrollTop };
  }
}
