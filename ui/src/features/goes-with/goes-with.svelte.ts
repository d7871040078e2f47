/** What goes with photos: asks, and keeps what is shown until the newest answer is there. */
import { BackendError, type Backend } from "../../backend/backend";
import type { Failure, GoesWithAnswer } from "../../backend/wire";
import { latest } from "../../lib/latest";
import type { PhotoRows } from "../../photo/photo-rows.svelte";

export class GoesWithSearch {
  /** The newest answer, and the photos that it is for; stays while another is asked for. */
  shown: { photos: readonly number[]; answer: GoesWithAnswer } | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  /** What is shown belongs to an earlier question. */
  isStale = $state(false);
  #ask: (photos: number[], limit: number) => Promise<GoesWithAnswer | undefined>;

  constructor(
    backend: Backend,
    private readonly rows: PhotoRows,
  ) {
    this.#ask = latest((photos, limit) => backend.goesWith(photos, limit));
  }

  async show(photos: readonly number[], limit: number): Promise<void> {
    this.isStale = this.shown?.photos.join() !== photos.join();
    try {
      const answer = photos.length === 0 ? null : await this.#ask([...photos], limit);
      if (answer === undefined) return;
      if (answer) this.rows.put(answer.results.map(({ photo }) => photo));
      this.shown = answer && { photos, answer };
      this.failure = null;
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      this.failure = error.failure;
      this.shown = null;
    }
    this.isStale = false;
  }
}
