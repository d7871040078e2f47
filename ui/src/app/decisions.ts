/** Ratings and flags, with a message that offers to take them back; undo and redo. */
import { BackendError, type Backend } from "../backend/backend";
import type { DecisionWord, FlagWord, Undone } from "../backend/wire";
import type { Toasts } from "../lib/toasts.svelte";
import { texts } from "../texts/texts";

export class Decisions {
  constructor(
    private readonly backend: Backend,
    private readonly toasts: Toasts,
  ) {}

  async rate(photos: number[], stars: number): Promise<void> {
    if (photos.length === 0) return;
    await this.#try(() => this.backend.rate(photos, stars), texts.app.rated(photos.length, stars));
  }

  async setFlag(photos: number[], flag: FlagWord): Promise<void> {
    if (photos.length === 0) return;
    await this.#try(() => this.backend.setFlag(photos, flag), texts.app.flagged(photos.length, flag));
  }

  async undo(): Promise<void> {
    await this.#step(() => this.backend.undo(), texts.app.undone, texts.app.nothingToUndo);
  }

  async redo(): Promise<void> {
    await this.#step(() => this.backend.redo(), texts.app.redone, texts.app.nothingToRedo);
  }

  async #try(decide: () => Promise<void>, done: string): Promise<void> {
    try {
      await decide();
      this.toasts.show(done, { label: texts.common.undo, run: () => void this.undo() });
    } catch (error) {
      tellFailure(this.toasts, error);
    }
  }

  async #step(step: () => Promise<Undone | null>, done: (action: DecisionWord) => string, nothing: string): Promise<void> {
    try {
      const undone = await step();
      this.toasts.show(undone ? done(undone.action) : nothing);
    } catch (error) {
      tellFailure(this.toasts, error);
    }
  }
}

/** Says what went wrong and what to do. A lost connection has its own banner. */
export function tellFailure(toasts: Toasts, error: unknown): void {
  if (!(error instanceof BackendError)) return toasts.fail(texts.common.unknownFailure);
  if (error.failure.code !== "connectionLost") toasts.fail(error.failure.what, error.failure.hint);
}
