/**
 * How photos look on the stage: their colours, which are selected or dimmed, and which come first where one stands for
 * several. Worked out between frames; a newer wish overtakes an older one.
 */
import { inSlices } from "../../lib/in-slices";
import { colourPhotos, type Theme } from "./colours";
import { DIMMED } from "./gl/dots";
import type { Rgb } from "./gl/program";
import { themeOf, type Grounds } from "./grounds";
import type { PhotoMap } from "./map.svelte";
import { markPhotos } from "./marks";
import type { RankOf } from "./scene";
import type { Stage } from "./stage";

export interface Marked {
  selected: Iterable<number>;
  /** The photos that are not dimmed; null when none is. */
  passing: ArrayLike<number> | null;
}

export class Painting {
  theme: Theme = $state("light");
  ground: Rgb = [1, 1, 1];
  /** Four bytes a photo of the scene; null before they are known. */
  colours: Uint8Array | null = null;
  #marks: Uint8Array = new Uint8Array();
  #colouring = 0;
  #marking = 0;

  constructor(
    private readonly map: PhotoMap,
    private readonly stage: Stage,
    /** What is marked now. */
    private readonly marked: () => Marked,
  ) {}

  setGrounds(grounds: Grounds): void {
    this.theme = themeOf(grounds);
    this.ground = grounds.ground;
    this.stage.setGrounds(grounds);
  }

  async colour(): Promise<void> {
    const mine = ++this.#colouring;
    const { map, stage } = this;
    const points = map.shown;
    if (!points) return;
    const work = colourPhotos(points.ids, map.colouring, map.facts, map.groups, this.theme);
    const colours = await inSlices(work, () => mine !== this.#colouring);
    if (!colours || points !== stage.scene?.points) return;
    this.colours = colours;
    stage.setColours(colours, map.colouring !== "cluster");
  }

  /** With `choose`, other photos stand for the rest than before. */
  async mark(how: "keep" | "choose"): Promise<void> {
    const mine = ++this.#marking;
    const { map, stage } = this;
    const points = map.shown;
    if (!points) return;
    const { selected, passing } = this.marked();
    const work = markPhotos(points.ids, selected, passing);
    const marks = await inSlices(work, () => mine !== this.#marking);
    if (!marks || points !== stage.scene?.points) return;
    this.#marks = marks;
    stage.setMarks(marks);
    if (how === "choose") stage.setRank(this.rankAmong(points.ids));
  }

  /** Another layout came: its photos have colours and marks of their own. */
  repaint(): void {
    void this.colour();
    void this.mark(this.marked().passing === null ? "keep" : "choose");
  }

  isDimmed(index: number): boolean {
    return ((this.#marks[index] ?? 0) & DIMMED) !== 0;
  }

  /** Photos that stand for a group come first, dimmed ones last. */
  rankAmong(ids: Uint32Array): RankOf {
    const covers = new Set(this.map.clusters.map(({ cover }) => cover));
    return (index) => (this.isDimmed(index) ? 2 : covers.has(ids[index] as number) ? 0 : 1);
  }
}
