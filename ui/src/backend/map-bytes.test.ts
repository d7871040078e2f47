// Bytes become the places, facts and clusters they say, and torn bytes are refused.
import { expect, test } from "vitest";
import { decodeFacts, decodeGroups, decodePoints } from "./map-bytes";

test("places in space lie array after array", () => {
  const bytes = new ArrayBuffer(12 + 4 * 4 * 2);
  new Uint32Array(bytes).set([1, 2, 3, 7, 4_000_000_000]);
  new Float32Array(bytes, 20).set([0.25, 0.5, 0.75, 1, -0.125, 2]);
  const points = decodePoints(bytes);
  expect([...points.ids]).toEqual([7, 4_000_000_000]);
  expect([[...points.x], [...points.y], [...(points.z ?? [])]]).toEqual([[0.25, 0.5], [0.75, 1], [-0.125, 2]]);
  expect(() => decodePoints(bytes.slice(0, 40))).toThrow(RangeError);
  expect(() => decodePoints(new ArrayBuffer(0))).toThrow(RangeError);
});

test("facts end with their legend", () => {
  const legend = new TextEncoder().encode(JSON.stringify({ folders: ["Größe"], cameras: [null] }));
  const bytes = new Uint8Array(12 + 13 + legend.length);
  new Uint32Array(bytes.buffer, 0, 4).set([1, 1, legend.length, 9]);
  new Int32Array(bytes.buffer, 16, 1).set([-60]);
  bytes[24] = 0b10101;
  bytes.set(legend, 25);
  const facts = decodeFacts(bytes.buffer);
  expect([facts.ids[0], facts.minutes[0], facts.folders[0], facts.cameras[0], facts.decisions[0]]).toEqual([9, -60, 0, 0, 21]);
  expect(facts.legend).toEqual({ folders: ["Größe"], cameras: [null] });
});

test("clusters, and a version that is not known", () => {
  const bytes = new ArrayBuffer(8 + 12);
  new Uint32Array(bytes, 0, 4).set([1, 2, 5, 6]);
  new Uint16Array(bytes, 16).set([3, 65_535]);
  expect([...decodeGroups(bytes).clusters]).toEqual([3, 65_535]);
  new Uint32Array(bytes)[0] = 2;
  expect(() => decodeGroups(bytes)).toThrow(/version 2/);
});
