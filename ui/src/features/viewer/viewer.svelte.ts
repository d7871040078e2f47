/** What the viewer shows: which photo of the list, what is known about it, its zoom, and the region being drawn. */

import type { Backend } from "../../backend/backend";
import type { PhotoRow, RegionBox } from "../../backend/wire";
import { indexIn, type Order } from "../../lib/selection.svelte";
import type { PhotoRows } from "../../photo/photo-rows.svelte";
import { neighbours } from "./filmstrip";
import { Pictures } from "./pictures.svelte";
import { adjust, leastSize, middleOf, type Handle } from "./region";
import * as zooming from "./zoom";
import type { Point, Size, Stage, Zoom } from "./zoom";

/** What the viewer is given: the list it walks through, and the photo it is at. */
export interface ViewerPlace {
  ids: Order;
  current: number;
}

/** Rows asked for at once around the current photo. */
const ROWS_AHEAD = 8;
/** One press of an arrow moves the picture by this part of the stage, and a region by this part of the picture. */
const PAN_STEP = 0.15;
const REGION_STEP = 0.02;

export class Viewer {
  readonly pictures: Pictures;
  #backend: Backend;
  #rows: PhotoRows;
  #place: () => ViewerPlace;

  /** The stage in CSS pixels, and screen pixels per CSS pixel. */
  view: Size = $state.raw({ width: 0, height: 0 });
  density: number = $state(1);
  /** The region tool is open; `region` is null until something was drawn. */
  drawing: boolean = $state(false);
  region: RegionBox | null = $state.raw(null);

  /** Null means that the photo fits. A zoom holds for pictures of one size: shots of one scene can be compared at it. */
  #zoom: { zoom: Zoom; of: Size } | null = $state.raw(null);
  #lastIndex = 0;
  #direction: "forward" | "backward" = "forward";
  #generation = 0;
  #settledOn: number | null = null;

  constructor(backend: Backend, rows: PhotoRows, place: () => ViewerPlace, pictures: Pictures = new Pictures()) {
    this.#backend = backend;
    this.#rows = rows;
    this.#place = place;
    this.pictures = pictures;
  }

  get count(): number {
    return this.#place().ids.length;
  }

  get current(): number {
    return this.#place().current;
  }

