/**
 * What is on the canvas now, and where: draws a scene as a camera sees it, when something changed and never otherwise, and
 * knows which photo lies under a place of the view. The work of a frame grows with what is in view.
 */
import type { MapPoints } from "../../backend/backend";
import { Boxes } from "./boxes";
import { around, aroundMost, between, bounded, fit, reachOf, sameCamera, showing, shownBox, toMap, toView, zoomAt } from "./camera";
import type { Box, Camera, Point, Reach, Size } from "./camera";
import { indexOfId } from "./colours";
import { DIMMED, SELECTED } from "./gl/dots";
import { Drawing } from "./gl/drawing";
import { CHOSEN, CURRENT } from "./gl/pictures";
import { NoWebGl } from "./gl/program";
import type { Grounds } from "./grounds";
import { ASLANT, place as placeInSpace, rotation, STRAIGHT, turned, type Orbit } from "./orbit";
import { Scene, type Arrangement, type RankOf } from "./scene";
import { lookOfDots, largestScale, lookAt, MOST_SHOWN, shortCount, Shown, standsFor, usualSide } from "./shown";

/** One step of a button or a key that zooms. */
export const ZOOM_STEP = 1.5;
/** Milliseconds of a change of layout, and of a flight of the camera. */
const MOVE_MS = 300;
const FLIGHT_MS = 260;
/** A thumbnail that came fades in for so long. */
const FADE_MS = 140;
/** After so long without a move the view is at rest. */
const REST_MS = 120;
/** Pointers this near to a dot mean it, CSS pixels. */
const DOT_REACH = 10;
/** A photo that is shown on purpose lies at least this far inside the view. */
const SHOWN_MARGIN = 72;
const DIMMED_ALPHA = 0.14;
/** Narrower thumbnails have no room for a count, CSS pixels. */
const ROOM_FOR_COUNT = 44;

export interface StageNews {
  /** A frame was drawn: something moved or came. */
  drawn: () => void;
  /** Something moves. */
  moved: () => void;
  /** Another layout is on the stage: its photos have colours and marks of their own. */
  staged: () => void;
  /** Nothing has moved for a moment. */
  rested: () => void;
  /** There is no drawing here: the map is a list. */
  failed: () => void;
}

export class Stage {
  camera: Camera = { x: 0.5, y: 0.5, scale: 0 };
  orbit: Orbit = ASLANT;
  scene: Scene | null = null;
  view: Size = { width: 0, height: 0 };
  arrangement: Arrangement = "free";
  /** The photo that keys act from. */
  current: number | null = null;
  #drawing: Drawing | null = null;
  #density = 1;
  #grounds: Grounds = { ground: [1, 1, 1], accent: [0, 0, 1] };
  #colours: Uint8Array | null = null;
  #marks: Uint8Array | null = null;
  /** Some photos are dimmed: then thumbnails say no counts, which would be of all. */
  #dims = false;
  #edges = false;
  readonly #shown = new Shown();
  /** Thumbnails of the last frame. */
  readonly #boxes = new Boxes(MOST_SHOWN);
  #frame = 0;
  #pending = 0;
  #move: { from: number; ms: number } | null = null;
  #flight: { from: Camera; to: Camera; since: number } | null = null;
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  #restless = true;
  #setting = 0;
  #rank: RankOf = () => 1;

  constructor(
    private readonly address: (photo: number) => string,
    private readonly reducedMotion: () => boolean,
    private readonly news: StageNews,
  ) {}

