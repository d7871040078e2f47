// Years stand apart, in order, and the track reaches both ends.
import { expect, test } from "vitest";
import { NAME_HEIGHT, placeAt, yearMarks } from "./scrubber";

const month = (year: number, top: number) => ({ span: "month" as const, ms: Date.UTC(year, 5, 1), top, first: 0, photos: 1 });

test("years without room are left out, the first stays", () => {
  const months = [month(2024, 0), month(2024, 500), month(2023, 900), month(2022, 910), month(2021, 5_000)];
  const marks = yearMarks(months, 10_000, 400);
  expect(marks.map(({ year }) => year)).toEqual([2024, 2023, 2021]);
  for (let at = 1; at < marks.length; at++) {
    expect((marks[at]?.y ?? 0) - (marks[at - 1]?.y ?? 0)).toBeGreaterThanOrEqual(NAME_HEIGHT);
  }
});

test("the track reaches both ends and no further", () => {
  expect([-5, 0, 200, 400, 999].map((y) => placeAt(y, 400, 10_000))).toEqual([0, 0, 5_000, 10_000, 10_000]);
});
