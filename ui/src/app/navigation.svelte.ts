/** Where the person is: the view, the photo that lies over it, and the steps that lead there and back. Every place has an address. */
import type { PhotoFilter, SimilarQuery } from "../backend/wire";
import { ALL_PHOTOS, filterToQuery } from "../features/filters/filter";
import { queryToValues } from "../features/similar/query";
import { Address, formatAddress } from "../lib/address.svelte";
import type { Order } from "../lib/selection.svelte";
import { viewOf, viewedPhoto, type View } from "./places";

/** More photos would not fit into an address, and say nothing more. */
const MOST_IN_ADDRESS = 100;

export class Navigation {
  readonly #address = new Address("/photos");
  /** What the viewer walks through, by the step of the address that opened it. */
  readonly #walks = new Map<number, Order>();
  #viewBelow: View = viewOf(this.#address.place);

  /** The photo in the viewer; null when it is closed. */
  readonly viewed: number | null = $derived(viewedPhoto(this.#address.place));
  /** The view; it stays as it was while a photo lies over it. */
  readonly view: View = $derived.by(() => {
    const { place } = this.#address;
    if (this.viewed === null) this.#viewBelow = viewOf(place);
    return this.#viewBelow;
  });
  /** Which photos the grid shows and the map does not dim: all of them, in the other views. */
  readonly filter: PhotoFilter = $derived(this.view.name === "photos" || this.view.name === "map" ? this.view.filter : ALL_PHOTOS);
  /** The list that the photo in the viewer was opened from; null when an address of its own led there. */
  readonly walk: Order | null = $derived.by(() => {
    void this.#address.place;
    return this.#walks.get(this.#address.step) ?? null;
  });

  get canGoBack(): boolean {
    return this.#address.canGoBack;
  }

  get canGoForward(): boolean {
    return this.#address.canGoForward;
  }

  showPhotos(filter: PhotoFilter): void {
    this.#address.go(formatAddress(["photos"], filterToQuery(filter)));
  }

  /** Shows the map; with a query, what looks like it stands out. */
  showMap(filter: PhotoFilter, query: SimilarQuery | null = null): void {
    this.#address.go(formatAddress(["map"], { ...filterToQuery(filter), ...(query && queryToValues(query)) }));
  }

  showSimilar(query: SimilarQuery): void {
    this.#address.go(formatAddress(["similar"], queryToValues(query)));
  }

  showAlbums(): void {
    this.#address.go("/albums");
  }

  showProposals(album: number): void {
    this.#address.go(`/proposals/${album}`);
  }

  showOddOnes(): void {
    this.#address.go("/odd");
  }

  showGoesWith(photos: readonly number[]): void {
    this.#address.go(formatAddress(["goes-with"], { photos: photos.slice(0, MOST_IN_ADDRESS).join(",") }));
  }

  showSidecars(): void {
    this.#address.go("/sidecars");
  }

  showProblems(): void {
    this.#address.go("/problems");
  }

  /** Opens a photo in the viewer, which walks through `order`. */
  openPhoto(photo: number, order: Order): void {
    this.#address.go(`/photo/${photo}`);
    this.#walks.set(this.#address.step, order);
  }

  /** The viewer, open already, shows another photo: no step of its own. */
  turnTo(photo: number): void {
    this.#address.replace(`/photo/${photo}`);
  }

  back(): void {
    this.#address.back();
  }

  /** Back, or to the photos when nothing lies behind. */
  leave(): void {
    this.#address.back("/photos");
  }

  forward(): void {
    this.#address.forward();
  }

  /** Follows the browser's own back and forward until the returned function is called. */
  follow(): () => void {
    return this.#address.follow();
  }
}
