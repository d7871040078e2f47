// What was typed is found best match first; case, accents and the order of words make no difference.
import { expect, test } from "vitest";
import { findChoices } from "./find-choices";

const items = [
  { label: "Sea" },
  { label: "Rex", under: "Animals › Dogs" },
  { label: "Dog show" },
  { label: "My dogs" },
  { label: "Hotdog" },
  { label: "Dogs", under: "Animals" },
  { label: "Café" },
];
const found = (typed: string) => findChoices(items, typed).map(({ label }) => label);

test("the beginning of a name, then of a word, then anywhere, then around it", () => {
  expect(found("dogs")).toEqual(["Dogs", "My dogs", "Rex"]);
  expect(found("DOG")).toEqual(["Dog show", "Dogs", "My dogs", "Hotdog", "Rex"]);
});

test("accents and levels make no difference", () => {
  expect(found("cafe")).toEqual(["Café"]);
  expect(found("animals > rex")).toEqual(["Rex"]);
});

test("nothing typed finds all in their order, nonsense nothing", () => {
  expect(found("  ")).toEqual(items.map(({ label }) => label));
  expect(found("xyz")).toEqual([]);
});
