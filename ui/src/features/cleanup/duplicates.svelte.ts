/**
 * The review of near-duplicates: all groups at a glance, those in view whole, what goes of each, and where the person is.
 * A group that was decided on leaves at once; the engine's own list comes behind.
 */
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { BackendError, type Backend } from "../../backend/backend";
import type { AlikeLimits, DuplicateChoice, DuplicateGroup, DuplicateMember, DuplicatesAsk, Failure, GroupGlance, LaneWord, VerdictWord } from "../../backend/wire";
import { latest } from "../../lib/latest";
import type { PhotoRows } from "../../photo/photo-rows.svelte";
import { choicesOf, filesOf, freedBy, goes, mustStay, stayingPhotos } from "./marks";

export const LANES: readonly LaneWord[] = ["copies", "edits", "bursts"];
/** Groups asked for at once: for those in view, and when all of them are meant. */
const PAGE = 40;
const MANY = 500;

/** A group in the list. */
export interface Listed extends GroupGlance {
  /** Names it as long as its keeper and lane stay. */
  key: string;
  /** Its place among the engine's groups. */
  index: number;
}

/** What becomes of a decision: each answers whether it was done. */
export interface Acts {
  /** Some files go; what stays of the group, photo by photo, is kept for good. */
  cleanUp: (choices: DuplicateChoice[], stay: number[]) => Promise<boolean>;
  settle: (groups: number[][], verdict: VerdictWord) => Promise<boolean>;
}

export class Duplicates {
  ask: DuplicatesAsk = $state.raw({ alike: "usual", among: "everything", between: [], until: "bursts" });
  /** Null until the first answer. */
  groups: readonly GroupGlance[] | null = $state.raw(null);
  /** Photos that were not compared yet. */
  waiting = $state(0);
  /** The numbers behind the words for how alike photos must be. */
  limits: readonly AlikeLimits[] = $state.raw([]);
  failure: Failure | null = $state.raw(null);
  /** Only this lane; null for all. */
  lane: LaneWord | null = $state(null);
  /** What the person said of files: whether each goes. */
  readonly marks = new SvelteMap<number, boolean>();
  /** The group the keyboard is at. */
  at: string | null = $state(null);
  /** The file of it, by its place. */
  member = $state(0);
  #whole = new SvelteMap<string, DuplicateGroup>();
  /** Groups of which the person changed something. */
  #touched = new SvelteSet<string>();
  /** Decided on, and perhaps not heard of yet. */
  #gone = new SvelteSet<string>();
  #pages = new Set<number>();
  #wanted: number[] = [];
  #fetching = false;
  #version = 0;
  #acting: Promise<unknown> = Promise.resolve();
  #ask = latest((ask: DuplicatesAsk) => this.backend.duplicates(ask));

  constructor(
    private readonly backend: Backend,
    private readonly rows: PhotoRows,
    private readonly acts: Acts,
  ) {}

