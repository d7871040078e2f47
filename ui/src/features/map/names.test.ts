// Regions are called by what tells them apart.
import { expect, test } from "vitest";
import type { MapCluster } from "../../backend/wire";
import { clusterNames, timeSpan } from "./names";

const day = (text: string) => Date.parse(`${text}T12:00:00Z`);
const cluster = (number: number, folder: string | null, from: string, until: string, camera: string | null = null): MapCluster => ({
  cluster: number, cover: 1, photos: 9, x: 0, y: 0, z: 0, fromMs: day(from), untilMs: day(until), folder, camera,
});

test("a folder or a time of its own is a name; what most share is none", () => {
  const shared = [1, 2, 3, 4].map((number) => cluster(number, "/home/me/Pictures", "2014-01-01", "2019-01-01"));
  const own = cluster(5, "/home/me/Trips\\Rome/", "2014-03-02", "2014-03-09");
  const brief = cluster(6, "/home/me/Pictures", "2017-05-02", "2017-08-09");
  expect(clusterNames([...shared, own, brief], "en-GB")).toEqual(["", "", "", "", "Rome · March 2014", "2017"]);
});

test("where all are of one month, nobody is called by it", () => {
  const alike = [1, 2, 3].map((number) => cluster(number, null, "2026-11-02", "2026-11-20"));
  const own = cluster(4, "/photos/sea", "2026-11-02", "2026-11-20");
  expect(clusterNames([...alike, own], "en-GB")).toEqual(["", "", "", "sea"]);
});

test("a camera is a name where nothing else is", () => {
  const shared = [1, 2, 3, 4].map((number) => cluster(number, null, "2014-01-01", "2019-01-01", "Canon"));
  const own = cluster(5, null, "2014-01-01", "2019-01-01", "Leica");
  expect(clusterNames([...shared, own], "en-GB")).toEqual(["", "", "", "", "Leica"]);
});

test("times are as short as they can be", () => {
  expect(timeSpan(day("2014-03-01"), day("2014-03-31"), "en-GB")).toBe("March 2014");
  expect(timeSpan(day("2014-03-01"), day("2014-11-01"), "en-GB")).toBe("2014");
  expect(timeSpan(day("2009-03-01"), day("2014-11-01"), "de")).toBe("2009 – 2014");
});
