/** A photo in words, for whoever hears the page: file name first, then when, then what was decided. */
import type { PhotoRow } from "../backend/wire";
import { formatShortDay } from "../lib/format";
import { language, texts } from "../texts/texts";

export function photoLabel(row: PhotoRow): string {
  return [
    row.name,
    formatShortDay(row.shownAtMs, language),
    row.stars > 0 && texts.photo.stars(row.stars),
    row.flag === "pick" && texts.photo.picked,
    row.flag === "reject" && texts.photo.rejected,
    row.label !== "none" && texts.photo.labelled[row.label],
    row.availability === "offline" && texts.photo.offline,
    row.availability === "missing" && texts.photo.missing,
  ]
    .filter(Boolean)
    .join(", ");
}
