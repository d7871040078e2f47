/** All keys that do something now, for people to read. What they do is bound where it happens. */

import type { Texts } from "../../texts/en";

export type KeyAction = keyof Texts["keys"]["actions"];
export type KeyGroup = "move" | "look" | "select" | "decide" | "window";

export interface KeyLine {
  action: KeyAction;
  /** Alternatives; each is written as for shortcuts: `Ctrl+Shift+A`. */
  keys: readonly string[];
}

export const keyGroups: readonly { group: KeyGroup; lines: readonly KeyLine[] }[] = [
  {
    group: "look",
    lines: [
      { action: "open", keys: ["Enter", "doubleClick"] },
      { action: "preview", keys: ["Space"] },
      { action: "similar", keys: ["S"] },
      { action: "stack", keys: ["E"] },
      { action: "part", keys: ["R"] },
      { action: "paste", keys: ["Ctrl+V"] },
      { action: "size", keys: ["+", "−", "Ctrl+wheel"] },
      { action: "compare", keys: ["C"] },
      { action: "compareWays", keys: ["V", "Space"] },
      { action: "zoom", keys: ["Z"] },
      { action: "pan", keys: ["drag", "Shift+arrows"] },
    ],
  },
  {
    group: "move",
    lines: [
      { action: "arrows", keys: ["arrows"] },
      { action: "pages", keys: ["PageUp", "PageDown"] },
      { action: "ends", keys: ["Home", "End"] },
      { action: "back", keys: ["Esc"] },
      { action: "historyBack", keys: ["Alt+←"] },
      { action: "historyForward", keys: ["Alt+→"] },
      { action: "photos", keys: ["G"] },
      { action: "map", keys: ["M"] },
      { action: "albums", keys: ["A"] },
      { action: "duplicates", keys: ["D"] },
      { action: "nearest", keys: ["arrows"] },
      { action: "turn", keys: ["drag", "Ctrl+Shift+arrows"] },
      { action: "fit", keys: ["F"] },
    ],
  },
  {
    group: "select",
    lines: [
      { action: "toggle", keys: ["Ctrl+click", "Ctrl+Space"] },
      { action: "extend", keys: ["Shift+click", "Shift+arrows"] },
      { action: "band", keys: ["drag"] },
      { action: "lasso", keys: ["Shift+drag"] },
      { action: "all", keys: ["Ctrl+A"] },
      { action: "none", keys: ["Ctrl+Shift+A"] },
    ],
  },
  {
    group: "decide",
    lines: [
      { action: "rating", keys: ["1 – 5", "0"] },
      { action: "flags", keys: ["P", "X", "U"] },
      { action: "labels", keys: ["6", "7", "8", "9"] },
      { action: "tag", keys: ["T"] },
      { action: "album", keys: ["B"] },
      { action: "teach", keys: ["Shift+B"] },
      { action: "answers", keys: ["Y", "N", "→"] },
      { action: "keep", keys: ["K"] },
      { action: "members", keys: ["1 – 9"] },
      { action: "verdicts", keys: ["A", "N"] },
      { action: "applies", keys: ["Enter"] },
      { action: "pin", keys: ["P"] },
      { action: "rename", keys: ["F2"] },
      { action: "order", keys: ["Ctrl+←", "Ctrl+→"] },
      { action: "photoOrder", keys: ["Alt+Shift+←", "Alt+Shift+→"] },
      { action: "trash", keys: ["Del"] },
      { action: "remove", keys: ["Del"] },
      { action: "undo", keys: ["Ctrl+Z"] },
      { action: "redo", keys: ["Ctrl+Shift+Z"] },
    ],
  },
  {
    group: "window",
    lines: [
      { action: "info", keys: ["I"] },
      { action: "filmstrip", keys: ["F6"] },
      { action: "fullScreen", keys: ["F"] },
      { action: "keys", keys: ["?"] },
    ],
  },
];

/** The parts of a key as people read them: `Strg`, `Umschalt`, `A`. On a Mac, Ctrl is Command. */
export function keyParts(key: string, names: Record<string, string>, system: "mac" | "other"): string[] {
  const mac: Record<string, string> = { Ctrl: "⌘", Shift: "⇧", Alt: "⌥" };
  if (key === "+") return [key];
  return key.split("+").map((part) => (system === "mac" ? mac[part] : undefined) ?? names[part] ?? part);
}
