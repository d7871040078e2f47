/**
 * Where the person is, as an address after `#`: back and forward walk through it. Knows the shape of addresses,
 * `#/place/part?name=value`, and none of the places.
 */

export interface Place {
  /** The parts between the slashes. */
  path: readonly string[];
  query: URLSearchParams;
}

export class Address {
  /** The place now. */
  place: Place = $state.raw({ path: [], query: new URLSearchParams() });
  /** The steps of this visit: which one we are on, and how many there are. */
  #at = $state(0);
  #last = $state(0);
  #fallback: string;

  /** `fallback` is the address of the first place, such as `/photos`. */
  constructor(fallback: string) {
    this.#fallback = fallback;
    const kept: unknown = history.state?.at;
    this.#at = this.#last = typeof kept === "number" ? kept : 0;
    history.replaceState({ at: this.#at }, "", `#${this.text}`);
    this.place = parsePlace(this.text);
  }

  /** The address now, without the `#`. */
  get text(): string {
    return location.hash.slice(1) || this.#fallback;
  }

  /** Counts the steps of this visit: names the one we are on. */
  get step(): number {
    return this.#at;
  }

  get canGoBack(): boolean {
    return this.#at > 0;
  }

  get canGoForward(): boolean {
    return this.#at < this.#last;
  }

  /** Goes to an address as a new step; the same address is no step. */
  go(address: string): void {
    if (address === this.text) return;
    this.#last = ++this.#at;
    history.pushState({ at: this.#at }, "", `#${address}`);
    this.place = parsePlace(address);
  }

  /** Changes the address of the step we are on. */
  replace(address: string): void {
    history.replaceState({ at: this.#at }, "", `#${address}`);
    this.place = parsePlace(address);
  }

  /** One step back; to `otherwise` when there is none. */
  back(otherwise?: string): void {
    if (this.canGoBack) history.back();
    else if (otherwise) this.replace(otherwise);
  }

  forward(): void {
    if (this.canGoForward) history.forward();
  }

  /** Follows the browser's own back and forward until the returned function is called. */
  follow(): () => void {
    const follow = () => {
      const kept: unknown = history.state?.at;
      // An address that was typed or pasted has no step yet: it is a new one.
      if (typeof kept === "number") this.#at = kept;
      else {
        this.#last = ++this.#at;
        history.replaceState({ at: this.#at }, "", `#${this.text}`);
      }
      this.#last = Math.max(this.#last, this.#at);
      this.place = parsePlace(this.text);
    };
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }
}

export function parsePlace(address: string): Place {
  const [path = "", query = ""] = address.split("?", 2);
  return { path: path.split("/").filter(Boolean), query: new URLSearchParams(query) };
}

/** An address of parts and values; values that are null, empty or undefined are left out. */
export function formatAddress(path: readonly string[], values: Record<string, string | number | null | undefined> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value != null && value !== "") query.set(name, String(value));
  const text = query.toString().replaceAll("%2C", ",");
  return `/${path.join("/")}${text && `?${text}`}`;
}
