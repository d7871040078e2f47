/** What people decide about photos, tags and albums, each with a message that offers to take it back; undo and redo. */
import { BackendError, type Backend } from "../backend/backend";
import type { AlbumRow, FlagWord, LabelWord, PhotoFilter, SuggestionRow, TrashPlan, Undone } from "../backend/wire";
import { capitalized } from "../lib/format";
import type { Toasts } from "../lib/toasts.svelte";
import { tagName } from "../photo/tag-names";
import { texts } from "../texts/texts";

export class Decisions {
  constructor(
    private readonly backend: Backend,
    private readonly toasts: Toasts,
  ) {}

  async rate(photos: number[], stars: number): Promise<void> {
    if (photos.length > 0) await this.#decide(() => this.backend.rate(photos, stars), texts.app.rated(photos.length, stars));
  }

  async setFlag(photos: number[], flag: FlagWord): Promise<void> {
    if (photos.length > 0) await this.#decide(() => this.backend.setFlag(photos, flag), texts.app.flagged(photos.length, flag));
  }

  async setLabel(photos: number[], label: LabelWord): Promise<void> {
    if (photos.length > 0) await this.#decide(() => this.backend.setLabel(photos, label), texts.app.labelled(photos.length, label));
  }

  async addTag(photos: number[], tag: string): Promise<void> {
    await this.#decide(() => this.backend.addTags(photos, [tag]), texts.tags.added(photos.length, tagName(tag)));
  }

  async removeTag(photos: number[], tag: string): Promise<void> {
    await this.#decide(() => this.backend.removeTags(photos, [tag]), texts.tags.removed(photos.length, tagName(tag)));
  }

  /** An album with these photos, or a saved search when there is a filter; null when there can be none of this name. */
  async createAlbum(name: string, parent: number | null, photos: number[], filter: PhotoFilter | null): Promise<number | null> {
    const { created, saved, createdWith } = texts.albums;
    const done = filter ? saved(name) : photos.length > 0 ? createdWith(name, photos.length) : created(name);
    return this.#decide(() => this.backend.createAlbum(name, parent, photos, filter), done);
  }

  async renameAlbum(album: number, name: string): Promise<void> {
    await this.#decide(() => this.backend.renameAlbum(album, name), texts.albums.renamed(name));
  }

  async moveAlbum(album: number, parent: number | null, before: number | null, done: string): Promise<void> {
    await this.#decide(() => this.backend.moveAlbum(album, parent, before), done);
  }

  async deleteAlbum(album: number, name: string): Promise<void> {
    await this.#decide(() => this.backend.deleteAlbum(album), texts.albums.deleted(name));
  }

  async setAlbumCover(album: number, photo: number | null): Promise<void> {
    await this.#decide(() => this.backend.setAlbumCover(album, photo), photo === null ? texts.albums.coverFreed : texts.albums.coverChosen);
  }

  async addToAlbum(album: number, name: string, photos: number[]): Promise<void> {
    if (photos.length > 0) await this.#decide(() => this.backend.addToAlbum(album, photos), texts.albums.addedTo(photos.length, name));
  }

  async removeFromAlbum(album: number, name: string, photos: number[]): Promise<void> {
    if (photos.length > 0) await this.#decide(() => this.backend.removeFromAlbum(album, photos), texts.albums.removedFrom(photos.length, name));
  }

  async reorderAlbum(album: number, photos: number[], before: number | null): Promise<void> {
    await this.#decide(() => this.backend.reorderAlbum(album, photos, before), texts.albums.reordered(photos.length));
  }

  async setAlbumFilter(album: number, name: string, filter: PhotoFilter): Promise<void> {
    await this.#decide(() => this.backend.setAlbumFilter(album, filter), texts.albums.replaced(name));
  }

  /** The album's id; null when it could not be kept. */
  async keepSuggestion({ id, name, photos }: SuggestionRow): Promise<number | null> {
    return this.#decide(() => this.backend.keepSuggestion(id, null), texts.suggestions.kept(name, photos));
  }

  async renameSuggestion(suggestion: number, name: string): Promise<void> {
    await this.#decide(() => this.backend.renameSuggestion(suggestion, name), texts.albums.renamed(name));
  }

  async pinSuggestion({ id, name }: SuggestionRow, pinned: boolean): Promise<void> {
    const { pinnedNow, unpinnedNow } = texts.suggestions;
    await this.#decide(() => this.backend.pinSuggestion(id, pinned), pinned ? pinnedNow(name) : unpinnedNow(name));
  }

