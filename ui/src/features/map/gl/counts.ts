/** Small numbers on thumbnails: how many photos each stands for. Letters come from one small texture, in one draw call. */
import type { Size } from "../camera";
import { makeProgram, type Program } from "./program";

const LETTERS = "0123456789.kM";
/** CSS pixels of a letter's cell, and of the ground around a number. */
const LETTER = { width: 6.5, height: 13 };
const SIDES = 4;
const HEIGHT = 15;
const FONT = "600 10.5px system-ui, sans-serif";
/** Floats of one quad: its box, and which letter (-1: the ground). */
const FLOATS = 5;

const VERTEX = `
layout(location = 0) in vec4 box;
layout(location = 1) in float letter;
uniform vec2 view;
out vec2 at;
out vec2 inside;
flat out vec2 half_size;
flat out float is_ground;

void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  half_size = box.zw * 0.5;
  inside = (corner - 0.5) * box.zw;
  is_ground = letter < 0.0 ? 1.0 : 0.0;
  at = vec2((letter + corner.x) / ${LETTERS.length}.0, corner.y);
  vec2 place = (box.xy + corner * box.zw) / view * 2.0 - 1.0;
  gl_Position = vec4(place.x, -place.y, 0.0, 1.0);
}`;

const FRAGMENT = `
in vec2 at;
in vec2 inside;
flat in vec2 half_size;
flat in float is_ground;
uniform sampler2D letters;
out vec4 colour;

void main() {
  vec2 over = abs(inside) - half_size + half_size.y;
  float ground = clamp(0.5 - (length(max(over, 0.0)) - half_size.y), 0.0, 1.0) * 0.62;
  float ink = texture(letters, at).a;
  colour = is_ground > 0.5 ? vec4(0.0, 0.0, 0.0, ground) : vec4(ink);
}`;

const UNIFORMS = ["view", "letters"] as const;

export class CountsPass {
  readonly #program: Program<(typeof UNIFORMS)[number]>;
  readonly #shape: WebGLVertexArrayObject;
  readonly #buffer: WebGLBuffer;
  readonly #letters: WebGLTexture;
  readonly #floats: Float32Array;
  #used = 0;

  /** Room for `most` letters. */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly most: number,
    density: number,
  ) {
    this.#program = makeProgram(gl, VERTEX, FRAGMENT, UNIFORMS);
    this.#floats = new Float32Array(most * FLOATS);
    this.#shape = gl.createVertexArray();
    this.#buffer = gl.createBuffer();
    gl.bindVertexArray(this.#shape);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferData(gl.ARRAY_BUFFER, this.#floats.byteLength, gl.DYNAMIC_DRAW);
    for (const [location, [size, offset]] of ([[4, 0], [1, 16]] as const).entries()) {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, size, gl.FLOAT, false, FLOATS * 4, offset);
      gl.vertexAttribDivisor(location, 1);
    }
    gl.bindVertexArray(null);
    this.#letters = this.#drawLetters(density);
  }

  clear(): void {
    this.#used = 0;
  }

  /** A number with its right lower corner there, CSS pixels of the view. */
  add(text: string, right: number, bottom: number): void {
    if (this.#used + text.length + 1 > this.most) return;
    const width = text.length * LETTER.width + 2 * SIDES;
    this.#quad(right - width, bottom - HEIGHT, width, HEIGHT, -1);
    for (let at = 0; at < text.length; at++) {
      const left = right - width + SIDES + at * LETTER.width;
      this.#quad(left, bottom - HEIGHT + (HEIGHT - LETTER.height) / 2, LETTER.width, LETTER.height, LETTERS.indexOf(text[at] as string));
    }
  }

  /** Draws the numbers of this frame. */
  draw(view: Size): void {
    if (this.#used === 0) return;
    const { gl } = this;
    gl.useProgram(this.#program.program);
    gl.bindVertexArray(this.#shape);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.#floats, 0, this.#used * FLOATS);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#letters);
    gl.uniform1i(this.#program.at.letters, 0);
    gl.uniform2f(this.#program.at.view, view.width, view.height);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.#used);
  }

  #quad(left: number, top: number, width: number, height: number, letter: number): void {
    this.#floats.set([left, top, width, height, letter], this.#used * FLOATS);
    this.#used++;
  }

  #drawLetters(density: number): WebGLTexture {
    const { gl } = this;
    const canvas = document.createElement("canvas");
    const [width, height] = [Math.ceil(LETTER.width * density), Math.ceil(LETTER.height * density)];
    canvas.width = width * LETTERS.length;
    canvas.height = height;
    const context = canvas.getContext("2d");
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    if (context) {
      context.scale(width / LETTER.width, height / LETTER.height);
      context.font = FONT;
      context.fillStyle = "#ffffff";
      context.textAlign = "center";
      context.textBaseline = "middle";
      for (const [at, letter] of [...LETTERS].entries()) context.fillText(letter, (at + 0.5) * LETTER.width, LETTER.height / 2 + 0.5, LETTER.width);
    }
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, canvas);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    return texture;
  }
}
