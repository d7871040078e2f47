/**
 * What is drawn as a thumbnail at a scale, and how large. Three levels that pass into each other: far away a few
 * thumbnails over the dots; in the middle as many as fit without overlap; near, when every photo has room, thumbnails
 * that grow along. Arithmetic only.
 */
import { fit, shownBox, type Camera, type Size } from "./camera";
import { strengthFor, type DotsLook } from "./gl/dots";
import { landmarksIn, type Crowd, type Landmarks } from "./landmarks";
import type { PointGrid } from "./point-grid";
import type { Arrangement, Scene } from "./scene";

/** Never more thumbnails than this, however large the view. */
export const MOST_SHOWN = 2_000;
/** CSS pixels of a thumbnail's longer side; in a grid without overlap they may be small, because all lie in order. */
const USUAL = 64;
const USUAL_IN_GRID = 28;
const LARGEST = 224;
/** A little more than the thumbnail: photos do not touch. */
const AIR = 1.06;
/** With every doubling of the photos in the place of one, thumbnails are so much smaller, down to this: more of them tell more ... */
const SHRINK = 0.05;
const SMALLEST = 0.7;
/** ... and from so many doublings on they make room for the dots, so much each time, up to this many times their side. */
const MANY = 6;
const ROOM = 0.12;
const SPARSEST = 1.7;
/** Among many, a photo that is only just shown is a little smaller, and grows while one zooms in. */
const JUST_SHOWN = 0.78;
const WHOLE_AT = 1.3;

export interface Look {
  /** CSS pixels of a thumbnail's longer side. */
  side: number;
  /** Map units between shown photos, at least. */
  spacing: number;
  /** The size of a photo that is only just shown, against `side`. */
  least: number;
  /** How visible the dots are, 0 to 1: thumbnails of all photos need none. */
  dots: number;
}

/** The size of thumbnails that are many: in a huge view larger, so that there are never too many. */
export function usualSide(view: Size, arrangement: Arrangement): number {
  const fewEnough = Math.sqrt((view.width * view.height) / (MOST_SHOWN * 0.85)) / AIR;
  return Math.max(arrangement === "grid" ? USUAL_IN_GRID : USUAL, fewEnough);
}

/** `usual` is the size of thumbnails that are many. */
export function lookAt(camera: Camera, { typical, density }: Crowd, usual: number): Look {
  const room = Math.max(camera.scale * typical, 1e-9);
  const squeeze = (usual * AIR) / room;
  if (squeeze <= 1) {
    const side = Math.min(LARGEST, room / AIR);
    // A hair less, so that photos with just this room have it in spite of rounding.
    return { side, spacing: (side * AIR * 0.999) / camera.scale, least: 1, dots: 0.35 };
  }
  const doublings = Math.log2(Math.max(1, density * ((usual * AIR) / camera.scale) ** 2));
  const side = usual * Math.max(SMALLEST, 1 - doublings * SHRINK);
  const apart = Math.min(SPARSEST, AIR + Math.max(0, doublings - MANY) * ROOM);
  const many = Math.min(1, Math.log2(squeeze) / 0.6);
  return {
    side,
    spacing: (side * apart * 0.999) / camera.scale,
    least: 1 - (1 - JUST_SHOWN) * many,
    dots: Math.min(1, 0.35 + Math.log2(squeeze) * 0.25),
  };
}

/** Few dots are larger than many, and all grow a little while one comes near. */
export function lookOfDots({ ids, box, landmarks }: Scene, camera: Camera, view: Size, usual: number): Pick<DotsLook, "size" | "strength"> {
  const zoomed = Math.max(0, Math.log2(camera.scale / fit(box, view).scale));
  const size = Math.min(7, (ids.length > 200_000 ? 1.6 : ids.length > 20_000 ? 2 : 3) + zoomed * 0.45);
  const extent = camera.scale * Math.max(box.right - box.left, box.bottom - box.top);
  const visible = landmarks ? lookAt(camera, landmarks.crowd, usual).dots : 1;
  return { size, strength: strengthFor(ids.length, size, extent) * visible };
}

/** The scale at which all but the closest photos are as large as they get. */
export function largestScale({ typical }: Crowd): number {
  return (LARGEST * 6) / Math.max(typical, 1e-9);
}

/** The photos to draw, at most `MOST_SHOWN`, and how large each is against `side`. Kept between frames: nothing is made anew. */
export class Shown {
  count = 0;
  readonly photos = new Uint32Array(MOST_SHOWN);
  readonly sizes = new Float32Array(MOST_SHOWN);

  /** These go on being shown, whole. */
  hold(photos: readonly number[]): void {
    this.count = Math.min(photos.length, MOST_SHOWN);
    for (let at = 0; at < this.count; at++) {
      this.photos[at] = photos[at] as number;
      this.sizes[at] = 1;
    }
  }

  choose(landmarks: Landmarks, camera: Camera, view: Size, { side, spacing, least }: Look): void {
    this.count = 0;
    landmarksIn(landmarks, shownBox(camera, view, side), spacing, (photo) => {
      if (this.count === MOST_SHOWN) return;
      const more = (landmarks.spacing[photo] as number) / spacing;
      this.sizes[this.count] = least + (1 - least) * Math.min(1, (more - 1) / (WHOLE_AT - 1));
      this.photos[this.count++] = photo;
    });
  }
}

/** How many photos a thumbnail stands for: those in the square that it keeps free. The square changes in steps only, so that counts are calm. */
export function standsFor(photo: number, spacing: number, all: PointGrid): number {
  const half = 2 ** (Math.floor(Math.log2(spacing) * 2) / 2) / 2;
  const [x, y] = [all.plane.x[photo] as number, all.plane.y[photo] as number];
  return all.countIn({ left: x - half, top: y - half, right: x + half, bottom: y + half });
}

/** A count with at most four letters: 7, 950, 1.2k, 34k, 1.1M. */
export function shortCount(count: number): string {
  if (count < 1_000) return String(count);
  const [value, unit] = count < 999_500 ? [count / 1_000, "k"] : [count / 1_000_000, "M"];
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)}${unit}`;
}
