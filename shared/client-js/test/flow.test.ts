import { encode } from '@msgpack/msgpack';
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

describe('a slow application', () => {
  const bufferItems = 8;

  test('has it paused when more waits than may, and resumed when less than a quarter is left', async () => {
    const { client, socket, subscription } = await watching(world, {}, { bufferItems });
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
    const { client, socket, subscription } = await watching(world, {}, { bufferBytes: 1_000 });
    const event = wireEvent(1, { payload: 'é'.repeat(300) });
    socket.say(subscribed(0)).say(event);
    expect(subscription.buffered.bytes).toBe(encode(event).length);
    socket.say(wireEvent(2, { payload: 'é'.repeat(300) }));
    expect(socket.of('pause')).toHaveLength(1);
    await client.close();
  });

  test('is counted in bytes of UTF-8 where JSON is spoken', async () => {
    const { client, socket, subscription } = await watching(world, {}, { format: 'json' });
    const event = wireEvent(1, { payload: 'é'.repeat(300) });
    socket.say(subscribed(0)).say(event);
    expect(subscription.buffered.bytes).toBe(new TextEncoder().encode(JSON.stringify(event)).length);
    await client.close();
  });

  test('is not subscribed on a new connection before there is room', async () => {
    const { client, socket, subscription } = await watching(world, {}, { bufferItems });
    const iterator = subscription[Symbol.asyncIterator]();
    socket.say(subscribed(0));
    for (let i = 1; i <= 9; i++) socket.say(wireEvent(i));
    const second = await reconnect(world, socket);
    expect(second.of('subscribe')).toHaveLength(0);
    expect(subscription.status).toBe('paused');
    for (let i = 1; i <= 9; i++) await iterator.next();
    expect(second.of('subscribe')).toEqual([{ op: 'subscribe', id: 's1', after: [at(9)] }]);
    await client.close();
  });

  test('hurts no other', async () => {
    const { client, socket } = await watching(world, {}, { bufferItems });
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
    const { client, socket, subscription } = await watching(world);
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
    const { client, socket, subscription } = await watching(world, {}, { bufferItems: 2 });
    socket.say(subscribed(0));
    for (let i = 1; i <= 3; i++) socket.say(wireEvent(i));
    socket.say({ op: 'paused', id: 's1', cursor: [at(3)] });
    await subscription.pause();
    const seen = collect(subscription);
    await settle();
    expect(seen.numbers()).toEqual([1, 2, 3]);
    expect(socket.of('resume')).toHaveLength(0);
    const second = await reconnect(world, socket);
    expect(second.of('subscribe')).toHaveLength(0);
    const resumed = subscription.resume();
    expect(second.of('subscribe')).toEqual([{ op: 'subscribe', id: 's1', after: [at(3)] }]);
    second.say(subscribed(3, { recovered: true }));
    await resumed;
    expect(subscription.status).toBe('active');
    await client.close();
  });

  test('from a listener that hears "connected" subscribe once', async () => {
    const { client, socket, subscription } = await watching(world);
    socket.say(subscribed(0));
    const pausing = subscription.pause();
    socket.say({ op: 'paused', id: 's1', cursor: [at(0)] });
    await pausing;
    client.on('state', ({ status }) => void (status === 'connected' && subscription.resume()));
    const second = await reconnect(world, socket);
    expect(second.of('subscribe')).toEqual([{ op: 'subscribe', id: 's1', after: [at(0)] }]);
    await client.close();
  });

  test('from a listener that hears another one fail subscribe once', async () => {
    const client = world.client();
    const failing = client.subscribe({ agents: Array.from({ length: 64 }, () => 'é'.repeat(600)) });
    const other = client.subscribe();
    failing.on('status', () => void other.resume()).on('error', () => {});
    const socket = (await world.socket(1)).welcome();
    expect(failing.status).toBe('closed');
    expect(socket.of('subscribe')).toEqual([{ op: 'subscribe', id: 's2' }]);
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
    const { client, socket, subscription } = await watching(world);
    socket.say(subscribed(0)).end(1006);
    await settle();
    await subscription.pause();
    expect(subscription.status).toBe('paused');
    await client.close();
  });
});
