import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Where a devhost listens, for `npm run dev`: see README.md.
const edge = process.env.EDGE ?? 'https://127.0.0.1:8443';
const toEdge = { target: edge, changeOrigin: true, secure: false, ws: true };
const proxy = Object.fromEntries(['/v1', '/ws', '/sse', '/sign-in'].map((path) => [path, toEdge]));

function sdk(file: string): string {
  return fileURLToPath(new URL(`../../shared/client-js/src/${file}`, import.meta.url));
}

export default defineConfig({
  base: '/',
  resolve: {
    // The SDK from its source, so that the page needs no build of it.
    alias: { '@realtime/client': sdk('index.ts'), '#websocket': sdk('websocket.browser.ts') },
  },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  // Nothing is inlined as a data: address but images, and nothing is fetched from elsewhere: the page's
  // Content-Security-Policy allows its own files only.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: true },
  server: { host: '127.0.0.1', proxy },
  preview: { host: '127.0.0.1', proxy },
  test: { include: ['test/**/*.test.ts'] },
});
