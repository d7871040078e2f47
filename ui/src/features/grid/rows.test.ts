// Every photo has one place, rows stay inside the width, headings stand where their photos begin, and work comes in slices.
import { expect, test } from "vitest";
import type { GridShape } from "../../backend/backend";
import { MemoryBackend } from "../../backend/memory";
import type { PhotoFilter } from "../../backend/wire";
import { fold } from "./folded";
import { DAY_HEIGHT, GAP, SECTION_HEIGHT, layOut, type GridLayout, type GridOptions } from "./rows";

const ALL: PhotoFilter = {
  ...{ folder: null, sinceMs: null, untilMs: null, camera: null, lens: null, starsAtLeast: null, flag: null, label: null, tags: [], album: null },
  ...{ format: null, orientation: null, bytesAtLeast: null, bytesAtMost: null, name: null, similarTo: [], stacked: false, suggestion: null, sort: "newest" },
};
const options: GridOptions = { width: 980, rowHeight: 160, headings: "dates" };

function finish(shape: GridShape, how: GridOptions = options): GridLayout {
  const work = layOut(fold(shape, new Set()), how);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

const shapeOf = (days: number[], aspect = 1.5): GridShape => ({
  ids: Uint32Array.from(days, (_, at) => at + 1),
  minutes: Int32Array.from(days, (day) => day * 1440 + 600),
  aspects: new Float32Array(days.length).fill(aspect),
  stacks: Uint32Array.from(days, (_, at) => at + 1),
});

test.each(["dates", "none"] as const)("ten thousand photos each have a place of their own (headings: %s)", async (headings) => {
  const shape = await new MemoryBackend(10_000).gridShape(ALL);
  const layout = finish(shape, { ...options, headings });
  expect(layout.tiles).toBe(10_000);
  let bottom = -GAP;
  for (let row = 0; row < layout.rows; row++) {
    const top = layout.rowTops[row] as number;
    expect(top).toBeGreaterThanOrEqual(bottom + GAP - 0.01);
    bottom = top + (layout.rowHeights[row] as number);
    let right = -Infinity;
    for (let photo = layout.rowStarts[row] as number; photo < (layout.rowStarts[row + 1] as number); photo++) {
      const left = layout.lefts[photo] as number;
      expect(left).toBeGreaterThanOrEqual(right + GAP - 0.01);
      right = left + layout.widthOf(photo, row);
      expect(layout.rowOf(photo)).toBe(row);
    }
    expect(right).toBeLessThanOrEqual(options.width + 0.5);
  }
  expect(layout.height).toBeCloseTo(bottom, 0);
});

test("sections and days begin where their first photo is, and sections count their photos", async () => {
  const shape = await new MemoryBackend(3_000).gridShape(ALL);
  const layout = finish(shape);
  expect(layout.sections.reduce((sum, section) => sum + section.photos, 0)).toBe(3_000);
  for (const section of layout.sections) {
    const row = layout.rowOf(section.first);
    expect(layout.rowTops[row]).toBeCloseTo(section.top + SECTION_HEIGHT + DAY_HEIGHT, 3);
    expect(new Date(section.ms).getUTCMonth()).toBe(new Date((shape.minutes[section.first] as number) * 60_000).getUTCMonth());
    expect(layout.sections[layout.sectionAt(section.top + 1)]).toBe(section);
  }
});

test("a year with few photos is one section, a full one is divided into months", () => {
  const spans = (days: number[]) => finish(shapeOf(days)).sections.map(({ span, photos }) => [span, photos]);
  expect(spans([400, 380, 366, 300, 20])).toEqual([
    ["year", 3],
    ["year", 2],
  ]);
  const full = Array.from({ length: 90 }, (_, at) => 89 - Math.floor(at / 2));
  expect(spans(full)).toEqual([
    ["month", 62],
    ["month", 28],
  ]);
});

test("small days share a row, a big day does not", () => {
  const shared = finish(shapeOf([100, 99, 98]));
  expect(shared.rows).toBe(1);
  expect(shared.days.map(({ top }) => top)).toEqual([SECTION_HEIGHT, SECTION_HEIGHT, SECTION_HEIGHT]);
  const big = finish(shapeOf([100, ...Array<number>(30).fill(99), 98]));
  expect(big.days).toHaveLength(3);
  expect(new Set(big.days.map(({ top }) => top)).size).toBe(3);
});

test("the photo under a point, up and down, and the rubber band", () => {
  const layout = finish(shapeOf(Array<number>(40).fill(100)));
  const second = layout.rowStarts[1] as number;
  expect(layout.photoNear(5, (layout.rowTops[1] as number) + 5)).toBe(second);
  expect(layout.photoNear(9999, -50)).toBe(second - 1);
  expect(layout.vertical(0, 1)).toBe(second);
  expect(layout.vertical(second, -1)).toBe(0);
  expect(layout.vertical(39, 1)).toBe(39);
  const [top, height] = [layout.rowTops[0] as number, layout.rowHeights[0] as number];
  expect(layout.photosIn(0, top, 10, top + height + GAP + 2)).toEqual([0, second]);
});

test("an empty grid has no rows, and nothing near a point", () => {
  const layout = finish(shapeOf([]));
  expect([layout.rows, layout.height, layout.photoNear(1, 1)]).toEqual([0, 0, -1]);
});

test("the work stops often enough to let frames through, even within one long day", () => {
  const work = layOut(fold(shapeOf(Array<number>(50_000).fill(7)), new Set()), options);
  let slices = 0;
  while (!work.next().done) slices++;
  expect(slices).toBeGreaterThanOrEqual(10);
});
