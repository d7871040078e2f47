/**
 * The built window on a screen of its own: Xvfb for the screen, WebKitWebDriver to see into the page, xdotool for a
 * real right button, which WebDriver's pointer does not carry into WebKitGTK. Knows nothing of Likeness's pages.
 */

import { execFile, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

import { ended, pictures, programs } from "./library.mjs";

const PATIENCE_MS = 60_000;
const MOST_TABS = 60;
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
/** How WebDriver writes keys that are no letters. */
const KEYS = {
  Tab: "\uE004",
  Enter: "\uE007",
  Shift: "\uE008",
  Control: "\uE009",
  Escape: "\uE00C",
  PageUp: "\uE00E",
  PageDown: "\uE00F",
  End: "\uE010",
  Home: "\uE011",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
};
const keyCode = (key) => KEYS[key] ?? key;

/**
 * Opens the window on a library and walks the journey.
 * @param {{ environment: NodeJS.ProcessEnv }} library
 * @param {string[]} words what the window is started with
 * @param {string} name names the picture that is kept when the journey fails
 * @param {(window: Window) => Promise<void>} journey
 */
export async function inWindow(library, words, name, journey) {
  const started = [];
  const start = (program, args, options) => {
    const child = spawn(program, args, options);
    started.unshift(child);
    return child;
  };
  try {
    const display = await screen(start);
    const environment = {
      ...library.environment,
      DISPLAY: display,
      GDK_BACKEND: "x11",
      NO_AT_BRIDGE: "1",
      // No session bus: a Likeness that the person has open is another one.
      DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent",
      TAURI_WEBVIEW_AUTOMATION: "true",
      // Under WebDriver the threaded compositor crashes in software OpenGL.
      WEBKIT_SKIA_ENABLE_CPU_RENDERING: "1",
    };
    delete environment.WAYLAND_DISPLAY;
    start("openbox", ["--sm-disable"], { env: environment, stdio: "ignore" });
    const port = await freePort();
    start("WebKitWebDriver", [`--port=${port}`], { env: environment, stdio: ["ignore", "ignore", "inherit"] });
    const window = await Window.open(`http://127.0.0.1:${port}`, environment, words);
    try {
      await journey(window);
    } catch (failure) {
      const picture = await window.keepPicture(name);
      throw new Error(`${failure.message}\nthe window then: ${picture}`, { cause: failure });
    } finally {
      await window.close();
    }
  } finally {
    for (const child of started) await ended(child);
  }
}

/** Starts a screen on a free display and gives its name, as `:7`. */
async function screen(start) {
  const xvfb = start("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  for await (const line of createInterface(xvfb.stdout)) return `:${line.trim()}`;
  throw new Error("Xvfb ended without a display");
}

/** A port of the loopback that nobody listens on. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The window, through WebDriver. */
export class Window {
  #session;
  #environment;

  constructor(session, environment) {
    this.#session = session;
    this.#environment = environment;
  }

  static async open(driver, environment, words) {
    const browserOptions = { binary: programs.desktop, args: words };
    const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": browserOptions } };
    const { sessionId } = await until("WebKitWebDriver listens", () =>
      ask(`${driver}/session`, "POST", { capabilities }).catch((error) => {
        if (error.answer) throw error;
      }),
    );
    return new Window(`${driver}/session/${sessionId}`, environment);
  }

  /** Runs JavaScript, the body of a function, in the page. */
  script(text, ...values) {
    return this.#post("execute/sync", { script: text, args: values });
  }

  /** Waits until a CSS selector finds at least `count` elements that are shown, and gives them. */
  find(selector, count = 1) {
    return until(`${count} of ${selector}`, async () => {
      const found = await this.script(
        "return [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility())",
        selector,
      );
      return found.length >= count ? found : undefined;
    });
  }

  /** The one element found by a selector whose text or label holds these words. */
  findByWords(selector, words) {
    return until(`${selector} saying ${words}`, () =>
      this.script(
        `return [...document.querySelectorAll(arguments[0])].find((one) => one.checkVisibility() &&
           (one.textContent + " " + (one.getAttribute("aria-label") ?? "")).includes(arguments[1])) ?? undefined`,
        selector,
        words,
      ),
    );
  }

  /** Waits until a script gives something, and gives it. */
  holds(what, text, ...values) {
    return until(what, async () => (await this.script(text, ...values)) || undefined);
  }

  /** Waits until something comes of an attempt, and gives it. */
  comes(what, attempt) {
    return until(what, attempt);
  }

  /** The name that a screen reader speaks. */
  spokenName(element) {
    return this.#get(`element/${element[ELEMENT]}/computedlabel`);
  }

  attribute(element, name) {
    return this.#get(`element/${element[ELEMENT]}/attribute/${name}`);
  }

  /** Where an element lies in the page, CSS pixels. */
  box(element) {
    return this.script("const { x, y, width, height } = arguments[0].getBoundingClientRect(); return { x, y, width, height }", element);
  }

  click(element) {
    return this.#post(`element/${element[ELEMENT]}/click`, {});
  }

  /** Clicks what is found by a selector and says these words; what was drawn anew meanwhile is looked for again. */
  clickWords(selector, words) {
    return until(`${selector} saying ${words}, to click`, async () => {
      try {
        await this.click(await this.findByWords(selector, words));
        return true;
      } catch (failure) {
        if (failure.answer?.error !== "stale element reference") throw failure;
      }
    });
  }

  /** Presses the real right button in the middle of an element. */
  async rightClick(element) {
    const { x, y, width, height } = await this.box(element);
    const page = await this.#pageInWindow();
    const at = [page.x + x + width / 2, page.y + y + height / 2].map((pixel) => String(Math.round(pixel)));
    await this.#xdotool("getactivewindow", "mousemove", "--window", "%1", ...at, "click", "3");
  }

  /** Presses a key, or several together as `Control+z`, and lets them go: they go to what has the focus. */
  async press(keys) {
    const together = keys.length > 1 ? keys.split("+") : [keys];
    for (const key of together) await this.holdKey(key);
    for (const key of together.reverse()) await this.letKeyGo(key);
  }

  /** Types letters and digits into what has the focus. */
  async type(text) {
    for (const letter of text) await this.press(letter);
  }

  /** Goes with the Tab key, or back with Shift+Tab, to the control that says these words. */
  async tabTo(words, tab = "Tab") {
    const said = `const at = document.activeElement;
      return at?.matches("button, input, a") ? (at.getAttribute("aria-label") ?? at.textContent) : ""`;
    for (let presses = 0; presses < MOST_TABS; presses++) {
      if ((await this.script(said)).includes(words)) return;
      await this.press(tab);
    }
    throw new Error(`no Tab leads to: ${words}`);
  }

  holdKey(key) {
    return this.#act({ type: "key", id: "keyboard", actions: [{ type: "keyDown", value: keyCode(key) }] });
  }

  letKeyGo(key) {
    return this.#act({ type: "key", id: "keyboard", actions: [{ type: "keyUp", value: keyCode(key) }] });
  }

  /** Turns the wheel over a point of the page, by so many pixels: less than none is away from the hand. */
  wheel({ x, y }, pixels) {
    const turn = { type: "scroll", x: Math.round(x), y: Math.round(y), deltaX: 0, deltaY: pixels };
    return this.#act({ type: "wheel", id: "wheel", actions: [turn] });
  }

  /** Presses the left button at the first of these points of the page and goes on to the others; the button stays down. */
  drag([first, ...others]) {
    return this.#point([moveTo(first), { type: "pointerDown", button: 0 }, ...others.map(moveTo)]);
  }

  letButtonGo() {
    return this.#point([{ type: "pointerUp", button: 0 }]);
  }

  /** Keeps two pictures of what the window shows, light and dark, once all that it shows has come. */
  async keepPictures(name) {
    for (const theme of ["light", "dark"]) {
      await this.script("document.documentElement.dataset.theme = arguments[0]", theme);
      await this.holds(
        "pictures are ready to be drawn and nothing moves",
        `const shown = [...document.images].filter((one) => one.checkVisibility());
         return Promise.all(shown.map((one) => one.decode().catch(() => {}))).then(() =>
           document.getAnimations().every((one) => one.playState !== "running"))`,
      );
      await this.keepPicture(`${name}-${theme}`);
    }
    await this.script("delete document.documentElement.dataset.theme");
  }

  async keepPicture(name) {
    await mkdir(pictures, { recursive: true });
    const picture = path.join(pictures, `${name}.png`);
    await writeFile(picture, Buffer.from(await this.#get("screenshot"), "base64"));
    return picture;
  }

  close() {
    return ask(this.#session, "DELETE");
  }

  /** Where the page begins inside the window: below whatever else the window shows. */
  async #pageInWindow() {
    const geometry = await this.#xdotool("getactivewindow", "getwindowgeometry", "--shell");
    const [width, height] = ["WIDTH", "HEIGHT"].map((key) => Number(new RegExp(`^${key}=(\\d+)$`, "m").exec(geometry)[1]));
    const page = await this.script("return { width: innerWidth, height: innerHeight }");
    return { x: (width - page.width) / 2, y: height - page.height };
  }

  async #xdotool(...words) {
    const { stdout } = await promisify(execFile)("xdotool", words, { env: this.#environment });
    return stdout;
  }

  #point(actions) {
    return this.#act({ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions });
  }

  #act(source) {
    return this.#post("actions", { actions: [source] });
  }

  #get(what) {
    return ask(`${this.#session}/${what}`, "GET");
  }

  #post(what, body) {
    return ask(`${this.#session}/${what}`, "POST", body);
  }
}

/** The pointer's way to a point of the page. */
function moveTo({ x, y }) {
  return { type: "pointerMove", duration: 20, origin: "viewport", x: Math.round(x), y: Math.round(y) };
}

/** One WebDriver request; an answer that says no becomes an error that holds it. */
async function ask(address, method, body) {
  const request = { method, body: body && JSON.stringify(body), headers: { "content-type": "application/json" } };
  const { value } = await (await fetch(address, request)).json();
  if (value?.error) throw Object.assign(new Error(`${value.error}: ${value.message}`), { answer: value });
  return value;
}

/** Tries until there is something, and says in the end what there never was. */
async function until(what, attempt) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await attempt();
    if (found !== undefined && found !== null) return found;
    if (Date.now() > end) throw new Error(`waited in vain for: ${what}`);
    await pause(100);
  }
}
