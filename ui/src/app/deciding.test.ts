// @vitest-environment jsdom
// The window on a made-up library: labels, tags, albums, filters and dropping photos, each with its keys, and each taken back.
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

async function start(backend: MemoryBackend): Promise<MemoryBackend> {
  const settings = new Settings(backend, () => {});
  const app = mount(App, { target: document.body, props: { backend, settings, settingsOpen: false } });
  stop = () => {
    void unmount(app);
    document.body.replaceChildren();
  };
  await until(() => expect(document.querySelector("main")).not.toBeNull());
  return backend;
}

/** Starts with photos 3 to 5 selected. */
async function startSelected(backend = new MemoryBackend(60)): Promise<MemoryBackend> {
  await start(backend);
  await until(() => expect(tile(5)).not.toBeNull());
  tile(3).click();
  tile(5).dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true }));
  flushSync();
  await until(() => expect(tile(5).getAttribute("aria-label")).toContain("0005.jpg"));
  return backend;
}

const tile = (photo: number) => document.querySelector<HTMLElement>(`[data-photo-id="${photo}"]`) as HTMLElement;
const press = (key: string, extra: KeyboardEventInit = {}) => {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...extra }));
  flushSync();
};
const named = (name: string, role = "button") =>
  [...document.querySelectorAll<HTMLElement>(role)].find((each) => (each.getAttribute("aria-label") ?? each.textContent?.trim()) === name) as HTMLElement;
const write = (text: string) => {
  const field = document.activeElement as HTMLInputElement;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
};
const options = () => [...document.querySelectorAll<HTMLElement>('dialog [role="option"]')];
const option = (text: string) => options().find((each) => each.textContent?.includes(text)) as HTMLElement;
const page = () => document.body.textContent ?? "";
const cards = () => [...document.querySelectorAll<HTMLElement>("[data-album]")];
const names = () => cards().map((each) => each.querySelector(".name")?.textContent);

test("6 labels red, again takes it off, undo says what came back", async () => {
  const backend = await startSelected();
  const labels = async () => (await backend.photoRows([3, 4, 5])).map(({ label }) => label);
  const before = await labels();
  press("6");
  await until(async () => expect(await labels()).toEqual(["red", "red", "red"]));
  expect(page()).toContain("3 photos labelled red");
  await until(() => expect(tile(4).getAttribute("aria-label")).toContain("red label"));
  press("6");
  await until(async () => expect(await labels()).toEqual(["none", "none", "none"]));
  press("z", { ctrlKey: true });
  press("z", { ctrlKey: true });
  await until(async () => expect(await labels()).toEqual(before));
  expect(page()).toContain("Undone: the label (3 photos)");
});

test("T shows what the photos have in common, adds to all, makes a tag with levels, and takes one off", async () => {
  const backend = new MemoryBackend(60);
  await backend.removeTags([3, 4, 5], (await backend.tagsOf([3, 4, 5])).map(({ tag }) => tag));
  await backend.addTags([3], ["Animals|Dogs|Rex"]);
  await startSelected(backend);
  press("t");
  await until(() => expect(option("Rex").getAttribute("aria-checked")).toBe("mixed"));
  write("rex");
  press("Enter");
  await until(() => expect(option("Rex").getAttribute("aria-checked")).toBe("true"));
  write("Places > Lake");
  expect(options().at(-1)?.textContent).toContain("New tag “Places › Lake”");
  press("Enter");
  await until(async () => expect(await backend.tagsOf([3, 4, 5])).toEqual([{ tag: "Animals|Dogs|Rex", photos: 3 }, { tag: "Places|Lake", photos: 3 }]));
  await until(() => expect(named("Remove tag Places › Lake")).toBeDefined());
  named("Remove tag Places › Lake").click();
  await until(async () => expect(await backend.tagsOf([4])).toEqual([{ tag: "Animals|Dogs|Rex", photos: 1 }]));
});

test("B puts the photos into a new album, and next time points at it", async () => {
  const backend = await startSelected();
  press("b");
  await until(() => expect(document.activeElement?.getAttribute("role")).toBe("combobox"));
  write("Holiday");
  press("Enter");
  await until(async () => expect(await backend.albums()).toMatchObject([{ name: "Holiday", photos: 3 }]));
  expect(page()).toContain("Album “Holiday” created with 3 photos");
  tile(1).click();
  flushSync();
  await until(() => expect(document.querySelector("nav [data-drop]")?.textContent).toContain("Holiday"));
  press("b");
  await until(() => expect(document.activeElement?.getAttribute("aria-activedescendant")).toBeTruthy());
  press("Enter");
  await until(async () => expect((await backend.albums())[0]?.photos).toBe(4));
});

