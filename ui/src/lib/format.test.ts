// Words for numbers in both languages, and no surprise at the steps.
import { expect, test } from "vitest";
import { makeFormat } from "./format";

const en = makeFormat("en-GB");
const de = makeFormat("de");
const moment = Date.UTC(2024, 2, 14, 16, 5);

test("dates are the wall clock's, wherever the program runs", () => {
  expect(en.month(moment)).toBe("March 2024");
  expect(de.day(moment)).toBe("14. März 2024");
  expect(en.dateTime(moment)).toContain("16:05");
});

test("sizes and durations", () => {
  expect(en.bytes(999)).toBe("999 byte");
  expect(en.bytes(3_400_000)).toBe("3.4 MB");
  expect(de.bytes(3_400_000)).toBe("3,4 MB");
  expect(en.duration(0.2)).toBe("1 sec");
  expect(en.duration(150)).toBe("3 mins");
  expect(en.duration(3_700)).toBe("1 hr 2 min");
});
