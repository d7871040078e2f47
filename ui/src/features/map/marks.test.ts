// Marks say of every photo whether it is selected and whether it is dimmed.
import { expect, test } from "vitest";
import { finished } from "./for-tests";
import { DIMMED, SELECTED } from "./gl/dots";
import { markPhotos } from "./marks";

const ids = Uint32Array.of(3, 5, 8, 9);

test("selected and dimmed are apart from each other", () => {
  expect([...finished(markPhotos(ids, [8, 77], null))]).toEqual([0, 0, SELECTED, 0]);
  expect([...finished(markPhotos(ids, [8, 9], [9, 3, 4]))]).toEqual([0, DIMMED, DIMMED | SELECTED, SELECTED]);
  expect([...finished(markPhotos(ids, [], []))]).toEqual([DIMMED, DIMMED, DIMMED, DIMMED]);
});
