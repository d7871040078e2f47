/** The map's bulk answers as bytes: a head of u32s, then arrays one after another, little-endian, photos by rising id. */
import type { MapFacts, MapGroups, MapPoints } from "./backend";
import type { MapLegend } from "./wire";

const VERSION = 1;

/** Version, count, dims; u32 ids, f32 x, f32 y, and in space f32 z. Views into the bytes, without a copy. */
export function decodePoints(bytes: ArrayBuffer): MapPoints {
  const [count, dims] = head(bytes, 3);
  expectSize(bytes, 12 + 4 * count * (1 + dims));
  const floats = (at: number) => new Float32Array(bytes, 12 + 4 * count * at, count);
  return { ids: new Uint32Array(bytes, 12, count), x: floats(1), y: floats(2), z: dims === 3 ? floats(3) : null };
}

/** Version, count, bytes of the legend; u32 ids, i32 minutes, u16 folders, u16 cameras, u8 decisions; the legend as JSON. */
export function decodeFacts(bytes: ArrayBuffer): MapFacts {
  const [count, legendBytes] = head(bytes, 3);
  expectSize(bytes, 12 + 13 * count + legendBytes);
  const legend = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 12 + 13 * count, legendBytes))) as MapLegend;
  return {
    ids: new Uint32Array(bytes, 12, count),
    minutes: new Int32Array(bytes, 12 + 4 * count, count),
    folders: new Uint16Array(bytes, 12 + 8 * count, count),
    cameras: new Uint16Array(bytes, 12 + 10 * count, count),
    decisions: new Uint8Array(bytes, 12 + 12 * count, count),
    legend,
  };
}

/** Version, count; u32 ids, u16 clusters. */
export function decodeGroups(bytes: ArrayBuffer): MapGroups {
  const [count] = head(bytes, 2);
  expectSize(bytes, 8 + 6 * count);
  return { ids: new Uint32Array(bytes, 8, count), clusters: new Uint16Array(bytes, 8 + 4 * count, count) };
}

/** What follows the version. */
function head(bytes: ArrayBuffer, words: number): [count: number, more: number] {
  if (bytes.byteLength < 4 * words) throw new RangeError(`${bytes.byteLength} bytes are no answer about the map`);
  const [version, count, more] = new Uint32Array(bytes, 0, words);
  if (version !== VERSION || count === undefined) throw new RangeError(`an answer about the map of version ${version} is not known`);
  return [count, more ?? 0];
}

function expectSize(bytes: ArrayBuffer, size: number): void {
  if (bytes.byteLength !== size) throw new RangeError(`an answer about the map has ${bytes.byteLength} bytes, not ${size}`);
}
