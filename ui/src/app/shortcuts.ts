/** The keys of the window, wherever the focus is. The grid, the results and the viewer have keys of their own besides. */
import { ALL_PHOTOS } from "../features/filters/filter";
import { toggleFullScreen } from "../lib/full-screen";
import type { Shortcut } from "../lib/keyboard";
import { LABELS_BY_KEY } from "../photo/labels";
import { stepPhotos } from "./album-actions";
import { LEAST_EXAMPLES } from "../photo/photo-menu";
import type { Program } from "./program.svelte";

export function windowShortcuts(program: Program): Shortcut[] {
  const { actions, decisions, grid, navigation, settings } = program;
  const items = () => program.selection.items();
  const inView = () => navigation.viewed === null && !program.isFirstStart;
  const showsPhotos = () => inView() && program.showsPhotos;
  const chosen = () => showsPhotos() && program.selection.size > 0;
  const showsAlbum = () => inView() && navigation.view.name === "photos" && program.album !== null;
  const hasCurrentTile = () => inView() && navigation.view.name === "photos" && grid.selection.current !== null;
  return [
    { keys: ["S"], when: chosen, run: () => actions.findSimilar(items()) },
    ...[0, 1, 2, 3, 4, 5].map((stars): Shortcut => ({ keys: [String(stars)], when: chosen, run: () => actions.rate(items(), stars) })),
    { keys: ["P"], when: chosen, run: () => actions.setFlag(items(), "pick") },
    { keys: ["X"], when: chosen, run: () => actions.setFlag(items(), "reject") },
    { keys: ["U"], when: chosen, run: () => actions.setFlag(items(), "none") },
    ...LABELS_BY_KEY.map(([key, label]): Shortcut => ({ keys: [key], when: chosen, run: () => actions.setLabel(items(), label) })),
    { keys: ["E"], when: hasCurrentTile, run: () => grid.toggleStack(grid.selection.current as number) },
    { keys: ["Delete"], when: chosen, run: () => actions.trash(items()) },
    { keys: ["T"], when: chosen, run: () => actions.tag(items()) },
    { keys: ["B"], when: chosen, run: () => actions.addToAlbum(items()) },
    { keys: ["Shift+B"], when: () => chosen() && program.selection.size >= LEAST_EXAMPLES, run: () => actions.teachAlbum(items()) },
    { keys: ["F2"], when: showsAlbum, run: () => program.albums.rename(program.album?.id as number, "title") },
    { keys: ["Alt+Shift+ArrowLeft"], when: chosen, run: () => stepPhotos(program, items(), -1) },
    { keys: ["Alt+Shift+ArrowRight"], when: chosen, run: () => stepPhotos(program, items(), 1) },
    { keys: ["Ctrl+A"], when: showsPhotos, run: () => program.selection.all() },
    { keys: ["Ctrl+Shift+A", "Ctrl+D"], when: showsPhotos, run: () => program.selection.none() },
    { keys: ["Escape"], when: inView, run: () => program.escape() },
    { keys: ["G"], when: inView, run: () => navigation.showPhotos(navigation.view.name === "map" ? navigation.filter : ALL_PHOTOS) },
    { keys: ["A"], when: inView, run: () => navigation.showAlbums() },
    { keys: ["M"], when: inView, run: () => navigation.showMap(navigation.filter) },
    { keys: ["I", "Ctrl+I"], when: inView, run: () => settings.togglePanel() },
    { keys: ["F", "F11"], when: inView, run: toggleFullScreen },
    { keys: ["+", "="], when: inView, run: () => grid.setRowHeight(grid.rowHeight * 1.15) },
    { keys: ["-"], when: inView, run: () => grid.setRowHeight(grid.rowHeight / 1.15) },
    { keys: ["?"], run: () => (program.dialog = { name: "keys" }) },
    { keys: ["Ctrl+Z"], run: () => void decisions.undo() },
    { keys: ["Ctrl+Shift+Z", "Ctrl+Y"], run: () => void decisions.redo() },
    { keys: ["Alt+ArrowLeft"], run: () => navigation.back() },
    { keys: ["Alt+ArrowRight"], run: () => navigation.forward() },
  ];
}
