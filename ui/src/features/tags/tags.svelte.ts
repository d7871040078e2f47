/** The tags there are, and those that some photos have. */
import type { Backend } from "../../backend/backend";
import type { TagOn, TagRow } from "../../backend/wire";
import { latest } from "../../lib/latest";

export class Tags {
  /** In the order of the alphabet, each after the one that it lies below; null until the first answer. */
  all: TagRow[] | null = $state.raw(null);
  /** What the photos asked about have. */
  on: TagOn[] = $state.raw([]);
  #ask: (photos: number[]) => Promise<[TagRow[], TagOn[]] | undefined>;

  constructor(backend: Backend) {
    this.#ask = latest((photos) => Promise.all([backend.tags(), backend.tagsOf(photos)]));
  }

  /** Asks anew. An engine that is away leaves what was known. */
  async learn(photos: number[]): Promise<void> {
    const answer = await this.#ask(photos).catch(() => undefined);
    if (answer) [this.all, this.on] = answer;
  }
}
