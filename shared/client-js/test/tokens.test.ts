import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RealtimeClient } from '../src/client.js';
import { FakeWorld, problem, settle, stateOf } from './support/fakeWorld.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const never = () => new Promise<string>(() => {});
const page = async () => new Response(JSON.stringify({ events: [], next: [], gaps: [], more: false }));
/** Only this token is let in. */
const onlyWith = (token: string) => (_: string, init: RequestInit) =>
  (init.headers as Record<string, string>).Authorization === `Bearer ${token}`
    ? page()
    : Promise.resolve(problem(401, 'token_expired'));
/** What a promise was rejected with, once it was. */
function rejection(promise: Promise<unknown>): { code: () => unknown } {
  let code: unknown = 'pending';
  promise.then(
    () => (code = 'fulfilled'),
    (error: { code?: string }) => (code = error.code),
  );
  return { code: () => code };
}

const event = { channel: 'agents', type: 'agent.status', agent: 'a1', payload: 1 } as const;
type Read = (client: RealtimeClient, signal?: AbortSignal) => Promise<unknown>;
const reads: [string, Read][] = [
  ['history', (client, signal) => client.history({ signal })],
  ['latest', (client, signal) => client.latest({ signal })],
  ['values', (client, signal) => client.values({ signal })],
  ['readTerminal', (client, signal) => client.readTerminal('t1', { signal })],
];

describe('a callback that never answers', () => {
  test.each(reads)('ends %s after the time of one request', async (_, read) => {
    const client = world.client({ token: never, connectTimeout: 3_000 });
    const { code } = rejection(read(client));
    await vi.advanceTimersByTimeAsync(2_999);
    expect(code()).toBe('pending');
    await vi.advanceTimersByTimeAsync(1);
    expect(code()).toBe('timeout');
    await client.close();
  });

  test.each(reads)('does not keep %s from its signal, or from close', async (_, read) => {
    const client = world.client({ token: never });
    const stop = new AbortController();
    const stopped = rejection(read(client, stop.signal));
    const closed = rejection(read(client));
    stop.abort({ code: 'enough' });
    await settle();
    expect([stopped.code(), closed.code()]).toEqual(['enough', 'pending']);
    await client.close();
    await settle();
    expect(closed.code()).toBe('closed');
  });

  test('does not keep publish from its timeout, or from close', async () => {
    const client = world.client({ token: never, connectTimeout: 3_000, publish: { timeout: 2_000 } });
    const late = rejection(client.publish(event));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(late.code()).toBe('timeout');
    const closed = rejection(client.publish(event));
    await settle();
    await client.close();
    await settle();
    expect(closed.code()).toBe('closed');
  });

  test('after a refusal is given up too, and asked anew by the next request', async () => {
    world.answer = onlyWith('new');
    const answers = [async () => 'old', never, async () => 'new'];
    const client = world.client({ token: () => answers.shift()!(), connectTimeout: 3_000 });
    const { code } = rejection(client.history());
    await vi.advanceTimersByTimeAsync(3_000);
    expect(code()).toBe('timeout');
    expect(await client.history()).toMatchObject({ more: false });
    await client.close();
  });
});

describe('one question', () => {
  test('is enough for all that ask at once', async () => {
    world.answer = page;
    const token = vi.fn(async () => 'one');
    const client = world.client({ token });
    await Promise.all(Array.from({ length: 10 }, () => client.history()));
    expect(token).toHaveBeenCalledTimes(1);
    await client.close();
  });

  test('is enough for all that were refused at once', async () => {
    world.answer = onlyWith('2');
    const token = vi.fn(async () => String(token.mock.calls.length));
    const client = world.client({ token });
    await Promise.all(Array.from({ length: 10 }, () => client.history()));
    expect(token.mock.calls).toEqual([[{ attempt: 1, refused: false }], [{ attempt: 2, refused: true }]]);
    await client.close();
  });

  test('that failed is followed by another', async () => {
    world.answer = page;
    const token = vi.fn(async () => (token.mock.calls.length === 1 ? Promise.reject(new Error('no')) : 'two'));
    const client = world.client({ token });
    await expect(client.history()).rejects.toMatchObject({ code: 'token_failed' });
    expect(await client.history()).toMatchObject({ more: false });
    await client.close();
  });
});

test.each(['a/b', 'a=', 'a.b.c\n'])('%j from a callback is no token: no subprotocol can carry it', async (token) => {
  const client = world.client({ token: () => token });
  client.subscribe();
  await settle();
  expect(stateOf(client, 'waiting')).toMatchObject({ reason: 'token_failed', error: { code: 'token_failed' } });
  expect(world.sockets).toHaveLength(0);
  await client.close();
});
