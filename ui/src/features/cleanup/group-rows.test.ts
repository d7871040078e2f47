// Where groups lie: heights by the number of files, headings where a lane begins.
import { expect, test } from "vitest";
import type { GroupGlance, LaneWord } from "../../backend/wire";
import { SIZES, layOutGroups } from "./group-rows";

const glance = (lane: LaneWord, files: number): GroupGlance => ({ lane, files, keeper: 1, selected: 1, frees: 1 });
const LINE = SIZES.tileHeight + SIZES.gap;

test("a group is as high as its files need, and the first of a lane has its heading", () => {
  const room = 2 * SIZES.side + 3 * SIZES.tile + 2 * SIZES.gap;
  const { perLine, tops } = layOutGroups([glance("copies", 3), glance("copies", 4), glance("edits", 2)], room);
  expect(perLine).toBe(3);
  const heights = [0, 1, 2].map((at) => (tops[at + 1] as number) - (tops[at] as number));
  const plain = SIZES.head + SIZES.foot;
  expect(heights).toEqual([SIZES.laneHeading + plain + LINE, plain + 2 * LINE, SIZES.laneHeading + plain + LINE]);
});

test("where there is hardly any room, files lie below each other", () => {
  expect(layOutGroups([glance("copies", 3)], 90).perLine).toBe(1);
  expect(layOutGroups([], 900).tops).toEqual(new Float64Array([0]));
});
