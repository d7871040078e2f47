/** Shaders become a program; what does not compile says why. */

/** WebGL 2 is missing or gave nothing: the map is shown as a list then. */
export class NoWebGl extends Error {}

export interface Program<Uniform extends string> {
  readonly program: WebGLProgram;
  readonly at: Readonly<Record<Uniform, WebGLUniformLocation | null>>;
}

export function makeProgram<Uniform extends string>(
  gl: WebGL2RenderingContext,
  vertex: string,
  fragment: string,
  uniforms: readonly Uniform[],
): Program<Uniform> {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(type);
    if (!program || !shader) throw new NoWebGl("the drawing context is lost");
    gl.shaderSource(shader, `#version 300 es\nprecision highp float;\n${source}`);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    const [vertexLog, fragmentLog] = (gl.getAttachedShaders(program) ?? []).map((shader) => gl.getShaderInfoLog(shader));
    throw new NoWebGl([gl.getProgramInfoLog(program), vertexLog, fragmentLog].filter(Boolean).join("\n"));
  }
  const at = Object.fromEntries(uniforms.map((name) => [name, gl.getUniformLocation(program, name)]));
  return { program, at: at as Record<Uniform, WebGLUniformLocation | null> };
}

/** Red, green and blue from 0 to 1. */
export type Rgb = readonly [red: number, green: number, blue: number];
