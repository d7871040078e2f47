// Every photo has the colour of what is known of it, whichever photos the answers hold.
import { expect, test } from "vitest";
import { TIMELESS, type MapFacts } from "../../backend/backend";
import { colourOf, colourPhotos, indexOfId, spanOf, type Colouring } from "./colours";
import { finished } from "./for-tests";

const ids = Uint32Array.of(2, 5, 9, 14);
const facts: MapFacts = {
  ids: Uint32Array.of(1, 2, 9, 14, 20),
  minutes: Int32Array.of(-100, 0, 100, 50, 155),
  folders: Uint16Array.of(0, 1, 1, 99, 0),
  cameras: Uint16Array.of(0, 0, 1, 0, 0),
  decisions: Uint8Array.of(0, 5, 0, 0b01011, 0),
  legend: { folders: ["a", "b"], cameras: ["Canon", null] },
};
const groups = { ids: Uint32Array.of(2, 5, 14), clusters: Uint16Array.of(7, 8, 7) };

function colours(by: Colouring): string[] {
  const bytes = finished(colourPhotos(ids, by, facts, groups, "dark"));
  return Array.from(ids, (_, at) => Array.from(bytes.subarray(at * 4, at * 4 + 3)).join());
}

const one = (by: Colouring, value: number) => colourOf(by, value, "dark").join();

test("clusters, folders, cameras and stars are joined by id", () => {
  expect(colours("cluster")).toEqual([one("cluster", 7), one("cluster", 8), one("cluster", -1), one("cluster", 7)]);
  expect(colours("folder")).toEqual([one("folder", 1), one("folder", -1), one("folder", 1), one("folder", 99)]);
  expect(colours("camera")).toEqual([one("camera", 0), one("camera", -1), one("camera", -1), one("camera", 0)]);
  expect(colours("rating")).toEqual([one("rating", 5), one("rating", -1), one("rating", 0), one("rating", 3)]);
});

test("dates go from the first to the last of all photos", () => {
  expect(colours("date")[0]).toBe(one("date", 100));
  expect(colours("date")[2]).toBe(one("date", 200));
});

test("a photo of which nobody knows when is grey, and no end of time", () => {
  const timeless = { ...facts, minutes: Int32Array.of(-100, TIMELESS, 100, 50, 155) };
  const [unknown, , known] = Array.from(ids, (_, at) => [...finished(colourPhotos(ids, "date", timeless, null, "dark")).subarray(at * 4, at * 4 + 3)].join());
  expect([unknown, known]).toEqual([one("date", -1), one("date", 200)]);
  expect(spanOf(Int32Array.of(TIMELESS))).toBeNull();
});

test("neighbouring clusters can be told apart, and colours are bytes", () => {
  for (let cluster = 0; cluster < 200; cluster++) {
    const [a, b] = [colourOf("cluster", cluster, "light"), colourOf("cluster", cluster + 1, "light")];
    expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThan(40);
    for (const part of a) expect(part).toBeGreaterThanOrEqual(0);
  }
});

test("an id is found where it stands", () => {
  expect(Array.from(ids, (id) => indexOfId(ids, id))).toEqual([0, 1, 2, 3]);
  expect([0, 3, 99].map((id) => indexOfId(ids, id))).toEqual([-1, -1, -1]);
});
