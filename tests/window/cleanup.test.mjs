/**
 * Near-duplicates, in the built window and by keyboard alone: a folder with copies, edits and a burst is read, groups are
 * reviewed and compared, files go to the trash and come back, also after the window was closed. What lies on the disk is
 * looked at after every step.
 */

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { filesBelow, newLibrary } from "../drive/library.mjs";
import { layOut } from "../drive/photos.mjs";
import { keepView } from "../drive/views.mjs";
import { inWindow } from "../drive/window.mjs";

const LAKE = "captioned/images/1808370027_2088394eb4.jpg";
const CANOE = "captioned/images/1965278563_8279e408de.jpg";
const BEACH = "captioned/images/1982852140_56425fa7a2.jpg";
const SURF = "captioned/images/1998457059_c9ac9a1e1a.jpg";
const MOUNTAINS = "captioned/images/2036407732_d5a0389bba.jpg";
const ROPE = "captioned/images/186890601_8a6b0f1769.jpg";
const RECEIVED = "Received/received_7714.jpg";
const LAKE_FIRST = "2019 Lake/IMG_0481.jpg";
const LAKE_AGAIN = "From the phone/IMG_0481 (1).jpg";
const CAMERA = "Likeness Test Camera";

const FILES = [
  { from: LAKE, to: LAKE_FIRST, on: "2019-07-03" },
  { from: LAKE, to: LAKE_AGAIN, on: "2020-01-05" },
  { from: CANOE, to: "2019 Lake/IMG_0513.jpg", on: "2019-07-04" },
  { from: CANOE, to: RECEIVED, on: "2022-05-01", edit: { scale: 0.64, quality: 0.7 } },
  { from: BEACH, to: "2018 Sea/IMG_0207.jpg", on: "2018-08-11" },
  { from: BEACH, to: "2018 Sea/IMG_0207 upright.jpg", on: "2018-08-12", edit: { quarters: 1, quality: 0.6 } },
  { from: BEACH, to: "From the phone/IMG_0207.jpg", on: "2020-01-05" },
  { from: SURF, to: "2018 Sea/IMG_0231.jpg", on: "2018-08-13" },
  { from: SURF, to: "Edited/Surf.jpg", on: "2018-09-01", edit: { part: [0.1, 0.08, 0.84, 0.86], filter: "saturate(1.3)", quality: 0.6 } },
  { from: MOUNTAINS, to: "2017 Mountains/IMG_0110.jpg", on: "2017-06-02" },
  { from: MOUNTAINS, to: "Edited/Mountains.jpg", on: "2017-06-20", edit: { filter: "sepia(0.5) contrast(1.15)", quality: 0.6 } },
  { from: ROPE, to: "2019 Lake/IMG_0530.jpg", taken: { camera: CAMERA, at: "2019:07:05 15:04:21" } },
  {
    from: ROPE,
    to: "2019 Lake/IMG_0531.jpg",
    edit: { part: [0.04, 0.02, 0.94, 0.94], filter: "brightness(1.06)" },
    taken: { camera: CAMERA, at: "2019:07:05 15:04:22" },
  },
  { from: "captioned/images/1807169176_7f5226bf5a.jpg", to: "2019 Lake/IMG_0540.jpg", on: "2019-07-06" },
  { from: "captioned/images/182493240_40410254b0.jpg", to: "2017 Mountains/IMG_0122.jpg", on: "2017-06-03" },
  { from: "captioned/images/1772859261_236c09b861.jpg", to: "2018 Sea/IMG_0250.jpg", on: "2018-08-14" },
];
const PATIENCE_MS = 30_000;
/** Three of copies, two of edits, one burst. */
const GROUPS_OF_ALL = 6;

const PHOTOS = '[role=grid][aria-label="Photos"]';
const GROUPS = '[role=grid][aria-label="Groups of near-duplicates"]';
/** What is said of the file where the keyboard is. */
const HERE = `const at = document.querySelector('${GROUPS}')?.getAttribute("aria-activedescendant");
  const here = document.getElementById(at)?.getAttribute("aria-label") ?? ""`;
let library;

beforeEach(async () => {
  library = await newLibrary();
});
afterEach(() => library.close());

