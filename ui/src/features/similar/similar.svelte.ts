/**
 * The search by look: asks, keeps what is shown until the newest answer is there, and remembers earlier answers with their
 * scroll position, so that back and forward show them at once. Knows no elements.
 */

import { BackendError, type Backend } from "../../backend/backend";
import type { Failure, SimilarAnswer, SimilarQuery } from "../../backend/wire";
import { latest } from "../../lib/latest";
import type { PhotoRows } from "../../photo/photo-rows.svelte";
import { isEmpty, queryKey } from "./query";

/** Earlier answers kept: a few hundred rows each. */
const REMEMBERED = 20;

interface Remembered {
  answer: SimilarAnswer;
  scrollTop: number;
}

export class SimilarSearch {
  /** The newest answer, and what it answers; stays while another is asked for. */
  shown: { query: SimilarQuery; answer: SimilarAnswer } | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  /** The query on its way whose results are not shown in any form yet; null when there is none. */
  #awaited: SimilarQuery | null = $state.raw(null);
  #remembered = new Map<string, Remembered>();
  #rows: PhotoRows;
  #ask: (query: SimilarQuery) => Promise<SimilarAnswer | undefined>;

  constructor(backend: Backend, rows: PhotoRows) {
    this.#rows = rows;
    this.#ask = latest((query) => backend.similar(query));
  }

  /** What is shown belongs to an earlier question. */
  get isStale(): boolean {
    return this.#awaited !== null;
  }

  /** Shows the answer to this query: a remembered one at once, and the newest as soon as it is there. */
  async show(query: SimilarQuery): Promise<void> {
    if (isEmpty(query)) {
      this.shown = this.failure = this.#awaited = null;
      return;
    }
    const remembered = this.#remembered.get(queryKey(query));
    if (remembered) {
      this.shown = { query, answer: remembered.answer };
      this.#awaited = null;
    } else this.#awaited = query;
    try {
      const answer = await this.#ask(query);
      if (answer === undefined) return;
      this.#rows.put(answer.results.map(({ photo }) => photo));
      this.#remember(queryKey(query), { answer, scrollTop: this.scrollTops.of(queryKey(query)) });
      this.shown = { query, answer };
      this.failure = null;
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      this.failure = error.failure;
      if (!remembered) this.shown = null;
    }
    this.#awaited = null;
  }

  /** Where each answer was left, by the key of its query. */
  readonly scrollTops = {
    of: (key: string): number => this.#remembered.get(key)?.scrollTop ?? 0,
    keep: (key: string, scrollTop: number): void => {
      const remembered = this.#remembered.get(key);
      if (remembered) remembered.scrollTop = scrollTop;
    },
  };

  #remember(key: string, remembered: Remembered): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, remembered);
    const oldest = this.#remembered.size > REMEMBERED ? this.#remembered.keys().next().value : undefined;
    if (oldest !== undefined) this.#remembered.delete(oldest);
  }
}
