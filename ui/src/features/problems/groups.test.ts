/** The problems list: groups, filter, and what is copied. */
import { describe, expect, it } from "vitest";
import type { ProblemRow } from "../../backend/wire";
import { groupProblems, problemsAsText, splitPath } from "./groups";

const problem = (path: string, reason: string): ProblemRow => ({ path, stage: "decode", reason, photo: null });
const problems = [
  problem("/p/a/broken.jpg", "The file ends too early."),
  problem("/p/b/short.jpg", "The file ends too early."),
  problem("/p/b/notes.psd", "This format is not supported."),
];

const titles = (entries: ReturnType<typeof groupProblems>) =>
  entries.map((entry) => (entry.kind === "heading" ? `${entry.title} ${entry.count}` : entry.name));

describe("groups", () => {
  it("puts the commonest reason first, its files below it", () => {
    expect(titles(groupProblems(problems, "reason", ""))).toEqual([
      "The file ends too early. 2",
      "broken.jpg",
      "short.jpg",
      "This format is not supported. 1",
      "notes.psd",
    ]);
  });

  it("groups by folder as well", () => {
    expect(titles(groupProblems(problems, "folder", ""))).toEqual(["/p/b 2", "short.jpg", "notes.psd", "/p/a 1", "broken.jpg"]);
  });

  it("keeps what contains all words, in path or reason", () => {
    expect(titles(groupProblems(problems, "reason", "EARLY short"))).toEqual(["The file ends too early. 1", "short.jpg"]);
    expect(groupProblems(problems, "reason", "nothing")).toEqual([]);
  });
});

describe("paths", () => {
  it("come apart on every system", () => {
    expect(splitPath("/p/a/x.jpg")).toEqual({ folder: "/p/a", name: "x.jpg" });
    expect(splitPath("C:\\Photos\\x.jpg")).toEqual({ folder: "C:\\Photos", name: "x.jpg" });
    expect(splitPath("/x.jpg")).toEqual({ folder: "/", name: "x.jpg" });
    expect(splitPath("x.jpg")).toEqual({ folder: "", name: "x.jpg" });
  });
});

describe("copying", () => {
  it("gives a line a file", () => {
    expect(problemsAsText(problems.slice(0, 2))).toBe(
      "/p/a/broken.jpg\tThe file ends too early.\n/p/b/short.jpg\tThe file ends too early.",
    );
  });
});
