// Names of files and folders, whatever separates them.
import { expect, test } from "vitest";
import { folderName, lastPart } from "./paths";

test("the last part is the name, the one before it the folder", () => {
  for (const path of ["/home/me/Coast/a b.jpg", "C:\\me\\Coast\\a b.jpg", "//server/Coast//a b.jpg"]) {
    expect([lastPart(path), folderName(path)]).toEqual(["a b.jpg", "Coast"]);
  }
  expect(lastPart("/home/me/")).toBe("me");
  expect([lastPart("/"), folderName("a.jpg")]).toEqual(["/", ""]);
});
