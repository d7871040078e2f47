/**
 * The grid's arithmetic: photos in justified rows under headings by month and day, from a few numbers a photo. Small days
 * share a row. Everything is typed arrays, and the work comes in slices, so that a hundred thousand photos never hold up a frame.
 */
import { nextRow, shownAspect } from "../../lib/justify";
import { upperBound } from "../../lib/virtual";
import type { FoldedShape } from "./folded";

export const GAP = 4;
export const SECTION_HEIGHT = 52;
export const DAY_HEIGHT = 30;
/** Between days that share a row. */
export const DAY_GAP = 20;
/** Room for a day's heading when its photos are narrower. */
const NARROWEST_DAY = 76;
const MINUTES_A_DAY = 1440;
/** A year with no more photos than this is not divided into months. */
const FEW = 60;
/** Photos laid out between two looks at the clock. */
const SLICE = 4096;

export interface GridOptions {
  /** CSS pixels. */
  width: number;
  /** CSS pixels that rows come close to. */
  rowHeight: number;
  /** By date there are headings by month and day; in other orders there are none. */
  headings: "dates" | "none";
}

/** The photos of a month, or of a year that has few. */
export interface Section {
  span: "month" | "year";
  /** Milliseconds of its first shown photo: formats to its name. */
  ms: number;
  top: number;
  /** Index of its first tile. */
  first: number;
  photos: number;
}

export interface Day {
  /** Of its section: a day of a year is named with its month. */
  span: Section["span"];
  ms: number;
  top: number;
  left: number;
  width: number;
}

/** Where everything lies. Pixels from the top left of the grid's content. */
export class GridLayout {
  readonly rowTops: Float64Array;
  readonly rowHeights: Float32Array;
  /** Index of the first tile of each row, and one more entry: the number of tiles. */
  readonly rowStarts: Uint32Array;

  constructor(
    readonly shape: FoldedShape,
    readonly options: GridOptions,
    rows: { tops: number[]; heights: number[]; starts: number[] },
    /** Left edge of each photo. */
    readonly lefts: Float32Array,
    readonly sections: readonly Section[],
    readonly days: readonly Day[],
    readonly height: number,
  ) {
    this.rowTops = Float64Array.from(rows.tops);
    this.rowHeights = Float32Array.from(rows.heights);
    this.rowStarts = Uint32Array.from([...rows.starts, shape.ids.length]);
  }

  get rows(): number {
    return this.rowTops.length;
  }

  /** Photos, and stacks that are shown as one. */
  get tiles(): number {
    return this.shape.ids.length;
  }

  rowOf(photo: number): number {
    return upperBound(this.rowStarts, photo, this.rows) - 1;
  }

  /** Width of the photo at an index. */
  widthOf(photo: number, row = this.rowOf(photo)): number {
    return Math.min(this.options.width, shownAspect(this.shape.aspects[photo] as number) * (this.rowHeights[row] as number));
  }

  /** The section that a height lies in; the first one above all. */
  sectionAt(y: number): number {
    return Math.max(0, upperBoundBy(this.sections, y, ({ top }) => top) - 1);
  }

  /** The photo whose tile is nearest to a point. -1 in an empty grid. */
  photoNear(x: number, y: number): number {
    if (this.rows === 0) return -1;
    const row = Math.max(0, upperBound(this.rowTops, y, this.rows) - 1);
    return this.#nearestInRow(row, x);
  }

  /** Indexes of the photos whose tiles touch a rectangle: the rubber band. */
  photosIn(left: number, top: number, right: number, bottom: number): number[] {
    const found: number[] = [];
    for (let row = Math.max(0, upperBound(this.rowTops, top, this.rows) - 1); row < this.rows; row++) {
      const rowTop = this.rowTops[row] as number;
      if (rowTop > bottom) break;
      if (rowTop + (this.rowHeights[row] as number) < top) continue;
      for (let photo = this.rowStarts[row] as number; photo < (this.rowStarts[row + 1] as number); photo++) {
        const x = this.lefts[photo] as number;
        if (x <= right && x + this.widthOf(photo, row) >= left) found.push(photo);
      }
    }
    return found;
  }

  /** The photo above or below, nearest to the middle of this one; the same one at the edge. */
  vertical(photo: number, rows: number): number {
    const row = this.rowOf(photo);
    const wanted = Math.max(0, Math.min(this.rows - 1, row + rows));
    if (wanted === row) return photo;
    return this.#nearestInRow(wanted, (this.lefts[photo] as number) + this.widthOf(photo, row) / 2);
  }

  #nearestInRow(row: number, x: number): number {
    const start = this.rowStarts[row] as number;
    const end = this.rowStarts[row + 1] as number;
    for (let photo = start; photo < end; photo++) {
      const next = photo + 1 < end ? (this.lefts[photo + 1] as number) : Infinity;
      if (x < (next + (this.lefts[photo] as number) + this.widthOf(photo, row)) / 2) return photo;
    }
    return end - 1;
  }
}

