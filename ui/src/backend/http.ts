/** The engine behind `likeness serve`: same origin, a cookie does the rest. */
import { BackendError, type Backend, type GridShape, type MapDims, type ThumbnailSize } from "./backend";
import { Commands } from "./commands";
import { decodeFacts, decodeGroups, decodePoints } from "./map-bytes";
import { decodeShape } from "./shape";
import type { Event, Failure, LayoutWord, MapBytes, PhotoFilter, QueryPicture, Request } from "./wire";

/** Milliseconds until a lost connection is tried again. */
const RETRY_MS = 1_500;
/** Of pictures that are kept, in every language. */
const PICTURE_NAME = "Likeness.png";
const JSON_HEADERS = { "content-type": "application/json" };

export class HttpBackend extends Commands implements Backend {
  readonly surface = "browser";

  chooseFolder = () => Promise.resolve(null);

  async gridShape(filter: PhotoFilter): Promise<GridShape> {
    return decodeShape(await (await post("/api/shape", JSON.stringify(filter), JSON_HEADERS)).arrayBuffer());
  }

  mapPoints = async (layout: LayoutWord, dims: MapDims) => decodePoints(await mapBytes({ what: "points", layout, dims }));
  mapFacts = async () => decodeFacts(await mapBytes({ what: "facts" }));
  mapGroups = async (fineness: number) => decodeGroups(await mapBytes({ what: "clusters", fineness }));

  async takeQueryPicture(bytes: Uint8Array): Promise<QueryPicture> {
    return (await post("/api/query-picture", bytes as Uint8Array<ArrayBuffer>)).json();
  }
  /** A browser never tells paths: whoever drops a file here gives its bytes. */
  takeQueryFile = (path: string) =>
    Promise.reject(new BackendError({ code: "unsupported", what: `${path} can't be read by its path from a browser`, hint: null }));

  savePicture(png: Blob): Promise<boolean> {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(png);
    link.download = PICTURE_NAME;
    link.click();
    // The browser reads it a little later.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return Promise.resolve(true);
  }

  thumbnailUrl = (photo: number, size: ThumbnailSize) => `/thumb/${photo}/${size}`;
  pictureUrl = (photo: number, longSide: number | null) => `/picture/${photo}/${longSide ?? "full"}`;
  queryPictureUrl = (token: string) => `/query-picture/${encodeURIComponent(token)}`;

  #onConnection = new Set<(connected: boolean) => void>();

  listen(onEvent: (event: Event) => void): () => void {
    let source: EventSource | null = null;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let lost = false;
    const connect = () => {
      source = new EventSource("/api/events");
      source.onopen = () => {
        if (lost) for (const tell of this.#onConnection) tell(true);
        lost = false;
      };
      source.onmessage = ({ data }: MessageEvent<string>) => onEvent(JSON.parse(data) as Event);
      // EventSource tries again by itself only after some failures: closing and waiting treats all alike.
      source.onerror = () => {
        source?.close();
        if (!lost) for (const tell of this.#onConnection) tell(false);
        lost = true;
        retry = setTimeout(connect, RETRY_MS);
      };
    };
    connect();
    return () => {
      clearTimeout(retry);
      source?.close();
    };
  }

  onConnection(onChanged: (connected: boolean) => void): () => void {
    this.#onConnection.add(onChanged);
    return () => this.#onConnection.delete(onChanged);
  }

  onDroppedPaths(): () => void {
    return () => {};
  }

  protected async send(request: Request): Promise<unknown> {
    const answer = await post("/api/call", JSON.stringify(request), JSON_HEADERS);
    const text = await answer.text();
    return text === "" ? null : JSON.parse(text);
  }
}

async function mapBytes(query: MapBytes): Promise<ArrayBuffer> {
  return (await post("/api/map", JSON.stringify(query), JSON_HEADERS)).arrayBuffer();
}

async function post(address: string, body: BodyInit, headers: HeadersInit = {}): Promise<Response> {
  const answer = await fetch(address, { method: "POST", body, headers }).catch((error: unknown) => {
    throw new BackendError({ code: "connectionLost", what: String(error), hint: null });
  });
  if (answer.ok) return answer;
  const failure = (await answer.json().catch(() => null)) as Failure | null;
  throw new BackendError(failure ?? { code: "http", what: `${answer.status} ${answer.statusText}`, hint: null });
}
