/** Colour labels: their keys, and where the look keeps their colours. */
import type { LabelWord } from "../backend/wire";

export type Colour = Exclude<LabelWord, "none">;

export const COLOURS: readonly Colour[] = ["red", "yellow", "green", "blue", "purple"];

/** As in other programs; purple has none there either. */
export const LABELS_BY_KEY: readonly [key: string, label: Colour][] = [
  ["6", "red"],
  ["7", "yellow"],
  ["8", "green"],
  ["9", "blue"],
];
export const LABEL_KEYS: Partial<Record<LabelWord, string>> = Object.fromEntries(LABELS_BY_KEY.map(([key, label]) => [label, key]));

/** A CSS colour; undefined for no label. */
export function labelColour(label: LabelWord): string | undefined {
  return label === "none" ? undefined : `var(--label-${label})`;
}
