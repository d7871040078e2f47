/** Finding what was typed among things with names: as the beginning of a name first, then of a word in it, then anywhere. */

/** Case and accents make no difference: `acme` finds `Ácme`. */
export function foldText(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLocaleLowerCase();
}

/** Those whose name, or the words around it, hold every typed word; best first, else in their order. Nothing typed finds all. */
export function findChoices<Item extends { label: string; under?: string }>(items: readonly Item[], typed: string): Item[] {
  const wanted = foldText(typed).split(/[\s>›|]+/).filter(Boolean);
  if (wanted.length === 0) return [...items];
  const ranked: { item: Item; rank: number }[] = [];
  for (const item of items) {
    const label = foldText(item.label);
    const whole = `${foldText(item.under ?? "")} ${label}`;
    if (!wanted.every((word) => whole.includes(word))) continue;
    const first = wanted.join(" ");
    const rank = label === first ? 0 : label.startsWith(first) ? 1 : wanted.every((word) => startsWord(label, word)) ? 2 : label.includes(first) ? 3 : 4;
    ranked.push({ item, rank });
  }
  return ranked.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}

function startsWord(text: string, word: string): boolean {
  return text.startsWith(word) || text.includes(` ${word}`);
}
