// @vitest-environment jsdom
// The window on a made-up library: first start, selecting, deciding, undoing, finding similar, going back, filtering.
import { until } from "./app/test-page";
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import App from "./App.svelte";
import { BackendError } from "./backend/backend";
import { MemoryBackend } from "./backend/memory";
import { Settings } from "./features/settings/settings.svelte";

let stop: () => void = () => {};

beforeEach(() => history.replaceState(null, "", "#/photos"));
afterEach(() => {
  stop();
  vi.restoreAllMocks();
});

async function start(backend: MemoryBackend, shown = "main"): Promise<MemoryBackend> {
  const settings = new Settings(backend, () => {});
  const app = mount(App, { target: document.body, props: { backend, settings, settingsOpen: false } });
  stop = () => {
    void unmount(app);
    document.body.replaceChildren();
  };
  await until(() => expect(document.querySelector(shown)).not.toBeNull());
  return backend;
}

const tiles = () => [...document.querySelectorAll<HTMLElement>('[role="grid"][aria-label="Photos"] [data-photo-id]')];
const tile = (photo: number) => document.querySelector<HTMLElement>(`[data-photo-id="${photo}"]`) as HTMLElement;
const selected = () => tiles().filter((each) => each.getAttribute("aria-selected") === "true").map((each) => Number(each.dataset.photoId));
const press = (key: string, extra: KeyboardEventInit = {}) => {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...extra }));
  flushSync();
};
const button = (name: string | RegExp) =>
  [...document.querySelectorAll<HTMLButtonElement>("button")].find((each) => {
    const own = each.getAttribute("aria-label") ?? each.textContent?.trim() ?? "";
    return typeof name === "string" ? own === name : name.test(own);
  }) as HTMLButtonElement;
const menuitem = (name: string) =>
  [...document.querySelectorAll<HTMLElement>('[role^="menuitem"]')].find((each) => each.textContent?.includes(name)) as HTMLElement;

const menuOf = (photo: number) => {
  tile(photo).dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: 20, clientY: 20 }));
  flushSync();
};

test("first start is one sentence and one button; photos appear while they are read", async () => {
  await start(new MemoryBackend(30, 30));
  expect(document.querySelectorAll("main button")).toHaveLength(1);
  button("Add a folder").click();
  flushSync();
  const path = document.querySelector<HTMLInputElement>('dialog input[type="text"]') as HTMLInputElement;
  path.value = "/home/me/Pictures";
  path.dispatchEvent(new Event("input", { bubbles: true }));
  path.form?.requestSubmit();
  await until(() => expect(tiles().length).toBeGreaterThan(0));
  expect(document.querySelector('[role="status"][aria-label="Activity"]')?.textContent).toMatch(/of 30|30 photos/);
});

test("a name is text, whatever it says", async () => {
  await start(new MemoryBackend(20));
  await until(() => expect(tile(2)?.getAttribute("aria-label")).toContain("<img src=x onerror=alert(1)>.jpg"));
  expect(document.querySelector('img[src="x"]')).toBeNull();
});

test("rating the selection shows on the tiles, says so, and can be taken back", async () => {
  const backend = await start(new MemoryBackend(20));
  await until(() => expect(tile(5)).not.toBeNull());
  tile(3).click();
  tile(5).dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true }));
  flushSync();
  expect(selected()).toEqual([3, 4, 5]);
  press("4");
  await until(() => expect(tile(4).textContent).toContain("★★★★"));
  expect(document.body.textContent).toContain("3 photos rated 4");
  press("z", { ctrlKey: true });
  await until(async () => expect((await backend.photoRows([3, 4, 5])).map(({ stars }) => stars)).not.toContain(4));
  await until(() => expect(tile(4).textContent).not.toContain("★★★★"));
});

test("arrows move the selection, Ctrl+A takes all, Escape none", async () => {
  await start(new MemoryBackend(20));
  await until(() => expect(tile(1)).not.toBeNull());
  tile(1).click();
  document.querySelector<HTMLElement>('[role="grid"]')?.focus();
  press("ArrowRight");
  expect(selected()).toEqual([2]);
  expect(document.querySelector('[role="grid"]')?.getAttribute("aria-activedescendant")).toBe("photo-2");
  press("a", { ctrlKey: true });
  expect(document.querySelector("footer")?.textContent).toContain("20 selected");
  press("Escape");
  expect(selected()).toEqual([]);
});

