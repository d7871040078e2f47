/** The grid's state: which photos, laid out how, and what part is in view. It outlives the component, so that coming back finds the same place. */
import { tick } from "svelte";
import type { Backend, GridShape } from "../../backend/backend";
import type { PhotoFilter } from "../../backend/wire";
import { inSlices } from "../../lib/in-slices";
import { latest } from "../../lib/latest";
import { ScrollSpace } from "../../lib/scroll-space";
import type { Selection } from "../../lib/selection.svelte";
import { indexIn } from "../../lib/selection.svelte";
import { visibleRange } from "../../lib/virtual";
import { fold, photosOf } from "./folded";
import { SECTION_HEIGHT, layOut, type GridLayout } from "./rows";

export const ROW_HEIGHTS = { least: 88, usual: 176, most: 440 } as const;
/** Kept free at the sides of the rows. */
export const SIDE = 16;
export const SCRUBBER_WIDTH = 60;
/** Kept free below the last row. */
const FOOT = 24;
/** Photos changed: the shape is asked for again at most this often. */
const RELOAD_MS = 1_000;

/** A photo that stays where it is while the rest is laid out anew. */
interface Anchor {
  photo: number;
  /** From the top of the view to the top of its row. */
  y: number;
}

export class GridState {
  /** Null until the first answer. */
  layout: GridLayout | null = $state.raw(null);
  /** All photos, laid out or not, those of a stack behind one another; null until the first answer. */
  shape: GridShape | null = $state.raw(null);
  /** Asking for the photos failed: why. */
  failure: unknown = $state.raw(null);
  /** Where the view begins, in the pixels of the layout. */
  top = $state(0);
  /** How far the layout's pixels are ahead of those of the element that scrolls. */
  offset = $state(0);
  rowHeight: number = $state(ROW_HEIGHTS.usual);
  /** Whether the photos of a stack are shown as one. */
  stacks = $state(true);
  /** Photos whose stacks are open. */
  #opened: ReadonlySet<number> = new Set();
  #width = 0;
  #height = $state(0);
  #filter: PhotoFilter | null = null;
  #filterText = "";
  #layoutNumber = 0;
  #reloadTimer: ReturnType<typeof setTimeout> | undefined;
  #reloadedAt = 0;
  #space = $derived(new ScrollSpace((this.layout?.height ?? 0) + FOOT, this.#height));
  #ask = latest((filter: PhotoFilter) => this.backend.gridShape(filter));

  constructor(
    private readonly backend: Backend,
    readonly selection: Selection,
  ) {
    selection.together = (photo) => this.photosOf(this.indexOf(photo)) ?? [photo];
  }

  get space(): ScrollSpace {
    return this.#space;
  }

  get viewHeight(): number {
    return this.#height;
  }

  /** Ids of all photos, in order, also those that a stack hides. */
  get order(): Uint32Array {
    return this.shape?.ids ?? new Uint32Array();
  }

