import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SubscriptionItem } from '../src/items.js';
import type { Subscription } from '../src/subscription.js';
import type { FakeSocket } from './support/fakeSocket.js';
import { FakeWorld, settle, wireEvent } from './support/fakeWorld.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const at = (offset: number, epoch = 'k3x9qa') => `3:${1_795_230_320_000 + offset}-${offset}.${epoch}`;
const subscribed = (offset: number, more: object = {}) => ({
  op: 'subscribed',
  id: 's1',
  cursor: [at(offset)],
  ...more,
});

/** Reads on by itself; what it saw is in the list. */
function collect(subscription: Subscription): {
  items: SubscriptionItem[];
  numbers: () => unknown[];
  ended: Promise<unknown>;
} {
  const items: SubscriptionItem[] = [];
  const read = async () => {
    for await (const item of subscription) items.push(item);
    return 'ended';
  };
  const ended = read().catch((error: unknown) => error);
  return { items, ended, numbers: () => items.map((item) => (item.kind === 'event' ? item.event.payload : item.kind)) };
}

async function watching(
  filter = {},
  options = {},
): Promise<{ socket: FakeSocket; subscription: Subscription; client: ReturnType<FakeWorld['client']> }> {
  const { client, socket } = await world.connected(options);
  return { client, socket, subscription: client.subscribe(filter) };
}

/** Breaks the connection, and welcomes the client on the next one. */
async function reconnect(socket: FakeSocket): Promise<FakeSocket> {
  const count = world.sockets.length;
  socket.end(1006);
  await vi.advanceTimersByTimeAsync(1_000);
  const next = await world.socket(count + 1);
  next.welcome();
  await settle();
  return next;
}

describe('what belongs to it', () => {
  test('is what is live while it is active, and matches', async () => {
    const { client, socket, subscription } = await watching({ agents: ['a*'] });
    const seen = collect(subscription);
    socket.say(wireEvent(1));
    socket
      .say(subscribed(1))
      .say(wireEvent(2))
      .say(wireEvent(3, { agent: 'b1' }))
      .say(wireEvent(4));
    await settle();
    expect(seen.numbers()).toEqual([2, 4]);
    expect(seen.items[0]).toMatchObject({ origin: 'live', event: { appended: 1_795_230_320_002 } });
    await client.close();
  });

  test('is what stands behind its replay header, and behind no other', async () => {
    const { client, socket, subscription } = await watching();
    const other = client.subscribe();
    const seen = collect(subscription);
    const otherSeen = collect(other);
    socket.say(subscribed(5)).say({ ...subscribed(9), id: 's2' });
    socket.say([{ op: 'replay', id: 's1' }, wireEvent(6), wireEvent(7)]);
    socket.say([{ op: 'replay', id: 'nobody' }, wireEvent(8)]).say(wireEvent(10));
    await settle();
    expect(seen.numbers()).toEqual([6, 7, 10]);
    expect(otherSeen.numbers()).toEqual([10]);
    expect(seen.items.map((item) => item.kind === 'event' && item.origin)).toEqual(['replay', 'replay', 'live']);
    await client.close();
  });

  test('is told once: an event that it has is dropped, for it alone', async () => {
    const { client, socket, subscription } = await watching();
    const other = client.subscribe();
    const seen = collect(subscription);
    const otherSeen = collect(other);
    socket.say(subscribed(5)).say({ ...subscribed(3), id: 's2' });
    socket.say(wireEvent(4)).say(wireEvent(5)).say(wireEvent(6)).say(wireEvent(6));
    await settle();
    expect(seen.numbers()).toEqual([6]);
    expect(otherSeen.numbers()).toEqual([4, 5, 6]);
    await client.close();
  });

  test('has the fields of the wire', async () => {
    const { client, socket, subscription } = await watching();
    const seen = collect(subscription);
    const more = { task: 't1', project: 'p1', state_key: 'k', payload: null, ts: 7, sent: 8 };
    socket.say(subscribed(0)).say(wireEvent(1, more));
    await settle();
    expect(seen.items[0]).toEqual({
      kind: 'event',
      origin: 'live',
      event: {
        ...{
          id: at(1),
          channel: 'agents',
          type: 'agent.status',
          agent: 'a1',
          task: 't1',
          project: 'p1',
          stateKey: 'k',
        },
        ...{ ts: 7, sent: 8, appended: 1_795_230_320_001, payload: null },
      },
    });
    await client.close();
  });
});

