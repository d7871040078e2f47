/**
 * The first journey, in the built window: photos appear, a real right click on one, *Find similar*, and what comes
 * first is of the same kind.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { libraryOf } from "../drive/library.mjs";
import { inWindow } from "../drive/window.mjs";

const PHOTOS = '[role=grid][aria-label="Photos"] [data-photo-id]';
const RESULTS = '[role=grid][aria-label="Similar photos"] [data-photo-id]';
let library;

before(async () => {
  library = await libraryOf(["laptop", "strawberry", "Motorbikes", "dalmatian"]);
});
after(() => library.close());

test("in the window, a folder's photos appear and their look-alikes are a right click away", async () => {
  await inWindow(library, [library.photos], "window-find-similar", async (window) => {
    await window.find(PHOTOS, 12);
    await window.findByWords("[role=status]", "similar search ready");

    const asked = await window.findByWords(PHOTOS, "dalmatian");
    const photo = await window.attribute(asked, "data-photo-id");
    await window.rightClick(asked);
    await window.click(await window.findByWords("[role=menu] [role=menuitem]", "Find similar"));

    await window.findByWords("h1", "Similar");
    await window.findByWords('section[aria-label="Query"] button', "Like dalmatian");
    const results = await window.find(RESULTS, 3);
    const found = await Promise.all(
      results.map(async (tile) => ({
        photo: await window.attribute(tile, "data-photo-id"),
        name: await window.spokenName(tile),
      })),
    );
    assert.ok(found.length >= 6, `a row of results, not ${found.length}`);
    for (const { name } of found.slice(0, 6)) assert.match(name, /dalmatian/);
    assert.ok(found.every((tile) => tile.photo !== photo), "the photo asked about is not among its own results");
  });
});
