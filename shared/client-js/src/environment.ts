import { loadWebSocket, type WebSocketConstructor } from '#platform';

/** The only clock and timers; looked up at each call, so that tests replace them. */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** What of the world around it the client uses. */
export interface Environment {
  clock: Clock;
  /** From 0 up to, but not including, 1. */
  random(): number;
  fetch(input: string, init: RequestInit): Promise<Response>;
  loadWebSocket(): Promise<WebSocketConstructor>;
  /** Told when the network is back; returns "off". */
  onOnline(listener: () => void): () => void;
}

/** More than this, about 25 days, would be taken for 1 ms. */
const TimerMax = 2 ** 31 - 1;

export const defaultEnvironment: Environment = {
  clock: {
    now: () => Date.now(),
    setTimeout: (callback, ms) => setTimeout(callback, Math.min(ms, TimerMax)),
    clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  },
  random: () => Math.random(),
  fetch: (input, init) => fetch(input, init),
  loadWebSocket,
  onOnline(listener) {
    // Node has neither the event nor, everywhere, the function.
    if (typeof globalThis.addEventListener !== 'function') return () => {};
    globalThis.addEventListener('online', listener);
    return () => globalThis.removeEventListener('online', listener);
  },
};
