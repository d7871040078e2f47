// Filters survive their address, nonsense in an address does not filter, and chips and menus take away and add their own part only.
import { expect, test } from "vitest";
import { MemoryBackend } from "../../backend/memory";
import type { PhotoFilter } from "../../backend/wire";
import { formatAddress, parsePlace } from "../../lib/address.svelte";
import type { MenuAction, MenuEntry } from "../../lib/menu";
import { ALL_PHOTOS, asksForDecisions, chips, cleared, filterFromQuery, filterToQuery, isFiltered, isNarrowed, narrowed, sortsOf, withDates, yearSpan } from "./filter";
import { filterMenu, partMenu } from "./filter-menu";

const NOWHERE = { folders: [], albums: [], suggestions: [] };

test("every part survives the address", () => {
  const filter: PhotoFilter = withDates(
    {
      ...{ folder: 3, camera: "Nikon D90 & co", lens: "35mm f/1.8", starsAtLeast: 4, flag: "none", label: "blue", sort: "album", stacked: false },
      ...{ tags: ["Animals|Dogs, big", "Family|Anna"], album: 7, suggestion: 12, format: "raw", orientation: "portrait", bytesAtLeast: 5_000_000 },
      ...{ bytesAtMost: 20_000_000, name: "img_0", similarTo: [4, 9], sinceMs: null, untilMs: null },
    },
    "2023-02-01",
    "2024-02-29",
  );
  const address = formatAddress(["photos"], filterToQuery(filter));
  expect(filterFromQuery(parsePlace(address).query)).toEqual(filter);
  expect(formatAddress(["photos"], filterToQuery(ALL_PHOTOS))).toBe("/photos");
});

test("until is the whole day, a whole year is its number", () => {
  const filter = withDates(ALL_PHOTOS, "", "2024-03-14");
  expect(filter.untilMs).toBe(Date.UTC(2024, 2, 15));
  expect(chips(filter, NOWHERE)[0]?.text).toContain("14");
  expect(chips({ ...ALL_PHOTOS, ...yearSpan("2023") }, NOWHERE)[0]?.text).toBe("2023");
});

test("nonsense does not filter", () => {
  const query = new URLSearchParams("folder=x&stars=9&flag=maybe&since=2024-99-99&sort=sideways&label=pink&like=a,,-3&tags=&album=-1");
  expect(filterFromQuery(query)).toEqual(ALL_PHOTOS);
});

test("only an album has an order of its own", () => {
  expect(sortsOf(ALL_PHOTOS)).not.toContain("album");
  expect(filterFromQuery(new URLSearchParams("sort=album")).sort).toBe("newest");
  const [chip] = chips({ ...ALL_PHOTOS, album: 2, sort: "album" }, NOWHERE);
  expect(chip?.without).toEqual(ALL_PHOTOS);
});

test("a chip takes away its own part only", () => {
  const filter = { ...ALL_PHOTOS, starsAtLeast: 4, tags: ["Animals|Dogs", "Print"], camera: "Nikon" };
  const found = chips(filter, NOWHERE);
  expect(found.map(({ text }) => text)).toEqual(["4 stars or more", "Dogs", "Print", "Nikon"]);
  expect(found[0]?.without).toEqual({ ...filter, starsAtLeast: null });
  expect(found[1]?.without).toEqual({ ...filter, tags: ["Print"] });
});

test("a place is a filter, but does not narrow; clearing leaves it", () => {
  expect(isFiltered({ ...ALL_PHOTOS, sort: "name", stacked: true })).toBe(false);
  const filter: PhotoFilter = { ...ALL_PHOTOS, folder: 2, sort: "name" };
  expect([isFiltered(filter), isNarrowed(filter)]).toEqual([true, false]);
  expect(cleared({ ...filter, label: "red" })).toEqual(filter);
});

test("what people decide changes only filters that ask for it", () => {
  expect(asksForDecisions({ ...ALL_PHOTOS, camera: "Nikon" })).toBe(false);
  for (const part of [{ label: "red" }, { tags: ["Print"] }, { album: 1 }, { sort: "bestRated" }] as Partial<PhotoFilter>[]) {
    expect(asksForDecisions({ ...ALL_PHOTOS, ...part })).toBe(true);
  }
});

const actions = (entries: MenuEntry[]) => entries.filter((entry): entry is MenuAction => typeof entry === "object" && "run" in entry);

test("the menu counts what each value leaves, leaves out what nothing has, and takes off what is chosen", async () => {
  const backend = new MemoryBackend(400);
  let filter: PhotoFilter = { ...ALL_PHOTOS, label: "red" };
  const menuFor = async () => ({ filter, known: NOWHERE, counts: await backend.filterCounts(filter), selected: [], onchange: (next: PhotoFilter) => (filter = next), onask: () => {} });

  const labels = actions(partMenu("label", await menuFor()));
  const red = labels.find(({ label }) => label === "Red");
  expect(red?.checked).toBe(true);
  expect(Number(red?.shortcut)).toBe((await backend.gridShape(filter)).ids.length);

  const cameras = actions(partMenu("camera", await menuFor()));
  cameras[0]?.run();
  expect(filter).toMatchObject({ label: "red", camera: cameras[0]?.label });
  expect(Number(cameras[0]?.shortcut)).toBe((await backend.gridShape(filter)).ids.length);

  actions(partMenu("label", await menuFor()))
    .find(({ checked }) => checked)
    ?.run();
  expect(filter.label).toBeNull();

  const none = { ...(await menuFor()), filter, counts: await backend.filterCounts({ ...ALL_PHOTOS, name: "no such file" }) };
  expect(partMenu("stars", none)).toEqual([]);
  expect(filterMenu(none).map((entry) => typeof entry === "object" && "label" in entry && entry.label)).not.toContain("Rating");
});

test("a saved search that more is asked of goes on asking what it asked", () => {
  const search: PhotoFilter = { ...ALL_PHOTOS, starsAtLeast: 3, tags: ["Sea"], bytesAtMost: 9, sort: "oldest" };
  const shown: PhotoFilter = { ...ALL_PHOTOS, album: 7, flag: "pick", starsAtLeast: 2, tags: ["Sea", "Anna"], bytesAtMost: 5, sort: "album" };
  expect(narrowed(search, shown)).toEqual({ ...search, flag: "pick", tags: ["Sea", "Anna"], bytesAtMost: 5 });
});
