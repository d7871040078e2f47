/** Starts the page: finds the engine, reads the settings, and draws the program in the person's language. */
import "./tokens.css";
import { mount, unmount } from "svelte";
import App from "./App.svelte";
import type { Backend } from "./backend/backend";
import { ALL_PHOTOS } from "./features/filters/filter";
import { Settings } from "./features/settings/settings.svelte";
import { speak } from "./texts/texts";

async function findBackend(): Promise<Backend> {
  if (import.meta.env.DEV) {
    const asked = new URLSearchParams(location.search);
    const photos = asked.get("memory");
    if (photos !== null) {
      const backend = new (await import("./backend/memory")).MemoryBackend(Number(photos), Number(asked.get("unread") ?? 0));
      if (asked.has("albums")) await (await import("./backend/memory-albums")).addAlbums(backend, ALL_PHOTOS);
      return backend;
    }
  }
  if ("__TAURI_INTERNALS__" in window) return new (await import("./backend/desktop")).DesktopBackend();
  return new (await import("./backend/http")).HttpBackend();
}

async function start(): Promise<void> {
  const target = document.getElementById("app");
  if (!target) throw new Error("the page has no place for the program");
  const backend = await findBackend();
  const draw = (settingsOpen: boolean) => {
    speak(settings.language);
    return mount(App, { target, props: { backend, settings, settingsOpen } });
  };
  const settings = new Settings(backend, () => {
    void unmount(app);
    app = draw(true);
  });
  await settings.load();
  let app = draw(false);
}

void start();
