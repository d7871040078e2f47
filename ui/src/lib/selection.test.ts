// Clicks, ranges and the keyboard's place.
import { expect, test } from "vitest";
import { Selection } from "./selection.svelte";

const order = Uint32Array.of(9, 4, 7, 1, 3);
const none = { ctrl: false, shift: false };

test("click, Ctrl+click and Shift+click", () => {
  const selection = new Selection(order);
  selection.click(4, none);
  expect(selection.items()).toEqual([4]);
  selection.click(3, { ctrl: true, shift: false });
  expect(selection.items()).toEqual([4, 3]);
  selection.click(7, { ctrl: false, shift: true });
  expect(selection.items()).toEqual([7, 1, 3]);
  // The range still starts where the last plain or Ctrl+click was.
  selection.click(1, { ctrl: false, shift: true });
  expect(selection.items()).toEqual([1, 3]);
  expect(selection.current).toBe(1);
  selection.click(3, { ctrl: true, shift: false });
  expect(selection.items()).toEqual([1]);
});

test("a range without a beginning is a plain click", () => {
  const selection = new Selection(order);
  selection.extendTo(7);
  expect(selection.items()).toEqual([7]);
});

test("all, none, and what is gone", () => {
  const selection = new Selection(order);
  selection.all();
  expect(selection.items()).toEqual([...order]);
  selection.setOrder(Uint32Array.of(3, 9));
  expect(selection.size).toBe(5);
  selection.keepOnly((item) => item !== 4);
  expect(selection.has(4)).toBe(false);
  expect(selection.items().slice(0, 2)).toEqual([3, 9]);
  selection.none();
  expect(selection.size).toBe(0);
});

test("an item that stands for others is picked with them, and taken away with them", () => {
  const selection = new Selection(order);
  // 7 stands for 1 and itself.
  selection.together = (item) => (item === 7 ? [7, 1] : [item]);
  selection.click(7, none);
  expect(selection.items()).toEqual([7, 1]);
  selection.click(4, { ctrl: true, shift: false });
  expect(selection.items()).toEqual([4, 7, 1]);
  selection.click(7, { ctrl: true, shift: false });
  expect(selection.items()).toEqual([4]);
  selection.click(9, none);
  selection.click(7, { ctrl: false, shift: true });
  expect(selection.items()).toEqual([9, 4, 7, 1]);
});
