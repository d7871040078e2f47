/**
 * The pages by themselves, on a made-up library of any size: for what has to be seen with more photos than a test
 * can read. Knows nothing of what the pages show.
 */

import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const UI = path.resolve(import.meta.dirname, "../../ui");

/**
 * Serves the pages and walks the journey with the address of a library of so many photos.
 * @param {number} photos
 * @param {(address: string) => Promise<void>} journey
 */
export async function withMadeUpLibrary(photos, journey) {
  const vite = createRequire(path.join(UI, "package.json")).resolve("vite");
  const { createServer } = await import(pathToFileURL(vite).href);
  const server = await createServer({ root: UI, logLevel: "error", server: { port: 0, strictPort: false, host: "127.0.0.1" } });
  await server.listen();
  try {
    const { port } = server.httpServer.address();
    await journey(`http://127.0.0.1:${port}/?memory=${photos}`);
  } finally {
    await server.close();
  }
}
