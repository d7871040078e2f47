/** Tags in words: `Animals|Dogs|Rex` is Rex, which lies below Animals and Dogs. */

/** What stands between the levels of a tag. */
const LEVEL = "|";

/** The last level: what a photo is. */
export function tagName(tag: string): string {
  return tag.slice(tag.lastIndexOf(LEVEL) + 1);
}

/** The levels above it, for reading; empty at the top. */
export function tagAbove(tag: string): string {
  return tag.split(LEVEL).slice(0, -1).join(" › ");
}

/** How many levels lie above it. */
export function tagDepth(tag: string): number {
  return tag.split(LEVEL).length - 1;
}

/** The tag that somebody typed, with `>`, `›` or `|` between the levels; null when nothing is left of it. */
export function typedTag(text: string): string | null {
  const levels = text.split(/[|>›]/).map((level) => level.trim().replace(/\s+/g, " "));
  return levels.filter(Boolean).join(LEVEL) || null;
}
