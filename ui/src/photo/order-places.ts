/** Where photos that are dragged over others would come to lie in their order, in the words of a drag. Arithmetic only. */

export const AT_END = "at the end";

export function beforePhoto(photo: number): string {
  return `before ${photo}`;
}

/**
 * The place beside a photo that the pointer is over, in its first or its second half; null when what is held would stay
 * where it is.
 */
export function orderPlace(order: ArrayLike<number>, held: readonly number[], over: number, half: "first" | "second"): string | null {
  const moved = new Set(held);
  const at = Array.prototype.indexOf.call(order, over);
  if (at < 0 || moved.has(over)) return null;
  let next = half === "first" ? at : at + 1;
  while (next < order.length && moved.has(order[next] as number)) next++;
  return next < order.length ? beforePhoto(order[next] as number) : AT_END;
}

/** The photo before which a place lies, null for the end; undefined when it is no such place. */
export function photoAfter(place: string): number | null | undefined {
  if (place === AT_END) return null;
  return place.startsWith("before ") ? Number(place.slice("before ".length)) : undefined;
}

/** The photo before which photos come to lie, one step forward or back, null for the end; undefined where there is no further. */
export function steppedOrder(order: ArrayLike<number>, held: readonly number[], step: -1 | 1): number | null | undefined {
  const moved = new Set(held);
  const others = Array.prototype.filter.call(order, (photo: number) => !moved.has(photo)) as number[];
  const first = Array.prototype.findIndex.call(order, (photo: number) => moved.has(photo));
  const before = Array.prototype.slice.call(order, 0, Math.max(0, first)).filter((photo: number) => !moved.has(photo)).length;
  const to = before + step;
  if (first < 0 || to < 0 || to > others.length) return undefined;
  return others[to] ?? null;
}
