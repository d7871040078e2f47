/** The grid's shape as bytes: u32 count, u32 ids, i32 minutes, f32 aspects, u32 stacks, all little-endian, one after another. */
import type { GridShape } from "./backend";

/** Views into the bytes, without a copy. Every machine that runs this is little-endian. */
export function decodeShape(bytes: ArrayBuffer): GridShape {
  const count = bytes.byteLength < 4 ? 0 : (new Uint32Array(bytes, 0, 1)[0] as number);
  if (bytes.byteLength !== 4 + 16 * count) throw new RangeError(`a shape of ${count} photos does not have ${bytes.byteLength} bytes`);
  return {
    ids: new Uint32Array(bytes, 4, count),
    minutes: new Int32Array(bytes, 4 + 4 * count, count),
    aspects: new Float32Array(bytes, 4 + 8 * count, count),
    stacks: new Uint32Array(bytes, 4 + 12 * count, count),
  };
}
