/** Where an album that is dragged over the wall would go: before another, after it, or into it. */

export type WallPlace = { how: "before" | "after" | "into"; album: number };

/** This share of a card's width at either side means beside it, the middle means into it. */
const SIDE = 0.26;

/** `x` from 0, the left side of the card, to 1; `takesIn` says whether albums can lie in it. */
export function wallPlace(album: number, x: number, takesIn: boolean): WallPlace {
  if (takesIn && x >= SIDE && x <= 1 - SIDE) return { how: "into", album };
  return { how: x < 0.5 ? "before" : "after", album };
}

/** The album that the moved one then lies before; null for the last. Undefined when it would stay where it is. */
export function movedBefore(order: readonly number[], moved: number, place: WallPlace): number | null | undefined {
  const others = order.filter((album) => album !== moved);
  const at = others.indexOf(place.album) + (place.how === "after" ? 1 : 0);
  return at === order.indexOf(moved) ? undefined : (others[at] ?? null);
}

/** Where an album goes one step forward or back; undefined at the end. */
export function steppedBefore(order: readonly number[], moved: number, step: -1 | 1): number | null | undefined {
  const to = order.indexOf(moved) + step;
  if (to < 0 || to >= order.length) return undefined;
  return movedBefore(order, moved, { how: step < 0 ? "before" : "after", album: order[to] as number });
}

export function wallPlaceText({ how, album }: WallPlace): string {
  return `${how} ${album}`;
}

export function parseWallPlace(text: string): WallPlace {
  const [how, album] = text.split(" ");
  return { how: how as WallPlace["how"], album: Number(album) };
}

/** Cards in a row of a wall. */
export function columnsOf(wall: HTMLElement | undefined): number {
  const cards = [...(wall?.children ?? [])] as HTMLElement[];
  const below = cards.findIndex((card) => card.offsetTop > (cards[0]?.offsetTop ?? 0));
  return below < 0 ? Math.max(1, cards.length) : below;
}
