import { expect, test } from "vitest";
import type { GridShape } from "../../backend/backend";
import { fold, photosOf } from "./folded";

/** Photos 1 to 7; 3, 2 and 4 are a stack that 3 stands for, 6 and 7 another. */
const shape: GridShape = {
  ids: Uint32Array.of(1, 3, 2, 4, 5, 6, 7),
  stacks: Uint32Array.of(1, 3, 3, 3, 5, 6, 6),
  minutes: Int32Array.of(70, 60, 61, 62, 40, 30, 31),
  aspects: Float32Array.of(1, 1.5, 0.75, 2, 1, 1, 1),
};

test("a stack is one tile, at its first photo, which says for how many it stands", () => {
  const folded = fold(shape, new Set());
  expect([...folded.ids]).toEqual([1, 3, 5, 6]);
  expect([...folded.counts]).toEqual([1, 3, 1, 2]);
  expect([...folded.minutes]).toEqual([70, 60, 40, 30]);
  expect([...folded.aspects]).toEqual([1, 1.5, 1, 1]);
  expect([...photosOf(folded, 1)]).toEqual([3, 2, 4]);
  expect([...photosOf(folded, 2)]).toEqual([5]);
});

test("a stack that any of its photos opens shows all of them, and each is a photo of that stack", () => {
  const folded = fold(shape, new Set([4]));
  expect([...folded.ids]).toEqual([1, 3, 2, 4, 5, 6]);
  expect([...folded.counts]).toEqual([1, 1, 1, 1, 1, 2]);
  expect([...folded.sizes]).toEqual([1, 3, 3, 3, 1, 2]);
  expect([...folded.minutes]).toEqual([70, 60, 60, 60, 40, 30]);
  expect([...photosOf(folded, 2)]).toEqual([2]);
});

test("a hundred thousand photos in stacks of three are folded in their order", () => {
  const ids = Uint32Array.from({ length: 99_999 }, (_, at) => at + 1);
  const large = { ids, stacks: ids.map((id) => id - ((id - 1) % 3)), minutes: new Int32Array(99_999), aspects: new Float32Array(99_999).fill(1) };
  const folded = fold(large, new Set([50_000]));
  expect(folded.ids).toHaveLength(33_335);
  expect(folded.counts.reduce((sum, count) => sum + count)).toBe(99_999);
});
