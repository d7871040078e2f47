/** What is known of photos in lists, fetched in batches for what is on screen and kept while there is room. */
import { SvelteMap } from "svelte/reactivity";
import type { Backend } from "../backend/backend";
import type { PhotoRow } from "../backend/wire";

/** Photos kept at most: some hundred bytes each. */
const KEPT = 6_000;
/** Photos asked for at once. */
const BATCH = 120;

export class PhotoRows {
  #rows = new SvelteMap<number, PhotoRow>();
  #asked = new Set<number>();
  /** Kept, but perhaps no longer true: shown until the newer is there. */
  #stale = new Set<number>();
  #wanted: number[] = [];
  #running = false;

  constructor(private readonly backend: Backend) {}

  get(photo: number): PhotoRow | undefined {
    return this.#rows.get(photo);
  }

  /** Takes in rows that came with another answer. */
  put(rows: readonly PhotoRow[]): void {
    for (const row of rows) this.#keep(row);
    this.#makeRoom();
  }

  /** Photos or files changed: whoever is wanted next is asked for anew. */
  markStale(): void {
    this.#stale = new Set(this.#rows.keys());
  }

  /** These are on screen now. What was wanted before and is not asked for yet is forgotten: only the newest counts. */
  want(photos: readonly number[]): void {
    this.#wanted = photos.filter((photo) => (!this.#rows.has(photo) || this.#stale.has(photo)) && !this.#asked.has(photo));
    void this.#fetch();
  }

  /** Asks again for photos whose decisions or files changed, as far as they are kept. */
  async refresh(photos: readonly number[] | "all"): Promise<void> {
    const kept = photos === "all" ? [...this.#rows.keys()] : photos.filter((photo) => this.#rows.has(photo));
    for (let at = 0; at < kept.length; at += BATCH) {
      const batch = kept.slice(at, at + BATCH);
      const rows = await this.backend.photoRows(batch).catch(() => []);
      for (const row of rows) this.#keep(row);
    }
  }

  async #fetch(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.#wanted.length > 0) {
      const batch = this.#wanted.splice(0, BATCH);
      for (const photo of batch) this.#asked.add(photo);
      // A failure leaves the tiles as they are: they are asked for again when they come on screen again.
      this.put(await this.backend.photoRows(batch).catch(() => []));
      for (const photo of batch) this.#asked.delete(photo);
    }
    this.#running = false;
  }

  #keep(row: PhotoRow): void {
    this.#rows.set(row.id, row);
    this.#stale.delete(row.id);
  }

  #makeRoom(): void {
    if (this.#rows.size <= KEPT) return;
    // The oldest go first: a map keeps the order in which its entries came.
    const surplus = this.#rows.size - KEPT * 0.75;
    let gone = 0;
    for (const photo of this.#rows.keys()) {
      if (gone++ >= surplus) break;
      this.#rows.delete(photo);
    }
  }
}
