/**
 * A library one can live in, in the built window: a stack is opened, the wall of suggestions is looked at and one of them kept,
 * an album is taught by three photos and answered with one key each, filters are put together and taken off, and odd ones
 * out are walked through.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { newLibrary } from "../drive/library.mjs";
import { layOut, wholeFolder } from "../drive/photos.mjs";
import { keepView } from "../drive/views.mjs";
import { inWindow } from "../drive/window.mjs";

const ROPE = "captioned/images/186890601_8a6b0f1769.jpg";
const shot = (second, edit) => ({
  from: ROPE,
  to: `Lake/IMG_05${30 + second}.jpg`,
  taken: { camera: "Likeness Test Camera", at: `2024:08:05 15:04:2${second}` },
  edit,
});
const BURST = [shot(1), shot(2, { part: [0.03, 0.02, 0.95, 0.95] }), shot(3, { part: [0.02, 0, 0.95, 0.95], filter: "brightness(1.06)" })];
const odd = (photo, at, filter) => ({
  from: `diverse/${photo}.JPEG`,
  to: `Phone/IMG_900${at}.jpg`,
  on: `2020-02-0${at}`,
  ...(filter && { edit: { filter } }),
});
const ODD = [
  odd("n02769748_backpack", 1, "brightness(0.02)"),
  odd("n04153751_screw", 2),
  odd("n02786058_Band_Aid", 3),
  odd("n04579432_whistle", 4),
  odd("n03124170_cowboy_hat", 5, "blur(14px)"),
  odd("n07697537_hotdog", 6, "blur(16px)"),
  odd("n04409515_tennis_ball", 7, "blur(12px)"),
  odd("n09399592_promontory", 8, "brightness(0.12)"),
];
/** Of one look each; the dogs came last. */
const FOLDERS = [
  ["photos/caltech/ketch", "Harbour/Boat", "2019-07-01"],
  ["photos/caltech/water_lilly", "Pond/Water lily", "2020-06-01"],
  ["photos/flowers/roses", "Garden/Rose", "2021-06-01"],
  ["photos/flowers/tulips", "Garden/Tulip", "2022-04-10"],
  ["photos/flowers/sunflowers", "Garden/Sunflower", "2023-07-01"],
  ["photos/caltech/dalmatian", "Dogs/Dalmatian", "2024-07-01"],
];
const KINDS = FOLDERS.map(([, to]) => to.split("/")[1]);

const PHOTOS = '[role=grid][aria-label="Photos"] [data-photo-id]';
const ODD_ONES = '[role=grid][aria-label="Odd ones out"] [data-photo-id]';
const CARDS = 'ul[aria-label="Suggestions"] button.card';
const ALBUMS = 'ul[aria-label="Albums"] button';
const CHIPS = '[role=group][aria-label="Filters"] .chip';
const ENTRIES = "[role=menu] [role^=menuitem]";
const SHOWN = `return Number((document.querySelector("header .count")?.textContent ?? "").replace(/\\D/g, ""))`;
let library;

before(async () => {
  library = await newLibrary();
  const folders = await Promise.all(FOLDERS.map(([from, to, since]) => wholeFolder(from, to, since)));
  await layOut(library.photos, [...BURST, ...ODD, ...folders.flat()]);
  await library.run("add", library.photos);
});
after(() => library.close());

