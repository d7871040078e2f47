/** The browser's full screen. A system may refuse it: then nothing happens, and nothing is lost. */
export function toggleFullScreen(): void {
  const asked = document.fullscreenElement === null ? document.documentElement.requestFullscreen() : document.exitFullscreen();
  asked.catch(() => undefined);
}