  async splitSuggestion({ id, name, parts }: SuggestionRow): Promise<void> {
    await this.#decide(() => this.backend.splitSuggestion(id), texts.suggestions.splitNow(name, parts));
  }

  async mergeSuggestions(suggestions: readonly SuggestionRow[]): Promise<number | null> {
    const [first, second] = suggestions.map(({ name }) => name);
    const done = texts.suggestions.mergedNow(first ?? "", second ?? "");
    return this.#decide(() => this.backend.mergeSuggestions(suggestions.map(({ id }) => id)), done);
  }

  async dismissSuggestion({ id, name }: SuggestionRow): Promise<void> {
    await this.#decide(() => this.backend.dismissSuggestion(id), texts.suggestions.dismissed(name));
  }

  /** The album's id; null when it could not be made. */
  async teachAlbum(name: string, photos: number[]): Promise<number | null> {
    return this.#decide(() => this.backend.teachAlbum(name, null, photos), texts.proposals.taught(name, photos.length));
  }

  async teachFromAlbum({ id, name, photos }: AlbumRow): Promise<void> {
    await this.#decide(() => this.backend.teachFromAlbum(id), texts.proposals.taught(name, photos));
  }

  /** Yes or no to one photo: the next one says enough. */
  async answerProposal(album: number, photo: number, answer: "yes" | "no"): Promise<boolean> {
    return this.#decideQuietly(() => this.backend.answerProposals(album, answer === "yes" ? [photo] : [], answer === "no" ? [photo] : []));
  }

  async acceptProposals(album: number, name: string, photos: number[]): Promise<void> {
    await this.#decide(() => this.backend.answerProposals(album, photos, []), texts.albums.addedTo(photos.length, name));
  }

  async keepOddOnes(photos: number[]): Promise<void> {
    if (photos.length > 0) await this.#decide(() => this.backend.keepOddOnes(photos), texts.odd.kept(photos.length));
  }

  /** To the system's trash; says which stayed where they were, and why. */
  async moveToTrash(plan: TrashPlan): Promise<void> {
    try {
      const { files, problems, stopped, left } = await this.backend.moveToTrash(plan.files, plan.last);
      const undo = { label: texts.common.undo, run: () => void this.undo() };
      if (files > 0) this.toasts.show(texts.trash.moved(files), undo);
      const why = stopped ?? problems[0]?.reason;
      if (why !== undefined) this.toasts.fail(texts.trash.stayed(problems.length + left), sentence(why));
    } catch (error) {
      tellFailure(this.toasts, error);
    }
  }

  async undo(): Promise<void> {
    await this.#step(() => this.backend.undo(), texts.app.undone, texts.app.nothingToUndo);
  }

  async redo(): Promise<void> {
    await this.#step(() => this.backend.redo(), texts.app.redone, texts.app.nothingToRedo);
  }

  /** Null when it could not be done: then a message says why. */
  async #decide<Answer>(decide: () => Promise<Answer>, done: string): Promise<Answer | null> {
    try {
      const answer = await decide();
      this.toasts.show(done, { label: texts.common.undo, run: () => void this.undo() });
      return answer;
    } catch (error) {
      tellFailure(this.toasts, error);
      return null;
    }
  }

  async #decideQuietly(decide: () => Promise<void>): Promise<boolean> {
    try {
      await decide();
      return true;
    } catch (error) {
      tellFailure(this.toasts, error);
      return false;
    }
  }

  async #step(step: () => Promise<Undone | null>, done: (action: Undone["action"], photos: number) => string, nothing: string): Promise<void> {
    try {
      const undone = await step();
      const report = undone?.report;
      // Files that could not be put back are in the trash as before, and the step can be taken back again.
      if (report?.files !== 0) this.toasts.show(undone ? done(undone.action, undone.photos.length) : nothing);
      const why = report && (report.stopped ?? report.problems[0]?.reason);
      if (why) this.toasts.fail(texts.trash.notBack(report.problems.length), sentence(why));
    } catch (error) {
      tellFailure(this.toasts, error);
    }
  }
}

/** A reason begins small and has no full stop. */
export function sentence(reason: string): string {
  return `${capitalized(reason)}.`;
}

/** Says what went wrong and what to do. A lost connection has its own banner. */
export function tellFailure(toasts: Toasts, error: unknown): void {
  if (!(error instanceof BackendError)) return toasts.fail(texts.common.unknownFailure);
  if (error.failure.code !== "connectionLost") toasts.fail(error.failure.what, error.failure.hint);
}
