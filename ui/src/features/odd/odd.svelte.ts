/** Photos unlike all others, by what makes them odd; those that are kept leave at once. */
import { BackendError, type Backend } from "../../backend/backend";
import type { Failure, OddCauseWord, OddRow } from "../../backend/wire";
import { latest } from "../../lib/latest";
import type { PhotoRows } from "../../photo/photo-rows.svelte";

/** In the order in which they are shown; `unlike` where no cause can be told. */
export const CAUSES: readonly OddCause[] = ["screenshot", "document", "blurred", "dark", "blank", "small", "unlike"];
export type OddCause = OddCauseWord | "unlike";

export const causeOf = ({ cause }: OddRow): OddCause => cause ?? "unlike";

export class OddOnes {
  /** The oddest first; null until the first answer. */
  list: readonly OddRow[] | null = $state.raw(null);
  /** Only these are shown; null for all. */
  cause: OddCause | null = $state(null);
  failure: Failure | null = $state.raw(null);
  #ask = latest(() => this.backend.oddOnes(0));

  constructor(
    private readonly backend: Backend,
    private readonly rows: PhotoRows,
  ) {}

  /** How many there are of each cause that there is. */
  readonly counts: readonly { cause: OddCause; photos: number }[] = $derived.by(() =>
    CAUSES.map((cause) => ({ cause, photos: (this.list ?? []).filter((odd) => causeOf(odd) === cause).length })).filter(({ photos }) => photos > 0),
  );

  /** Those of the chosen cause, cause by cause, the oddest of each first. */
  readonly shown: readonly OddRow[] = $derived.by(() => {
    const chosen = this.counts.some(({ cause }) => cause === this.cause) ? this.cause : null;
    return CAUSES.filter((cause) => chosen === null || cause === chosen).flatMap((cause) => (this.list ?? []).filter((odd) => causeOf(odd) === cause));
  });

  async refresh(): Promise<void> {
    try {
      const list = await this.#ask();
      if (!list) return;
      this.rows.put(list.map(({ photo }) => photo));
      this.list = list;
      this.failure = null;
    } catch (error) {
      this.failure = error instanceof BackendError ? error.failure : null;
    }
  }

  /** These leave the list before the engine has said anything. */
  leave(photos: readonly number[]): void {
    this.list = (this.list ?? []).filter(({ photo }) => !photos.includes(photo.id));
  }
}

/** The photo to go on with when some leave a list: the next that stays, else the one before. */
export function nextAfter(order: readonly number[], leaving: readonly number[]): number | null {
  const at = order.findIndex((photo) => leaving.includes(photo));
  const stays = (photo: number) => !leaving.includes(photo);
  return order.slice(at).find(stays) ?? order.slice(0, Math.max(0, at)).findLast(stays) ?? null;
}
