/** What a PNG file says of itself, without decoding it. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const SIGNATURE = "89504e470d0a1a0a";

/** Pixels across and down, and bytes; fails when it is no PNG. */
export async function sizeOfPng(file) {
  const bytes = await readFile(file);
  assert.equal(bytes.subarray(0, 8).toString("hex"), SIGNATURE, `${file} is a PNG`);
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), bytes: bytes.length };
}
