/** The filmstrip: which cells exist, where they lie, and what is fetched ahead. */
import { describe, expect, it } from "vitest";
import { cellLeft, cellsAround, neighbours, PITCH, scrolled } from "./filmstrip";

describe("the filmstrip", () => {
  it("covers its whole width, and no more than it must, at any length", () => {
    for (const count of [1, 7, 500_000]) {
      for (const middle of [0, 3.4, 250_000, 499_999].filter((at) => at < count)) {
        const { from, to } = cellsAround(middle, 1000, count);
        expect(from === 0 || cellLeft(from, middle, 1000) <= 0).toBe(true);
        expect(to === count || cellLeft(to, middle, 1000) >= 1000).toBe(true);
        expect(to - from).toBeLessThanOrEqual(32);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(count);
      }
    }
  });

  it("puts the current cell in the middle", () => {
    expect(cellLeft(12, 12, 1000) + PITCH / 2).toBe(500);
  });

  it("scrolls to its ends and no further", () => {
    expect(scrolled(5, 2 * PITCH, 100)).toBe(7);
    expect(scrolled(5, -1e9, 100)).toBe(0);
    expect(scrolled(5, 1e9, 100)).toBe(99);
  });
});

describe("fetching ahead", () => {
  it("looks first where the person is going", () => {
    expect(neighbours(10, 100, "forward")).toEqual([11, 9, 12, 8]);
    expect(neighbours(10, 100, "backward")).toEqual([9, 11, 8, 12]);
  });

  it("stays inside the list", () => {
    expect(neighbours(0, 2, "forward")).toEqual([1]);
    expect(neighbours(0, 1, "forward")).toEqual([]);
  });
});
