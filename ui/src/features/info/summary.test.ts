/** What several photos have in common. */
import { describe, expect, it } from "vitest";
import { MemoryBackend } from "../../backend/memory";
import { summarize } from "./summary";

describe("several photos", () => {
  it("add up, span their dates, and name cameras and formats by use", async () => {
    const [one] = await new MemoryBackend(1).photoRows([1]);
    const row = { ...one!, sizeBytes: 100, shownAtMs: 5_000, stars: 3, flag: "pick" as const, label: "blue" as const };
    expect(
      summarize([
        { ...row, camera: "A", format: "heic" },
        { ...row, camera: null, format: "jpeg", shownAtMs: 9_000 },
        { ...row, camera: "B", format: "jpeg", sizeBytes: 50 },
        { ...row, camera: "B", format: "jpeg", shownAtMs: -1_000 },
      ]),
    ).toEqual({
      sizeBytes: 350,
      fromMs: -1_000,
      toMs: 9_000,
      cameras: ["B", "A"],
      formats: ["jpeg", "heic"],
      stars: 3,
      flag: "pick",
      label: "blue",
    });
  });

  it("have no rating, flag or label when theirs differ", async () => {
    const [one] = await new MemoryBackend(1).photoRows([1]);
    const summary = summarize([
      { ...one!, stars: 0, flag: "none", label: "none" },
      { ...one!, stars: 2, flag: "reject", label: "red" },
    ]);
    expect(summary).toMatchObject({ stars: null, flag: null, label: null });
  });

  it("are nothing when there are none", () => {
    expect(summarize([])).toBeNull();
  });
});
