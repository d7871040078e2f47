// Short content scrolls as it is; tall content reaches both ends.
import { expect, test } from "vitest";
import { ScrollSpace } from "./scroll-space";

test("content below the limit is untouched", () => {
  const space = new ScrollSpace(50_000, 800);
  expect(space.height).toBe(50_000);
  expect(space.settle(1234.5)).toEqual({ scrollTop: 1234.5, offset: 0 });
  expect(space.settle(99_999)).toEqual({ scrollTop: 49_200, offset: 0 });
});

test("sixty million pixels fit: both ends and everything between are reached", () => {
  const space = new ScrollSpace(60_000_000, 800);
  expect(space.height).toBeLessThan(5_000_000);
  for (const place of [0, 1, 12_345_678, 59_000_000, 59_999_200]) {
    const { scrollTop, offset } = space.settle(place);
    expect(scrollTop).toBeGreaterThanOrEqual(0);
    expect(scrollTop).toBeLessThanOrEqual(space.height - 800);
    expect(scrollTop + offset).toBe(place);
  }
});
