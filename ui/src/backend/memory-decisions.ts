/** What was decided about made-up photos: stars, flags, labels, tags and albums, each step undone and done again. */
import { BackendError } from "./backend";
import type { AlbumOf, DecisionWord, FlagWord, LabelWord, PhotoFilter, TagOn, Undone, VerdictWord } from "./wire";

export interface MemoryAlbum {
  id: number;
  parent: number | null;
  name: string;
  photos: number[];
  cover: number | null;
  /** Of a saved search. */
  filter: PhotoFilter | null;
  /** Of a taught album: what was said no to. */
  taught: { refused: number[] } | null;
}

/** What was decided about suggestions, by their ids. */
export interface DecidedSuggestions {
  named: Map<number, string>;
  pinned: Set<number>;
  split: Set<number>;
  /** Kept or dismissed. */
  gone: Set<number>;
  /** The one that each went into. */
  merged: Map<number, number>;
}

export interface Decided {
  stars: Map<number, number>;
  flags: Map<number, FlagWord>;
  labels: Map<number, LabelWord>;
  tags: Map<number, string[]>;
  vocabulary: Set<string>;
  /** Siblings in their order. */
  albums: MemoryAlbum[];
  suggestions: DecidedSuggestions;
  /** Photos that are no odd ones. */
  oddKept: Set<number>;
  /** Pictures whose sidecars were settled. */
  settled: Set<number>;
  /** Photos that lie in the trash. */
  trashed: Set<number>;
  /** What was said of pairs that look alike, by both ids. */
  pairs: Map<string, VerdictWord>;
}

interface Step extends Omit<Undone, "report"> {
  before: Decided;
  after: Decided;
}

/** Whether `tag` is `other` or lies below it. */
export function isUnder(tag: string, other: string): boolean {
  return tag === other || tag.startsWith(`${other}|`);
}

export class MemoryDecisions {
  now: Decided = {
    ...{ stars: new Map(), flags: new Map(), labels: new Map(), tags: new Map(), vocabulary: new Set(), albums: [] },
    suggestions: { named: new Map(), pinned: new Set(), split: new Set(), gone: new Set(), merged: new Map() },
    ...{ oddKept: new Set(), settled: new Set(), trashed: new Set(), pairs: new Map() },
  };
  #done: Step[] = [];
  #undone: Step[] = [];
  #newestAlbum = 0;

  /** `changed` hears of the photos that each step was about. */
  constructor(private readonly changed: (photos: number[]) => void) {}

  get undoWord(): DecisionWord | null {
    return this.#done.at(-1)?.action ?? null;
  }

  get redoWord(): DecisionWord | null {
    return this.#undone.at(-1)?.action ?? null;
  }

  undo(): Undone | null {
    return this.#step(this.#done, this.#undone, "before");
  }

  redo(): Undone | null {
    return this.#step(this.#undone, this.#done, "after");
  }

  decide(action: DecisionWord, photos: number[], change: (decided: Decided) => void): void {
    const before = this.now;
    const after = structuredClone(before);
    change(after);
    this.now = after;
    this.#done.push({ action, photos, before, after });
    this.#undone = [];
    this.changed(photos);
  }

  tagsOf(photos: number[]): TagOn[] {
    const counts = new Map<string, number>();
    for (const tag of photos.flatMap((id) => this.now.tags.get(id) ?? [])) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    return [...counts].sort().map(([tag, photos]) => ({ tag, photos }));
  }

  addTags(photos: number[], tags: string[]): void {
    this.decide("addTag", photos, (decided) => {
      for (const tag of tags) decided.vocabulary.add(tag);
      for (const id of photos) decided.tags.set(id, [...new Set([...(decided.tags.get(id) ?? []), ...tags])].sort());
    });
  }

  removeTags(photos: number[], tags: string[]): void {
    this.decide("removeTag", photos, (decided) => {
      for (const id of photos) decided.tags.set(id, (decided.tags.get(id) ?? []).filter((tag) => !tags.includes(tag)));
    });
  }

  /** Every tag that is one of `from`, or below it, becomes `into`, or the same below that; null takes it away. */
  changeTags(action: DecisionWord, from: string[], into: string | null): void {
    const changed = (tag: string): string[] => {
      const old = from.find((old) => isUnder(tag, old));
      return old === undefined ? [tag] : into === null ? [] : [into + tag.slice(old.length)];
    };
    const photos = [...this.now.tags].filter(([, tags]) => tags.some((tag) => from.some((old) => isUnder(tag, old)))).map(([id]) => id);
    this.decide(action, photos, (decided) => {
      decided.vocabulary = new Set([...decided.vocabulary].flatMap(changed));
      for (const id of photos) decided.tags.set(id, [...new Set((decided.tags.get(id) ?? []).flatMap(changed))].sort());
    });
  }

  albumsOf(photos: number[]): AlbumOf[] {
    const inside = (album: MemoryAlbum) => album.photos.filter((id) => photos.includes(id)).length;
    return this.now.albums.map((album) => ({ album: album.id, photos: inside(album) })).filter(({ photos }) => photos > 0);
  }

  createAlbum(name: string, parent: number | null, photos: number[], filter: PhotoFilter | null): number {
    this.#checkName(name, parent);
    const id = ++this.#newestAlbum;
    this.decide("createAlbum", photos, ({ albums }) => albums.push({ id, parent, name, photos: [...photos], cover: null, filter, taught: null }));
    return id;
  }