  /** Draws on a canvas until the returned function is called. */
  attach(canvas: HTMLCanvasElement): () => void {
    const lost = (event: Event) => {
      event.preventDefault();
      this.#drawing = null;
    };
    const restored = () => this.#startDrawing(canvas);
    canvas.addEventListener("webglcontextlost", lost);
    canvas.addEventListener("webglcontextrestored", restored);
    this.#startDrawing(canvas);
    return () => {
      canvas.removeEventListener("webglcontextlost", lost);
      canvas.removeEventListener("webglcontextrestored", restored);
      cancelAnimationFrame(this.#pending);
      clearTimeout(this.#restTimer);
      this.#pending = 0;
      this.#drawing = null;
      this.scene?.stop();
    };
  }

  /** The size of the view in CSS pixels; a map that was fitted fits again. */
  resize(view: Size, density: number): void {
    const fitted = this.isFitted;
    this.view = view;
    this.#density = density;
    if (this.scene && fitted) this.lookFrom(fit(this.scene.box, view));
    this.wake();
  }

  /** Another layout: photos go from where they are to where it has them. Resolves when they lie there and can be found. */
  async setLayout(points: MapPoints, arrangement: Arrangement, rank: RankOf, keepView: boolean): Promise<void> {
    const mine = ++this.#setting;
    const earlier = this.scene;
    const scene = await Scene.of(points, earlier, () => mine !== this.#setting);
    if (!scene) return;
    // What was shown goes along until it is known what stands for what in the new layout.
    const held = Array.from(this.#shown.photos.subarray(0, this.#shown.count), (index) => indexOfId(scene.ids, earlier?.ids[index] ?? -1));
    this.#shown.hold(arrangement === "live" ? [] : held.filter((index) => index >= 0));
    earlier?.stop();
    this.scene = scene;
    this.#rank = rank;
    // A map in the making is always whole in view, and so is what it becomes.
    const wasMade = this.arrangement === "live";
    this.arrangement = arrangement;
    this.#drawing?.dots.setPlaces(scene.before, scene.points);
    if (earlier?.ids.length !== scene.ids.length) {
      // Until somebody says what they are, photos are grey and none is marked.
      this.setColours(new Uint8Array(scene.ids.length * 4).fill(128), false);
      this.setMarks(new Uint8Array(scene.ids.length));
    }
    this.news.staged();
    const moves = earlier !== null && earlier.ids.length > 0 && !this.reducedMotion();
    this.#move = moves ? { from: performance.now(), ms: MOVE_MS } : null;
    if (!earlier?.isInSpace && scene.isInSpace) this.orbit = ASLANT;
    if (scene.isInSpace) scene.look(this.orbit);
    if (!keepView || wasMade || this.camera.scale === 0) {
      if (moves) this.flyTo(fit(scene.box, this.view));
      else this.camera = fit(scene.box, this.view);
    }
    this.wake();
    if (arrangement !== "live") await scene.ready(arrangement, rank, () => this.wake());
  }

  /** Other photos come first from now on. */
  setRank(rank: RankOf): void {
    this.#rank = rank;
    if (this.arrangement !== "live") void this.scene?.ready(this.arrangement, rank, () => this.wake());
  }

  /** Four bytes a photo, in the order of the scene; with `edges` thumbnails have an edge of this colour. */
  setColours(colours: Uint8Array, edges: boolean): void {
    this.#colours = colours;
    this.#edges = edges;
    this.#drawing?.dots.setColours(colours);
    this.wake();
  }

  /** Bits of SELECTED and DIMMED, a byte a photo. */
  setMarks(marks: Uint8Array): void {
    this.#marks = marks;
    this.#dims = marks.includes(DIMMED) || marks.includes(DIMMED | SELECTED);
    this.#drawing?.dots.setMarks(marks);
    this.wake();
  }

  setGrounds(grounds: Grounds): void {
    this.#grounds = grounds;
    this.wake();
  }

  setCurrent(photo: number | null): void {
    this.current = photo;
    this.wake();
  }

  /** Looks from there at once: a hand moves the map. */
  lookFrom(camera: Camera): void {
    this.#flight = null;
    this.camera = this.scene ? bounded(camera, this.scene.box) : camera;
    this.wake();
  }

  flyTo(camera: Camera): void {
    if (this.reducedMotion() || this.camera.scale === 0) return this.lookFrom(camera);
    this.#flight = { from: this.camera, to: camera, since: performance.now() };
    this.wake();
  }

  /** Where the view is going: the end of the flight, if there is one. */
  get destination(): Camera {
    return this.#flight?.to ?? this.camera;
  }

  get reach(): Reach {
    const { scene } = this;
    if (!scene) return { least: 1, most: 1e6 };
    return reachOf(scene.box, this.view, scene.landmarks ? largestScale(scene.landmarks.crowd) : 2e4);
  }

  /** Doublings by which the view is nearer than the whole map, at least 0. */
  get nearer(): number {
    return this.scene ? Math.max(0, Math.log2(this.camera.scale / fit(this.scene.box, this.view).scale)) : 0;
  }

  get isFitted(): boolean {
    return this.scene !== null && sameCamera(this.destination, fit(this.scene.box, this.view));
  }

  fit(): void {
    if (this.scene) this.flyTo(fit(this.scene.box, this.view));
  }

  /** Comes nearer, or goes further away, about the middle of the view. */
  zoom(factor: number): void {
    this.flyTo(zoomAt(this.destination, factor, { x: this.view.width / 2, y: this.view.height / 2 }, this.view, this.reach));
  }

  /** Flies so that all of these are in view, and a single photo with its neighbours. */
  show(photos: readonly number[]): void {
    const places = photos.map((photo) => this.placeOf(photo)).filter((place) => place !== null);
    if (!this.scene || places.length === 0) return;
    const box = around(places);
    const { scale } = fit(box, this.view, SHOWN_MARGIN);
    const near = this.scene.landmarks ? 64 / this.scene.landmarks.crowd.typical : this.camera.scale;
    const wanted = Math.max(fit(this.scene.box, this.view).scale, Math.min(scale, Math.max(near, this.camera.scale)));
    this.flyTo({ ...fit(box, this.view), scale: Math.min(wanted, this.reach.most) });
  }

  /** Flies so that a region is in view: where most of these lie, whatever strays. */
  showRegion(photos: readonly number[]): void {
    const places = photos.map((photo) => this.placeOf(photo)).filter((place) => place !== null);
    if (places.length === 0) return;
    const camera = fit(aroundMost(places), this.view, SHOWN_MARGIN);
    this.flyTo({ ...camera, scale: Math.min(camera.scale, this.reach.most) });
  }

  /** Moves only as far as needed to have a photo well in view. */
  reveal(photo: number): void {
    const at = this.placeOf(photo);
    if (!at) return;
    const camera = showing(this.destination, this.view, at, SHOWN_MARGIN);
    if (!sameCamera(camera, this.destination)) this.flyTo(camera);
  }

  /** Turns a map in space along with a hand. */
  turn(dx: number, dy: number): void {
    if (!this.scene?.isInSpace) return;
    this.orbit = turned(this.orbit, dx, dy);
    this.scene.look(this.orbit);
    this.wake();
  }

  /** A photo's place in the scene's arrays; -1 when it has none. */
  indexOf(photo: number): number {
    return this.scene ? indexOfId(this.scene.ids, photo) : -1;
  }

  /** The photo nearest to the middle of the view; null when there is none. */
  nearestToMiddle(): number | null {
    const { scene, camera, view } = this;
    const index = scene?.grid?.nearest(camera.x, camera.y, Math.max(view.width, view.height) / camera.scale) ?? -1;
    return scene && index >= 0 ? (scene.ids[index] as number) : null;
  }

  /** Where a photo lies on the map, in map units as they are seen; null when it has no place. */
  placeOf(photo: number): Point | null {
    const index = this.indexOf(photo);
    return this.scene && index >= 0 ? this.scene.placeOf(index, this.#part()) : null;
  }

  /** Where a photo is in the view, CSS pixels. */
  inView(photo: number): Point | null {
    const at = this.placeOf(photo);
    return at && toView(this.camera, this.view, at);
  }

  /** Where a place of the layout is in the view, CSS pixels. */
  inViewAt({ x, y, z }: { x: number; y: number; z: number }): Point {
    const { scene } = this;
    return toView(this.camera, this.view, scene?.isInSpace ? placeInSpace(scene.turn, x, y, z) : { x, y });
  }

  /** The photo under a place of the view; null when there is none. What is drawn topmost counts. */
  photoAt({ x, y }: Point): number | null {
    const { scene } = this;
    if (!scene) return null;
    const boxed = this.#boxes.at({ x, y });
    if (boxed >= 0) return scene.ids[boxed] as number;
    if (!scene.grid || this.#move) return null;
    const at = toMap(this.camera, this.view, { x, y });
    const index = scene.grid.nearest(at.x, at.y, DOT_REACH / this.camera.scale);
    return index < 0 ? null : (scene.ids[index] as number);
  }

  /** The box of a photo's thumbnail in the view; null when it is drawn as a dot or not at all. */
  boxOf(photo: number): Box | null {
    return this.#boxes.of(this.indexOf(photo));
  }

  /** The boxes of all thumbnails in the view. */
  get boxes(): readonly Box[] {
    return this.#boxes.all();
  }

  /** Photos lie on the map, and none of them in view. */
  get isAstray(): boolean {
    const grid = this.scene?.grid;
    return grid != null && grid.count > 0 && this.#boxes.count === 0 && grid.countIn(this.shownBox) === 0;
  }

  /** Photos in view that have a thumbnail or would have one, at most so many, in reading order. */
  inSight(most: number): number[] {
    const { scene, view } = this;
    if (!scene) return [];
    const found: Array<{ photo: number; row: number; x: number }> = [];
    for (let at = 0; at < this.#shown.count && found.length < most; at++) {
      const index = this.#shown.photos[at] as number;
      const { x, y } = toView(this.camera, view, scene.placeOf(index, 1));
      if (x >= 0 && y >= 0 && x <= view.width && y <= view.height) found.push({ photo: scene.ids[index] as number, row: Math.floor(y / 72), x });
    }
    return found.sort((a, b) => a.row - b.row || a.x - b.x).map(({ photo }) => photo);
  }

  /** The part of the map in view. */
  get shownBox(): Box {
    return shownBox(this.camera, this.view);
  }

  /** Draws soon. */
  wake(): void {
    this.#restless = true;
    if (this.#pending === 0) this.#pending = requestAnimationFrame(() => this.#draw());
  }

  #startDrawing(canvas: HTMLCanvasElement): void {
    try {
      this.#drawing = new Drawing(canvas, this.address, () => this.#wakeQuietly());
    } catch (error) {
      if (!(error instanceof NoWebGl)) throw error;
      return this.news.failed();
    }
    if (this.scene) this.#drawing.dots.setPlaces(this.scene.before, this.scene.points);
    if (this.#colours) this.#drawing.dots.setColours(this.#colours);
    if (this.#marks) this.#drawing.dots.setMarks(this.#marks);
    this.wake();
  }

  /** Something came, but nothing moved. */
  #wakeQuietly(): void {
    if (this.#pending === 0) this.#pending = requestAnimationFrame(() => this.#draw());
  }

  #part(now = performance.now()): number {
    return this.#move ? eased((now - this.#move.from) / this.#move.ms) : 1;
  }

  #draw(): void {
    this.#pending = 0;
    const { scene } = this;
    const drawing = this.#drawing;
    if (!drawing || drawing.isLost || this.view.width === 0) return;
    this.#frame++;
    const now = performance.now();
    // The frame in which something arrives moves too: the view is at rest only after it, however slowly frames come.
    if (this.#move || this.#flight) this.#restless = true;
    this.#advance(now);
    drawing.begin();
    let more = false;
    const part = this.#part(now);
    if (scene) {
      if (scene.isInSpace && this.#move) scene.turn = rotation({ yaw: this.orbit.yaw * part, pitch: this.orbit.pitch * part });
      more = this.#drawThumbnails(scene, drawing, part, now);
    }
    drawing.paint({
      camera: this.camera,
      view: this.view,
      density: this.#density,
      turn: scene?.turn ?? rotation(STRAIGHT),
      part,
      ...(scene ? lookOfDots(scene, this.camera, this.view, this.#usual) : { size: 0, strength: 0 }),
      ...this.#grounds,
    });
    if (more || this.#move || this.#flight) this.#wakeQuietly();
    this.news.drawn();
    if (this.#restless) {
      this.#restless = false;
      this.news.moved();
      clearTimeout(this.#restTimer);
      this.#restTimer = setTimeout(() => this.#rest(), REST_MS);
    }
  }

  #rest(): void {
    // A map in space was turned: only now it is worth knowing again what lies where.
    if (this.scene && !this.scene.grid && !this.#move && this.arrangement !== "live") void this.scene.ready(this.arrangement, this.#rank, () => this.wake());
    this.news.rested();
  }

  #advance(now: number): void {
    if (this.#move && now - this.#move.from >= this.#move.ms) this.#move = null;
    if (!this.#flight) return;
    const { from, to, since } = this.#flight;
    const t = (now - since) / FLIGHT_MS;
    this.camera = t >= 1 ? to : between(from, to, eased(t));
    if (t >= 1) this.#flight = null;
  }

  #drawThumbnails(scene: Scene, drawing: Drawing, part: number, now: number): boolean {
    const { camera, view } = this;
    const { landmarks, grid } = scene;
    const look = lookAt(camera, landmarks?.crowd ?? { typical: this.#usual / camera.scale, density: 0 }, this.#usual);
    // While photos move, and until it is known again who stands for whom, those go on that were there.
    const settled = landmarks !== null && !this.#move;
    if (settled) this.#shown.choose(landmarks, camera, view, look);
    drawing.thumbnails.begin(look.side * this.#density);
    this.#boxes.clear();
    let fading = false;
    for (let at = 0; at < this.#shown.count; at++) {
      const index = this.#shown.photos[at] as number;
      const photo = scene.ids[index] as number;
      const thumbnail = drawing.thumbnails.find(photo, this.#frame);
      if (!thumbnail) continue;
      const place = scene.placeOf(index, part);
      const [x, y] = [(place.x - camera.x) * camera.scale + view.width / 2, (place.y - camera.y) * camera.scale + view.height / 2];
      const longer = look.side * (this.#shown.sizes[at] as number);
      const { aspect } = thumbnail;
      const [width, height] = aspect >= 1 ? [longer, longer / aspect] : [longer * aspect, longer];
      if (x + width < 0 || y + height < 0 || x - width > view.width || y - height > view.height) continue;
      const quad = drawing.pictures[thumbnail.kind].next();
      if (!quad) break;
      const mark = this.#marks?.[index] ?? 0;
      const age = (now - thumbnail.since) / FADE_MS;
      if (age < 1) fading = true;
      quad.x = x;
      quad.y = y;
      quad.width = width;
      quad.height = height;
      quad.layer = thumbnail.layer;
      quad.alpha = Math.min(1, age) * (mark & DIMMED ? DIMMED_ALPHA : 1);
      quad.mark = (mark & SELECTED ? CHOSEN : 0) | (photo === this.current ? CURRENT : 0);
      quad.edge = this.#edges && this.#colours && !(mark & DIMMED) ? this.#colourOf(index) : 0;
      this.#boxes.add(index, x - width / 2, y - height / 2, x + width / 2, y + height / 2);
      if (!settled || !grid || this.#dims || width < ROOM_FOR_COUNT) continue;
      const count = standsFor(index, look.spacing, grid);
      if (count > 1) drawing.counts.add(shortCount(count), x + width / 2 - 3, y + height / 2 - 3);
    }
    const more = drawing.thumbnails.end(this.#frame);
    return more || fading;
  }

  get #usual(): number {
    return usualSide(this.view, this.arrangement);
  }

  #colourOf(index: number): number {
    const at = index * 4;
    const [red, green, blue] = this.#colours?.subarray(at, at + 3) as unknown as [number, number, number];
    return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
  }
}

/** Slow at both ends. */
function eased(t: number): number {
  const bounded = Math.min(1, Math.max(0, t));
  return bounded * bounded * (3 - 2 * bounded);
}
