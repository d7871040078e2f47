/** The whole map as a picture of any size, for a wall or a page: dots, and thumbnails that stand for others, as on the screen. */
import { inSlices } from "../../lib/in-slices";
import { fit, toView, type Size } from "./camera";
import type { Rgb } from "./gl/program";
import type { Scene } from "./scene";
import { lookAt, Shown, usualSide } from "./shown";

/** The map is composed at this width, and drawn as much larger as is wanted: thumbnails grow along. CSS pixels. */
const COMPOSED = 1_600;
const MARGIN = 40;
const LOADING_AT_ONCE = 8;
const DOT = 2.2;
const DOT_ALPHA = 0.8;
const SLICE = 8_192;

/** A PNG, `side` pixels wide and high. Thumbnails that can't be loaded are left out. */
export async function drawPicture(
  scene: Scene,
  colours: Uint8Array | null,
  address: (photo: number) => string,
  side: number,
  ground: Rgb,
): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("the picture is too large to draw");
  const view = { width: COMPOSED, height: COMPOSED };
  const camera = fit(scene.box, view, MARGIN);
  context.scale(side / COMPOSED, side / COMPOSED);
  context.fillStyle = `rgb(${ground.map((part) => Math.round(part * 255)).join(" ")})`;
  context.fillRect(0, 0, COMPOSED, COMPOSED);
  await inSlices(drawDots(context, scene, colours, view), () => false);
  if (scene.landmarks) {
    const look = lookAt(camera, scene.landmarks.crowd, usualSide(view, "free"));
    const shown = new Shown();
    shown.choose(scene.landmarks, camera, view, look);
    const waiting = Array.from({ length: shown.count }, (_, at) => at);
    const drawNext = async () => {
      for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
        const index = shown.photos[at] as number;
        const image = await load(address(scene.ids[index] as number));
        if (!image) continue;
        const { x, y } = toView(camera, view, scene.placeOf(index, 1));
        const longer = look.side * (shown.sizes[at] as number);
        const aspect = image.naturalWidth / image.naturalHeight;
        const [width, height] = aspect >= 1 ? [longer, longer / aspect] : [longer * aspect, longer];
        context.drawImage(image, x - width / 2, y - height / 2, width, height);
      }
    };
    await Promise.all(Array.from({ length: LOADING_AT_ONCE }, drawNext));
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("the picture is too large to draw");
  return blob;
}

function* drawDots(context: CanvasRenderingContext2D, scene: Scene, colours: Uint8Array | null, view: Size): Generator<void, void> {
  const camera = fit(scene.box, view, MARGIN);
  context.globalAlpha = DOT_ALPHA;
  for (let index = 0; index < scene.ids.length; index++) {
    const { x, y } = toView(camera, view, scene.placeOf(index, 1));
    const [red, green, blue] = colours?.subarray(index * 4, index * 4 + 3) ?? [128, 128, 128];
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(x - DOT / 2, y - DOT / 2, DOT, DOT);
    if (index % SLICE === 0) yield;
  }
  context.globalAlpha = 1;
}

async function load(address: string): Promise<HTMLImageElement | null> {
  const image = new Image();
  image.crossOrigin = "anonymous";
  image.src = address;
  try {
    await image.decode();
    return image;
  } catch {
    return null;
  }
}
