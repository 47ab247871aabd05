import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ServerError } from '../src/client.js';
import type { ClientOptions, TokenRequest } from '../src/options.js';
import type { FakeSocket } from './support/fakeSocket.js';
import { FakeWorld, settle, stateOf, statesOf } from './support/fakeWorld.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** Its server may be silent for an hour. */
async function connected(options: Partial<ClientOptions>) {
  const client = world.client(options);
  client.connect().catch(() => {});
  const socket = await world.socket(1);
  socket.welcome({ heartbeat_ms: 3_600_000 });
  await settle();
  return { client, socket };
}

/** A client whose callback answers in turn, the last one again and again, and what it told. */
async function renewing(answers: (string | Error | Promise<string>)[], more: Partial<ClientOptions> = {}) {
  const asked: TokenRequest[] = [];
  const token = (request: TokenRequest) => {
    asked.push(request);
    const answer = answers[Math.min(asked.length, answers.length) - 1]!;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const { client, socket } = await connected({ token, ...more });
  const notices: ServerError[] = [];
  client.on('notice', (notice) => notices.push(notice));
  return { client, socket, asked, notices };
}

const expiring = (socket: FakeSocket, left = 60_000) => socket.say({ op: 'expiring', expires_at: Date.now() + left });
const refused = (code: string, retry = false) => ({ op: 'error', request: 'auth', code, detail: 'why', retry });
const shown = (socket: FakeSocket) => socket.of('auth').map(({ token }) => token);

describe('a token that ends soon', () => {
  test('is followed by a fresh one on the same connection, asked for once', async () => {
    const { client, socket, asked, notices } = await renewing(['t1', 't2', 't3']);
    const states = statesOf(client);
    client.subscribe();
    expiring(socket);
    expiring(socket);
    // At a random time in the second quarter of what is left: 0.5 is its middle.
    await vi.advanceTimersByTimeAsync(22_499);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.slice(1)).toEqual([{ attempt: 1, refused: false, expiring: true }]);
    expect(shown(socket)).toEqual(['t2']);
    socket.say({ op: 'authenticated', expires_at: Date.now() + 3_600_000 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toHaveLength(2);
    await client.close();
    expect(world.sockets).toHaveLength(1);
    expect(states.map(({ status }) => status)).toEqual(['closed']);
    expect(notices).toEqual([]);
  });

  test('is asked for again and again, with delays, while the callback fails, hangs, or gives what is of no use', async () => {
    const never = new Promise<string>(() => {});
    const answers = ['t1', new Error('no vault'), new Error('no vault'), never, 't1', 'two words', 't2'];
    const { client, socket, asked, notices } = await renewing(answers);
    expiring(socket, 400_000);
    await vi.advanceTimersByTimeAsync(149_999);
    expect(asked).toHaveLength(1);
    const times: number[] = [];
    for (let elapsed = 0; shown(socket).length === 0 && elapsed < 100_000; elapsed += 250) {
      const before = asked.length;
      await vi.advanceTimersByTimeAsync(250);
      if (asked.length > before) times.push(elapsed);
    }
    // Three quarters of 1 s, 2 s, 4 s, 8 s and 10 s, and the 10 s that one attempt may take.
    expect(times.map((time) => time - times[0]!)).toEqual([0, 750, 2_250, 15_250, 21_250, 28_750]);
    expect(asked.slice(1).map(({ refused }) => refused)).toEqual([false, false, false, false, true, true]);
    expect(shown(socket)).toEqual(['t2']);
    // Each kind of failure is told once in a row.
    expect(notices.map(({ code }) => code)).toEqual(['token_failed', 'timeout', 'token_failed']);
    expect(stateOf(client, 'connected')).toBeDefined();
    await client.close();
  });

  test('is not replaced by a refused one: the connection goes on, and another is asked for', async () => {
    const { client, socket, asked, notices } = await renewing(['t1', 't2', 't2', 't3']);
    expiring(socket);
    await vi.advanceTimersByTimeAsync(22_500);
    socket.say(refused('forbidden'));
    await vi.advanceTimersByTimeAsync(750 + 1_500);
    expect(asked.slice(1).map(({ refused }) => refused)).toEqual([false, true, true]);
    expect(shown(socket)).toEqual(['t2', 't3']);
    expect(notices.map(({ code }) => code)).toEqual(['forbidden', 'token_failed']);
    socket.say({ op: 'authenticated', expires_at: Date.now() + 60_000 });
    await settle();
    expect(world.sockets).toHaveLength(1);

    // What it lives by now is what the next refusal is about.
    socket.end(4401, 'token_revoked');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(stateOf(client, 'closed').error).toMatchObject({ code: 'unauthorized', closeCode: 4401 });
    expect(world.sockets).toHaveLength(1);
    await client.close();
  });

  test('is shown again, and not asked for anew, when the server could not judge it', async () => {
    const { client, socket, asked } = await renewing(['t1', 't2', 't3']);
    expiring(socket);
    await vi.advanceTimersByTimeAsync(22_500);
    socket.say(refused('auth_unavailable', true));
    await vi.advanceTimersByTimeAsync(749);
    expect(shown(socket)).toEqual(['t2']);
    await vi.advanceTimersByTimeAsync(1);
    expect(shown(socket)).toEqual(['t2', 't2']);
    expect(asked).toHaveLength(2);
    await client.close();
  });

  test('that the fresh one replaced is told of again when that ends too, and each is asked for in time', async () => {
    const { client, socket, asked } = await renewing(['t1', 't2', 't3']);
    expiring(socket);
    await vi.advanceTimersByTimeAsync(22_500);
    const at = Date.now() + 8_000;
    socket.say([
      { op: 'authenticated', expires_at: at },
      { op: 'expiring', expires_at: at },
    ]);
    await vi.advanceTimersByTimeAsync(2_999);
    expect(asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(shown(socket)).toEqual(['t2', 't3']);
    await client.close();
  });

  test('and is not renewed ends the connection, which is followed by one with a fresh token', async () => {
    const { client, socket, asked } = await renewing(['t1', new Promise<string>(() => {}), 't2'], {
      connectTimeout: 60_000,
    });
    expiring(socket);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(2);
    socket.end(4401, 'token_expired');
    await settle();
    expect(stateOf(client, 'waiting')).toMatchObject({ reason: 'unauthorized', closeCode: 4401 });
    await vi.advanceTimersByTimeAsync(500);
    expect(asked.slice(2)).toEqual([{ attempt: 1, refused: true }]);
    expect((await world.socket(2)).protocols.at(-1)).toBe('bearer.t2');
    await client.close();
  });

  test('given as a text can only be told of', async () => {
    const { client, socket } = await connected({ token: 'to.ken' });
    const notices: ServerError[] = [];
    client.on('notice', (notice) => notices.push(notice));
    expiring(socket);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(notices).toEqual([
      { code: 'token_expiring', detail: expect.stringMatching(/ends at 20.*Z.*nothing can renew it/), retry: false },
    ]);
    expect(socket.of('auth')).toEqual([]);
    socket.end(4401, 'token_expired');
    await settle();
    expect(stateOf(client, 'closed').error).toMatchObject({ code: 'unauthorized' });
    await client.close();
  });

  test.each([
    ['before it was asked', 1_000],
    ['while it is asked', 22_600],
    ['after it was shown', 30_000],
  ])('is forgotten with its connection, %s', async (_, after) => {
    const slow = new Promise<string>((resolve) => setTimeout(() => resolve('t2'), 25_000));
    const token = vi.fn((request: TokenRequest) => (request.expiring ? slow : 't1'));
    const { client, socket } = await connected({ token });
    expiring(socket);
    await vi.advanceTimersByTimeAsync(after);
    socket.end(1006);
    await vi.advanceTimersByTimeAsync(1_000);
    const next = (await world.socket(2)).welcome({ heartbeat_ms: 3_600_000 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(next.of('auth')).toEqual([]);
    expect(token.mock.calls.filter(([request]) => request.expiring)).toHaveLength(after > 20_000 ? 1 : 0);
    await client.close();
  });
});
