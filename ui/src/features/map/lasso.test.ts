// What lies inside a drawn shape agrees with testing every point.
import { expect, test } from "vitest";
import type { Point } from "./camera";
import { finished, scattered } from "./for-tests";
import { isInside, pointsInside, rectangle } from "./lasso";
import { PointGrid } from "./point-grid";

const plane = scattered(3_000);
const grid = finished(PointGrid.over(plane));

function found(shape: readonly Point[]): number[] {
  const points: number[] = [];
  finished(pointsInside(shape, grid, (point) => points.push(point)));
  return points.sort((a, b) => a - b);
}

function expected(shape: readonly Point[]): number[] {
  return Array.from(plane.x, (_, at) => at).filter((at) => isInside(shape, plane.x[at] as number, plane.y[at] as number));
}

const circle = (corners: number, radius: number): Point[] =>
  Array.from({ length: corners }, (_, at) => {
    const angle = (at / corners) * 2 * Math.PI;
    return { x: 0.5 + radius * Math.cos(angle), y: 0.5 + radius * Math.sin(angle) };
  });

test("circles, stars, slivers and shapes beyond the map", () => {
  const star = circle(10, 0.4).map((corner, at) => (at % 2 ? corner : { x: (corner.x + 0.5) / 2, y: (corner.y + 0.5) / 2 }));
  const sliver = [{ x: 0, y: 0.2 }, { x: 1, y: 0.80001 }, { x: 1, y: 0.8 }];
  for (const shape of [circle(40, 0.3), circle(200, 0.02), star, sliver, circle(3, 5)]) {
    expect(found(shape)).toEqual(expected(shape));
  }
  expect(found(circle(3, 5))).toHaveLength(3_000);
});

test("where a shape crosses itself, all that it goes round is inside", () => {
  const twice = [...circle(12, 0.3), ...circle(12, 0.2)];
  expect(found(twice)).toEqual(expected(twice));
  expect(isInside(twice, 0.5, 0.5)).toBe(true);
});

test("the way round does not matter, and a shape closes by itself", () => {
  const shape = circle(17, 0.35);
  expect(found([...shape].reverse())).toEqual(found(shape));
  const open = [{ x: 0.1, y: 0.1 }, { x: 0.9, y: 0.1 }, { x: 0.9, y: 0.9 }];
  expect(found(open)).toEqual(expected(open));
  expect(found(open).length).toBeGreaterThan(0);
});

test("a rectangle takes what lies between its corners, whichever were drawn", () => {
  const [a, b] = [{ x: 0.7, y: 0.2 }, { x: 0.3, y: 0.6 }];
  const inside = expected(rectangle(a, b));
  expect(found(rectangle(b, a))).toEqual(inside);
  for (const point of inside) expect(plane.x[point]).toBeLessThanOrEqual(0.7);
});

test("a point or a line encloses nothing", () => {
  expect(found([{ x: 0.5, y: 0.5 }])).toEqual([]);
  expect(found([{ x: 0, y: 0 }, { x: 1, y: 1 }])).toEqual([]);
});
