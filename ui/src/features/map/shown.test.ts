// What is drawn as a thumbnail passes from far to near without leaps, within one budget.
import { expect, test } from "vitest";
import { fit, type Camera } from "./camera";
import { finished, nearestPair, scattered } from "./for-tests";
import { chooseLandmarks, orderByRank } from "./landmarks";
import { boxOf, PointGrid } from "./point-grid";
import { largestScale, lookAt, MOST_SHOWN, shortCount, Shown, standsFor, usualSide } from "./shown";

const plane = scattered(8_000);
const box = finished(boxOf(plane));
const order = finished(orderByRank(Uint32Array.from(plane.x, (_, at) => at), finished(PointGrid.over(plane)), () => 0, 1));
const landmarks = finished(chooseLandmarks(plane, box, order));
const view = { width: 1280, height: 800 };

test("coming nearer, thumbnails grow, and the spacing on the map shrinks", () => {
  const scales = Array.from({ length: 60 }, (_, at) => 300 * 1.2 ** at);
  const looks = scales.map((scale) => lookAt({ x: 0.5, y: 0.5, scale }, landmarks.crowd, 64));
  for (const [at, look] of looks.entries()) {
    const before = looks[at - 1];
    if (!before) continue;
    expect(look.side).toBeGreaterThanOrEqual(before.side);
    expect(look.spacing).toBeLessThanOrEqual(before.spacing * 1.0001);
    expect(look.spacing * (scales[at] as number)).toBeGreaterThanOrEqual(look.side);
  }
  expect(looks.at(-1)?.side).toBe(224);
});

test("never more thumbnails than the budget, and none over another", () => {
  const shown = new Shown();
  for (let camera: Camera = fit(box, view); camera.scale < largestScale(landmarks.crowd); camera = { ...camera, scale: camera.scale * 2.3 }) {
    const look = lookAt(camera, landmarks.crowd, usualSide(view, "free"));
    shown.choose(landmarks, camera, view, look);
    expect(shown.count).toBeLessThanOrEqual(MOST_SHOWN);
    const photos = Array.from(shown.photos.subarray(0, shown.count));
    expect(nearestPair(plane, photos) * camera.scale).toBeGreaterThanOrEqual(look.side);
  }
});

test("a grid without overlap shows every photo at one size as soon as there is room", () => {
  const side = 30;
  const cells = { x: new Float32Array(side * side), y: new Float32Array(side * side) };
  for (let at = 0; at < side * side; at++) {
    cells.x[at] = ((at % side) + 0.5) / side;
    cells.y[at] = (Math.floor(at / side) + 0.5) / side;
  }
  const chosen = finished(chooseLandmarks(cells, finished(boxOf(cells)), Uint32Array.from(cells.x, (_, at) => at), 1 / side));
  const camera = { x: 0.5, y: 0.5, scale: side * 72 };
  const shown = new Shown();
  shown.choose(chosen, camera, { width: 3_000, height: 3_000 }, lookAt(camera, chosen.crowd, 28));
  expect(shown.count).toBe(side * side);
  expect(new Set(shown.sizes.subarray(0, shown.count))).toEqual(new Set([1]));
});

test("a thumbnail counts the photos around it, and small steps of zoom do not change the number", () => {
  const grid = finished(PointGrid.over(plane));
  expect(standsFor(5, 1e-7, grid)).toBe(1);
  expect(standsFor(5, 4, grid)).toBe(8_000);
  expect(standsFor(5, 0.051, grid)).toBe(standsFor(5, 0.055, grid));
});

test("counts have at most four letters", () => {
  expect([7, 950, 999, 1_000, 1_240, 9_949, 9_951, 34_400, 999_400, 999_600, 1_100_000].map(shortCount)).toEqual([
    "7", "950", "999", "1.0k", "1.2k", "9.9k", "10k", "34k", "999k", "1.0M", "1.1M",
  ]);
});
