// Answers that were overtaken do not count, failures included.
import { expect, test } from "vitest";
import { latest } from "./latest";

test("only the newest answer arrives, whichever comes first", async () => {
  const answers: Record<string, (text: string) => void> = {};
  const ask = latest((name: string) => new Promise<string>((resolve) => (answers[name] = resolve)));
  const first = ask("first");
  const second = ask("second");
  answers.second?.("2");
  answers.first?.("1");
  expect(await first).toBeUndefined();
  expect(await second).toBe("2");
});

test("a failure of an overtaken question is silent, of the newest is not", async () => {
  const fails: Array<(error: Error) => void> = [];
  const ask = latest(() => new Promise<string>((_, reject) => fails.push(reject)));
  const first = ask();
  const second = ask();
  fails[0]?.(new Error("old"));
  fails[1]?.(new Error("new"));
  expect(await first).toBeUndefined();
  await expect(second).rejects.toThrow("new");
});
