// Proposals one after the other: answers, putting off, taking back, and what comes behind while one answers.
import { expect, test, vi } from "vitest";
import { MemoryBackend } from "../../backend/memory";
import { PhotoRows } from "../../photo/photo-rows.svelte";
import { Review } from "./review.svelte";

async function made() {
  const backend = new MemoryBackend(300);
  const album = await backend.teachAlbum("Dunes", null, [3, 4, 5]);
  const decide = vi.fn(async (of: number, photo: number, answer: "yes" | "no") => {
    await backend.answerProposals(of, answer === "yes" ? [photo] : [], answer === "no" ? [photo] : []);
    return true;
  });
  const review = new Review(backend, new PhotoRows(backend), decide);
  await review.show(album);
  return { album, backend, decide, review };
}

const asked = (review: Review) => review.current?.photo.id;
const waiting = (review: Review) => review.queue?.map(({ photo }) => photo.id) ?? [];

test("the surest is asked about first, with the examples that it is nearest to", async () => {
  const { review } = await made();
  const sure = review.queue?.map(({ confidence }) => confidence) ?? [];
  expect(sure).toEqual([...sure].sort((a, b) => b - a));
  expect(review.examples).toBe(3);
  await vi.waitFor(() => expect(review.why?.map(({ photo }) => photo.id).sort()).toEqual([3, 4, 5]));
});

test("an answer leads on at once, and the photo does not come again", async () => {
  const { album, review } = await made();
  const [first, second] = waiting(review);
  const answering = review.answer("yes");
  expect(asked(review)).toBe(second);
  await answering;
  await review.show(album);
  expect(asked(review)).toBe(second);
  expect(waiting(review)).not.toContain(first);
  expect(review.examples).toBe(4);
  expect(review.answered).toBe(1);
});

test("an answer that was not taken brings the photo back", async () => {
  const { decide, review } = await made();
  const [first] = waiting(review);
  decide.mockResolvedValueOnce(false);
  await review.answer("no");
  expect(asked(review)).toBe(first);
  expect(review.answered).toBe(0);
});

test("what is taken back is asked about next", async () => {
  const { album, backend, review } = await made();
  const [first, second] = waiting(review);
  await review.answer("no");
  await review.answer("yes");
  await backend.undo();
  await review.show(album);
  expect(asked(review)).toBe(second);
  await backend.undo();
  await review.show(album);
  expect(asked(review)).toBe(first);
  expect(review.answered).toBe(0);
});

test("what is put off comes last, also after more was learned, and can be gone back to", async () => {
  const { album, review } = await made();
  const [first, second] = waiting(review);
  review.later();
  expect(asked(review)).toBe(second);
  await review.show(album);
  expect(asked(review)).toBe(second);
  expect(waiting(review).at(-1)).toBe(first);
  review.back();
  expect(asked(review)).toBe(first);
});

test("another album begins anew", async () => {
  const { backend, review } = await made();
  await review.answer("yes");
  const other = await backend.teachAlbum("Others", null, [20, 21, 22]);
  await review.show(other);
  expect(review.answered).toBe(0);
  const { proposals } = await backend.proposals(other);
  const sure = proposals.filter((each) => each.sure);
  expect(waiting(review)).toEqual(sure.map(({ photo }) => photo.id));
  // What it is less sure of is asked about when one wants that.
  expect(review.held).toBe(proposals.length - sure.length);
  expect(review.held).toBeGreaterThan(0);
  review.widen();
  expect(waiting(review)).toEqual(proposals.map(({ photo }) => photo.id));
  expect(review.held).toBe(0);
});
