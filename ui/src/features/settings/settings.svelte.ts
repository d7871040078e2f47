/** What the person set for the looks of the pages, kept by the engine so that every window agrees. */
import type { Backend } from "../../backend/backend";
import type { LanguageChoice } from "../../texts/texts";

export type ThemeChoice = "system" | "light" | "dark";

export const THEMES: readonly ThemeChoice[] = ["system", "light", "dark"];
export const LANGUAGES: readonly LanguageChoice[] = ["system", "en", "de"];

/** Milliseconds after the last change of a number until it is kept: a slider changes often. */
const KEEP_AFTER_MS = 400;

export class Settings {
  theme: ThemeChoice = $state("system");
  language: LanguageChoice = $state("system");
  /** The columns at the sides: open or folded away. */
  places = $state(true);
  panel = $state(false);
  /** Whether the photos of a stack are shown as one. */
  stacks = $state(true);
  /** CSS pixels; null until the person chose one. */
  rowHeight: number | null = $state(null);
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** `onlanguage` is called when the person chose another language. */
  constructor(
    private readonly backend: Backend,
    private readonly onlanguage: () => void,
  ) {}

  /** Reads what is kept. What can't be read stays as it is by default. */
  async load(): Promise<void> {
    const read = (name: string) => this.backend.setting(name).catch(() => null);
    const [theme, language, places, panel, stacks, rowHeight] = await Promise.all(
      ["theme", "language", "places", "panel", "stacks", "rowHeight"].map(read),
    );
    this.theme = THEMES.find((choice) => choice === theme) ?? "system";
    this.language = LANGUAGES.find((choice) => choice === language) ?? "system";
    this.places = places !== "folded";
    // Without a choice the panel is open where there is room for it.
    this.panel = panel ? panel === "open" : window.innerWidth >= 1400;
    this.stacks = stacks !== "apart";
    const height = Number(rowHeight);
    this.rowHeight = rowHeight !== null && height > 0 ? height : null;
  }

  setTheme(theme: ThemeChoice): void {
    this.theme = theme;
    this.#keep("theme", theme);
  }

  setLanguage(language: LanguageChoice): void {
    this.language = language;
    this.#keep("language", language);
    this.onlanguage();
  }

  togglePlaces(): void {
    this.places = !this.places;
    this.#keep("places", this.places ? "open" : "folded");
  }

  togglePanel(): void {
    this.panel = !this.panel;
    this.#keep("panel", this.panel ? "open" : "folded");
  }

  setStacks(stacks: boolean): void {
    this.stacks = stacks;
    this.#keep("stacks", stacks ? "together" : "apart");
  }

  setRowHeight(height: number): void {
    if (height === this.rowHeight) return;
    this.rowHeight = height;
    this.#keep("rowHeight", String(height));
  }

  #keep(name: string, value: string): void {
    clearTimeout(this.#timers.get(name));
    // A setting that can't be kept is not worth a message: it holds until the window closes.
    this.#timers.set(name, setTimeout(() => void this.backend.setSetting(name, value).catch(() => {}), KEEP_AFTER_MS));
  }
}
