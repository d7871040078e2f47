/**
 * All photos as dots, from one buffer in one draw call. Two places a photo, and how far it has come from one to the other;
 * a turn for maps in space. How strongly a dot is drawn falls with the crowd, so that density can be seen everywhere.
 */
import type { Camera, Size } from "../camera";
import { MIDDLE, type Rotation } from "../orbit";
import type { Places } from "../scene";
import { makeProgram, type Program, type Rgb } from "./program";

/** Bits of a photo's mark. */
export const SELECTED = 1;
export const DIMMED = 2;

export interface DotsLook {
  camera: Camera;
  view: Size;
  density: number;
  turn: Rotation;
  /** From the places before (0) to the places now (1). */
  part: number;
  /** CSS pixels. */
  size: number;
  /** 0 to 1. */
  strength: number;
  /** Dots that nothing marks; the photos' own colours are mixed with it when dimmed. */
  ground: Rgb;
  accent: Rgb;
}

const VERTEX = `
layout(location = 0) in float before_x;
layout(location = 1) in float before_y;
layout(location = 2) in float before_z;
layout(location = 3) in float x;
layout(location = 4) in float y;
layout(location = 5) in float z;
layout(location = 6) in vec4 colour;
layout(location = 7) in uint mark;
uniform mat3 turn;
uniform float part;
uniform vec2 centre;
uniform vec2 scale;
uniform float size;
uniform float strength;
uniform vec3 ground;
uniform vec3 accent;
out vec4 shown;
flat out float side;

void main() {
  bool selected = (mark & 1u) != 0u;
  bool dimmed = (mark & 2u) != 0u;
  vec3 place = turn * (mix(vec3(before_x, before_y, before_z), vec3(x, y, z), part) - float(${MIDDLE}));
  gl_Position = vec4((place.xy + 0.5 - centre) * scale, 0.0, 1.0);
  // What lies behind is a little smaller and paler.
  float near = clamp(place.z + 0.5, 0.0, 1.0);
  side = size * mix(0.7, 1.3, near) * (selected ? 1.6 : 1.0);
  gl_PointSize = side;
  vec3 hue = selected ? accent : dimmed ? mix(ground, colour.rgb, 0.25) : mix(ground, colour.rgb, mix(0.55, 1.0, near));
  float alpha = selected ? max(strength, 0.9) : dimmed ? strength * 0.3 : strength;
  shown = vec4(hue * alpha, alpha);
}`;

const FRAGMENT = `
in vec4 shown;
flat in float side;
out vec4 colour;

void main() {
  float outside = (length(gl_PointCoord - 0.5) - 0.5) * side;
  // Small dots are squares: rounding them would only take their light.
  float cover = side < 3.0 ? 1.0 : clamp(0.5 - outside, 0.0, 1.0);
  colour = shown * cover;
}`;

const AXES = ["x", "y", "z"] as const;
const NOTHING = new Float32Array();
/** What each photo has in a buffer of its own kind, in the order of the shader's inputs. */
const FILLED = ["before x", "before y", "before z", "x", "y", "z", "colours", "marks"] as const;
type Filled = (typeof FILLED)[number];

const UNIFORMS = ["turn", "part", "centre", "scale", "size", "strength", "ground", "accent"] as const;

export class DotsPass {
  readonly #program: Program<(typeof UNIFORMS)[number]>;
  readonly #shape: WebGLVertexArrayObject;
  readonly #buffers: Record<Filled, WebGLBuffer>;
  #count = 0;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.#program = makeProgram(gl, VERTEX, FRAGMENT, UNIFORMS);
    this.#shape = gl.createVertexArray();
    this.#buffers = Object.fromEntries(FILLED.map((name) => [name, gl.createBuffer()])) as Record<Filled, WebGLBuffer>;
    gl.bindVertexArray(this.#shape);
    for (const name of ["colours", "marks"] as const) {
      const location = FILLED.indexOf(name);
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers[name]);
      gl.enableVertexAttribArray(location);
      if (name === "colours") gl.vertexAttribPointer(location, 4, gl.UNSIGNED_BYTE, true, 0, 0);
      else gl.vertexAttribIPointer(location, 1, gl.UNSIGNED_BYTE, 0, 0);
    }
    gl.bindVertexArray(null);
  }

  /** Where photos lay and lie; the same places twice are on the card once. */
  setPlaces(before: Places, now: Places): void {
    const moves = before !== now;
    this.#count = now.x.length;
    this.gl.bindVertexArray(this.#shape);
    for (const axis of AXES) {
      this.#fill(axis, now[axis] ?? NOTHING);
      this.#fill(`before ${axis}`, (moves && before[axis]) || NOTHING);
      this.#read(axis, axis, now[axis]);
      this.#read(`before ${axis}`, moves ? `before ${axis}` : axis, before[axis]);
    }
    this.gl.bindVertexArray(null);
  }

  /** Red, green, blue and nothing: four bytes a photo. */
  setColours(colours: Uint8Array): void {
    this.#fill("colours", colours);
  }

  /** A byte of bits a photo. */
  setMarks(marks: Uint8Array): void {
    this.#fill("marks", marks);
  }

  draw(look: DotsLook): void {
    if (this.#count === 0) return;
    const { gl } = this;
    const { at, program } = this.#program;
    const { camera, view, density } = look;
    gl.useProgram(program);
    gl.bindVertexArray(this.#shape);
    gl.uniformMatrix3fv(at.turn, false, look.turn);
    gl.uniform1f(at.part, look.part);
    gl.uniform2f(at.centre, camera.x, camera.y);
    gl.uniform2f(at.scale, (2 * camera.scale) / view.width, (-2 * camera.scale) / view.height);
    gl.uniform1f(at.size, look.size * density);
    gl.uniform1f(at.strength, look.strength);
    gl.uniform3fv(at.ground, look.ground);
    gl.uniform3fv(at.accent, look.accent);
    gl.drawArrays(gl.POINTS, 0, this.#count);
  }

  /** An input of the shader reads a buffer; without values, all photos lie in the middle. */
  #read(input: Filled, buffer: Filled, values: Float32Array | null): void {
    const { gl } = this;
    const location = FILLED.indexOf(input);
    if (values) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers[buffer]);
      gl.vertexAttribPointer(location, 1, gl.FLOAT, false, 0, 0);
      gl.enableVertexAttribArray(location);
    } else {
      gl.disableVertexAttribArray(location);
      gl.vertexAttrib1f(location, MIDDLE);
    }
  }

  #fill(name: Filled, values: Float32Array | Uint8Array): void {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
  }
}

/** How strongly to draw each of so many dots, so that where they lie close the map is dense and still not full. */
export function strengthFor(count: number, size: number, extent: number): number {
  // The dots' area against that of the map as it is shown; a map is about half full.
  const overlap = (count * size * size) / Math.max(1, extent * extent * 0.5);
  return Math.max(0.1, Math.min(0.95, 1.1 / overlap ** 0.6));
}
