// Short content scrolls as it is; tall content reaches both ends, and small steps are one to one.
import { expect, test } from "vitest";
import { ScrollSpace } from "./scroll-space";

test("content below the limit is untouched", () => {
  const space = new ScrollSpace(50_000, 800);
  expect(space.height).toBe(50_000);
  expect(space.settleAt(1234.5)).toBe(1234.5);
  expect(space.toContent(1234.5)).toBe(1234.5);
  expect(space.settleAt(99_999)).toBe(49_200);
});

test("sixty million pixels fit, both ends are reached, steps are one to one", () => {
  const space = new ScrollSpace(60_000_000, 800);
  expect(space.height).toBeLessThan(5_000_000);
  for (const place of [0, 1, 12_345_678, 59_000_000, 59_999_200]) {
    const scrollTop = space.settleAt(place);
    expect(scrollTop).toBeGreaterThanOrEqual(0);
    expect(scrollTop).toBeLessThanOrEqual(space.height - 800);
    expect(space.toContent(scrollTop)).toBe(place);
    if (place > 100) expect(space.toContent(scrollTop - 100)).toBe(place - 100);
  }
});
