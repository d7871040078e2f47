// @vitest-environment jsdom
// The window on a made-up library: stacks, suggestions, taught albums with their proposals, odd ones out, what goes with photos, sidecars.
import { until } from "./test-page";
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import App from "../App.svelte";
import { MemoryBackend } from "../backend/memory";
import { Settings } from "../features/settings/settings.svelte";

let stop: () => void = () => {};

beforeEach(() => history.replaceState(null, "", "#/photos"));
afterEach(() => {
  stop();
  vi.restoreAllMocks();
});

async function start(backend: MemoryBackend, address = "/photos"): Promise<MemoryBackend> {
  history.replaceState(null, "", `#${address}`);
  const settings = new Settings(backend, () => {});
  const app = mount(App, { target: document.body, props: { backend, settings, settingsOpen: false } });
  stop = () => {
    void unmount(app);
    document.body.replaceChildren();
  };
  await until(() => expect(document.querySelector("main")).not.toBeNull());
  return backend;
}

const tile = (photo: number) => document.querySelector<HTMLElement>(`[data-photo-id="${photo}"]`) as HTMLElement;
const tiles = () => [...document.querySelectorAll<HTMLElement>("[data-photo-id]")].map((each) => Number(each.dataset.photoId));
const selected = () => [...document.querySelectorAll<HTMLElement>('[data-photo-id][aria-selected="true"]')].map((each) => Number(each.dataset.photoId));
const press = (key: string, extra: KeyboardEventInit = {}) => {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...extra }));
  flushSync();
};
const button = (name: string, within = "button") =>
  [...document.querySelectorAll<HTMLElement>(within)].find((each) => (each.getAttribute("aria-label") ?? each.textContent?.trim()) === name) as HTMLElement;
const menuitem = (name: string) => [...document.querySelectorAll<HTMLElement>('[role^="menuitem"]')].find((each) => each.textContent?.includes(name)) as HTMLElement;
const page = () => document.body.textContent ?? "";
const write = (text: string) => {
  const field = document.activeElement as HTMLInputElement;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
};
const cards = () => [...document.querySelectorAll<HTMLElement>("[data-suggestion]")];
const names = () => cards().map((each) => each.querySelector(".name")?.textContent ?? "");
const heading = () => document.querySelector("h1")?.textContent;

test("a stack is one tile with a count, and what is done to it means all of its photos", async () => {
  const backend = await start(new MemoryBackend(20));
  await until(() => expect(tile(9)?.getAttribute("aria-label")).toContain("stack of 3 photos"));
  expect(tiles()).not.toContain(10);
  tile(9).click();
  flushSync();
  expect(document.querySelector("footer")?.textContent).toContain("3 selected");
  press("4");
  await until(async () => expect((await backend.photoRows([9, 10, 11])).map(({ stars }) => stars)).toEqual([4, 4, 4]));
  expect(page()).toContain("3 photos rated 4");
  tile(9).dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: 20, clientY: 20 }));
  flushSync();
  expect(document.querySelector('[role="menu"] .heading')?.textContent).toBe("3 photos");
  press("Escape");
});

test("E opens a stack, where each photo is one of its own, and shows it as one again", async () => {
  await start(new MemoryBackend(20));
  await until(() => expect(tile(9)?.getAttribute("aria-label")).toContain("stack of 3 photos"));
  tile(9).click();
  flushSync();
  press("e");
  await until(() => expect(tiles()).toEqual(expect.arrayContaining([9, 10])));
  tile(10).click();
  flushSync();
  expect(selected()).toEqual([10]);
  tile(10).querySelector<HTMLElement>("[data-stack]")?.click();
  await until(() => expect(tiles()).not.toContain(10));
  expect(selected()).toEqual([9]);
  expect(document.querySelector("footer")?.textContent).toContain("3 selected");
});

test("stacks can be shown apart, and that is kept", async () => {
  const backend = await start(new MemoryBackend(20));
  await until(() => expect(tile(9)).not.toBeNull());
  button("Order: Newest first").click();
  flushSync();
  menuitem("Show stacks as one photo").click();
  await until(() => expect(tile(9)?.getAttribute("aria-label")).not.toContain("stack"));
  await until(async () => expect(await backend.setting("stacks")).toBe("apart"));
});

