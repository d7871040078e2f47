/**
 * The arithmetic of looking at one picture: how large, and which part of it is in view. Knows rectangles and factors
 * only; nothing of elements, events or photos.
 *
 * Scale is in CSS pixels per picture pixel, so 100 % (one picture pixel on one pixel of the screen) is 1 / density.
 */

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** What zooming depends on: the upright picture in pixels, the stage in CSS pixels, and screen pixels per CSS pixel. */
export interface Stage {
  picture: Size;
  view: Size;
  density: number;
}

/** The picture's scale, and where its top left corner lies on the stage, in CSS pixels. */
export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

/** 800 %. */
const LARGEST = 8;
/** Small pictures are enlarged to fit, but not beyond 300 %: more shows only blur. */
const FIT_ENLARGES = 3;
/** Where the + and - keys stop, besides fit; 1 is 100 %. */
const STOPS = [0.1, 0.17, 0.25, 0.33, 0.5, 0.67, 1, 1.5, 2, 3, 4, 6, 8];
/** Long sides that screen-size pictures are made in. */
const LONG_SIDES = [1024, 2048, 4096];
/** Two scales closer than this are the same to the eye. */
const SAME_SCALE = 1.001;

/** The whole picture, centred. */
export function fit(stage: Stage): Zoom {
  return centred(fitScale(stage), stage);
}

export function isFit(zoom: Zoom, stage: Stage): boolean {
  return sameScale(zoom.scale, fitScale(stage));
}

/** The scale in per cent of the screen's pixels, as shown to people. */
export function percent(zoom: Zoom, stage: Stage): number {
  return Math.round(zoom.scale * stage.density * 100);
}

/** Grows (or shrinks) by `factor`; the picture's point under `at` stays there as long as the bounds allow. */
export function zoomBy(zoom: Zoom, factor: number, at: Point, stage: Stage): Zoom {
  return zoomTo(zoom, zoom.scale * factor, at, stage);
}

/** To `scale`, kept between the whole picture (or 100 %, where that is smaller) and 800 %. */
export function zoomTo(zoom: Zoom, scale: number, at: Point, stage: Stage): Zoom {
  const bounded = Math.min(largestScale(stage), Math.max(smallestScale(stage), scale));
  const factor = bounded / zoom.scale;
  return bound({ scale: bounded, x: at.x - (at.x - zoom.x) * factor, y: at.y - (at.y - zoom.y) * factor }, stage);
}

/** Fit to 100 % at `at`, anything else to fit. A picture that fits at 100 % goes to 200 %. */
export function toggle(zoom: Zoom, at: Point, stage: Stage): Zoom {
  if (!isFit(zoom, stage)) return fit(stage);
  const whole = 1 / stage.density;
  return zoomTo(zoom, sameScale(fitScale(stage), whole) ? 2 * whole : whole, at, stage);
}

/** To the next stop larger or smaller than now; fit is a stop too. */
export function step(zoom: Zoom, direction: "in" | "out", at: Point, stage: Stage): Zoom {
  const stops = [...STOPS.map((stop) => stop / stage.density), fitScale(stage)].sort((a, b) => a - b);
  const next =
    direction === "in"
      ? stops.find((stop) => stop > zoom.scale * SAME_SCALE)
      : stops.findLast((stop) => stop < zoom.scale / SAME_SCALE);
  return next === undefined ? zoom : zoomTo(zoom, next, at, stage);
}

/** Moves the picture, within bounds. */
export function pan(zoom: Zoom, by: Point, stage: Stage): Zoom {
  return bound({ ...zoom, x: zoom.x + by.x, y: zoom.y + by.y }, stage);
}

/** Whether the picture is larger than the stage, so that it can be moved. */
export function canPan(zoom: Zoom, stage: Stage): boolean {
  // Half a pixel: a picture that fits exactly must not count as larger because of rounding.
  return (
    stage.picture.width * zoom.scale > stage.view.width + 0.5 ||
    stage.picture.height * zoom.scale > stage.view.height + 0.5
  );
}

/** After the stage changed: a fitting picture fits again, any other keeps its scale and what was in the middle. */
export function restage(zoom: Zoom, before: Stage, after: Stage): Zoom {
  if (isFit(zoom, before)) return fit(after);
  const scale = Math.min(largestScale(after), Math.max(smallestScale(after), zoom.scale));
  const middle = toPicture({ x: before.view.width / 2, y: before.view.height / 2 }, zoom);
  const x = after.view.width / 2 - middle.x * scale;
  const y = after.view.height / 2 - middle.y * scale;
  return bound({ scale, x, y }, after);
}

/** A point on the stage as a point of the picture, in picture pixels; may lie outside it. */
export function toPicture(at: Point, zoom: Zoom): Point {
  return { x: (at.x - zoom.x) / zoom.scale, y: (at.y - zoom.y) / zoom.scale };
}

/** How much one turn of the wheel grows the picture. A pinch on a touchpad arrives as small steps with Ctrl held. */
export function wheelFactor(delta: number, unit: "pixels" | "lines" | "pages", pinch: "pinch" | "wheel"): number {
  const pixels = delta * { pixels: 1, lines: 33, pages: 400 }[unit];
  // One notch of a common wheel (100 to 120 px) is about a fifth; no single event does more than double.
  const power = -pixels * (pinch === "pinch" ? 0.01 : 0.0018);
  return Math.exp(Math.min(Math.LN2, Math.max(-Math.LN2, power)));
}

/** The long side that a picture filling the stage is asked for in; the same for all, so that neighbours can be fetched. */
export function screenLongSide(view: Size, density: number): number {
  const needed = Math.max(view.width, view.height) * density;
  return LONG_SIDES.find((side) => side >= needed) ?? LONG_SIDES[LONG_SIDES.length - 1]!;
}

/** Whether the screen-size picture has too few pixels for this zoom, and the file has more. */
export function needsFullSize(zoom: Zoom, stage: Stage, longSide: number): boolean {
  const has = Math.max(stage.picture.width, stage.picture.height);
  return has > longSide && has * zoom.scale * stage.density > longSide * SAME_SCALE;
}

function fitScale({ picture, view, density }: Stage): number {
  return Math.min(view.width / picture.width, view.height / picture.height, FIT_ENLARGES / density);
}

function smallestScale(stage: Stage): number {
  return Math.min(fitScale(stage), 1 / stage.density);
}

function largestScale(stage: Stage): number {
  return LARGEST / stage.density;
}

function centred(scale: number, { picture, view }: Stage): Zoom {
  return { scale, x: (view.width - picture.width * scale) / 2, y: (view.height - picture.height * scale) / 2 };
}

/** Smaller than the stage: centred. Larger: no edge comes inside the stage. Each direction by itself. */
function bound(zoom: Zoom, { picture, view }: Stage): Zoom {
  return {
    scale: zoom.scale,
    x: boundEdge(zoom.x, picture.width * zoom.scale, view.width),
    y: boundEdge(zoom.y, picture.height * zoom.scale, view.height),
  };
}

function boundEdge(start: number, length: number, room: number): number {
  if (length <= room) return (room - length) / 2;
  return Math.min(0, Math.max(room - length, start));
}

function sameScale(a: number, b: number): boolean {
  return a < b * SAME_SCALE && b < a * SAME_SCALE;
}
