/** The search by look: the newest question wins, what was shown stays until then, earlier answers come back at once. */
import { describe, expect, it } from "vitest";
import { BackendError, type Backend } from "../../backend/backend";
import { MemoryBackend } from "../../backend/memory";
import type { SimilarAnswer, SimilarQuery } from "../../backend/wire";
import { PhotoRows } from "../../photo/photo-rows.svelte";
import { queryKey, queryOf } from "./query";
import { SimilarSearch } from "./similar.svelte";

/** An engine whose answers come when the test says so. */
function held() {
  const memory = new MemoryBackend(50);
  const waiting = new Map<number, (answer: SimilarAnswer | BackendError) => void>();
  const backend: Backend = Object.assign(Object.create(memory), {
    similar: (query: SimilarQuery) =>
      new Promise<SimilarAnswer>((resolve, reject) => {
        waiting.set(query.photos[0] ?? 0, (answer) => (answer instanceof BackendError ? reject(answer) : resolve(answer)));
      }),
  });
  const search = new SimilarSearch(backend, new PhotoRows(backend));
  const answer = async (photo: number) => waiting.get(photo)?.(await memory.similar(queryOf([photo])));
  const fail = (photo: number) => waiting.get(photo)?.(new BackendError({ code: "x", what: "No.", hint: null }));
  const best = () => search.shown?.answer.results[0]?.photo.id;
  return { search, answer, fail, best };
}

describe("asking", () => {
  it("shows the newest question's answer, whichever comes first", async () => {
    const { search, answer } = held();
    const asked = [search.show(queryOf([1])), search.show(queryOf([2]))];
    await answer(2);
    await answer(1);
    await Promise.all(asked);
    expect(search.shown?.query.photos).toEqual([2]);
    expect(search.isStale).toBe(false);
  });

  it("keeps the old results, marked as old, until the new ones are there", async () => {
    const { search, answer, best } = held();
    const first = search.show(queryOf([1]));
    await answer(1);
    await first;
    const before = best();
    const second = search.show(queryOf([2]));
    expect(search.isStale).toBe(true);
    expect(best()).toBe(before);
    await answer(2);
    await second;
    expect(search.isStale).toBe(false);
    expect(search.shown?.query.photos).toEqual([2]);
  });

  it("shows an earlier answer again at once, where it was scrolled to", async () => {
    const { search, answer } = held();
    for (const photo of [1, 2]) {
      const asked = search.show(queryOf([photo]));
      await answer(photo);
      await asked;
    }
    search.scrollTops.keep(queryKey(queryOf([1])), 640);
    const again = search.show(queryOf([1]));
    expect(search.shown?.query.photos).toEqual([1]);
    expect(search.isStale).toBe(false);
    expect(search.scrollTops.of(queryKey(queryOf([1])))).toBe(640);
    await answer(1);
    await again;
    expect(search.scrollTops.of(queryKey(queryOf([1])))).toBe(640);
  });

  it("says what failed, and forgets it when it works", async () => {
    const { search, answer, fail } = held();
    const first = search.show(queryOf([1]));
    fail(1);
    await first;
    expect(search.failure?.what).toBe("No.");
    expect(search.isStale).toBe(false);
    const second = search.show(queryOf([1]));
    await answer(1);
    await second;
    expect(search.failure).toBeNull();
    expect(search.shown).not.toBeNull();
  });

  it("asks nothing when nothing is asked about", async () => {
    const { search } = held();
    await search.show(queryOf([]));
    expect(search.shown).toBeNull();
  });
});
