/**
 * The map's state: which layout of which photos, coloured how, and how it stands with the making of maps. It outlives the
 * view, so that coming back finds the same place. Asks for nothing before the map is first looked at.
 */
import { BackendError, type Backend, type MapDims, type MapFacts, type MapGroups, type MapPoints } from "../../backend/backend";
import type { Failure, LayoutWord, MadeMap, MakingMap, MapCluster, MapState } from "../../backend/wire";
import { latest } from "../../lib/latest";
import type { Camera } from "./camera";
import type { Colouring } from "./colours";
import type { Orbit } from "./orbit";

export type LayoutChoice = Exclude<LayoutWord, "making">;
export const LAYOUTS: readonly LayoutChoice[] = ["look", "pca", "time", "grid"];
export type Tool = "move" | "lasso" | "rectangle";

/** Where one looked from when the map was left. */
export interface Place {
  camera: Camera;
  orbit: Orbit;
}

/** The groups that have names on the map, all of one fineness. */
export interface Named {
  fineness: number;
  clusters: readonly MapCluster[];
}

/** Names stay those of the coloured groups until the view is nearer than this, in doublings. */
const NAMED_AS_COLOURED = 0.5;
/** With every doubling the view holds a quarter of the map, and groups that are so many steps finer are as many in view. */
const FINER_A_DOUBLING = 2;

type Stale = "state" | "facts";

export class PhotoMap {
  state: MapState | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  layout: LayoutChoice = $state("look");
  dims: MapDims = $state(2);
  colouring: Colouring = $state("cluster");
  /** The person's choice; null is the one that suits best. */
  chosenFineness: number | null = $state(null);
  tool: Tool = $state("move");
  /** The layout that is shown, and what it is of. */
  points: MapPoints | null = $state.raw(null);
  facts: MapFacts | null = $state.raw(null);
  groups: MapGroups | null = $state.raw(null);
  clusters: readonly MapCluster[] = $state.raw([]);
  /** Finer groups than those that are coloured, where one looks closely. */
  named: Named = $state.raw({ fineness: 0, clusters: [] });
  /** The layouts of a map in the making, as they come. */
  live: MapPoints | null = $state.raw(null);
  /** Photos that were asked to be shown, until the view has flown there. */
  toShow: readonly number[] | null = $state.raw(null);
  place: Place | null = null;
  /** What was done last to the arrangement, unless something else was decided since: the same key takes back both. */
  lastStep: "arranged" | "undone" | null = $state(null);
  /** Somebody wants no map to be made: the engine ends as soon as it can. */
  isEnding = $state(false);

  /** What is shown: the layout in the making, where there is no other yet. */
  readonly shown: MapPoints | null = $derived(this.live ?? this.points);
  readonly hasPlaces: boolean = $derived((this.shown?.ids.length ?? 0) > 0);
  /** Of the plane or in space: there is something to go back to. */
  readonly hasMap: boolean = $derived((this.state?.maps.length ?? 0) > 0);
  readonly made: MadeMap | null = $derived.by(() => this.state?.maps.find(({ dims }) => dims === this.mapDims) ?? null);
  readonly making: MakingMap | null = $derived(this.state?.making ?? null);
  /** How much of the map in the making is done. */
  readonly percent: number = $derived(this.making ? Math.round((100 * this.making.round) / Math.max(1, this.making.rounds)) : 0);
  readonly fineness: number = $derived.by(() => {
    const levels = this.state?.clusters.length ?? 0;
    return Math.max(0, Math.min(levels - 1, this.chosenFineness ?? this.state?.fineness ?? 0));
  });

  #isOpen = false;
  #stale: Record<Stale, boolean> = { state: true, facts: true };
  #asksPoints = latest((layout: LayoutWord, dims: MapDims) => this.backend.mapPoints(layout, dims));
  #asksLive = latest((dims: MapDims) => this.backend.mapPoints("making", dims));
  #asksGroups = latest((fineness: number) => this.backend.mapGroups(fineness));
  #asksClusters = latest((fineness: number, layout: LayoutWord, dims: MapDims) => this.backend.mapClusters(fineness, layout, dims));
  #asksNamed = latest((fineness: number, layout: LayoutWord, dims: MapDims) => this.backend.mapClusters(fineness, layout, dims));
  #asksFacts = latest(() => this.backend.mapFacts());
  #asksState = latest(() => this.backend.mapState());
  #askingLive = false;
  /** Doublings by which the view is nearer than the whole map. */
  #nearer = 0;

  constructor(private readonly backend: Backend) {}

  /** The map that the layout belongs to: time and grid are of the plane. */
  get mapDims(): MapDims {
    return this.layout === "time" || this.layout === "grid" ? 2 : this.dims;
  }

