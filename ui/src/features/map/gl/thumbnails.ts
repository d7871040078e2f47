/**
 * Thumbnails on the graphics card, within one budget: small ones for the middle distance and larger ones for near, loaded
 * in the order in which they are wanted, the newest wish first, and put on the card a few a frame.
 */
import { Layers } from "../layers";
import { TexturePages } from "./textures";

/** Pixels of a layer's side, layers in a page (16 MiB), and pages at most: 128 and 112 MiB. */
const SIZES = { small: { side: 128, layersInPage: 256, pages: 8 }, large: { side: 256, layersInPage: 64, pages: 7 } } as const;
export type ThumbnailKind = keyof typeof SIZES;
/** Pixels on the screen from which on the large ones are wanted. */
const LARGE_FROM = 150;
const LOADING_AT_ONCE = 8;
/** Milliseconds a frame for putting pictures on the card. */
const FRAME_MS = 4;
/** A picture that could not be loaded is tried again after so long. */
const RETRY_MS = 10_000;

export interface Thumbnail {
  kind: ThumbnailKind;
  layer: number;
  /** Width by height. */
  aspect: number;
  /** When it came, milliseconds. */
  since: number;
}

interface Arrived {
  photo: number;
  kind: ThumbnailKind;
  image: HTMLImageElement;
}

export class Thumbnails {
  readonly pages: Record<ThumbnailKind, TexturePages>;
  readonly #layers: Record<ThumbnailKind, Layers>;
  readonly #facts = { small: new Map<number, Thumbnail>(), large: new Map<number, Thumbnail>() };
  readonly #canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D | null;
  readonly #loading = new Set<number>();
  readonly #failedAt = new Map<number, number>();
  #arrived: Arrived[] = [];
  #wishes: number[] = [];
  #wished: ThumbnailKind = "small";
  /** Thumbnails of this frame so far. */
  #asked = 0;

  constructor(
    gl: WebGL2RenderingContext,
    private readonly address: (photo: number) => string,
    /** A picture came: there is something new to draw. */
    private readonly onarrived: () => void,
  ) {
    const { small, large } = SIZES;
    this.pages = { small: new TexturePages(gl, small.side, small.layersInPage), large: new TexturePages(gl, large.side, large.layersInPage) };
    this.#layers = {
      small: new Layers(small.layersInPage * small.pages, (photo) => this.#facts.small.delete(photo)),
      large: new Layers(large.layersInPage * large.pages, (photo) => this.#facts.large.delete(photo)),
    };
    this.#context = this.#canvas.getContext("2d", { willReadFrequently: true });
  }

  get bytes(): number {
    return this.pages.small.bytes + this.pages.large.bytes;
  }

  /** Begins a frame whose thumbnails have so many pixels on the screen. */
  begin(pixels: number): void {
    this.#wished = pixels > LARGE_FROM ? "large" : "small";
    this.#wishes.length = 0;
    this.#asked = 0;
  }

  /** The best that is there; what is not there is wished for. */
  find(photo: number, frame: number): Thumbnail | null {
    const layers = this.#layers[this.#wished];
    // What has no room in this frame is not loaded again and again.
    if (++this.#asked <= layers.capacity && !layers.has(photo)) this.#wishes.push(photo);
    const found = this.#found(this.#wished, photo, frame);
    return found ?? this.#found(this.#wished === "large" ? "small" : "large", photo, frame);
  }

  /** Ends a frame: loads what was wished for, and puts on the card what came. True when more waits. */
  end(frame: number): boolean {
    this.#load();
    const until = performance.now() + FRAME_MS;
    while (this.#arrived.length > 0 && performance.now() < until) this.#put(this.#arrived.shift() as Arrived, frame);
    return this.#arrived.length > 0;
  }

  #found(kind: ThumbnailKind, photo: number, frame: number): Thumbnail | null {
    return this.#layers[kind].use(photo, frame) < 0 ? null : (this.#facts[kind].get(photo) ?? null);
  }

  #load(): void {
    const now = performance.now();
    for (const photo of this.#wishes) {
      if (this.#loading.size >= LOADING_AT_ONCE) return;
      if (this.#loading.has(photo) || now - (this.#failedAt.get(photo) ?? -Infinity) < RETRY_MS) continue;
      if (this.#arrived.some((waiting) => waiting.photo === photo)) continue;
      void this.#fetch(photo, this.#wished);
    }
  }

  async #fetch(photo: number, kind: ThumbnailKind): Promise<void> {
    this.#loading.add(photo);
    const image = new Image();
    // The window's pictures come from another origin than its pages; only with its word they may become textures.
    image.crossOrigin = "anonymous";
    image.src = this.address(photo);
    try {
      await image.decode();
      this.#arrived.push({ photo, kind, image });
      this.#failedAt.delete(photo);
    } catch {
      this.#failedAt.set(photo, performance.now());
    }
    this.#loading.delete(photo);
    this.onarrived();
  }

  #put({ photo, kind, image }: Arrived, frame: number): void {
    const layer = this.#layers[kind].take(photo, frame);
    if (layer < 0 || !this.#context || image.naturalWidth === 0) return;
    const { side } = SIZES[kind];
    // The whole layer is used, whatever the picture's shape: the quad gives the shape back.
    if (this.#canvas.width !== side) this.#canvas.width = this.#canvas.height = side;
    this.#context.clearRect(0, 0, side, side);
    this.#context.drawImage(image, 0, 0, side, side);
    this.pages[kind].fill(layer, this.#canvas);
    const before = this.#facts[kind === "small" ? "large" : "small"].get(photo)?.since;
    this.#facts[kind].set(photo, { kind, layer, aspect: image.naturalWidth / image.naturalHeight, since: before ?? performance.now() });
  }
}
