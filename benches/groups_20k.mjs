/**
 * How soon the near-duplicates of a library with 20,000 groups are there, in Chromium over HTTP: from the key to the first
 * groups painted, each time after a photo got other stars, so that the engine makes all groups anew.
 *
 *     cargo bench -p likeness-benches --bench cleanup_100k -- FOLDER      makes the library, FOLDER/library
 *     node benches/groups_20k.mjs FOLDER/library [LIKENESS]               LIKENESS: target/release/likeness
 */

import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

import { inBrowser } from "../tests/drive/chromium.mjs";

const ROOT = path.resolve(import.meta.dirname, "..");
const [library, likeness = path.join(ROOT, "target/release/likeness")] = process.argv.slice(2);
if (!library) throw new Error("name a library: node benches/groups_20k.mjs FOLDER/library [LIKENESS]");
const TIMES = 9;

const serving = spawn(likeness, ["--json", "--library", library, "serve"], { stdio: ["ignore", "pipe", "inherit"] });
let address;
for await (const line of createInterface(serving.stdout)) {
  address = JSON.parse(line).url;
  break;
}

try {
  await inBrowser(address, "groups-20k", async (page) => {
    const photos = page.getByRole("grid", { name: "Photos", exact: true }).locator("[data-photo-id]");
    await photos.first().waitFor();
    const took = [];
    for (let time = 0; time < TIMES; time += 1) {
      await page.keyboard.press("g");
      await photos.first().click();
      const rated = page.waitForResponse((response) => /"rate"/.test(response.request().postData() ?? ""));
      await page.keyboard.press(`${(time % 5) + 1}`);
      await rated;
      await page.evaluate(() => {
        const isThere = () => document.querySelector('[role="grid"] [role="row"] [data-file]') !== null;
        addEventListener("keydown", () => {
          const began = performance.now();
          globalThis.opened = new Promise((done) => {
            const look = () => (isThere() ? requestAnimationFrame(() => done(performance.now() - began)) : requestAnimationFrame(look));
            look();
          });
        }, { once: true, capture: true });
      });
      await page.keyboard.press("d");
      took.push(Math.round(await page.evaluate(() => globalThis.opened)));
    }
    const [first, ...later] = took;
    later.sort((a, b) => a - b);
    process.stdout.write(`${JSON.stringify({ first_ms: first, median_ms: later[later.length >> 1], slowest_ms: later.at(-1) })}\n`);
  });
} finally {
  serving.kill("SIGTERM");
}
