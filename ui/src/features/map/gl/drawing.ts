/** One canvas with its passes: dots, thumbnails, counts. Made anew when the drawing context was lost and came back. */
import type { Size } from "../camera";
import { MOST_SHOWN } from "../shown";
import { CountsPass } from "./counts";
import { DotsPass, type DotsLook } from "./dots";
import { PicturesPass } from "./pictures";
import { NoWebGl } from "./program";
import { Thumbnails, type ThumbnailKind } from "./thumbnails";

/** A count has at most four letters and its ground. */
const LETTERS_A_COUNT = 5;

export class Drawing {
  readonly dots: DotsPass;
  readonly pictures: Record<ThumbnailKind, PicturesPass>;
  readonly counts: CountsPass;
  readonly thumbnails: Thumbnails;
  readonly #gl: WebGL2RenderingContext;

  /** Throws `NoWebGl` where there is none. */
  constructor(canvas: HTMLCanvasElement, address: (photo: number) => string, onarrived: () => void) {
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false, powerPreference: "high-performance" });
    if (!gl || gl.isContextLost()) throw new NoWebGl("WebGL 2 is missing");
    this.#gl = gl;
    this.dots = new DotsPass(gl);
    this.pictures = { small: new PicturesPass(gl, MOST_SHOWN), large: new PicturesPass(gl, MOST_SHOWN) };
    this.counts = new CountsPass(gl, MOST_SHOWN * LETTERS_A_COUNT, devicePixelRatio || 1);
    this.thumbnails = new Thumbnails(gl, address, onarrived);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  get isLost(): boolean {
    return this.#gl.isContextLost();
  }

  /** Empties the lists of quads for a new frame. */
  begin(): void {
    this.pictures.small.clear();
    this.pictures.large.clear();
    this.counts.clear();
  }

  paint(look: DotsLook): void {
    const gl = this.#gl;
    const { view, density, ground, accent } = look;
    this.#fitTo(view, density);
    gl.clearColor(...ground, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.dots.draw(look);
    const { small, large } = this.thumbnails.pages;
    this.pictures.small.draw(small, view, density, ground, accent);
    this.pictures.large.draw(large, view, density, ground, accent);
    this.counts.draw(view);
  }

  #fitTo(view: Size, density: number): void {
    const { canvas } = this.#gl;
    const [width, height] = [Math.round(view.width * density), Math.round(view.height * density)];
    if (canvas.width === width && canvas.height === height) return;
    canvas.width = width;
    canvas.height = height;
    this.#gl.viewport(0, 0, width, height);
  }
}
