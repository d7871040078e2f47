// What lies topmost under a point is what was drawn last.
import { expect, test } from "vitest";
import { Boxes } from "./boxes";

test("of boxes over each other the last is found, beside them none", () => {
  const boxes = new Boxes(4);
  boxes.add(7, 0, 0, 10, 10);
  boxes.add(9, 5, 5, 20, 20);
  expect([boxes.at({ x: 2, y: 2 }), boxes.at({ x: 7, y: 7 }), boxes.at({ x: 15, y: 2 })]).toEqual([7, 9, -1]);
  expect(boxes.of(9)).toEqual({ left: 5, top: 5, right: 20, bottom: 20 });
  expect(boxes.of(8)).toBeNull();
  boxes.clear();
  expect(boxes.at({ x: 2, y: 2 })).toBe(-1);
});
