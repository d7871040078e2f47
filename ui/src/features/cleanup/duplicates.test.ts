// The review of near-duplicates on a made-up library: what is applied, kept or said leaves at once, and comes back with undo.
import { expect, test, vi } from "vitest";
import { MemoryBackend } from "../../backend/memory";
import type { DuplicateGroup } from "../../backend/wire";
import { PhotoRows } from "../../photo/photo-rows.svelte";
import { Duplicates, LANES, type Acts } from "./duplicates.svelte";
import { filesOf, goes, isNew } from "./marks";
import { noteOf } from "./words";

async function made(groups = 20) {
  const backend = new MemoryBackend(groups * 5, 0, groups);
  const acts = {
    cleanUp: vi.fn<Acts["cleanUp"]>(async (choices, stay) => (await backend.cleanUp(choices, true, stay)).files > 0),
    settle: vi.fn<Acts["settle"]>(async (settled, verdict) => (await backend.settleDuplicates(settled, verdict), true)),
  };
  const duplicates = new Duplicates(backend, new PhotoRows(backend), acts);
  await duplicates.refresh();
  await inView(duplicates);
  return { acts, backend, duplicates };
}

async function inView(duplicates: Duplicates) {
  duplicates.want(0, 10);
  await vi.waitFor(() => expect(duplicates.current).not.toBeNull());
}

test("the surest lane comes first, and of each lane what frees most", async () => {
  const { duplicates } = await made();
  const lanes = duplicates.list.map(({ lane }) => LANES.indexOf(lane));
  expect(lanes).toEqual([...lanes].sort((a, b) => a - b));
  const copies = duplicates.list.filter(({ lane }) => lane === "copies").map(({ frees }) => frees);
  expect(copies).toEqual([...copies].sort((a, b) => b - a));
  duplicates.lane = "edits";
  expect(duplicates.list).toHaveLength(duplicates.counts.edits);
});

test("applying leads to the next group at once, and undo brings the group back as it was", async () => {
  const { acts, backend, duplicates } = await made();
  // The first group has a file on a drive that is not connected.
  duplicates.step(1);
  const [, first, second] = duplicates.list.map(({ key }) => key);
  const applying = duplicates.apply();
  expect(duplicates.list[duplicates.place]?.key).toBe(second);
  await applying;
  expect(acts.cleanUp).toHaveBeenCalledOnce();
  expect(duplicates.list.map(({ key }) => key)).not.toContain(first);
  await backend.undo();
  await duplicates.refresh();
  expect(duplicates.list[1]?.key).toBe(first);
});

test("what is marked and what is kept is one step, and is forgotten with the group", async () => {
  const { backend, duplicates } = await made(60);
  const large = duplicates.list.findIndex(({ lane, files }) => lane === "copies" && files > 3);
  duplicates.goTo(large, 0);
  duplicates.want(large, large + 1);
  await vi.waitFor(() => expect(duplicates.current).not.toBeNull());
  const group = duplicates.current as NonNullable<typeof duplicates.current>;
  const [keeper, ...others] = filesOf(group);
  // One goes, two and more stay; the first one is not to stay this time.
  for (const member of others) if (goes(member, duplicates.marks)) duplicates.toggle(group, member);
  expect(duplicates.toggle(group, keeper as (typeof others)[number])).toBe(true);
  await duplicates.apply();
  expect(await backend.settledPairs()).not.toHaveLength(0);
  expect(filesOf(group).filter(({ file }) => duplicates.marks.has(file))).toEqual([]);
  expect((await backend.undo())?.action).toBe("cleanUp");
  expect(await backend.settledPairs()).toHaveLength(0);
  await duplicates.refresh();
  const back = (await backend.duplicateGroups(duplicates.ask, 0, 60)).find((each) => each.keeper.file === group.keeper.file);
  expect(back).toEqual(group);
});

test("what could not be done brings the group back, and the keyboard to it", async () => {
  const { acts, duplicates } = await made();
  const key = duplicates.list[0]?.key;
  acts.cleanUp.mockResolvedValueOnce(false);
  await duplicates.apply();
  expect(duplicates.at).toBe(key);
  expect(duplicates.list[0]?.key).toBe(key);
});

