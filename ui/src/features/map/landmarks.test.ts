// Photos that stand for others: apart from each other at every spacing, none missing, the same wherever one looks.
import { expect, test } from "vitest";
import { apart, finished, nearestPair, scattered } from "./for-tests";
import { cellOf, chooseLandmarks, landmarksIn, orderByRank, orderInGrid } from "./landmarks";
import { boxOf, PointGrid } from "./point-grid";

const plane = scattered(2_000);
const box = finished(boxOf(plane));
const ids = Uint32Array.from(plane.x, (_, at) => at * 3 + 1);
const grid = finished(PointGrid.over(plane));
const order = finished(orderByRank(ids, grid, (index) => (index === 1_134 ? 0 : 1), 2));
const landmarks = finished(chooseLandmarks(plane, box, order));
const whole = { left: -1, top: -1, right: 2, bottom: 2 };

function shown(spacing: number, where = whole): number[] {
  const found: number[] = [];
  landmarksIn(landmarks, where, spacing, (photo) => found.push(photo));
  return found;
}

test("whatever the spacing, what is shown lies at least so far apart", () => {
  for (const spacing of [0.5, 0.2, 0.11, 0.05, 0.021, 0.01, 0.004]) {
    const photos = shown(spacing);
    expect(photos.length).toBeGreaterThan(1);
    expect(nearestPair(plane, photos)).toBeGreaterThanOrEqual(spacing * 0.9999);
  }
});

test("nobody is far from someone who stands for him", () => {
  for (const spacing of [0.2, 0.05, 0.02]) {
    const photos = shown(spacing);
    for (let photo = 0; photo < 2_000; photo += 23) {
      const nearest = Math.min(...photos.map((other) => apart(plane, photo, other)));
      expect(nearest).toBeLessThan(spacing * 2.1);
    }
  }
});

test("zooming in only adds, and panning changes nothing", () => {
  const [far, near] = [new Set(shown(0.08)), new Set(shown(0.03))];
  expect([...far].filter((photo) => !near.has(photo))).toEqual([]);
  expect(near.size).toBeGreaterThan(far.size);
  const left = { left: 0.2, top: 0.2, right: 0.6, bottom: 0.6 };
  const right = { left: 0.4, top: 0.3, right: 0.9, bottom: 0.7 };
  const inBoth = (photo: number) => {
    const [x, y] = [plane.x[photo] as number, plane.y[photo] as number];
    return x >= 0.4 && x <= 0.6 && y >= 0.3 && y <= 0.6;
  };
  expect(shown(0.03, left).filter(inBoth).sort()).toEqual(shown(0.03, right).filter(inBoth).sort());
});

test("all photos are shown in the end, and the most important first", () => {
  // But for those that lie closer than anybody can look.
  expect(new Set(shown(1e-9)).size).toBeGreaterThan(1_700);
  expect(shown(10)).toEqual([]);
  expect(shown(box.right - box.left)).toContain(1_134);
});

test("photos at one place: one is shown, the others lie under it", () => {
  const same = { x: new Float32Array(50).fill(0.5), y: new Float32Array(50).fill(0.5) };
  const chosen = finished(chooseLandmarks(same, finished(boxOf(same)), Uint32Array.from({ length: 50 }, (_, at) => at)));
  expect(Array.from(chosen.spacing).filter((spacing) => spacing > 0)).toHaveLength(1);
});

test("the order is by rank, and otherwise belongs to the photo: newcomers do not stir it", () => {
  expect(order[0]).toBe(1_134);
  expect(new Set(order).size).toBe(2_000);
  const some = finished(PointGrid.over(plane, Uint32Array.from({ length: 1_500 }, (_, at) => at), grid.cell));
  const [fewer, more] = [finished(orderByRank(ids, some, () => 1, 2)), finished(orderByRank(ids, grid, () => 1, 2))];
  const round = (at: number, order: Uint32Array) => order.indexOf(at) / order.length;
  const strays = Array.from(fewer).filter((at) => Math.abs(round(at, fewer) - round(at, more)) > 0.1);
  expect(strays).toEqual([]);
});

test("in a grid, what is shown lies in straight rows", () => {
  const side = 24;
  const cells = { x: new Float32Array(side * side), y: new Float32Array(side * side) };
  for (let at = 0; at < side * side; at++) {
    cells.x[at] = ((at % side) + 0.5) / side;
    cells.y[at] = (Math.floor(at / side) + 0.5) / side;
  }
  const grid = finished(PointGrid.over(cells));
  const cell = cellOf(grid);
  expect(cell).toBeCloseTo(1 / side, 6);
  const chosen = finished(chooseLandmarks(cells, grid.box, finished(orderInGrid(grid, cell)), cell));
  const found: number[] = [];
  landmarksIn(chosen, whole, (1 / side) * 3.9, (photo) => found.push(photo));
  expect(found.map((at) => [at % side, Math.floor(at / side)]).filter(([column, row]) => (column as number) % 4 || (row as number) % 4)).toEqual([]);
  expect(found).toHaveLength(36);
});