  /** Follows the engine until the returned function is called. */
  follow(): () => void {
    return this.backend.listen((event) => {
      if (event.event === "decisionsChanged") this.lastStep = null;
      if (event.event === "mapChanged") this.#changed("state");
      else if (event.event === "photosChanged" || event.event === "decisionsChanged") this.#changed("facts");
      else if (event.event === "mapProgress") this.#progressed(event.making);
    });
  }

  /** The map comes into view: what is known may be old. */
  open(): () => void {
    this.#isOpen = true;
    void this.#refresh();
    return () => (this.#isOpen = false);
  }

  /** The engine was out of reach for a while. */
  reload(): void {
    this.#changed("state");
    this.#changed("facts");
  }

  async setLayout(layout: LayoutChoice, dims: MapDims = this.dims): Promise<void> {
    if (layout === this.layout && dims === this.dims) return;
    this.layout = layout;
    this.dims = dims;
    await this.#try(() => Promise.all([this.#loadPoints(), this.#loadClusters()]));
  }

  async setFineness(fineness: number): Promise<void> {
    if (fineness === this.fineness) return;
    this.chosenFineness = fineness;
    await this.#try(() => this.#loadClusters());
  }

  /** Names groups as fine as suits a view that is so many doublings nearer than the whole map. */
  async nameFor(nearer: number): Promise<void> {
    this.#nearer = nearer;
    if (this.#namedFineness !== this.named.fineness) await this.#try(() => this.#loadNamed());
  }

  /** The photos of a group that has a name. */
  async membersOf(cluster: number): Promise<number[]> {
    const { fineness } = this.named;
    const { ids, clusters } = fineness === this.fineness && this.groups ? this.groups : await this.backend.mapGroups(fineness);
    const members: number[] = [];
    for (let at = 0; at < ids.length; at++) if (clusters[at] === cluster) members.push(ids[at] as number);
    return members;
  }

  /** Ends the making of a map. */
  async cancelMaking(): Promise<void> {
    this.isEnding = true;
    try {
      await this.backend.cancelWork();
    } catch (error) {
      this.isEnding = false;
      throw error;
    }
  }

  /** Arranges all photos anew; the map stays until the new one is there. */
  async arrange(): Promise<void> {
    await this.backend.arrangeMap(this.mapDims);
    this.#changed("state");
  }

  async undoArranging(): Promise<void> {
    await this.backend.undoMap(this.mapDims);
    this.lastStep = this.lastStep === "undone" ? "arranged" : "undone";
    this.#changed("state");
  }

  #changed(what: Stale): void {
    this.#stale[what] = true;
    if (this.#isOpen) void this.#refresh();
  }

  async #refresh(): Promise<void> {
    await this.#try(async () => {
      const { state, facts } = this.#stale;
      if (state) {
        this.#stale.state = false;
        const answer = await this.#asksState();
        if (!answer) return;
        this.state = answer;
        if (answer.making === null) {
          this.live = null;
          this.isEnding = false;
        }
        await Promise.all([this.#loadPoints(), this.#loadClusters()]);
      }
      if (facts) {
        this.#stale.facts = false;
        const answer = await this.#asksFacts();
        if (answer) this.facts = answer;
      }
    });
  }

  async #loadPoints(): Promise<void> {
    const points = await this.#asksPoints(this.layout, this.mapDims);
    if (points) this.points = points;
  }

  async #loadClusters(): Promise<void> {
    if (!this.state?.clusters.length) return;
    const [groups, clusters] = await Promise.all([
      this.#asksGroups(this.fineness),
      this.#asksClusters(this.fineness, this.layout, this.mapDims),
    ]);
    if (groups) this.groups = groups;
    if (!clusters) return;
    this.clusters = clusters;
    await this.#loadNamed();
  }

  get #namedFineness(): number {
    const finer = Math.floor(FINER_A_DOUBLING * Math.max(0, this.#nearer - NAMED_AS_COLOURED));
    return Math.max(0, Math.min((this.state?.clusters.length ?? 0) - 1, this.fineness + finer));
  }

  async #loadNamed(): Promise<void> {
    const fineness = this.#namedFineness;
    const clusters = fineness === this.fineness ? this.clusters : await this.#asksNamed(fineness, this.layout, this.mapDims);
    if (clusters && fineness === this.#namedFineness) this.named = { fineness, clusters };
  }

  #progressed(making: MakingMap): void {
    if (this.state) this.state = { ...this.state, making };
    if (this.#isOpen && !this.#askingLive) void this.#loadLive(making.dims === 3 ? 3 : 2);
  }

  /** Shown while it is made when there is no map yet: an earlier map stays until the new one is whole. */
  async #loadLive(dims: MapDims): Promise<void> {
    if (this.made !== null) return;
    this.#askingLive = true;
    const points = await this.#asksLive(dims).catch(() => undefined);
    this.#askingLive = false;
    if (points && points.ids.length > 0 && this.making !== null) this.live = points;
  }

  async #try(what: () => Promise<unknown>): Promise<void> {
    try {
      await what();
      this.failure = null;
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      this.failure = error.failure;
    }
  }
}
