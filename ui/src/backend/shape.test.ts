// Bytes become the shape they say, and torn bytes are refused.
import { expect, test } from "vitest";
import { decodeShape } from "./shape";

test("ids, minutes, aspects and stacks lie one after another", () => {
  const bytes = new ArrayBuffer(4 + 16 * 2);
  const view = new DataView(bytes);
  view.setUint32(0, 2, true);
  view.setUint32(4, 7, true);
  view.setUint32(8, 4_000_000_000, true);
  view.setInt32(12, -60, true);
  view.setInt32(16, 28_000_000, true);
  view.setFloat32(20, 1.5, true);
  view.setFloat32(24, 0.75, true);
  view.setUint32(28, 7, true);
  view.setUint32(32, 7, true);
  const shape = decodeShape(bytes);
  expect([...shape.ids]).toEqual([7, 4_000_000_000]);
  expect([...shape.minutes]).toEqual([-60, 28_000_000]);
  expect([...shape.aspects]).toEqual([1.5, 0.75]);
  expect([...shape.stacks]).toEqual([7, 7]);
  expect(decodeShape(new ArrayBuffer(4)).ids.length).toBe(0);
  expect(() => decodeShape(bytes.slice(0, 20))).toThrow(RangeError);
});
