/** The albums, as they are now: asked for when they or their photos change. */
import type { Backend } from "../../backend/backend";
import type { AlbumRow } from "../../backend/wire";
import { latest } from "../../lib/latest";
import type { RenamePlace } from "./album-menu";

export class Albums {
  /** Each after the one that it lies in; null until the first answer. */
  list: AlbumRow[] | null = $state.raw(null);
  /** The album whose name is being written, and where. */
  renaming: { album: number; place: RenamePlace } | null = $state.raw(null);
  /** The one that photos were added to last. */
  lastUsed: number | null = null;
  #ask = latest(() => this.backend.albums());
  #newest: Promise<void> = Promise.resolve();

  constructor(private readonly backend: Backend) {}

  get(album: number | null): AlbumRow | null {
    return this.list?.find(({ id }) => id === album) ?? null;
  }

  /** What lies in an album, in its order; at the top for null. */
  inside(parent: number | null): AlbumRow[] {
    return this.list?.filter((album) => album.parent === parent) ?? [];
  }

  /** The albums that an album lies in, the outermost first. */
  above(album: AlbumRow): AlbumRow[] {
    const parent = this.get(album.parent);
    return parent ? [...this.above(parent), parent] : [];
  }

  /** Its name becomes a field. */
  rename(album: number, place: RenamePlace): void {
    this.renaming = { album, place };
  }

  /** A name that none of those beside it has: `New album 2`. */
  freeName(name: string, parent: number | null): string {
    const taken = new Set(this.inside(parent).map((album) => album.name));
    for (let number = 1; ; number++) {
      const free = number === 1 ? name : `${name} ${number}`;
      if (!taken.has(free)) return free;
    }
  }

  /** Whether an album is another, or lies in it. */
  liesIn(album: number, other: number): boolean {
    for (let at: number | null = album; at !== null; at = this.get(at)?.parent ?? null) if (at === other) return true;
    return false;
  }

  /** Asks anew; when it resolves, the list is no older than this call. An engine that is away leaves what was known. */
  async refresh(): Promise<void> {
    let awaited = (this.#newest = this.#take());
    await awaited;
    // Whoever asked later has the answer.
    while (awaited !== this.#newest) await (awaited = this.#newest);
  }

  async #take(): Promise<void> {
    const list = await this.#ask().catch(() => undefined);
    if (list) this.list = list;
  }
}
