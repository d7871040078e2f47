/** The whole map as a picture of any size, for a wall or a page: dots, and thumbnails that stand for others, as on the screen. */
import { inSlices } from "../../lib/in-slices";
import { fit, toView, type Camera, type Size } from "./camera";
import type { DotsLook } from "./gl/dots";
import type { Rgb } from "./gl/program";
import type { Scene } from "./scene";
import type { Stage } from "./stage";
import { lookAt, lookOfDots, Shown, usualSide } from "./shown";

/** The map is composed for a view at least this wide, CSS pixels, and so wide that each of them is ... */
const LEAST_COMPOSED = 1_600;
/** ... at most so many pixels of the picture: thumbnails are no larger than their files, and a larger picture has more of them. */
const MOST_PIXELS = 2.5;
const MARGIN = 40;
const LOADING_AT_ONCE = 8;
const SLICE = 8_192;

/** A PNG, `side` pixels wide and high. Thumbnails that can't be loaded are left out. */
export async function drawPicture(
  { scene, arrangement }: Pick<Stage, "scene" | "arrangement">,
  colours: Uint8Array | null,
  address: (photo: number) => string,
  side: number,
  ground: Rgb,
): Promise<Blob> {
  if (!scene) throw new Error("there is nothing to draw");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("the picture is too large to draw");
  const width = Math.max(LEAST_COMPOSED, side / MOST_PIXELS);
  const view = { width, height: width };
  const usual = usualSide(view, arrangement);
  const camera = fit(scene.box, view, MARGIN);
  context.scale(side / width, side / width);
  context.fillStyle = `rgb(${ground.map((part) => Math.round(part * 255)).join(" ")})`;
  context.fillRect(0, 0, width, width);
  await inSlices(drawDots(context, scene, colours, view, camera, lookOfDots(scene, camera, view, usual)), () => false);
  if (scene.landmarks) {
    const look = lookAt(camera, scene.landmarks.crowd, usual);
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

function* drawDots(
  context: CanvasRenderingContext2D,
  scene: Scene,
  colours: Uint8Array | null,
  view: Size,
  camera: Camera,
  { size, strength }: Pick<DotsLook, "size" | "strength">,
): Generator<void, void> {
  context.globalAlpha = strength;
  for (let index = 0; index < scene.ids.length; index++) {
    const { x, y } = toView(camera, view, scene.placeOf(index, 1));
    const [red, green, blue] = colours?.subarray(index * 4, index * 4 + 3) ?? [128, 128, 128];
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(x - size / 2, y - size / 2, size, size);
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
