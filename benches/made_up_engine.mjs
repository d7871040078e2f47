/**
 * An engine for the built pages that has any number of photos and does no work of its own: answers about the map are made
 * before anybody asks, and pictures are real ones, each for many photos. So what is measured is the page.
 */

import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "..");
const PAGES = path.join(ROOT, "ui/dist");
const PICTURES = path.join(process.env.LIKENESS_DATA ?? path.join(ROOT, "../shared/data"), "photos/caltech");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
/** Clusters at each fineness, coarse to fine: those of the finest lie together in the coarser ones. */
const CLUSTERS = [8, 32, 128];
const FINEST = CLUSTERS.at(-1);
const FOLDERS = ["Pictures", "Phone"];
const MINUTES_A_DAY = 1_440;
const DAYS = 12 * 365;
const LAST_DAY = 20_000;
const IDLE = { state: "idle", stage: null, done: 0, total: 0, perSecond: null, secondsLeft: null, failure: null };

/** Serves `count` photos and gives the address and how to stop. */
export async function serveMadeUp(count) {
  const library = madeUp(count);
  const pictures = await readPictures();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const asked = request.method === "POST" ? JSON.parse((await bodyOf(request)) || "{}") : null;
    if (pathname === "/api/events") return response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    if (pathname === "/api/map") return response.end(library.bytes(asked));
    if (pathname === "/api/shape") return response.end(library.shape);
    if (pathname === "/api/call") return response.end(JSON.stringify(library.answer(asked)));
    if (pathname.startsWith("/thumb/")) {
      const photo = Number(pathname.split("/")[2]);
      return response.writeHead(200, { "content-type": "image/jpeg" }).end(pictures[photo % pictures.length]);
    }
    const file = path.join(PAGES, pathname === "/" ? "index.html" : path.normalize(pathname));
    const page = await readFile(file).catch(() => null);
    response.writeHead(page ? 200 : 404, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" }).end(page);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function readPictures() {
  const kinds = await readdir(PICTURES);
  const files = await Promise.all(kinds.map(async (kind) => (await readdir(path.join(PICTURES, kind))).map((file) => path.join(PICTURES, kind, file))));
  return Promise.all(files.flat().map((file) => readFile(file)));
}

/** Round clusters of many sizes, each photo in one. The same for the same count. */
function madeUp(count) {
  const random = randomNumbers(count);
  const around = () => (random() + random() + random()) / 3 - 0.5;
  const middles = Array.from({ length: FINEST }, () => ({ x: random(), y: random(), size: 0.04 + 0.2 * random() ** 3 }));
  const ids = Uint32Array.from({ length: count }, (_, at) => at + 1);
  const [x, y] = [new Float32Array(count), new Float32Array(count)];
  const finest = Uint16Array.from(ids, () => Math.floor(random() ** 2 * FINEST));
  for (let at = 0; at < count; at++) {
    const middle = middles[finest[at]];
    x[at] = middle.x + around() * middle.size;
    y[at] = middle.y + around() * middle.size;
  }
  const minutes = Int32Array.from(ids, (id) => (LAST_DAY - Math.floor((id / count) * DAYS)) * MINUTES_A_DAY);
  const numbers = (values) => new Uint16Array(count).map((_, at) => at % values);
  const clustersAt = (fineness) => finest.map((cluster) => Math.floor((cluster * CLUSTERS[fineness]) / FINEST));
  const legend = Buffer.from(JSON.stringify({ folders: FOLDERS, cameras: [null, "Canon EOS R6"] }));
  const points = packed(head(1, count, 2), ids, x, y);
  const facts = packed(head(1, count, legend.length), ids, minutes, numbers(2), numbers(2), new Uint8Array(count), legend);
  const groups = CLUSTERS.map((_, fineness) => packed(head(1, count), ids, clustersAt(fineness)));
  const labels = CLUSTERS.map((_, fineness) => labelsOf(clustersAt(fineness), { ids, x, y, minutes }));
  const row = (id) => ({
    id, name: `${id}.jpg`, path: `/photos/${id}.jpg`, shownAtMs: minutes[id - 1] * 60_000, takenKnown: true, width: 300, height: 200,
    format: "jpeg", camera: null, sizeBytes: 20_000, stars: 0, flag: "none", availability: "present", preview: null,
  });
  const folder = { id: 1, path: "/photos", name: "photos", state: "online", photos: count, problems: 0, watchNote: null };
  const map = { dims: 2, placed: count, cameLater: 0, neighborsKept: 0.4, madeAtMs: 1, canUndo: false };
  const answers = {
    libraryState: () => ({
      version: "0", folders: [folder], photos: count, findable: count, problems: 0, videos: 0, activity: IDLE, undo: null, redo: null, model: null,
    }),
    mapState: () => ({ findable: count, enough: 36, maps: [map], making: null, clusters: CLUSTERS, fineness: 1 }),
    mapClusters: ({ fineness }) => labels[fineness],
    mapNeighbors: ({ photo }) => [photo > 1 ? photo - 1 : 2],
    photoRows: ({ photos }) => photos.map(row),
    cameras: () => [],
    problems: () => [],
  };
  return {
    shape: packed(head(count), ids, minutes, new Float32Array(count).fill(1.5)),
    bytes: ({ what, fineness }) => (what === "points" ? points : what === "facts" ? facts : groups[fineness]),
    answer: (request) => answers[request.command]?.(request) ?? null,
  };
}

function labelsOf(clusters, { ids, x, y, minutes }) {
  const found = new Map();
  clusters.forEach((cluster, at) => {
    const label = found.get(cluster);
    const ms = minutes[at] * 60_000;
    if (!label) found.set(cluster, { cluster, cover: ids[at], photos: 1, x: x[at], y: y[at], z: 0, fromMs: ms, untilMs: ms, folder: null, camera: null });
    else {
      label.photos++;
      label.fromMs = ms;
    }
  });
  return [...found.values()].sort((a, b) => b.photos - a.photos).map((label) => ({ ...label, folder: `/photos/group ${label.cluster}` }));
}

const head = (...words) => Uint32Array.from(words);

function packed(...arrays) {
  return Buffer.concat(arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
