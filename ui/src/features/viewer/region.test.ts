/** Drawing and adjusting a rectangle on a picture: it stays inside, and never gets too small to mean something. */
import { describe, expect, it } from "vitest";
import { adjust, between, HANDLES, leastSize, middleOf } from "./region";

const leastBox = leastSize({ width: 1200, height: 800 });
const box = { x: 0.25, y: 0.25, width: 0.5, height: 0.25 };

describe("a drag", () => {
  it("makes the same rectangle from any corner", () => {
    const a = { x: 0.25, y: 0.5 };
    const b = { x: 0.75, y: 0.75 };
    const expected = { x: 0.25, y: 0.5, width: 0.5, height: 0.25 };
    expect(between(a, b, leastBox)).toEqual(expected);
    expect(between(b, a, leastBox)).toEqual(expected);
    expect(between({ x: a.x, y: b.y }, { x: b.x, y: a.y }, leastBox)).toEqual(expected);
  });

  it("ends at the picture's edge", () => {
    expect(between({ x: 0.5, y: 0.5 }, { x: 7, y: -3 }, leastBox)).toEqual({ x: 0.5, y: 0, width: 0.5, height: 0.5 });
  });

  it("is nothing while it is only a click", () => {
    expect(between({ x: 0.5, y: 0.5 }, { x: 0.501, y: 0.9 }, leastBox)).toBeNull();
    expect(between({ x: -0.5, y: 0.1 }, { x: -0.1, y: 0.9 }, leastBox)).toBeNull();
  });
});

describe("handles", () => {
  it("move their own sides only", () => {
    expect(adjust(box, "e", { x: 0.125, y: 0.125 }, leastBox)).toEqual({ ...box, width: 0.625 });
    expect(adjust(box, "nw", { x: 0.125, y: 0.125 }, leastBox)).toEqual({ x: 0.375, y: 0.375, width: 0.375, height: 0.125 });
    expect(adjust(box, "s", { x: 0.125, y: 0.125 }, leastBox)).toEqual({ ...box, height: 0.375 });
  });

  it("move all of it, as far as the picture goes", () => {
    expect(adjust(box, "move", { x: 9, y: -9 }, leastBox)).toEqual({ ...box, x: 0.5, y: 0 });
  });

  it("keep it inside the picture and large enough, wherever they are dragged", () => {
    for (const handle of HANDLES) {
      for (const by of [-2, -0.3, 0.3, 2]) {
        const moved = adjust(box, handle, { x: by, y: by }, leastBox);
        expect(moved.x).toBeGreaterThanOrEqual(0);
        expect(moved.y).toBeGreaterThanOrEqual(0);
        expect(moved.x + moved.width).toBeLessThanOrEqual(1 + 1e-9);
        expect(moved.y + moved.height).toBeLessThanOrEqual(1 + 1e-9);
        expect(moved.width).toBeGreaterThanOrEqual(leastBox.width - 1e-9);
        expect(moved.height).toBeGreaterThanOrEqual(leastBox.height - 1e-9);
      }
    }
  });
});

describe("the smallest region", () => {
  it("is 24 pixels, or a fiftieth of a large picture", () => {
    expect(leastSize({ width: 240, height: 6000 })).toEqual({ width: 0.1, height: 0.02 });
  });

  it("is the whole of a tiny picture", () => {
    expect(leastSize({ width: 16, height: 48 })).toEqual({ width: 1, height: 0.5 });
  });
});

describe("starting with the keyboard", () => {
  it("takes the middle of what is in view", () => {
    expect(middleOf({ x: 0.5, y: 0, width: 0.5, height: 0.5 }, leastBox)).toEqual({
      x: 0.625,
      y: 0.125,
      width: 0.25,
      height: 0.25,
    });
  });

  it("stays inside when little is in view", () => {
    const tiny = middleOf({ x: 0.99, y: 0.99, width: 0.01, height: 0.01 }, leastBox);
    expect(tiny.x + tiny.width).toBeLessThanOrEqual(1);
    expect(tiny.width).toBe(leastBox.width);
  });
});