/** Lays out all photos in slices: every `next()` does a few thousand, the last one returns the layout. */
export function* layOut(shape: FoldedShape, options: GridOptions): Generator<void, GridLayout> {
  const { ids, minutes, aspects, counts } = shape;
  const byDate = options.headings === "dates";
  const justify = { width: options.width, targetHeight: options.rowHeight, gap: GAP };
  const rows = { tops: [] as number[], heights: [] as number[], starts: [] as number[] };
  const lefts = new Float32Array(ids.length);
  const sections: Section[] = [];
  const days: Day[] = [];
  let y = 0;
  let at = 0;
  let sliceEnd = SLICE;
  let sectionEnd = -1;
  let span: Section["span"] = "month";
  // The row that the next small day may join: how far it is filled.
  let openRight: number | null = null;

  const place = (start: number, end: number, height: number, from: number) => {
    let x = from;
    for (let photo = start; photo < end; photo++) {
      lefts[photo] = x;
      x += Math.min(options.width, shownAspect(aspects[photo] as number) * height) + GAP;
    }
    return x - GAP;
  };
  const addRow = (start: number, end: number, height: number, from = 0) => {
    rows.tops.push(y);
    rows.heights.push(height);
    rows.starts.push(start);
    const right = place(start, end, height, from);
    y += height + GAP;
    return right;
  };

  while (at < ids.length) {
    if (at >= sliceEnd) {
      sliceEnd = at + SLICE;
      yield;
    }
    if (!byDate) {
      const row = nextRow(aspects, at, ids.length, justify);
      addRow(row.start, row.end, row.height);
      at = row.end;
      continue;
    }
    const minute = minutes[at] as number;
    if (at >= sectionEnd) {
      [span, sectionEnd] = sectionFrom(minutes, at);
      if (sections.length > 0) y += DAY_GAP - GAP;
      sections.push({ span, ms: minute * 60_000, top: y, first: at, photos: counts.subarray(at, sectionEnd).reduce((sum, count) => sum + count, 0) });
      y += SECTION_HEIGHT;
      openRight = null;
    }
    const dayStart = Math.floor(minute / MINUTES_A_DAY) * MINUTES_A_DAY;
    let end = at + 1;
    while (end < sectionEnd && (minutes[end] as number) >= dayStart && (minutes[end] as number) < dayStart + MINUTES_A_DAY) end++;

    const alone = smallDayWidth(aspects, at, end, options);
    if (alone !== null && openRight !== null && openRight + DAY_GAP + alone <= options.width) {
      const row = rows.tops.length - 1;
      const left: number = openRight + DAY_GAP;
      days.push({ span, ms: minute * 60_000, top: (rows.tops[row] as number) - DAY_HEIGHT, left, width: alone });
      place(at, end, options.rowHeight, left);
      openRight = left + alone;
      at = end;
      continue;
    }
    if (days.length > 0 && openRight !== null) y += DAY_GAP / 2;
    days.push({ span, ms: minute * 60_000, top: y, left: 0, width: alone ?? options.width });
    y += DAY_HEIGHT;
    if (alone !== null) {
      addRow(at, end, options.rowHeight);
      openRight = alone;
      at = end;
      continue;
    }
    while (at < end) {
      const row = nextRow(aspects, at, end, justify);
      addRow(row.start, row.end, row.height);
      at = row.end;
      if (at >= sliceEnd && at < end) {
        sliceEnd = at + SLICE;
        yield;
      }
    }
    y += DAY_GAP / 2;
    openRight = null;
  }
  const height = rows.tops.length === 0 ? 0 : (rows.tops.at(-1) as number) + (rows.heights.at(-1) as number);
  return new GridLayout(shape, options, rows, lefts, sections, days, height);
}

/** The width of a day whose photos fit beside another day's in one row of the target height; null when it needs its own rows. */
function smallDayWidth(aspects: Float32Array, start: number, end: number, { width, rowHeight }: GridOptions): number | null {
  let right = -GAP;
  for (let photo = start; photo < end; photo++) {
    right += shownAspect(aspects[photo] as number) * rowHeight + GAP;
    if (right > width * 0.85) return null;
  }
  return Math.max(right, NARROWEST_DAY);
}

/** The section that begins at an index, and where it ends. A year is one section when it has few photos. */
function sectionFrom(minutes: Int32Array, start: number): [Section["span"], number] {
  const day = new Date((minutes[start] as number) * 60_000);
  const year = day.getUTCFullYear();
  const endOf = (from: number, until: number) => {
    let end = start + 1;
    while (end < minutes.length && (minutes[end] as number) >= from && (minutes[end] as number) < until) end++;
    return end;
  };
  const minuteOf = (years: number, months: number) => Date.UTC(years, months, 1) / 60_000;
  // Asked where a year begins only: the later sections of a full year stay months.
  const before = start === 0 ? null : new Date((minutes[start - 1] as number) * 60_000).getUTCFullYear();
  if (before !== year) {
    const end = endOf(minuteOf(year, 0), minuteOf(year + 1, 0));
    if (end - start <= FEW) return ["year", end];
  }
  const month = day.getUTCMonth();
  return ["month", endOf(minuteOf(year, month), minuteOf(year, month + 1))];
}

function upperBoundBy<Item>(items: readonly Item[], value: number, key: (item: Item) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (key(items[middle] as Item) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
