import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeWorld, settle, stateOf, statesOf } from './support/fakeWorld.js';

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

  test.each([1001, 1005, 1006, 1011, 1012, 1013, 4408])('%i is followed by another attempt', async (code) => {
    const { client, socket } = await world.connected();
    socket.end(code);
    await settle();
    expect(stateOf(client, 'waiting')).toMatchObject({ delay: 500, attempt: 1, closeCode: code });
    await vi.advanceTimersByTimeAsync(500);
    expect(world.sockets).toHaveLength(2);
    await client.close();
  });
});

describe('a server that sends us away for a fault of ours', () => {
  test.each([
    ['a limit', 4429, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]],
    ['each new token', 4401, [0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000]],
  ])('by %s, soon after its welcome, is left alone for longer and longer', async (_, code, floors) => {
    world.randomValue = 0;
    let tokens = 0;
    const { client, socket } = await world.connected({ token: () => `token-${tokens++}` });
    let last = socket;
    const states = statesOf(client);
    const delays = () => states.flatMap((state) => (state.status === 'waiting' ? [state.delay] : []));
    for (const floor of floors) {
      last.end(code);
      await settle();
      await vi.advanceTimersByTimeAsync(floor);
      last = (await world.socket(delays().length + 1)).welcome();
    }
    expect(delays()).toEqual(floors);

    // Who stood for half a minute begins anew.
    await vi.advanceTimersByTimeAsync(15_000);
    last.say({ op: 'pong' });
    await vi.advanceTimersByTimeAsync(15_000);
    last.end(code);
    await settle();
    expect(delays().at(-1)).toBe(floors[0]);
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

  test('of more than a timer can count is a long one', async () => {
    const { client, socket } = await world.connected();
    socket.say({ op: 'drain', deadline: 15_000, delay: 2 ** 31 }).end(1012);
    await vi.advanceTimersByTimeAsync(10 * 86_400_000);
    expect(stateOf(client, 'waiting').reason).toBe('drain');
    expect(world.sockets).toHaveLength(1);
    await client.close();
  });

  test('for a server that leaves in more than a timer can count is a long one', async () => {
    const { client, socket } = await world.connected();
    socket.say({ op: 'drain', deadline: 2 ** 31, delay: 10 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(client.state.status).toBe('connected');
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
    expect(world.sockets[1]!.protocols.at(-1)).toBe('bearer.token-2');
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
    expect(second.protocols.at(-1)).toBe('bearer.new');
    second.welcome().end(4401);
    await vi.advanceTimersByTimeAsync(2_000);
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
