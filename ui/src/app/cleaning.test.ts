// @vitest-environment jsdom
// The window on a made-up library with near-duplicates: many files go at once, are counted as they go, and are stopped on the
// way; the panel and S are about the file at hand.
import { until } from "./test-page";
import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, test } from "vitest";
import App from "../App.svelte";
import { MemoryBackend } from "../backend/memory";
import { Settings } from "../features/settings/settings.svelte";

let stop: () => void = () => {};
afterEach(() => stop());

const button = (name: RegExp) =>
  [...document.querySelectorAll("button")].find((each) => name.test(each.getAttribute("aria-label") ?? each.textContent ?? "")) as HTMLButtonElement;
const dialog = () => document.querySelector("dialog")?.textContent ?? "";
const click = async (name: RegExp) => {
  await until(() => expect(button(name)).toBeDefined());
  button(name).click();
  flushSync();
};

function start(backend: MemoryBackend) {
  history.replaceState(null, "", "#/duplicates");
  const app = mount(App, { target: document.body, props: { backend, settings: new Settings(backend, () => {}), settingsOpen: false } });
  stop = () => {
    void unmount(app);
    document.body.replaceChildren();
  };
}

test("the panel follows the file at hand, and S finds what looks like it", async () => {
  const backend = new MemoryBackend(1_500, 0, 300);
  start(backend);
  const press = (key: string) => {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    flushSync();
  };
  const current = () => document.querySelector(".tile.current");
  const panel = () => document.querySelector("aside.panel")?.textContent ?? "";
  await until(() => expect(current()).not.toBeNull());
  press("i");
  press("ArrowRight");
  const name = () => current()?.querySelector(".name")?.textContent ?? "";
  await until(() => expect(panel()).toContain(name()));
  const file = current()?.getAttribute("data-file");
  press("s");
  await until(() => expect(location.hash).toBe(`#/similar?photos=${file}`));
});

test("a clean-up says how far it is, stops after the file at hand, and says what it had not come to", async () => {
  const backend = new MemoryBackend(1_500, 0, 300);
  const plan = backend.planCleanup.bind(backend);
  backend.planCleanup = async (...asked) => ({ ...(await plan(...asked)), along: 3 });
  start(backend);
  await click(/^Move \d+ copies to the trash/);
  await until(() => expect(dialog()).toContain("3 sidecars and movies go along with them."));
  await click(/^Move \d+ files$/);
  await until(() => expect(dialog()).toMatch(/[1-9]\d* of \d+/));
  await click(/^Pause$/);
  await until(() => expect(dialog()).toContain("Paused"));
  await click(/^Go on$/);
  await click(/^Stop after this file$/);
  await until(() => expect(dialog()).toMatch(/It ended early: cancelled; .*\. \d+ files were not looked at\./));
  const [row] = await backend.cleanups();
  expect(row?.inTrash).toBeGreaterThan(0);
  expect(dialog()).toContain(`${row?.inTrash} files moved to the trash`);
  await click(/^Close$/);
  await backend.undo();
  expect((await backend.cleanups())[0]?.inTrash).toBe(0);
});
