// @vitest-environment jsdom
// Addresses round-trip, and steps are counted.
import { beforeEach, expect, test } from "vitest";
import { Address, formatAddress, parsePlace } from "./address.svelte";

beforeEach(() => history.replaceState(null, "", "#"));

test("an address is parts and values", () => {
  const text = formatAddress(["similar"], { photos: "1,2", less: null, camera: "Nikon D90 & co" });
  expect(text).toBe("/similar?photos=1,2&camera=Nikon+D90+%26+co");
  const place = parsePlace(text);
  expect(place.path).toEqual(["similar"]);
  expect(place.query.get("photos")).toBe("1,2");
  expect(place.query.get("camera")).toBe("Nikon D90 & co");
});

test("going is a step, replacing is none, and the same address is none", async () => {
  const address = new Address("/photos");
  const stop = address.follow();
  expect(address.place.path).toEqual(["photos"]);
  expect(address.canGoBack).toBe(false);
  address.go("/photo/3");
  address.go("/photo/3");
  address.replace("/photo/4");
  expect(address.canGoBack).toBe(true);
  const stepped = new Promise((resolve) => addEventListener("popstate", resolve, { once: true }));
  address.back();
  await stepped;
  expect(address.place.path).toEqual(["photos"]);
  expect(address.canGoBack).toBe(false);
  expect(address.canGoForward).toBe(true);
  stop();
});
