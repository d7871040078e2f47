// Work finishes across turns, and stops when it is no longer wanted.
import { expect, test } from "vitest";
import { inSlices } from "./in-slices";

function* busy(steps: number): Generator<void, string> {
  for (let step = 0; step < steps; step++) {
    const until = performance.now() + 3;
    while (performance.now() < until);
    yield;
  }
  return "done";
}

test("the result arrives, and others had their turn", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  expect(await inSlices(busy(20), () => false)).toBe("done");
  clearInterval(timer);
  expect(turns).toBeGreaterThan(1);
});

test("cancelled work ends early", async () => {
  expect(await inSlices(busy(50), () => true)).toBeUndefined();
});