test("A opens the wall: an album is made and named in its place, ordered, deleted, and comes back", async () => {
  const backend = new MemoryBackend(60);
  await backend.createAlbum("Coast", null, [1, 2, 3], null);
  await backend.createAlbum("Alps", null, [4], null);
  await start(backend);
  press("a");
  expect(location.hash).toBe("#/albums");
  await until(() => expect(names()).toEqual(["Coast", "Alps"]));
  named("New album", "main button").click();
  await until(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("New name of New album"));
  write("Garden");
  press("Enter");
  await until(() => expect(names()).toEqual(["Coast", "Alps", "Garden"]));

  cards()[1]?.querySelector<HTMLElement>(".card")?.focus();
  press("ArrowLeft", { ctrlKey: true });
  await until(() => expect(names()).toEqual(["Alps", "Coast", "Garden"]));
  cards()[1]?.querySelector<HTMLElement>(".card")?.focus();
  press("Delete");
  await until(() => expect(names()).toEqual(["Alps", "Garden"]));
  expect(page()).toContain("Album “Coast” deleted. Its photos stay.");
  press("z", { ctrlKey: true });
  await until(() => expect(names()).toEqual(["Alps", "Coast", "Garden"]));
  cards()[1]?.querySelector<HTMLElement>(".card")?.click();
  await until(() => expect(document.querySelector("h1")?.textContent).toBe("Coast"));
});

test("without albums the wall has one next action", async () => {
  await start(new MemoryBackend(20));
  press("a");
  await until(() => expect(page()).toContain("No albums yet"));
  expect([...document.querySelectorAll("main .message button")].map((each) => each.textContent)).toEqual(["New album"]);
});

test("filters combine in the address, and what lets nothing through says which one to take off", async () => {
  const backend = new MemoryBackend(300);
  await backend.setLabel([10, 11], "blue");
  await backend.rate([10, 11], 0);
  history.replaceState(null, "", "#/photos?label=blue&stars=5&name=0010");
  await start(backend);
  await until(() => expect(page()).toContain("No photos match these filters"));
  const without = (await backend.gridShape({ ...(await import("../features/filters/filter")).ALL_PHOTOS, label: "blue", name: "0010" })).ids.length;
  expect(without).toBe(1);
  await until(() => expect(named("Without 5 stars: 1 photo")).toBeDefined());
  named("Without 5 stars: 1 photo").click();
  await until(() => expect(tile(10)).not.toBeNull());
  expect(location.hash).toBe("#/photos?label=blue&name=0010");
  named("Clear").click();
  flushSync();
  expect(location.hash).toBe("#/photos");
});

test("filters are kept as a search that stays up to date", async () => {
  const backend = new MemoryBackend(100);
  await backend.setLabel([8, 9], "purple");
  history.replaceState(null, "", "#/photos?label=purple");
  await start(backend);
  await until(() => expect(named("Save search…")).toBeDefined());
  named("Save search…").click();
  await until(() => expect((document.activeElement as HTMLInputElement).value).toBe("Purple"));
  (document.activeElement as HTMLInputElement).form?.requestSubmit();
  const saved = async () => (await backend.albums())[0];
  await until(async () => expect(await saved()).toMatchObject({ name: "Purple", kind: "search" }));
  const before = (await saved())?.photos ?? 0;
  const other = (await backend.photoRows([20, 21, 22])).find(({ label }) => label !== "purple")?.id as number;
  await backend.setLabel([other], "purple");
  expect((await saved())?.photos).toBe(before + 1);
});

test("the photos of an album have an order of their own, moved by keys and by dragging", async () => {
  const backend = new MemoryBackend(60);
  const album = await backend.createAlbum("Coast", null, [7, 3, 9], null);
  history.replaceState(null, "", `#/photos?album=${album}&sort=album`);
  await start(backend);
  const order = () => [...document.querySelectorAll<HTMLElement>('[role="grid"] [data-photo-id]')].map((each) => Number(each.dataset.photoId));
  await until(() => expect(order()).toEqual([7, 3, 9]));
  await until(() => expect(document.querySelector("h1")?.textContent).toBe("Coast"));
  tile(9).click();
  flushSync();
  press("ArrowLeft", { altKey: true, shiftKey: true });
  await until(() => expect(order()).toEqual([7, 9, 3]));
  document.elementFromPoint = () => tile(7);
  const pointer = (type: string, x: number) => new MouseEvent(type, { bubbles: true, clientX: x });
  tile(9).dispatchEvent(pointer("pointerdown", 100));
  // The tiles of the test page have no width: left of it is before it.
  dispatchEvent(pointer("pointermove", -20));
  flushSync();
  expect(document.querySelector(".insert")).not.toBeNull();
  dispatchEvent(pointer("pointerup", -20));
  await until(() => expect(order()).toEqual([9, 7, 3]));
});

test("selected photos dragged onto an album lie in it; a saved search takes none", async () => {
  const backend = new MemoryBackend(60);
  const album = await backend.createAlbum("Coast", null, [1], null);
  await backend.createAlbum("Red", null, [], { ...(await import("../features/filters/filter")).ALL_PHOTOS, label: "red" });
  await startSelected(backend);
  await until(() => expect(document.querySelectorAll("nav [data-drop]")).toHaveLength(1));
  const target = document.querySelector<HTMLElement>(`[data-drop="album ${album}"]`);
  document.elementFromPoint = () => target;
  const pointer = (type: string, x: number) => new MouseEvent(type, { bubbles: true, clientX: x, clientY: 100 });
  tile(4).dispatchEvent(pointer("pointerdown", 500));
  dispatchEvent(pointer("pointermove", 400));
  dispatchEvent(pointer("pointermove", 60));
  flushSync();
  expect(target?.classList.contains("over")).toBe(true);
  expect(page()).toContain("New album with these");
  dispatchEvent(pointer("pointerup", 60));
  await until(async () => expect((await backend.albums()).find(({ id }) => id === album)?.photos).toBe(4));
  expect(page()).toContain("3 photos added to “Coast”");
});
