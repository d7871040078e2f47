/**
 * Figures and dates as people read them, in the language of the UI. Times are milliseconds of a local clock read as
 * if it were UTC, so nothing here converts between zones. Deliberately knows no words of the UI.
 */

const KILO = 1000;
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** `1,234`. */
export function formatCount(count: number, language: string): string {
  return number(language, {}).format(count);
}

/** A number with two digits behind the point at most. */
export function formatNumber(value: number, language: string): string {
  return number(language, { maximumFractionDigits: 2 }).format(value);
}

/** `92%`, from 0 to 1; never 100 % of what is less. */
export function formatPercent(share: number, language: string): string {
  return number(language, { style: "percent", maximumFractionDigits: 0 }).format(Math.min(share, share < 1 ? 0.99 : 1));
}

/** `820 byte`, `4.2 MB`, `12 GB`: decimal units, as file managers and drives count. */
export function formatBytes(bytes: number, language: string): string {
  let value = bytes;
  let unit = 0;
  // 999.5 kB would read as 1,000 kB.
  while (value >= KILO - 0.5 && unit < UNITS.length - 1) {
    value /= KILO;
    unit += 1;
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  return number(language, {
    style: "unit",
    unit: UNITS[unit]!,
    unitDisplay: unit === 0 ? "long" : "short",
    maximumFractionDigits: digits,
  }).format(value);
}

/** `Saturday, 21 November 2026`, in the language's own order. */
export function formatDay(ms: number, language: string): string {
  return date(language, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(ms);
}

/** `21 Nov 2026`. */
export function formatShortDay(ms: number, language: string): string {
  return date(language, { day: "numeric", month: "short", year: "numeric" }).format(ms);
}

/** `March 2024`. */
export function formatMonth(ms: number, language: string): string {
  return date(language, { month: "long", year: "numeric" }).format(ms);
}

/** `14 March`: a day within a year that is known. */
export function formatDayOfMonth(ms: number, language: string): string {
  return date(language, { day: "numeric", month: "long" }).format(ms);
}

/** `Thu 14`: a day within a month that is known. */
export function formatWeekday(ms: number, language: string): string {
  return date(language, { weekday: "short", day: "numeric" }).format(ms);
}

/** `14:05`, or `2:05 PM`. */
export function formatTime(ms: number, language: string): string {
  return date(language, { timeStyle: "short" }).format(ms);
}

/** `3 – 21 Nov 2026`: from the day of one time to the day of the other. */
export function formatDaySpan(fromMs: number, toMs: number, language: string): string {
  return date(language, { day: "numeric", month: "short", year: "numeric" }).formatRange(fromMs, toMs);
}

/** `3 – 21 Nov 2026`, `Mar – Nov 2026`, `2019 – 2026`: the longer the time, the less of it is said. */
export function formatSpan(fromMs: number, toMs: number, language: string): string {
  const days = (toMs - fromMs) / 86_400_000;
  if (days <= 31) return formatDaySpan(fromMs, toMs, language);
  const parts: Intl.DateTimeFormatOptions = days <= 400 ? { month: "short", year: "numeric" } : { year: "numeric" };
  return date(language, parts).formatRange(fromMs, toMs);
}

/** `UTC+2`, `UTC−3:30`, `UTC`. */
export function formatZone(minutes: number): string {
  if (minutes === 0) return "UTC";
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}

/** `6000 × 4000`. */
export function formatDimensions(width: number, height: number): string {
  return `${width} × ${height}`;
}

/** `24 MP`, `1.3 MP`, `0.08 MP`. */
export function formatMegapixels(width: number, height: number, language: string): string {
  return `${significant(width * height * 1e-6, 2, language)} MP`;
}

/** `1/250 s`, `0.4 s`, `30 s`: fractions as printed on cameras, from a quarter of a second down. */
export function formatExposureTime(seconds: number, language: string): string {
  if (seconds > 0 && seconds < 0.29) return `1/${Math.round(1 / seconds)} s`;
  return `${number(language, { maximumFractionDigits: 1, useGrouping: false }).format(seconds)} s`;
}

/** `f/2.8`. */
export function formatAperture(fNumber: number, language: string): string {
  return `f/${number(language, { maximumFractionDigits: 1 }).format(fNumber)}`;
}

/** `35 mm`, `4.2 mm`. */
export function formatFocalLength(millimetres: number, language: string): string {
  return `${number(language, { maximumFractionDigits: millimetres < 10 ? 1 : 0 }).format(millimetres)} mm`;
}

/** `48.13713, 11.57541`: what every map takes. Five digits are about a metre; points in every language. */
export function formatCoordinates(latitude: number, longitude: number): string {
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}

/** `519 m`. */
export function formatAltitude(metres: number, language: string): string {
  return `${number(language, { maximumFractionDigits: 0 }).format(metres)} m`;
}

/** `12`, `4.2`: one digit after the point where it says something. */
export function formatRate(perSecond: number, language: string): string {
  return number(language, { maximumFractionDigits: perSecond < 9.95 ? 1 : 0 }).format(perSecond);
}

/** `8 sec`, `12 min`, `2 hr 5 min`: roughly, as for a time that is left. */
export function formatDuration(seconds: number, language: string): string {
  const unit = (value: number, name: string) => number(language, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
  const minutes = Math.round(seconds / 60);
  if (seconds < 59.5) return unit(Math.max(1, Math.round(seconds)), "second");
  if (minutes < 60) return unit(minutes, "minute");
  return minutes % 60 === 0 ? unit(minutes / 60, "hour") : `${unit(Math.floor(minutes / 60), "hour")} ${unit(minutes % 60, "minute")}`;
}

function significant(value: number, digits: number, language: string): string {
  if (value >= 10 ** (digits - 1)) return number(language, { maximumFractionDigits: value < 9.95 ? 1 : 0 }).format(value);
  return number(language, { maximumSignificantDigits: digits }).format(value);
}

// Making a formatter costs far more than using it; there are a handful of kinds.
const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();

function number(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = language + JSON.stringify(options);
  let format = numbers.get(key);
  if (format === undefined) numbers.set(key, (format = new Intl.NumberFormat(language, options)));
  return format;
}

function date(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  let format = dates.get(key);
  if (format === undefined) dates.set(key, (format = new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" })));
  return format;
}

/** A reason as the beginning of a sentence. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