test("in the window, albums make themselves, learn, and photos are found by filters, stacks and oddness", async () => {
  let learned;
  await inWindow(library, [], "window-albums", async (window) => {
    await window.find(PHOTOS, 4);
    const all = await shows(window, (count) => count > 100);

    // A burst is one photo until it is opened; what is done to it is done to all of it.
    await window.press("Home");
    await window.findByWords("footer .selected", "3 selected");
    const [, closed] = await window.find(PHOTOS, 2);
    await window.press("e");
    await window.findByWords(PHOTOS, "IMG_0533");
    await keepView(window, "albums-stack");
    await window.press("e");
    await window.holds("the stack is closed", `return document.querySelectorAll(arguments[0])[1]?.dataset.photoId === arguments[1]`, PHOTOS, await window.attribute(closed, "data-photo-id"));

    // The wall of suggestions; one of them is of one kind, and is kept.
    await window.press("a");
    await window.find(CARDS, 4);
    await keepView(window, "albums-wall");
    const card = await window.findByWords(CARDS, "Harbour");
    const name = await window.script(`return arguments[0].querySelector(".name").textContent`, card);
    await window.clickWords(CARDS, "Harbour");
    await window.findByWords("h1", name);
    const inside = await shows(window, (count) => count < all);
    const kinds = await labels(window).then((every) => every.map((label) => KINDS.find((kind) => label.includes(kind))));
    const most = Math.max(...KINDS.map((kind) => kinds.filter((each) => each === kind).length));
    assert.ok(most >= kinds.length * 0.7, `most of a suggestion are of one kind: ${kinds}`);
    await keepView(window, "albums-suggestion");
    await window.clickWords("button", "Keep as album");
    await window.findByWords(".toast", `with ${inside} photos`);
    await window.findByWords(ALBUMS, name);

    // Three dogs teach an album; what it proposes is answered with a key each.
    await window.press("g");
    await shows(window, (count) => count === all);
    await window.press("Home");
    await window.press("ArrowRight");
    for (let more = 0; more < 2; more++) await window.press("Shift+ArrowRight");
    await window.findByWords("footer .selected", "3 selected");
    await window.press("Shift+B");
    await window.find("dialog input:focus");
    await window.type("Spotted dogs");
    await keepView(window, "albums-teach");
    await window.press("Enter");
    await answer(window, "Dalmatian", 6);
    await window.clickWords("header button", "Spotted dogs");
    await window.findByWords("h1", "Spotted dogs");
    learned = await shows(window, (count) => count < all);
    assert.ok(learned > 3, `the album has more than its examples: ${learned}`);
    await keepView(window, "albums-taught");

    // Filters say before what they leave, are combined, and taken off one by one.
    await window.press("g");
    await shows(window, (count) => count === all);
    const landscape = await filter(window, "Shape", "Landscape");
    await shows(window, (count) => count === landscape);
    const ofYear = await filter(window, "Date", "2024");
    await shows(window, (count) => count === ofYear);
    assert.ok(ofYear < landscape);
    await window.find(CHIPS, 2);
    await keepView(window, "albums-filters");
    await window.clickWords(`${CHIPS} .off`, "2024");
    await shows(window, (count) => count === landscape);
    await window.clickWords(`${CHIPS} .off`, "Landscape");
    await shows(window, (count) => count === all);

    // Odd ones out, with one key each, and undone.
    await window.clickWords("nav button, aside button", "Odd ones out");
    const odd = (await window.find(ODD_ONES, 2)).length;
    await keepView(window, "albums-odd");
    const first = await currentOdd(window);
    await window.press("k");
    await window.findByWords(".toast", "odd no more");
    await window.holds("the next one is at hand", `return document.querySelectorAll(arguments[0]).length < arguments[1]`, ODD_ONES, odd);
    assert.notEqual(await currentOdd(window), first);
    await window.press("x");
    await window.findByWords(".toast", "rejected");
    for (let steps = 0; steps < 2; steps++) await window.press("Control+z");
    await window.holds("both steps are taken back", `return document.querySelectorAll(arguments[0]).length === arguments[1]`, ODD_ONES, odd);
  });

  // All of it is there the next day, and can still be taken back.
  await inWindow(library, [], "window-albums-again", async (window) => {
    await window.findByWords(ALBUMS, "Harbour");
    await window.clickWords(ALBUMS, "Spotted dogs");
    await window.findByWords("h1", "Spotted dogs");
    await shows(window, (count) => count === learned);
    await window.press("Control+z");
    await window.findByWords(".toast", "Undone");
    await shows(window, (count) => count === learned - 1);
  });
});

/** The number of photos above the view, once it is as it should be. */
function shows(window, wanted) {
  return window.comes("the number of photos", async () => {
    const count = await window.script(SHOWN);
    return wanted(count) ? count : undefined;
  });
}

/** What tiles in view are called, once all have their names. */
function labels(window) {
  return window.holds(
    "names",
    `const labels = [...document.querySelectorAll(arguments[0])].map((one) => one.getAttribute("aria-label") ?? "");
     return labels.length > 0 && labels.every((label) => label.includes(".jpg")) && labels`,
    PHOTOS,
  );
}

/** Says yes to photos of a kind and no to others, as they are proposed. */
async function answer(window, kind, times) {
  // When nothing sure is left, one looks at the others.
  const asked = `[...document.querySelectorAll("button")].find((one) => one.textContent.includes("less sure"))?.click();
    return document.querySelector("section.ask .high")?.alt`;
  for (let answers = 0, before; answers < times; answers++) {
    before = await window.comes("a photo is proposed", async () => {
      const now = await window.script(asked);
      return now && now !== before ? now : undefined;
    });
    if (answers === 0) {
      await window.find('ul[aria-label="Because of these"] button', 3);
      await keepView(window, "albums-proposals");
    }
    await window.press(before.includes(kind) ? "y" : "n");
  }
}

/** Chooses a value of the filter menu, and gives how many photos it says it would leave. */
async function filter(window, part, value) {
  await window.clickWords("header button", "Filter");
  await window.clickWords(ENTRIES, part);
  const entry = await window.findByWords(ENTRIES, value);
  const count = await window.script(`return Number(arguments[0].querySelector(".shortcut").textContent.replace(/\\D/g, ""))`, entry);
  await window.clickWords(ENTRIES, value);
  return count;
}

/** The photo of the odd ones out where the keyboard is. */
function currentOdd(window) {
  return window.holds("an odd one is current", `return document.querySelector('[role=grid][aria-label="Odd ones out"]')?.getAttribute("aria-activedescendant")`);
}
