// Odd ones by their causes, what stays when some are kept, and where one goes on.
import { expect, test } from "vitest";
import { MemoryBackend } from "../../backend/memory";
import { PhotoRows } from "../../photo/photo-rows.svelte";
import { CAUSES, OddOnes, causeOf, nextAfter } from "./odd.svelte";

async function made() {
  const backend = new MemoryBackend(600);
  const odd = new OddOnes(backend, new PhotoRows(backend));
  await odd.refresh();
  return { backend, odd };
}

test("they are listed cause by cause, the oddest of each first, and counted", async () => {
  const { odd } = await made();
  const places = odd.shown.map((each) => CAUSES.indexOf(causeOf(each)));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(odd.counts.reduce((sum, { photos }) => sum + photos, 0)).toBe(odd.list?.length);
  const [first] = odd.counts;
  odd.cause = first?.cause ?? null;
  expect(odd.shown).toHaveLength(first?.photos ?? -1);
  const scores = odd.shown.map(({ score }) => score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
});

test("a cause of which nothing is left shows all again", async () => {
  const { odd } = await made();
  const { cause } = odd.counts[0] as (typeof odd.counts)[number];
  odd.cause = cause;
  odd.leave(odd.shown.map(({ photo }) => photo.id));
  expect(odd.counts.map((each) => each.cause)).not.toContain(cause);
  expect(odd.shown).toHaveLength(odd.list?.length ?? -1);
});

test("what was kept is odd no more, until that is taken back", async () => {
  const { backend, odd } = await made();
  const before = odd.list?.length ?? 0;
  await backend.keepOddOnes(odd.shown.slice(0, 2).map(({ photo }) => photo.id));
  await odd.refresh();
  expect(odd.list).toHaveLength(before - 2);
  await backend.undo();
  await odd.refresh();
  expect(odd.list).toHaveLength(before);
});

test("one goes on with the next that stays, at the end with the last", () => {
  expect(nextAfter([5, 3, 8, 1], [3, 8])).toBe(1);
  expect(nextAfter([5, 3, 8, 1], [8, 1])).toBe(3);
  expect(nextAfter([5, 3], [5, 3])).toBeNull();
});
