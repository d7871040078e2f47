/** For tests only: what the test page lacks of a browser. Every element is 900 by 700 pixels, and nothing moves. */
import { vi } from "vitest";

/** Looks until it holds. A machine that is busy with other things has patience with the page. */
export const until = <Found>(found: () => Found | Promise<Found>) => vi.waitFor(found, { timeout: 20_000 });

const SIZE = { width: 900, height: 700 };

window.matchMedia = (media) => Object.assign(new EventTarget(), { matches: true, media, onchange: null, addListener() {}, removeListener() {} });

window.ResizeObserver = class implements ResizeObserver {
  constructor(private readonly callback: ResizeObserverCallback) {}

  observe(target: Element): void {
    const sizes = [{ inlineSize: SIZE.width, blockSize: SIZE.height }];
    const contentRect = DOMRect.fromRect(SIZE);
    const entry = { target, contentRect, borderBoxSize: sizes, contentBoxSize: sizes, devicePixelContentBoxSize: sizes };
    queueMicrotask(() => this.callback([entry], this));
  }

  unobserve(): void {}

  disconnect(): void {}
};

for (const [name, value] of [["clientWidth", SIZE.width], ["clientHeight", SIZE.height]] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
}

Element.prototype.scrollTo = () => {};
Element.prototype.animate = () => Object.assign(new EventTarget(), { cancel() {}, finish() {}, onfinish: null }) as unknown as Animation;

HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
HTMLDialogElement.prototype.close = function () {
  this.open = false;
};
