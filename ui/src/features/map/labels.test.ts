// Names never lie over each other or over pictures, are few, and stay where they were.
import { expect, test } from "vitest";
import { placeNames, type Name } from "./labels";

const view = { width: 800, height: 500 };
const name = (key: number, x: number, y: number, weight: number): Name => ({ key, word: `name ${key}`, weight, width: 100, height: 20, spots: [{ x, y }] });
const nowhere = new Map<number, number>();

test("the weightier of two in one place is shown", () => {
  expect(placeNames([name(1, 300, 300, 5), name(2, 340, 305, 9)], nowhere, view, [], 9)).toEqual(new Map([[2, 0]]));
});

test("a name that is shown stays unless the other is much weightier", () => {
  const [old, other] = [name(1, 300, 300, 5), name(2, 340, 305, 7)];
  expect(placeNames([old, other], new Map([[1, 0]]), view, [], 9)).toEqual(new Map([[1, 0]]));
  expect(placeNames([old, { ...other, weight: 50 }], new Map([[1, 0]]), view, [], 9)).toEqual(new Map([[2, 0]]));
});

test("no more than wanted, and none that leaves the view", () => {
  const names = Array.from({ length: 30 }, (_, at) => name(at, 60 + (at % 6) * 130, 20 + Math.floor(at / 6) * 100, at));
  expect(placeNames(names, nowhere, view, [], 7).size).toBe(7);
  expect(placeNames([name(1, 30, 300, 5), name(2, 400, 495, 5)], nowhere, view, [], 9).size).toBe(0);
});

test("the same word is said again only far away", () => {
  const [one, near, far] = [name(1, 100, 100, 9), name(2, 300, 200, 5), name(3, 700, 400, 5)].map((each) => ({ ...each, word: "dogs" }));
  expect([...placeNames([one!, near!, far!], nowhere, view, [], 9).keys()]).toEqual([1, 3]);
});

test("a name goes where it covers no picture, and is left out where it would cover one everywhere", () => {
  const picture = { left: 260, top: 260, right: 340, bottom: 320 };
  const two = { ...name(1, 300, 290, 5), spots: [{ x: 300, y: 290 }, { x: 300, y: 334 }] };
  expect(placeNames([two], nowhere, view, [picture], 9)).toEqual(new Map([[1, 1]]));
  expect(placeNames([two], nowhere, view, [picture, { ...picture, top: 324, bottom: 380 }], 9).size).toBe(0);
});

test("a name stays at its spot while that is free", () => {
  const two = { ...name(1, 300, 290, 5), spots: [{ x: 300, y: 290 }, { x: 300, y: 334 }] };
  expect(placeNames([two], new Map([[1, 1]]), view, [], 9)).toEqual(new Map([[1, 1]]));
});
