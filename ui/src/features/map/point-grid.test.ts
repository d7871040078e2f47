// Finding by place agrees with looking at every point.
import { expect, test } from "vitest";
import { finished, scattered } from "./for-tests";
import { PointGrid } from "./point-grid";

const plane = scattered(2_500);
const grid = finished(PointGrid.over(plane));
const all = Array.from(plane.x, (_, at) => at);
const at = (point: number) => [plane.x[point] as number, plane.y[point] as number] as const;
const isIn = (point: number, box: { left: number; top: number; right: number; bottom: number }) => {
  const [x, y] = at(point);
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
};

test("every point in a box is found once, and no other", () => {
  for (const box of [
    { left: 0.2, top: 0.3, right: 0.4, bottom: 0.35 },
    { left: -9, top: -9, right: 9, bottom: 9 },
    { left: 2, top: 2, right: 3, bottom: 3 },
    { left: 0.5, top: 0.5, right: 0.5, bottom: 0.5 },
  ]) {
    const found: number[] = [];
    grid.within(box, (point) => found.push(point));
    expect(found.sort((a, b) => a - b)).toEqual(all.filter((point) => isIn(point, box)));
  }
});

test("counting a small box is exact, a large one is right to its edge", () => {
  const small = { left: 0.4, top: 0.4, right: 0.43, bottom: 0.43 };
  expect(grid.countIn(small)).toBe(all.filter((point) => isIn(point, small)).length);
  const large = { left: 0.1, top: 0.2, right: 0.9, bottom: 0.7 };
  const exact = all.filter((point) => isIn(point, large)).length;
  expect(Math.abs(grid.countIn(large) - exact)).toBeLessThan(exact * 0.04);
  expect(grid.countIn({ left: -9, top: -9, right: 9, bottom: 9 })).toBe(2_500);
});

test("the nearest point is the nearest", () => {
  for (let turn = 0; turn < 20; turn++) {
    const [x, y] = [(turn * 0.37) % 1, (turn * 0.61) % 1];
    const distance = (point: number) => Math.hypot(at(point)[0] - x, at(point)[1] - y);
    const best = all.reduce((a, b) => (distance(b) < distance(a) ? b : a));
    expect(grid.nearest(x, y, 2)).toBe(best);
    expect(grid.nearest(x, y, distance(best) / 2)).toBe(-1);
  }
});

test("keys lead to the cheapest point of that direction, and back out of every corner", () => {
  for (let from = 0; from < 60; from++) {
    const [x, y] = at(from);
    const cost = (point: number) => at(point)[0] - x + 2 * Math.abs(at(point)[1] - y);
    const ahead = all.filter((point) => point !== from && at(point)[0] > x && Math.abs(at(point)[1] - y) <= at(point)[0] - x);
    const best = ahead.length === 0 ? -1 : ahead.reduce((a, b) => (cost(b) < cost(a) ? b : a));
    expect(grid.towards(from, "right")).toBe(best);
  }
  const line = finished(PointGrid.over({ x: Float32Array.of(0, 1, 2), y: Float32Array.of(0, 0, 0) }));
  expect([line.towards(0, "right"), line.towards(2, "left"), line.towards(2, "right"), line.towards(1, "up")]).toEqual([1, 1, -1, -1]);
});

test("no points, one point, and many at one place", () => {
  const none = finished(PointGrid.over({ x: new Float32Array(), y: new Float32Array() }));
  expect(none.nearest(0.5, 0.5, 9)).toBe(-1);
  const one = finished(PointGrid.over({ x: Float32Array.of(0.7), y: Float32Array.of(0.2) }));
  expect(one.nearest(0.5, 0.5, 9)).toBe(0);
  const same = finished(PointGrid.over({ x: new Float32Array(100).fill(0.5), y: new Float32Array(100).fill(0.5) }));
  expect(same.countIn({ left: 0, top: 0, right: 1, bottom: 1 })).toBe(100);
  expect(same.nearest(0.5, 0.5, 0.1)).toBe(0);
});
