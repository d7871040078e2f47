// @vitest-environment jsdom
// What stays, on a made-up library with near-duplicates: source folders are put in order by keyboard, decide, and say so.
import { until } from "./test-page";
import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, test } from "vitest";
import App from "../App.svelte";
import { MemoryBackend } from "../backend/memory";
import type { DuplicatesAsk } from "../backend/wire";
import { Settings } from "../features/settings/settings.svelte";

let stop: () => void = () => {};
afterEach(() => stop());

const EVERYTHING: DuplicatesAsk = { alike: "usual", among: "everything", between: [], until: "bursts" };

async function opened(backend: MemoryBackend) {
  history.replaceState(null, "", "#/duplicates");
  const app = mount(App, { target: document.body, props: { backend, settings: new Settings(backend, () => {}), settingsOpen: false } });
  stop = () => {
    void unmount(app);
    document.body.replaceChildren();
  };
  const click = async (selector: string) => {
    await until(() => expect(document.querySelector(selector)).not.toBeNull());
    document.querySelector<HTMLElement>(selector)?.click();
    flushSync();
  };
  await click("button[aria-label^='What stays']");
  await click("[role^=menuitem]");
  await until(() => expect(rows("What stays")[0]).toBe("Format, 1 of 10"));
}

function options(list: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`[role=listbox][aria-label="${list}"] [role=option]`)];
}

function rows(list: string): (string | null)[] {
  return options(list).map((row) => row.getAttribute("aria-label"));
}

function press(list: string, at: number, key: string) {
  options(list)[at]?.dispatchEvent(new KeyboardEvent("keydown", { key, altKey: true, bubbles: true, cancelable: true }));
  flushSync();
}

test("source folders are put in order, decide which file stays, and are all the same again", async () => {
  const backend = new MemoryBackend(500, 0, 100);
  await opened(backend);
  const list = "Order of source folders";
  expect(rows(list)).toEqual(["Pictures, without a place", "Phone, without a place", "Old disk, without a place"]);
  press(list, 1, "ArrowUp");
  await until(() => expect(rows(list)).toEqual(["Phone, 1 of 3", "Pictures, 2 of 3", "Old disk, 3 of 3"]));
  expect((await backend.libraryState()).folders.map(({ rank }) => rank)).toEqual([1, 0, 2]);

  expect(rows("What stays")[8]).toBe("Folder, 9 of 10");
  for (let at = 8; at > 0; at--) press("What stays", at, "ArrowUp");
  await until(() => expect(rows("What stays")[0]).toBe("Folder, 1 of 10"));
  await until(async () => expect((await backend.keeperOrder())[0]).toBe("folder"));
  const groups = await backend.duplicateGroups(EVERYTHING, 0, 100);
  const decided = groups.filter(({ members }) => members.some(({ reason }) => reason === "folder"));
  expect(decided.length).toBeGreaterThan(0);
  for (const { keeper } of decided) expect(keeper.path).not.toContain("/Old disk/");

  [...document.querySelectorAll("button")].find((button) => button.textContent === "No order")?.click();
  await until(() => expect(rows(list)[0]).toBe("Pictures, without a place"));
  expect(document.activeElement).toBe(options(list)[0]);
  expect((await backend.libraryState()).folders.every(({ rank }) => rank === null)).toBe(true);
});

test("one source folder has no order", async () => {
  const backend = new MemoryBackend(100);
  for (const id of [2, 3]) await backend.removeFolder(id);
  await opened(backend);
  expect(rows("Order of source folders")).toEqual([]);
  expect(rows("What stays")).toContain("Folder, 9 of 10");
});