describe('a new connection', () => {
  test('resumes at what was received, not at what was taken', async () => {
    const { client, socket, subscription } = await watching({ agents: 'a1' });
    expect(socket.of('subscribe')).toEqual([{ op: 'subscribe', id: 's1', agents: 'a1' }]);
    socket.say(subscribed(1)).say(wireEvent(2)).say(wireEvent(3));
    await settle();
    expect(subscription.cursor).toEqual([at(1)]);
    const second = await reconnect(socket);
    expect(subscription.status).toBe('subscribing');
    expect(second.of('subscribe')).toEqual([{ op: 'subscribe', id: 's1', agents: 'a1', after: [at(3)] }]);
    second.say(subscribed(3, { recovered: true })).say([{ op: 'replay', id: 's1' }, wireEvent(3), wireEvent(4)]);
    const seen = collect(subscription);
    await settle();
    expect(seen.numbers()).toEqual([2, 3, 4]);
    await client.close();
  });

  test('before the first subscribed asks as at first', async () => {
    const { client, socket, subscription } = await watching({ after: [at(9)], snapshot: true, conflate: true });
    const asked = { op: 'subscribe', id: 's1', after: [at(9)], snapshot: true, conflate: true };
    expect(socket.of('subscribe')).toEqual([asked]);
    expect((await reconnect(socket)).of('subscribe')).toEqual([asked]);
    expect(subscription.cursor).toEqual([at(9)]);
    await client.close();
  });

  test('takes an empty `after` for none', async () => {
    const { client, socket } = await watching({ after: [] });
    expect(socket.of('subscribe')).toEqual([{ op: 'subscribe', id: 's1' }]);
    await client.close();
  });

  test('that says what is gone: a gap, its cursor, and values again', async () => {
    const { client, socket, subscription } = await watching({ snapshot: true });
    const seen = collect(subscription);
    socket.say(subscribed(1)).say({ op: 'snapshot', id: 's1', end: true, cursor: [at(1)] });
    await settle();
    const second = await reconnect(socket);
    expect(second.of('subscribe')[0]).toMatchObject({ after: [at(1)], snapshot: true });
    second.say({ ...subscribed(8), recovered: false, reason: 'retention' });
    second.say({
      op: 'gap',
      id: 's1',
      partition: 3,
      after: at(1),
      resumes_at: at(9),
      cursor: at(8),
      missing: 7,
      reason: 'retention',
    });
    await settle();
    expect(subscription.cursor).toEqual([at(1)]);
    second.say([{ op: 'replay', id: 's1' }, wireEvent(8, { snapshot: true })]);
    second
      .say({ op: 'snapshot', id: 's1', end: true, cursor: [at(8)] })
      .say(wireEvent(8))
      .say(wireEvent(9));
    await settle();
    expect(seen.numbers()).toEqual(['snapshot', 'gap', 8, 'snapshot', 9]);
    expect(seen.items[1]).toMatchObject({ gap: { missing: 7, reason: 'retention', resumesAt: at(9), cursor: at(8) } });
    expect(subscription.cursor).toEqual([at(9)]);
    await client.close();
  });

  test('in the middle of the values brings those that are missing, and loses no event', async () => {
    const { client, socket, subscription } = await watching({ snapshot: true, agents: 'a1' });
    const seen = collect(subscription);
    socket.say(subscribed(1)).say([{ op: 'replay', id: 's1' }, wireEvent(1, { snapshot: true })]);
    await settle();
    expect(subscription.cursor).toEqual([]);
    const second = await reconnect(socket);
    second.say(subscribed(1, { recovered: true }));
    const asked = { op: 'subscribe', id: 's1.values', agents: 'a1', snapshot: true };
    expect(second.of('subscribe')[1]).toEqual(asked);
    // That is refused for now, and the connection breaks once more.
    second.say({
      op: 'error',
      code: 'log_unavailable',
      detail: '',
      request: 'subscribe',
      id: 's1.values',
      retry: true,
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(second.of('subscribe')[2]).toEqual(asked);
    const third = await reconnect(second);
    third.say(subscribed(1, { recovered: true }));
    expect(third.of('subscribe')[1]).toEqual(asked);
    third.say({ op: 'subscribed', id: 's1.values', cursor: [at(3)] });
    third.say([{ op: 'replay', id: 's1' }, wireEvent(2)]);
    third.say([{ op: 'replay', id: 's1.values' }, wireEvent(3, { snapshot: true })]);
    third.say([{ op: 'replay', id: 's1.values' }, wireEvent(3)]);
    expect(subscription.cursor).toEqual([]);
    third.say({ op: 'snapshot', id: 's1.values', end: true, cursor: [at(3)] });
    expect(third.of('unsubscribe')).toEqual([{ op: 'unsubscribe', id: 's1.values' }]);
    third.say([{ op: 'replay', id: 's1' }, wireEvent(3)]).say(wireEvent(4));
    await settle();
    expect(seen.numbers()).toEqual([1, 2, 3, 'snapshot', 3, 4]);
    expect(subscription.cursor).toEqual([at(4)]);
    expect((await reconnect(third)).of('subscribe')).toHaveLength(1);
    await client.close();
  });
});

describe('cursors', () => {
  test('count an item when the next one is asked for', async () => {
    const { client, socket, subscription } = await watching();
    const iterator = subscription[Symbol.asyncIterator]();
    socket
      .say(subscribed(1))
      .say(wireEvent(2))
      .say(wireEvent(3))
      .say({ op: 'cursor', id: 's1', cursor: [at(7)] });
    await iterator.next();
    expect(subscription.cursor).toEqual([at(1)]);
    await iterator.next();
    expect(subscription.cursor).toEqual([at(2)]);
    // What stands behind the last item is taken with it.
    void iterator.next();
    expect(subscription.cursor).toEqual([at(7)]);
    expect((await reconnect(socket)).of('subscribe')[0]).toMatchObject({ after: [at(7)] });
    await client.close();
  });

  test('count an item when its callback has returned, or what it returned is settled', async () => {
    const { client, socket, subscription } = await watching();
    let done = () => {};
    const seen: unknown[] = [];
    subscription.on('event', (event) => {
      seen.push(event.payload);
      return new Promise<void>((resolve) => (done = resolve));
    });
    await settle();
    socket.say(subscribed(1)).say(wireEvent(2)).say(wireEvent(3));
    expect(seen).toEqual([2]);
    expect(subscription.cursor).toEqual([at(1)]);
    done();
    await settle();
    expect(seen).toEqual([2, 3]);
    expect(subscription.cursor).toEqual([at(2)]);
    await client.close();
  });

  test('of heartbeats cost no memory while nothing is taken', async () => {
    const { client, socket, subscription } = await watching();
    socket.say(subscribed(1)).say(wireEvent(2));
    for (let i = 3; i < 100; i++) socket.say({ op: 'cursor', id: 's1', cursor: [at(i)] });
    const queue = (subscription as unknown as { delivery: { buffer: { queue: unknown[] } } }).delivery.buffer.queue;
    expect(queue.length).toBeLessThan(4);
    await client.close();
  });
});

describe('a slow application', () => {
  const bufferItems = 8;

  test('has it paused when more waits than may, and resumed when less than a quarter is left', async () => {
    const { client, socket, subscription } = await watching({}, { bufferItems });
    const iterator = subscription[Symbol.asyncIterator]();
    socket.say(subscribed(0));
    for (let i = 1; i <= 8; i++) socket.say(wireEvent(i));
    expect(socket.of('pause')).toHaveLength(0);
    socket.say(wireEvent(9));
    expect(socket.of('pause')).toEqual([{ op: 'pause', id: 's1' }]);
    // What was on its way still comes, and is kept.
    socket
      .say(wireEvent(10))
      .say({ op: 'paused', id: 's1', cursor: [at(10)] })
      .say(wireEvent(11));
    expect(subscription.status).toBe('paused');
    expect(subscription.buffered).toMatchObject({ items: 10, itemsMost: 10 });
    for (let i = 1; i <= 8; i++) expect((await iterator.next()).value).toMatchObject({ event: { payload: i } });
    expect(socket.of('resume')).toHaveLength(0);
    await iterator.next();
    expect(socket.of('resume')).toHaveLength(1);
    // Live events before `subscribed` are not its own: they are replayed.
    socket.say(wireEvent(12)).say(subscribed(10, { recovered: true }));
    socket.say([{ op: 'replay', id: 's1' }, wireEvent(11), wireEvent(12)]);
    for (let i = 10; i <= 12; i++) expect((await iterator.next()).value).toMatchObject({ event: { payload: i } });
    await client.close();
  });

  test('is counted in bytes too, as received', async () => {
    const { client, socket, subscription } = await watching({}, { bufferBytes: 1_000 });
    const event = wireEvent(1, { payload: 'é'.repeat(300) });
    socket.say(subscribed(0)).say(event);
    expect(subscription.buffered.bytes).toBe(new TextEncoder().encode(JSON.stringify(event)).length);
    socket.say(wireEvent(2, { payload: 'é'.repeat(300) }));
    expect(socket.of('pause')).toHaveLength(1);
    await client.close();
  });

  test('is not subscribed on a new connection before there is room', async () => {
    const { client, socket, subscription } = await watching({}, { bufferItems });
    const iterator = subscription[Symbol.asyncIterator]();
    socket.say(subscribed(0));
    for (let i = 1; i <= 9; i++) socket.say(wireEvent(i));
    const second = await reconnect(socket);
    expect(second.of('subscribe')).toHaveLength(0);
    expect(subscription.status).toBe('paused');
    for (let i = 1; i <= 9; i++) await iterator.next();
    expect(second.of('subscribe')).toEqual([{ op: 'subscribe', id: 's1', after: [at(9)] }]);
    await client.close();
  });

  test('hurts no other', async () => {
    const { client, socket } = await watching({}, { bufferItems });
    const seen = collect(client.subscribe());
    socket.say(subscribed(0)).say({ ...subscribed(0), id: 's2' });
    for (let i = 1; i <= 50; i++) {
      socket.say(wireEvent(i));
      await settle();
    }
    expect(seen.items).toHaveLength(50);
    expect(socket.of('pause')).toEqual([{ op: 'pause', id: 's1' }]);
    await client.close();
  });
});

describe('pause and resume', () => {
  test('are fulfilled when the server has said so, one request at a time', async () => {
    const { client, socket, subscription } = await watching();
    const log: string[] = [];
    void subscription.pause().then(() => log.push('paused'));
    await settle();
    // It has no place yet: first it must be subscribed.
    expect(socket.of('pause')).toHaveLength(0);
    socket.say(subscribed(0));
    expect(socket.of('pause')).toHaveLength(1);
    await settle();
    expect(log).toEqual([]);
    socket.say({ op: 'paused', id: 's1', cursor: [at(0)] });
    await settle();
    expect(log).toEqual(['paused']);
    const resumed = subscription.resume().then(() => log.push('resumed'));
    const again = subscription.pause();
    expect(socket.of('resume')).toHaveLength(1);
    socket.say(subscribed(0, { recovered: true }));
    await resumed;
    expect(socket.of('pause')).toHaveLength(2);
    socket.say({ op: 'paused', id: 's1' });
    await again;
    await client.close();
  });

  test('hold over new connections, and whatever the buffer does', async () => {
    const { client, socket, subscription } = await watching({}, { bufferItems: 2 });
    socket.say(subscribed(0));
    for (let i = 1; i <= 3; i++) socket.say(wireEvent(i));
    socket.say({ op: 'paused', id: 's1', cursor: [at(3)] });
    await subscription.pause();
    const seen = collect(subscription);
    await settle();
    expect(seen.numbers()).toEqual([1, 2, 3]);
    expect(socket.of('resume')).toHaveLength(0);
    const second = await reconnect(socket);
    expect(second.of('subscribe')).toHaveLength(0);
    const resumed = subscription.resume();
    expect(second.of('subscribe')).toEqual([{ op: 'subscribe', id: 's1', after: [at(3)] }]);
    second.say(subscribed(3, { recovered: true }));
    await resumed;
    expect(subscription.status).toBe('active');
    await client.close();
  });

  test('before there is a connection: it is subscribed first, so that it has a place', async () => {
    const client = world.client();
    const subscription = client.subscribe();
    const pausing = subscription.pause();
    const socket = (await world.socket(1)).welcome();
    expect(socket.of('subscribe')).toHaveLength(1);
    socket.say(subscribed(4));
    expect(socket.of('pause')).toHaveLength(1);
    socket.say({ op: 'paused', id: 's1', cursor: [at(4)] });
    await pausing;
    await client.close();
  });

  test('while the connection is away need no server', async () => {
    const { client, socket, subscription } = await watching();
    socket.say(subscribed(0)).end(1006);
    await settle();
    await subscription.pause();
    expect(subscription.status).toBe('paused');
    await client.close();
  });
});

describe('an error', () => {
  const refusal = (more: object) => ({
    op: 'error',
    code: 'log_unavailable',
    detail: 'away',
    request: 'subscribe',
    id: 's1',
    retry: true,
    ...more,
  });

  test('that may pass is followed by another request, with back-off', async () => {
    const { client, socket, subscription } = await watching();
    socket.say(refusal({}));
    await vi.advanceTimersByTimeAsync(499);
    expect(socket.of('subscribe')).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(socket.of('subscribe')).toHaveLength(2);
    socket.say(refusal({}));
    await vi.advanceTimersByTimeAsync(999);
    expect(socket.of('subscribe')).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    socket.say(subscribed(0));
    expect(subscription.status).toBe('active');
    await client.close();
  });

  test('that stands fails this subscription alone, after what came before', async () => {
    const { client, socket, subscription } = await watching();
    const other = client.subscribe();
    socket.say({ ...subscribed(0), id: 's2' });
    const seen = collect(subscription);
    socket.say(refusal({ code: 'forbidden', retry: false }));
    expect(await seen.ended).toMatchObject({ name: 'RealtimeError', code: 'forbidden', detail: 'away' });
    expect(subscription.status).toBe('closed');
    expect(other.status).toBe('active');
    expect(socket.of('unsubscribe')).toHaveLength(0);
    await client.close();
  });

  test('is told by callback, or reported if there is none', async () => {
    const { client, socket, subscription } = await watching();
    const failed = vi.fn();
    subscription.on('event', () => {}).on('error', failed);
    client.subscribe().on('event', () => {});
    await settle();
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    socket.say(refusal({ retry: false })).say(refusal({ retry: false, id: 's2' }));
    await settle();
    expect(failed).toHaveBeenCalledTimes(1);
    expect(error).toHaveBeenCalledTimes(1);
    error.mockRestore();
    await client.close();
  });

  test('that the server would close the connection for fails this subscription alone', async () => {
    const { client, socket, subscription } = await watching({
      agents: Array.from({ length: 64 }, () => 'é'.repeat(600)),
    });
    const seen = collect(subscription);
    expect(await seen.ended).toMatchObject({ code: 'too_large' });
    expect(socket.sent).toEqual([]);
    expect(client.state.status).toBe('connected');
    await client.close();
  });

  test('of the connection that ends all comes after what waits', async () => {
    const { client, socket, subscription } = await watching();
    socket.say(subscribed(0)).say(wireEvent(1)).end(4403);
    await settle();
    const seen = collect(subscription);
    expect(await seen.ended).toMatchObject({ code: 'forbidden', closeCode: 4403 });
    expect(seen.numbers()).toEqual([1]);
    await client.close();
  });
});

describe('the end', () => {
  test('of an iteration is the end of the subscription', async () => {
    const { client, socket, subscription } = await watching();
    const read = (async () => {
      for await (const item of subscription) if (item.kind === 'event') break;
    })();
    socket.say(subscribed(0)).say(wireEvent(1)).say(wireEvent(2));
    await read;
    expect(subscription.status).toBe('closed');
    expect(socket.of('unsubscribe')).toEqual([{ op: 'unsubscribe', id: 's1' }]);
    await client.close();
  });

  test('of the subscription, or the client, is the end of the iteration', async () => {
    const { client, socket, subscription } = await watching();
    const other = client.subscribe();
    const seen = collect(subscription);
    const otherSeen = collect(other);
    socket.say(subscribed(0)).say({ ...subscribed(0), id: 's2' });
    const closing = subscription.close();
    expect(await seen.ended).toBe('ended');
    socket.say(wireEvent(1));
    socket.say({ op: 'unsubscribed', id: 's1' });
    await closing;
    await settle();
    expect(seen.items).toHaveLength(0);
    expect(otherSeen.items).toHaveLength(1);
    await client.close();
    expect(await otherSeen.ended).toBe('ended');
    expect(other.cursor).toEqual([at(1)]);
  });

  test('by callbacks comes when it was asked for, in the middle of what waits', async () => {
    const { client, socket, subscription } = await watching();
    socket.say(subscribed(0)).say(wireEvent(1)).say(wireEvent(2));
    const seen: unknown[] = [];
    subscription.on('event', (event) => {
      seen.push(event.payload);
      void subscription.close();
    });
    await settle();
    expect(seen).toEqual([1]);
    await client.close();
  });
});

test('iteration and callbacks exclude each other', async () => {
  const { client, subscription } = await watching();
  subscription.on('status', () => {}).on('event', () => {});
  expect(() => subscription[Symbol.asyncIterator]()).toThrow('not both');
  const other = client.subscribe();
  void other[Symbol.asyncIterator]();
  expect(() => other.on('gap', () => {})).toThrow('not both');
  expect(() => other[Symbol.asyncIterator]()).toThrow('already');
  await client.close();
});

test('lag is the age of the newest event when it came, by the clock of the server', async () => {
  const { client, socket, subscription } = await watching();
  vi.setSystemTime(1_000_000);
  const second = await reconnect(socket.say(subscribed(0)));
  second.say(subscribed(0, { recovered: true }));
  const skew = 1_795_230_320_000 - Date.now();
  second.say({ op: 'error', code: 'x', detail: '', retry: true });
  second.say(wireEvent(500, { sent: Date.now() + skew + 2_000 }));
  expect(Math.round(client.now() - Date.now())).toBe(skew + 2_000);
  expect(subscription.lag).toBe(1_500);
  second.say({ op: 'cursor', id: 's1', cursor: [at(500)] });
  expect(subscription.lag).toBe(0);
  await client.close();
});

test('conflated values are told', async () => {
  const { client, socket, subscription } = await watching({ conflate: true });
  const seen = collect(subscription);
  socket.say(subscribed(0)).say({ op: 'conflated', id: 's1', count: 41 }).say(wireEvent(42));
  await settle();
  expect(seen.items[0]).toEqual({ kind: 'conflated', count: 41 });
  await client.close();
});
