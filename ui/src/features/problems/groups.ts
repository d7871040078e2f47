/** The problems list as one flat list of headings and files: filtered, grouped by reason or by folder, largest group first. */

import type { ProblemRow } from "../../backend/wire";

export type Grouping = "reason" | "folder";

export type Entry =
  | { kind: "heading"; title: string; count: number }
  /** `name` is the file's own; `folder` is where it lies. */
  | { kind: "problem"; problem: ProblemRow; name: string; folder: string };

/** The entries of the problems that contain every word of the filter, in their path or reason. */
export function groupProblems(problems: readonly ProblemRow[], grouping: Grouping, filter: string): Entry[] {
  const groups = new Map<string, ProblemRow[]>();
  for (const problem of filterProblems(problems, filter)) {
    const title = grouping === "reason" ? problem.reason : splitPath(problem.path).folder;
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [problem]);
    else group.push(problem);
  }
  return [...groups]
    .sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1))
    .flatMap(([title, group]): Entry[] => [
      { kind: "heading", title, count: group.length },
      ...group.map((problem): Entry => ({ kind: "problem", problem, ...splitPath(problem.path) })),
    ]);
}

export function filterProblems(problems: readonly ProblemRow[], filter: string): readonly ProblemRow[] {
  const words = filter.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return problems;
  return problems.filter(({ path, reason }) => {
    const text = `${path}\n${reason}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** A line a file, path and reason apart by a tab: pastes into a mail as well as into a table. */
export function problemsAsText(problems: readonly ProblemRow[]): string {
  return problems.map(({ path, reason }) => `${path}\t${reason}`).join("\n");
}

/** Folder and name of a path of either kind of system. */
export function splitPath(path: string): { folder: string; name: string } {
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return { folder: path.slice(0, Math.max(at, 0)) || path.slice(0, at + 1), name: path.slice(at + 1) };
}
