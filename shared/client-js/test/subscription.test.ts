import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeWorld, settle, wireEvent } from './support/fakeWorld.js';
import { at, collect, reconnect, subscribed, watching } from './support/watching.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('what belongs to it', () => {
  test('is what is live while it is active, and matches', async () => {
    const { client, socket, subscription } = await watching(world, { agents: ['a*'] });
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
    const { client, socket, subscription } = await watching(world);
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
    const { client, socket, subscription } = await watching(world);
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
    const { client, socket, subscription } = await watching(world);
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
    const { client, socket, subscription } = await watching(world);
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
    const { client, socket, subscription } = await watching(world);
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
    const { client, socket, subscription } = await watching(world);
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
    const { client, socket, subscription } = await watching(world, {
      agents: Array.from({ length: 64 }, () => 'é'.repeat(600)),
    });
    const seen = collect(subscription);
    expect(await seen.ended).toMatchObject({ code: 'too_large' });
    expect(socket.sent).toEqual([]);
    expect(client.state.status).toBe('connected');
    await client.close();
  });

  test('of the connection that ends all comes after what waits', async () => {
    const { client, socket, subscription } = await watching(world);
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
    const { client, socket, subscription } = await watching(world);
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
    const { client, socket, subscription } = await watching(world);
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
    const { client, socket, subscription } = await watching(world);
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
  const { client, subscription } = await watching(world);
  subscription.on('status', () => {}).on('event', () => {});
  expect(() => subscription[Symbol.asyncIterator]()).toThrow('not both');
  const other = client.subscribe();
  void other[Symbol.asyncIterator]();
  expect(() => other.on('gap', () => {})).toThrow('not both');
  expect(() => other[Symbol.asyncIterator]()).toThrow('already');
  await client.close();
});

test('lag is the age of the newest event when it came, by the clock of the server', async () => {
  const { client, socket, subscription } = await watching(world);
  vi.setSystemTime(1_000_000);
  const second = await reconnect(world, socket.say(subscribed(0)));
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
  const { client, socket, subscription } = await watching(world, { conflate: true });
  const seen = collect(subscription);
  socket.say(subscribed(0)).say({ op: 'conflated', id: 's1', count: 41 }).say(wireEvent(42));
  await settle();
  expect(seen.items[0]).toEqual({ kind: 'conflated', count: 41 });
  await client.close();
});
