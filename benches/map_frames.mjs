/**
 * The map in Chromium, built for production: what a frame costs on the page's own thread while the map is opened, moved and
 * zoomed, what is sent to the page and to the graphics card, and what holds the page.
 *
 *     node benches/map_frames.mjs LIBRARY|COUNT… [--likeness=FILE]     target/release/likeness
 *
 * A LIBRARY has a map, and `likeness serve` answers for it. A COUNT is a made-up library of so many photos whose engine does
 * no work, so that opening shows the page alone.
 */

import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

import { inBrowser } from "../tests/drive/chromium.mjs";
import { ended } from "../tests/drive/library.mjs";
import { serveMadeUp } from "./made_up_engine.mjs";

const ROOT = path.resolve(import.meta.dirname, "..");
const words = process.argv.slice(2);
const subjects = words.filter((word) => !word.startsWith("--"));
const likeness = words.find((word) => word.startsWith("--likeness="))?.slice(11) ?? path.join(ROOT, "target/release/likeness");
if (subjects.length === 0) throw new Error("name libraries or counts: node benches/map_frames.mjs LIBRARY|COUNT… [--likeness=FILE]");

const MOVES = 60;
const NOTCHES = 24;
/** Until then nothing was drawn: the view rests. */
const REST_MS = 1_500;

for (const subject of subjects) {
  const { address, stop } = /^\d+$/.test(subject) ? await serveMadeUp(Number(subject)) : await serve(subject);
  try {
    await inBrowser("about:blank", "map-frames", async (page) => {
      const figures = await measure(page, address);
      process.stdout.write(`${JSON.stringify({ subject: path.basename(subject), ...figures }, undefined, 2)}\n`);
    });
  } finally {
    await stop();
  }
}

async function serve(library) {
  const serving = spawn(likeness, ["--json", "--library", library, "serve"], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface(serving.stdout)) return { address: JSON.parse(line).url, stop: () => ended(serving) };
  throw new Error("likeness serve ended without an address");
}

async function measure(page, address) {
  page.setDefaultTimeout(300_000);
  await page.addInitScript(countFrames);
  await keepNoAnswers(page);
  const devtools = await page.context().newCDPSession(page);
  // Times are the thread's own: what other programs take does not count.
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const cpuMs = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return 1_000 * metrics.find(({ name }) => name === "TaskDuration").value;
  };
  const browser = page.context().browser();
  const phase = async (what) => {
    await page.evaluate(() => globalThis.counted.begin());
    await browser.startTracing(page, { categories: ["toplevel"] });
    const before = await cpuMs();
    await what();
    const cpu = (await cpuMs()) - before;
    const longest_task_cpu_ms = longestTask(await browser.stopTracing());
    const { frames, calls, card, slow } = await page.evaluate(() => globalThis.counted.end());
    const each = (value) => Math.round((10 * value) / Math.max(1, frames)) / 10;
    return {
      frames,
      cpu_ms_a_frame: each(cpu),
      longest_task_cpu_ms,
      draw_calls_a_frame: each(calls),
      kb_to_card_a_frame: each(card / 1_000),
      // With the time that the thread waited, for the drawing in software above all.
      tasks_over_50_ms: slow,
    };
  };

  const figures = {};
  await page.goto(address);
  await page.locator("[data-photo-id]").first().waitFor();
  await rested(page);
  figures.opening = await phase(async () => {
    const asked = performance.now();
    await page.keyboard.press("m");
    await page.getByRole("listbox", { name: "Map of all photos" }).getByRole("option").first().waitFor({ state: "attached" });
    figures.open_ms = Math.round(performance.now() - asked);
    await rested(page);
  });
  figures.sent_to_page_mb = await page.evaluate(sentToPage);

  const box = await page.getByRole("listbox", { name: "Map of all photos" }).boundingBox();
  const middle = { x: box.x + box.width * 0.5, y: box.y + box.height * 0.5 };
  const pan = async () => {
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.down();
    for (let move = 1; move <= MOVES; move++) {
      const angle = (move / MOVES) * 2 * Math.PI;
      await page.mouse.move(middle.x + Math.sin(angle) * 220, middle.y + (1 - Math.cos(angle)) * 90);
      await nextFrame(page);
    }
    await page.mouse.up();
    await rested(page);
  };
  const zoom = (delta) => async () => {
    await page.mouse.move(middle.x, middle.y);
    for (let notch = 0; notch < NOTCHES; notch++) {
      await page.mouse.wheel(0, delta);
      await nextFrame(page);
    }
    await rested(page);
  };
  figures.panning_far = await phase(pan);
  figures.zooming_in = await phase(zoom(-90));
  figures.panning_near = await phase(pan);
  figures.zooming_out = await phase(zoom(90));
  figures.textures_mib = await page.evaluate(() => Math.round(globalThis.counted.textures / 2 ** 20));
  figures.page_heap_mib = await page.evaluate(() => Math.round(performance.memory.usedJSHeapSize / 2 ** 20));
  return figures;
}

