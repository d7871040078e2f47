// Rows are asked for once, in batches, the newest wish first, and anew when they may be stale.
import { expect, test } from "vitest";
import { MemoryBackend } from "../backend/memory";
import { PhotoRows } from "./photo-rows.svelte";

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

test("a photo is asked for once", async () => {
  const backend = new MemoryBackend(100);
  const rows = new PhotoRows(backend);
  rows.want(ids(1, 50));
  rows.want(ids(1, 50));
  await settled();
  rows.want(ids(1, 50));
  await settled();
  expect(backend.asked["photoRows"]).toBe(1);
  expect(rows.get(49)?.id).toBe(49);
});

test("what was wished for and is off screen again is not asked for", async () => {
  const backend = new MemoryBackend(5_000);
  const rows = new PhotoRows(backend);
  rows.want(ids(1, 1_000));
  rows.want(ids(4_000, 4_050));
  await settled();
  expect(rows.get(4_049)).toBeDefined();
  expect(rows.get(900)).toBeUndefined();
});

test("stale rows stay until the newer ones are there", async () => {
  const backend = new MemoryBackend(100);
  const rows = new PhotoRows(backend);
  rows.want([7]);
  await settled();
  await backend.rate([7], 5);
  rows.markStale();
  expect(rows.get(7)).toBeDefined();
  rows.want([7]);
  await settled();
  expect(rows.get(7)?.stars).toBe(5);
});
