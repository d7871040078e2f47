/** Sidecars: whether decisions are written beside photos, and which sidecars say something else. */
import type { Backend } from "../../backend/backend";
import type { SidecarState } from "../../backend/wire";
import { latest } from "../../lib/latest";

export class Sidecars {
  /** Null until the first answer. */
  state: SidecarState | null = $state.raw(null);
  #ask = latest(() => this.backend.sidecars());

  constructor(private readonly backend: Backend) {}

  get conflicts(): number {
    return this.state?.conflicts.length ?? 0;
  }

  /** Asks anew. An engine that is away leaves what was known. */
  async refresh(): Promise<void> {
    const state = await this.#ask().catch(() => undefined);
    if (state) this.state = state;
  }

  async setWrites(write: boolean): Promise<void> {
    await this.backend.setWriteSidecars(write);
    await this.refresh();
  }

  /** These conflicts are settled: they leave before the engine has said anything. */
  leave(pictures: readonly number[]): void {
    if (this.state) this.state = { ...this.state, conflicts: this.state.conflicts.filter(({ picture }) => !pictures.includes(picture)) };
  }
}
