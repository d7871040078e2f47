/**
 * The map's journey, in the built window: it opens and is drawn, zooms, a lasso counts while it is drawn and selects, what
 * looks like a photo is shown on it, a picture of it is kept, and the grid has the selection kept.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { libraryOf } from "../drive/library.mjs";
import { sizeOfPng } from "../drive/png.mjs";
import { inWindow } from "../drive/window.mjs";

const KINDS = ["laptop", "strawberry", "Motorbikes", "dalmatian"];
/** These all look alike, so that each of them finds others. */
const OF_ONE_LOOK = "Motorbikes";
const PHOTOS = '[role=grid][aria-label="Photos"] [data-photo-id]';
const MAP = '[role=listbox][aria-label="Map of all photos"]';
const IN_SIGHT = `return [...document.querySelectorAll('${MAP} [role=option]')]`;
const SELECTED = `const said = document.querySelector("footer .selected")?.textContent ?? "0"; return Number.parseInt(said, 10)`;
let library;

before(async () => {
  library = await libraryOf(KINDS);
  await library.run("add", library.photos);
});
after(() => library.close());

test("in the window, the map is flown over, lassoed, and gives its selection to the grid", async () => {
  const answers = { LIKENESS_TEST_SAVE_PICTURE: library.picture };
  await inWindow({ environment: { ...library.environment, ...answers } }, [], "window-map", async (window) => {
    await window.find(PHOTOS, 12);
    await window.press("m");
    await window.find(`${MAP} [role=option]`);
    const [map] = await window.find(MAP);
    const [canvas] = await window.find(`${MAP} canvas`);
    assert.ok(await window.script("return arguments[0].getContext('webgl2') !== null", canvas), "the map is drawn by WebGL");
    const box = await window.box(map);
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const inSight = () => window.script(`${IN_SIGHT}.map((one) => one.dataset.photoId).join()`);

    // Nearer, fewer photos are in sight, and all of them are named.
    const far = await inSight();
    for (let notch = 0; notch < 6; notch++) await window.wheel(middle, -240);
    await window.holds("other photos are in sight", `${IN_SIGHT}.map((one) => one.dataset.photoId).join() !== arguments[0]`, far);
    const named = KINDS.map((kind) => `label.includes("${kind}")`).join("||");
    await window.holds("what is in sight is named", `${IN_SIGHT}.map((one) => one.getAttribute("aria-label")).every((label) => ${named})`);
    await window.press("f");
    await window.holds("the whole map is in sight again", `${IN_SIGHT}.map((one) => one.dataset.photoId).join() === arguments[0]`, far);

    // A lasso round everything counts everything while it is drawn.
    const around = [[-1, 0], [-1, -1], [1, -1], [1, 1], [-1, 1], [-1, 0.05]].map(([across, down]) => ({
      x: middle.x + across * (box.width / 2 - 6),
      y: middle.y + down * (box.height / 2 - 6),
    }));
    await window.holdKey("Shift");
    await window.drag(around);
    await window.findByWords("[role=status]", `${library.count} photos`);
    await window.letButtonGo();
    await window.letKeyGo("Shift");
    await window.holds("everything is selected", `${SELECTED} === arguments[0]`, library.count);

    // What looks like a photo is shown on the map, and stands out.
    const current = `const label = document.querySelector('${MAP} [aria-selected="true"]')?.getAttribute("aria-label") ?? ""`;
    for (const key of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"].flatMap((each) => Array(12).fill(each))) {
      await window.press(key);
      await window.holds("one photo is selected", `${SELECTED} === 1`);
      await window.holds("the photo where the keyboard is has a name", `${current}; return ${named}`);
      if (await window.script(`${current}; return label.includes(arguments[0])`, OF_ONE_LOOK)) break;
    }
    await window.press("s");
    await window.findByWords("h1", "Similar");
    await window.click(await window.findByWords("button", "Show all on the map"));
    await window.findByWords("[role=status]", "on the map");

    // Only what stands out can be lassoed.
    await window.find(`${MAP} [role=option]`);
    await window.holdKey("Shift");
    await window.drag(around);
    await window.letButtonGo();
    await window.letKeyGo("Shift");
    await window.holds("photos are lassoed", `${SELECTED} > 1`);
    const lassoed = await window.script(SELECTED);
    assert.ok(lassoed < library.count, `of ${library.count} only what looks alike is lassoed, not ${lassoed}`);

    await window.click(await window.findByWords("button", "More about the map"));
    await window.click(await window.findByWords("[role=menuitem]", "Save as a picture"));
    await window.click(await window.findByWords("[role=menuitem]", "2,048 pixels"));
    await window.findByWords(".toast", "Picture saved");
    const { width, height, bytes } = await sizeOfPng(library.picture);
    assert.deepEqual({ width, height }, { width: 2048, height: 2048 });
    assert.ok(bytes > 100_000, `a picture with photos in it, not ${bytes} bytes`);

    // The grid has selected what was lassoed.
    await window.press("g");
    await window.find(PHOTOS, 12);
    assert.equal(await window.script(SELECTED), lassoed);
  });
});
