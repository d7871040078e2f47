// The albums as a tree: what lies where, and names that are free.
import { expect, test } from "vitest";
import { MemoryBackend } from "../../backend/memory";
import type { PhotoFilter } from "../../backend/wire";
import { Albums } from "./albums.svelte";
import { NEW_ALBUM, albumAt, dropPlace } from "./drop-places";

const RED: PhotoFilter = {
  ...{ folder: null, sinceMs: null, untilMs: null, camera: null, lens: null, starsAtLeast: null, flag: null, label: "red", tags: [], album: null },
  ...{ format: null, orientation: null, bytesAtLeast: null, bytesAtMost: null, name: null, similarTo: [], stacked: false, suggestion: null, sort: "newest" },
};

async function made() {
  const backend = new MemoryBackend(50);
  const family = await backend.createAlbum("Family", null, [1, 2], null);
  const anna = await backend.createAlbum("Anna", family, [3], null);
  const print = await backend.createAlbum("Print", null, [], null);
  const albums = new Albums(backend);
  await albums.refresh();
  return { albums, backend, family, anna, print };
}

test("each knows what lies in it and what it lies in", async () => {
  const { albums, family, anna, print } = await made();
  expect(albums.inside(null).map(({ name }) => name)).toEqual(["Family", "Print"]);
  expect(albums.inside(family).map(({ id }) => id)).toEqual([anna]);
  const inner = albums.get(anna);
  expect(inner && albums.above(inner).map(({ id }) => id)).toEqual([family]);
  expect([albums.liesIn(anna, family), albums.liesIn(family, family), albums.liesIn(family, anna), albums.liesIn(print, family)]).toEqual([true, true, false, false]);
});

test("a new album finds a name that none beside it has", async () => {
  const { albums, backend, family } = await made();
  await backend.createAlbum("New album", null, [], null);
  await albums.refresh();
  expect(albums.freeName("New album", null)).toBe("New album 2");
  expect(albums.freeName("New album", family)).toBe("New album");
});

test("photos can be dropped on albums that take them, and on a new one", async () => {
  const { albums, backend, anna } = await made();
  const search = await backend.createAlbum("Search", null, [], RED);
  await albums.refresh();
  const place = (album: number) => dropPlace(albums.list?.find(({ id }) => id === album) as NonNullable<ReturnType<Albums["get"]>>);
  expect(albumAt(place(anna) ?? "")).toBe(anna);
  expect(place(search)).toBeNull();
  expect(albumAt(NEW_ALBUM)).toBeNull();
});

test("whoever asked anew has an answer, also when somebody else asked after", async () => {
  const { albums, backend } = await made();
  const created = await backend.createAlbum("Trip", null, [4], null);
  const asked = albums.refresh();
  void albums.refresh();
  await asked;
  expect(albums.get(created)?.name).toBe("Trip");
});

test("an engine that is away leaves what was known", async () => {
  const { albums, backend } = await made();
  backend.albums = () => Promise.reject(new Error("away"));
  await albums.refresh();
  expect(albums.list).toHaveLength(3);
});
