/** The keys of the window, wherever the focus is. The grid, the results and the viewer have keys of their own besides. */
import { ALL_PHOTOS } from "../features/filters/filter";
import { toggleFullScreen } from "../lib/full-screen";
import type { Shortcut } from "../lib/keyboard";
import type { Program } from "./program.svelte";

export function windowShortcuts(program: Program): Shortcut[] {
  const { actions, decisions, grid, navigation, settings } = program;
  const items = () => program.selection.items();
  const inView = () => navigation.viewed === null && !program.isFirstStart;
  const chosen = () => inView() && navigation.view.name !== "problems" && program.selection.size > 0;
  return [
    { keys: ["S"], when: chosen, run: () => actions.findSimilar(items()) },
    ...[0, 1, 2, 3, 4, 5].map((stars): Shortcut => ({ keys: [String(stars)], when: chosen, run: () => actions.rate(items(), stars) })),
    { keys: ["P"], when: chosen, run: () => actions.setFlag(items(), "pick") },
    { keys: ["X"], when: chosen, run: () => actions.setFlag(items(), "reject") },
    { keys: ["U"], when: chosen, run: () => actions.setFlag(items(), "none") },
    { keys: ["Ctrl+A"], when: inView, run: () => program.selection.all() },
    { keys: ["Ctrl+Shift+A", "Ctrl+D"], when: inView, run: () => program.selection.none() },
    { keys: ["Escape"], when: inView, run: () => program.escape() },
    { keys: ["G"], when: inView, run: () => navigation.showPhotos(navigation.view.name === "map" ? navigation.filter : ALL_PHOTOS) },
    { keys: ["M"], when: inView, run: () => navigation.showMap(navigation.filter) },
    { keys: ["I", "Ctrl+I"], when: inView, run: () => settings.togglePanel() },
    { keys: ["F", "F11"], when: inView, run: toggleFullScreen },
    { keys: ["+", "="], when: inView, run: () => grid.setRowHeight(grid.rowHeight * 1.15) },
    { keys: ["-"], when: inView, run: () => grid.setRowHeight(grid.rowHeight / 1.15) },
    { keys: ["?"], run: () => (program.dialog = program.dialog === "keys" ? null : "keys") },
    { keys: ["Ctrl+Z"], run: () => void decisions.undo() },
    { keys: ["Ctrl+Shift+Z", "Ctrl+Y"], run: () => void decisions.redo() },
    { keys: ["Alt+ArrowLeft"], run: () => navigation.back() },
    { keys: ["Alt+ArrowRight"], run: () => navigation.forward() },
  ];
}
