/**
 * A map in space, looked at from a direction: turned until that direction is straight ahead, it is a flat map like any
 * other, and everything that can be done on a flat map can be done on it. Parallel projection, so that sizes compare.
 */

/** Radians: `yaw` turns about the upright axis, `pitch` tips towards the viewer. */
export interface Orbit {
  yaw: number;
  pitch: number;
}

/** Three columns of a rotation, as WebGL takes it. */
export type Rotation = Float32Array;

export const STRAIGHT: Orbit = { yaw: 0, pitch: 0 };
/** The first look at a map in space: turned a little, so that it is seen to be one. */
export const ASLANT: Orbit = { yaw: 0.6, pitch: 0.35 };
/** The middle about which a map turns. */
export const MIDDLE = 0.5;
/** Radians a CSS pixel of dragging. */
const RADIANS_PER_PIXEL = 0.008;

/** Turned along with a pointer that went so many CSS pixels. */
export function turned(orbit: Orbit, dx: number, dy: number): Orbit {
  const pitch = orbit.pitch + dy * RADIANS_PER_PIXEL;
  return { yaw: orbit.yaw + dx * RADIANS_PER_PIXEL, pitch: Math.max(-Math.PI / 2, Math.min(Math.PI / 2, pitch)) };
}

export function rotation({ yaw, pitch }: Orbit): Rotation {
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  // First about the upright axis, then about the one that lies across.
  return new Float32Array([cy, sp * sy, -cp * sy, 0, cp, sp, sy, -sp * cy, cp * cy]);
}

/** Where one point comes to lie; `z` grows towards the viewer. */
export function place(turn: Rotation, x: number, y: number, z: number): { x: number; y: number; z: number } {
  const [a, b, c] = [x - MIDDLE, y - MIDDLE, z - MIDDLE];
  const at = (row: number) => (turn[row] as number) * a + (turn[row + 3] as number) * b + (turn[row + 6] as number) * c + MIDDLE;
  return { x: at(0), y: at(1), z: at(2) };
}

/** The flat map that is seen: x and y of every point. */
export function* flatten(turn: Rotation, x: Float32Array, y: Float32Array, z: Float32Array): Generator<void, { x: Float32Array; y: Float32Array }> {
  const flat = { x: new Float32Array(x.length), y: new Float32Array(x.length) };
  const [r0, r1, , r3, r4, , r6, r7] = turn as unknown as [number, number, number, number, number, number, number, number];
  for (let at = 0; at < x.length; at++) {
    const a = (x[at] as number) - MIDDLE;
    const b = (y[at] as number) - MIDDLE;
    const c = (z[at] as number) - MIDDLE;
    flat.x[at] = r0 * a + r3 * b + r6 * c + MIDDLE;
    flat.y[at] = r1 * a + r4 * b + r7 * c + MIDDLE;
    if (at % 16_384 === 0) yield;
  }
  return flat;
}