  readonly #all: readonly Listed[] = $derived.by(() =>
    (this.groups ?? []).map((glance, index) => ({ ...glance, key: keyOf(glance.lane, glance.keeper), index })),
  );

  /** Those that were not decided on: the same list where none was, for there may be many thousands. */
  readonly #left: readonly Listed[] = $derived.by(() => {
    if (this.#gone.size === 0) return this.#all;
    const gone = new Set(this.#gone);
    return this.#all.filter(({ key }) => !gone.has(key));
  });

  /** How many groups there are of each lane. */
  readonly counts: Readonly<Record<LaneWord, number>> = $derived.by(() => {
    const counts = { copies: 0, edits: 0, bursts: 0 };
    for (const { lane } of this.#left) counts[lane]++;
    return counts;
  });

  /** Those in the list: of the chosen lane. */
  readonly list: readonly Listed[] = $derived.by(() => {
    const { lane } = this;
    return lane === null || this.counts[lane] === 0 ? this.#left : this.#left.filter((each) => each.lane === lane);
  });

  /** The place of the current group in the list; -1 in an empty one. */
  readonly place: number = $derived.by(() => {
    const { at, list } = this;
    const found = at === null ? -1 : list.findIndex(({ key }) => key === at);
    return found < 0 && list.length > 0 ? 0 : found;
  });

  readonly current: DuplicateGroup | null = $derived.by(() => {
    const listed = this.list[this.place];
    return listed ? (this.#whole.get(listed.key) ?? null) : null;
  });

  /** The file that the keyboard is at. */
  readonly currentFile: DuplicateMember | null = $derived.by(() => (this.current && filesOf(this.current)[this.member]) ?? null);

  /** What the safe lane would free as things are marked. */
  readonly safe: { files: number; bytes: number } = $derived.by(() => {
    const touched = new Set(this.#touched);
    const safe = { files: 0, bytes: 0 };
    for (const each of this.#left) {
      if (each.lane !== "copies") continue;
      const { files, bytes } = touched.has(each.key) ? this.freed(each) : { files: each.selected, bytes: each.frees };
      safe.files += files;
      safe.bytes += bytes;
    }
    return safe;
  });

  whole(key: string): DuplicateGroup | undefined {
    return this.#whole.get(key);
  }

  freed(listed: Listed): { files: number; bytes: number } {
    const group = this.#touched.has(listed.key) ? this.#whole.get(listed.key) : undefined;
    return group ? freedBy(group, this.marks) : { files: listed.selected, bytes: listed.frees };
  }

  async refresh(): Promise<void> {
    try {
      const state = await this.#ask(this.ask);
      if (!state) return;
      this.#version++;
      this.#pages.clear();
      this.groups = state.groups;
      this.waiting = state.waiting;
      this.limits = state.limits;
      this.failure = null;
      this.#forget();
    } catch (error) {
      this.failure = error instanceof BackendError ? error.failure : null;
    }
  }

  async setAsk(ask: Partial<DuplicatesAsk>): Promise<void> {
    this.ask = { ...this.ask, ...ask };
    await this.refresh();
  }

  /** These places of the list are in view: what they hold is fetched, the newest wish first. */
  want(from: number, to: number): void {
    const pages = new Set(this.list.slice(from, to).map(({ index }) => Math.floor(index / PAGE)));
    this.#wanted = [...pages].filter((page) => !this.#pages.has(page));
    void this.#fetch();
  }

  /** Keep becomes trash and back; false when the file has to stay. */
  toggle(group: DuplicateGroup, member: DuplicateMember): boolean {
    if (mustStay(group, member, this.marks) !== null) return false;
    this.marks.set(member.file, !goes(member, this.marks));
    this.#touched.add(keyOfGroup(group));
    return true;
  }

  /** To another group, by steps; the first file of it is current. */
  step(groups: number): void {
    this.goTo(Math.max(0, Math.min(this.list.length - 1, this.place + groups)), 0);
  }

  goTo(place: number, member: number): void {
    this.at = this.list[place]?.key ?? null;
    this.member = member;
  }

  /** What is marked of the current group goes, the rest of it is kept, and the next one is at hand. */
  async apply(): Promise<void> {
    const group = this.current;
    if (!group) return;
    const choices = choicesOf(group, this.marks);
    const stay = stayingPhotos(group, this.marks);
    await this.#decide(group, () => (choices.length > 0 ? this.acts.cleanUp(choices, stay) : this.acts.settle([stay], "keepAll")));
  }

  async settle(verdict: VerdictWord): Promise<void> {
    const group = this.current;
    if (!group) return;
    const photos = filesOf(group).map(({ photo }) => photo.id);
    await this.#decide(group, () => this.acts.settle([photos], verdict));
  }

  /** Everything that is marked in the safe lane, in however many groups. */
  async safeChoices(): Promise<DuplicateChoice[]> {
    const choices: DuplicateChoice[] = [];
    for (let from = 0; ; from += MANY) {
      const groups = await this.backend.duplicateGroups(this.ask, from, MANY);
      const safe = groups.filter(({ lane }) => lane === "copies");
      for (const group of safe) if (!this.#gone.has(keyOfGroup(group))) choices.push(...choicesOf(group, this.marks));
      // The safe lane comes first.
      if (safe.length < MANY) return choices;
    }
  }

  async #decide(group: DuplicateGroup, act: () => Promise<boolean>): Promise<void> {
    const key = keyOfGroup(group);
    const { place } = this;
    this.#gone.add(key);
    this.goTo(Math.min(place, this.list.length - 1), 0);
    // One after the other: the engine moves files of one clean-up at a time.
    const acting = this.#acting.then(act).catch(() => false);
    this.#acting = acting;
    const done = await acting;
    if (done) await this.refresh();
    this.#gone.delete(key);
    if (!done) this.at = key;
  }

  async #fetch(): Promise<void> {
    if (this.#fetching) return;
    this.#fetching = true;
    while (this.#wanted.length > 0) {
      const page = this.#wanted.shift() as number;
      const version = this.#version;
      this.#pages.add(page);
      // A failure leaves the groups as they are: they are asked for again when they come into view again.
      const groups = await this.backend.duplicateGroups(this.ask, page * PAGE, PAGE).catch(() => null);
      if (version !== this.#version || groups === null) {
        this.#pages.delete(page);
        if (version !== this.#version) continue;
      }
      for (const group of groups ?? []) {
        this.#whole.set(keyOfGroup(group), group);
        // Marks that would let all of it go are of a time when something else stayed.
        if (filesOf(group).every((member) => goes(member, this.marks))) this.#unmark(group);
        this.rows.put(filesOf(group).map(({ photo }) => photo));
      }
    }
    this.#fetching = false;
  }

  #unmark(group: DuplicateGroup): void {
    for (const { file } of filesOf(group)) this.marks.delete(file);
  }

  /** What is said of groups that are gone means nothing any more. */
  #forget(): void {
    const keys = new Set(this.#all.map(({ key }) => key));
    for (const [key, group] of [...this.#whole]) {
      if (keys.has(key)) continue;
      this.#unmark(group);
      this.#whole.delete(key);
    }
    for (const key of [...this.#touched]) if (!keys.has(key)) this.#touched.delete(key);
  }
}

function keyOf(lane: LaneWord, keeper: number): string {
  return `${lane} ${keeper}`;
}

function keyOfGroup({ lane, keeper }: DuplicateGroup): string {
  return keyOf(lane, keeper.photo.id);
}
