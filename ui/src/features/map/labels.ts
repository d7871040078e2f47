/**
 * Where names go on the map: few, none over another, hardly any of a picture covered; and those that were there stay rather
 * than make room for others. Arithmetic only; knows nothing of clusters.
 */
import type { Box, Point, Size } from "./camera";

export interface Name {
  key: number;
  word: string;
  width: number;
  height: number;
  /** What matters more comes first. */
  weight: number;
  /** Where its middle may be, CSS pixels of the view, the best first. */
  spots: readonly Point[];
}

/** Kept free around a name, CSS pixels. */
const AIR = 6;
/** A name that is shown counts so many times. */
const STAYS = 1.5;
/** The same word again, nearer than this, tells nothing. CSS pixels. */
const AGAIN = 320;
/** The share of a name that may lie on pictures. */
const COVERS = 0.04;

/**
 * Which names to show, at most `most`, and at which of their spots each; `shown` is what is shown now, `pictures` are the
 * boxes that they leave free.
 */
export function placeNames(
  names: readonly Name[],
  shown: ReadonlyMap<number, number>,
  view: Size,
  pictures: readonly Box[],
  most: number,
): Map<number, number> {
  const weight = ({ key, weight }: Name) => weight * (shown.has(key) ? STAYS : 1);
  const taken: Box[] = [];
  const said = new Map<string, Point[]>();
  const placed = new Map<number, number>();
  for (const name of [...names].sort((a, b) => weight(b) - weight(a) || a.key - b.key)) {
    if (placed.size === most) break;
    const before = shown.get(name.key);
    const spots = [...(before === undefined ? [] : [before]), ...name.spots.keys()];
    for (const at of spots) {
      const spot = name.spots[at];
      const box = spot && boxOf(name, spot);
      if (!box || !isInside(box, view) || taken.some((other) => touch(box, other)) || coveredBy(box, pictures) > COVERS) continue;
      const again = said.get(name.word) ?? [];
      if (again.some(({ x, y }) => Math.hypot(x - spot.x, y - spot.y) < AGAIN)) continue;
      said.set(name.word, [...again, spot]);
      taken.push(box);
      placed.set(name.key, at);
      break;
    }
  }
  return placed;
}

function boxOf({ width, height }: Name, { x, y }: Point): Box {
  return { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 };
}

function isInside({ left, top, right, bottom }: Box, view: Size): boolean {
  return left >= 0 && top >= 0 && right <= view.width && bottom <= view.height;
}

function touch(a: Box, b: Box): boolean {
  return a.left < b.right + AIR && b.left < a.right + AIR && a.top < b.bottom + AIR && b.top < a.bottom + AIR;
}

/** The share of a box that lies on others, which hardly overlap each other. */
function coveredBy(box: Box, others: readonly Box[]): number {
  let area = 0;
  for (const { left, top, right, bottom } of others) {
    const across = Math.min(box.right, right) - Math.max(box.left, left);
    const down = Math.min(box.bottom, bottom) - Math.max(box.top, top);
    if (across > 0 && down > 0) area += across * down;
  }
  return area / ((box.right - box.left) * (box.bottom - box.top));
}
