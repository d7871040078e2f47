// @vitest-environment jsdom
// A press becomes holding once it moves; letting go drops where a place takes it, Escape gives up, and neither is a click.
import { afterEach, expect, test, vi } from "vitest";
import { Drag } from "./drag.svelte";

const at = (type: string, x: number, y: number) => new MouseEvent(type, { bubbles: true, clientX: x, clientY: y }) as PointerEvent;

function dragging() {
  const dropped: [readonly number[], string][] = [];
  const drag = new Drag({ placeAt: (x) => (x > 100 ? "right" : null), drop: (items, place) => dropped.push([items, place]) });
  drag.press(at("pointerdown", 10, 10), () => [4, 5]);
  return { drag, dropped };
}

afterEach(() => dispatchEvent(at("pointerup", 0, 0)));

test("a small move holds nothing, and the click that follows counts", () => {
  const { drag, dropped } = dragging();
  const clicked = vi.fn();
  document.body.addEventListener("click", clicked, { once: true });
  dispatchEvent(at("pointermove", 13, 12));
  expect(drag.isHolding).toBe(false);
  dispatchEvent(at("pointerup", 13, 12));
  document.body.dispatchEvent(at("click", 13, 12));
  expect(clicked).toHaveBeenCalled();
  expect(dropped).toEqual([]);
});

test("let go over a place that takes it, it is dropped there, and nothing is clicked", () => {
  const { drag, dropped } = dragging();
  const clicked = vi.fn();
  document.body.addEventListener("click", clicked);
  dispatchEvent(at("pointermove", 50, 10));
  expect([drag.items, drag.over]).toEqual([[4, 5], null]);
  dispatchEvent(at("pointermove", 150, 10));
  expect(drag.over).toBe("right");
  dispatchEvent(at("pointerup", 150, 10));
  document.body.dispatchEvent(at("click", 150, 10));
  expect(dropped).toEqual([[[4, 5], "right"]]);
  expect(drag.isHolding).toBe(false);
  expect(clicked).not.toHaveBeenCalled();
  document.body.removeEventListener("click", clicked);
});

test("Escape gives up", () => {
  const { drag, dropped } = dragging();
  dispatchEvent(at("pointermove", 150, 10));
  dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  expect(drag.isHolding).toBe(false);
  dispatchEvent(at("pointerup", 150, 10));
  expect(dropped).toEqual([]);
});
