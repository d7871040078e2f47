// How the pages are built, served while developing, and tested.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte({ compilerOptions: { runes: true } })],
  build: {
    // WebKitGTK 2.40 and the WebViews of the other systems of the last three years.
    target: ["es2022", "safari16.4", "chrome110"],
    // The content security policy allows no data: scripts, and small files gain nothing on loopback.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // The icon lies beside the pages.
  server: { port: 5173, strictPort: true, fs: { allow: [".."] } },
  // Component tests mount with the browser build of Svelte.
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
  // Files that need a page say so: `// @vitest-environment jsdom`.
  test: { environment: "node", include: ["src/**/*.test.ts"], testTimeout: 60_000 },
});
