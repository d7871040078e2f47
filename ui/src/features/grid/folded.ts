/**
 * Photos of a stack as one tile: of the photos in order, those that the grid draws. A stack that is open shows all of its
 * photos, one behind the other. Arithmetic only.
 */
import type { GridShape } from "../../backend/backend";

/** What the grid draws: one entry a tile in each array. */
export interface FoldedShape extends GridShape {
  /** All photos. */
  all: GridShape;
  /** Where each tile's first photo lies among all photos. */
  starts: Uint32Array;
  /** Photos that each tile stands for. */
  counts: Uint32Array;
  /** Photos of the stack that each tile is of, in it or for it; 1 in none. */
  sizes: Uint32Array;
}

/** Folds every stack that has none of the `opened` photos. Of a stack's photos the one that stands for it comes first. */
export function fold(shape: GridShape, opened: ReadonlySet<number>): FoldedShape {
  const { ids, stacks } = shape;
  const starts = new Uint32Array(ids.length);
  const minutes = new Int32Array(ids.length);
  const sizes = new Uint32Array(ids.length);
  const counts = new Uint32Array(ids.length);
  let tiles = 0;
  for (let at = 0, end; at < ids.length; at = end) {
    end = at + 1;
    while (end < ids.length && stacks[end] === stacks[at]) end++;
    const size = end - at;
    const isOpen = size > 1 && ids.subarray(at, end).some((photo) => opened.has(photo));
    for (let photo = at; photo < (isOpen ? end : at + 1); photo++, tiles++) {
      starts[tiles] = photo;
      sizes[tiles] = size;
      // A stack is of one day, whatever midnight says.
      minutes[tiles] = shape.minutes[at] as number;
      counts[tiles] = isOpen ? 1 : size;
    }
  }
  const shown = starts.subarray(0, tiles);
  return {
    all: shape,
    ids: shown.map((at) => ids[at] as number),
    stacks: shown.map((at) => stacks[at] as number),
    minutes: minutes.subarray(0, tiles),
    aspects: Float32Array.from(shown, (at) => shape.aspects[at] as number),
    starts: shown,
    counts: counts.subarray(0, tiles),
    sizes: sizes.subarray(0, tiles),
  };
}

/** The photos that a tile stands for. */
export function photosOf({ all, starts, counts }: FoldedShape, tile: number): Uint32Array {
  const start = starts[tile] as number;
  return all.ids.subarray(start, start + (counts[tile] as number));
}
