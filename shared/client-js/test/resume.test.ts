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

describe('a new connection', () => {
  test('resumes at what was received, not at what was taken', async () => {
    const { client, socket, subscription } = await watching(world, { agents: 'a1' });
    expect(socket.of('subscribe')).toEqual([{ op: 'subscribe', id: 's1', agents: 'a1' }]);
    socket.say(subscribed(1)).say(wireEvent(2)).say(wireEvent(3));
    await settle();
    expect(subscription.cursor).toEqual([at(1)]);
    const second = await reconnect(world, socket);
    expect(subscription.status).toBe('subscribing');
    expect(second.of('subscribe')).toEqual([{ op: 'subscribe', id: 's1', agents: 'a1', after: [at(3)] }]);
    second.say(subscribed(3, { recovered: true })).say([{ op: 'replay', id: 's1' }, wireEvent(3), wireEvent(4)]);
    const seen = collect(subscription);
    await settle();
    expect(seen.numbers()).toEqual([2, 3, 4]);
    await client.close();
  });

  test('before the first subscribed asks as at first', async () => {
    const { client, socket, subscription } = await watching(world, { after: [at(9)], snapshot: true, conflate: true });
    const asked = { op: 'subscribe', id: 's1', after: [at(9)], snapshot: true, conflate: true };
    expect(socket.of('subscribe')).toEqual([asked]);
    expect((await reconnect(world, socket)).of('subscribe')).toEqual([asked]);
    expect(subscription.cursor).toEqual([at(9)]);
    await client.close();
  });

  test('takes an empty `after` for none', async () => {
    const { client, socket } = await watching(world, { after: [] });
    expect(socket.of('subscribe')).toEqual([{ op: 'subscribe', id: 's1' }]);
    await client.close();
  });

  test('that says what is gone: a gap, its cursor, and values again', async () => {
    const { client, socket, subscription } = await watching(world, { snapshot: true });
    const seen = collect(subscription);
    socket.say(subscribed(1)).say({ op: 'snapshot', id: 's1', end: true, cursor: [at(1)] });
    await settle();
    const second = await reconnect(world, socket);
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
    const { client, socket, subscription } = await watching(world, { snapshot: true, agents: 'a1' });
    const seen = collect(subscription);
    socket.say(subscribed(1)).say([{ op: 'replay', id: 's1' }, wireEvent(1, { snapshot: true })]);
    await settle();
    expect(subscription.cursor).toEqual([]);
    const second = await reconnect(world, socket);
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
    const third = await reconnect(world, second);
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
    expect((await reconnect(world, third)).of('subscribe')).toHaveLength(1);
    await client.close();
  });
});

test('values that no further subscription is allowed for are asked for again; the main one goes on', async () => {
  const { client, socket, subscription } = await watching(world, { snapshot: true });
  const seen = collect(subscription);
  socket.say(subscribed(1)).say([{ op: 'replay', id: 's1' }, wireEvent(1, { snapshot: true })]);
  const second = await reconnect(world, socket);
  second.say(subscribed(1, { recovered: true }));
  const refusal = { op: 'error', code: 'too_many', detail: '64', request: 'subscribe', id: 's1.values', retry: false };
  second.say(refusal).say(wireEvent(2));
  await settle();
  expect(subscription.status).toBe('active');
  expect(seen.numbers()).toEqual([1, 2]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(second.of('subscribe').map(({ id }) => id)).toEqual(['s1', 's1.values', 's1.values']);
  second.say({ op: 'snapshot', id: 's1.values', end: true, cursor: [at(2)] });
  await settle();
  expect(seen.numbers()).toEqual([1, 2, 'snapshot']);
  expect(subscription.cursor).toEqual([at(2)]);
  await client.close();
});

test('values are not asked for again while more waits for the application than may', async () => {
  const { client, socket, subscription } = await watching(world, { snapshot: true }, { bufferItems: 4 });
  const iterator = subscription[Symbol.asyncIterator]();
  socket.say(subscribed(1));
  const second = await reconnect(world, socket);
  const asked = () => second.of('subscribe').filter(({ id }) => id === 's1.values');
  second.say(subscribed(1, { recovered: true }));
  expect(asked()).toHaveLength(1);
  second.say({ op: 'error', code: 'log_unavailable', detail: '', request: 'subscribe', id: 's1.values', retry: true });
  for (let i = 2; i <= 6; i++) second.say(wireEvent(i));
  expect(second.of('pause')).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked()).toHaveLength(1);
  for (let i = 2; i <= 6; i++) expect((await iterator.next()).value).toMatchObject({ event: { payload: i } });
  expect(asked()).toHaveLength(2);
  await client.close();
});

describe('cursors', () => {
  test('count an item when the next one is asked for', async () => {
    const { client, socket, subscription } = await watching(world);
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
    expect((await reconnect(world, socket)).of('subscribe')[0]).toMatchObject({ after: [at(7)] });
    await client.close();
  });

  test('count an item when its callback has returned, or what it returned is settled', async () => {
    const { client, socket, subscription } = await watching(world);
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
    const { client, socket, subscription } = await watching(world);
    socket.say(subscribed(1)).say(wireEvent(2));
    for (let i = 3; i < 100; i++) socket.say({ op: 'cursor', id: 's1', cursor: [at(i)] });
    const queue = (subscription as unknown as { delivery: { buffer: { queue: unknown[] } } }).delivery.buffer.queue;
    expect(queue.length).toBeLessThan(4);
    await client.close();
  });
});
