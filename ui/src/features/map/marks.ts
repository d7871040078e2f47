/** What is marked on the map: a byte of bits for every photo, of what is selected and of what a filter dims. Made between frames. */
import { indexOfId } from "./colours";
import { DIMMED, SELECTED } from "./gl/dots";

const SLICE = 4_096;

/** `passing` are the photos that are not dimmed; null when nothing is. */
export function* markPhotos(ids: Uint32Array, selected: Iterable<number>, passing: ArrayLike<number> | null): Generator<void, Uint8Array> {
  const marks = new Uint8Array(ids.length);
  let handled = 0;
  if (passing) {
    marks.fill(DIMMED);
    for (let at = 0; at < passing.length; at++) {
      const index = indexOfId(ids, passing[at] as number);
      if (index >= 0) marks[index] = 0;
      if (++handled % SLICE === 0) yield;
    }
  }
  for (const photo of selected) {
    const index = indexOfId(ids, photo);
    if (index >= 0) marks[index] = (marks[index] as number) | SELECTED;
    if (++handled % SLICE === 0) yield;
  }
  return marks;
}
