/** What the panel knows about the selected photos: all about one, the common of several. */

import type { Backend } from "../../backend/backend";
import type { PhotoDetail, PhotoRow } from "../../backend/wire";
import { latest } from "../../lib/latest";
import type { PhotoRows } from "../../photo/photo-rows.svelte";
import { summarize } from "./summary";

/** Of more photos than this only the first are looked at: their rows have to travel. */
export const MOST_SUMMARIZED = 2_000;
const BATCH = 500;

export class Info {
  /** About the one selected photo; stays until the next one's is there. */
  detail: PhotoDetail | null = $state.raw(null);
  #several: readonly PhotoRow[] = $state.raw([]);
  #rows: PhotoRows;
  #ask: (photos: readonly number[]) => Promise<PhotoDetail | PhotoRow[] | null | undefined>;

  constructor(backend: Backend, rows: PhotoRows) {
    this.#rows = rows;
    this.#ask = latest(async (photos) => {
      const [first] = photos;
      if (first === undefined) return null;
      if (photos.length === 1) return backend.photo(first);
      const asked = photos.slice(0, MOST_SUMMARIZED);
      const found: PhotoRow[] = [];
      for (let at = 0; at < asked.length; at += BATCH) found.push(...(await backend.photoRows(asked.slice(at, at + BATCH))));
      return found;
    });
  }

  readonly summary = $derived.by(() => summarize(this.#several.map((row) => this.#rows.get(row.id) ?? row)));

  /** The one photo's row, with the newest decisions. */
  readonly row: PhotoRow | null = $derived.by(() => this.detail && (this.#rows.get(this.detail.row.id) ?? this.detail.row));

  async show(photos: readonly number[]): Promise<void> {
    // A photo that is gone by now, or an engine that is away: what was shown stays, and the next change asks again.
    const answer = await this.#ask(photos).catch(() => undefined);
    if (answer === undefined) return;
    if (answer !== null) this.#rows.put(Array.isArray(answer) ? answer : [answer.row]);
    this.detail = answer !== null && !Array.isArray(answer) ? answer : null;
    this.#several = Array.isArray(answer) ? answer : [];
  }
}
