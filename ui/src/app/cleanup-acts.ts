/** What is decided about near-duplicates, each with a message that says what came of it and offers to take it back. */
import type { CleanupReport } from "../backend/wire";
import type { Acts } from "../features/cleanup/duplicates.svelte";
import { formatBytes } from "../lib/format";
import { language, texts } from "../texts/texts";
import { sentence, tellFailure } from "./decisions";
import type { Program } from "./program.svelte";

export function cleanupActs(program: Program): Acts {
  const { backend } = program;
  return {
    // What stays was looked at: as a group of its own it would only come back.
    cleanUp: (choices, stay) => attempt(program, async () => tellMoved(program, await backend.cleanUp(choices, true, stay))),
    settle: (groups, verdict) =>
      attempt(program, async () => {
        await backend.settleDuplicates(groups, verdict);
        program.toasts.show(texts.duplicates.settled[verdict], takeBack(program));
      }),
  };
}

/** How many files went, and why others did not. */
export function tellMoved(program: Program, { files, bytes, problems, stopped, left }: CleanupReport): void {
  const words = texts.duplicates;
  if (files > 0) program.toasts.show(words.moved(files, formatBytes(bytes, language)), takeBack(program));
  const why = stopped ?? problems[0]?.reason;
  if (why !== undefined) program.toasts.fail(words.stayed(problems.length + left), sentence(why));
}

function takeBack(program: Program) {
  return { label: texts.common.undo, run: () => void program.decisions.undo() };
}

async function attempt(program: Program, act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    tellFailure(program.toasts, error);
    return false;
  }
}
