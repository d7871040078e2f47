// @vitest-environment jsdom
// Shortcuts fit their keys, and keep out of text fields.
import { expect, test, vi } from "vitest";
import { pressedKey, runShortcut } from "./keyboard";

const key = (key: string, extra: KeyboardEventInit = {}) =>
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...extra });

test("keys are spelled as on screen", () => {
  expect(pressedKey(key("s"))).toBe("S");
  expect(pressedKey(key("Z", { ctrlKey: true, shiftKey: true }))).toBe("Ctrl+Shift+Z");
  expect(pressedKey(key("?", { shiftKey: true }))).toBe("?");
  expect(pressedKey(key(" "))).toBe("Space");
  expect(pressedKey(key("ArrowLeft", { altKey: true }))).toBe("Alt+ArrowLeft");
});

test("the first shortcut that fits and applies runs, and the key is swallowed", () => {
  const never = vi.fn();
  const run = vi.fn();
  const event = key("s");
  expect(runShortcut(event, [{ keys: ["S"], when: () => false, run: never }, { keys: ["Q", "S"], run }])).toBe(true);
  expect(run).toHaveBeenCalledOnce();
  expect(never).not.toHaveBeenCalled();
  expect(event.defaultPrevented).toBe(true);
  expect(runShortcut(key("s", { ctrlKey: true }), [{ keys: ["S"], run }])).toBe(false);
});

test("typing is not a shortcut, sliding is", () => {
  const run = vi.fn();
  for (const [type, runs] of [["text", 0], ["range", 1]] as const) {
    const input = document.body.appendChild(document.createElement("input"));
    input.type = type;
    input.addEventListener("keydown", (event) => runShortcut(event, [{ keys: ["5"], run }]));
    input.dispatchEvent(key("5"));
    expect(run).toHaveBeenCalledTimes(runs);
  }
});
