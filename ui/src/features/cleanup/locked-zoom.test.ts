// One look at several pictures: the same part of each, whatever their sizes.
import { expect, test } from "vitest";
import { WHOLE, pan, place, toggle, zoomBy } from "./locked-zoom";

const VIEW = { width: 600, height: 400 };
const LARGE = { width: 6_000, height: 4_000 };
const SMALL = { width: 900, height: 600 };

test("the whole picture fits, also a small one, and lies in the middle", () => {
  expect(place(WHOLE, LARGE, VIEW)).toEqual({ width: 600, height: 400, left: 0, top: 0 });
  expect(place(WHOLE, SMALL, VIEW)).toEqual(place(WHOLE, LARGE, VIEW));
  expect(place(WHOLE, { width: 400, height: 400 }, VIEW)).toMatchObject({ left: 100, top: 0 });
});

test("what lies under the pointer stays there, in pictures of any size", () => {
  const at = { x: 150, y: 100 };
  const look = zoomBy(WHOLE, 4, at, LARGE, VIEW);
  for (const picture of [LARGE, SMALL]) {
    const box = place(look, picture, VIEW);
    expect((at.x - box.left) / box.width).toBeCloseTo(0.25);
    expect((at.y - box.top) / box.height).toBeCloseTo(0.25);
  }
});

test("no edge comes into the view, and nothing gets smaller than the whole", () => {
  const close = zoomBy(WHOLE, 3, { x: 300, y: 200 }, LARGE, VIEW);
  const box = place(pan(close, { x: 9_000, y: -9_000 }, LARGE, VIEW), LARGE, VIEW);
  expect(box.left).toBeCloseTo(0);
  expect(box.top + box.height).toBeCloseTo(400);
  expect(zoomBy(close, 0.001, { x: 0, y: 0 }, LARGE, VIEW)).toEqual(WHOLE);
});

test("one key goes to the pixels of the largest and back", () => {
  const close = toggle(WHOLE, LARGE, VIEW, 1);
  expect(place(close, LARGE, VIEW).width).toBe(6_000);
  expect(toggle(close, LARGE, VIEW, 1)).toEqual(WHOLE);
});