  /** Rows that are in view or will be soon. */
  rowsNear(margin: number): { start: number; end: number } {
    if (!this.layout) return { start: 0, end: 0 };
    return visibleRange(this.layout.rowTops, this.layout.rows, this.top - margin, this.top + this.#height + margin);
  }

  /** Shows other photos: begins at the top, and forgets the selection. */
  async show(filter: PhotoFilter): Promise<void> {
    const text = JSON.stringify(filter);
    if (text === this.#filterText) return;
    const first = this.#filter === null;
    this.#filter = filter;
    this.#filterText = text;
    if (!first) this.selection.none();
    await this.#load("top");
  }

  /** Photos came, went or changed. Many calls in a row are one question. */
  reload(): void {
    if (this.#reloadTimer !== undefined) return;
    const wait = Math.max(0, this.#reloadedAt + RELOAD_MS - Date.now());
    this.#reloadTimer = setTimeout(() => {
      this.#reloadTimer = undefined;
      this.#reloadedAt = Date.now();
      void this.#load("anchored");
    }, wait);
  }

  /** The view has another size. */
  resize(width: number, height: number): void {
    this.#height = height;
    if (width === this.#width || width <= 0) return;
    this.#width = width;
    if (this.shape) void this.#layOut(this.#anchorAt(0, 0));
  }

  /** Photos of the stack that a tile is of, and whether it is open; undefined in none. */
  stackOf(index: number): { photos: number; open: boolean } | undefined {
    const { sizes, counts } = this.layout?.shape ?? {};
    const size = sizes?.[index] ?? 1;
    return size > 1 ? { photos: size, open: counts?.[index] === 1 } : undefined;
  }

  /** Opens the stack that a photo is in, or shows it as one again. */
  toggleStack(photo: number): void {
    const { shape } = this;
    const open = !this.stackOf(this.indexOf(photo))?.open;
    const stack = shape?.stacks[indexIn(shape.ids, photo)];
    if (!shape || stack === undefined) return;
    const photos = shape.ids.filter((_, at) => shape.stacks[at] === stack);
    this.#opened = open ? new Set([...this.#opened, ...photos]) : new Set([...this.#opened].filter((each) => !photos.includes(each)));
    // What was picked of it is picked with it; the keyboard's place is never hidden.
    if (!open && photos.some((each) => this.selection.has(each))) this.selection.replace([...this.selection.items(), ...photos]);
    if (!open && photos.includes(this.selection.current ?? -1)) this.selection.current = stack;
    void this.#layOut("keep").then(() => (this.top = this.placeToShow(this.indexOf(stack))));
  }

  /** Stacks as one, or all photos side by side. */
  async setStacks(stacks: boolean): Promise<void> {
    if (stacks === this.stacks) return;
    this.stacks = stacks;
    await this.#load("anchored");
  }

  /** The photos that a tile stands for; null where there is none. */
  photosOf(index: number): Uint32Array | null {
    return this.layout && index >= 0 ? photosOf(this.layout.shape, index) : null;
  }

  /** Other heights of rows; the photo at this point of the view stays there. */
  setRowHeight(height: number, x = 0, y = this.#height / 2): void {
    const wanted = Math.round(Math.max(ROW_HEIGHTS.least, Math.min(ROW_HEIGHTS.most, height)));
    if (wanted === this.rowHeight) return;
    this.rowHeight = wanted;
    if (this.shape) void this.#layOut(this.#anchorAt(x, y));
  }

  /** Where the view must begin so that the photo at an index is whole in view; the place now when it is. */
  placeToShow(index: number): number {
    const { layout } = this;
    if (!layout) return this.top;
    const row = layout.rowOf(index);
    const rowTop = layout.rowTops[row] as number;
    const headingRoom = layout.options.headings === "dates" ? SECTION_HEIGHT : 8;
    if (rowTop - headingRoom < this.top) return row === 0 ? 0 : rowTop - headingRoom;
    const bottom = rowTop + (layout.rowHeights[row] as number) + 12;
    return bottom > this.top + this.#height ? bottom - this.#height : this.top;
  }

  /** Brings a photo into view, once the page has drawn what changes at the same time. */
  async reveal(photo: number): Promise<void> {
    await tick();
    const index = this.indexOf(photo);
    if (index >= 0) this.top = this.placeToShow(index);
  }

  /** The tile that shows a photo, or the stack that it is in; -1 when none does. */
  indexOf(photo: number): number {
    const { layout } = this;
    if (!layout) return -1;
    const { all, ids } = layout.shape;
    const index = indexIn(ids, photo);
    const place = index < 0 ? indexIn(all.ids, photo) : -1;
    return place < 0 ? index : indexIn(ids, all.stacks[place] as number);
  }

  async #load(how: "top" | "anchored"): Promise<void> {
    if (!this.#filter) return;
    try {
      // An album's own order is never changed for the sake of stacks.
      const shape = await this.#ask({ ...this.#filter, stacked: this.stacks && this.#filter.sort !== "album" });
      if (!shape) return;
      this.failure = null;
      this.shape = shape;
      await this.#layOut(how === "top" ? null : this.#anchorAt(0, 0));
      if (how === "anchored" && this.selection.size > 0) this.#forgetGone(shape);
    } catch (error) {
      this.failure = error;
    }
  }

  async #layOut(anchor: Anchor | null | "keep"): Promise<void> {
    const mine = ++this.#layoutNumber;
    if (!this.shape) return;
    // A grid that was never in view is an order all the same.
    if (this.#width <= 0) return this.selection.setOrder(this.shape.ids);
    const headings = this.#filter?.sort === "newest" || this.#filter?.sort === "oldest" ? "dates" : "none";
    const options = { width: this.#width - SIDE - SCRUBBER_WIDTH, rowHeight: this.rowHeight, headings } as const;
    const layout = await inSlices(layOut(fold(this.shape, this.#opened), options), () => mine !== this.#layoutNumber);
    if (!layout) return;
    this.selection.setOrder(layout.shape.all.ids);
    this.layout = layout;
    this.top = anchor === "keep" ? this.space.clamp(this.top) : this.#topFor(anchor, layout);
  }

  /** The photo at a point of the view. At the very top nothing is held: new photos are to be seen. */
  #anchorAt(x: number, y: number): Anchor | null | "keep" {
    const { layout } = this;
    if (!layout || layout.rows === 0) return "keep";
    if (this.top <= 0 && y === 0) return null;
    const index = layout.photoNear(x, this.top + y);
    return { photo: layout.shape.ids[index] as number, y: (layout.rowTops[layout.rowOf(index)] as number) - this.top };
  }

  #topFor(anchor: Anchor | null, layout: GridLayout): number {
    if (!anchor) return 0;
    const index = this.indexOf(anchor.photo);
    if (index < 0) return this.space.clamp(this.top);
    return this.space.clamp((layout.rowTops[layout.rowOf(index)] as number) - anchor.y);
  }

  #forgetGone(shape: GridShape): void {
    const ids = new Set(shape.ids);
    this.selection.keepOnly((photo) => ids.has(photo));
  }
}
