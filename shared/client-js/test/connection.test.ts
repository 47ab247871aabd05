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
    expect(socket.protocols).toEqual(['realtime.v1.json', 'bearer.to.ken']);
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

  test.each([429, 503])('that is refused by %i waits as long as it was told to', async (status) => {
    world.answer = async () => problem(status, 'no_worker', { 'Retry-After': '7' });
    const client = world.client();
    client.subscribe();
    (await world.socket(1)).end(1006);
    await settle();
    expect(stateOf(client, 'waiting')).toMatchObject({ delay: 7_000, reason: 'refused', attempt: 2 });
    await vi.advanceTimersByTimeAsync(6_999);
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

describe('close codes', () => {
  test.each([1000, 1002, 1007, 4400, 4401, 4403, 4404, 4413, 4999])('%i ends it', async (code) => {
    const { client, socket } = await world.connected();
    const subscription = client.subscribe();
    const failing = expect(subscription[Symbol.asyncIterator]().next()).rejects.toMatchObject({ closeCode: code });
    socket.end(code, 'why');
    await settle();
    expect(stateOf(client, 'closed').error).toMatchObject({ closeCode: code });
    await failing;
    await vi.advanceTimersByTimeAsync(100_000);
    expect(world.sockets).toHaveLength(1);
    await client.close();
  });

  test.each([1001, 1005, 1006, 1011, 1012, 1013, 4408, 4429])('%i is followed by another attempt', async (code) => {
    const { client, socket } = await world.connected();
    socket.end(code);
    await settle();
    expect(stateOf(client, 'waiting')).toMatchObject({ delay: 500, attempt: 1, closeCode: code });
    await vi.advanceTimersByTimeAsync(500);
    expect(world.sockets).toHaveLength(2);
    await client.close();
  });
});

describe('the wait', () => {
  test('is random between 0 and a bound that doubles up to its most, and a welcome ends the row', async () => {
    world.randomValue = 0.999;
    const { client, socket } = await world.connected({ reconnect: { delay: 1_000, delayMax: 5_000 } });
    socket.end(1006);
    await settle();
    const delays: number[] = [];
    for (let i = 2; i < 7; i++) {
      delays.push(stateOf(client, 'waiting').delay);
      await vi.advanceTimersByTimeAsync(5_000);
      (await world.socket(i)).end(1006);
      await settle();
    }
    expect(delays).toEqual([999, 1_998, 3_996, 4_995, 4_995]);
    await vi.advanceTimersByTimeAsync(5_000);
    (await world.socket(7)).welcome().end(1006);
    await settle();
    expect(stateOf(client, 'waiting').delay).toBe(999);
    world.randomValue = 0;
    await client.close();
  });

  test('is what drain says, exactly, and cut short by nothing', async () => {
    const { client, socket } = await world.connected();
    socket.say({ op: 'drain', deadline: 15_000, delay: 3_400 });
    expect(client.state.status).toBe('connected');
    socket.end(1012);
    await settle();
    expect(stateOf(client, 'waiting')).toMatchObject({ delay: 3_400, reason: 'drain', attempt: 1, closeCode: 1012 });
    expect(world.online.size).toBe(0);
    await vi.advanceTimersByTimeAsync(3_399);
    expect(world.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(world.sockets).toHaveLength(2);
    await client.close();
  });

  test('after drain does not make a code that says "do not" one that says "do"', async () => {
    const { client, socket } = await world.connected();
    socket.say({ op: 'drain', deadline: 15_000, delay: 10 }).end(4403);
    await settle();
    expect(stateOf(client, 'closed').error?.code).toBe('forbidden');
    await client.close();
  });

  test('follows a drain whose server forgets to close', async () => {
    const { client, socket } = await world.connected();
    socket.say({ op: 'drain', deadline: 2_000, delay: 10 });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(stateOf(client, 'waiting').reason).toBe('drain');
    await client.close();
  });

  test('is cut to a random time of at most a second when the network is back', async () => {
    const { client, socket } = await world.connected({ reconnect: { delay: 20_000 } });
    socket.end(1006);
    await settle();
    expect(stateOf(client, 'waiting').delay).toBe(10_000);
    for (const listener of world.online) listener();
    await vi.advanceTimersByTimeAsync(499);
    expect(world.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(world.sockets).toHaveLength(2);
    await client.close();
  });

  test('comes to an end after so many failures in a row', async () => {
    const client = world.client({ reconnect: { attemptsMax: 3 } });
    const states = statesOf(client);
    const refused = expect(client.connect()).rejects.toMatchObject({ code: 'attempts_exhausted' });
    for (let i = 1; i <= 3; i++) {
      (await world.socket(i)).end(1006);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    await refused;
    expect(states.map((state) => state.status)).toEqual([
      ...['connecting', 'waiting', 'connecting', 'waiting', 'connecting', 'closed'],
    ]);
    await client.close();
  });

  test('counts attempts, not the loss of a connection', async () => {
    const { client, socket } = await world.connected({ reconnect: { attemptsMax: 1 } });
    socket.end(1006);
    await vi.advanceTimersByTimeAsync(1_000);
    (await world.socket(2)).welcome().end(1006);
    await settle();
    expect(client.state.status).toBe('waiting');
    await client.close();
  });
});

describe('the token', () => {
  test('is asked for before each attempt', async () => {
    const token = vi.fn(({ attempt }: { attempt: number }) => `token-${attempt}`);
    const client = world.client({ token });
    client.subscribe();
    (await world.socket(1)).end(1006);
    await vi.advanceTimersByTimeAsync(1_000);
    await world.socket(2);
    expect(token.mock.calls).toEqual([[{ attempt: 1, refused: false }], [{ attempt: 2, refused: false }]]);
    expect(world.sockets[1]!.protocols[1]).toBe('bearer.token-2');
    await client.close();
  });

  test('that is refused is followed by one more attempt with another', async () => {
    const tokens = ['old', 'new', 'newest'];
    const token = vi.fn(() => tokens.shift()!);
    const { client, socket } = await world.connected({ token });
    socket.end(4401, 'the token has expired');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(token.mock.lastCall).toEqual([{ attempt: 1, refused: true }]);
    const second = await world.socket(2);
    expect(second.protocols[1]).toBe('bearer.new');
    second.welcome().end(4401);
    await vi.advanceTimersByTimeAsync(1_000);
    // A welcome ended the row; two refusals in a row end all.
    (await world.socket(3)).open().end(4401);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(stateOf(client, 'closed').error).toMatchObject({ code: 'unauthorized', closeCode: 4401 });
    expect(world.sockets).toHaveLength(3);
    await client.close();
  });

  test('that is refused and given again ends it', async () => {
    const { client, socket } = await world.connected({ token: () => 'same' });
    socket.end(4401);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(stateOf(client, 'closed').error?.code).toBe('unauthorized');
    expect(world.sockets).toHaveLength(1);
    await client.close();
  });

  test.each([
    () => {
      throw new Error('no');
    },
    () => Promise.reject(new Error('no')),
    () => '',
    () => 'two words',
  ])('callback that fails is a failed attempt, and told (%#)', async (token) => {
    const client = world.client({ token, reconnect: { attemptsMax: 2 } });
    const states = statesOf(client);
    client.connect().catch(() => {});
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states[1]).toMatchObject({ status: 'waiting', reason: 'token_failed', error: { code: 'token_failed' } });
    expect(stateOf(client, 'closed').error?.code).toBe('attempts_exhausted');
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
