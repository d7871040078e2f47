// Photos dragged over others come to lie before or behind the one under the pointer, and a step at a time by keys.
import { expect, test } from "vitest";
import { AT_END, beforePhoto, orderPlace, photoAfter, steppedOrder } from "./order-places";

const order = Uint32Array.from([1, 2, 3, 4, 5]);

test("before or behind the photo under the pointer", () => {
  expect(orderPlace(order, [1], 4, "first")).toBe(beforePhoto(4));
  expect(orderPlace(order, [1], 4, "second")).toBe(beforePhoto(5));
  expect(orderPlace(order, [1], 5, "second")).toBe(AT_END);
  expect(orderPlace(order, [5], 4, "second")).toBe(AT_END);
  expect(orderPlace(order, [2, 3], 1, "second")).toBe(beforePhoto(4));
});

test("over what is held, or over nothing in the order, there is no place", () => {
  expect(orderPlace(order, [2, 3], 3, "first")).toBeNull();
  expect(orderPlace(order, [2], 9, "first")).toBeNull();
});

test("a place is read back", () => {
  expect([photoAfter(beforePhoto(4)), photoAfter(AT_END), photoAfter("album 3")]).toEqual([4, null, undefined]);
});

test("a step forward or back keeps the photos together, and ends at the ends", () => {
  expect(steppedOrder(order, [3], -1)).toBe(2);
  expect(steppedOrder(order, [3], 1)).toBe(5);
  expect(steppedOrder(order, [4], 1)).toBeNull();
  expect(steppedOrder(order, [2, 4], 1)).toBe(5);
  expect(steppedOrder(order, [1], -1)).toBeUndefined();
  expect(steppedOrder(order, [4, 5], 1)).toBeUndefined();
});