test("in the window and by keyboard alone, copies are compared, cleared away and brought back, also after a restart", async () => {
  await layOut(library.photos, FILES);
  const untouched = await filesBelow(library.photos);
  const trashed = (...gone) => areTrashed(untouched, gone);
  const copies = [RECEIVED, LAKE_AGAIN, "From the phone/IMG_0207.jpg", "2018 Sea/IMG_0207 upright.jpg"];

  await inWindow(library, [library.photos], "window-cleanup", async (window) => {
    await window.find(`${PHOTOS} [data-photo-id]`, 4);
    await window.findByWords("[role=status]", "similar search ready");

    // A decision about a copy that is going to go: the newest photo, which is the first.
    await window.press("Home");
    await window.holds("a photo is selected", `return document.querySelector("footer .selected") !== null`);
    await window.press("4");
    await window.findByWords(".toast", "1 photo rated 4");
    assert.deepEqual(await rated(), [RECEIVED]);

    await window.press("d");
    await groupsAre(window, GROUPS_OF_ALL);
    await keepView(window, "cleanup-review");

    // Everything about the first group.
    await walkTo(window, "IMG_0207");
    await says(window, "1, ", "stays, Kept: ");
    await window.press("2");
    await says(window, "2, ", "stays");
    await window.press("2");
    await says(window, "2, ", "goes to the trash");
    await window.press("1");
    await window.findByWords(".toast", "The last one stays");

    // Compared: beside each other, all the same way up, and in one place.
    await window.press("c");
    const [compare] = await window.find('[role=dialog][aria-label="Compare"]');
    const arrived = `const pictures = [...arguments[0].querySelectorAll("img")].filter((one) => one.alt.includes(arguments[1]));
      return pictures.length > 0 && pictures.every((one) => one.complete && one.naturalWidth > 0) && pictures`;
    const [upright] = await window.holds("the turned copy is there", arrived, compare, "upright");
    assert.equal(await window.script("return getComputedStyle(arguments[0]).rotate", upright), "270deg", "turned back");
    await keepView(window, "cleanup-side-by-side");
    for (let groups = 0; groups < 3; groups++) await window.press("PageDown");
    await window.holds("the edited picture is there", arrived, compare, "Mountains");
    for (const way of ["Flip", "Split", "Difference"]) {
      await window.press("v");
      await window.holds(`compared by ${way}`, `return arguments[0].querySelector("label:has(:checked)").textContent.includes(arguments[1])`, compare, way);
      await keepView(window, `cleanup-${way.toLowerCase()}`);
    }
    await window.press("Escape");
    await window.holds("the groups again", `return document.querySelector('[role=dialog]') === null`);

    // One group goes and comes back.
    await walkTo(window, "IMG_0513");
    await window.findByWords(`${GROUPS} .passes`, "★★★★");
    await window.press("Enter");
    await window.findByWords(".toast", "1 file moved to the trash");
    await groupsAre(window, GROUPS_OF_ALL - 1);
    await comesTrue(() => trashed(RECEIVED));
    assert.deepEqual(await rated(), ["2019 Lake/IMG_0513.jpg"], "the rating passed to the one that stays");
    await window.press("Control+z");
    await window.findByWords(".toast", "Undone: moving photos to the trash");
    await groupsAre(window, GROUPS_OF_ALL);
    await comesTrue(() => trashed());
    assert.deepEqual(await rated(), [RECEIVED], "the rating is where it was");

    // And goes again; of the others it is said what they are, or all that is safe goes at once.
    await walkTo(window, "IMG_0513");
    await window.press("Enter");
    await groupsAre(window, GROUPS_OF_ALL - 1);
    await comesTrue(() => trashed(RECEIVED));
    await walkTo(window, "IMG_0231");
    await window.press("n");
    await window.findByWords(".toast", "Not duplicates");
    await groupsAre(window, GROUPS_OF_ALL - 2);
    await window.tabTo("to the trash (", "Shift+Tab");
    await window.press("Enter");
    await window.findByWords("dialog button:focus", "Move 3 files");
    await keepView(window, "cleanup-plan");
    await window.press("Enter");
    await window.findByWords(".toast", "3 files moved to the trash");
    await groupsAre(window, GROUPS_OF_ALL - 4);
    await comesTrue(() => trashed(...copies));
  });

  await inWindow(library, [], "window-cleanup-again", async (window) => {
    await window.find(`${PHOTOS} [data-photo-id]`, 4);
    await window.press("d");
    await groupsAre(window, GROUPS_OF_ALL - 4);
    await comesTrue(() => trashed(...copies));

    await window.tabTo("Clean-ups", "Shift+Tab");
    await window.press("Enter");
    await window.press("End");
    await window.press("Enter");
    const history = 'dialog ul[aria-label="Clean-ups"] li';
    await window.find(history, 3);
    await keepView(window, "cleanup-history");
    for (const files of ["3 files put back", "1 file put back"]) {
      await window.tabTo("Put back");
      await window.press("Enter");
      await window.findByWords(".toast", files);
    }
    await comesTrue(() => trashed());
    assert.deepEqual(await rated(), [RECEIVED], "decisions came back with their photos");
    await window.press("Escape");
    await groupsAre(window, GROUPS_OF_ALL - 1);

    // Undo goes on where the closed window ended.
    await window.press("Control+z");
    await groupsAre(window, GROUPS_OF_ALL);
    await comesTrue(() => trashed());
  });
});

