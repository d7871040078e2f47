// Names never lie over each other, are few, and stay where they were.
import { expect, test } from "vitest";
import { placeNames, type Name } from "./labels";

const view = { width: 800, height: 500 };
const name = (key: number, x: number, y: number, weight: number): Name => ({ key, x, y, weight, width: 100, height: 20 });

test("the weightier of two in one place is shown", () => {
  expect(placeNames([name(1, 300, 300, 5), name(2, 340, 305, 9)], new Set(), view, 9)).toEqual(new Set([2]));
});

test("a name that is shown stays unless the other is much weightier", () => {
  const [old, other] = [name(1, 300, 300, 5), name(2, 340, 305, 7)];
  expect(placeNames([old, other], new Set([1]), view, 9)).toEqual(new Set([1]));
  expect(placeNames([old, { ...other, weight: 50 }], new Set([1]), view, 9)).toEqual(new Set([2]));
});

test("no more than wanted, and none that leaves the view", () => {
  const names = Array.from({ length: 30 }, (_, at) => name(at, 60 + (at % 6) * 130, 20 + Math.floor(at / 6) * 100, at));
  expect(placeNames(names, new Set(), view, 7).size).toBe(7);
  expect(placeNames([name(1, 30, 300, 5), name(2, 400, 495, 5)], new Set(), view, 9).size).toBe(0);
});
