import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LeasedError } from '../src/leasedError.js';
import { StaleProducerError } from '../src/staleProducerError.js';
import { FakeWorld, problem, settle } from './support/fakeWorld.js';

const ExpiresAt = 1_795_230_350_701;

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const taken = (expires_at: number, renewed: boolean) =>
  new Response(JSON.stringify({ lease: { expires_at }, renewed }));
const refused = (code: string, more: object = {}) =>
  new Response(JSON.stringify({ code, detail: `it is ${code}`, retry: false, ...more }), { status: 409 });
const released = () => new Response('{"released":true}');
const client = () => world.client({ producer: { id: 'runner-7', epoch: 5 } });
const sent = () => world.requests.map(({ url, init }) => [url.slice(22), JSON.parse(init.body as string) as object]);

/** Answers in turn; what comes after is never answered. */
function answers(...list: Response[]): void {
  world.answer = async () => list.shift() ?? (await new Promise<Response>(() => {}));
}

test('it is renewed after a third of its time, and given back', async () => {
  answers(taken(ExpiresAt, false), ...[1, 2, 3].map((i) => taken(ExpiresAt + i, true)), released());
  const c = client();
  const lease = await c.leaseAgent('a1');
  expect(lease.expiresAt).toBe(ExpiresAt);
  for (let renewal = 1; renewal <= 3; renewal++) {
    await vi.advanceTimersByTimeAsync(9_999);
    expect(world.requests).toHaveLength(renewal);
    await vi.advanceTimersByTimeAsync(1);
    expect(world.requests).toHaveLength(renewal + 1);
  }
  expect(lease.expiresAt).toBe(ExpiresAt + 3);
  await Promise.all([lease.release(), lease.release()]);
  const who = { agent: 'a1', holder: 'runner-7', epoch: 5 };
  const body = { ...who, ttl_ms: 30_000 };
  expect(sent()).toEqual([
    ['/v1/leases', body],
    ...Array(3).fill(['/v1/leases', { ...body, renew: true }]),
    ['/v1/leases/release', who],
  ]);
  expect(lease.lost.aborted).toBe(false);
  await c.close();
});

test('while the server is away it is tried again, and is not lost', async () => {
  answers(taken(ExpiresAt, false));
  const c = client();
  const lease = await c.leaseTask('t1', { agent: 'a1', ttl: 60_000 });
  world.answer = async () => problem(503, 'log_unavailable');
  await vi.advanceTimersByTimeAsync(300_000);
  expect(world.requests.length).toBeGreaterThan(100);
  world.answer = async () => taken(ExpiresAt + 99, true);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(lease.expiresAt).toBe(ExpiresAt + 99);
  expect(lease.lost.aborted).toBe(false);
  expect(sent()[0]![1]).toEqual({ agent: 'a1', task: 't1', holder: 'runner-7', epoch: 5, ttl_ms: 60_000 });
  await c.close();
});

test.each([
  ['stale_producer', () => refused('stale_producer')],
  ['leased', () => refused('leased')],
  ['ended', () => refused('ended')],
  ['lease_lost', () => refused('lease_lost')],
  ['lease_lost', () => taken(ExpiresAt, false)],
])('its loss (%s) is told, and it is not given back', async (code, answer) => {
  answers(taken(ExpiresAt, false), answer());
  const c = client();
  const lease = await c.leaseAgent('a1');
  const lost = vi.fn();
  lease.lost.addEventListener('abort', lost);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lost).toHaveBeenCalledTimes(1);
  expect(lease.lost.reason).toMatchObject({ code });
  await vi.advanceTimersByTimeAsync(100_000);
  await lease.release();
  await c.close();
  expect(world.requests).toHaveLength(2);
});