test("a group of which nothing goes is kept, and stays away", async () => {
  const { acts, duplicates } = await made();
  const group = duplicates.current as NonNullable<typeof duplicates.current>;
  for (const member of filesOf(group)) if (goes(member, duplicates.marks)) duplicates.toggle(group, member);
  expect(duplicates.freed(duplicates.list[0] as (typeof duplicates.list)[number]).files).toBe(0);
  await duplicates.apply();
  expect(acts.cleanUp).not.toHaveBeenCalled();
  expect(acts.settle).toHaveBeenCalledWith([filesOf(group).map(({ photo }) => photo.id)], "keepAll");
  expect(duplicates.whole(`copies ${group.keeper.photo.id}`)).toBeUndefined();
});

test("not duplicates is said of all of the group, the last file too", async () => {
  const { acts, backend, duplicates } = await made();
  const photos = filesOf(duplicates.current as NonNullable<typeof duplicates.current>).map(({ photo }) => photo.id);
  await duplicates.settle("notDuplicates");
  expect(acts.settle).toHaveBeenCalledWith([photos], "notDuplicates");
  expect(await backend.settledPairs()).toHaveLength((photos.length * (photos.length - 1)) / 2);
});

test("the one step for all takes what is marked of the safe lane, and nothing else", async () => {
  const { backend, duplicates } = await made();
  const group = duplicates.current as NonNullable<typeof duplicates.current>;
  const going = filesOf(group).find((member) => goes(member, duplicates.marks)) as ReturnType<typeof filesOf>[number];
  const before = duplicates.safe;
  duplicates.toggle(group, going);
  expect(duplicates.safe).toEqual({ files: before.files - 1, bytes: before.bytes - going.size });
  const choices = await duplicates.safeChoices();
  expect(choices).toHaveLength(duplicates.safe.files);
  expect(choices.map(({ goes }) => goes.file)).not.toContain(going.file);
  const copies = (await backend.duplicateGroups(duplicates.ask, 0, 20)).filter(({ lane }) => lane === "copies");
  const inCopies = copies.flatMap((each) => filesOf(each)).map(({ file }) => file);
  expect(choices.every(({ goes }) => inCopies.includes(goes.file))).toBe(true);
});

test("of many groups, only those in view are asked for", async () => {
  const { backend, duplicates } = await made(300);
  expect(duplicates.list).toHaveLength(duplicates.counts.copies + duplicates.counts.edits + duplicates.counts.bursts);
  expect(backend.asked.duplicateGroups).toBe(1);
  duplicates.goTo(200, 0);
  duplicates.want(195, 205);
  await vi.waitFor(() => expect(duplicates.current).not.toBeNull());
  expect(backend.asked.duplicateGroups).toBeLessThanOrEqual(3);
});

test("nothing in a protected folder goes, and a group of which nothing could is not listed", async () => {
  const { backend, duplicates } = await made();
  await backend.protectFolder(1, true);
  await duplicates.refresh();
  await inView(duplicates);
  const group = duplicates.current as NonNullable<typeof duplicates.current>;
  const safe = filesOf(group).filter((member) => member.protected);
  expect(safe.length).toBeGreaterThan(0);
  expect(safe.some((member) => duplicates.toggle(group, member))).toBe(false);
  const before = duplicates.list.length;
  for (const folder of [2, 3]) await backend.protectFolder(folder, true);
  await duplicates.refresh();
  expect([before > 0, duplicates.list.length, duplicates.safe.files]).toEqual([true, 0, 0]);
});

test("a group that is back shows who joined, and nothing of it goes by itself", async () => {
  const { backend, duplicates } = await made(60);
  const large = duplicates.list.findIndex(({ lane, files }) => lane === "copies" && files > 3);
  const [group] = await backend.duplicateGroups(duplicates.ask, large, 1);
  const [keeper, ...others] = filesOf(group as DuplicateGroup).map(({ photo }) => photo.id) as [number, ...number[]];
  await backend.settleDuplicates([[keeper, ...others.slice(1)]], "keepAll");
  await duplicates.refresh();
  const listed = duplicates.list.find((each) => each.keeper === keeper);
  const back = (await backend.duplicateGroups(duplicates.ask, listed?.index ?? -1, 1))[0] as DuplicateGroup;
  expect([listed?.selected, listed?.frees]).toEqual([0, 0]);
  expect(filesOf(back).map((member) => [member.photo.id, isNew(back, member)])).toEqual([[keeper, false], [others[0], true]]);
  expect(noteOf(back, back.keeper, duplicates.marks)).toBe("You decided on it before");
});
