/** Thumbnails as quads: one draw call for each page of textures that is in view, whatever the number of photos. */
import type { Size } from "../camera";
import { makeProgram, type Program, type Rgb } from "./program";
import type { TexturePages } from "./textures";

/** Bits of a thumbnail's mark. */
export const CHOSEN = 1;
export const CURRENT = 2;

/** Floats of one quad: middle, size, layer, alpha, mark, and the colour of its edge packed into one. */
const FLOATS = 8;

const VERTEX = `
layout(location = 0) in vec4 box;
layout(location = 1) in vec3 how;
layout(location = 2) in vec4 edge;
uniform vec2 view;
out vec3 at;
out vec2 inside;
flat out vec2 half_size;
flat out float alpha;
flat out int mark;
flat out vec4 edge_colour;

void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  half_size = box.zw * 0.5;
  // A pixel more on each side, for soft edges.
  inside = (corner * 2.0 - 1.0) * (half_size + 1.0);
  at = vec3(inside / box.zw + 0.5, how.x);
  alpha = how.y;
  mark = int(how.z);
  edge_colour = edge;
  vec2 place = (box.xy + inside) / view * 2.0 - 1.0;
  gl_Position = vec4(place.x, -place.y, 0.0, 1.0);
}`;

const FRAGMENT = `
precision highp sampler2DArray;
in vec3 at;
in vec2 inside;
flat in vec2 half_size;
flat in float alpha;
flat in int mark;
flat in vec4 edge_colour;
uniform sampler2DArray thumbnails;
uniform vec3 ground;
uniform vec3 accent;
uniform float density;
out vec4 colour;

void main() {
  float radius = min(3.0, half_size.x);
  vec2 over = abs(inside) - half_size + radius;
  float outside = length(max(over, 0.0)) + min(max(over.x, over.y), 0.0) - radius;
  vec3 shown = texture(thumbnails, vec3(clamp(at.xy, 0.0, 1.0), at.z)).rgb;
  bool chosen = (mark & ${CHOSEN}) != 0;
  bool current = (mark & ${CURRENT}) != 0;
  float deep = -outside;
  if (chosen) shown = deep < 3.0 ? accent : deep < 4.5 ? ground : shown;
  else if (current) shown = deep < 1.5 ? ground : deep < 3.5 ? accent : shown;
  else if (edge_colour.a > 0.0) shown = deep < 2.0 ? edge_colour.rgb : shown;
  float cover = clamp(0.5 - outside * density, 0.0, 1.0) * alpha;
  colour = vec4(shown * cover, cover);
}`;

const UNIFORMS = ["view", "thumbnails", "ground", "accent", "density"] as const;

export interface Quad {
  /** The middle and the size, CSS pixels of the view. */
  x: number;
  y: number;
  width: number;
  height: number;
  layer: number;
  alpha: number;
  /** Bits. */
  mark: number;
  /** Colour of the edge, 0xaabbggrr; 0 for none. */
  edge: number;
}

export class PicturesPass {
  readonly #program: Program<(typeof UNIFORMS)[number]>;
  readonly #shape: WebGLVertexArrayObject;
  readonly #buffer: WebGLBuffer;
  readonly #floats: Float32Array;
  readonly #words: Uint32Array;
  /** Quads of this frame by page, and where each page's begin in the buffer. */
  #quads: Quad[] = [];
  #used = 0;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly most: number,
  ) {
    this.#program = makeProgram(gl, VERTEX, FRAGMENT, UNIFORMS);
    this.#floats = new Float32Array(most * FLOATS);
    this.#words = new Uint32Array(this.#floats.buffer);
    this.#shape = gl.createVertexArray();
    this.#buffer = gl.createBuffer();
    gl.bindVertexArray(this.#shape);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferData(gl.ARRAY_BUFFER, this.#floats.byteLength, gl.DYNAMIC_DRAW);
    for (let location = 0; location < 3; location++) {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribDivisor(location, 1);
    }
    gl.bindVertexArray(null);
  }

  clear(): void {
    this.#used = 0;
  }

  /** The next quad of this frame, to be filled in; null when there are too many. Quads are kept from frame to frame. */
  next(): Quad | null {
    if (this.#used === this.most) return null;
    const quad = (this.#quads[this.#used] ??= { x: 0, y: 0, width: 0, height: 0, layer: 0, alpha: 1, mark: 0, edge: 0 });
    this.#used++;
    return quad;
  }

  /** Draws the quads of this frame. */
  draw(textures: TexturePages, view: Size, density: number, ground: Rgb, accent: Rgb): void {
    if (this.#used === 0) return;
    const { gl } = this;
    const { at, program } = this.#program;
    const starts = this.#sortByPage(textures);
    gl.useProgram(program);
    gl.bindVertexArray(this.#shape);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.#floats, 0, this.#used * FLOATS);
    gl.uniform2f(at.view, view.width, view.height);
    gl.uniform1i(at.thumbnails, 0);
    gl.uniform3fv(at.ground, ground);
    gl.uniform3fv(at.accent, accent);
    gl.uniform1f(at.density, density);
    gl.activeTexture(gl.TEXTURE0);
    for (const [page, start] of starts.entries()) {
      const count = (starts[page + 1] ?? this.#used) - start;
      if (count === 0) continue;
      const stride = FLOATS * 4;
      const from = start * stride;
      gl.vertexAttribPointer(0, 4, gl.FLOAT, false, stride, from);
      gl.vertexAttribPointer(1, 3, gl.FLOAT, false, stride, from + 16);
      gl.vertexAttribPointer(2, 4, gl.UNSIGNED_BYTE, true, stride, from + 28);
      textures.bind(page);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
    }
  }

  /** Writes the quads into the buffer, page after page; gives where each page begins. */
  #sortByPage(textures: TexturePages): number[] {
    const starts: number[] = [];
    for (let at = 0; at < this.#used; at++) {
      const page = textures.page((this.#quads[at] as Quad).layer);
      while (starts.length <= page) starts.push(0);
      starts[page] = (starts[page] as number) + 1;
    }
    let start = 0;
    for (const [page, count] of starts.entries()) {
      starts[page] = start;
      start += count;
    }
    const next = [...starts];
    for (let index = 0; index < this.#used; index++) {
      const quad = this.#quads[index] as Quad;
      const page = textures.page(quad.layer);
      const place = next[page] as number;
      next[page] = place + 1;
      const at = place * FLOATS;
      this.#floats[at] = quad.x;
      this.#floats[at + 1] = quad.y;
      this.#floats[at + 2] = quad.width;
      this.#floats[at + 3] = quad.height;
      this.#floats[at + 4] = quad.layer % textures.layersInPage;
      this.#floats[at + 5] = quad.alpha;
      this.#floats[at + 6] = quad.mark;
      this.#words[at + 7] = quad.edge;
    }
    return starts;
  }
}
