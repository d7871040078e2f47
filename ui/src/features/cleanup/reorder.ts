/** Moving one thing among others. Arithmetic only. */

/** The same things, with the one at `from` at the place `to`. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const place = Math.max(0, Math.min(items.length - 1, to));
  const others = items.filter((_, at) => at !== from);
  return [...others.slice(0, place), ...items.slice(from, from + 1), ...others.slice(place)];
}
