/** The panel: all about one photo, the common of several, nothing for none; the newest selection wins. */
import { describe, expect, it } from "vitest";
import { MemoryBackend } from "../../backend/memory";
import { PhotoRows } from "../../photo/photo-rows.svelte";
import { Info } from "./info.svelte";

function panel(photos: number) {
  const backend = new MemoryBackend(photos);
  const rows = new PhotoRows(backend);
  return { backend, rows, info: new Info(backend, rows) };
}

describe("the panel", () => {
  it("knows all about one photo", async () => {
    const { info } = panel(10);
    await info.show([3]);
    expect(info.photos).toEqual([3]);
    expect(info.detail?.row.id).toBe(3);
    expect(info.summary).toBeNull();
  });

  it("knows the common of several, and of very many looks at the first", async () => {
    const { info, backend } = panel(3_000);
    const all = [...Array(3_000)].map((_, at) => at + 1);
    await info.show(all);
    expect(info.photos).toHaveLength(3_000);
    expect(info.detail).toBeNull();
    expect(info.summary?.cameras.length).toBeGreaterThan(1);
    expect(backend.asked.photoRows).toBe(4);
  });

  it("follows decisions without asking again", async () => {
    const { info, rows, backend } = panel(10);
    await info.show([1, 2]);
    await backend.rate([1, 2], 4);
    await rows.refresh([1, 2]);
    expect(info.summary?.stars).toBe(4);
    await info.show([2]);
    await backend.rate([2], 1);
    await rows.refresh([2]);
    expect(info.row?.stars).toBe(1);
  });

  it("keeps what it shows until the next is there, and shows only the newest", async () => {
    const { info } = panel(10);
    await info.show([1]);
    const overtaken = info.show([2]);
    const newest = info.show([3, 4]);
    expect(info.photos).toEqual([1]);
    await Promise.all([overtaken, newest]);
    expect(info.photos).toEqual([3, 4]);
    await info.show([]);
    expect(info.photos).toEqual([]);
  });
});
