/**
 * Where one looks at the map from: the point in the middle of the view, and how large. Map units are the layout's (about
 * 0 to 1, downward), view units are CSS pixels. Arithmetic only; nothing of elements, photos or drawing.
 */

export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Camera extends Point {
  /** CSS pixels a map unit. */
  scale: number;
}

/** How small and how large a map may be shown. */
export interface Reach {
  least: number;
  most: number;
}

/** Kept free around a map that fits, CSS pixels. */
const MARGIN = 48;
/** A map may be shown this much smaller than it fits. */
const SMALLER_THAN_FIT = 0.7;

/** The share of points at each edge that may stray. */
const STRAYS = 0.04;

/** The camera that shows all of a box. */
export function fit(box: Box, view: Size, margin = MARGIN): Camera {
  const room = { width: Math.max(1, view.width - 2 * margin), height: Math.max(1, view.height - 2 * margin) };
  const scale = Math.min(room.width / Math.max(box.right - box.left, 1e-6), room.height / Math.max(box.bottom - box.top, 1e-6));
  return { ...middle(box), scale };
}

/** `largest` is what is wanted at most; a map that fits can always be reached. */
export function reachOf(box: Box, view: Size, largest: number): Reach {
  const { scale } = fit(box, view);
  return { least: scale * SMALLER_THAN_FIT, most: Math.max(largest, scale * 2) };
}

export function toView(camera: Camera, view: Size, at: Point): Point {
  return { x: (at.x - camera.x) * camera.scale + view.width / 2, y: (at.y - camera.y) * camera.scale + view.height / 2 };
}

export function toMap(camera: Camera, view: Size, at: Point): Point {
  return { x: (at.x - view.width / 2) / camera.scale + camera.x, y: (at.y - view.height / 2) / camera.scale + camera.y };
}

/** The part of the map in view, and `margin` CSS pixels around it. */
export function shownBox(camera: Camera, view: Size, margin = 0): Box {
  const across = (view.width / 2 + margin) / camera.scale;
  const down = (view.height / 2 + margin) / camera.scale;
  return { left: camera.x - across, top: camera.y - down, right: camera.x + across, bottom: camera.y + down };
}

/** Grows by `factor`; what lies under `at` (in the view) stays there. */
export function zoomAt(camera: Camera, factor: number, at: Point, view: Size, reach: Reach): Camera {
  const scale = Math.min(reach.most, Math.max(reach.least, camera.scale * factor));
  const held = toMap(camera, view, at);
  return { scale, x: held.x - (at.x - view.width / 2) / scale, y: held.y - (at.y - view.height / 2) / scale };
}

/** Moves along with a pointer that went so many CSS pixels. */
export function pan(camera: Camera, by: Point): Camera {
  return { ...camera, x: camera.x - by.x / camera.scale, y: camera.y - by.y / camera.scale };
}

/** Kept so that the middle of the view lies on the map. */
export function bounded(camera: Camera, box: Box): Camera {
  return { ...camera, x: clamp(camera.x, box.left, box.right), y: clamp(camera.y, box.top, box.bottom) };
}

/** The nearest camera of the same scale that shows a point, `margin` CSS pixels or more from the edge. */
export function showing(camera: Camera, view: Size, at: Point, margin: number): Camera {
  const across = Math.max(0, view.width / 2 - margin) / camera.scale;
  const down = Math.max(0, view.height / 2 - margin) / camera.scale;
  return { ...camera, x: clamp(camera.x, at.x - across, at.x + across), y: clamp(camera.y, at.y - down, at.y + down) };
}

/** On the way from one camera to another, `t` from 0 to 1: a flight that zooms turns about the one point that both show at the same place. */
export function between(from: Camera, to: Camera, t: number): Camera {
  const scale = from.scale * (to.scale / from.scale) ** t;
  const zooms = Math.abs(to.scale / from.scale - 1) > 1e-3;
  const part = zooms ? (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale) : t;
  return { scale, x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

/** How much one turn of the wheel grows the map. A pinch on a touchpad arrives as small steps with Ctrl held. */
export function wheelFactor(delta: number, unit: "pixels" | "lines" | "pages", how: "pinch" | "wheel"): number {
  const pixels = delta * { pixels: 1, lines: 33, pages: 400 }[unit];
  const power = -pixels * (how === "pinch" ? 0.01 : 0.002);
  return Math.exp(clamp(power, -Math.LN2, Math.LN2));
}

/** The smallest box around points, of which there is at least one. */
export function around(points: readonly Point[]): Box {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of points) {
    box.left = Math.min(box.left, x);
    box.top = Math.min(box.top, y);
    box.right = Math.max(box.right, x);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

/** A box around most of these points, of which there is at least one: some stray. */
export function aroundMost(points: readonly Point[]): Box {
  const within = (values: number[]): [number, number] => {
    values.sort((a, b) => a - b);
    const stray = Math.floor(values.length * STRAYS);
    return [values[stray] as number, values[values.length - 1 - stray] as number];
  };
  const [left, right] = within(points.map(({ x }) => x));
  const [top, bottom] = within(points.map(({ y }) => y));
  return { left, top, right, bottom };
}

export function middle(box: Box): Point {
  return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
}

export function sameCamera(a: Camera, b: Camera): boolean {
  return a.x === b.x && a.y === b.y && a.scale === b.scale;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, Math.min(least, most)), Math.max(least, most));
}
