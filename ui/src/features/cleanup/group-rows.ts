/**
 * Where groups lie in their list: one below the other, each as high as its files need, with a heading before the first of a
 * lane. Arithmetic only, of all groups at once: a list of many thousands is laid out before it is noticed.
 */
import type { GroupGlance } from "../../backend/wire";

/** CSS pixels; the components draw to these measures. */
export const SIZES = {
  side: 16,
  tile: 168,
  tileHeight: 242,
  gap: 12,
  /** A group's line of words above its tiles. */
  head: 36,
  /** Below its tiles. */
  foot: 8,
  laneHeading: 52,
} as const;

export interface GroupLayout {
  /** Files beside each other. */
  perLine: number;
  /** The top of each group, its lane's heading included; one more: the end. */
  tops: Float64Array;
}

export function layOutGroups(groups: readonly GroupGlance[], width: number): GroupLayout {
  const perLine = Math.max(1, Math.floor((width - 2 * SIZES.side + SIZES.gap) / (SIZES.tile + SIZES.gap)));
  const tops = new Float64Array(groups.length + 1);
  let top = 0;
  groups.forEach(({ files }, at) => {
    tops[at] = top;
    const lines = Math.ceil(files / perLine);
    top += SIZES.head + lines * (SIZES.tileHeight + SIZES.gap) + SIZES.foot + (beginsLane(groups, at) ? SIZES.laneHeading : 0);
  });
  tops[groups.length] = top;
  return { perLine, tops };
}

/** Whether the group is the first of its lane. */
export function beginsLane(groups: readonly GroupGlance[], at: number): boolean {
  return groups[at]?.lane !== groups[at - 1]?.lane;
}
