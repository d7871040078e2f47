/** Near-duplicates among made-up photos: groups of five photos that follow one another, three kinds of them, and what is done about them. */
import type { MemoryDecisions } from "./memory-decisions";
import { mixed, sizeOf } from "./memory-photos";
import type {
  Activity,
  AlikeLimits,
  CleanupPlan,
  CleanupProblem,
  CleanupReport,
  CleanupRow,
  DuplicateChoice,
  DuplicateGroup,
  DuplicateMember,
  DuplicatesAsk,
  DuplicatesState,
  Folder,
  LaneWord,
  PassedOn,
  PhotoRow,
  SeenFile,
  SettledPair,
  TrashPlan,
  VerdictWord,
} from "./wire";

/** Photos that each group may have. */
const STEP = 5;
const LANES: readonly LaneWord[] = ["copies", "edits", "bursts"];
const CRITERIA = ["format", "pixels", "compression", "sharpness", "edits", "facts", "rating", "albums", "folder", "oldest"];
/** Least share of what was compared that agrees. */
const ALIKE = { careful: 0.9, usual: 0.8, generous: 0 } as const;

/** Made up, as all here: the engine has its own. */
const LIMITS: AlikeLimits[] = [
  { alike: "careful", share: 0.7, repeated: 0.9, burst: 0.1 },
  { alike: "usual", share: 0.6, repeated: 0.8, burst: 0.2 },
  { alike: "generous", share: 0.5, repeated: 0.7, burst: 0.4 },
];

interface Known {
  row: (id: number) => PhotoRow;
  folderOf: (id: number) => number;
  /** Photos that can't be reached. */
  isAway: (id: number) => boolean;
  activity: () => Activity;
  /** What is not said is as it is at rest. */
  setActivity: (activity: Partial<Activity>) => void;
}

/** Files that are moved each time, and how long that takes. */
const AT_ONCE = 20;
const MOVING_MS = 50;

export class MemoryCleanup {
  #order = CRITERIA;
  #folders: readonly number[] = [];
  readonly #protected = new Set<number>();
  #history: { cleanup: number; kind: "duplicates" | "trash"; begunMs: number; files: number[]; failed: number }[] = [];
  #kept: { of: unknown; key: string; groups: Bare[] } | null = null;
  #changes = 0;

  /** Of photos 1 to five times `count`, `count` groups. */
  constructor(
    private readonly decisions: MemoryDecisions,
    private readonly count: number,
    private readonly known: Known,
  ) {}

  /** The photo that another is a near-duplicate of; itself when it is none. */
  looksLike(photo: number): number {
    const at = Math.floor((photo - 1) / STEP);
    return at < this.count && photo - at * STEP <= filesIn(at) ? at * STEP + 1 : photo;
  }

