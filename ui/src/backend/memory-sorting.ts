/** What a made-up library proposes: suggestions by colour in two levels, proposals by the colour of examples, odd ones by luck. */
import { BackendError } from "./backend";
import type { MemoryDecisions } from "./memory-decisions";
import type { OddCauseWord } from "./wire";

export interface KnownOfPhotos {
  /** Photos in view: their ids are 1 to this. */
  photos: () => number;
  /** 0 to 360. */
  hue: (id: number) => number;
  minutes: (id: number) => number;
  /** A number from 0 to 1 that belongs to this photo and this purpose. */
  luck: (id: number, purpose: number) => number;
}

/** A suggestion that is shown: several when they were merged. */
export interface MemorySuggestion {
  id: number;
  name: string;
  named: boolean;
  pinned: boolean;
  parts: number;
  photos: number[];
}

const NAMES = ["Coast", "Kitchen", "Alps", "Concert", "Garden", "Harbour", "Anna", "Birthday", "Rex", "Snow", "Lake", "Old town"];
const CAUSES: readonly (OddCauseWord | null)[] = ["screenshot", null, "blurred", "document", null, "dark", "small", "blank"];
/** Degrees of hue. */
const WHOLE = 30;
const PART = 10;
const PARTS = WHOLE / PART;
/** Ids of parts begin here; those of whole ones are 1 and on. */
const FIRST_PART = 100;
/** Degrees from the examples within which photos are proposed. */
const NEAR = 14;

export class MemorySorting {
  constructor(
    private readonly decisions: MemoryDecisions,
    private readonly known: KnownOfPhotos,
  ) {}

  /** The wall for null, else the parts of one; the pinned first, then the largest. */
  suggestions(inside: number | null): MemorySuggestion[] {
    const whole = Array.from({ length: 360 / WHOLE }, (_, at) => at + 1);
    const { gone, split, merged } = this.decisions.now.suggestions;
    const ids = inside === null ? whole.flatMap((id) => (split.has(id) ? partsOf(id) : [id])) : partsOf(inside);
    return ids
      .filter((id) => !gone.has(id) && !merged.has(id))
      .map((id) => this.suggestion(id))
      .filter(({ photos }) => photos.length > 2)
      .sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.photos.length - a.photos.length);
  }

  suggestion(id: number): MemorySuggestion {
    const { gone, named, pinned } = this.decisions.now.suggestions;
    if (gone.has(id)) throw new BackendError({ code: "unknownSuggestion", what: "That suggestion is gone.", hint: null });
    const [at] = span(id);
    const year = 2014 + ((id * 7) % 12);
    const told = `${NAMES[Math.floor(at / WHOLE)]} ${id < FIRST_PART ? year : `${year}, ${"abc"[id % PARTS]}`}`;
    return {
      id,
      name: named.get(id) ?? told,
      named: named.has(id),
      pinned: pinned.has(id),
      parts: partsOf(id).length,
      photos: this.#all().filter((photo) => this.isIn(photo, id)),
    };
  }

  isIn(photo: number, suggestion: number): boolean {
    // Many photos belong to nothing in particular.
    if (this.known.luck(photo, 20) > 0.6) return false;
    const hue = this.known.hue(photo);
    const within = (id: number) => hue >= span(id)[0] && hue < span(id)[1];
    const { merged } = this.decisions.now.suggestions;
    return within(suggestion) || [...merged].some(([id, into]) => into === suggestion && within(id));
  }

  keep(suggestion: number, parent: number | null): number {
    const { name, photos } = this.suggestion(suggestion);
    return this.decisions.keepSuggestion(suggestion, this.decisions.freeName(name, parent), parent, photos.slice(0, Math.ceil(photos.length * 0.8)));
  }

  merge(suggestions: number[]): number {
    const [largest, ...others] = suggestions.map((id) => this.suggestion(id)).sort((a, b) => b.photos.length - a.photos.length);
    if (!largest) throw new BackendError({ code: "wrongUsage", what: "Nothing to merge.", hint: null });
    this.decisions.decideOnSuggestion("mergeSuggestions", ({ merged }) => others.forEach(({ id }) => merged.set(id, largest.id)));
    return largest.id;
  }

  /** Photos that may belong to an album and how sure that is, the surest first. */
  proposals(album: number): { photo: number; confidence: number; sure: boolean }[] {
    const { photos, taught } = this.decisions.album(album);
    if (!taught || photos.length === 0) return [];
    const [refused, inside] = [new Set(taught.refused), new Set(photos)];
    const hues = photos.slice(0, 12).map(this.known.hue);
    const away = (photo: number) => Math.min(...hues.map((hue) => between(hue, this.known.hue(photo))));
    return this.#all()
      .filter((photo) => !refused.has(photo) && !inside.has(photo))
      .map((photo) => ({ photo, confidence: Math.max(0, 0.995 - away(photo) / (NEAR * 2) - this.known.luck(photo, 22) * 0.05) }))
      .filter(({ confidence }) => confidence > 0.5)
      .map((proposal) => ({ ...proposal, sure: proposal.confidence >= 0.9 }))
      .sort((a, b) => b.confidence - a.confidence)
      .slice(0, 200);
  }

  /** The photos of an album that are nearest to one. */
  why(album: number, photo: number): number[] {
    const away = (other: number) => between(this.known.hue(other), this.known.hue(photo));
    return [...this.decisions.album(album).photos].sort((a, b) => away(a) - away(b)).slice(0, 5);
  }

  oddOnes(limit: number): { photo: number; score: number; cause: OddCauseWord | null }[] {
    const { oddKept } = this.decisions.now;
    return this.#all()
      .filter((photo) => this.known.luck(photo, 21) < 0.04 && !oddKept.has(photo))
      .map((photo) => ({ photo, score: 0.5 + this.known.luck(photo, 23) / 2, cause: CAUSES[photo % CAUSES.length] ?? null }))
      .sort((a, b) => b.score - a.score)
      .slice(0, limit || 500);
  }

  /** Photos of the days around these. */
  goesWith(photos: number[], limit: number): { photo: number; score: number }[] {
    const at = photos.map(this.known.minutes);
    const days = (photo: number) => Math.min(...at.map((minute) => Math.abs(minute - this.known.minutes(photo)))) / 1440;
    return this.#all()
      .filter((photo) => !photos.includes(photo))
      .map((photo) => ({ photo, score: 1 - days(photo) / 9 }))
      .filter(({ score }) => score > 0.2)
      .sort((a, b) => b.score - a.score)
      .slice(0, limit || 200);
  }

  #all(): number[] {
    const { trashed } = this.decisions.now;
    return Array.from({ length: this.known.photos() }, (_, at) => at + 1).filter((photo) => !trashed.has(photo));
  }
}

function partsOf(suggestion: number): number[] {
  return suggestion >= FIRST_PART ? [] : Array.from({ length: PARTS }, (_, part) => FIRST_PART + (suggestion - 1) * PARTS + part);
}

/** The hues of a suggestion, from and until. */
function span(suggestion: number): [number, number] {
  if (suggestion < FIRST_PART) return [(suggestion - 1) * WHOLE, suggestion * WHOLE];
  return [(suggestion - FIRST_PART) * PART, (suggestion - FIRST_PART + 1) * PART];
}

function between(hue: number, other: number): number {
  const away = Math.abs(hue - other);
  return Math.min(away, 360 - away);
}
