/**
 * Shortcuts as data: what a key does is a line in a table. Knows nothing of what the actions mean.
 * Keys are written as on screen: `S`, `Ctrl+Shift+Z`, `Alt+ArrowLeft`, `?`. Ctrl stands for Command on a Mac.
 */

export interface Shortcut {
  /** One or more keys that do the same. */
  keys: readonly string[];
  run: (event: KeyboardEvent) => void;
  /** When it applies; always, when left out. */
  when?: () => boolean;
}

const onMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** Runs the first shortcut that fits and swallows the key. False when none does, or when somebody is typing. */
export function runShortcut(event: KeyboardEvent, shortcuts: readonly Shortcut[]): boolean {
  if (event.defaultPrevented || event.isComposing || isTyping(event.target)) return false;
  const pressed = pressedKey(event);
  const found = shortcuts.find(({ keys, when }) => keys.includes(pressed) && (when?.() ?? true));
  if (!found) return false;
  event.preventDefault();
  found.run(event);
  return true;
}

/** The key with its modifiers, in the spelling of shortcuts. */
export function pressedKey(event: KeyboardEvent): string {
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const isLetterOrNamed = key.length > 1 || /[A-Z0-9]/.test(key);
  return [
    (onMac ? event.metaKey : event.ctrlKey) && "Ctrl",
    event.altKey && "Alt",
    // Signs such as `?` and `+` need Shift on some keyboards: there it is part of the sign.
    event.shiftKey && isLetterOrNamed && "Shift",
    key,
  ]
    .filter(Boolean)
    .join("+");
}

/** Whether Ctrl, or Command on a Mac, is held: "add to the selection". */
export function holdsCtrl(event: MouseEvent | KeyboardEvent): boolean {
  return onMac ? event.metaKey : event.ctrlKey;
}

/** Whether the event comes from a place where keys are text. Sliders and checkboxes are no such place. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["range", "checkbox", "radio", "button"].includes(target.type);
}
