/** Pictures and folders that come from outside: dropped on the window, or pasted. */
import type { Backend } from "../backend/backend";
import type { QueryPicture } from "../backend/wire";

export interface Arrivals {
  /** A picture to find similar photos for. */
  picture: (taken: Promise<QueryPicture>) => void;
  folders: (paths: string[]) => void;
  /** Something that is neither. */
  nothing: () => void;
}

const PICTURE = /\.(jpe?g|png|webp|gif|bmp|tiff?|avif|hei[cf]|jxl|cr[23]|nef|arw|dng|raf|orf|rw2|pef|srw)$/i;

/** What dropped paths are: a picture by its ending when there is one, else folders. */
export function sortPaths(paths: readonly string[]): { picture: string | null; folders: string[] } {
  const picture = paths.find((path) => PICTURE.test(path)) ?? null;
  return { picture, folders: picture === null ? [...paths] : [] };
}

/** Listens until the returned function is called. `over` says whether something is held over the window. */
export function followArrivals(backend: Backend, arrivals: Arrivals, over: (isOver: boolean) => void): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const stopPaths = backend.onDroppedPaths(({ paths }) => {
    const { picture, folders } = sortPaths(paths);
    if (picture !== null) arrivals.picture(backend.takeQueryFile(picture));
    else if (folders.length > 0) arrivals.folders(folders);
  }, over);

  const takeFiles = (files: readonly File[]) => {
    const picture = files.find(({ type, name }) => type.startsWith("image/") || PICTURE.test(name));
    if (!picture) return arrivals.nothing();
    arrivals.picture(picture.arrayBuffer().then((bytes) => backend.takeQueryPicture(new Uint8Array(bytes))));
  };

  // The page's own dragging has no files; leaving a child is followed by entering another.
  let depth = 0;
  const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const on = <Name extends keyof WindowEventMap>(name: Name, listener: (event: WindowEventMap[Name]) => void) =>
    addEventListener(name, listener, { signal });
  on("dragenter", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    if (++depth === 1) over(true);
  });
  on("dragover", (event) => {
    if (holdsFiles(event)) event.preventDefault();
  });
  on("dragleave", (event) => {
    if (!holdsFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) over(false);
  });
  on("drop", (event) => {
    depth = 0;
    over(false);
    if (!holdsFiles(event)) return;
    event.preventDefault();
    // On the desktop the paths arrive by themselves.
    if (backend.surface === "browser") takeFiles([...(event.dataTransfer?.files ?? [])]);
  });
  on("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) takeFiles(files);
  });

  return () => {
    listening.abort();
    stopPaths();
  };
}
