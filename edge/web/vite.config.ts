import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Where a devhost listens, for `npm run dev`: see README.md.
const edge = process.env.EDGE ?? 'https://127.0.0.1:8443';
// The edge refuses sockets of pages of other origins: to it, the page is its own.
const toEdge = { target: edge, changeOrigin: true, rewriteWsOrigin: true, secure: false, ws: true };
const proxy = Object.fromEntries(['/v1', '/ws', '/sse', '/sign-in'].map((path) => [path, toEdge]));

function sdk(file: string): string {
  return fileURLToPath(new URL(`../../shared/client-js/src/${file}`, import.meta.url));
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export default defineConfig({
  base: '/',
  resolve: {
    // The SDK from its source, so that the page needs no build of it.
    alias: { '@realtime/client': sdk('index.ts'), '#platform': sdk('platform.browser.ts') },
  },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  // Nothing is inlined as a data: address but images, and nothing is fetched from elsewhere: the page's
  // Content-Security-Policy allows its own files only.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: true },
  server: { host: '127.0.0.1', proxy },
  // As the edge serves it: what this policy forbids must not be needed.
  preview: { host: '127.0.0.1', proxy, headers: { 'Content-Security-Policy': policy } },
  test: { include: ['test/**/*.test.ts'] },
});
