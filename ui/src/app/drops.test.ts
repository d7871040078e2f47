// Dropped paths mean a picture or folders.
import { expect, test } from "vitest";
import { sortPaths } from "./drops";

test("a picture asks for similar, anything else is a folder", () => {
  expect(sortPaths(["/home/me/a.JPG"])).toEqual({ picture: "/home/me/a.JPG", folders: [] });
  expect(sortPaths(["/home/me/2019", "/home/me/trip.photos"])).toEqual({ picture: null, folders: ["/home/me/2019", "/home/me/trip.photos"] });
  expect(sortPaths(["C:\\Photos\\dsc.nef", "C:\\Photos"]).picture).toBe("C:\\Photos\\dsc.nef");
});
