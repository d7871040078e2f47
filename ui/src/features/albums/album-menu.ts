/** The menu of an album, the same wherever albums are shown. */
import type { AlbumKindWord, AlbumRow } from "../../backend/wire";
import type { IconName } from "../../lib/icons";
import type { MenuEntry } from "../../lib/menu";
import { LEAST_EXAMPLES } from "../../photo/photo-menu";
import { texts } from "../../texts/texts";

export const KIND_ICONS: Record<AlbumKindWord, IconName> = { hand: "album", search: "savedSearch", taught: "taught" };

/** What can be done with albums; given by whoever joins the features. */
export interface AlbumActions {
  open: (album: AlbumRow) => void;
  /** Creates one in this album, or at the top, and lets its name be written there. */
  create: (parent: number | null, place: RenamePlace) => void;
  /** Gives it the name that was written; an empty one changes nothing. */
  rename: (album: AlbumRow, name: string) => void;
  /** Asks what to move it into. */
  askToMove: (album: AlbumRow) => void;
  /** Into another album, or before one of those there; null for none. */
  move: (album: AlbumRow, parent: number | null, before: number | null) => void;
  freeCover: (album: AlbumRow) => void;
  /** Shows the photos of a saved search with its filters as chips. */
  showFilters: (album: AlbumRow) => void;
  remove: (album: AlbumRow) => void;
  /** Goes through the photos that it proposes. */
  lookThrough: (album: AlbumRow) => void;
  /** Lets an album made by hand propose more photos like those in it. */
  teachFrom: (album: AlbumRow) => void;
}


/** Where a name is written: on the wall, in the column at the left, or as the title above the photos. */
export type RenamePlace = "wall" | "column" | "title";

export function albumMenu(album: AlbumRow, actions: AlbumActions, place: RenamePlace, rename: () => void): MenuEntry[] {
  const words = texts.albums;
  const entries: MenuEntry[] = [];
  if (place !== "title") entries.push({ label: words.open, icon: KIND_ICONS[album.kind], shortcut: "Enter", run: () => actions.open(album) });
  entries.push({ label: words.rename, icon: "edit", shortcut: "F2", run: rename });
  if (album.proposals > 0) {
    const label = texts.proposals.lookThroughThese(album.proposals);
    entries.push({ label, icon: "taught", run: () => actions.lookThrough(album) });
  }
  if (album.kind === "hand" && album.photos >= LEAST_EXAMPLES) {
    entries.push({ label: words.teachFrom, icon: "taught", run: () => actions.teachFrom(album) });
  }
  if (album.kind === "search") entries.push({ label: words.showFilters, icon: "filter", run: () => actions.showFilters(album) });
  if (album.coverChosen) entries.push({ label: words.freeCover, icon: "image", run: () => actions.freeCover(album) });
  entries.push(
    "separator",
    { label: words.createInside, icon: "plus", run: () => actions.create(album.id, place === "title" ? "column" : place) },
    { label: words.move, icon: "albums", run: () => actions.askToMove(album) },
    "separator",
    { label: words.remove, icon: "trash", danger: true, shortcut: "Del", run: () => actions.remove(album) },
  );
  return entries;
}
