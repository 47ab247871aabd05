/** What is used of a WebSocket. */
export interface WebSocketLike {
  onopen: ((event: unknown) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  binaryType: string;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  /** Ends it at once; only the package `ws` can. */
  terminate?(): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** The browser's own. */
export async function loadWebSocket(): Promise<WebSocketConstructor> {
  return globalThis.WebSocket as unknown as WebSocketConstructor;
}

/** Random bytes that nobody can guess. (`crypto.randomUUID` is not there on pages without TLS, this is.) */
export function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}
