/** What can be done with suggestions from any place that shows them: joins deciding and going there. */
import type { SuggestionRow } from "../backend/wire";
import type { SuggestionActions } from "../features/albums/suggestion-menu";
import { ALL_PHOTOS } from "../features/filters/filter";
import { texts } from "../texts/texts";
import { openAlbum } from "./album-actions";
import type { Program } from "./program.svelte";

export function suggestionActions(program: Program): SuggestionActions {
  const { albums, decisions, navigation, suggestions } = program;
  const isShown = ({ id }: SuggestionRow) => navigation.view.name === "photos" && navigation.view.filter.suggestion === id;
  /** Those that are being kept: a second press meanwhile means the same. */
  const keeping = new Set<number>();
  return {
    open: ({ id }) => navigation.showPhotos({ ...ALL_PHOTOS, suggestion: id }),
    keep: async (suggestion) => {
      if (keeping.has(suggestion.id)) return;
      keeping.add(suggestion.id);
      const wasShown = isShown(suggestion);
      const kept = await decisions.keepSuggestion(suggestion);
      await program.refreshAlbums();
      keeping.delete(suggestion.id);
      const album = albums.get(kept);
      if (album && wasShown) openAlbum(program, album);
    },
    rename: async (suggestion, name) => {
      if (name !== suggestion.name) await decisions.renameSuggestion(suggestion.id, name);
      await suggestions.refresh();
    },
    pin: async (suggestion, pinned) => {
      await decisions.pinSuggestion(suggestion, pinned);
      await suggestions.refresh();
    },
    split: async (suggestion) => {
      const wasShown = isShown(suggestion);
      await decisions.splitSuggestion(suggestion);
      if (wasShown) navigation.showAlbums();
      await suggestions.refresh();
    },
    askToMerge: (suggestion) => (program.dialog = { name: "mergeSuggestion", suggestion }),
    merge: async (merged) => {
      await decisions.mergeSuggestions(merged);
      await suggestions.refresh();
    },
    suggestAnew: (count) =>
      void program.try(async () => {
        await program.backend.suggestAlbums(count);
        program.toasts.show(texts.suggestions.madeAnew);
      }),
    dismiss: async (suggestion) => {
      const wasShown = isShown(suggestion);
      await decisions.dismissSuggestion(suggestion);
      if (wasShown) navigation.showAlbums();
      await suggestions.refresh();
    },
  };
}