test("Find similar from the context menu opens the results, and back finds the grid as it was", async () => {
  const backend = await start(new MemoryBackend(60));
  await until(() => expect(tile(2)).not.toBeNull());
  tile(2).dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: 20, clientY: 20 }));
  flushSync();
  menuitem("Find similar").click();
  await until(() => expect(location.hash).toBe("#/similar?photos=2"));
  await until(() => expect(backend.asked["similar"]).toBeGreaterThan(0));
  expect([...document.querySelectorAll("h1")].map((each) => each.textContent)).toContain("Similar");
  expect(document.querySelector('[aria-label="Query"]')).not.toBeNull();
  const shapes = backend.asked["gridShape"];
  const returned = new Promise((resolve) => addEventListener("popstate", resolve, { once: true }));
  history.back();
  await returned;
  await until(() => expect(selected()).toEqual([2]));
  expect(backend.asked["gridShape"]).toBe(shapes);
});

test("M opens the map, as a list where nothing can be drawn, and G comes back with the selection kept", async () => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  await start(new MemoryBackend(60));
  await until(() => expect(tile(3)).not.toBeNull());
  press("m");
  expect(location.hash).toBe("#/map");
  const option = () => document.querySelector<HTMLElement>('[role="option"][data-photo-id="5"]') as HTMLElement;
  await until(() => expect(option()?.getAttribute("aria-label")).toContain("0005.jpg"));
  option().click();
  flushSync();
  expect(option().getAttribute("aria-selected")).toBe("true");
  press("g");
  await until(() => expect(selected()).toEqual([5]));
  menuOf(5);
  menuitem("Show on map").click();
  expect(location.hash).toBe("#/map");
});

test("a filter in the address filters, its chip takes it away", async () => {
  history.replaceState(null, "", "#/photos?flag=pick");
  const backend = await start(new MemoryBackend(300));
  const picked = (await backend.photoRows(Array.from({ length: 300 }, (_, at) => at + 1))).filter(({ flag }) => flag === "pick");
  await until(() => expect(tiles().map((each) => Number(each.dataset.photoId))).toEqual(picked.map(({ id }) => id)));
  button("Remove filter Picked").click();
  await until(() => expect(tiles().length).toBeGreaterThan(picked.length));
  expect(location.hash).toBe("#/photos");
});

test("a pause is seen at once, before the engine has said anything", async () => {
  const backend = await start(new MemoryBackend(300, 290));
  await backend.addFolder("/home/me/More");
  await until(() => expect(button("Pause")).toBeDefined());
  backend.pauseWork = () => new Promise(() => {});
  button("Pause").click();
  flushSync();
  expect(document.querySelector('[role="status"][aria-label="Activity"]')?.textContent).toContain("Paused");
  expect(button("Go on")).toBeDefined();
});

test("a dialog gives the focus back to where it was", async () => {
  await start(new MemoryBackend(20));
  button("Settings").focus();
  button("Settings").click();
  flushSync();
  button("Done").focus();
  button("Done").click();
  flushSync();
  expect(document.activeElement).toBe(button("Settings"));
});

test("removing a folder asks first", async () => {
  const backend = await start(new MemoryBackend(20));
  button("Folder Phone").click();
  flushSync();
  menuitem("Remove from Likeness").click();
  flushSync();
  expect((await backend.libraryState()).folders).toHaveLength(3);
  button("Remove").click();
  await until(async () => expect((await backend.libraryState()).folders.map(({ name }) => name)).toEqual(["Pictures", "Old disk"]));
});

test("an engine that can't open the library says why, and can be asked again", async () => {
  const backend = new MemoryBackend(20);
  const libraryState = backend.libraryState.bind(backend);
  backend.libraryState = () => Promise.reject(new BackendError({ code: "newerLibrary", what: "This library is newer.", hint: "Update Likeness." }));
  await start(backend, '[role="alert"]');
  expect(document.querySelector('[role="alert"]')?.textContent).toContain("This library is newer. Update Likeness.");
  backend.libraryState = libraryState;
  button("Try again").click();
  await until(() => expect(tile(1)).not.toBeNull());
});
