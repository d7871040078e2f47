/**
 * Near-duplicates, in a browser and by keyboard alone: the review opens, a file is kept after all, two are compared, a group is
 * applied, another one is said to be none, all that is safe goes in one step, undo brings everything back, and source folders
 * are put in an order that decides what stays.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { inBrowser } from "../drive/chromium.mjs";
import { withMadeUpLibrary } from "../drive/pages.mjs";

const PATIENCE_MS = 90_000;

test("near-duplicates are reviewed, compared, cleared away and brought back by keyboard alone", { timeout: 240_000 }, () =>
  withMadeUpLibrary(100, (address) =>
    inBrowser(address, "browser-cleanup", async (page) => {
      page.setDefaultTimeout(PATIENCE_MS);
      await page.getByRole("grid", { name: "Photos", exact: true }).locator("[data-photo-id]").first().waitFor();
      await page.keyboard.press("d");
      const groups = page.getByRole("grid", { name: "Groups of near-duplicates" });
      const row = groups.getByRole("row").first();
      const tiles = row.getByRole("gridcell");
      await tiles.first().waitFor();
      assert.match(await tiles.first().getAttribute("aria-label"), /stays, Kept: /, "the keeper says why it is kept");
      const before = await allGroups(groups);

      // One more is kept, and the last that stays can't go.
      assert.match(await tiles.nth(1).getAttribute("aria-label"), /goes to the trash/);
      await page.keyboard.press("2");
      await row.getByRole("gridcell", { name: /^2, .*, stays/ }).waitFor();
      await page.keyboard.press("2");
      await row.getByRole("gridcell", { name: /^2, .*, goes to the trash/ }).waitFor();
      await page.keyboard.press("1");
      await page.getByText("The last one stays").waitFor();

      // Between two folders there are fewer, and the way back is the same menu.
      await chooseWhere(page, /Between chosen folders/);
      const folders = page.getByRole("dialog", { name: "Between which folders?" });
      await folders.getByRole("checkbox").first().focus();
      await page.keyboard.press("Space");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      await folders.getByText("Choose two folders or more.").waitFor();
      await page.keyboard.press("Space");
      await folders.getByRole("button", { name: "Look there" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: /Between Phone and Old disk/ }).waitFor();
      assert.ok((await allGroups(groups)) < before);
      await chooseWhere(page, /Anywhere/);
      await page.waitForFunction((all) => document.querySelector("[role=grid][aria-rowcount]")?.getAttribute("aria-rowcount") === String(all), before);
      await groups.focus();

      await page.keyboard.press("c");
      const compare = page.getByRole("dialog", { name: "Compare" });
      await compare.waitFor();
      for (const way of ["Flip", "Split", "Difference"]) {
        await page.keyboard.press("v");
        await compare.getByRole("radio", { name: way, checked: true }).waitFor({ state: "attached" });
      }
      await page.keyboard.press("z");
      await page.keyboard.press("Shift+ArrowLeft");
      await page.keyboard.press("Escape");
      await compare.waitFor({ state: "detached" });

      // Enter applies and goes on; N says that they are none.
      const [, first, second] = await keepers(groups);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByText(/moved to the trash, .* freed/).waitFor();
      await groups.locator(`[data-file="${first}"]`).waitFor({ state: "detached" });
      await page.keyboard.press("n");
      await page.getByText("Not duplicates: they are not shown as a group again").waitFor();
      await groups.locator(`[data-file="${second}"]`).waitFor({ state: "detached" });
      assert.equal(await allGroups(groups), before - 2);

      // What was said is listed pair by pair, and one of them comes back.
      await page.getByRole("button", { name: /Clean-ups/ }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("menuitem", { name: "Clean-ups…" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Show them…" }).focus();
      await page.keyboard.press("Enter");
      const said = page.getByRole("dialog", { name: "What you said of pairs" });
      const pairs = said.getByRole("listitem");
      const all = Number(await pairs.first().getAttribute("aria-setsize"));
      await pairs.first().getByText("Not duplicates").waitFor();
      await pairs.first().getByRole("button", { name: /^Take back/ }).focus();
      await page.keyboard.press("Enter");
      await said.locator(`[aria-setsize="${all - 1}"]`).or(said.getByText("Nothing is left")).first().waitFor();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await said.waitFor({ state: "detached" });
      await groups.focus();
      await page.keyboard.press("Control+z");
      await page.getByText(/^Undone: /).last().waitFor();
      assert.equal(await allGroups(groups), before - 2);

      // All that is safe, from the button that says how much.
      await page.getByRole("button", { name: /^Move \d+ copies to the trash/ }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: /^Move \d+ files to the trash\?$/ }).waitFor();
      await page.getByRole("button", { name: /^Move \d+ files$/ }).and(page.locator(":focus")).waitFor();
      await page.keyboard.press("Enter");
      const report = page.getByRole("dialog", { name: /files moved to the trash$/ });
      await report.getByText("Its drive is not connected").waitFor();
      await page.keyboard.press("Enter");
      await report.waitFor({ state: "detached" });

      for (const what of ["moving photos to the trash", "saying that photos are no duplicates", "moving photos to the trash"]) {
        await page.keyboard.press("Control+z");
        await page.getByText(`Undone: ${what}`).last().waitFor();
      }
      await groups.locator(`[data-file="${first}"]`).waitFor();
      assert.equal(await allGroups(groups), before);

      // What lies in the folder that is put first stays, once that decides first.
      await page.getByRole("button", { name: /^What stays/ }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("menuitem", { name: "What stays…" }).focus();
      await page.keyboard.press("Enter");
      const keeping = page.getByRole("dialog", { name: "What stays" });
      await keeping.getByRole("option", { name: "Format, 1 of 10" }).and(page.locator(":focus")).waitFor();
      for (let step = 0; step < 8; step++) await page.keyboard.press("ArrowDown");
      for (let step = 0; step < 8; step++) await page.keyboard.press("Alt+ArrowUp");
      await keeping.getByRole("option", { name: "Folder, 1 of 10" }).and(page.locator(":focus")).waitFor();
      await page.keyboard.press("Tab");
      await keeping.getByRole("option", { name: "Pictures, without a place" }).and(page.locator(":focus")).waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Alt+ArrowUp");
      await keeping.getByRole("option", { name: "Phone, 1 of 3" }).and(page.locator(":focus")).waitFor();
      await page.keyboard.press("Escape");
      await keeping.waitFor({ state: "detached" });
      await groups.getByRole("gridcell", { name: /^1, .* stays, Kept: in a folder further up/ }).first().waitFor();
    }),
  ),
);

/** Chooses where pairs are looked at. */
async function chooseWhere(page, name) {
  await page.getByRole("button", { name: /^Where:/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitemradio", { name }).focus();
  await page.keyboard.press("Enter");
}

async function allGroups(groups) {
  return Number(await groups.getAttribute("aria-rowcount"));
}

/** The first file of each group in view. */
async function keepers(groups) {
  const rows = groups.getByRole("row");
  await rows.nth(2).getByRole("gridcell").first().waitFor();
  return rows.evaluateAll((all) => all.map((row) => row.querySelector("[data-file]")?.getAttribute("data-file")));
}
