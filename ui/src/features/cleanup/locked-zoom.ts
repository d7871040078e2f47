/**
 * Looking at several pictures of one thing at once: how far they are enlarged and which part is in the middle, the same for
 * all, whatever their sizes. Knows rectangles and factors only.
 */

export interface Size {
  width: number;
  height: number;
}

/** `factor` 1 is the whole picture. `x` and `y`, 0 to 1 of the picture, lie in the middle of the view. */
export interface Look {
  factor: number;
  x: number;
  y: number;
}

/** A rectangle in its view, CSS pixels. */
export interface Box extends Size {
  left: number;
  top: number;
}

export const WHOLE: Look = { factor: 1, x: 0.5, y: 0.5 };
const LARGEST = 40;

/** Where a picture lies in its view. */
export function place(look: Look, picture: Size, view: Size): Box {
  const scale = fitScale(picture, view) * look.factor;
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { width, height, left: begin(look.x, width, view.width), top: begin(look.y, height, view.height) };
}

/** Grows or shrinks; what lies under `at`, CSS pixels of the view, stays there as far as it can. */
export function zoomBy(look: Look, by: number, at: { x: number; y: number }, picture: Size, view: Size): Look {
  const factor = Math.min(LARGEST, Math.max(1, look.factor * by));
  const before = place(look, picture, view);
  const under = { x: (at.x - before.left) / before.width, y: (at.y - before.top) / before.height };
  const scale = fitScale(picture, view) * factor;
  const x = under.x + (view.width / 2 - at.x) / (picture.width * scale);
  const y = under.y + (view.height / 2 - at.y) / (picture.height * scale);
  return bound({ factor, x, y }, picture, view);
}

/** Moves the pictures with the pointer, CSS pixels. */
export function pan(look: Look, by: { x: number; y: number }, picture: Size, view: Size): Look {
  const { width, height } = place(look, picture, view);
  return bound({ ...look, x: look.x - by.x / width, y: look.y - by.y / height }, picture, view);
}

/** From the whole picture to one pixel of it on one of the screen, and back. */
export function toggle(look: Look, picture: Size, view: Size, density: number): Look {
  if (look.factor > 1.001) return WHOLE;
  const factor = Math.min(LARGEST, Math.max(2, 1 / (fitScale(picture, view) * density)));
  return { ...WHOLE, factor };
}

function fitScale(picture: Size, view: Size): number {
  return Math.min(view.width / picture.width, view.height / picture.height) || 1;
}

/** No edge comes into the view that need not. */
function bound(look: Look, picture: Size, view: Size): Look {
  const scale = fitScale(picture, view) * look.factor;
  const within = (value: number, length: number, room: number) => {
    if (length <= room) return 0.5;
    const half = room / length / 2;
    return Math.min(1 - half, Math.max(half, value));
  };
  return {
    factor: look.factor,
    x: within(look.x, picture.width * scale, view.width),
    y: within(look.y, picture.height * scale, view.height),
  };
}

function begin(middle: number, length: number, room: number): number {
  return length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, room / 2 - middle * length));
}
