import { webcrypto } from 'node:crypto';
import { RealtimeError } from './errors.js';
import type { WebSocketConstructor } from './platform.browser.js';

export type { WebSocketConstructor, WebSocketLike } from './platform.browser.js';

/** Node's own, which it has from version 22 on, else that of the package `ws`. */
export async function loadWebSocket(): Promise<WebSocketConstructor> {
  if (globalThis.WebSocket !== undefined) return globalThis.WebSocket as unknown as WebSocketConstructor;
  try {
    const { WebSocket } = await import('ws');
    return WebSocket as unknown as WebSocketConstructor;
  } catch (error) {
    throw new RealtimeError('no_websocket', 'this Node has no WebSocket: install the package `ws`, or use Node 22', {
      cause: error,
    });
  }
}

/** Node 18 has no global `crypto`. */
export function randomBytes(count: number): Uint8Array {
  return webcrypto.getRandomValues(new Uint8Array(count));
}
