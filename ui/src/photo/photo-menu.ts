/** The one context menu of photos, the same wherever photos are shown, and the actions behind it and behind the keys. */
import type { FlagWord, LabelWord, PhotoRow, SeenFile } from "../backend/wire";
import type { MenuEntry } from "../lib/menu";
import { texts } from "../texts/texts";
import { COLOURS, LABEL_KEYS, labelColour } from "./labels";

/** The least photos that an album can learn from. */
export const LEAST_EXAMPLES = 3;

/** What can be done with photos; given by whoever joins the features. */
export interface PhotoActions {
  open: (photo: number) => void;
  findSimilar: (photos: number[]) => void;
  showOnMap: (photos: number[]) => void;
  rate: (photos: number[], stars: number) => void;
  setFlag: (photos: number[], flag: FlagWord) => void;
  /** Labels photos; the label that all of them have already is taken off. */
  setLabel: (photos: number[], label: LabelWord) => void;
  /** Asks which tags they should have. */
  tag: (photos: number[]) => void;
  /** Asks which album they should lie in. */
  addToAlbum: (photos: number[]) => void;
  /** Asks for the name of an album that learns from these, three or more. */
  teachAlbum: (photos: number[]) => void;
  /** Shows what was taken and kept together with these. */
  goesWith: (photos: number[]) => void;
  /** What can be done where the photos of an album are shown that was made by hand; null elsewhere. */
  inAlbum: () => { remove: (photos: number[]) => void; useAsCover: (photo: number) => void } | null;
  copyPath: (photo: number) => void;
  /** Asks whether they should go to the trash, with all of their files. */
  trash: (photos: number[]) => void;
  /** The same of single files. */
  trashFiles: (files: SeenFile[]) => void;
  /** Null where there is no file manager. */
  showInFileManager: ((photo: number) => void) | null;
}

/** More entries that a place adds, such as *More like this* in results. */
export interface PhotoMenuExtras {
  moreLike?: (photos: number[]) => void;
  lessLike?: (photos: number[]) => void;
  /** The stack that the photo is in. */
  stack?: { photos: number; open: boolean; toggle: () => void } | undefined;
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
  // What follows means all of them.
  const entries: MenuEntry[] = one ? [] : [{ heading: texts.common.photos(photos.length) }];
  const { stack } = extras;
  if (stack) {
    const label = stack.open ? words.closeStack(stack.photos) : words.openStack(stack.photos);
    entries.push({ label, icon: "stack", shortcut: "E", run: stack.toggle });
  }
  if (extras.without !== "open") entries.push({ label: words.open, icon: "eye", shortcut: "Enter", run: () => actions.open(clicked) });
  entries.push({ label: words.findSimilarTo(photos.length), icon: "similar", shortcut: "S", run: () => actions.findSimilar(photos) });
  entries.push({ label: words.goesWith, icon: "goesWith", run: () => actions.goesWith(photos) });
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
    {
      label: words.label,
      icon: "palette",
      entries: [...COLOURS, "none" as const].map((label) => {
        const [key, dot] = [LABEL_KEYS[label], labelColour(label)];
        const checked = one && row?.label === label;
        return { label: words.labels[label], checked, run: () => actions.setLabel(photos, label), ...(key && { shortcut: key }), ...(dot && { dot }) };
      }),
    },
    "separator",
    { label: words.tag, icon: "tag", shortcut: "T", run: () => actions.tag(photos) },
    { label: words.addToAlbum, icon: "addToAlbum", shortcut: "B", run: () => actions.addToAlbum(photos) },
  );
  if (photos.length >= LEAST_EXAMPLES) {
    entries.push({ label: words.teachAlbum, icon: "taught", shortcut: "Shift+B", run: () => actions.teachAlbum(photos) });
  }
  const album = actions.inAlbum();
  if (album) {
    entries.push({ label: words.removeFromAlbum, icon: "minus", run: () => album.remove(photos) });
    if (one) entries.push({ label: words.useAsCover, icon: "image", run: () => album.useAsCover(first) });
  }
  const { showInFileManager } = actions;
  if (one) {
    entries.push("separator");
    if (showInFileManager) entries.push({ label: words.showInFileManager, icon: "folder", run: () => showInFileManager(first) });
    entries.push({ label: words.copyPath, icon: "copy", run: () => actions.copyPath(first) });
  }
  entries.push("separator", { label: texts.trash.menu, icon: "trash", danger: true, shortcut: "Del", run: () => actions.trash(photos) });
  return entries;
}
