/** The colours that the canvas shares with the page: read off an element, and again whenever the system or the settings change them. */
import type { Theme } from "./colours";
import type { Rgb } from "./gl/program";

export interface Grounds {
  /** The element's background. */
  ground: Rgb;
  /** The element's own colour. */
  accent: Rgb;
}

/** Tells the colours now, and whenever they change until the returned function is called. */
export function followGrounds(element: Element, tell: (grounds: Grounds) => void): () => void {
  const read = () => {
    const { backgroundColor, color } = getComputedStyle(element);
    tell({ ground: rgb(backgroundColor), accent: rgb(color) });
  };
  read();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", read);
  const chosen = new MutationObserver(read);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    dark.removeEventListener("change", read);
    chosen.disconnect();
  };
}

export function themeOf({ ground }: Grounds): Theme {
  return ground[0] + ground[1] + ground[2] > 1.5 ? "light" : "dark";
}

function rgb(css: string): Rgb {
  const [red = 128, green = 128, blue = 128] = css.match(/[\d.]+/g)?.map(Number) ?? [];
  return [red / 255, green / 255, blue / 255];
}
