// Rows fill the width, keep near the target, and lose no box.
import { expect, test } from "vitest";
import { nextRow, shownAspect } from "./justify";

const options = { width: 1000, targetHeight: 180, gap: 4 };

test("rows cover every box once and all but the last fill the width", () => {
  const aspects = Float32Array.from({ length: 200 }, (_, at) => [1.5, 0.667, 1.333, 1, 6][at % 5] as number);
  let start = 0;
  while (start < aspects.length) {
    const row = nextRow(aspects, start, aspects.length, options);
    expect(row.start).toBe(start);
    expect(row.end).toBeGreaterThan(start);
    const boxes = [...aspects.subarray(row.start, row.end)];
    const filled = boxes.reduce((sum, aspect) => sum + shownAspect(aspect) * row.height, (boxes.length - 1) * options.gap);
    expect(filled).toBeLessThanOrEqual(options.width + 0.01);
    if (row.end < aspects.length) expect(filled).toBeCloseTo(options.width, 1);
    expect(row.height).toBeGreaterThan(options.targetHeight * 0.6);
    expect(row.height).toBeLessThan(options.targetHeight * 1.7);
    start = row.end;
  }
});

test("one box alone keeps the target height, a panorama does not become a sliver", () => {
  expect(nextRow([1.5], 0, 1, options)).toEqual({ start: 0, end: 1, height: 180 });
  expect(nextRow([20], 0, 1, { ...options, width: 300 }).height).toBeGreaterThan(90);
});
