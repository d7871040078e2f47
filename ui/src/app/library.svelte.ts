/** The library at a glance, kept up to date by the engine's events; tells others what changed. */
import { BackendError, type Backend } from "../backend/backend";
import type { Activity, Failure, LibraryState } from "../backend/wire";
import { latest } from "../lib/latest";

export interface LibraryNews {
  photosChanged: () => void;
  decisionsChanged: (photos: number[]) => void;
  albumsChanged: () => void;
  stateChanged: () => void;
  /** The engine was out of reach for a while: anything may have changed. */
  reconnected: () => void;
}

/** Milliseconds from a change until it counts, together with those that come meanwhile. */
const COUNT_MS = 1_000;

export class Library {
  /** Null until the first answer. */
  state: LibraryState | null = $state.raw(null);
  activity: Activity | null = $state.raw(null);
  connected = $state(true);
  /** Why the newest question had no answer. */
  failure: Failure | null = $state.raw(null);
  /** Counts the changes of photos, at most once a second: what depends on all of them asks again when it changes. */
  photosVersion = $state(0);
  /** Counts what people decided: what shows tags and albums asks again when it changes. */
  decisionsVersion = $state(0);
  /** Counts what the engine told of its activity by itself. */
  #toldOfActivity = 0;
  #countTimer: ReturnType<typeof setTimeout> | undefined;
  #ask = latest(() => this.backend.libraryState());

  constructor(private readonly backend: Backend) {}

  /** Follows the engine until the returned function is called. */
  follow(news: LibraryNews): () => void {
    const stopEvents = this.backend.listen((event) => {
      if (event.event === "activity") {
        this.#toldOfActivity++;
        this.activity = event.activity;
      } else if (event.event === "stateChanged") void this.#stateChanged(news);
      else if (event.event === "decisionsChanged") {
        this.decisionsVersion++;
        news.decisionsChanged(event.photos);
      } else if (event.event === "albumsChanged" || event.event === "tagsChanged") {
        this.decisionsVersion++;
        news.albumsChanged();
      } else if (event.event === "photosChanged") {
        this.#countChange();
        news.photosChanged();
        void this.refresh();
      }
    });
    const stopConnection = this.backend.onConnection((connected) => {
      this.connected = connected;
      if (!connected) return;
      void this.refresh();
      news.reconnected();
    });
    return () => {
      stopEvents();
      stopConnection();
    };
  }

  #countChange(): void {
    this.#countTimer ??= setTimeout(() => {
      this.#countTimer = undefined;
      this.photosVersion++;
    }, COUNT_MS);
  }

  async refresh(): Promise<void> {
    const told = this.#toldOfActivity;
    try {
      const state = await this.#ask();
      if (!state) return;
      this.state = state;
      // What was told meanwhile is newer: the answer may speak of work that has ended.
      if (told === this.#toldOfActivity) this.activity = state.activity;
      this.failure = null;
    } catch (error) {
      // Once something is shown it stays: the connection's return asks again.
      this.failure = error instanceof BackendError ? error.failure : null;
    }
  }

  /** Holds the work. That is seen at once: the engine's own news comes with its next count, which may be far. */
  async pause(): Promise<void> {
    await this.#hold("paused", () => this.backend.pauseWork());
  }

  async resume(): Promise<void> {
    await this.#hold("working", () => this.backend.resumeWork());
  }

  async #hold(state: "paused" | "working", ask: () => Promise<void>): Promise<void> {
    if (this.activity) this.activity = { ...this.activity, state, perSecond: null, secondsLeft: null };
    try {
      await ask();
    } catch (error) {
      void this.refresh();
      throw error;
    }
  }

  /** A folder that comes or goes changes what can be reached of its photos. */
  async #stateChanged(news: LibraryNews): Promise<void> {
    const before = reach(this.state);
    news.stateChanged();
    await this.refresh();
    if (reach(this.state) !== before) news.photosChanged();
  }
}

function reach(state: LibraryState | null): string {
  return state?.folders.map(({ id, state }) => `${id} ${state}`).join() ?? "";
}
