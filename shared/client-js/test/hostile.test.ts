import { encode, ExtData } from '@msgpack/msgpack';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RealtimeClient } from '../src/client.js';
import { CloseCodes } from '../src/closeCodes.js';
import { RealtimeError } from '../src/errors.js';
import { readMessagePack } from '../src/msgpackReader.js';
import type { FakeSocket } from './support/fakeSocket.js';
import { FakeWorld, settle, stateOf } from './support/fakeWorld.js';
import { random, type Random, seeds } from './support/random.js';

// A server that means no good: what it says is taken, or ends the connection as the protocol's violation.

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => void vi.useRealTimers());

const hello = new TextEncoder().encode('hello');
const subscribed = { op: 'subscribed', id: 's1', task: 't1', epoch: 'k3x9qa', offset: 0 };
const terminal = (more: object) => ({
  ...{ op: 'terminal', id: 's1', task: 't1', epoch: 'k3x9qa', offset: 0, length: 5, data: hello, encoding: 'raw' },
  ...more,
});

async function watching() {
  const { client, socket } = await world.connected();
  // A browser's: it has no `terminate`, and what it closes with is seen.
  Object.defineProperty(socket, 'terminate', { value: undefined });
  const subscription = client.terminal('t1');
  subscription.on('error', () => {});
  await settle();
  return { client, socket, subscription };
}

async function isRefused(client: RealtimeClient, socket: FakeSocket): Promise<void> {
  await settle();
  const { error } = stateOf(client, 'waiting');
  expect(error).toBeInstanceOf(RealtimeError);
  expect([error.code, error.cause]).toEqual(['protocol', undefined]);
  expect(socket.closedWith).toBe(CloseCodes.BadMessage);
  await client.close();
}

describe('against the protocol is', () => {
  test.each([
    ['no offset', { offset: undefined }],
    ['an offset below 0', { offset: -1 }],
    ['half a byte', { offset: 0.5 }],
    ['an offset that is a text', { offset: '0' }],
    ['an offset beyond 2^53', { offset: 2 ** 53 }],
    ['no length', { length: undefined }],
    ['another length', { length: 4 }],
    ['a length that is a text', { length: '5' }],
    ['no epoch', { epoch: undefined }],
    ['an end without a code', { end: {} }],
    ['an end with half a code', { end: { exit_code: 1.5 } }],
    ['an end that is none', { end: 3 }],
    ['a size with half of it', { resize: { cols: 80 } }],
    ['a size in halves', { resize: { cols: 80.5, rows: 24 } }],
    ['a size as a text', { resize: { cols: '80', rows: 24 } }],
    ['a size that no terminal has', { resize: { cols: 80, rows: 65_536 } }],
  ])('%s', async (_, more) => {
    const { client, socket } = await watching();
    socket.say(subscribed).say(terminal(more));
    await isRefused(client, socket);
  });

  test.each([
    ['no place', { offset: undefined }],
    ['no whole place', { offset: 1.5 }],
    ['no epoch', { epoch: 7 }],
  ])('a beginning that has %s', async (_, more) => {
    const { client, socket, subscription } = await watching();
    socket.say({ ...subscribed, ...more });
    expect(subscription.position).toBeUndefined();
    await isRefused(client, socket);
  });

  test('an end of bytes beyond 2^53, and a gap to there', async () => {
    const first = await watching();
    first.socket.say({ ...subscribed, offset: 2 ** 53 - 4 }).say(terminal({ offset: 2 ** 53 - 4 }));
    await isRefused(first.client, first.socket);
    const { client, socket } = await watching();
    socket.say(subscribed).say({ op: 'gap', id: 's1', after: '0', resumes_at: '9007199254740993.k3x9qa', reason: 'x' });
    await isRefused(client, socket);
  });

  test('LZ4 inside of LZ4, however often', async () => {
    // Each is the "length" of the one around it.
    const depth = 5_000;
    const nested = new Uint8Array(6 * depth + 4);
    const view = new DataView(nested.buffer);
    for (let i = 0; i < depth; i++) {
      view.setUint8(6 * i, 0xc9);
      view.setUint32(6 * i + 1, nested.length - 6 * (i + 1));
      view.setUint8(6 * i + 5, 99);
    }
    nested.set([0xc7, 1, 99, 0], 6 * depth);
    expect(() => readMessagePack(nested)).toThrow(RealtimeError);
    const { client, socket } = await watching();
    socket.say(subscribed).onmessage!({ data: nested.buffer });
    await isRefused(client, socket);
  });

  test('LZ4 whose length is a float', () => {
    const block = Uint8Array.of(0xcb, 0x40, 0x14, 0, 0, 0, 0, 0, 0, 0x50, ...hello);
    expect(() => readMessagePack(encode(new ExtData(99, block)))).toThrow(/LZ4 without a length/);
  });
});

test.each(seeds(30))('what cannot be ends in the protocol’s error, or does no harm (%i)', async (seed) => {
  const next = random(seed);
  for (let round = 0; round < 20; round++) {
    const { client, socket, subscription } = await watching();
    socket.say(subscribed);
    for (let i = 0; i < 8 && client.state.status === 'connected'; i++) socket.say(hostile(next));
    await settle();
    if (client.state.status !== 'connected') {
      const { error } = stateOf(client, 'waiting');
      expect(error.code).toBe('protocol');
      expect(error.cause, String(error.cause)).toBeUndefined();
    }
    expect(subscription.position ?? '0.aaaaaa').toMatch(/^\d{1,16}\.[a-z0-9]{6}$/);
    for (const { offset } of socket.of('ack')) expect(Number.isSafeInteger(offset)).toBe(true);
    await client.close();
  }
});

function hostile(next: Random): object {
  const one = <T>(...of: T[]): T => of[next(of.length)]!;
  const number = () =>
    one<unknown>(0, 5, -1, 1.5, 2 ** 53 - 1, 2 ** 53, -(2 ** 63), NaN, Infinity, '5', null, [], {}, true);
  const usual = (value: unknown) => (next(3) === 0 ? number() : value);
  const size = () => one<unknown>(undefined, undefined, { cols: usual(80), rows: usual(24) }, number());
  const bytes = one<unknown>(hello, undefined, 'aGVsbG8=', new ExtData(99, Uint8Array.of(5, 0x50, ...hello)), number());
  const place = { offset: usual(0), epoch: one<unknown>('k3x9qa', 'k3x9qa', 'zz81mm', '', 7) };
  const end = next(8) === 0 ? { exit_code: usual(0) } : undefined;
  return one<object>(
    terminal({ ...place, length: usual(5), data: bytes, resize: size(), end }),
    terminal(place),
    { ...subscribed, ...place, size: size() },
    {
      op: 'gap',
      id: 's1',
      after: usual('0'),
      resumes_at: one<unknown>(`${String(number())}.k3x9qa`, 7),
      reason: 'epoch',
    },
  );
}
