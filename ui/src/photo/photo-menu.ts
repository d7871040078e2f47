/** The one context menu of photos, the same wherever photos are shown, and the actions behind it and behind the keys. */
import type { FlagWord, PhotoRow } from "../backend/wire";
import type { MenuEntry } from "../lib/menu";
import { texts } from "../texts/texts";

/** What can be done with photos; given by whoever joins the features. */
export interface PhotoActions {
  open: (photo: number) => void;
  findSimilar: (photos: number[]) => void;
  showOnMap: (photos: number[]) => void;
  rate: (photos: number[], stars: number) => void;
  setFlag: (photos: number[], flag: FlagWord) => void;
  copyPath: (photo: number) => void;
  /** Null where there is no file manager. */
  showInFileManager: ((photo: number) => void) | null;
}

/** More entries that a place adds, such as *More like this* in results. */
export interface PhotoMenuExtras {
  moreLike?: (photos: number[]) => void;
  lessLike?: (photos: number[]) => void;
  /** In the viewer the photo is open already. */
  without?: "open";
}

/** The menu for these photos; `row` is the one that was clicked, as far as it is known. */
export function photoMenu(photos: number[], row: PhotoRow | undefined, actions: PhotoActions, extras: PhotoMenuExtras = {}): MenuEntry[] {
  const [first] = photos;
  if (first === undefined) return [];
  const clicked = row?.id ?? first;
  const words = texts.photo;
  const one = photos.length === 1;
  const entries: MenuEntry[] = [];
  if (extras.without !== "open") entries.push({ label: words.open, icon: "eye", shortcut: "Enter", run: () => actions.open(clicked) });
  entries.push({ label: words.findSimilarTo(photos.length), icon: "similar", shortcut: "S", run: () => actions.findSimilar(photos) });
  entries.push({ label: words.showOnMap, icon: "map", run: () => actions.showOnMap(photos) });
  const { moreLike, lessLike } = extras;
  if (moreLike) entries.push({ label: words.moreLike, icon: "plus", run: () => moreLike(photos) });
  if (lessLike) entries.push({ label: words.lessLike, icon: "minus", run: () => lessLike(photos) });
  entries.push(
    "separator",
    {
      label: words.rate,
      icon: "star",
      entries: [5, 4, 3, 2, 1, 0].map((stars) => ({
        label: stars === 0 ? words.noStars : "★".repeat(stars),
        shortcut: String(stars),
        checked: one && row?.stars === stars,
        run: () => actions.rate(photos, stars),
      })),
    },
    ...(["pick", "reject", "none"] as const).map((flag) => ({
      label: { pick: words.pick, reject: words.reject, none: words.noFlag }[flag],
      shortcut: { pick: "P", reject: "X", none: "U" }[flag],
      checked: one && row?.flag === flag,
      run: () => actions.setFlag(photos, flag),
    })),
  );
  const { showInFileManager } = actions;
  if (one) {
    entries.push("separator");
    if (showInFileManager) entries.push({ label: words.showInFileManager, icon: "folder", run: () => showInFileManager(first) });
    entries.push({ label: words.copyPath, icon: "copy", run: () => actions.copyPath(first) });
  }
  return entries;
}
