/** Zooming and panning one picture: bounds, the point under the pointer, stops. */
import { describe, expect, it } from "vitest";
import {
  canPan,
  fit,
  isFit,
  needsFullSize,
  pan,
  percent,
  restage,
  screenLongSide,
  step,
  toggle,
  toPicture,
  wheelFactor,
  zoomBy,
  zoomTo,
  type Stage,
} from "./zoom";

const wide: Stage = { picture: { width: 6000, height: 4000 }, view: { width: 1200, height: 800 }, density: 1 };
const small: Stage = { picture: { width: 100, height: 80 }, view: { width: 1200, height: 800 }, density: 1 };
const tall: Stage = { picture: { width: 1000, height: 4000 }, view: { width: 1200, height: 800 }, density: 2 };
const middle = { x: 600, y: 400 };

describe("fit", () => {
  it("shows the whole picture in the middle", () => {
    expect(fit(wide)).toEqual({ scale: 0.2, x: 0, y: 0 });
    const zoom = fit(tall);
    expect(zoom.scale).toBeCloseTo(0.2);
    expect(zoom.x).toBeCloseTo(500);
    expect(zoom.y).toBeCloseTo(0);
  });

  it("enlarges small pictures to 300 % and no further", () => {
    const zoom = fit(small);
    expect(percent(zoom, small)).toBe(300);
    expect(zoom.x).toBe(450);
  });

  it("counts 100 % in pixels of the screen", () => {
    expect(percent({ scale: 0.5, x: 0, y: 0 }, tall)).toBe(100);
  });
});

describe("zoom", () => {
  it("keeps the point under the pointer", () => {
    const at = { x: 300, y: 700 };
    const before = toPicture(at, fit(wide));
    let zoom = fit(wide);
    for (const factor of [1.5, 1.2, 3, 0.8]) {
      zoom = zoomBy(zoom, factor, at, wide);
      const after = toPicture(at, zoom);
      expect(after.x).toBeCloseTo(before.x);
      expect(after.y).toBeCloseTo(before.y);
    }
  });

  it("ends at 800 % and at the whole picture", () => {
    expect(percent(zoomBy(fit(wide), 1000, middle, wide), wide)).toBe(800);
    expect(zoomBy(zoomBy(fit(wide), 4, { x: 10, y: 10 }, wide), 0.001, { x: 900, y: 10 }, wide)).toEqual(fit(wide));
  });

  it("lets a small picture, enlarged to fit, be seen at 100 %", () => {
    expect(percent(zoomBy(fit(small), 0.01, middle, small), small)).toBe(100);
  });

  it("toggles between fit and 100 % at the pointer", () => {
    const at = { x: 1000, y: 100 };
    const before = toPicture(at, fit(wide));
    const whole = toggle(fit(wide), at, wide);
    expect(percent(whole, wide)).toBe(100);
    expect(toPicture(at, whole).x).toBeCloseTo(before.x);
    expect(toggle(whole, middle, wide)).toEqual(fit(wide));
  });

  it("toggles to 200 % where fit is 100 %", () => {
    const exact: Stage = { picture: { width: 1200, height: 500 }, view: { width: 1200, height: 800 }, density: 1 };
    expect(percent(toggle(fit(exact), middle, exact), exact)).toBe(200);
  });

  it("goes through stops, fit among them", () => {
    let zoom = fit({ ...wide, view: { width: 1320, height: 880 } });
    const stage = { ...wide, view: { width: 1320, height: 880 } };
    const seen = [percent(zoom, stage)];
    for (let i = 0; i < 4; i++) seen.push(percent((zoom = step(zoom, "in", middle, stage)), stage));
    expect(seen).toEqual([22, 25, 33, 50, 67]);
    for (let i = 0; i < 9; i++) zoom = step(zoom, "out", middle, stage);
    expect(isFit(zoom, stage)).toBe(true);
  });

  it("stays at the last stop", () => {
    const largest = zoomTo(fit(wide), 100, middle, wide);
    expect(step(largest, "in", middle, wide)).toEqual(largest);
  });
});

describe("pan", () => {
  it("stops at the picture's edges", () => {
    const whole = zoomTo(fit(wide), 1, middle, wide);
    expect(pan(whole, { x: 1e6, y: 1e6 }, wide)).toMatchObject({ x: 0, y: 0 });
    expect(pan(whole, { x: -1e6, y: -1e6 }, wide)).toMatchObject({ x: 1200 - 6000, y: 800 - 4000 });
  });

  it("keeps the short direction in the middle", () => {
    const zoom = zoomTo(fit(tall), 0.5, middle, tall);
    expect(pan(zoom, { x: 300, y: -100 }, tall)).toMatchObject({ x: 350, y: zoom.y - 100 });
  });

  it("is possible only when something is out of view", () => {
    expect(canPan(fit(wide), wide)).toBe(false);
    expect(canPan(zoomBy(fit(wide), 1.5, middle, wide), wide)).toBe(true);
  });
});

describe("a stage that changes", () => {
  const smaller: Stage = { ...wide, view: { width: 900, height: 700 } };

  it("keeps a fitting picture fitting", () => {
    expect(restage(fit(wide), wide, smaller)).toEqual(fit(smaller));
  });

  it("keeps scale and middle otherwise", () => {
    const zoom = zoomTo(fit(wide), 1, { x: 700, y: 300 }, wide);
    const after = restage(zoom, wide, smaller);
    expect(after.scale).toBe(1);
    expect(toPicture({ x: 450, y: 350 }, after)).toEqual(toPicture(middle, zoom));
  });
});

describe("which pixels to fetch", () => {
  it("rounds the screen up to few sizes", () => {
    expect(screenLongSide({ width: 900, height: 600 }, 1)).toBe(1024);
    expect(screenLongSide({ width: 900, height: 600 }, 2)).toBe(2048);
    expect(screenLongSide({ width: 1025, height: 600 }, 1)).toBe(2048);
    expect(screenLongSide({ width: 6000, height: 600 }, 2)).toBe(4096);
  });

  it("asks for full size only when zoomed past the screen's, and when there is more", () => {
    expect(needsFullSize(fit(wide), wide, 2048)).toBe(false);
    expect(needsFullSize(zoomTo(fit(wide), 0.5, middle, wide), wide, 2048)).toBe(true);
    expect(needsFullSize(zoomTo(fit(small), 8, middle, small), small, 2048)).toBe(false);
  });
});

describe("the wheel", () => {
  it("grows upwards, shrinks downwards, and both undo each other", () => {
    expect(wheelFactor(-100, "pixels", "wheel")).toBeGreaterThan(1.1);
    expect(wheelFactor(-100, "pixels", "wheel") * wheelFactor(100, "pixels", "wheel")).toBeCloseTo(1);
    expect(wheelFactor(-3, "lines", "wheel")).toBeCloseTo(wheelFactor(-99, "pixels", "wheel"));
  });

  it("never more than doubles at once", () => {
    expect(wheelFactor(-5000, "pages", "wheel")).toBeCloseTo(2);
    expect(wheelFactor(5000, "pixels", "pinch")).toBeCloseTo(0.5);
  });
});
