/** What the page follows of the stage: its size, each frame that was drawn, whether it moves, and which photos are in sight. */
import type { Size } from "./camera";

export class Seen {
  /** CSS pixels. */
  size: Size = $state.raw({ width: 0, height: 0 });
  /** Counts the frames that were drawn: what lies over the canvas follows it. */
  frame = $state(0);
  moving = $state(false);
  /** There is no drawing here: the map is a list. */
  cannotDraw = $state(false);
  /** Photos that are named to who can't see them. */
  photos: readonly number[] = $state.raw([]);
  /** Photos lie elsewhere, and none of them in view. */
  isEmpty = $state(false);
}
