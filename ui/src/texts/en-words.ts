/** How English writes numbers and counts things. */
export const n = new Intl.NumberFormat("en-GB");
export const count = (value: number, one: string, many: string) => `${n.format(value)} ${value === 1 ? one : many}`;
