/**
 * The grid on a real library in Chromium, over HTTP: time to the first photos, tasks that hold the page, blank rows
 * after jumps to any year, memory of engine and page.
 *
 *     node benches/grid_100k.mjs LIBRARY [LIKENESS]     a library that `likeness add` has read; target/release/likeness
 */

import { spawn } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";

import { inBrowser } from "../tests/drive/chromium.mjs";

const ROOT = path.resolve(import.meta.dirname, "..");
const [library, likeness = path.join(ROOT, "target/release/likeness")] = process.argv.slice(2);
if (!library) throw new Error("name a library: node benches/grid_100k.mjs LIBRARY [LIKENESS]");
const JUMPS = 20;

const started = performance.now();
const serving = spawn(likeness, ["--json", "--library", library, "serve"], { stdio: ["ignore", "pipe", "inherit"] });
let address;
for await (const line of createInterface(serving.stdout)) {
  address = JSON.parse(line).url;
  break;
}
const figures = { serve_ready_ms: Math.round(performance.now() - started) };

/** Resident memory of a process and those that it started, in MiB. */
async function memory(pid) {
  let total = 0;
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = await readFile(`/proc/${name}/status`, "utf8");
      const parent = Number(/^PPid:\s+(\d+)/m.exec(status)[1]);
      if (Number(name) === pid || parent === pid) total += Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    } catch {
      // The process ended meanwhile.
    }
  }
  return Math.round(total / 1024);
}

/** Share of the tiles in view that show neither a loaded thumbnail nor a colour nor a preview. */
function blankTiles() {
  const tiles = [...document.querySelectorAll("[data-photo-id]")].filter((tile) => {
    const box = tile.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
  });
  const blank = tiles.filter((tile) => {
    const shown = [...tile.querySelectorAll("img, canvas")].some((picture) => picture.complete ?? true);
    const painted = [tile, ...tile.querySelectorAll("*")].some((element) => {
      const { backgroundColor, backgroundImage } = getComputedStyle(element);
      return backgroundImage !== "none" || !/^(transparent|rgba\(0, 0, 0, 0\))$/.test(backgroundColor);
    });
    return !shown && !painted;
  });
  return { tiles: tiles.length, blank: blank.length };
}

try {
  await inBrowser("about:blank", "grid-100k", async (page) => {
    await page.addInitScript(() => {
      globalThis.longTasks = [];
      new PerformanceObserver((list) => {
        for (const task of list.getEntries()) globalThis.longTasks.push(Math.round(task.duration));
      }).observe({ type: "longtask", buffered: true });
    });
    const longTasks = () => page.evaluate(() => globalThis.longTasks.splice(0));
    const opened = performance.now();
    await page.goto(address, { waitUntil: "commit" });
    await page.waitForFunction(() => {
      const picture = document.querySelector("[data-photo-id] img");
      return picture?.complete && picture.naturalWidth > 0;
    }, undefined, { polling: "raf" });
    figures.first_photos_ms = Math.round(performance.now() - opened);
    await pause(1000);
    figures.long_tasks_opening_ms = await longTasks();

    const grid = await page.getByRole("grid", { name: "Photos", exact: true }).boundingBox();
    await page.mouse.move(grid.x + grid.width / 2, grid.y + grid.height / 2);
    for (let turn = 0; turn < 60; turn += 1) {
      await page.mouse.wheel(0, 600);
      await pause(16);
    }
    figures.long_tasks_wheel_ms = await longTasks();

    const blanks = [];
    for (let jump = 0; jump < JUMPS; jump += 1) {
      // The scrubber runs along the right edge of the grid.
      const y = grid.y + 8 + ((grid.height - 16) * ((jump * 7) % JUMPS)) / JUMPS;
      await page.mouse.click(grid.x + grid.width - 6, y);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      blanks.push(await page.evaluate(blankTiles));
      await pause(150);
    }
    figures.jumps = JUMPS;
    figures.tiles_seen = blanks.reduce((sum, seen) => sum + seen.tiles, 0);
    figures.blank_tiles = blanks.reduce((sum, seen) => sum + seen.blank, 0);
    figures.long_tasks_jumping_ms = await longTasks();
    figures.page_heap_mib = await page.evaluate(() => Math.round(performance.memory.usedJSHeapSize / 2 ** 20));
    figures.engine_mib = await memory(serving.pid);

    await page.locator("[data-photo-id]").first().click();
    const asked = performance.now();
    await page.keyboard.press("s");
    await page.getByRole("grid", { name: "Similar photos" }).locator("[data-photo-id]").first().waitFor();
    figures.first_similar_ms = Math.round(performance.now() - asked);
    figures.engine_after_similar_mib = await memory(serving.pid);
  });
  process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
} finally {
  serving.kill("SIGTERM");
}
