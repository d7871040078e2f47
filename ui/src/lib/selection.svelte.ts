/**
 * One selection over an ordered list of numbers, the same wherever things are picked: click, Ctrl+click, Shift ranges, all,
 * none, and one current item that the keyboard moves. Knows neither what is selected nor how it is drawn.
 */

export type Order = ArrayLike<number>;

export class Selection {
  /** The item that keys act from; part of the selection or not; null before anything was touched. */
  current: number | null = $state.raw(null);
  /** All that is picked with an item; itself alone, unless the place that shows the list lets some stand for others. */
  together: (item: number) => Iterable<number> = (item) => [item];
  #picked = new Set<number>();
  // A set of a hundred thousand is not copied for every click: readers depend on this count of changes instead.
  #changes = $state(0);
  /** The answer of `items` at some count of changes. */
  #items: number[] = [];
  #itemsAt = -1;
  #anchor: number | null = null;
  #order: Order;

  constructor(order: Order = []) {
    this.#order = order;
  }

  get size(): number {
    void this.#changes;
    return this.#picked.size;
  }

  has(item: number): boolean {
    void this.#changes;
    return this.#picked.has(item);
  }

  /** The selected items, in the order of the list; those that the list does not hold come last. */
  items(): number[] {
    if (this.#itemsAt === this.#changes) return this.#items;
    this.#itemsAt = this.#changes;
    return (this.#items = this.#inOrder());
  }

  /** The selected items in no particular order, without a copy. */
  picked(): Iterable<number> {
    void this.#changes;
    return this.#picked;
  }

  /** The list changed or another is shown; what was selected stays selected. */
  setOrder(order: Order): void {
    this.#order = order;
    this.#changes++;
  }

  /** Forgets items that are gone. */
  keepOnly(exists: (item: number) => boolean): void {
    for (const item of this.#picked) if (!exists(item)) this.#picked.delete(item);
    if (this.current !== null && !exists(this.current)) this.current = null;
    if (this.#anchor !== null && !exists(this.#anchor)) this.#anchor = null;
    this.#changes++;
  }

  /** A plain click, or a move by keyboard: this one alone. */
  only(item: number): void {
    this.#picked = new Set(this.together(item));
    this.#anchor = this.current = item;
    this.#changes++;
  }

  /** Ctrl+click: in or out. */
  toggle(item: number): void {
    const isOut = !this.#picked.has(item);
    for (const each of this.together(item)) {
      if (isOut) this.#picked.add(each);
      else this.#picked.delete(each);
    }
    this.#anchor = this.current = item;
    this.#changes++;
  }

  /** Shift+click: everything from where the last click was. */
  extendTo(item: number): void {
    const from = this.#anchor === null ? -1 : indexIn(this.#order, this.#anchor);
    const to = indexIn(this.#order, item);
    if (from < 0 || to < 0) return this.only(item);
    const last = this.#order[Math.max(from, to)] as number;
    this.#picked = new Set([...slice(this.#order, Math.min(from, to), Math.max(from, to) + 1), ...this.together(last)]);
    this.current = item;
    this.#changes++;
  }

  /** A click with its modifiers. */
  click(item: number, how: { ctrl: boolean; shift: boolean }): void {
    if (how.shift) this.extendTo(item);
    else if (how.ctrl) this.toggle(item);
    else this.only(item);
  }

  /** A rubber band: these, or these besides what was selected when it began. A set is taken over, not copied. */
  replace(items: Iterable<number>): void {
    this.#picked = items instanceof Set ? items : new Set(items);
    this.#changes++;
  }

  all(): void {
    this.#picked = new Set(slice(this.#order, 0, this.#order.length));
    this.current ??= this.#order[0] ?? null;
    this.#changes++;
  }

  none(): void {
    this.#picked = new Set();
    this.#changes++;
  }

  /** Moves the keyboard's place without selecting, as Ctrl+arrow does. */
  moveTo(item: number): void {
    this.current = item;
  }

  #inOrder(): number[] {
    const { size } = this.#picked;
    if (size <= 1) return [...this.#picked];
    const items: number[] = [];
    for (let at = 0; at < this.#order.length && items.length < size; at++) {
      const item = this.#order[at] as number;
      if (this.#picked.has(item)) items.push(item);
    }
    if (items.length === size) return items;
    const known = new Set(items);
    for (const item of this.#picked) if (!known.has(item)) items.push(item);
    return items;
  }
}

/** Where an item lies in an order, -1 when nowhere. */
export function indexIn(order: Order, item: number): number {
  return Array.prototype.indexOf.call(order, item);
}

function slice(order: Order, from: number, to: number): Iterable<number> {
  return order instanceof Uint32Array ? order.subarray(from, to) : Array.prototype.slice.call(order, from, to);
}
