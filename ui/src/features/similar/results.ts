/**
 * Where results lie: justified rows, best first, a heading where the word for the likeness changes. All of it is laid
 * out at once (a few hundred results); only what is near the viewport is asked back. Knows no elements.
 */

import type { LikenessWord } from "../../backend/wire";

/** One result as far as its place depends on it. */
export interface Placeable {
  word: LikenessWord;
  /** Width divided by height, more than 0. */
  aspect: number;
}

export interface Cell {
  /** Which result, counted from the best. */
  index: number;
  left: number;
  width: number;
}

/** A heading or a row of pictures, at `top`, `height` high, in CSS pixels. */
export type Block =
  | { kind: "heading"; word: LikenessWord; count: number; top: number; height: number }
  | { kind: "row"; cells: Cell[]; top: number; height: number };

export interface ResultLayout {
  blocks: Block[];
  height: number;
}

export interface LayoutSettings {
  /** Room for a row, CSS pixels. */
  width: number;
  /** The height that rows are meant to have; they differ a little so that they fill the width. */
  rowHeight: number;
  gap: number;
  headingHeight: number;
  /** Below every row, for the words under a picture. */
  captionHeight: number;
}

/** Very long and very tall pictures are shown cut, so that neither fills a row nor vanishes. */
const NARROWEST = 0.5;
const WIDEST = 2.8;
/** The last row of a group is not blown up to fill the width. */
const LAST_ROW_GROWS = 1.15;

export function layOut(results: readonly Placeable[], settings: LayoutSettings): ResultLayout {
  const blocks: Block[] = [];
  let top = 0;
  let from = 0;
  while (from < results.length) {
    const word = results[from]!.word;
    let to = from;
    while (to < results.length && results[to]!.word === word) to += 1;
    blocks.push({ kind: "heading", word, count: to - from, top, height: settings.headingHeight });
    top += settings.headingHeight;
    top = layOutRows(results, from, to, top, settings, blocks);
    from = to;
  }
  return { blocks, height: top };
}

/** The blocks between two heights. */
export function blocksBetween(layout: ResultLayout, from: number, to: number): Block[] {
  const { blocks } = layout;
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const block = blocks[middle]!;
    if (block.top + block.height <= from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < blocks.length && blocks[end]!.top < to) end += 1;
  return blocks.slice(low, end);
}

/** The row that holds a result; null when there is none. */
export function rowOf(layout: ResultLayout, index: number): Extract<Block, { kind: "row" }> | null {
  for (const block of layout.blocks) {
    if (block.kind === "row" && index <= block.cells[block.cells.length - 1]!.index) return block;
  }
  return null;
}

/** The result above or below, nearest by its middle; stays where there is no further row. */
export function verticalNeighbour(layout: ResultLayout, index: number, direction: "up" | "down"): number {
  const rows = layout.blocks.filter((block) => block.kind === "row");
  const at = rows.findIndex((row) => index <= row.cells[row.cells.length - 1]!.index);
  const target = rows[direction === "up" ? at - 1 : at + 1];
  const cell = rows[at]?.cells.find((one) => one.index === index);
  if (target === undefined || cell === undefined) return index;
  const middle = cell.left + cell.width / 2;
  const distance = (other: Cell) => Math.abs(other.left + other.width / 2 - middle);
  return target.cells.reduce((best, other) => (distance(other) < distance(best) ? other : best)).index;
}

function layOutRows(
  results: readonly Placeable[],
  from: number,
  to: number,
  start: number,
  { width, rowHeight, gap, captionHeight }: LayoutSettings,
  blocks: Block[],
): number {
  let top = start;
  let first = from;
  while (first < to) {
    // Takes pictures until the row, scaled to the width, is no higher than meant.
    let aspects = 0;
    let end = first;
    while (end < to) {
      aspects += shownAspect(results[end]!.aspect);
      end += 1;
      if (aspects * rowHeight + (end - first - 1) * gap >= width) break;
    }
    const filled = (width - (end - first - 1) * gap) / aspects;
    const height = Math.round(Math.min(filled, rowHeight * (end === to ? LAST_ROW_GROWS : Infinity)));
    const cells: Cell[] = [];
    let left = 0;
    for (let index = first; index < end; index++) {
      const cellWidth = shownAspect(results[index]!.aspect) * height;
      cells.push({ index, left, width: Math.min(cellWidth, width - left) });
      left += cellWidth + gap;
    }
    blocks.push({ kind: "row", cells, top, height: height + captionHeight });
    top += height + captionHeight + gap;
    first = end;
  }
  return top;
}

function shownAspect(aspect: number): number {
  return Math.min(WIDEST, Math.max(NARROWEST, aspect));
}