test("in the window, a file stays when what it was to stay for is gone meanwhile", async () => {
  await layOut(library.photos, FILES.slice(0, 4));
  const untouched = await filesBelow(library.photos);
  await inWindow(library, [library.photos], "window-cleanup-meanwhile", async (window) => {
    await window.find(`${PHOTOS} [data-photo-id]`, 3);
    await window.press("d");
    await groupsAre(window, 2);
    await window.tabTo("to the trash (", "Shift+Tab");
    await window.press("Enter");
    await window.findByWords("dialog button:focus", "Move 2 files");
    await rm(path.join(library.photos, LAKE_FIRST));
    delete untouched[LAKE_FIRST];
    await window.press("Enter");
    await window.findByWords("dialog h2", "1 file moved to the trash");
    await window.findByWords("dialog .reason", `${LAKE_FIRST}, which would stay, is not there any more`);
    await window.findByWords("dialog li", "IMG_0481 (1).jpg");
    await keepView(window, "cleanup-stays");
    await comesTrue(() => areTrashed(untouched, [RECEIVED]));
    // The one that is left is alone, and seen to be.
    await window.press("Enter");
    await window.findByWords("main h2", "No near-duplicates");
  });
});

/** Files that went are in the trash, whole, and all others are as they were. */
async function areTrashed(untouched, gone) {
  const here = await filesBelow(library.photos);
  const stays = Object.entries(untouched).filter(([file]) => !gone.includes(file));
  assert.deepEqual(here, Object.fromEntries(stays), "what stays is as it was");
  const inTrash = Object.values(await filesBelow(library.trash)).sort();
  assert.deepEqual(inTrash, gone.map((file) => untouched[file]).sort(), "what went lies in the trash, whole");
}

/** What a key sets going is done a moment later. */
async function comesTrue(check) {
  for (const end = Date.now() + PATIENCE_MS; ; await pause(100)) {
    try {
      return await check();
    } catch (failure) {
      if (Date.now() > end) throw failure;
    }
  }
}

/** The files of rated photos. */
async function rated() {
  const photos = await library.run("photos", "--rating", "4");
  return photos.map((photo) => path.relative(library.photos, photo.path));
}

function groupsAre(window, count) {
  return window.holds(`${count} groups`, `return document.querySelector(arguments[0])?.getAttribute("aria-rowcount") === arguments[1]`, GROUPS, String(count));
}

/** Goes down from the first group to the one with this file. */
async function walkTo(window, file) {
  await window.press("Home");
  for (let groups = 0; groups < GROUPS_OF_ALL; groups++) {
    await window.holds("a file is current", `${HERE}; return here !== ""`);
    if (await window.script(`${HERE}; return here.includes(arguments[0])`, file)) return;
    await window.press("ArrowDown");
  }
  throw new Error(`no group has ${file} in it`);
}

/** Waits until this is said of the file where the keyboard is. */
function says(window, ...words) {
  return window.holds(words.join("…"), `${HERE}; return arguments[0].every((each) => here.includes(each))`, words);
}
