// The camera keeps what is under the pointer there, fits what it should, and flies straight.
import { expect, test } from "vitest";
import { between, bounded, fit, pan, reachOf, showing, shownBox, toMap, toView, wheelFactor, zoomAt, type Camera } from "./camera";

const view = { width: 1000, height: 600 };
const unit = { left: 0, top: 0, right: 1, bottom: 1 };
const anywhere = { least: 1e-9, most: 1e9 };

test("the view and the map are each other's inverse", () => {
  const camera = { x: 0.3, y: 0.8, scale: 5_000 };
  const at = toMap(camera, view, { x: 17, y: 580 });
  expect(toView(camera, view, at).x).toBeCloseTo(17, 6);
  expect(toView(camera, view, at).y).toBeCloseTo(580, 6);
});

test("a map that fits lies whole and in the middle of the view", () => {
  const shown = shownBox(fit(unit, view), view);
  expect(shown.left).toBeLessThan(0);
  expect(shown.bottom).toBeGreaterThan(1);
  expect(toView(fit(unit, view), view, { x: 0.5, y: 0.5 })).toEqual({ x: 500, y: 300 });
  // One single photo has no size, and fits all the same.
  expect(Number.isFinite(fit({ left: 0.5, top: 0.5, right: 0.5, bottom: 0.5 }, view).scale)).toBe(true);
});

test("zooming holds what is under the pointer, as far as the map may be zoomed", () => {
  const camera = fit(unit, view);
  const pointer = { x: 740, y: 130 };
  const held = toMap(camera, view, pointer);
  for (const factor of [0.5, 1.2, 40]) {
    const zoomed = zoomAt(camera, factor, pointer, view, anywhere);
    expect(toView(zoomed, view, held).x).toBeCloseTo(740, 6);
    expect(toView(zoomed, view, held).y).toBeCloseTo(130, 6);
  }
  const reach = reachOf(unit, view, 2_000);
  expect(zoomAt(camera, 1e6, pointer, view, reach).scale).toBe(2_000);
  expect(zoomAt(camera, 1e-6, pointer, view, reach).scale).toBeLessThan(camera.scale);
});

test("panning moves along with the hand, and never away from the map", () => {
  const camera = { x: 0.5, y: 0.5, scale: 100 };
  expect(toView(pan(camera, { x: 30, y: -20 }), view, { x: 0.5, y: 0.5 })).toEqual({ x: 530, y: 280 });
  expect(bounded(pan(camera, { x: -1e5, y: 0 }), unit).x).toBe(1);
});

test("a photo is shown by the shortest way", () => {
  const camera = { x: 0.5, y: 0.5, scale: 1_000 };
  expect(showing(camera, view, { x: 0.6, y: 0.5 }, 50)).toEqual(camera);
  const moved = showing(camera, view, { x: 2, y: 0.5 }, 50);
  expect(toView(moved, view, { x: 2, y: 0.5 }).x).toBeCloseTo(950, 6);
  expect(moved.y).toBe(0.5);
});

test("a flight that zooms keeps the one point that both ends show at the same place", () => {
  const from: Camera = { x: 0.5, y: 0.5, scale: 500 };
  const pointer = { x: 700, y: 400 };
  const to = zoomAt(from, 8, pointer, view, anywhere);
  const held = toMap(from, view, pointer);
  for (const t of [0, 0.3, 0.7, 1]) expect(toView(between(from, to, t), view, held).x).toBeCloseTo(700, 4);
  expect(between(from, { ...from, x: 0.9 }, 0.5).x).toBeCloseTo(0.7, 9);
});

test("turning the wheel back undoes it, and no single turn leaps", () => {
  expect(wheelFactor(120, "pixels", "wheel") * wheelFactor(-120, "pixels", "wheel")).toBeCloseTo(1, 9);
  expect(wheelFactor(-120, "pixels", "wheel")).toBeGreaterThan(1);
  expect(wheelFactor(-1e6, "pages", "wheel")).toBe(2);
});