test("a suggestion is kept with one key and comes back with undo", async () => {
  const backend = await start(new MemoryBackend(900), "/albums");
  await until(() => expect(cards().length).toBe(12));
  const [first, second] = names();
  await until(() => expect(document.activeElement?.getAttribute("aria-label")).toContain(first));
  press("k");
  await until(() => expect(names()[0]).toBe(second));
  await until(async () => expect(await backend.albums()).toMatchObject([{ name: first, kind: "taught" }]));
  expect(page()).toContain(`Album “${first}” kept`);
  press("z", { ctrlKey: true });
  await until(() => expect(names()[0]).toBe(first));
});

test("suggestions are pinned, renamed, split, merged and dismissed", async () => {
  await start(new MemoryBackend(900), "/albums");
  await until(() => expect(cards().length).toBe(12));
  const last = names().at(-1) as string;
  cards().at(-1)?.querySelector<HTMLElement>(".card")?.focus();
  press("p");
  await until(() => expect(names()[0]).toBe(last));
  cards()[0]?.querySelector<HTMLElement>(".card")?.focus();
  press("F2");
  write("By the river");
  press("Enter");
  await until(() => expect(names()[0]).toBe("By the river"));

  const menuOf = (at: number) => {
    cards()[at]?.querySelector<HTMLElement>(".card")?.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
    flushSync();
  };
  menuOf(1);
  menuitem("Split into 3 parts").click();
  await until(() => expect(cards().length).toBe(14));
  const [, goes, stays] = names() as [string, string, string];
  menuOf(1);
  menuitem("Merge with…").click();
  await until(() => expect(document.activeElement?.getAttribute("role")).toBe("combobox"));
  write(stays);
  press("Enter");
  await until(() => expect(cards().length).toBe(13));
  expect(page()).toContain(`“${goes}” merged into “${stays}”`);
  cards()[0]?.querySelector<HTMLElement>(".card")?.focus();
  press("Delete");
  await until(() => expect(names()).not.toContain("By the river"));
});

test("a suggestion is opened with its photos and its parts, and kept from there", async () => {
  const backend = await start(new MemoryBackend(900), "/albums");
  await until(() => expect(cards().length).toBe(12));
  const name = names()[0] as string;
  const asked = vi.spyOn(backend, "suggestions");
  cards()[0]?.querySelector<HTMLElement>(".card")?.click();
  await until(() => expect(heading()).toBe(name));
  await until(() => expect(document.querySelectorAll('[aria-label="Its parts"] button')).toHaveLength(3));
  await until(() => expect(tiles().length).toBeGreaterThan(0));
  expect(asked.mock.calls.length, "what is known is not asked for again").toBeLessThanOrEqual(2);
  document.querySelector<HTMLElement>('[aria-label="Its parts"] button')?.click();
  await until(() => expect(heading()).not.toBe(name));
  expect(button(name, "header button")).toBeDefined();
  button("Keep as album").click();
  await until(() => expect(location.hash).toContain("album="));
});

test("three photos teach an album, whose proposals are answered with one key each", async () => {
  const backend = await start(new MemoryBackend(400));
  await until(() => expect(tile(5)).not.toBeNull());
  tile(3).click();
  tile(5).dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true }));
  flushSync();
  press("B", { shiftKey: true });
  await until(() => expect((document.activeElement as HTMLInputElement).value).toBe("New album"));
  write("Dunes");
  (document.activeElement as HTMLInputElement).form?.requestSubmit();
  await until(() => expect(location.hash).toBe("#/proposals/1"));
  await until(() => expect(page()).toContain("Does this belong to “Dunes”?"));
  await until(() => expect(document.querySelectorAll('[aria-label="Because of these"] button').length).toBe(3));
  const asked = () => document.querySelector<HTMLImageElement>(".stage .high")?.src;
  const [first, second] = (await backend.proposals(1)).proposals.map(({ photo }) => photo.id) as [number, number];
  const before = asked();
  press("y");
  expect(asked()).not.toBe(before);
  await until(async () => expect((await backend.albumsOf([first]))[0]?.album).toBe(1));
  press("n");
  await until(async () => expect((await backend.proposals(1)).proposals.map(({ photo }) => photo.id)).not.toContain(second));
  expect(await backend.albumsOf([second])).toEqual([]);
  expect(page()).toContain("2 answered");
  press("z", { ctrlKey: true });
  await until(() => expect(page()).toContain("1 answered"));
});

test("odd ones out are kept with one key, and the next is at hand", async () => {
  const backend = await start(new MemoryBackend(600), "/odd");
  await until(() => expect(selected()).toHaveLength(1));
  const [first] = selected();
  const count = (await backend.oddOnes(0)).length;
  press("k");
  await until(async () => expect(await backend.oddOnes(0)).toHaveLength(count - 1));
  expect(selected()).toHaveLength(1);
  expect(selected()).not.toEqual([first]);
  expect(page()).toContain("1 photo kept");
  press("x");
  const [at] = selected() as [number];
  await until(async () => expect((await backend.photoRows([at]))[0]?.flag).toBe("reject"));
});

