/**
 * The arithmetic of drawing a rectangle on a picture: a drag makes it, handles change it, it never leaves the picture.
 * All in fractions of the picture, from its top left; knows nothing of the screen.
 */

import type { RegionBox } from "../../backend/wire";
import type { Point, Size } from "./zoom";

/** The corner or edge that is moved, by compass; `move` moves all of it. */
export type Handle = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "move";

export const HANDLES: readonly Exclude<Handle, "move">[] = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

/** Less than this many picture pixels say nothing about likeness, whatever the size of the picture. */
const LEAST_PIXELS = 24;
/** And no less than this part of a side: smaller cannot be taken hold of. */
const LEAST_PART = 0.02;

/** The smallest width and height that a region may have on this picture. */
export function leastSize(picture: Size): Size {
  return { width: least(picture.width), height: least(picture.height) };
}

/** The rectangle between two points of the picture; null while it is too small to mean one. */
export function between(a: Point, b: Point, leastBox: Size): RegionBox | null {
  const left = within(Math.min(a.x, b.x));
  const top = within(Math.min(a.y, b.y));
  const width = within(Math.max(a.x, b.x)) - left;
  const height = within(Math.max(a.y, b.y)) - top;
  if (width < leastBox.width || height < leastBox.height) return null;
  return { x: left, y: top, width, height };
}

/** The region after a handle (or all of it) was moved by a distance. The other side stays where it is. */
export function adjust(region: RegionBox, handle: Handle, by: Point, leastBox: Size): RegionBox {
  if (handle === "move") {
    return {
      ...region,
      x: clamp(region.x + by.x, 0, 1 - region.width),
      y: clamp(region.y + by.y, 0, 1 - region.height),
    };
  }
  const [x, width] = side(
    region.x,
    region.width,
    handle.includes("w") ? "start" : handle.includes("e") ? "end" : "none",
    by.x,
    leastBox.width,
  );
  const [y, height] = side(
    region.y,
    region.height,
    handle.includes("n") ? "start" : handle.includes("s") ? "end" : "none",
    by.y,
    leastBox.height,
  );
  return { x, y, width, height };
}

/** Where to start with the keyboard: the middle half of what is in view. */
export function middleOf(visible: RegionBox, leastBox: Size): RegionBox {
  const width = Math.max(visible.width / 2, leastBox.width);
  const height = Math.max(visible.height / 2, leastBox.height);
  return {
    x: clamp(visible.x + (visible.width - width) / 2, 0, 1 - width),
    y: clamp(visible.y + (visible.height - height) / 2, 0, 1 - height),
    width,
    height,
  };
}

function side(
  start: number,
  length: number,
  moved: "start" | "end" | "none",
  by: number,
  leastLength: number,
): [start: number, length: number] {
  const end = start + length;
  if (moved === "start") {
    const next = clamp(start + by, 0, end - leastLength);
    return [next, end - next];
  }
  if (moved === "end") return [start, clamp(end + by, start + leastLength, 1) - start];
  return [start, length];
}

function least(pixels: number): number {
  return Math.min(1, Math.max(LEAST_PART, LEAST_PIXELS / pixels));
}

function within(value: number): number {
  return clamp(value, 0, 1);
}

function clamp(value: number, from: number, to: number): number {
  return Math.max(from, Math.min(to, value));
}
