/**
 * Which files of a group stay and which go: what is selected from the start, and what the person said instead. At least one
 * stays, and nothing that is protected goes. Arithmetic only.
 */
import type { DuplicateChoice, DuplicateGroup, DuplicateMember, SeenFile } from "../../backend/wire";

/** What the person said of files: whether each goes to the trash. */
export type Marks = ReadonlyMap<number, boolean>;

/** All files of a group, the proposed keeper first: the order of the tiles and of the keys 1 to 9. */
export function filesOf(group: DuplicateGroup): DuplicateMember[] {
  return [group.keeper, ...group.members];
}

export function goes(member: DuplicateMember, marks: Marks): boolean {
  return !member.protected && (marks.get(member.file) ?? member.selected);
}

/** Whether a file joined a group of which the person had said that the others stay. */
export function isNew(group: DuplicateGroup, member: DuplicateMember): boolean {
  return !member.settled && filesOf(group).some(({ settled }) => settled);
}

/** The file that stays for those that go: the proposed keeper, or the first that the person keeps instead. */
export function keeperOf(group: DuplicateGroup, marks: Marks): DuplicateMember {
  return filesOf(group).find((member) => !goes(member, marks)) ?? group.keeper;
}

/** What goes, each with the file that stays for it. */
export function choicesOf(group: DuplicateGroup, marks: Marks): DuplicateChoice[] {
  const keeper = keeperOf(group, marks);
  const going = filesOf(group).filter((member) => member.file !== keeper.file && goes(member, marks));
  return going.map((member) => ({ goes: seen(member), stays: seen(keeper) }));
}

/** A file with the content that it is shown with. */
export function seen({ file, photo }: DuplicateMember): SeenFile {
  return { file, photo: photo.id };
}

/** What going frees: a file under several names with the last of them. */
export function freedBy(group: DuplicateGroup, marks: Marks): { files: number; bytes: number } {
  const all = filesOf(group);
  const going = all.filter((member) => goes(member, marks));
  const counted = new Set(all.filter((member) => !going.includes(member)).map(({ onDisk }) => onDisk));
  let bytes = 0;
  for (const { onDisk, size } of going) {
    if (!counted.has(onDisk)) bytes += size;
    counted.add(onDisk);
  }
  return { files: going.length, bytes };
}

/** Why a file has to stay whatever the person says; null when it may go. */
export function mustStay(group: DuplicateGroup, member: DuplicateMember, marks: Marks): "protected" | "last" | null {
  if (member.protected) return "protected";
  const others = filesOf(group).filter((other) => other.file !== member.file);
  return !goes(member, marks) && others.every((other) => goes(other, marks)) ? "last" : null;
}

/** Photos of the files of a group that stay, one for each file. */
export function stayingPhotos(group: DuplicateGroup, marks: Marks): number[] {
  return filesOf(group).flatMap((member) => (goes(member, marks) ? [] : [member.photo.id]));
}
