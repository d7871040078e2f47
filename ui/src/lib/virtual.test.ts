// The visible part is found exactly, at the edges too.
import { expect, test } from "vitest";
import { visibleEqual, visibleRange } from "./virtual";

test("rows of different heights", () => {
  const tops = Float64Array.of(0, 100, 250, 400);
  expect(visibleRange(tops, 4, 0, 99)).toEqual({ start: 0, end: 1 });
  expect(visibleRange(tops, 4, 120, 260)).toEqual({ start: 1, end: 3 });
  expect(visibleRange(tops, 4, -50, 9999)).toEqual({ start: 0, end: 4 });
  expect(visibleRange(tops, 0, 0, 100)).toEqual({ start: 0, end: 0 });
});

test("rows of one height", () => {
  expect(visibleEqual(100, 30, 60, 120)).toEqual({ start: 2, end: 4 });
  expect(visibleEqual(100, 30, -60, 10)).toEqual({ start: 0, end: 1 });
  expect(visibleEqual(3, 30, 0, 900)).toEqual({ start: 0, end: 3 });
});
