/** Wie Deutsch Zahlen schreibt und zählt. */
export const n = new Intl.NumberFormat("de");
export const count = (value: number, one: string, many: string) => `${n.format(value)} ${value === 1 ? one : many}`;
