/**
 * A hundred thousand photos, in a browser: a stack is opened and closed, filters combine, a suggestion is kept from the wall,
 * and odd ones are walked through with one key each.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { inBrowser } from "../drive/chromium.mjs";
import { withMadeUpLibrary } from "../drive/pages.mjs";

const PATIENCE_MS = 90_000;

test("of 100,000 photos, a stack opens, filters combine, a suggestion is kept, and odd ones are walked through", { timeout: 300_000 }, () =>
  withMadeUpLibrary(100_000, (address) =>
    inBrowser(address, "browser-hundred-thousand", async (page) => {
      page.setDefaultTimeout(PATIENCE_MS);
      const grid = page.getByRole("grid", { name: "Photos", exact: true });
      const stack = grid.getByLabel(/stack of 3 photos/).first();
      await stack.click();
      await page.locator("footer").getByText("3 selected").waitFor();
      const first = Number(await stack.getAttribute("data-photo-id"));
      await page.keyboard.press("e");
      await grid.locator(`[data-photo-id="${first + 1}"]`).waitFor();
      await page.keyboard.press("e");
      await grid.locator(`[data-photo-id="${first + 1}"]`).waitFor({ state: "detached" });

      // Three filters of the address, each with a chip; what is left passes all of them.
      await page.goto(`${address}#/photos?stars=1&camera=Nikon&orientation=landscape`);
      await page.getByRole("group", { name: "Filters" }).getByRole("button", { name: /^Remove filter/ }).nth(2).waitFor();
      await grid.locator("[data-photo-id]").first().waitFor();
      await grid.getByLabel(/star/).first().waitFor();

      await page.keyboard.press("a");
      const wall = page.getByRole("list", { name: "Suggestions" });
      await wall.locator(".card").first().waitFor();
      const suggested = await wall.locator(".card").count();
      await page.keyboard.press("k");
      await page.getByRole("list", { name: "Albums" }).first().getByRole("button").first().waitFor();
      await page.waitForFunction((before) => document.querySelectorAll("[data-suggestion]").length === before - 1, suggested);
      await page.keyboard.press("Control+z");
      await page.waitForFunction((before) => document.querySelectorAll("[data-suggestion]").length === before, suggested);

      await page.getByRole("navigation", { name: "Places" }).getByRole("button", { name: "Odd ones out" }).click();
      const odd = page.getByRole("grid", { name: "Odd ones out" });
      const chosen = odd.locator('[aria-selected="true"]');
      await chosen.waitFor();
      const before = await chosen.getAttribute("data-photo-id");
      await page.keyboard.press("k");
      await odd.locator(`[data-photo-id="${before}"]`).waitFor({ state: "detached" });
      assert.notEqual(await chosen.getAttribute("data-photo-id"), before);
      await page.keyboard.press("Control+z");
      await odd.locator(`[data-photo-id="${before}"]`).waitFor();
    }),
  ),
);
