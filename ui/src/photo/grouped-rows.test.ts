/** Where the photos of a list lie: groups, rows that fill the width, what is near the viewport, moving up and down. */
import { describe, expect, it } from "vitest";
import { blocksBetween, layOut, photosIn, rowOf, verticalNeighbour, type Placeable } from "./grouped-rows";

const settings = { width: 1000, rowHeight: 180, gap: 8, headingHeight: 40 };
const aspects = [1.5, 0.67, 1.5, 1.33, 0.1, 9, 1, 1.78];

function results(counts: Record<string, number>): Placeable[] {
  return (["same", "veryClose", "related"] as const).flatMap((group) =>
    Array.from({ length: counts[group] ?? 0 }, (_, i) => ({ group, aspect: aspects[i % aspects.length]! })),
  );
}

describe("the layout", () => {
  it("heads each group with its count and skips empty ones", () => {
    const headings = layOut(results({ same: 1, related: 30 }), settings).blocks.filter((block) => block.kind === "heading");
    expect(headings.map(({ group, count }) => [group, count])).toEqual([
      ["same", 1],
      ["related", 30],
    ]);
  });

  it("places every result once, in order, within the width, without overlap", () => {
    const layout = layOut(results({ same: 3, veryClose: 40, related: 157 }), settings);
    const seen: number[] = [];
    let bottom = 0;
    for (const block of layout.blocks) {
      expect(block.top).toBeGreaterThanOrEqual(bottom);
      bottom = block.top + block.height;
      if (block.kind !== "row") continue;
      let right = -settings.gap;
      for (const cell of block.cells) {
        expect(Math.abs(cell.left - right - settings.gap)).toBeLessThanOrEqual(1);
        expect(Number.isInteger(cell.left) && Number.isInteger(cell.width)).toBe(true);
        right = cell.left + cell.width;
        seen.push(cell.index);
      }
      expect(right).toBeLessThanOrEqual(settings.width + 1e-6);
    }
    expect(seen).toEqual([...Array(200).keys()]);
    expect(layout.height).toBeGreaterThanOrEqual(bottom);
  });

  it("fills all rows but a group's last, near the height asked for", () => {
    const rows = layOut(results({ related: 60 }), settings).blocks.filter((block) => block.kind === "row");
    for (const row of rows.slice(0, -1)) {
      const last = row.cells[row.cells.length - 1]!;
      expect(last.left + last.width).toBeCloseTo(settings.width);
      expect(Math.abs(row.height - settings.rowHeight)).toBeLessThan(settings.rowHeight * 0.4);
    }
  });

  it("does not blow up a single result", () => {
    const [, row] = layOut(results({ same: 1 }), settings).blocks;
    expect(row!.height).toBeLessThanOrEqual(180 * 1.15);
  });

  it("is empty for nothing", () => {
    expect(layOut([], settings)).toEqual({ blocks: [], tops: [], height: 0 });
  });
});

describe("what is near the viewport", () => {
  const layout = layOut(results({ same: 3, veryClose: 40, related: 157 }), settings);

  it("is all that can be seen and little else", () => {
    for (let from = -100; from < layout.height + 100; from += 77) {
      const near = blocksBetween(layout, from, from + 600);
      for (const block of layout.blocks) {
        if (block.top + block.height > from && block.top < from + 600) expect(near).toContain(block);
      }
      expect(near.length).toBeLessThan(8);
    }
  });
});

describe("a rectangle", () => {
  const layout = layOut(results({ same: 2, related: 40 }), settings);
  const rows = layout.blocks.filter((block) => block.kind === "row");
  const cell = rows[1]!.cells[1]!;

  it("touches what it covers in part, and no headings", () => {
    const { top, height } = rows[1]!;
    expect(photosIn(layout, cell.left + 1, top + 1, cell.left + 2, top + 2)).toEqual([cell.index]);
    expect(photosIn(layout, 0, 0, settings.width, top + height - 1)).toEqual([0, 1, ...rows[1]!.cells.map(({ index }) => index)]);
    expect(photosIn(layout, 0, 0, settings.width, settings.headingHeight - 1)).toEqual([]);
  });

  it("touches nothing in the gaps", () => {
    const { top, height } = rows[1]!;
    expect(photosIn(layout, 0, top + height + 1, settings.width, top + height + settings.gap - 1)).toEqual([]);
    expect(photosIn(layout, cell.left - settings.gap + 2, top, cell.left - 2, top + height)).toEqual([]);
  });
});

describe("moving", () => {
  const layout = layOut(results({ same: 2, related: 40 }), settings);

  it("goes to the row below and back, over headings", () => {
    const below = verticalNeighbour(layout, 0, "down");
    expect(below).toBe(2);
    expect(verticalNeighbour(layout, below, "up")).toBe(0);
  });

  it("stays at the ends", () => {
    expect(verticalNeighbour(layout, 0, "up")).toBe(0);
    expect(verticalNeighbour(layout, 41, "down")).toBe(41);
  });

  it("finds a result's row", () => {
    for (const index of [0, 1, 2, 20, 41]) {
      expect(rowOf(layout, index)!.cells.some((cell) => cell.index === index)).toBe(true);
    }
    expect(rowOf(layout, 42)).toBeNull();
  });
});
