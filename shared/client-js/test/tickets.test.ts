import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TokenRequest } from '../src/options.js';
import { FakeWorld, problem, settle, stateOf, statesOf } from './support/fakeWorld.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const ticketed = (more: object = {}) => {
  const ticket = vi.fn((_: TokenRequest) => `tk_${ticket.mock.calls.length}`);
  return { ticket, client: world.client({ token: undefined, ticket, ...more }) };
};

describe('a ticket', () => {
  test('opens a connection in place of the token, each another one', async () => {
    const { client, ticket } = ticketed({ heartbeat: 10_000 });
    client.subscribe();
    const socket = await world.socket(1);
    expect(socket.url).toBe('wss://edge.test:8443/ws/agents?heartbeat=10000ms&ticket=tk_1');
    expect(socket.protocols).toEqual(['realtime.v1.msgpack', 'realtime.v1.json']);
    socket.welcome().end(1006);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await world.socket(2)).url).toMatch(/&ticket=tk_2$/);
    expect(ticket.mock.calls).toEqual([[{ attempt: 1, refused: false }], [{ attempt: 1, refused: false }]]);
    await client.close();
  });

  test('whose time is over is followed by another, and is not renewed', async () => {
    const { client } = ticketed();
    const notices = vi.fn();
    client.on('notice', notices);
    client.subscribe();
    const socket = (await world.socket(1)).welcome({ heartbeat_ms: 3_600_000 });
    await settle();
    socket.say({ op: 'expiring', expires_at: Date.now() + 60_000 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.of('auth')).toEqual([]);
    socket.end(4401, 'token_expired');
    await settle();
    expect(stateOf(client, 'waiting')).toMatchObject({ reason: 'unauthorized', closeCode: 4401 });
    await vi.advanceTimersByTimeAsync(500);
    expect((await world.socket(2)).url).toMatch(/ticket=tk_2$/);
    expect(notices).not.toHaveBeenCalled();
    await client.close();
  });

  test('that is refused is followed by others, and never shown a second time', async () => {
    world.answer = async () => problem(401, 'unauthorized');
    const { client } = ticketed({ reconnect: { attemptsMax: 3 } });
    const states = statesOf(client);
    client.connect().catch(() => {});
    for (let i = 1; i <= 3; i++) {
      (await world.socket(i)).end(1006);
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(states.filter(({ status }) => status === 'waiting')).toMatchObject([
      { reason: 'unauthorized', error: { detail: expect.stringContaining('ticket') } },
      { reason: 'unauthorized' },
    ]);
    expect(stateOf(client, 'closed').error?.code).toBe('attempts_exhausted');
    expect(world.requests.map(({ url, init }) => [url, init.headers])).toEqual(
      Array.from({ length: 3 }, () => ['https://edge.test:8443/ws/agents', undefined]),
    );
    await client.close();
  });

  test('alone carries nothing over HTTP', async () => {
    const { client } = ticketed();
    await expect(client.history()).rejects.toMatchObject({ code: 'unauthorized' });
    expect(world.requests).toEqual([]);
    await client.close();
  });

  test.each([
    [{ ticket: 'tk_1' }, 'ticket is string, but must be a function'],
    [{ token: undefined }, 'token is undefined'],
  ])('given as %o is a wrong option', (wrong, told) => {
    expect(() => world.client(wrong as object)).toThrow(told);
  });
});

describe('createTicket', () => {
  const made = () => new Response(JSON.stringify({ ticket: 'tk_x', expires_at: 1_795_230_350_000 }), { status: 201 });

  test('asks for one, with what is given', async () => {
    world.answer = async () => made();
    const client = world.client();
    const options = { scope: 'read:agents/a1', origin: 'https://app.test', lifetime: 5_000 };
    expect(await client.createTicket(options)).toEqual({ ticket: 'tk_x', expiresAt: 1_795_230_350_000 });
    await client.createTicket();
    expect(world.requests.map(({ url, init }) => [url, init.method, init.body])).toEqual([
      [
        'https://edge.test:8443/v1/tickets',
        'POST',
        '{"scope":"read:agents/a1","origin":"https://app.test","lifetime_ms":5000}',
      ],
      ['https://edge.test:8443/v1/tickets', 'POST', '{}'],
    ]);
    await client.close();
  });

  test('waits as long as it is told to, and asks again', async () => {
    const answers = [problem(429, 'rate_limited', { 'Retry-After': '3' }), made()];
    world.answer = async () => answers.shift()!;
    const client = world.client();
    const ticket = client.createTicket();
    await vi.advanceTimersByTimeAsync(3_499);
    expect(world.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await ticket).toMatchObject({ ticket: 'tk_x' });
    await client.close();
  });

  test('tells what it is refused for', async () => {
    world.answer = async () => problem(403, 'forbidden');
    const client = world.client();
    await expect(client.createTicket({ scope: 'publish:*' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(client.createTicket({ scopes: 'x' } as object)).rejects.toThrow(/scopes is unknown/);
    expect(world.requests).toHaveLength(1);
    await client.close();
  });
});
