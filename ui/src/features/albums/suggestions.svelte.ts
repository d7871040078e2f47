/** Clusters that could be albums, as they are now: those of the wall, and the parts of those that were opened. */
import { SvelteMap } from "svelte/reactivity";
import type { Backend } from "../../backend/backend";
import type { SuggestionRow } from "../../backend/wire";
import { latest } from "../../lib/latest";

export class Suggestions {
  /** The pinned first, then the largest; null until the first answer. */
  list: SuggestionRow[] | null = $state.raw(null);
  /** The one whose name is being written. */
  renaming: number | null = $state(null);
  /** Of each that was opened. */
  #parts = new SvelteMap<number, SuggestionRow[]>();
  #isLookedAt = false;
  #ask = latest(() => this.backend.suggestions(null));

  constructor(private readonly backend: Backend) {}

  /** As far as it is known. */
  get(suggestion: number | null): SuggestionRow | null {
    return [this.list ?? [], ...this.#parts.values()].flat().find(({ id }) => id === suggestion) ?? null;
  }

  partsOf(suggestion: number): readonly SuggestionRow[] {
    return this.#parts.get(suggestion) ?? [];
  }

  /** The suggestions that one is a part of, the outermost first. */
  above(suggestion: number): SuggestionRow[] {
    const parent = [...this.#parts].find(([, parts]) => parts.some(({ id }) => id === suggestion))?.[0];
    const row = parent === undefined ? null : this.get(parent);
    return row ? [...this.above(row.id), row] : [];
  }

  /** The wall comes into view, or with an id the photos of one. */
  async look(suggestion: number | null = null): Promise<void> {
    const isKnown = this.#isLookedAt;
    this.#isLookedAt = true;
    if (suggestion !== null && !this.#parts.has(suggestion)) await this.#askParts(suggestion);
    if (!isKnown) await this.refresh();
    if (suggestion !== null) await this.#findAbove(suggestion);
  }

  /** Asks anew for what was looked at. An engine that is away leaves what was known. */
  async refresh(): Promise<void> {
    if (!this.#isLookedAt) return;
    const [list] = await Promise.all([this.#ask().catch(() => undefined), ...[...this.#parts.keys()].map((id) => this.#askParts(id))]);
    if (list) this.list = list;
  }

  /** A part that an address led to: it is known once the one that it is a part of is. */
  async #findAbove(suggestion: number): Promise<void> {
    for (const { id, parts } of this.list ?? []) {
      if (this.get(suggestion)) return;
      if (parts > 0 && !this.#parts.has(id)) await this.#askParts(id);
    }
  }

  async #askParts(suggestion: number): Promise<void> {
    const parts = await this.backend.suggestions(suggestion).catch(() => undefined);
    if (parts) this.#parts.set(suggestion, parts);
  }
}
