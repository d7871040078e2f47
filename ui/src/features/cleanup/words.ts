/** What is said of a file of a group: how it is alike, why it stays, what passes on. */
import type { AlikeLimits, DuplicateGroup, DuplicateMember, DuplicatesAsk, Folder, PassedOn } from "../../backend/wire";
import { formatNumber, formatPercent } from "../../lib/format";
import { folderName, lastPart } from "../../lib/paths";
import { tagName } from "../../photo/tag-names";
import { language, texts } from "../../texts/texts";
import { filesOf, goes, isNew, keeperOf, type Marks } from "./marks";

/** Less than this share of a picture is a part of it. */
const WHOLE_AREA = 0.97;

/** The numbers behind a word for how alike photos must be: `50 % agree, 93 % repeated · bursts up to 0.19 apart`. */
export function limitsWords({ share, repeated, burst }: AlikeLimits): string {
  return texts.duplicates.alikeLimits(formatPercent(share, language), formatPercent(repeated, language), formatNumber(burst, language));
}

/** Where pairs are looked at: `Between Phone and Camera`. */
export function whereWords({ among, between }: DuplicatesAsk, folders: readonly Folder[]): string {
  const words = texts.duplicates;
  if (among !== "differentFolders") return words.amongs[among];
  if (between.length === 0) return words.between.all;
  const [one, other] = folders.filter(({ id }) => between.includes(id));
  return between.length === 2 && one && other ? words.between.two(one.name, other.name) : words.between.more(between.length);
}

/** The file's own name: the same photo may lie somewhere else under another one. */
export function nameOf({ path }: DuplicateMember): string {
  return lastPart(path);
}

/** The folder that it lies in. */
export function folderOf({ path }: DuplicateMember): string {
  return folderName(path);
}

/** How a file is alike to the one that was proposed to stay: `Same picture, smaller, turned`. */
export function likeness(group: DuplicateGroup, member: DuplicateMember): string {
  const words = texts.duplicates;
  if (member.bond !== null) return words.bonds[member.bond] ?? member.bond;
  if (member.sameBytes) return words.identical;
  const pixels = ({ photo }: DuplicateMember) => photo.width * photo.height;
  return [
    { copies: words.samePicture, edits: words.edited, bursts: words.shot }[group.lane],
    member.area < WHOLE_AREA && words.part(formatPercent(member.area, language)),
    group.lane !== "bursts" && member.area >= WHOLE_AREA && pixels(member) < 0.9 * pixels(group.keeper) && words.smaller,
    member.quarters % 4 !== 0 && words.turned,
    member.mirrored && words.mirrored,
  ]
    .filter(Boolean)
    .join(", ");
}

/** Why the file that stays does: `Kept: more pixels, less compressed`. */
export function whyKept(group: DuplicateGroup, marks: Marks): string {
  const words = texts.duplicates;
  const keeper = keeperOf(group, marks);
  if (keeper.protected) return words.isProtected;
  if (keeper.settled) return words.decided;
  if (keeper.file !== group.keeper.file) return words.keptByYou;
  const reasons = new Set(group.members.flatMap(({ reason }) => (reason === null ? [] : [words.reasons[reason] ?? reason])));
  return reasons.size > 0 ? words.kept([...reasons].join(", ")) : words.keptEqual;
}

/** The line below a file's facts. */
export function noteOf(group: DuplicateGroup, member: DuplicateMember, marks: Marks): string {
  if (member.file === keeperOf(group, marks).file) return whyKept(group, marks);
  if (member.protected) return texts.duplicates.isProtected;
  return member.settled && !goes(member, marks) ? texts.duplicates.decided : likeness(group, member);
}

/** A file, read aloud. */
export function fileLabel(group: DuplicateGroup, member: DuplicateMember, marks: Marks): string {
  const words = texts.duplicates;
  const at = filesOf(group).findIndex(({ file }) => file === member.file) + 1;
  return [String(at), nameOf(member), isNew(group, member) && words.isNew, goes(member, marks) ? words.goes : words.stays, noteOf(group, member, marks)]
    .filter(Boolean)
    .join(", ");
}

/** `★★★★, Pick, Family, album “Coast”`. */
export function passedWords({ stars, pick, label, tags, albums }: PassedOn): string {
  const labels: Record<string, string> = texts.photo.labels;
  return [
    stars !== null && "★".repeat(stars),
    pick && texts.duplicates.plan.pick,
    label !== null && (labels[label] ?? label),
    ...tags.map(tagName),
    ...albums.map((name) => `“${name}”`),
  ]
    .filter(Boolean)
    .join(", ");
}
