// One thing moves among others, and never out of the list.
import { expect, test } from "vitest";
import { folderPlaces, moved } from "./reorder";

test("a thing moves up and down, and stops at the ends", () => {
  const items = ["a", "b", "c", "d"];
  expect(moved(items, 2, 0)).toEqual(["c", "a", "b", "d"]);
  expect(moved(items, 0, 2)).toEqual(["b", "c", "a", "d"]);
  expect(moved(items, 3, 9)).toEqual(items);
  expect(moved(items, 0, -1)).toEqual(items);
});

test("folders come in the order of their places, those without one not at all", () => {
  const folders = [
    { id: 1, rank: 1 },
    { id: 2, rank: null },
    { id: 3, rank: 0 },
  ];
  expect(folderPlaces(folders)).toEqual([3, 1]);
});
