/**
 * Room for thumbnails on the graphics card: square layers of one size, in pages that are made when they are first needed.
 * Who has which layer is layers.ts's business.
 */

export class TexturePages {
  readonly #pages: WebGLTexture[] = [];

  constructor(
    private readonly gl: WebGL2RenderingContext,
    /** Pixels of a layer's side. */
    readonly side: number,
    readonly layersInPage: number,
  ) {}

  /** Bytes on the graphics card. */
  get bytes(): number {
    return this.#pages.length * this.layersInPage * this.side * this.side * 4;
  }

  page(layer: number): number {
    return Math.floor(layer / this.layersInPage);
  }

  /** Puts a picture of the layers' size into a layer. */
  fill(layer: number, picture: TexImageSource): void {
    const { gl, side } = this;
    const page = this.page(layer);
    while (this.#pages.length <= page) this.#pages.push(this.#makePage());
    this.bind(page);
    gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, layer % this.layersInPage, side, side, 1, gl.RGBA, gl.UNSIGNED_BYTE, picture);
  }

  bind(page: number): void {
    this.gl.bindTexture(this.gl.TEXTURE_2D_ARRAY, this.#pages[page] ?? null);
  }

  #makePage(): WebGLTexture {
    const { gl, side } = this;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA8, side, side, this.layersInPage);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    return texture;
  }
}
