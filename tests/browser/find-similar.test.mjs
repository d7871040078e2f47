/**
 * The first journey, in a browser: photos appear, a right click on one, *Find similar*, and what comes first is of
 * the same kind.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { inBrowser } from "../drive/chromium.mjs";
import { libraryOf } from "../drive/library.mjs";

const KINDS = ["laptop", "strawberry", "Motorbikes", "dalmatian"];
let library;

before(async () => {
  library = await libraryOf(KINDS);
  await library.run("add", library.photos);
});
after(() => library.close());

test("in a browser, a photo's look-alikes are a right click away", async () => {
  const address = await library.serve();
  await inBrowser(address, "browser-find-similar", async (page) => {
    const photos = page.getByRole("grid", { name: "Photos", exact: true }).locator("[data-photo-id]");
    await photos.first().waitFor();

    const asked = photos.and(page.getByLabel("dalmatian")).first();
    const photo = await asked.getAttribute("data-photo-id");
    await asked.click({ button: "right" });
    await page.getByRole("menu").getByRole("menuitem", { name: "Find similar" }).click();

    await page.getByRole("heading", { name: "Similar", exact: true }).waitFor();
    await page.getByRole("region", { name: "Query" }).getByRole("button", { name: /^Like dalmatian/ }).waitFor();
    const results = page.getByRole("grid", { name: "Similar photos" }).locator("[data-photo-id]");
    await results.first().waitFor();
    const found = await results.evaluateAll((tiles) =>
      tiles.map((tile) => ({
        photo: tile.dataset.photoId,
        name: tile.getAttribute("aria-label"),
      })),
    );
    assert.ok(found.length >= 6, `a row of results, not ${found.length}`);
    for (const { name } of found.slice(0, 6)) assert.match(name, /dalmatian/);
    assert.ok(found.every((tile) => tile.photo !== photo), "the photo asked about is not among its own results");
  });
});
