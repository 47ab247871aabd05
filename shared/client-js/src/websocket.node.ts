import { RealtimeError } from './errors.js';
import type { WebSocketConstructor } from './websocket.browser.js';

export type { WebSocketConstructor, WebSocketLike } from './websocket.browser.js';

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
