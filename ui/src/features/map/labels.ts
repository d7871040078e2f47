/**
 * Where names go on the map: few, none over another, and those that were there stay rather than make room for others.
 * Arithmetic only; knows nothing of clusters.
 */

export interface Name {
  key: number;
  /** The middle of the name, CSS pixels of the view. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** What matters more comes first. */
  weight: number;
}

/** Kept free around a name, CSS pixels. */
const AIR = 6;
/** A name that is shown counts so many times. */
const STAYS = 1.5;

/** The keys of the names to show, at most `most`; `shown` are those that are shown now. */
export function placeNames(names: readonly Name[], shown: ReadonlySet<number>, view: { width: number; height: number }, most: number): Set<number> {
  const weight = (name: Name) => name.weight * (shown.has(name.key) ? STAYS : 1);
  const placed: Name[] = [];
  for (const name of [...names].sort((a, b) => weight(b) - weight(a) || a.key - b.key)) {
    if (placed.length === most) break;
    if (isInView(name, view) && !placed.some((other) => overlap(name, other))) placed.push(name);
  }
  return new Set(placed.map(({ key }) => key));
}

function isInView({ x, y, width, height }: Name, view: { width: number; height: number }): boolean {
  return x - width / 2 >= 0 && x + width / 2 <= view.width && y - height / 2 >= 0 && y + height / 2 <= view.height;
}

function overlap(a: Name, b: Name): boolean {
  return Math.abs(a.x - b.x) < (a.width + b.width) / 2 + AIR && Math.abs(a.y - b.y) < (a.height + b.height) / 2 + AIR;
}
