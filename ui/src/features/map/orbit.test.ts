// Turning a map in space keeps distances, and looking straight at it changes nothing.
import { expect, test } from "vitest";
import { finished } from "./for-tests";
import { ASLANT, flatten, place, rotation, STRAIGHT, turned } from "./orbit";

test("straight ahead is the map itself", () => {
  expect(place(rotation(STRAIGHT), 0.1, 0.7, 0.4)).toEqual({ x: expect.closeTo(0.1, 6), y: expect.closeTo(0.7, 6), z: expect.closeTo(0.4, 6) });
});

test("a turn moves nobody nearer to anybody, and the middle not at all", () => {
  const turn = rotation({ yaw: 1.1, pitch: -0.7 });
  const [a, b] = [place(turn, 0.1, 0.2, 0.3), place(turn, 0.9, 0.4, 0.8)];
  expect(Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)).toBeCloseTo(Math.hypot(0.8, 0.2, 0.5), 5);
  expect(place(turn, 0.5, 0.5, 0.5).x).toBeCloseTo(0.5, 6);
});

test("all points are flattened as one by one", () => {
  const [x, y, z] = [Float32Array.of(0.1, 0.9), Float32Array.of(0.2, 0.4), Float32Array.of(0.3, 0.8)];
  const turn = rotation(ASLANT);
  const flat = finished(flatten(turn, x, y, z));
  for (const at of [0, 1]) {
    const one = place(turn, x[at] as number, y[at] as number, z[at] as number);
    expect(flat.x[at]).toBeCloseTo(one.x, 6);
    expect(flat.y[at]).toBeCloseTo(one.y, 6);
  }
});

test("a map can be tipped until it is seen from above, and no further", () => {
  expect(turned(STRAIGHT, 0, 10_000).pitch).toBe(Math.PI / 2);
  expect(turned(STRAIGHT, 100, 0).yaw).toBeGreaterThan(0);
});
