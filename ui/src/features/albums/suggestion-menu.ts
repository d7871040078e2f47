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
  /** Groups photos anew, into so many or as many as suit them. */
  suggestAnew: (count: number | null) => void;
}

/** How many more or fewer there are to be, from one time to the next. */
const STEP = 1.6;

/** The menu of all suggestions, of which there are so many. */
export function suggestionsMenu(count: number, { suggestAnew }: SuggestionActions): MenuEntry[] {
  const words = texts.suggestions;
  const fewer = Math.max(2, Math.round(count / STEP));
  return [
    { label: words.anew, icon: "refresh", run: () => suggestAnew(null) },
    { label: words.fewer, icon: "minus", disabled: fewer >= count, run: () => suggestAnew(fewer) },
    { label: words.more, icon: "plus", run: () => suggestAnew(Math.round(count * STEP)) },
  ];
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
