/**
 * The pictures that the viewer holds ready: loaded and decoded before they are shown, so that showing one is a swap and
 * never a flash. Knows addresses only.
 */

import { SvelteMap } from "svelte/reactivity";

/** Loads and decodes the picture at an address; rejects when it cannot be shown. */
export type LoadPicture = (url: string) => Promise<HTMLImageElement>;

export class Pictures {
  #load: LoadPicture;
  /** Undefined: never asked for. Null: on its way. */
  #held = new SvelteMap<string, HTMLImageElement | "broken" | null>();

  constructor(load: LoadPicture = loadPicture) {
    this.#load = load;
  }

  /** The picture, once it is ready. */
  ready(url: string): HTMLImageElement | null {
    const held = this.#held.get(url);
    return typeof held === "object" ? held : null;
  }

  isBroken(url: string): boolean {
    return this.#held.get(url) === "broken";
  }

  /** Makes it ready; done when it is, or when it turned out broken. Asking again costs nothing. */
  async prepare(url: string): Promise<void> {
    if (this.#held.has(url)) return;
    this.#held.set(url, null);
    const outcome = await this.#load(url).catch(() => "broken" as const);
    // It may have been let go meanwhile.
    if (this.#held.has(url)) this.#held.set(url, outcome);
  }

  /** Lets everything else go: decoded pictures are large. Broken ones may be tried again later. */
  keepOnly(urls: ReadonlySet<string>): void {
    for (const url of [...this.#held.keys()]) if (!urls.has(url)) this.#held.delete(url);
  }
}

async function loadPicture(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.decoding = "async";
  image.draggable = false;
  image.src = url;
  try {
    await image.decode();
  } catch (error) {
    // Some engines refuse to decode very large pictures ahead, and show them all the same.
    if (!image.complete || image.naturalWidth === 0) throw error;
  }
  return image;
}
