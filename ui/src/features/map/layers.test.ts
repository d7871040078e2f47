// Layers go to whoever comes, from whoever was not needed for longest, and never from whom this frame needs.
import { expect, test } from "vitest";
import { Layers } from "./layers";

test("a layer is kept while it is used, and the longest unused goes first", () => {
  const released: number[] = [];
  const layers = new Layers(3, (item) => released.push(item));
  expect([10, 20, 30].map((item) => layers.take(item, 1))).toEqual([0, 1, 2]);
  layers.use(10, 2);
  layers.use(30, 2);
  expect(layers.take(40, 3)).toBe(1);
  expect(layers.take(50, 3)).toBe(0);
  expect(released).toEqual([20, 10]);
  expect([layers.use(20, 4), layers.use(30, 4)]).toEqual([-1, 2]);
});

test("what a frame needs is not taken away in that frame", () => {
  const layers = new Layers(2);
  layers.take(1, 5);
  layers.take(2, 5);
  expect(layers.take(3, 5)).toBe(-1);
  expect(layers.take(3, 6)).toBe(0);
});

test("no two items ever share a layer", () => {
  const layers = new Layers(16);
  for (let frame = 1; frame < 300; frame++) {
    const needed = Array.from({ length: 10 }, (_, at) => (frame * 7 + at * 13) % 90);
    const held = [...new Set(needed)].map((item) => layers.take(item, frame));
    expect(held).not.toContain(-1);
    expect(new Set(held).size).toBe(held.length);
  }
});
