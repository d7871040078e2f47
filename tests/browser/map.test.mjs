/**
 * The map's journey, in a browser: it opens, zooms, a lasso counts while it is drawn and selects, what looks like a
 * photo is shown on it, a picture of it is kept, and the grid has the selection kept.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { inBrowser } from "../drive/chromium.mjs";
import { libraryOf } from "../drive/library.mjs";
import { sizeOfPng } from "../drive/png.mjs";

const KINDS = ["laptop", "strawberry", "Motorbikes", "dalmatian"];
/** These all look alike, so that each of them finds others. */
const OF_ONE_LOOK = "Motorbikes";
const PATIENCE_MS = 90_000;
let library;

before(async () => {
  library = await libraryOf(KINDS);
  await library.run("add", library.photos);
});
after(() => library.close());

test("in a browser, the map is flown over, lassoed, and gives its selection to the grid", async () => {
  await inBrowser(await library.serve(), "browser-map", async (page) => {
    const photos = page.getByRole("grid", { name: "Photos", exact: true }).locator("[data-photo-id]");
    await photos.first().waitFor();
    await page.keyboard.press("m");
    const map = page.getByRole("listbox", { name: "Map of all photos" });
    const inSight = map.getByRole("option");
    await inSight.first().waitFor({ state: "attached", timeout: PATIENCE_MS });
    const box = await map.boundingBox();
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };

    // Nearer, fewer photos are in sight, and all of them are named.
    const far = await ids(inSight);
    await page.mouse.move(middle.x, middle.y);
    for (let notch = 0; notch < 6; notch++) await page.mouse.wheel(0, -240);
    await changed(page, async () => (await ids(inSight)).join() !== far.join(), "other photos are in sight");
    const named = new RegExp(KINDS.join("|"));
    const labels = () => inSight.evaluateAll((found) => found.map((one) => one.getAttribute("aria-label")));
    await changed(page, async () => (await labels()).every((label) => named.test(label)), "what is in sight is named");
    await page.keyboard.press("f");
    await changed(page, async () => (await ids(inSight)).join() === far.join(), "the whole map is in sight again");

    // A lasso round everything counts everything while it is drawn.
    await page.keyboard.down("Shift");
    await drawAround(page, middle, { x: box.width / 2 - 6, y: box.height / 2 - 6 });
    await page.getByRole("status").filter({ hasText: `${library.count} photos` }).last().waitFor();
    await page.mouse.up();
    await page.keyboard.up("Shift");
    const selected = page.locator("footer").getByText("selected");
    await selected.filter({ hasText: `${library.count} selected` }).waitFor();

    // What looks like a photo is shown on the map, and stands out.
    await map.focus();
    const current = () => map.locator('[aria-selected="true"]').first().getAttribute("aria-label");
    for (const key of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"].flatMap((each) => Array(12).fill(each))) {
      await page.keyboard.press(key);
      await selected.filter({ hasText: /^1 selected/ }).waitFor();
      await changed(page, async () => named.test(await current()), "the photo where the keyboard is has a name");
      if ((await current()).includes(OF_ONE_LOOK)) break;
    }
    await page.keyboard.press("s");
    await page.getByRole("heading", { name: "Similar", exact: true }).waitFor();
    await page.getByRole("button", { name: "Show all on the map" }).click();
    await page.getByRole("status").filter({ hasText: /similar photos? on the map/ }).waitFor();

    // Only what stands out can be lassoed.
    await inSight.first().waitFor({ state: "attached" });
    await page.keyboard.down("Shift");
    await drawAround(page, middle, { x: box.width / 2 - 6, y: box.height / 2 - 6 });
    await page.mouse.up();
    await page.keyboard.up("Shift");
    await changed(page, async () => Number.parseInt(await selected.textContent(), 10) > 1, "photos are lassoed");
    const lassoed = Number.parseInt(await selected.textContent(), 10);
    assert.ok(lassoed < library.count, `of ${library.count} only what looks alike is lassoed, not ${lassoed}`);

    const [download] = await Promise.all([page.waitForEvent("download", { timeout: PATIENCE_MS }), saveAsPicture(page)]);
    await download.saveAs(library.picture);
    const { width, height, bytes } = await sizeOfPng(library.picture);
    assert.deepEqual({ width, height }, { width: 2048, height: 2048 });
    assert.ok(bytes > 100_000, `a picture with photos in it, not ${bytes} bytes`);

    // The grid has selected what was lassoed.
    await page.keyboard.press("g");
    await photos.first().waitFor();
    assert.equal(Number.parseInt(await selected.textContent(), 10), lassoed);
  });
});

function ids(options) {
  return options.evaluateAll((found) => found.map((one) => one.dataset.photoId));
}

async function saveAsPicture(page) {
  await page.getByRole("button", { name: "More about the map" }).click();
  await page.getByRole("menuitem", { name: "Save as a picture" }).click();
  await page.getByRole("menuitem", { name: "2,048 pixels" }).click();
}

async function drawAround(page, middle, radius) {
  await page.mouse.move(middle.x - radius.x, middle.y);
  await page.mouse.down();
  for (const [x, y] of [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, 0.05]]) {
    await page.mouse.move(middle.x + x * radius.x, middle.y + y * radius.y, { steps: 6 });
  }
}

async function changed(page, isSo, what) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await page.waitForTimeout(150)) if (await isSo()) return;
  throw new Error(`waited in vain until ${what}`);
}
