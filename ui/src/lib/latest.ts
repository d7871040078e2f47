/** Only the newest answer counts: a question asked again makes the answers to earlier ones worthless. */

/** Wraps an asynchronous function; a call that was overtaken by a later one resolves to undefined, whatever became of it. */
export function latest<Arguments extends unknown[], Answer>(
  ask: (...args: Arguments) => Promise<Answer>,
): (...args: Arguments) => Promise<Answer | undefined> {
  let newest = 0;
  return async (...args) => {
    const mine = ++newest;
    try {
      const answer = await ask(...args);
      return mine === newest ? answer : undefined;
    } catch (error) {
      if (mine !== newest) return undefined;
      throw error;
    }
  };
}
