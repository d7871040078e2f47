/** Short messages that come and go at the foot of the page, each with at most one action such as Undo. */

export interface Toast {
  id: number;
  text: string;
  /** A second, quieter sentence: what to do about it. */
  hint: string | null;
  kind: "plain" | "failure";
  action: { label: string; run: () => void } | null;
}

/** Long enough to read and to reach the button, in milliseconds. */
const SHOWN_MS = { plain: 5_000, failure: 12_000 };

export class Toasts {
  list: Toast[] = $state.raw([]);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** Shows a message. A new one takes the place of an old one of its kind: only the newest matters. */
  show(text: string, action: Toast["action"] = null): void {
    this.#add({ id: this.#next++, text, hint: null, kind: "plain", action });
  }

  fail(text: string, hint: string | null = null): void {
    this.#add({ id: this.#next++, text, hint, kind: "failure", action: null });
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** The time stands still while the pointer is over a message. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
  }

  release(toast: Toast): void {
    this.#timers.set(toast.id, setTimeout(() => this.dismiss(toast.id), SHOWN_MS[toast.kind]));
  }

  #add(toast: Toast): void {
    for (const old of this.list) if (old.kind === toast.kind) this.dismiss(old.id);
    this.list = [...this.list, toast];
    this.release(toast);
  }
}
