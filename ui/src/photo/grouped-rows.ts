/**
 * Where the photos of a list lie: justified rows in the order of the list, a heading where the group changes. All of it is
 * laid out at once (a few hundred photos); only what is near the viewport is asked back. Knows no elements.
 */

import { nextRow, shownAspect } from "../lib/justify";
import { visibleRange } from "../lib/virtual";

/** A photo as far as its place depends on it. */
export interface Placeable {
  /** Photos of one group follow one another; the group without a name has no heading. */
  group: string;
  /** Width divided by height, more than 0. */
  aspect: number;
}

export interface Cell {
  /** Which photo, counted from the first. */
  index: number;
  left: number;
  width: number;
}

/** A heading or a row of pictures, at `top`, `height` high, in CSS pixels; `row` counts both. */
export type Block = { row: number; top: number; height: number } & (
  | { kind: "heading"; group: string; count: number }
  | { kind: "row"; cells: Cell[] }
);

export interface GroupedLayout {
  blocks: Block[];
  /** Where each block begins. */
  tops: number[];
  height: number;
}

export interface LayoutSettings {
  /** Room for a row, CSS pixels. */
  width: number;
  /** The height that rows are meant to have; they differ a little so that they fill the width. */
  rowHeight: number;
  gap: number;
  headingHeight: number;
}

export function layOut(photos: readonly Placeable[], settings: LayoutSettings): GroupedLayout {
  const blocks: Block[] = [];
  const aspects = photos.map(({ aspect }) => aspect);
  let top = 0;
  let from = 0;
  while (from < photos.length) {
    const group = photos[from]!.group;
    let to = from;
    while (to < photos.length && photos[to]!.group === group) to += 1;
    const height = group === "" ? 0 : settings.headingHeight;
    if (height > 0) blocks.push({ kind: "heading", group, count: to - from, row: blocks.length, top, height });
    top += height;
    top = layOutRows(aspects, from, to, top, settings, blocks);
    from = to;
  }
  return { blocks, tops: blocks.map((block) => block.top), height: top };
}

/** The blocks between two heights. */
export function blocksBetween({ blocks, tops }: GroupedLayout, from: number, to: number): Block[] {
  const { start, end } = visibleRange(tops, tops.length, from, to);
  return blocks.slice(start, end);
}

/** The photos that a rectangle touches. */
export function photosIn(layout: GroupedLayout, left: number, top: number, right: number, bottom: number): number[] {
  return blocksBetween(layout, top, bottom).flatMap((block) =>
    block.kind === "heading" || block.top + block.height <= top
      ? []
      : block.cells.filter((cell) => cell.left < right && cell.left + cell.width > left).map(({ index }) => index),
  );
}

/** The row that holds a photo; null when there is none. */
export function rowOf(layout: GroupedLayout, index: number): Extract<Block, { kind: "row" }> | null {
  for (const block of layout.blocks) {
    if (block.kind === "row" && index <= block.cells[block.cells.length - 1]!.index) return block;
  }
  return null;
}

/** The photo above or below, nearest by its middle; stays where there is no further row. */
export function verticalNeighbour(layout: GroupedLayout, index: number, direction: "up" | "down"): number {
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
  aspects: readonly number[],
  from: number,
  to: number,
  start: number,
  { width, rowHeight, gap }: LayoutSettings,
  blocks: Block[],
): number {
  let top = start;
  let first = from;
  while (first < to) {
    const row = nextRow(aspects, first, to, { width, targetHeight: rowHeight, gap });
    // Whole pixels, edge by edge: a picture between two pixels has a pale line at its side.
    const height = Math.round(row.height);
    const cells: Cell[] = [];
    let edge = 0;
    for (let index = row.start; index < row.end; index++) {
      const left = Math.round(edge);
      edge += shownAspect(aspects[index]!) * row.height;
      cells.push({ index, left, width: Math.round(edge) - left });
      edge += gap;
    }
    blocks.push({ kind: "row", cells, row: blocks.length, top, height });
    top += height + gap;
    first = row.end;
  }
  return top;
}
