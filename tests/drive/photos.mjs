/**
 * Photos as people have them: test photos under names, with days and cameras of their own, and what phones and editors
 * make of photos. Chromium is the editor, exiftool the camera's clock. Knows no library.
 */

import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import { inBrowser } from "./chromium.mjs";
import { DATA } from "./library.mjs";

const DAY_MS = 86_400_000;

/**
 * @typedef {object} Photo
 * @property {string} from where it lies in the test data
 * @property {string} to where it goes, below the folder
 * @property {string} [on] when the file is from, such as `2021-07-04`
 * @property {{ camera: string, at: string }} [taken] what the file says of its taking: `2021:07:04 10:00:01`
 * @property {Edit} [edit] what was made of it; else it is the very file
 *
 * @typedef {object} Edit
 * @property {number} [scale] of both sides
 * @property {[number, number, number, number]} [part] what is left of it: left, top, width and height as shares
 * @property {number} [quarters] turned clockwise
 * @property {string} [filter] as CSS has it: `grayscale(1)`
 * @property {number} [quality] of the JPEG, 0 to 1
 */

/**
 * Lays photos out in a folder.
 * @param {string} folder
 * @param {Photo[]} photos
 */
export async function layOut(folder, photos) {
  const place = ({ to }) => path.join(folder, to);
  for (const photo of photos) {
    await mkdir(path.dirname(place(photo)), { recursive: true });
    if (!photo.edit) await copyFile(path.join(DATA, photo.from), place(photo));
  }
  const edited = photos.filter(({ edit }) => edit);
  if (edited.length > 0) {
    await inBrowser("about:blank", "edited-photos", async (page) => {
      for (const photo of edited) {
        const bytes = await readFile(path.join(DATA, photo.from), "base64");
        await writeFile(place(photo), await page.evaluate(develop, { bytes, edit: photo.edit }), "base64");
      }
    });
  }
  const words = photos
    .filter(({ taken }) => taken)
    .flatMap((photo) => [`-Model=${photo.taken.camera}`, `-DateTimeOriginal=${photo.taken.at}`, "-overwrite_original", place(photo), "-execute"]);
  if (words.length > 0) await promisify(execFile)("exiftool", words);
  for (const photo of photos) if (photo.on) await utimes(place(photo), new Date(photo.on), new Date(photo.on));
}

/**
 * All photos of a folder of the test data, named after what they become and numbered, one a day.
 * @param {string} from
 * @param {string} to such as `Garden/Rose`
 * @param {string} since the day of the first
 * @returns {Promise<Photo[]>}
 */
export async function wholeFolder(from, to, since) {
  const files = (await readdir(path.join(DATA, from))).sort();
  return files.map((file, at) => ({
    from: path.join(from, file),
    to: `${to} ${String(at + 1).padStart(2, "0")}.jpg`,
    on: new Date(Date.parse(since) + at * DAY_MS).toISOString(),
  }));
}

/** In the browser: an edited photo as JPEG. Both are base64. */
async function develop({ bytes, edit }) {
  const { scale = 1, part = [0, 0, 1, 1], quarters = 0, filter = "none", quality = 0.9 } = edit;
  const photo = await createImageBitmap(await (await fetch(`data:image/jpeg;base64,${bytes}`)).blob());
  const [left, top, width, height] = part.map((share, side) => share * (side % 2 === 0 ? photo.width : photo.height));
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  const canvas = quarters % 2 === 0 ? new OffscreenCanvas(across, down) : new OffscreenCanvas(down, across);
  const drawing = canvas.getContext("2d");
  drawing.filter = filter;
  drawing.imageSmoothingQuality = "high";
  drawing.translate(canvas.width / 2, canvas.height / 2);
  drawing.rotate((quarters * Math.PI) / 2);
  drawing.drawImage(photo, left, top, width, height, -across / 2, -down / 2, across, down);
  const made = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality })).arrayBuffer());
  return btoa(Array.from(made, (byte) => String.fromCharCode(byte)).join(""));
}
