/** Numbers, times and sizes as people read them, in one language. Dates are wall-clock times read as if they were UTC. */

export interface Format {
  /** 12,345 */
  count(n: number): string;
  /** 14 March 2024 */
  day(ms: number): string;
  /** Thu 14 */
  shortDay(ms: number): string;
  /** March 2024 */
  month(ms: number): string;
  /** 14 March 2024 at 16:05 */
  dateTime(ms: number): string;
  /** 3.4 MB */
  bytes(n: number): string;
  /** about 2 min */
  duration(seconds: number): string;
  /** One digit after the point at most. */
  decimal(n: number): string;
}

export function makeFormat(locale: string): Format {
  const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
  const count = new Intl.NumberFormat(locale);
  const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const day = dates({ day: "numeric", month: "long", year: "numeric" });
  const shortDay = dates({ weekday: "short", day: "numeric" });
  const month = dates({ month: "long", year: "numeric" });
  const dateTime = dates({ dateStyle: "long", timeStyle: "short" });
  const unit = (name: string) => new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 1 });
  const sizes = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"].map(unit);
  const [second, minute, hour] = [unit("second"), unit("minute"), unit("hour")] as const;
  return {
    count: (n) => count.format(n),
    decimal: (n) => decimal.format(n),
    day: (ms) => day.format(ms),
    shortDay: (ms) => shortDay.format(ms),
    month: (ms) => month.format(ms),
    dateTime: (ms) => dateTime.format(ms),
    bytes(n) {
      const step = n < 1000 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log10(n) / 3));
      const value = n / 1000 ** step;
      return (sizes[step] as Intl.NumberFormat).format(value >= 100 ? Math.round(value) : value);
    },
    duration(seconds) {
      if (seconds < 60) return second.format(Math.max(1, Math.round(seconds)));
      if (seconds < 3600) return minute.format(Math.round(seconds / 60));
      return `${hour.format(Math.floor(seconds / 3600))} ${minute.format(Math.round((seconds % 3600) / 60))}`;
    },
  };
}
