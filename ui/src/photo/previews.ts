/** ThumbHash previews as addresses for CSS, decoded a few at a time so that no frame is late, each only once. */
import { thumbHashToAverageRGBA, thumbHashToDataURL } from "thumbhash";

/** Previews kept: about 4 kB each. */
const KEPT = 2_000;
/** Milliseconds of one turn; the rest waits for the next. */
const BUDGET_MS = 5;

const decoded = new Map<string, string>();
const waiting = new Map<string, Array<(url: string) => void>>();
let scheduled = false;

/** The preview when it is decoded already. */
export function knownPreview(hash: string): string | undefined {
  return decoded.get(hash);
}

/** Decodes soon and calls back; the returned function forgets the wish. */
export function decodePreview(hash: string, whenDecoded: (url: string) => void): () => void {
  const callbacks = waiting.get(hash) ?? [];
  callbacks.push(whenDecoded);
  waiting.set(hash, callbacks);
  schedule();
  return () => {
    const left = waiting.get(hash)?.filter((callback) => callback !== whenDecoded);
    if (left?.length) waiting.set(hash, left);
    else waiting.delete(hash);
  };
}

/** The one colour that stands for the photo until then, as CSS; null when the hash is broken. */
export function averageColor(hash: string): string | null {
  try {
    const { r, g, b } = thumbHashToAverageRGBA(bytesOf(hash));
    return `rgb(${Math.round(r * 255)} ${Math.round(g * 255)} ${Math.round(b * 255)})`;
  } catch {
    return null;
  }
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setTimeout(decodeSome);
}

function decodeSome(): void {
  scheduled = false;
  const until = performance.now() + BUDGET_MS;
  for (const [hash, callbacks] of waiting) {
    waiting.delete(hash);
    const url = decode(hash);
    if (url) for (const callback of callbacks) callback(url);
    if (performance.now() > until) break;
  }
  if (waiting.size > 0) schedule();
}

function decode(hash: string): string | null {
  const known = decoded.get(hash);
  if (known) return known;
  try {
    const url = `url(${thumbHashToDataURL(bytesOf(hash))})`;
    decoded.set(hash, url);
    const oldest = decoded.size > KEPT ? decoded.keys().next().value : undefined;
    if (oldest !== undefined) decoded.delete(oldest);
    return url;
  } catch {
    // A broken preview is no news: the thumbnail comes all the same.
    return null;
  }
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