test("what goes with photos is beside what is similar, and can be shown whole", async () => {
  await start(new MemoryBackend(900));
  press("i");
  await until(() => expect(tile(5)).not.toBeNull());
  tile(5).click();
  flushSync();
  button("Goes with", '[role="tab"]').click();
  await until(() => expect(document.querySelectorAll('[role="group"][aria-label="Goes with"] button').length).toBeGreaterThan(0));
  button("Show all").click();
  await until(() => expect(location.hash).toBe("#/goes-with?photos=5"));
  await until(() => expect(document.querySelectorAll('[role="grid"][aria-label="Goes with"] [data-photo-id]').length).toBeGreaterThan(0));
});

test("a sidecar that says something else is settled by the person", async () => {
  const backend = await start(new MemoryBackend(60), "/sidecars");
  await until(() => expect(document.querySelectorAll('[role="list"][aria-label="Sidecars"] [role="listitem"]')).toHaveLength(3));
  document.querySelectorAll<HTMLElement>(".side")[1]?.click();
  flushSync();
  await until(async () => expect((await backend.photoRows([3]))[0]?.stars).toBe(2));
  await until(() => expect(page()).toContain("1 conflict settled"));
  button("Keep all of Likeness").click();
  await until(() => expect(page()).toContain("Sidecars and Likeness agree"));
});

test("Delete asks which photos would go to the trash, moves what can go, says what stays, and undo brings it back", async () => {
  const backend = await start(new MemoryBackend(60), "/photos?name=002");
  await until(() => expect(tile(24)).not.toBeNull());
  tile(24).click();
  // Photo 20 lies on a drive that is not connected.
  tile(20).dispatchEvent(new MouseEvent("click", { bubbles: true, ctrlKey: true }));
  flushSync();
  press("Delete");
  await until(() => expect(document.querySelector("dialog h2")?.textContent).toBe("Move 1 file to the trash?"));
  expect(document.querySelectorAll("dialog li")).toHaveLength(2);
  expect(document.querySelector("dialog")?.textContent).toContain("1 file stays: its drive is not connected.");
  expect(document.querySelector("dialog .last strong")?.textContent).toBe((await backend.photoRows([24]))[0]?.name);
  await until(() => expect(document.activeElement?.textContent).toBe("Move to trash"));
  button("Move to trash").click();
  const shown = async () => [...(await backend.gridShape((await import("../features/filters/filter")).ALL_PHOTOS)).ids];
  await until(async () => expect(await shown()).not.toContain(24));
  expect(await shown()).toContain(20);
  await until(() => expect(page()).toContain("1 file stayed where it was"));
  expect(page()).toContain("Its drive is not connected.");
  await until(() => expect(document.querySelector("dialog")).toBeNull());
  press("z", { ctrlKey: true });
  await until(async () => expect(await shown()).toContain(24));
});

test("undo that brings nothing back says so, and why", async () => {
  const backend = await start(new MemoryBackend(60), "/photos");
  const problems = [{ photo: 1, path: "/photos/1.jpg", reason: "it is not in the trash any more" }];
  const report = { cleanup: 1, files: 0, bytes: 0, problems, stopped: null, left: 0 };
  vi.spyOn(backend, "undo").mockResolvedValue({ action: "cleanUp", photos: [], report });
  press("z", { ctrlKey: true });
  await until(() => expect(page()).toContain("1 photo could not be put back"));
  expect(page()).toContain("It is not in the trash any more.");
  expect(page()).not.toContain("Undone");
});

test("in a group, the menu moves that file to the trash and no other one of its photo", async () => {
  const backend = await start(new MemoryBackend(100, 0, 20), "/duplicates");
  const planned = vi.spyOn(backend, "planTrash");
  await until(() => expect(document.querySelector("[data-file]")).not.toBeNull());
  const tile = document.querySelector("[data-file]") as HTMLElement;
  tile.querySelector("img")?.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: 5, clientY: 5 }));
  flushSync();
  await until(() => expect(page()).toContain("Move to trash…"));
  const entries = [...document.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  entries.find((entry) => entry.textContent?.includes("Move to trash…"))?.click();
  flushSync();
  await until(() => expect(planned).toHaveBeenCalledOnce());
  const file = Number(tile.dataset["file"]);
  expect(planned).toHaveBeenCalledWith([], [{ file, photo: file }]);
});
