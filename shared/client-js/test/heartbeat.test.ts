import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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

test.each([
  [undefined, 'wss://edge.test:8443/ws/agents'],
  [15_500, 'wss://edge.test:8443/ws/agents?heartbeat=15500ms'],
])('%s is asked for by the address, with each attempt; welcome tells what holds', async (heartbeat, url) => {
  const client = world.client({ heartbeat });
  expect(client.heartbeat).toBeUndefined();
  void client.connect().catch(() => {});
  for (let attempt = 1; attempt <= 2; attempt++) {
    const socket = await world.socket(attempt);
    expect(socket.url).toBe(url);
    socket.welcome({ heartbeat_ms: 12_000 });
    await settle();
    expect(client.heartbeat).toBe(12_000);
    socket.end(1006);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  await client.close();
});

test('what welcome says is obeyed: asked after one interval of silence, given up after two', async () => {
  const client = world.client({ heartbeat: 60_000 });
  client.subscribe();
  const socket = (await world.socket(1)).welcome({ heartbeat_ms: 10_000 });
  await vi.advanceTimersByTimeAsync(9_999);
  expect(socket.of('ping')).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(socket.of('ping')).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(stateOf(client, 'waiting')).toMatchObject({ reason: 'dead_peer', error: { code: 'timeout' } });
  await client.close();
});

test('another welcome of the session changes the interval, and nothing else begins anew', async () => {
  const { client, socket } = await world.connected();
  const states = statesOf(client);
  client.subscribe();
  await settle();
  await vi.advanceTimersByTimeAsync(5_000);
  socket.welcome({ heartbeat_ms: 30_000 });
  expect(client.heartbeat).toBe(30_000);
  expect(socket.of('subscribe')).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(socket.of('ping')).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(socket.of('ping')).toHaveLength(1);
  expect(states).toEqual([]);
  await client.close();
});
