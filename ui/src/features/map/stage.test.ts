/** The view follows a map that is being made, whenever the page is laid out, and stays where somebody took it after that. */
// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { MapPoints } from "../../backend/backend";
import { fit } from "./camera";
import { scattered } from "./for-tests";
import type { Arrangement } from "./scene";
import { Stage } from "./stage";

const VIEW = { width: 1000, height: 700 };

function points(scale: number): MapPoints {
  const { x, y } = scattered(64);
  return { ids: Uint32Array.from(x, (_, at) => at + 1), x: x.map((v) => v * scale), y: y.map((v) => v * scale), z: null };
}

function stage({ moves } = { moves: false }): { stage: Stage; show: (scale: number, arrangement: Arrangement, keepView: boolean) => Promise<void> } {
  const nothing = () => {};
  const stage = new Stage(() => "", () => !moves, { drawn: nothing, moved: nothing, staged: nothing, rested: nothing, failed: nothing });
  return { stage, show: (scale, arrangement, keepView) => stage.setLayout(points(scale), arrangement, () => 1, keepView) };
}

test("a map made before the page has a size is whole in view when it has one", async () => {
  const { stage: shown, show } = stage();
  await show(0.5, "live", false);
  await show(1, "free", true);
  shown.resize(VIEW, 1);
  expect(shown.camera).toEqual(fit(shown.scene!.box, VIEW));
});

test("a map that is on its way into view is whole in it after the page changes its size", async () => {
  const { stage: shown, show } = stage({ moves: true });
  await show(0.5, "live", false);
  await show(0.7, "live", false);
  shown.resize(VIEW, 1);
  expect(shown.destination).toEqual(fit(shown.scene!.box, VIEW));
});

test("what comes to a map that somebody looks at closely moves nobody's view", async () => {
  const { stage: shown, show } = stage();
  shown.resize(VIEW, 1);
  await show(1, "free", false);
  shown.lookFrom({ x: 0.4, y: 0.4, scale: 5000 });
  const { camera } = shown;
  await show(1.2, "free", true);
  shown.resize({ width: 900, height: 700 }, 1);
  expect(shown.camera).toEqual(camera);
});
