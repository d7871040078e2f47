/** What the filters' menus and dialogs need to know: how many photos each value would leave, and what is being asked for. */
import type { Backend } from "../../backend/backend";
import type { FilterCounts, PhotoFilter } from "../../backend/wire";
import { latest } from "../../lib/latest";
import type { ShowMenu } from "../../lib/menu";
import { texts } from "../../texts/texts";
import type { FilterPart, KnownPlaces } from "./filter";
import { filterMenu, partMenu, type Asked, type MenuOfFilters } from "./filter-menu";

/** Where the filters come from and go to; read anew each time. */
export interface FilterPlace {
  filter: () => PhotoFilter;
  known: () => KnownPlaces;
  selected: () => readonly number[];
  change: (filter: PhotoFilter) => void;
}

export class Filters {
  /** The dialog that is open. */
  asked: Asked | null = $state(null);
  /** Of the filter that `asked` is about; null until they are counted. */
  counts: FilterCounts | null = $state.raw(null);
  #count = latest((filter: PhotoFilter) => this.backend.filterCounts(filter).catch(() => null));

  constructor(
    private readonly backend: Backend,
    readonly place: FilterPlace,
    private readonly onmenu: ShowMenu,
  ) {}

  /** Everything that can be filtered by, as a menu below a button. */
  async openMenu(button: HTMLElement): Promise<void> {
    await this.#open(button, texts.filters.add, filterMenu);
  }

  /** The values of one part; what a menu can't hold is asked for in its dialog. */
  async openPart(part: FilterPart, button: HTMLElement): Promise<void> {
    if (part === "tag" || part === "album" || part === "name") this.ask(part);
    else await this.#open(button, texts.filters.parts[part], (menu) => partMenu(part, menu));
  }

  ask(asked: Asked): void {
    this.asked = asked;
    void this.#learn();
  }

  async #open(button: HTMLElement, name: string, entries: (menu: MenuOfFilters) => ReturnType<typeof filterMenu>): Promise<void> {
    const { left, bottom } = button.getBoundingClientRect();
    if (!(await this.#learn())) return;
    const { place, counts } = this;
    const menu = { filter: place.filter(), known: place.known(), counts, selected: place.selected(), onchange: place.change, onask: (asked: Asked) => this.ask(asked) };
    const listed = entries(menu);
    if (listed.length > 0) this.onmenu(listed, left, bottom + 4, name);
  }

  /** False when it was asked again meanwhile. */
  async #learn(): Promise<boolean> {
    const counts = await this.#count(this.place.filter());
    if (counts === undefined) return false;
    this.counts = counts;
    return true;
  }
}