  teachAlbum(name: string, parent: number | null, photos: number[]): number {
    this.#checkName(name, parent);
    if (photos.length < 3) throw new BackendError({ code: "wrongUsage", what: "Three photos are the least to learn from.", hint: "Select more." });
    const id = ++this.#newestAlbum;
    const album = { id, parent, name, photos: [...photos], cover: null, filter: null, taught: { refused: [] } };
    this.decide("teachAlbum", photos, ({ albums }) => albums.push(album));
    return id;
  }

  teachFromAlbum(album: number): void {
    this.#change("teachAlbum", album, [], (found) => (found.taught = { refused: [] }));
  }

  answerProposals(album: number, yes: number[], no: number[]): void {
    this.#change(yes.length > 0 ? "acceptProposal" : "refuseProposal", album, [...yes, ...no], (found) => {
      found.photos.push(...yes);
      found.taught?.refused.push(...no);
    });
  }

  keepSuggestion(suggestion: number, name: string, parent: number | null, photos: number[]): number {
    const id = ++this.#newestAlbum;
    this.decide("keepSuggestion", [], ({ albums, suggestions }) => {
      suggestions.gone.add(suggestion);
      albums.push({ id, parent, name, photos, cover: null, filter: null, taught: { refused: [] } });
    });
    return id;
  }

  decideOnSuggestion(action: DecisionWord, change: (suggestions: DecidedSuggestions) => void): void {
    this.decide(action, [], ({ suggestions }) => change(suggestions));
  }

  /** A name that no album there has. */
  freeName(name: string, parent: number | null): string {
    const taken = new Set(this.now.albums.filter((album) => album.parent === parent).map((album) => album.name));
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${name} ${number}`;
    return free;
  }

  renameAlbum(album: number, name: string): void {
    this.#checkName(name, this.album(album).parent, album);
    this.#change("renameAlbum", album, [], (found) => (found.name = name));
  }

  moveAlbum(album: number, parent: number | null, before: number | null): void {
    for (let above = parent; above !== null; above = this.album(above).parent) {
      if (above === album) throw new BackendError({ code: "wrongUsage", what: "An album can't lie in itself.", hint: null });
    }
    this.#checkName(this.album(album).name, parent, album);
    this.decide("moveAlbum", [], (decided) => {
      const moved = decided.albums.find(({ id }) => id === album) as MemoryAlbum;
      const others = decided.albums.filter((each) => each !== moved);
      const at = before === null ? others.length : others.findIndex(({ id }) => id === before);
      decided.albums = [...others.slice(0, at), { ...moved, parent }, ...others.slice(at)];
    });
  }

  deleteAlbum(album: number): void {
    const gone = new Set([album]);
    for (const each of this.inTree()) if (each.parent !== null && gone.has(each.parent)) gone.add(each.id);
    this.decide("deleteAlbum", [], (decided) => (decided.albums = decided.albums.filter(({ id }) => !gone.has(id))));
  }

  setAlbumCover(album: number, photo: number | null): void {
    this.#change("setAlbumCover", album, [], (found) => (found.cover = photo));
  }

  addToAlbum(album: number, photos: number[]): void {
    if (this.album(album).filter) throw new BackendError({ code: "wrongUsage", what: "A saved search finds its photos by itself.", hint: null });
    this.#change("addToAlbum", album, photos, (found) => (found.photos = [...new Set([...found.photos, ...photos])]));
  }

  removeFromAlbum(album: number, photos: number[]): void {
    this.#change("removeFromAlbum", album, photos, (found) => (found.photos = found.photos.filter((id) => !photos.includes(id))));
  }

  reorderAlbum(album: number, photos: number[], before: number | null): void {
    this.#change("reorderAlbum", album, photos, (found) => {
      const others = found.photos.filter((id) => !photos.includes(id));
      const at = before === null ? others.length : others.indexOf(before);
      found.photos = [...others.slice(0, at), ...photos, ...others.slice(at)];
    });
  }

  setAlbumFilter(album: number, filter: PhotoFilter): void {
    this.#change("setAlbumFilter", album, [], (found) => (found.filter = filter));
  }

  /** Each album after the one that it lies in. */
  inTree(parent: number | null = null): MemoryAlbum[] {
    const children = this.now.albums.filter((album) => album.parent === parent);
    return children.flatMap((album) => [album, ...this.inTree(album.id)]);
  }

  album(album: number): MemoryAlbum {
    const found = this.now.albums.find(({ id }) => id === album);
    if (!found) throw new BackendError({ code: "unknownAlbum", what: "That album is gone.", hint: null });
    return found;
  }

  #change(action: DecisionWord, album: number, photos: number[], change: (album: MemoryAlbum) => void): void {
    this.album(album);
    this.decide(action, photos, ({ albums }) => change(albums.find(({ id }) => id === album) as MemoryAlbum));
  }

  #checkName(name: string, parent: number | null, itself?: number): void {
    const taken = this.now.albums.some((album) => album.parent === parent && album.name === name && album.id !== itself);
    if (taken) throw new BackendError({ code: "albumTaken", what: `There is an album ${name} already.`, hint: "Choose another name." });
  }

  #step(from: Step[], to: Step[], side: "before" | "after"): Undone | null {
    const step = from.pop();
    if (!step) return null;
    to.push(step);
    this.now = step[side];
    this.changed(step.photos);
    return { action: step.action, photos: step.photos, report: null };
  }
}
