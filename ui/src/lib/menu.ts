/** What a menu shows, as data. Knows nothing of what the entries mean. */
import type { IconName } from "./icons";

export interface MenuAction {
  label: string;
  icon?: IconName;
  /** A colour that is shown in place of an icon, as CSS. */
  dot?: string;
  /** Below the label, in quiet words. */
  note?: string;
  /** The key that does the same, in words for the screen. */
  shortcut?: string;
  /** A choice among the entries: a tick when on. */
  checked?: boolean;
  disabled?: boolean;
  danger?: boolean;
  run: () => void;
}

export interface Submenu {
  label: string;
  icon?: IconName;
  entries: MenuEntry[];
}

/** What the entries below it are about. */
export interface MenuHeading {
  heading: string;
}

export type MenuEntry = MenuAction | Submenu | MenuHeading | "separator";

/** Opens a menu at a point of the page, in CSS pixels; its name is read aloud. */
export type ShowMenu = (entries: MenuEntry[], x: number, y: number, name: string) => void;

/** A menu that is open, at a place in the page. */
export interface OpenMenu {
  entries: MenuEntry[];
  /** CSS pixels of the page. */
  x: number;
  y: number;
  /** Read aloud. */
  name: string;
}
