// Filters survive their address, and nonsense in an address does not filter.
import { expect, test } from "vitest";
import { formatAddress, parsePlace } from "../../lib/address.svelte";
import { ALL_PHOTOS, chips, filterFromQuery, filterToQuery, isFiltered, withDates } from "./filter";

test("every part survives the address", () => {
  const filter = withDates(
    { ...ALL_PHOTOS, folder: 3, camera: "Nikon D90 & co", starsAtLeast: 4, flag: "none", format: "raw", sort: "oldest" },
    "2023-02-01",
    "2024-02-29",
  );
  const address = formatAddress(["photos"], filterToQuery(filter));
  expect(filterFromQuery(parsePlace(address).query)).toEqual(filter);
  expect(formatAddress(["photos"], filterToQuery(ALL_PHOTOS))).toBe("/photos");
});

test("until is the whole day", () => {
  const filter = withDates(ALL_PHOTOS, "", "2024-03-14");
  expect(filter.untilMs).toBe(Date.UTC(2024, 2, 15));
  expect(chips(filter, [])[0]?.text).toContain("14");
});

test("nonsense does not filter", () => {
  const query = new URLSearchParams("folder=x&stars=9&flag=maybe&since=2024-99-99&sort=sideways");
  expect(filterFromQuery(query)).toEqual(ALL_PHOTOS);
});

test("a chip takes away its own part only", () => {
  const filter = { ...ALL_PHOTOS, starsAtLeast: 4, camera: "Nikon" };
  const found = chips(filter, []);
  expect(found.map(({ text }) => text)).toEqual(["4 stars or more", "Nikon"]);
  expect(found[0]?.without).toEqual({ ...filter, starsAtLeast: null });
  expect(isFiltered(filter)).toBe(true);
  expect(isFiltered({ ...ALL_PHOTOS, sort: "name" })).toBe(false);
});
