/** What several photos have in common, for the panel. */

import type { FlagWord, LabelWord, PhotoRow } from "../../backend/wire";

export interface Summary {
  sizeBytes: number;
  /** The earliest and the latest, milliseconds of the local clock. */
  fromMs: number;
  toMs: number;
  /** The cameras, most used first; photos without a known one are left out. */
  cameras: string[];
  /** The formats, most used first. */
  formats: string[];
  /** Null when they differ. */
  stars: number | null;
  flag: FlagWord | null;
  label: LabelWord | null;
}

/** Null for no photos. */
export function summarize(rows: readonly PhotoRow[]): Summary | null {
  const [first] = rows;
  if (first === undefined) return null;
  const summary: Summary = {
    sizeBytes: 0,
    fromMs: first.shownAtMs,
    toMs: first.shownAtMs,
    cameras: mostUsed(rows.map(({ camera }) => camera)),
    formats: mostUsed(rows.map(({ format }) => format)),
    stars: first.stars,
    flag: first.flag,
    label: first.label,
  };
  for (const row of rows) {
    summary.sizeBytes += row.sizeBytes;
    summary.fromMs = Math.min(summary.fromMs, row.shownAtMs);
    summary.toMs = Math.max(summary.toMs, row.shownAtMs);
    if (row.stars !== first.stars) summary.stars = null;
    if (row.flag !== first.flag) summary.flag = null;
    if (row.label !== first.label) summary.label = null;
  }
  return summary;
}

function mostUsed(values: readonly (string | null)[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([value]) => value);
}
