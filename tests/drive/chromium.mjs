/**
 * The system's Chromium, headless, with one page in it, driven by Playwright. Knows nothing of Likeness's pages.
 */

import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";

import { pictures } from "./library.mjs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** Software drawing, and no request of the browser's own. */
const FLAGS = [
  "--no-sandbox",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/**
 * Opens `address` and walks the journey; a page that reports an error of its own has failed.
 * @param {string} address
 * @param {string} name names the picture that is kept when the journey fails
 * @param {(page: import("playwright-core").Page) => Promise<void>} journey
 */
export async function inBrowser(address, name, journey) {
  const executablePath = PLACES.find((place) => existsSync(place));
  if (!executablePath) throw new Error(`no Chromium at ${PLACES.join(", ")}`);
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(20_000);
    const errors = [];
    page.on("pageerror", (error) => errors.push(error));
    try {
      // Pages that are served from their sources are made while they load.
      await page.goto(address, { timeout: 90_000 });
      await journey(page);
    } catch (failure) {
      await mkdir(pictures, { recursive: true });
      const picture = path.join(pictures, `${name}.png`);
      await page.screenshot({ path: picture });
      throw new Error(`${failure.message}\nthe page then: ${picture}`, { cause: failure });
    }
    if (errors.length) throw new AggregateError(errors, `the page reported: ${errors.join("; ")}`);
  } finally {
    await browser.close();
  }
}