  state(ask: DuplicatesAsk): DuplicatesState {
    const groups = this.#groups(ask).map(({ lane, keeper, members, selected, frees }) => ({
      ...{ lane, keeper, files: members.length + 1, selected: selected.length, frees },
    }));
    return { groups, waiting: 0, limits: LIMITS };
  }

  groups(ask: DuplicatesAsk, from: number, count: number): DuplicateGroup[] {
    return this.#groups(ask)
      .slice(from, from + count)
      .map((group) => ({
        lane: group.lane,
        keeper: this.#member(group.keeper, group),
        members: group.members.map((photo) => this.#member(photo, group)),
      }));
  }

  settle(groups: readonly number[][], verdict: VerdictWord): void {
    this.decisions.decide(verdict, groups.flat(), ({ pairs }) => groups.forEach((photos) => settlePairs(pairs, photos, verdict)));
  }

  /** The newest first. */
  pairs(): SettledPair[] {
    return [...this.decisions.now.pairs].reverse().map(([key, verdict]) => {
      const [first = 0, second = 0] = key.split(" ").map(Number);
      return { first, second, verdict };
    });
  }

  unsettle(settled: readonly [number, number][]): void {
    this.decisions.decide("unsettle", settled.flat(), ({ pairs }) => settled.forEach(([a, b]) => pairs.delete(`${a} ${b}`)));
  }

  plan(choices: readonly DuplicateChoice[], passOn: boolean): CleanupPlan {
    const going = choices.filter(({ goes }) => this.#refusal(goes.file) === null);
    const passed = new Map<number, PassedOn>();
    for (const { goes, stays } of passOn ? going : []) {
      const [file, keeper] = [goes.photo, stays.photo];
      const [stars, kept] = [this.known.row(file).stars, this.known.row(keeper).stars];
      const tags = (this.decisions.now.tags.get(file) ?? []).filter((tag) => !this.decisions.now.tags.get(keeper)?.includes(tag));
      const albums = this.decisions.now.albums.filter(({ photos }) => photos.includes(file) && !photos.includes(keeper)).map(({ name }) => name);
      if (stars <= kept && tags.length === 0 && albums.length === 0) continue;
      passed.set(keeper, { keeper, stars: stars > kept ? stars : null, pick: false, label: null, tags, albums });
    }
    const refused = choices.flatMap(({ goes }) => this.#problem(goes.file) ?? []);
    const bytes = this.#bytes(going.map(({ goes }) => goes.file));
    return { files: going.length, along: 0, bytes, refused, passed: [...passed.values()] };
  }

  async cleanUp(choices: readonly DuplicateChoice[], passOn: boolean, kept: readonly number[]): Promise<CleanupReport> {
    const done = choices.slice(0, await this.#goThrough(choices.length));
    const report = this.#move("duplicates", done.map(({ goes }) => goes.file), this.plan(done, passOn).passed, kept);
    return ended(report, choices.length - done.length);
  }

  /** Each photo is one file here, and the last of its kind. */
  planTrash(photos: readonly number[], files: readonly SeenFile[]): TrashPlan {
    const all = [...files, ...photos.map((photo) => ({ file: photo, photo }))];
    const going = all.flatMap(({ file }) => (this.#refusal(file) === null ? [file] : []));
    const refused = all.flatMap(({ file }) => this.#problem(file) ?? []);
    return { files: all, moved: going.length, bytes: this.#bytes(going), refused, last: going };
  }

  async moveToTrash(files: readonly SeenFile[], confirmed: readonly number[]): Promise<CleanupReport> {
    const going = files.filter(({ file, photo }) => confirmed.includes(photo) || this.#refusal(file) !== null);
    const done = going.slice(0, await this.#goThrough(going.length));
    return ended(this.#move("trash", done.map(({ file }) => file), [], []), going.length - done.length);
  }

  history(): CleanupRow[] {
    const { trashed } = this.decisions.now;
    return this.#history.map(({ cleanup, kind, begunMs, files, failed }) => {
      const inTrash = files.filter((file) => trashed.has(file));
      return { cleanup, kind, begunMs, inTrash: inTrash.length, bytes: this.#bytes(inTrash), restored: files.length - inTrash.length, failed };
    });
  }

  undo(cleanup: number): CleanupReport {
    const files = this.#history.find((each) => each.cleanup === cleanup)?.files.filter((file) => this.decisions.now.trashed.has(file)) ?? [];
    this.decisions.decide("cleanUp", files, ({ trashed }) => files.forEach((file) => trashed.delete(file)));
    return { cleanup, files: files.length, bytes: this.#bytes(files), problems: [], stopped: null, left: 0 };
  }

  get protectedFolders(): number[] {
    return [...this.#protected];
  }

  protect(folder: number, protect: boolean): void {
    if (protect) this.#protected.add(folder);
    else this.#protected.delete(folder);
    this.#changes++;
  }

  get keeperOrder(): string[] {
    return this.#order;
  }

  setKeeperOrder(criteria: readonly string[]): void {
    this.#order = [...criteria, ...CRITERIA.filter((each) => !criteria.includes(each))];
    this.#changes++;
  }

  ranked(folders: readonly Folder[]): Folder[] {
    return folders.map((folder) => ({ ...folder, rank: this.#folders.includes(folder.id) ? this.#folders.indexOf(folder.id) : null }));
  }

  setFolderOrder(folders: readonly number[]): void {
    this.#folders = folders;
    this.#changes++;
  }

  /** How many of so many files are come to until the person cancels. Few go at once. */
  async #goThrough(total: number): Promise<number> {
    if (total <= AT_ONCE) return total;
    const perSecond = (AT_ONCE * 1000) / MOVING_MS;
    let done = 0;
    this.known.setActivity({ state: "working", stage: "trash", total });
    while (done < total) {
      await new Promise((ready) => setTimeout(ready, MOVING_MS));
      const { state } = this.known.activity();
      if (state === "idle") return done;
      if (state === "paused") continue;
      done = Math.min(total, done + AT_ONCE);
      this.known.setActivity({ state, stage: "trash", done, total, perSecond, secondsLeft: (total - done) / perSecond });
    }
    this.known.setActivity({});
    return done;
  }

  #move(kind: "duplicates" | "trash", files: readonly number[], passed: readonly PassedOn[], kept: readonly number[]): CleanupReport {
    const going = files.filter((file) => this.#refusal(file) === null);
    const problems = files.flatMap((file) => this.#problem(file) ?? []);
    const bytes = this.#bytes(going);
    const cleanup = (this.#history[0]?.cleanup ?? 0) + 1;
    this.#history.unshift({ cleanup, kind, begunMs: Date.now(), files: going, failed: problems.length });
    this.decisions.decide("cleanUp", going, ({ trashed, stars, tags, albums, pairs }) => {
      for (const file of going) trashed.add(file);
      if (going.length > 0) settlePairs(pairs, kept, "keepAll");
      for (const { keeper, stars: more, tags: newTags, albums: names } of passed) {
        if (more !== null) stars.set(keeper, more);
        if (newTags.length > 0) tags.set(keeper, [...(tags.get(keeper) ?? []), ...newTags]);
        for (const album of albums) if (names.includes(album.name)) album.photos.push(keeper);
      }
    });
    return { cleanup, files: going.length, bytes, problems, stopped: null, left: 0 };
  }

  #bytes(photos: readonly number[]): number {
    return photos.reduce((sum, photo) => sum + this.#size(photo, laneOf(Math.floor((photo - 1) / STEP))), 0);
  }

  #refusal(photo: number): string | null {
    if (this.#protected.has(this.known.folderOf(photo))) return "it lies in a protected folder";
    return this.known.isAway(photo) ? "its drive is not connected" : null;
  }

  #problem(photo: number): CleanupProblem | null {
    const reason = this.#refusal(photo);
    return reason === null ? null : { photo, path: this.known.row(photo).path, reason };
  }

  /** As the engine has them: made anew when something changed, the surest lane first, then what frees most. */
  #groups(ask: DuplicatesAsk): Bare[] {
    const key = `${JSON.stringify(ask)} ${this.#changes}`;
    if (this.#kept?.of === this.decisions.now && this.#kept.key === key) return this.#kept.groups;
    const groups: Bare[] = [];
    for (let at = 0; at < this.count; at++) {
      const group = LANES.indexOf(laneOf(at)) <= LANES.indexOf(ask.until) ? this.#group(at, ask) : null;
      if (group) groups.push(group);
    }
    groups.sort((a, b) => LANES.indexOf(a.lane) - LANES.indexOf(b.lane) || b.frees - a.frees);
    this.#kept = { of: this.decisions.now, key, groups };
    return groups;
  }

  #group(at: number, ask: DuplicatesAsk): Bare | null {
    const { trashed, pairs } = this.decisions.now;
    const isChosen = (photo: number) =>
      ask.among !== "differentFolders" || ask.between.length === 0 || ask.between.includes(this.known.folderOf(photo));
    const [keeper = 0, ...others] = Array.from({ length: filesIn(at) }, (_, file) => at * STEP + 1 + file)
      .filter((photo) => !trashed.has(photo) && isChosen(photo))
      .sort((a, b) => Number(this.#isProtected(b)) - Number(this.#isProtected(a)) || this.#byFolder(a, b) || a - b);
    const among = (photo: number) => {
      const [here, there] = [this.known.folderOf(keeper), this.known.folderOf(photo)];
      if (ask.among === "protectedAndOthers") return this.#isProtected(keeper) !== this.#isProtected(photo);
      return ask.among === "everything" || (ask.among === "oneFolder" ? here === there : here !== there);
    };
    const areSettled = (a: number, b: number) => pairs.has(`${Math.min(a, b)} ${Math.max(a, b)}`);
    const lane = laneOf(at);
    const members = others.filter((photo) => among(photo) && !areSettled(keeper, photo) && (lane === "copies" || alikeOf(photo) >= ALIKE[ask.alike]));
    if (members.length === 0 || [keeper, ...members].every((photo) => this.#isProtected(photo))) return null;
    const settled = [keeper, ...members].filter((photo) => [keeper, ...others].some((other) => other !== photo && areSettled(photo, other)));
    // Of a group that is back because another one joined, nothing goes by itself.
    const selected = settled.length > 0 ? [] : members.filter((photo) => this.#isSelected(photo, lane));
    const frees = selected.reduce((sum, photo) => sum + this.#size(photo, lane), 0);
    return { ...{ lane, keeper, members }, ...{ settled, selected, frees } };
  }

  #member(photo: number, { lane, keeper, settled, selected }: Bare): DuplicateMember {
    const [row, original] = [this.known.row(photo), this.known.row(this.looksLike(photo))];
    const luck = mixed(photo, 21);
    const isKeeper = photo === keeper;
    const scale = this.#scale(photo, lane);
    const [width, height] = [Math.round(original.width * scale), Math.round(original.height * scale)];
    const sizeBytes = this.#size(photo, lane);
    const sameBytes = !isKeeper && isSame(photo, lane);
    const ahead = sameBytes ? [] : scale < 1 ? ["pixels", "compression"] : ["edits", "oldest"];
    if (this.#rank(keeper) < this.#rank(photo)) ahead.push("folder");
    const [first = null] = this.#order.filter((word) => ahead.includes(word));
    return {
      ...{ file: photo, photo: { ...row, width, height, sizeBytes }, path: row.path, size: sizeBytes, onDisk: photo },
      reason: isKeeper ? null : first,
      ...{ sameBytes, alike: isKeeper ? 1 : alikeOf(photo), area: lane === "edits" && luck > 0.6 ? 0.62 : 1 },
      ...{ quarters: 0, mirrored: lane === "edits" && luck < 0.15, bond: isKeeper ? null : bondOf(photo, lane) },
      ...{ settled: settled.includes(photo), protected: this.#isProtected(photo), selected: selected.includes(photo) },
    };
  }

  #rank(photo: number): number {
    const rank = this.#folders.indexOf(this.known.folderOf(photo));
    return rank < 0 ? Infinity : rank;
  }

  /** What a made-up group differs in otherwise is ahead in the first of its photos. */
  #byFolder(a: number, b: number): number {
    const [first, second] = [this.#rank(a), this.#rank(b)];
    const decides = this.#order.indexOf("folder") < this.#order.indexOf("pixels");
    return decides && first !== second ? first - second : 0;
  }

  #isProtected(photo: number): boolean {
    return this.#protected.has(this.known.folderOf(photo));
  }

  #isSelected(photo: number, lane: LaneWord): boolean {
    return lane === "copies" && bondOf(photo, lane) === null && !this.#isProtected(photo);
  }

  #scale(photo: number, lane: LaneWord): number {
    if (photo === this.looksLike(photo) || lane === "bursts" || isSame(photo, lane)) return 1;
    return mixed(photo, 21) < 0.6 ? 0.5 : 0.25;
  }

  #size(photo: number, lane: LaneWord): number {
    return isSame(photo, lane) ? sizeOf(this.looksLike(photo)) : Math.round(sizeOf(photo) * this.#scale(photo, lane));
  }
}

function ended(report: CleanupReport, left: number): CleanupReport {
  return left === 0 ? report : { ...report, stopped: "cancelled; what was moved before is in the history", left };
}

function settlePairs(pairs: Map<string, VerdictWord>, photos: readonly number[], verdict: VerdictWord): void {
  for (const first of photos) for (const second of photos) if (first < second) pairs.set(`${first} ${second}`, verdict);
}

/** A group as little as a list needs of it. */
interface Bare {
  lane: LaneWord;
  keeper: number;
  members: number[];
  /** Of which the person said that they stay. */
  settled: number[];
  selected: number[];
  frees: number;
}

const filesIn = (at: number) => 2 + Math.floor(mixed(at + 1, 20) ** 3 * 4);
const alikeOf = (photo: number) => 0.75 + mixed(photo, 22) * 0.25;

function laneOf(at: number): LaneWord {
  const luck = mixed(at + 1, 23);
  return luck < 0.6 ? "copies" : luck < 0.82 ? "edits" : "bursts";
}

const isSame = (photo: number, lane: LaneWord) => lane === "copies" && mixed(photo, 21) < 0.3;

function bondOf(photo: number, lane: LaneWord): string | null {
  const luck = mixed(photo, 21);
  if (lane === "copies") return luck > 0.3 && luck < 0.36 ? "raw" : null;
  return lane === "bursts" && luck > 0.9 ? "bracket" : null;
}
