/** Runs long work between frames: each turn takes a few milliseconds, then the page gets its own. */

/** Milliseconds of one turn: half of a frame. */
const TURN_MS = 8;

/** Finishes the work, or resolves to undefined as soon as `cancelled` says so. */
export async function inSlices<Result>(work: Generator<void, Result>, cancelled: () => boolean): Promise<Result | undefined> {
  for (;;) {
    const until = performance.now() + TURN_MS;
    do {
      const { done, value } = work.next();
      if (done) return value;
    } while (performance.now() < until);
    await nextTurn();
    if (cancelled()) return undefined;
  }
}

// Messages come at once, while timers wait four milliseconds after a few turns.
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