test('if nothing is answered, three attempts fit into its time, and then it is asked more seldom', async () => {
  const ttl = 10_000;
  answers(taken(ExpiresAt, false));
  const c = client();
  const lease = await c.leaseAgent('a1', { ttl });
  const signals = () => world.requests.map(({ init }) => init.signal!);
  await vi.advanceTimersByTimeAsync(ttl / 3 + 1);
  expect(signals()).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(ttl / 6 - 3);
  expect(signals()[1]!.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(3);
  expect(signals()[1]!.aborted).toBe(true);
  await vi.advanceTimersByTimeAsync(ttl / 2 - 1);
  expect(signals().length).toBeGreaterThanOrEqual(4);
  const before = signals().length;
  await vi.advanceTimersByTimeAsync(100_000);
  expect(signals().length - before).toBeLessThan(12);
  expect(lease.lost.aborted).toBe(false);
  const closing = c.close();
  await vi.advanceTimersByTimeAsync(10_000);
  await closing;
});

test('a server that asks for more time than the lease has is not waited for so long', async () => {
  answers(taken(ExpiresAt, false));
  const c = client();
  await c.leaseAgent('a1', { ttl: 12_000 });
  world.answer = async () => problem(503, 'log_unavailable', { 'Retry-After': '60' });
  await vi.advanceTimersByTimeAsync(11_999);
  expect(world.requests.length).toBeGreaterThanOrEqual(4);
  world.answer = async () => released();
  await c.close();
});

test('a renewal that is under way is waited for before it is given back, but not for ever', async () => {
  let renewed!: (response: Response) => void;
  answers(taken(ExpiresAt, false));
  const c = client();
  const lease = await c.leaseAgent('a1', { ttl: 60_000 });
  world.answer = () => new Promise((resolve) => (renewed = resolve));
  await vi.advanceTimersByTimeAsync(20_000);
  const releasing = lease.release();
  await settle();
  expect(world.requests).toHaveLength(2);
  world.answer = async () => released();
  renewed(taken(ExpiresAt, true));
  await releasing;
  expect(world.requests).toHaveLength(3);

  answers(taken(ExpiresAt, false));
  await c.leaseAgent('a2', { ttl: 60_000 });
  await vi.advanceTimersByTimeAsync(20_000);
  const closing = c.close();
  await vi.advanceTimersByTimeAsync(4_999);
  expect(world.requests).toHaveLength(5);
  world.answer = async () => released();
  await vi.advanceTimersByTimeAsync(1);
  await closing;
  expect(sent()[5]![0]).toBe('/v1/leases/release');
});

test('who is refused hears until when; what may pass is tried again', async () => {
  answers(problem(503, 'no_worker'), refused('leased', { expires_at: ExpiresAt }), refused('stale_producer'));
  const c = client();
  const taking = c.leaseTask('t1').catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(500);
  const error = await taking;
  expect(error).toBeInstanceOf(LeasedError);
  expect(error).toMatchObject({ code: 'leased', retry: false, expiresAt: ExpiresAt });
  await expect(c.leaseTask('t1')).rejects.toBeInstanceOf(StaleProducerError);
  await c.close();
});

test('a client that is closed gives back what it holds, but does not wait for ever', async () => {
  answers(taken(ExpiresAt, false));
  const c = client();
  await c.leaseAgent('a1');
  const closing = c.close();
  await settle();
  expect(sent()[1]![0]).toBe('/v1/leases/release');
  await vi.advanceTimersByTimeAsync(5_000);
  await closing;
});

test('what a producer writes to a terminal claims it', async () => {
  answers(new Response('{"end":1,"epoch":"k3x9qa","duplicate":false}'), new Response('{}'), refused('stale_producer'));
  const c = client();
  const writer = c.terminalWriter('t1');
  await writer.append('x');
  await writer.end(0);
  await expect(writer.append('y')).rejects.toBeInstanceOf(StaleProducerError);
  const claim = 'producer=runner-7&producer_epoch=5';
  expect(world.requests.map(({ url }) => url.slice(22))).toEqual([
    `/v1/tasks/t1/terminal?offset=0&${claim}`,
    `/v1/tasks/t1/terminal/end?${claim}`,
    `/v1/tasks/t1/terminal?offset=1&${claim}`,
  ]);
  await c.close();
});

test('wrong options are the fault of the application', async () => {
  const c = client();
  await expect(world.client().leaseAgent('a1')).rejects.toThrow('the option producer is not set');
  await expect(c.leaseAgent('a1', { ttl: 9_999 })).rejects.toThrow('ttl is 9999, but must be');
  await expect(c.leaseAgent('a1', { agent: 'a2' } as never)).rejects.toThrow('agent is unknown');
  expect(world.requests).toHaveLength(0);
  await c.close();
});
