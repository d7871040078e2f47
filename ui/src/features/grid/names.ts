/** The names of sections and days, in the words of a language. */
import { formatDayOfMonth, formatMonth, formatWeekday } from "../../lib/format";
import type { Day, Section } from "./rows";

/** March 2024, or 2024. */
export function sectionName({ span, ms }: Section, language: string): string {
  return span === "year" ? String(new Date(ms).getUTCFullYear()) : formatMonth(ms, language);
}

/** Thu 14, or 14 March where the section is a year. */
export function dayName({ span, ms }: Day, language: string): string {
  return span === "year" ? formatDayOfMonth(ms, language) : formatWeekday(ms, language);
}
