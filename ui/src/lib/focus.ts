/** Keeping the keyboard's focus inside a part of the page that covers the rest, and giving it back. */

const FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea, [tabindex]:not([tabindex="-1"])';

/** On Tab: goes round inside `root` instead of leaving it. */
export function keepFocusInside(event: KeyboardEvent, root: HTMLElement): void {
  if (event.key !== "Tab" || event.defaultPrevented) return;
  const stops = [...root.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) => element.tabIndex >= 0 && element.offsetParent !== null);
  const first = stops[0];
  const last = stops[stops.length - 1];
  const active = document.activeElement;
  if (first === undefined || last === undefined) event.preventDefault();
  else if (event.shiftKey ? active === first || active === root : active === last) {
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}

/** For `$effect`: focuses `root` now; afterwards gives the focus back to where it was, unless it went elsewhere by itself. */
export function takeFocus(root: HTMLElement): () => void {
  const giveBack = rememberFocus(root);
  root.focus({ preventScroll: true });
  return giveBack;
}

/** The same for what moves the focus into `root` by other means: only gives it back. */
export function rememberFocus(root: HTMLElement): () => void {
  const before = document.activeElement;
  return () => {
    const lost = document.activeElement === null || document.activeElement === document.body || root.contains(document.activeElement);
    if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
}
