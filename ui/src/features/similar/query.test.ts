/** What is asked for by look: more like, less like, without, and back from the address. */
import { describe, expect, it } from "vitest";
import { formatAddress, parsePlace } from "../../lib/address.svelte";
import {
  isEmpty,
  lessLike,
  moreLike,
  queryFromValues,
  queryKey,
  queryOf,
  queryOfPicture,
  queryToValues,
  withoutPhoto,
  withoutPicture,
} from "./query";

const region = { x: 0.25, y: 0.125, width: 0.5, height: 0.5 };

describe("changing what is asked for", () => {
  it("adds examples once", () => {
    expect(moreLike(queryOf([1, 2]), [2, 3]).photos).toEqual([1, 2, 3]);
  });

  it("turns a minus into a plus and back", () => {
    const less = lessLike(queryOf([1]), [5]);
    expect(less).toMatchObject({ photos: [1], less: [5] });
    const more = moreLike(less, [5]);
    expect(more).toMatchObject({ photos: [1, 5], less: [] });
    expect(lessLike(more, [5])).toMatchObject({ photos: [1], less: [5] });
  });

  it("never leaves only a minus", () => {
    expect(lessLike(queryOf([1]), [1])).toMatchObject({ photos: [1], less: [] });
    expect(lessLike(queryOf([1, 2]), [1, 2, 3])).toMatchObject({ photos: [1, 2], less: [3] });
  });

  it("takes away from either side", () => {
    const query = lessLike(queryOf([1, 2]), [5]);
    expect(withoutPhoto(withoutPhoto(query, 5), 2)).toEqual(queryOf([1]));
    expect(isEmpty(withoutPhoto(queryOf([1]), 1))).toBe(true);
    expect(isEmpty(withoutPicture(queryOfPicture("t")))).toBe(true);
  });

  it("keeps a region only while one picture is asked about", () => {
    expect(lessLike(queryOf([1], region), [3]).region).toEqual(region);
    expect(moreLike(queryOf([1], region), [3]).region).toBeNull();
    expect(moreLike({ ...queryOfPicture("t"), region }, [3]).region).toBeNull();
  });
});

describe("the address", () => {
  it("says all of it and gives it back", () => {
    for (const query of [
      queryOf([3, 12]),
      lessLike(queryOf([3]), [4, 5]),
      queryOf([3], region),
      moreLike(queryOfPicture("a/b&c=d"), [9]),
    ]) {
      const back = queryFromValues(parsePlace(formatAddress(["similar"], queryToValues(query))).query);
      expect(back).toEqual(query);
      expect(queryKey(back)).toBe(queryKey(query));
    }
  });

  it("is short", () => {
    expect(formatAddress(["similar"], queryToValues(queryOf([3], region)))).toBe(
      "/similar?photos=3&region=0.25,0.125,0.5,0.5",
    );
  });

  it("survives nonsense", () => {
    const query = queryFromValues(new URLSearchParams("photos=1,x,,-2,1e9,7&less=&region=0.5,0.5,2,nope"));
    expect(query).toEqual(queryOf([1, 7]));
    expect(isEmpty(queryFromValues(new URLSearchParams()))).toBe(true);
  });

  it("keeps a region inside the picture", () => {
    const { region: back } = queryFromValues(new URLSearchParams("photos=1&region=0.6667,0,0.3334,1"));
    expect(back!.x + back!.width).toBeLessThanOrEqual(1);
  });
});
