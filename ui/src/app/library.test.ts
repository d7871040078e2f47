// The library at a glance: what the engine tells is not overwritten by answers that are older.
import { expect, test } from "vitest";
import type { Backend } from "../backend/backend";
import { MemoryBackend } from "../backend/memory";
import type { Activity, Event, LibraryState } from "../backend/wire";
import { Library } from "./library.svelte";

const NEWS = { photosChanged() {}, decisionsChanged() {}, albumsChanged() {}, stateChanged() {}, reconnected() {} };

test("work that ends while its state is asked for has ended", async () => {
  const now = await new MemoryBackend(20).libraryState();
  const working: Activity = { ...now.activity, state: "working", stage: "compare", done: 0, total: 237 };
  let tell: (event: Event) => void = () => {};
  let answer: (state: LibraryState) => void = () => {};
  const backend = {
    listen: (listener: (event: Event) => void) => ((tell = listener), () => {}),
    onConnection: () => () => {},
    libraryState: () => new Promise<LibraryState>((resolve) => (answer = resolve)),
  };
  const library = new Library(backend as unknown as Backend);
  library.follow(NEWS);
  const refreshed = library.refresh();
  tell({ event: "activity", activity: { ...working, state: "idle" } });
  answer({ ...now, activity: working });
  await refreshed;
  expect(library.state?.photos).toBe(20);
  expect(library.activity?.state).toBe("idle");
});
