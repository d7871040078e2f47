/**
 * The picture under the pointer is the photo that opens, whatever the size of the library: what is seen on the map is
 * cut out of a picture of the page and laid beside the photo that a double click there opens.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { inBrowser } from "../drive/chromium.mjs";
import { withMadeUpLibrary } from "../drive/pages.mjs";

/** Thumbnails that are looked at. */
const LOOKED_AT = 5;
/** Mean differences of a colour channel, 0 to 255: of one picture drawn twice, and of two pictures at least. */
const SAME = 14;
const OTHER = 22;

for (const photos of [10_000, 1_000_000]) {
  test(`of ${photos} photos, the one under the pointer is the one that opens`, { timeout: 400_000 }, () =>
    withMadeUpLibrary(photos, (address) => inBrowser(`${address}#/map`, `map-pixels-${photos}`, (page) => openWhatIsSeen(page, photos))),
  );
}

async function openWhatIsSeen(page, photos) {
  page.setDefaultTimeout(180_000);
  const map = page.getByRole("listbox", { name: "Map of all photos" });
  await map.getByRole("option").first().waitFor({ state: "attached" });
  const box = await map.boundingBox();
  const middle = { x: box.x + box.width * 0.55, y: box.y + box.height * 0.62 };
  await page.mouse.move(middle.x, middle.y);
  // From the whole library to where photos have room.
  for (let notch = 0; notch < Math.log2(photos) * 0.42; notch++) {
    await page.mouse.wheel(0, -300);
    await page.waitForTimeout(150);
  }
  await page.mouse.move(2, 2);
  const seen = await enoughThumbnails(page, box, middle);
  assert.ok(seen.length >= LOOKED_AT, `${LOOKED_AT} thumbnails are whole in view, not ${seen.length}`);

  const distances = [];
  for (const thumbnail of seen.slice(0, LOOKED_AT)) {
    await page.mouse.dblclick(thumbnail.x + thumbnail.width / 2, thumbnail.y + thumbnail.height / 2);
    await page.waitForURL(/#\/photo\/\d+$/);
    const photo = Number(page.url().split("/").pop());
    const [own, other] = await compare(page, photos, thumbnail, [photo, (photo % photos) + 1]);
    assert.ok(own < SAME, `photo ${photo} opened, and is not what was seen: ${own.toFixed(1)} apart`);
    distances.push(other);
    await page.keyboard.press("Escape");
    // The address is the map's a moment before the photo is closed.
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  // The comparison can tell photos apart at all.
  assert.ok(Math.max(...distances) > OTHER, `other photos look other: ${distances.map((each) => each.toFixed(1))}`);
}

/** Thumbnails in view; where they are few, as between two clusters, from a little further off. */
async function enoughThumbnails(page, box, middle) {
  let seen = await seenThumbnails(page, box, await settledPicture(page));
  for (let notch = 0; seen.length < LOOKED_AT && notch < 8; notch++) {
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.wheel(0, 150);
    await page.mouse.move(2, 2);
    seen = await seenThumbnails(page, box, await settledPicture(page));
  }
  return seen;
}

/** A picture of the page as soon as nothing changes any more. */
async function settledPicture(page) {
  for (let before = "", turn = 0; turn < 60; turn++) {
    await page.waitForTimeout(1_000);
    const now = (await page.screenshot()).toString("base64");
    if (now === before) return now;
    before = now;
  }
  throw new Error("the map never came to rest");
}

/** Boxes of thumbnails with ground all around, cut out of a picture of the page, with their pixels. */
function seenThumbnails(page, box, picture) {
  return page.evaluate(
    async ({ box, picture }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${picture}`;
      await image.decode();
      const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      const isGround = (x, y) => [0, 1, 2].every((part) => data[(y * image.width + x) * 4 + part] >= 252);
      const edge = 24;
      const found = [];
      for (let y = Math.ceil(box.y) + 60; y < box.y + box.height - 200; y += 17) {
        for (let x = Math.ceil(box.x) + 60; x < box.x + box.width - 60; x += 17) {
          if (isGround(x, y) || found.some((one) => x >= one.x && x <= one.x + one.width && y >= one.y && y <= one.y + one.height)) continue;
          let [left, right, top, bottom] = [x, x, y, y];
          while (left > box.x && !isGround(left - 1, y)) left--;
          while (right < box.x + box.width - 1 && !isGround(right + 1, y)) right++;
          while (top > box.y && !isGround(x, top - 1)) top--;
          while (bottom < box.y + box.height - 1 && !isGround(x, bottom + 1)) bottom++;
          const [width, height] = [right - left + 1, bottom - top + 1];
          const whole = left > box.x + 2 && right < box.x + box.width - 3 && top > box.y + 2 && bottom < box.y + box.height - 3;
          if (width < edge || height < edge || width > 260 || height > 260 || !whole) continue;
          const pixels = [...context.getImageData(left, top, width, height).data];
          found.push({ x: left, y: top, width, height, pixels });
        }
      }
      return found;
    },
    { box, picture },
  );
}

/** How far apart a seen thumbnail is from each of these photos: the mean over its inner pixels, but not its lower right, where a count may be. */
function compare(page, photos, thumbnail, ids) {
  return page.evaluate(
    async ({ photos, thumbnail, ids }) => {
      const { MemoryBackend } = await import("/src/backend/memory.ts");
      const backend = (window.madeUp ??= new MemoryBackend(photos));
      const { width, height, pixels } = thumbnail;
      const distances = [];
      for (const id of ids) {
        const image = new Image();
        image.src = backend.thumbnailUrl(id, 256);
        await image.decode();
        const context = new OffscreenCanvas(width, height).getContext("2d");
        context.drawImage(image, 0, 0, width, height);
        const { data } = context.getImageData(0, 0, width, height);
        let [sum, count] = [0, 0];
        for (let y = 6; y < height - 6; y++) {
          for (let x = 6; x < width - 6; x++) {
            if (x > width - 46 && y > height - 24) continue;
            for (let part = 0; part < 3; part++) {
              const at = (y * width + x) * 4 + part;
              sum += Math.abs(data[at] - pixels[at]);
              count++;
            }
          }
        }
        distances.push(sum / count);
      }
      return distances;
    },
    { photos, thumbnail, ids },
  );
}
