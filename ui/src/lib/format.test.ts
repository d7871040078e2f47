/** Figures and dates as people read them, in English and German. */
import { describe, expect, it } from "vitest";
import {
  formatAltitude,
  formatAperture,
  formatBytes,
  formatCoordinates,
  formatCount,
  formatDay,
  formatDaySpan,
  formatDimensions,
  formatDuration,
  formatExposureTime,
  formatFocalLength,
  formatMegapixels,
  formatMonth,
  formatRate,
  formatSpan,
  formatTime,
  formatWeekday,
  formatZone,
} from "./format";

/** Intl uses narrow and non-breaking spaces; which of them is not our business. */
const plain = (text: string) => text.replace(/[\u00a0\u202f\u2009]/g, " ");

describe("sizes and counts", () => {
  it("reads as in a file manager", () => {
    expect([0, 820, 1200, 12_400, 999_600, 4_210_000, 12_345_678_901].map((bytes) => plain(formatBytes(bytes, "en")))).toEqual(
      ["0 bytes", "820 bytes", "1.2 kB", "12 kB", "1 MB", "4.2 MB", "12 GB"],
    );
    expect(plain(formatBytes(4_210_000, "de"))).toBe("4,2 MB");
  });

  it("groups digits as the language does", () => {
    expect(formatCount(1234567, "en")).toBe("1,234,567");
    expect(formatCount(1234567, "de")).toBe("1.234.567");
  });
});

describe("dates", () => {
  const evening = Date.UTC(2024, 11, 31, 23, 5);

  it("shows the camera's own clock, whatever zone this computer is in", () => {
    // Commas between the parts differ from one release of Unicode's data to the next.
    expect(formatDay(evening, "en-GB")).toMatch(/^Tuesday,? 31 December 2024$/);
    expect(formatDay(evening, "de")).toBe("Dienstag, 31. Dezember 2024");
    expect(formatTime(evening, "de")).toBe("23:05");
    expect(plain(formatTime(evening, "en"))).toBe("11:05 PM");
  });

  it("joins the days of a span", () => {
    expect(plain(formatDaySpan(Date.UTC(2024, 10, 3), Date.UTC(2024, 10, 21), "en"))).toBe("Nov 3 – 21, 2024");
    expect(plain(formatDaySpan(evening, evening, "en"))).toBe("Dec 31, 2024");
  });

  it("says less of a longer span", () => {
    const from = Date.UTC(2024, 2, 3);
    expect(plain(formatSpan(from, Date.UTC(2024, 2, 9), "en"))).toBe("Mar 3 – 9, 2024");
    expect(plain(formatSpan(from, Date.UTC(2024, 7, 1), "en"))).toBe("Mar – Aug 2024");
    expect(plain(formatSpan(from, Date.UTC(2026, 7, 1), "en"))).toBe("2024 – 2026");
  });

  it("names zones by their distance from UTC", () => {
    expect([0, 120, -210, 345].map(formatZone)).toEqual(["UTC", "UTC+2", "UTC−3:30", "UTC+5:45"]);
  });

  it("works before 1970", () => {
    expect(formatDay(Date.UTC(1923, 4, 1, 12), "de")).toBe("Dienstag, 1. Mai 1923");
  });
});

describe("a photographer's notation", () => {
  it("writes short exposures as fractions", () => {
    expect([1 / 8000, 0.004, 1 / 3.9, 0.3, 0.5, 1.6, 30].map((seconds) => formatExposureTime(seconds, "en"))).toEqual([
      "1/8000 s",
      "1/250 s",
      "1/4 s",
      "0.3 s",
      "0.5 s",
      "1.6 s",
      "30 s",
    ]);
    expect(formatExposureTime(0.5, "de")).toBe("0,5 s");
  });

  it("writes aperture and focal length", () => {
    expect(formatAperture(2.8, "en")).toBe("f/2.8");
    expect(formatAperture(8, "en")).toBe("f/8");
    expect(formatAperture(1.4, "de")).toBe("f/1,4");
    expect(formatFocalLength(35, "en")).toBe("35 mm");
    expect(formatFocalLength(4.25, "en")).toBe("4.3 mm");
  });

  it("writes sizes of pictures", () => {
    expect(formatDimensions(6000, 4000)).toBe("6000 × 4000");
    expect(
      [
        [6000, 4000],
        [1280, 1024],
        [300, 250],
      ].map(([width, height]) => formatMegapixels(width!, height!, "en")),
    ).toEqual(["24 MP", "1.3 MP", "0.075 MP"]);
  });
});

describe("places", () => {
  it("can be pasted into any map", () => {
    expect(formatCoordinates(48.137154, -11.576124)).toBe("48.13715, -11.57612");
    expect(formatAltitude(519.4, "en")).toBe("519 m");
  });
});

describe("a timeline and work in progress", () => {
  it("names months and days", () => {
    const moment = Date.UTC(2024, 2, 14, 23, 59);
    expect([formatMonth(moment, "en-GB"), formatMonth(moment, "de")]).toEqual(["March 2024", "März 2024"]);
    expect(formatWeekday(moment, "en-GB")).toContain("14");
  });

  it("says roughly how fast and how long", () => {
    expect([0.42, 9.94, 9.96, 1234].map((rate) => formatRate(rate, "en-GB"))).toEqual(["0.4", "9.9", "10", "1,234"]);
    expect([0.2, 59.7, 3599, 7200, 7500].map((seconds) => plain(formatDuration(seconds, "en-US")))).toEqual([
      "1 sec",
      "1 min",
      "1 hr",
      "2 hr",
      "2 hr 5 min",
    ]);
  });
});
