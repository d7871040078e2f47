/**
 * What an album proposes, one photo after the other: the one that is asked about, those that wait, and why. An answer leads to
 * the next photo at once; what was learned from it comes behind and changes only what waits.
 */
import { BackendError, type Backend } from "../../backend/backend";
import type { Failure, ProposalRow, SimilarRow } from "../../backend/wire";
import { latest } from "../../lib/latest";
import type { PhotoRows } from "../../photo/photo-rows.svelte";

export type Answer = "yes" | "no";

export class Review {
  /** Those that wait, the first one is asked about; null until the first answer. */
  queue: readonly ProposalRow[] | null = $state.raw(null);
  /** Photos that it learns from. */
  examples = $state(0);
  /** More are being looked for. */
  learning = $state(false);
  /** The nearest examples of the photo that is asked about, the nearest first; null until they are known. */
  why: readonly SimilarRow[] | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  /** How many photos it is less sure of, which are not asked about yet. */
  held = $state(0);
  /** Answered here, since the album was opened. */
  answered = $state(0);
  #album: number | null = null;
  /** All that the album proposes. */
  #proposals: readonly ProposalRow[] = [];
  /** What it is less sure of is asked about, too. */
  #isWide = false;
  /** Answered, and perhaps not heard of yet. */
  #gone = new Set<number>();
  /** Put off until the others are through. */
  #later: number[] = [];
  /** The newest answer last: what is taken back is asked about next. */
  #answers: number[] = [];
  #ask = latest((album: number) => this.backend.proposals(album));
  #askWhy = latest((album: number, photo: number) => this.backend.whyProposed(album, photo));

  /** `decide` tells whether the answer was taken. */
  constructor(
    private readonly backend: Backend,
    private readonly rows: PhotoRows,
    private readonly decide: (album: number, photo: number, answer: Answer) => Promise<boolean>,
  ) {}

  readonly current: ProposalRow | null = $derived.by(() => this.queue?.[0] ?? null);

  /** Shows the proposals of an album; of the same one, asks anew. */
  async show(album: number): Promise<void> {
    if (album !== this.#album) this.#begin(album);
    try {
      const answer = await this.#ask(album);
      if (!answer) return;
      this.failure = null;
      this.examples = answer.examples;
      this.learning = answer.learning;
      this.rows.put(answer.proposals.map(({ photo }) => photo));
      this.#take(answer.proposals);
    } catch (error) {
      this.failure = error instanceof BackendError ? error.failure : null;
    }
  }

  /** Asks about what it is less sure of, too. */
  widen(): void {
    this.#isWide = true;
    this.#take(this.#proposals);
  }

  async answer(answer: Answer): Promise<void> {
    const { current } = this;
    if (!current || this.#album === null) return;
    const photo = current.photo.id;
    this.#gone.add(photo);
    this.#answers.push(photo);
    this.answered++;
    this.#set((this.queue ?? []).slice(1));
    if (await this.decide(this.#album, photo, answer)) return;
    this.#takeBack(photo);
    this.#set([current, ...(this.queue ?? [])]);
  }

  /** Puts the photo behind all others. */
  later(): void {
    const { current, queue } = this;
    if (!current || !queue || queue.length < 2) return;
    this.#later = [...this.#later.filter((photo) => photo !== current.photo.id), current.photo.id];
    this.#set([...queue.slice(1), current]);
  }

  /** Back to the photo that was put off last. */
  back(): void {
    const photo = this.#later.pop();
    const found = this.queue?.find((each) => each.photo.id === photo);
    if (found) this.#set([found, ...(this.queue ?? []).filter((each) => each !== found)]);
  }

  #begin(album: number): void {
    this.#album = album;
    this.queue = this.why = null;
    this.answered = this.held = 0;
    this.#isWide = false;
    this.#proposals = [];
    this.#gone = new Set();
    [this.#later, this.#answers] = [[], []];
  }

  #take(proposals: readonly ProposalRow[]): void {
    this.#proposals = proposals;
    // What is proposed again after it was answered was taken back.
    const newest = this.#answers.at(-1);
    const takenBack = proposals.find(({ photo }) => photo.id === newest);
    if (takenBack) this.#takeBack(takenBack.photo.id);
    const open = proposals.filter(({ photo }) => !this.#gone.has(photo.id));
    const asked = ({ photo, sure }: ProposalRow) => sure || this.#isWide || photo.id === takenBack?.photo.id || photo.id === this.current?.photo.id;
    const waiting = open.filter(asked);
    this.held = open.length - waiting.length;
    const kept = takenBack ?? waiting.find(({ photo }) => photo.id === this.current?.photo.id);
    const later = new Set(this.#later);
    const place = ({ photo }: ProposalRow) => (photo.id === kept?.photo.id ? 0 : later.has(photo.id) ? 2 : 1);
    this.#set([...waiting].sort((a, b) => place(a) - place(b)));
  }

  #takeBack(photo: number): void {
    this.#gone.delete(photo);
    this.#answers = this.#answers.filter((each) => each !== photo);
    this.answered = Math.max(0, this.answered - 1);
  }

  #set(queue: readonly ProposalRow[]): void {
    const before = this.current?.photo.id;
    this.queue = queue;
    const now = this.current?.photo.id;
    if (now === before) return;
    this.why = null;
    if (now !== undefined && this.#album !== null) void this.#explain(this.#album, now);
  }

  async #explain(album: number, photo: number): Promise<void> {
    // Without reasons one can still answer.
    const why = await this.#askWhy(album, photo).catch(() => []);
    if (why && this.current?.photo.id === photo) this.why = why;
  }
}
