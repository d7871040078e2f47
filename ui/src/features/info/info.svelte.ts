/** What the panel knows about the selected photos: all about one, the common of several. */

import type { Backend } from "../../backend/backend";
import type { AlbumOf, PhotoDetail, PhotoRow, TagOn } from "../../backend/wire";
import { latest } from "../../lib/latest";
import type { PhotoRows } from "../../photo/photo-rows.svelte";
import { summarize, type Summary } from "./summary";

/** Of more photos than this only the first are looked at: their rows have to travel. */
export const MOST_SUMMARIZED = 2_000;
const BATCH = 500;

/** What was found out about a selection. */
interface About {
  photos: readonly number[];
  detail: PhotoDetail | null;
  several: readonly PhotoRow[];
  tags: readonly TagOn[];
  albums: readonly AlbumOf[];
}

const NOTHING: About = { photos: [], detail: null, several: [], tags: [], albums: [] };

export class Info {
  /** What is shown stays until the newest answer is there. */
  #about: About = $state.raw(NOTHING);
  #rows: PhotoRows;
  #ask: (photos: readonly number[]) => Promise<About | undefined>;

  constructor(backend: Backend, rows: PhotoRows) {
    this.#rows = rows;
    this.#ask = latest(async (photos) => {
      const [first] = photos;
      if (first === undefined) return NOTHING;
      const asked = photos.slice(0, MOST_SUMMARIZED);
      const [detail, tags, albums] = await Promise.all([photos.length === 1 ? backend.photo(first) : null, backend.tagsOf(asked), backend.albumsOf(asked)]);
      const several: PhotoRow[] = [];
      for (let at = 0; at < asked.length && !detail; at += BATCH) several.push(...(await backend.photoRows(asked.slice(at, at + BATCH))));
      return { photos, detail, several, tags, albums };
    });
  }

  /** The photos that all of this is about. */
  get photos(): readonly number[] {
    return this.#about.photos;
  }

  /** How many of them were looked at. */
  get lookedAt(): number {
    return Math.min(this.photos.length, MOST_SUMMARIZED);
  }

  /** The tags that they have, with how many of those that were looked at. */
  get tags(): readonly TagOn[] {
    return this.#about.tags;
  }

  get albums(): readonly AlbumOf[] {
    return this.#about.albums;
  }

  get detail(): PhotoDetail | null {
    return this.#about.detail;
  }

  /** The one photo's row, with the newest decisions. */
  readonly row: PhotoRow | null = $derived.by(() => this.detail && (this.#rows.get(this.detail.row.id) ?? this.detail.row));

  /** Of several photos, with the newest decisions. */
  readonly summary: Summary | null = $derived.by(() => summarize(this.#about.several.map((row) => this.#rows.get(row.id) ?? row)));

  async show(photos: readonly number[]): Promise<void> {
    // A photo that is gone by now, or an engine that is away: what was shown stays, and the next change asks again.
    const about = await this.#ask(photos).catch(() => undefined);
    if (about === undefined) return;
    this.#rows.put(about.detail ? [about.detail.row] : about.several);
    this.#about = about;
  }
}
