import { expect, vi } from 'vitest';
import { RealtimeClient } from '../../src/client.js';
import { defaultEnvironment, type Environment } from '../../src/environment.js';
import type { ClientOptions } from '../../src/options.js';
import type { ConnectionState } from '../../src/state.js';
import { FakeSocket } from './fakeSocket.js';

/** Everything around a client, played by the test. Timers are vitest's. */
export class FakeWorld implements Environment {
  readonly clock = defaultEnvironment.clock;
  readonly sockets: FakeSocket[] = [];
  readonly requests: { url: string; init: RequestInit }[] = [];
  readonly online = new Set<() => void>();
  randomValue = 0.5;
  /** Answers HTTP; by default there is nobody. */
  answer: (url: string, init: RequestInit) => Promise<Response> = () => Promise.reject(new TypeError('fetch failed'));

  random(): number {
    return this.randomValue;
  }

  fetch = (url: string, init: RequestInit): Promise<Response> => {
    this.requests.push({ url, init });
    if (init.signal?.aborted) return Promise.reject(init.signal.reason);
    return new Promise((resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal!.reason), { once: true });
      this.answer(url, init).then(resolve, reject);
    });
  };

  loadWebSocket = async () => {
    const { sockets } = this;
    return class extends FakeSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        sockets.push(this);
      }
    };
  };

  onOnline = (listener: () => void): (() => void) => {
    this.online.add(listener);
    return () => this.online.delete(listener);
  };

  client(options: Partial<ClientOptions> = {}): RealtimeClient {
    // A first delay of a second, so that tests tell in round numbers when something is due.
    const reconnect = { delay: 1_000, ...options.reconnect };
    return new RealtimeClient({ url: 'https://edge.test:8443', token: 'to.ken', ...options, reconnect }, this);
  }

  /** The newest socket, once there are so many. */
  async socket(count = this.sockets.length): Promise<FakeSocket> {
    for (let i = 0; i < 20 && this.sockets.length < count; i++) await settle();
    expect(this.sockets).toHaveLength(count);
    return this.sockets[count - 1]!;
  }

  /** A client with its socket, welcomed. */
  async connected(options: Partial<ClientOptions> = {}): Promise<{ client: RealtimeClient; socket: FakeSocket }> {
    const client = this.client(options);
    void client.connect().catch(() => {});
    const socket = await this.socket(this.sockets.length + 1);
    socket.welcome();
    await settle();
    return { client, socket };
  }
}

/** Lets everything run that can without time. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await vi.advanceTimersByTimeAsync(0);
}

export function statesOf(client: RealtimeClient): ConnectionState[] {
  const states: ConnectionState[] = [];
  client.on('state', (state) => states.push(state));
  return states;
}

/** The state, which must be this one. */
export function stateOf<Status extends ConnectionState['status']>(
  client: RealtimeClient,
  status: Status,
): Extract<ConnectionState, { status: Status }> {
  expect(client.state.status).toBe(status);
  return client.state as Extract<ConnectionState, { status: Status }>;
}

/** An event on the wire. */
export function wireEvent(offset: number, more: object = {}) {
  return {
    op: 'event',
    id: `3:${1_795_230_320_000 + offset}-${offset}.k3x9qa`,
    channel: 'agents',
    type: 'agent.status',
    agent: 'a1',
    ts: 1,
    sent: 1,
    payload: offset,
    ...more,
  };
}

export function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return new Response(
    JSON.stringify({ status, code, detail: `the door says ${code}`, retry: status === 408 || status >= 429 }),
    {
      status,
      headers: { 'Content-Type': 'application/problem+json', ...headers },
    },
  );
}
