// A tag is read by its last level, and written with whatever stands between levels on paper.
import { expect, test } from "vitest";
import { tagAbove, tagDepth, tagName, typedTag } from "./tag-names";

test("a tag is its last level, below the others", () => {
  expect([tagName("Animals|Dogs|Rex"), tagAbove("Animals|Dogs|Rex"), tagDepth("Animals|Dogs|Rex")]).toEqual(["Rex", "Animals › Dogs", 2]);
  expect([tagName("Print"), tagAbove("Print"), tagDepth("Print")]).toEqual(["Print", "", 0]);
});

test("a typed tag has levels and no empty ones", () => {
  expect(typedTag(" Animals >  Dogs|Rex ")).toBe("Animals|Dogs|Rex");
  expect(typedTag("AC/DC  live")).toBe("AC/DC live");
  expect(typedTag(" > | ")).toBeNull();
});
