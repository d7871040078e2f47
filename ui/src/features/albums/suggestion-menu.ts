/** The menu of a suggestion, the same wherever suggestions are shown. */
import type { SuggestionRow } from "../../backend/wire";
import type { MenuEntry } from "../../lib/menu";
import { texts } from "../../texts/texts";

/** What can be done with suggestions; given by whoever joins the features. */
export interface SuggestionActions {
  open: (suggestion: SuggestionRow) => void;
  /** Makes it an album. */
  keep: (suggestion: SuggestionRow) => void;
  /** Gives it the name that was written; an empty one changes nothing. */
  rename: (suggestion: SuggestionRow, name: string) => void;
  pin: (suggestion: SuggestionRow, pinned: boolean) => void;
  split: (suggestion: SuggestionRow) => void;
  /** Asks what to merge it with. */
  askToMerge: (suggestion: SuggestionRow) => void;
  merge: (suggestions: readonly SuggestionRow[]) => void;
  dismiss: (suggestion: SuggestionRow) => void;
}

/** `rename` is left out where no name can be written. */
export function suggestionMenu(suggestion: SuggestionRow, actions: SuggestionActions, rename: (() => void) | null, without?: "open"): MenuEntry[] {
  const words = texts.suggestions;
  const { pinned, parts } = suggestion;
  const entries: MenuEntry[] = [];
  if (without !== "open") entries.push({ label: texts.albums.open, icon: "photos", shortcut: "Enter", run: () => actions.open(suggestion) });
  entries.push({ label: words.keep, icon: "check", shortcut: "K", run: () => actions.keep(suggestion) });
  if (rename) entries.push({ label: texts.albums.rename, icon: "edit", shortcut: "F2", run: rename });
  entries.push({ label: pinned ? words.unpin : words.pin, icon: "pin", shortcut: "P", run: () => actions.pin(suggestion, !pinned) }, "separator");
  if (parts > 0) entries.push({ label: words.split(parts), icon: "split", run: () => actions.split(suggestion) });
  entries.push(
    { label: words.mergeWith, icon: "merge", run: () => actions.askToMerge(suggestion) },
    "separator",
    { label: words.dismiss, icon: "close", shortcut: "Del", run: () => actions.dismiss(suggestion) },
  );
  return entries;
}
