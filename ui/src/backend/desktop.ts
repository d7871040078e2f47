/** The engine in the same process as the window, through Tauri. The only file that imports Tauri. */
import { Channel, convertFileSrc, invoke } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { BackendError, type Backend, type DroppedPaths, type GridShape, type MapDims, type ThumbnailSize } from "./backend";
import { Commands } from "./commands";
import { decodeFacts, decodeGroups, decodePoints } from "./map-bytes";
import { decodeShape } from "./shape";
import type { Event, Failure, LayoutWord, MapBytes, PhotoFilter, QueryPicture, Request } from "./wire";

export class DesktopBackend extends Commands implements Backend {
  readonly surface = "desktop";
  /** `thumb://localhost/`, or `http://thumb.localhost/` on Windows. */
  readonly #pictures = convertFileSrc("", "thumb");
  readonly #listeners = new Set<(event: Event) => void>();
  #channel: Channel<Event> | null = null;

  chooseFolder = () => ask<string | null>("choose_folder");

  async gridShape(filter: PhotoFilter): Promise<GridShape> {
    return decodeShape(await ask<ArrayBuffer>("grid_shape", { filter }));
  }

  mapPoints = async (layout: LayoutWord, dims: MapDims) => decodePoints(await mapBytes({ what: "points", layout, dims }));
  mapFacts = async () => decodeFacts(await mapBytes({ what: "facts" }));
  mapGroups = async (fineness: number) => decodeGroups(await mapBytes({ what: "clusters", fineness }));

  takeQueryPicture = (bytes: Uint8Array) => ask<QueryPicture>("take_query_picture", bytes);
  takeQueryFile = (path: string) => ask<QueryPicture>("take_query_file", { path });

  savePicture = async (png: Blob) => ask<boolean>("save_picture", new Uint8Array(await png.arrayBuffer()));

  thumbnailUrl = (photo: number, size: ThumbnailSize) => `${this.#pictures}thumb/${photo}/${size}`;
  pictureUrl = (photo: number, longSide: number | null) => `${this.#pictures}picture/${photo}/${longSide ?? "full"}`;
  queryPictureUrl = (token: string) => `${this.#pictures}query-picture/${encodeURIComponent(token)}`;

  listen(onEvent: (event: Event) => void): () => void {
    this.#listeners.add(onEvent);
    // The engine tells each page once, on the channel that it opened last.
    if (this.#channel === null) {
      this.#channel = new Channel<Event>();
      this.#channel.onmessage = (event) => {
        for (const tell of this.#listeners) tell(event);
      };
      void ask("listen", { channel: this.#channel });
    }
    return () => this.#listeners.delete(onEvent);
  }

  onConnection(): () => void {
    return () => {};
  }

  onDroppedPaths(onDropped: (dropped: DroppedPaths) => void, onOver: (isOver: boolean) => void): () => void {
    const listening = getCurrentWebview().onDragDropEvent(({ payload }) => {
      if (payload.type !== "over") onOver(payload.type === "enter");
      if (payload.type !== "drop") return;
      const { x, y } = payload.position.toLogical(devicePixelRatio);
      onDropped({ paths: payload.paths, x, y });
    });
    return () => void listening.then((stop) => stop());
  }

  protected send(request: Request): Promise<unknown> {
    return ask("call", { request });
  }
}

function mapBytes(query: MapBytes): Promise<ArrayBuffer> {
  return ask<ArrayBuffer>("map_bytes", { query });
}

async function ask<Answer>(command: string, args?: Record<string, unknown> | Uint8Array): Promise<Answer> {
  try {
    return await invoke<Answer>(command, args);
  } catch (error) {
    throw new BackendError(isFailure(error) ? error : { code: "internal", what: String(error), hint: null });
  }
}

function isFailure(error: unknown): error is Failure {
  return typeof error === "object" && error !== null && "code" in error && "what" in error;
}
