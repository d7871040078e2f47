/** The viewer's state: which picture is shown when, fetching ahead, moving, zoom that stays for shots of one size, regions. */
import { flushSync } from "svelte";
import { describe, expect, it } from "vitest";
import { MemoryBackend } from "../../backend/memory";
import type { PhotoRow } from "../../backend/wire";
import { PhotoRows } from "../../photo/photo-rows.svelte";
import { Pictures } from "./pictures.svelte";
import { Viewer, type ViewerPlace } from "./viewer.svelte";

/** Twenty photos of two sizes, addresses such as `7/full`, and pictures that come when the test lets them. */
async function opened(current: number, change: (row: PhotoRow) => Partial<PhotoRow> = () => ({})) {
  const backend = new MemoryBackend(20);
  backend.thumbnailUrl = (photo, size) => `${photo}/${size}`;
  backend.pictureUrl = (photo, longSide) => `${photo}/${longSide ?? "full"}`;
  const asked: string[] = [];
  const answers = new Map<string, (outcome: "ready" | "broken") => void>();
  const pictures = new Pictures((url) => {
    asked.push(url);
    return new Promise((resolve, reject) => {
      answers.set(url, (outcome) => (outcome === "ready" ? resolve({ alt: url } as HTMLImageElement) : reject(new Error(url))));
    });
  });
  const rows = new PhotoRows(backend);
  const known = await backend.photoRows([...Array(20)].map((_, at) => at + 1));
  rows.put(known.map((row) => ({ ...row, width: row.id <= 10 ? 6000 : 4000, height: 4000, ...change(row) })));
  const place: ViewerPlace = $state({ ids: Array.from({ length: 20 }, (_, at) => at + 1), current });
  const viewer = new Viewer(backend, rows, () => place, pictures);
  viewer.resize({ width: 1200, height: 800 }, 1);
  /** Lets pictures come, and what waits for them go on. */
  const come = async (outcome: "ready" | "broken", ...urls: string[]) => {
    for (const url of urls) answers.get(url)?.(outcome);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    flushSync();
  };
  const go = (photo: number) => {
    place.current = photo;
    void viewer.settle();
  };
  go(current);
  return { viewer, asked, come, go, place };
}

describe("the picture", () => {
  it("is the best that is there: thumbnail, then screen size", async () => {
    const { viewer, come } = await opened(5);
    expect(viewer.shown).toBeNull();
    await come("ready", "5/256");
    expect(viewer.shown?.alt).toBe("5/256");
    await come("ready", "5/512");
    expect(viewer.shown?.alt).toBe("5/512");
    expect(viewer.isSharpening).toBe(true);
    await come("ready", "5/2048");
    expect(viewer.shown?.alt).toBe("5/2048");
    expect(viewer.isSharpening).toBe(false);
  });

  it("is fetched at full size only when zoomed past the screen's", async () => {
    const { viewer, come } = await opened(5);
    expect(viewer.wanted).toBe("5/2048");
    viewer.toggleZoom();
    expect(viewer.percent).toBe(100);
    expect(viewer.wanted).toBe("5/full");
    viewer.sharpen();
    await come("ready", "5/full");
    expect(viewer.shown?.alt).toBe("5/full");
  });

  it("is followed by its neighbours, nearest first, ahead before behind", async () => {
    const { asked, come } = await opened(5);
    expect(asked).toEqual(["5/256", "5/512", "5/2048"]);
    await come("ready", "5/2048");
    await come("ready", "6/256", "6/512");
    await come("ready", "6/2048");
    await come("ready", "4/256", "4/512");
    expect(asked.filter((url) => url.endsWith("2048"))).toEqual(["5/2048", "6/2048", "4/2048"]);
  });

  it("says why it is only a thumbnail, or nothing", async () => {
    const offline = await opened(5, () => ({ availability: "offline" }));
    expect(offline.viewer.trouble).toBeNull();
    await offline.come("ready", "5/256");
    await offline.come("broken", "5/2048");
    expect(offline.viewer.trouble).toBe("offline");

    const broken = await opened(5, () => ({ availability: "present" }));
    await broken.come("ready", "5/512");
    await broken.come("broken", "5/2048");
    expect(broken.viewer.trouble).toBe("broken");
    expect(broken.viewer.shown?.alt).toBe("5/512");

    const nothing = await opened(5);
    await nothing.come("broken", "5/256", "5/512", "5/2048");
    expect(nothing.viewer.trouble).toBe("nothing");
  });
});

describe("moving", () => {
  it("ends at the ends", async () => {
    const { viewer, go } = await opened(1);
    expect(viewer.photoAt(-1)).toBeNull();
    expect(viewer.photoAt(1)).toBe(2);
    expect(viewer.photoAt(viewer.count)).toBe(20);
    go(20);
    expect(viewer.photoAt(1)).toBeNull();
  });

  it("goes on where it was when the photo has left the list", async () => {
    const { viewer, place } = await opened(5);
    place.ids = Array.from(place.ids).filter((photo) => photo !== 5);
    expect(viewer.index).toBe(-1);
    expect(viewer.row?.id).toBe(5);
    expect(viewer.nearestIndex).toBe(4);
    expect(viewer.photoAt(1)).toBe(7);
    expect(viewer.photoAt(-1)).toBe(4);
  });

  it("keeps the zoom for photos of the same size, and only for them", async () => {
    const { viewer, go } = await opened(9);
    viewer.toggleZoom();
    go(10);
    expect(viewer.percent).toBe(100);
    go(11);
    expect(viewer.percent).toBe(20);
    go(10);
    expect(viewer.percent).toBe(20);
  });
});

describe("a region", () => {
  it("is made, moved and sized by the keyboard, within the picture", async () => {
    const { viewer } = await opened(5);
    viewer.startDrawing();
    viewer.regionStep(1, 0, "move");
    expect(viewer.region).toEqual({ x: 0.25, y: 0.25, width: 0.5, height: 0.5 });
    viewer.regionStep(1, 0, "move");
    expect(viewer.region?.x).toBeCloseTo(0.27);
    viewer.regionStep(0, 1, "resize");
    expect(viewer.region?.height).toBeCloseTo(0.52);
    for (let press = 0; press < 100; press++) viewer.regionStep(1, 1, "move");
    expect(viewer.region!.x + viewer.region!.width).toBeCloseTo(1);
  });

  it("starts in what is in view", async () => {
    const { viewer } = await opened(5);
    viewer.zoomBy(4, { x: 1200, y: 800 });
    viewer.startDrawing();
    viewer.regionStep(0, 1, "move");
    expect(viewer.region!.x).toBeGreaterThan(0.75);
    expect(viewer.region!.width).toBeCloseTo(0.125);
  });

  it("is gone with the photo, but not because others arrive", async () => {
    const { viewer, go, place } = await opened(5);
    viewer.startDrawing();
    viewer.regionStep(0, 1, "move");
    place.ids = [...Array.from(place.ids), 21];
    go(5);
    expect(viewer.region).not.toBeNull();
    go(6);
    expect(viewer.drawing).toBe(false);
    expect(viewer.region).toBeNull();
  });

  it("knows where the pointer is in the picture", async () => {
    const { viewer } = await opened(5);
    expect(viewer.toFractions({ x: 600, y: 200 })).toEqual({ x: 0.5, y: 0.25 });
  });
});
