/** What the person does with source folders: add, point elsewhere, forget. Which dialog is open, and what it says when it fails. */
import { BackendError, type Backend } from "../../backend/backend";
import type { Folder } from "../../backend/wire";
import type { Toasts } from "../../lib/toasts.svelte";
import { texts } from "../../texts/texts";

export type FolderDialog = { kind: "add" } | { kind: "relink"; folder: Folder } | { kind: "remove"; folder: Folder };

export class Folders {
  /** The dialog that is open; null when none is. */
  dialog: FolderDialog | null = $state.raw(null);
  /** Why the last try in the dialog failed. */
  failure: { what: string; hint: string | null } | null = $state.raw(null);
  busy = $state(false);

  constructor(
    private readonly backend: Backend,
    private readonly toasts: Toasts,
  ) {}

  /** Adds a folder: by the system's dialog where there is one, else by its path. */
  async add(): Promise<void> {
    if (this.backend.surface === "browser") return this.#open({ kind: "add" });
    const path = await this.#choose();
    if (path !== null) await this.addPath(path);
  }

  async addPath(path: string): Promise<void> {
    await this.#try(async () => {
      const folder = await this.backend.addFolder(path.trim());
      this.toasts.show(texts.folders.added(folder.name));
    });
  }

  async relink(folder: Folder): Promise<void> {
    if (this.backend.surface === "browser") return this.#open({ kind: "relink", folder });
    const path = await this.#choose();
    if (path !== null) await this.relinkPath(folder, path);
  }

  async relinkPath(folder: Folder, path: string): Promise<void> {
    await this.#try(async () => void (await this.backend.relinkFolder(folder.id, path.trim())));
  }

  askToRemove(folder: Folder): void {
    this.#open({ kind: "remove", folder });
  }

  async remove(folder: Folder): Promise<void> {
    await this.#try(async () => {
      await this.backend.removeFolder(folder.id);
      this.toasts.show(texts.folders.removed(folder.name));
    });
  }

  async rescan(folder: Folder): Promise<void> {
    await this.#try(() => this.backend.rescan(folder.id));
  }

  close(): void {
    this.dialog = null;
    this.failure = null;
  }

  #open(dialog: FolderDialog): void {
    this.failure = null;
    this.dialog = dialog;
  }

  async #choose(): Promise<string | null> {
    try {
      return await this.backend.chooseFolder();
    } catch (error) {
      this.#tell(error);
      return null;
    }
  }

  async #try(action: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await action();
      this.close();
    } catch (error) {
      this.#tell(error);
    } finally {
      this.busy = false;
    }
  }

  /** In the dialog when one is open, where the person looks; else as a message. */
  #tell(error: unknown): void {
    const failure = error instanceof BackendError ? error.failure : { what: texts.common.unknownFailure, hint: null };
    if (this.dialog) this.failure = failure;
    else this.toasts.fail(failure.what, failure.hint);
  }
}
