/**
 * Albums that make themselves, in a browser: a suggestion is opened and kept, three photos teach an album whose proposals
 * are answered with one key each, and what was decided is taken back.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { inBrowser } from "../drive/chromium.mjs";
import { libraryOf } from "../drive/library.mjs";

const KINDS = ["laptop", "strawberry", "Motorbikes", "dalmatian"];
const PATIENCE_MS = 90_000;
let library;

before(async () => {
  library = await libraryOf(KINDS);
  await library.run("add", library.photos);
});
after(() => library.close());

test("in a browser, a suggestion is of one kind, is opened and kept, and comes back", async () => {
  await inBrowser(await library.serve(), "browser-suggestions", async (page) => {
    await page.getByRole("grid", { name: "Photos", exact: true }).locator("[data-photo-id]").first().waitFor();
    await page.keyboard.press("a");
    const wall = page.getByRole("list", { name: "Suggestions" });
    await wall.getByRole("listitem").first().waitFor({ timeout: PATIENCE_MS });
    const card = wall.locator(".card").first();
    const name = await card.locator(".name").textContent();
    assert.ok(KINDS.some((kind) => name.startsWith(kind)), `a suggestion has the name that its files begin with: ${name}`);
    const photos = Number.parseInt(await card.getByText(/\d+ photos/).textContent(), 10);
    await card.click();
    await page.getByRole("heading", { name, exact: true, level: 1 }).waitFor();

    const tiles = page.getByRole("grid", { name: "Photos", exact: true }).locator("[data-photo-id]");
    await page.waitForFunction((all) => document.querySelectorAll("[role=grid] [data-photo-id]").length === all, photos);
    const kinds = (await labels(tiles)).map((label) => KINDS.find((kind) => label.includes(kind)));
    const most = Math.max(...KINDS.map((kind) => kinds.filter((each) => each === kind).length));
    assert.ok(most >= kinds.length * 0.8, `most of a suggestion are of one kind: ${kinds}`);

    await page.getByRole("button", { name: "Keep as album" }).click();
    await page.waitForURL(/album=/);
    const albums = page.getByRole("navigation", { name: "Places" }).getByRole("list", { name: "Albums" });
    await albums.getByRole("button", { name: new RegExp(`^${escape(name)}`) }).first().waitFor();
    await page.keyboard.press("Control+z");
    await page.keyboard.press("a");
    await wall.locator(".name").getByText(name, { exact: true }).waitFor();
  });
});

test("in a browser, three photos teach an album, which proposes more of their kind", async () => {
  await inBrowser(await library.serve(), "browser-taught", async (page) => {
    const tiles = page.getByRole("grid", { name: "Photos", exact: true }).locator("[data-photo-id]");
    await tiles.first().waitFor();
    const examples = tiles.and(page.getByLabel("dalmatian"));
    await examples.nth(0).click();
    await examples.nth(1).click({ modifiers: ["Control"] });
    await examples.nth(2).click({ modifiers: ["Control"] });
    await page.locator("footer").getByText("3 selected").waitFor();
    await page.keyboard.press("Shift+B");
    await page.getByRole("dialog", { name: "Teach an album" }).waitFor();
    await page.keyboard.type("Spots");
    await page.keyboard.press("Enter");

    const question = page.getByRole("region", { name: "Does this belong to “Spots”?" });
    await question.waitFor({ timeout: PATIENCE_MS });
    for (let answers = 0, asked = null; answers < 6; answers++) {
      asked = await nextAsked(page, asked);
      assert.match(asked, /dalmatian/, "what is proposed first is of the kind that was taught");
      await page.getByRole("list", { name: "Because of these" }).getByRole("button", { name: /dalmatian/ }).first().waitFor();
      await page.keyboard.press("y");
    }
    await page.getByRole("banner").or(page.locator("header")).getByRole("button", { name: "Spots" }).first().click();
    await page.locator("header").getByText("9", { exact: true }).waitFor();
  });
});

/** The name of the photo that is asked about after another; where nothing sure is left, one looks at the others. */
async function nextAsked(page, before) {
  const asked = await page.waitForFunction(
    (before) => {
      const name = document.querySelector(".ask .high")?.getAttribute("alt");
      if (name && name !== before) return name;
      [...document.querySelectorAll("main button")].find((button) => /less sure/.test(button.textContent))?.click();
      return null;
    },
    before,
    { timeout: PATIENCE_MS, polling: 100 },
  );
  return asked.jsonValue();
}

/** What tiles are called, once their names are known. */
async function labels(tiles) {
  const named = new RegExp(KINDS.join("|"));
  for (let tries = 0; tries < 50; tries++) {
    const found = await tiles.evaluateAll((all) => all.map((tile) => tile.getAttribute("aria-label") ?? ""));
    if (found.length > 0 && found.every((label) => named.test(label))) return found;
    await tiles.page().waitForTimeout(100);
  }
  throw new Error("tiles are not named");
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
