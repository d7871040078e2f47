/** For tests only: groups with as little in them as the test is about. */
import type { DuplicateGroup, DuplicateMember, LaneWord, PhotoRow } from "../../backend/wire";

/** Group `number` has the files `number`0, the keeper, `number`1 and so on, each of a photo with the same number. */
export function groupOf(number: number, members: readonly Partial<DuplicateMember>[], lane: LaneWord = "copies"): DuplicateGroup {
  const member = (at: number, more: Partial<DuplicateMember>): DuplicateMember => {
    const file = number * 10 + at;
    return { ...{ file, photo: photoOf(file), path: `/photos/${file}.jpg`, size: 1_000, onDisk: at, reason: null }, ...PLAIN, ...more };
  };
  return { lane, keeper: member(0, {}), members: members.map((more, at) => member(at + 1, more)) };
}

const PLAIN = { sameBytes: false, alike: 1, area: 1, quarters: 0, mirrored: false, bond: null, settled: false, protected: false, selected: false };

function photoOf(id: number): PhotoRow {
  return {
    ...{ id, name: `${id}.jpg`, path: `/photos/${id}.jpg`, shownAtMs: 0, takenKnown: true, width: 3_000, height: 2_000 },
    ...{ format: "jpeg", camera: null, sizeBytes: 1_000, stars: 0, flag: "none", label: "none", availability: "present", preview: null },
  };
}
