import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeWorld, problem, settle, stateOf, statesOf } from './support/fakeWorld.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  // Whatever a test did, a closed client leaves nothing behind.
  expect(vi.getTimerCount()).toBe(0);
  expect(world.online.size).toBe(0);
  vi.useRealTimers();
});

describe('the handshake', () => {
  test('carries the token in the subprotocols, never in the address', async () => {
    const { client, socket } = await world.connected({ url: 'https://edge.test:8443/base' });
    expect(socket.url).toBe('wss://edge.test:8443/base/ws/agents');
    expect(socket.protocols).toEqual(['realtime.v1.msgpack', 'realtime.v1.json', 'bearer.to.ken']);
    expect(stateOf(client, 'connected').session).toBe('w1-1');
    expect(client.limits).toEqual({ messageBytes: 65_536, subscriptions: 64, terminalWindowBytes: 262_144 });
    await client.close();
  });

  test('is one for any number of subscriptions, and is made only when something is asked for', async () => {
    const client = world.client();
    await settle();
    expect(world.sockets).toHaveLength(0);
    expect(client.state.status).toBe('idle');
    client.subscribe();
    client.subscribe();
    (await world.socket(1)).welcome();
    expect(world.sockets[0]!.of('subscribe')).toHaveLength(2);
    await client.close();
  });

  test.each([
    [401, 'token_expired', 'unauthorized'],
    [403, 'bad_tenant', 'bad_tenant'],
  ])('that is refused by %i closes with %s', async (status, told, code) => {
    world.answer = async () => problem(status, told);
    const client = world.client();
    const connecting = client.connect();
    const refused = expect(connecting).rejects.toMatchObject({ code });
    (await world.socket(1)).end(1006);
    await settle();
    await refused;
    expect(stateOf(client, 'closed').error).toMatchObject({ code });
    expect(world.requests).toHaveLength(1);
    expect(world.requests[0]!.url).toBe('https://edge.test:8443/ws/agents');
    expect(world.requests[0]!.init.headers).toMatchObject({ Authorization: 'Bearer to.ken' });
    await client.close();
  });

  test.each([429, 503])('that is refused by %i waits as long as it was told to, and some more', async (status) => {
    world.answer = async () => problem(status, 'no_worker', { 'Retry-After': '7' });
    const client = world.client();
    client.subscribe();
    (await world.socket(1)).end(1006);
    await settle();
    expect(stateOf(client, 'waiting')).toMatchObject({ delay: 7_500, reason: 'refused', attempt: 2 });
    await vi.advanceTimersByTimeAsync(7_499);
    expect(world.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(world.sockets).toHaveLength(2);
    await client.close();
  });

  test.each([
    ['would have been let in', async () => problem(400, 'bad_request')],
    ['is not reached', () => Promise.reject(new TypeError('fetch failed'))],
    ['is broken', async () => problem(500, 'internal')],
  ])('that %s is the fault of the network', async (_, answer) => {
    world.answer = answer;
    const client = world.client();
    client.subscribe();
    (await world.socket(1)).end(1006);
    await settle();
    expect(stateOf(client, 'waiting')).toMatchObject({ delay: 500, reason: 'unreachable', error: { code: 'network' } });
    await client.close();
  });

  test('that takes longer than its time is given up, without a question at the door', async () => {
    const client = world.client({ connectTimeout: 3_000 });
    client.subscribe();
    const socket = (await world.socket(1)).open();
    await vi.advanceTimersByTimeAsync(2_999);
    expect(client.state.status).toBe('connecting');
    await vi.advanceTimersByTimeAsync(1);
    expect(stateOf(client, 'waiting').reason).toBe('timeout');
    expect(socket.isTerminated).toBe(true);
    expect(world.requests).toHaveLength(0);
    await client.close();
  });

  test('includes the token: a callback that never answers is given up', async () => {
    const client = world.client({ token: () => new Promise(() => {}), connectTimeout: 3_000 });
    client.subscribe();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(stateOf(client, 'waiting').reason).toBe('timeout');
    await client.close();
  });
});

describe('who hears "connected"', () => {
  test('finds the limits and the clock of the server', async () => {
    const client = world.client();
    const seen: unknown[] = [];
    client.on('state', ({ status }) => {
      if (status === 'connected') seen.push(client.limits?.subscriptions, client.now() - Date.now());
    });
    client.subscribe();
    (await world.socket(1)).welcome({ time: Date.now() + 5_000 });
    expect(seen).toEqual([64, 5_000]);
    await client.close();
  });
});

describe('a silent peer', () => {
  test('is asked after one heartbeat and given up after two', async () => {
    const { client, socket } = await world.connected();
    await vi.advanceTimersByTimeAsync(19_999);
    expect(socket.of('ping')).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(socket.of('ping')).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(19_999);
    expect(client.state.status).toBe('connected');
    await vi.advanceTimersByTimeAsync(1);
    expect(stateOf(client, 'waiting')).toMatchObject({ reason: 'dead_peer' });
    expect(socket.isTerminated).toBe(true);
    await client.close();
  });

  test('that answers lives on', async () => {
    const { client, socket } = await world.connected();
    for (let i = 1; i <= 5; i++) {
      await vi.advanceTimersByTimeAsync(20_000);
      expect(socket.of('ping')).toHaveLength(i);
      socket.say({ op: 'pong' });
    }
    expect(client.state.status).toBe('connected');
    await client.close();
  });

  test('is asked by none while something comes', async () => {
    const { client, socket } = await world.connected();
    for (let i = 0; i < 10; i++) {
      await vi.advanceTimersByTimeAsync(15_000);
      socket.say({ op: 'something new' });
    }
    expect(socket.of('ping')).toHaveLength(0);
    await client.close();
  });

  test('that asks is answered', async () => {
    const { client, socket } = await world.connected();
    socket.say({ op: 'ping', nonce: '7' });
    expect(socket.of('pong')).toEqual([{ op: 'pong', nonce: '7' }]);
    await client.close();
  });
});

describe('what the protocol does not allow', () => {
  test.each(['no json', '7', '{"no":"op"}', '[{"op":"pong"},null]', '{"op":"welcome"}'])(
    '%s breaks it',
    async (text) => {
      const { client, socket } = await world.connected();
      socket.say(text);
      await settle();
      expect(stateOf(client, 'waiting')).toMatchObject({ reason: 'protocol', error: { code: 'protocol' } });
      await client.close();
    },
  );

  test('something before welcome breaks it', async () => {
    const client = world.client();
    client.subscribe();
    (await world.socket(1)).open().say({ op: 'pong' });
    await settle();
    expect(stateOf(client, 'waiting').reason).toBe('protocol');
    await client.close();
  });

  test('ops and fields that are not known are skipped', async () => {
    const { client, socket } = await world.connected();
    socket.say([
      { op: 'news', id: 's1' },
      { op: 'pong', more: true },
    ]);
    await settle();
    expect(client.state.status).toBe('connected');
    await client.close();
  });
});

describe('close', () => {
  test('says goodbye and is told', async () => {
    const { client, socket } = await world.connected();
    const states = statesOf(client);
    await client.close();
    expect(socket.closedWith).toBe(1000);
    expect(states).toEqual([{ status: 'closed' }]);
    await expect(client.connect()).rejects.toMatchObject({ code: 'closed' });
    const late = client.subscribe();
    await expect(late[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'closed' });
  });

  test('does not wait for ever for the answer', async () => {
    const { client, socket } = await world.connected();
    socket.answersClose = false;
    const closing = client.close();
    await vi.advanceTimersByTimeAsync(1_000);
    await closing;
    expect(socket.isTerminated).toBe(true);
  });

  test.each(['idle', 'token', 'connecting', 'waiting', 'probing'])('is clean while %s', async (when) => {
    if (when === 'probing') world.answer = () => new Promise(() => {});
    const client = world.client(when === 'token' ? { token: () => new Promise(() => {}) } : {});
    let isRejected = false;
    if (when !== 'idle') client.connect().catch(() => (isRejected = true));
    await settle();
    if (when === 'waiting' || when === 'probing') world.sockets[0]!.end(1006);
    await settle();
    await client.close();
    await settle();
    expect(client.state).toEqual({ status: 'closed' });
    expect(isRejected).toBe(when !== 'idle');
  });

  test('from a listener, and twice, is harmless', async () => {
    const { client, socket } = await world.connected();
    client.on('state', (state) => {
      if (state.status === 'waiting') void client.close();
    });
    socket.end(1006);
    await settle();
    await client.close();
    expect(client.state.status).toBe('closed');
    expect(world.sockets).toHaveLength(1);
  });
});

test('a listener that throws is reported and breaks nothing', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { client, socket } = await world.connected();
  client.on('notice', () => {
    throw new Error('mine');
  });
  const seen = vi.fn();
  client.on('notice', seen);
  socket.say({ op: 'error', code: 'log_unavailable', detail: 'away', retry: true });
  expect(error).toHaveBeenCalledTimes(1);
  expect(seen).toHaveBeenCalledWith({ code: 'log_unavailable', detail: 'away', retry: true });
  expect(client.state.status).toBe('connected');
  error.mockRestore();
  await client.close();
});