  /** Where the photo is in the list; -1 when it has left the list while being looked at. */
  readonly index: number = $derived.by(() => indexIn(this.#place().ids, this.#place().current));

  /** The same, or where it was before it left. */
  get nearestIndex(): number {
    return this.index >= 0 ? this.index : Math.max(0, Math.min(this.#lastIndex, this.count - 1));
  }

  readonly row: PhotoRow | null = $derived.by(() => this.#rows.get(this.#place().current) ?? null);

  readonly stage: Stage | null = $derived.by(() => {
    const { row, view } = this;
    if (row === null || view.width === 0 || view.height === 0) return null;
    // Dimensions are whole pixels of at least one; a broken header must not divide by zero here.
    const picture = { width: Math.max(1, row.width), height: Math.max(1, row.height) };
    return { picture, view, density: this.density };
  });

  readonly zoom: Zoom | null = $derived.by(() => {
    const { stage } = this;
    if (stage === null) return null;
    return this.#zoom !== null && sameSize(this.#zoom.of, stage.picture) ? this.#zoom.zoom : zooming.fit(stage);
  });

  readonly percent: number | null = $derived.by(() => this.zoom && this.stage && zooming.percent(this.zoom, this.stage));
  readonly canPan: boolean = $derived.by(() => this.zoom !== null && this.stage !== null && zooming.canPan(this.zoom, this.stage));

  readonly longSide: number = $derived.by(() => zooming.screenLongSide(this.view, this.density));

  /** The address of the picture with as many pixels as the zoom can show. */
  readonly wanted: string = $derived.by(() => {
    const { zoom, stage, longSide, current } = this;
    const full = zoom !== null && stage !== null && zooming.needsFullSize(zoom, stage, longSide);
    return this.#backend.pictureUrl(current, full ? null : longSide);
  });

  /** The best picture that is ready: full size, screen size, or one of the thumbnails. */
  readonly shown: HTMLImageElement | null = $derived.by(() => {
    for (const url of this.#layers(this.current)) {
      const picture = this.pictures.ready(url);
      if (picture !== null) return picture;
    }
    return null;
  });

  /** Whether more pixels than those shown are on their way. */
  readonly isSharpening: boolean = $derived.by(
    () => this.pictures.ready(this.wanted) === null && !this.pictures.isBroken(this.wanted),
  );

  /** What keeps the picture from being shown in full. */
  readonly trouble: "offline" | "missing" | "broken" | "nothing" | null = $derived.by(() => {
    if (!this.pictures.isBroken(this.#screenUrl(this.current))) return null;
    if (this.shown === null && this.#thumbnails(this.current).every((url) => this.pictures.isBroken(url))) return "nothing";
    return this.row === null || this.row.availability === "present" ? "broken" : this.row.availability;
  });

  // Moving

  /** The photo so many places further; null at the ends. */
  photoAt(by: number): number | null {
    const { ids } = this.#place();
    const from = this.nearestIndex;
    const to = Math.max(0, Math.min(ids.length - 1, from + by));
    const photo = ids[to];
    return photo === undefined || photo === this.current ? null : photo;
  }

  /** Call when another photo is current, or the list changed: fetches it, then those around it; what is far is let go. */
  async settle(): Promise<void> {
    const mine = ++this.#generation;
    const { ids, current } = this.#place();
    if (this.index >= 0) {
      if (this.index !== this.#lastIndex) this.#direction = this.index > this.#lastIndex ? "forward" : "backward";
      this.#lastIndex = this.index;
    }
    const near = this.index < 0 ? [] : neighbours(this.index, ids.length, this.#direction).map((at) => ids[at] as number);
    const urls = [current, ...near].flatMap((photo) => this.#layers(photo));
    this.pictures.keepOnly(new Set(urls));
    this.#rows.want([current, ...this.#around()]);
    if (current !== this.#settledOn) this.stopDrawing();
    this.#settledOn = current;
    if (this.#zoom !== null && this.stage !== null && !sameSize(this.#zoom.of, this.stage.picture)) this.#zoom = null;

    const [small, middle] = this.#thumbnails(current);
    void this.pictures.prepare(small);
    void this.pictures.prepare(middle);
    await this.pictures.prepare(this.#screenUrl(current));
    for (const photo of near) {
      if (mine !== this.#generation) return;
      await Promise.all(this.#thumbnails(photo).map((url) => this.pictures.prepare(url)));
      await this.pictures.prepare(this.#screenUrl(photo));
    }
  }

  /** Call when `wanted` changes: fetches full size once it is zoomed so far. */
  sharpen(): void {
    void this.pictures.prepare(this.wanted);
  }

  // Zooming

  resize(view: Size, density: number): void {
    const { stage: before, zoom } = this;
    this.view = view;
    this.density = density;
    if (before !== null && zoom !== null && this.stage !== null) this.#keep(zooming.restage(zoom, before, this.stage));
  }

  zoomBy(factor: number, at: Point): void {
    this.#change((zoom, stage) => zooming.zoomBy(zoom, factor, at, stage));
  }

  zoomStep(direction: "in" | "out", at: Point = this.#middle()): void {
    this.#change((zoom, stage) => zooming.step(zoom, direction, at, stage));
  }

  toggleZoom(at: Point = this.#middle()): void {
    this.#change((zoom, stage) => zooming.toggle(zoom, at, stage));
  }

  fit(): void {
    this.#zoom = null;
  }

  pan(by: Point): void {
    this.#change((zoom, stage) => zooming.pan(zoom, by, stage));
  }

  /** A press of an arrow key: -1, 0 or 1 each way; the view goes there. */
  panStep(x: number, y: number): void {
    this.pan({ x: -x * PAN_STEP * this.view.width, y: -y * PAN_STEP * this.view.height });
  }

  // The region

  startDrawing(): void {
    if (this.stage !== null) this.drawing = true;
  }

  stopDrawing(): void {
    this.drawing = false;
    this.region = null;
  }

  toggleDrawing(): void {
    if (this.drawing) this.stopDrawing();
    else this.startDrawing();
  }

  /** A point of the stage as fractions of the picture. */
  toFractions(at: Point): Point {
    if (this.zoom === null || this.stage === null) return { x: 0, y: 0 };
    const { x, y } = zooming.toPicture(at, this.zoom);
    return { x: x / this.stage.picture.width, y: y / this.stage.picture.height };
  }

  /** The smallest region that means something here. */
  get leastRegion(): Size {
    return leastSize(this.stage?.picture ?? { width: 1, height: 1 });
  }

  adjustRegion(handle: Handle, by: Point, from: RegionBox | null = this.region): void {
    if (from !== null) this.region = adjust(from, handle, by, this.leastRegion);
  }

  /** A press of an arrow key: makes a region, moves it, or (with Shift) its lower right corner. */
  regionStep(x: number, y: number, what: "move" | "resize"): void {
    const by = { x: x * REGION_STEP, y: y * REGION_STEP };
    if (this.region === null) this.region = middleOf(this.#visiblePart(), this.leastRegion);
    else this.adjustRegion(what === "move" ? "move" : "se", by);
  }

  #visiblePart(): RegionBox {
    const from = this.toFractions({ x: 0, y: 0 });
    const to = this.toFractions({ x: this.view.width, y: this.view.height });
    const x = Math.max(0, from.x);
    const y = Math.max(0, from.y);
    return { x, y, width: Math.min(1, to.x) - x, height: Math.min(1, to.y) - y };
  }

  #middle(): Point {
    return { x: this.view.width / 2, y: this.view.height / 2 };
  }

  #change(next: (zoom: Zoom, stage: Stage) => Zoom): void {
    if (this.zoom !== null && this.stage !== null) this.#keep(next(this.zoom, this.stage));
  }

  #keep(zoom: Zoom): void {
    const { stage } = this;
    this.#zoom = stage === null || zooming.isFit(zoom, stage) ? null : { zoom, of: stage.picture };
  }

  #thumbnails(photo: number): [small: string, middle: string] {
    return [this.#backend.thumbnailUrl(photo, 256), this.#backend.thumbnailUrl(photo, 512)];
  }

  #screenUrl(photo: number): string {
    return this.#backend.pictureUrl(photo, this.longSide);
  }

  /** All addresses of a photo's picture, best first. */
  #layers(photo: number): string[] {
    const [small, middle] = this.#thumbnails(photo);
    return [this.#backend.pictureUrl(photo, null), this.#screenUrl(photo), middle, small];
  }

  #around(): number[] {
    const { ids } = this.#place();
    const around: number[] = [];
    for (let by = 1; by <= ROWS_AHEAD && this.index >= 0; by++) {
      for (const at of [this.index + by, this.index - by]) if (at >= 0 && at < ids.length) around.push(ids[at] as number);
    }
    return around;
  }
}

function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
