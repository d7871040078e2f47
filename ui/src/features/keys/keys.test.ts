/** The list of keys: every line has words in every language, and keys read as on the keyboard. */
import { describe, expect, it } from "vitest";
import { de } from "../../texts/de";
import { en } from "../../texts/en";
import { keyGroups, keyParts } from "./keys";

describe("the list of keys", () => {
  it("names each action once, and all that have words", () => {
    const actions = keyGroups.flatMap(({ lines }) => lines.map(({ action }) => action));
    expect([...actions].sort()).toEqual(Object.keys(en.keys.actions).sort());
  });

  it("reads as on the keyboard of the language", () => {
    expect(keyParts("Ctrl+Shift+A", en.keys.names, "other")).toEqual(["Ctrl", "Shift", "A"]);
    expect(keyParts("Ctrl+Shift+A", de.keys.names, "other")).toEqual(["Strg", "Umschalt", "A"]);
    expect(keyParts("Ctrl+wheel", en.keys.names, "mac")).toEqual(["⌘", "wheel"]);
    expect(keyParts("+", en.keys.names, "other")).toEqual(["+"]);
  });
});
