/** Many files that go at once: the plan before, and what came of each file. */
import { BackendError, type Backend } from "../../backend/backend";
import type { CleanupPlan, CleanupReport, DuplicateChoice, Failure } from "../../backend/wire";
import { latest } from "../../lib/latest";

export class Bulk {
  /** Null while it is made. */
  plan: CleanupPlan | null = $state.raw(null);
  report: CleanupReport | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  /** Albums, tags and the like of what goes pass to what stays. */
  passOn = $state(true);
  moving = $state(false);
  #choices: DuplicateChoice[] = [];
  #ask = latest((choices: DuplicateChoice[], passOn: boolean) => this.backend.planCleanup(choices, passOn));

  constructor(private readonly backend: Backend) {}

  /** Plans to move what `collect` finds. */
  async prepare(collect: () => Promise<DuplicateChoice[]>): Promise<void> {
    await this.#try(async () => {
      this.#choices = await collect();
      await this.#replan();
    });
  }

  async setPassOn(passOn: boolean): Promise<void> {
    this.passOn = passOn;
    await this.#try(() => this.#replan());
  }

  /** Does it; the report is null when it could not even begin. */
  async carryOut(): Promise<CleanupReport | null> {
    this.moving = true;
    await this.#try(async () => {
      this.report = await this.backend.cleanUp(this.#choices, this.passOn, []);
    });
    this.moving = false;
    return this.report;
  }

  async #replan(): Promise<void> {
    const plan = await this.#ask(this.#choices, this.passOn);
    if (plan) this.plan = plan;
  }

  async #try(what: () => Promise<void>): Promise<void> {
    this.failure = null;
    try {
      await what();
    } catch (error) {
      this.failure = error instanceof BackendError ? error.failure : { code: "unknown", what: "", hint: null };
    }
  }
}
