// Beside a card or into it; and the album that the moved one lies before then.
import { expect, test } from "vitest";
import { movedBefore, parseWallPlace, steppedBefore, wallPlace, wallPlaceText } from "./wall-places";

test("the sides of a card mean beside it, its middle into it where it takes albums", () => {
  expect([0.1, 0.5, 0.9].map((x) => wallPlace(7, x, true).how)).toEqual(["before", "into", "after"]);
  expect([0.1, 0.45, 0.55].map((x) => wallPlace(7, x, false).how)).toEqual(["before", "before", "after"]);
  expect(parseWallPlace(wallPlaceText({ how: "into", album: 12 }))).toEqual({ how: "into", album: 12 });
});

test("moved beside another, it lies before the next, or last", () => {
  const order = [1, 2, 3, 4];
  expect(movedBefore(order, 1, { how: "after", album: 3 })).toBe(4);
  expect(movedBefore(order, 4, { how: "before", album: 1 })).toBe(1);
  expect(movedBefore(order, 1, { how: "after", album: 4 })).toBeNull();
});

test("where it is already is no move", () => {
  const order = [1, 2, 3];
  expect(movedBefore(order, 2, { how: "after", album: 1 })).toBeUndefined();
  expect(movedBefore(order, 2, { how: "before", album: 3 })).toBeUndefined();
});

test("a step forward or back, and none at the ends", () => {
  const order = [1, 2, 3];
  expect(steppedBefore(order, 2, -1)).toBe(1);
  expect(steppedBefore(order, 2, 1)).toBeNull();
  expect(steppedBefore(order, 1, -1)).toBeUndefined();
  expect(steppedBefore(order, 3, 1)).toBeUndefined();
});
