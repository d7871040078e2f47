// Who stays and who goes in a group: pre-selection, the person's word, and what nobody can say.
import { expect, test } from "vitest";
import { groupOf } from "./for-tests";
import { choicesOf, filesOf, freedBy, goes, isNew, keeperOf, mustStay, stayingPhotos } from "./marks";

const NONE = new Map<number, boolean>();

test("what is selected goes for the proposed keeper", () => {
  const group = groupOf(1, [{ selected: true }, { selected: false }, { selected: true }]);
  expect(choicesOf(group, NONE)).toEqual([
    { goes: { file: 11, photo: 11 }, stays: { file: 10, photo: 10 } },
    { goes: { file: 13, photo: 13 }, stays: { file: 10, photo: 10 } },
  ]);
  expect(freedBy(group, NONE)).toEqual({ files: 2, bytes: 2_000 });
  expect(stayingPhotos(group, NONE)).toEqual([10, 12]);
});

test("a file under several names is freed with the last of them, as the engine counts", () => {
  const group = groupOf(1, [{ selected: true, onDisk: 1 }, { selected: true, onDisk: 1 }, { selected: true }]);
  expect(freedBy(group, NONE)).toEqual({ files: 3, bytes: 2_000 });
  expect(freedBy(group, new Map([[12, false]]))).toEqual({ files: 2, bytes: 1_000 });
});

test("new is who joined those that were said to stay", () => {
  const news = (members: Parameters<typeof groupOf>[1]) => {
    const group = groupOf(1, members);
    return filesOf(group).map((member) => isNew(group, member));
  };
  expect(news([{ settled: true }, {}])).toEqual([true, false, true]);
  expect(news([{}, {}])).toEqual([false, false, false]);
});

test("a keeper that is to go makes way for the first that stays", () => {
  const group = groupOf(1, [{ selected: true }, { selected: false }]);
  const marks = new Map([[10, true]]);
  expect(keeperOf(group, marks).file).toBe(12);
  expect(choicesOf(group, marks)).toEqual([
    { goes: { file: 10, photo: 10 }, stays: { file: 12, photo: 12 } },
    { goes: { file: 11, photo: 11 }, stays: { file: 12, photo: 12 } },
  ]);
});

test("the last that stays has to, and so does what is protected", () => {
  const group = groupOf(1, [{ selected: true }, { protected: true, selected: true }]);
  const [keeper, first, second] = filesOf(group) as [never, never, never];
  expect(mustStay(group, keeper, NONE)).toBeNull();
  expect(mustStay(group, second, NONE)).toBe("protected");
  expect(goes(second, new Map([[12, true]]))).toBe(false);
  expect(mustStay(group, first, new Map([[11, true]]))).toBeNull();
  const pair = groupOf(2, [{ selected: true }]);
  expect(mustStay(pair, pair.keeper, NONE)).toBe("last");
});