/**
 * Playwright has the page's thread keep a readable copy of every answer, which for a million photos takes it longer than
 * all that the page does. There is no public way to turn that off.
 */
async function keepNoAnswers(page) {
  await page._connection.toImpl(page).delegate._mainFrameSession._client.send("Network.disable");
}

/** Milliseconds of the thread's own time that the longest task of the page's thread took. */
function longestTask(trace) {
  const events = JSON.parse(trace.toString()).traceEvents;
  const threadOf = ({ pid, tid }) => `${pid} ${tid}`;
  const main = new Set(events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(threadOf));
  const tasks = events.filter((event) => event.name.endsWith("RunTask") && main.has(threadOf(event)));
  return Math.round(tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur), 0) / 1_000);
}

function nextFrame(page) {
  return page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
}

/** Nothing was drawn and nothing held the page for a while. */
async function rested(page) {
  await page.waitForFunction((ms) => performance.now() - globalThis.counted.lastAt > ms, REST_MS, { polling: 200 });
}

/** Megabytes of the answers about the map, and of pictures so far. */
function sentToPage() {
  const megabytes = (pattern) => {
    const entries = performance.getEntriesByType("resource").filter(({ name }) => pattern.test(name));
    return Math.round(entries.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1e4) / 100;
  };
  return { map: megabytes(/\/api\/map$/), thumbnails: megabytes(/\/thumb\//) };
}

/** Runs in the page before its own scripts: counts what they have drawn. */
function countFrames() {
  performance.setResourceTimingBufferSize(20_000);
  const counted = {
    lastAt: 0,
    textures: 0,
    begin() {
      Object.assign(this, { frames: 0, calls: 0, card: 0, slow: [] });
    },
    end() {
      const { frames, calls, card, slow } = this;
      return { frames, calls, card, slow };
    },
  };
  counted.begin();
  globalThis.counted = counted;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) {
      counted.slow.push(Math.round(task.duration));
      counted.lastAt = performance.now();
    }
  }).observe({ type: "longtask" });
  const canvas = WebGL2RenderingContext.prototype;
  const before = (name, count) => {
    const own = canvas[name];
    canvas[name] = function (...given) {
      count(...given);
      return own.apply(this, given);
    };
  };
  before("clear", () => {
    counted.frames++;
    counted.lastAt = performance.now();
  });
  before("drawArrays", () => counted.calls++);
  before("drawArraysInstanced", () => counted.calls++);
  before("bufferData", (_target, data) => (counted.card += typeof data === "number" ? 0 : data.byteLength));
  before("bufferSubData", (_target, _offset, data, _from, length) => (counted.card += length * data.BYTES_PER_ELEMENT));
  before("texSubImage3D", (_target, _level, _x, _y, _z, width, height, depth) => (counted.card += width * height * depth * 4));
  before("texStorage3D", (_target, _levels, _format, width, height, depth) => (counted.textures += width * height * depth * 4));
}
