import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PublishError } from '../src/publishError.js';
import type { PublishEvent } from '../src/publishEvent.js';
import { FakeWorld, problem, settle } from './support/fakeWorld.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

interface Sent {
  key: string;
  payload: unknown;
  state_key?: string;
}

const event = (payload: unknown, more: Partial<PublishEvent> = {}): PublishEvent => ({
  ...{ channel: 'agents', type: 'agent.status', agent: 'a1', payload, ...more },
});
const events = (count: number) => Array.from({ length: count }, (_, i) => event(i));
const bodies = () => world.requests.map(({ init }) => JSON.parse(init.body as string) as Sent[]);
const payloads = () => bodies().map((body) => body.map((one) => one.payload));
const stored = (payload: unknown) => ({ id: `3:1-${String(payload)}.k3x9qa`, duplicate: false });
const refused = (code: string, retry: boolean) => ({ error: { code, detail: `it is ${code}`, retry } });
const accepted = (results: unknown[], pressure = 'ok') =>
  new Response(JSON.stringify({ results, pressure: { state: pressure, depth: 0, limit: 5_000 } }), { status: 202 });

/** Answers in turn; whatever comes after is stored. */
function answers(...list: (Response | Error)[]): void {
  world.answer = async (_, init) => {
    const next = list.shift();
    if (next instanceof Error) throw next;
    return next ?? accepted((JSON.parse(init.body as string) as Sent[]).map(({ payload }) => stored(payload)));
  };
}

/** Runs all there is to wait for. */
async function outcome<T>(promise: Promise<T>): Promise<T | PublishError> {
  const settled = promise.catch((error: unknown) => error as PublishError);
  await vi.advanceTimersByTimeAsync(100_000);
  return await settled;
}

test('an event goes onto the wire with its fields and a random key', async () => {
  answers();
  const client = world.client();
  const results = await client.publish([event({ a: 1 }, { stateKey: 'k', group: 'g' }), event(2, { key: 'mine' })]);
  expect(results).toHaveLength(2);
  const { url, init } = world.requests[0]!;
  expect(url).toBe('https://edge.test:8443/v1/events');
  expect(init).toMatchObject({
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer to.ken' },
  });
  expect(bodies()[0]![0]).toEqual({
    ...{ channel: 'agents', type: 'agent.status', agent: 'a1', group: 'g', state_key: 'k', payload: { a: 1 } },
    key: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(bodies()[0]![1]!.key).toBe('mine');
  expect(world.sockets).toHaveLength(0);
  await client.close();
});

describe('a fault that may pass', () => {
  test.each([
    ['of the network', new TypeError('fetch failed')],
    ['408', problem(408, 'timeout')],
    ['429', problem(429, 'rate_limited')],
    ['500', problem(500, 'internal')],
    ['502', new Response('<html>', { status: 502 })],
    ['503', problem(503, 'log_unavailable')],
  ])('%s is tried again with the same keys', async (_, fault) => {
    answers(fault);
    const client = world.client();
    expect(await outcome(client.publish(events(2)))).toEqual([stored(0), stored(1)]);
    expect(bodies()).toHaveLength(2);
    expect(bodies()[1]).toEqual(bodies()[0]);
    await client.close();
  });

  test('waits with back-off, at most 5 s, and by that longer than it was told to', async () => {
    answers(
      problem(503, 'no_worker'),
      problem(503, 'no_worker'),
      problem(429, 'rate_limited', { 'Retry-After': '9' }),
      problem(503, 'no_worker'),
      problem(503, 'no_worker'),
    );
    const client = world.client();
    const times: number[] = [];
    const answer = world.answer;
    const start = Date.now();
    world.answer = (url, init) => {
      times.push(Date.now() - start);
      return answer(url, init);
    };
    await outcome(client.publish(event(1)));
    expect(times).toEqual([0, 500, 1_500, 12_500, 15_000, 17_500]);
    await client.close();
  });

  test('ends after so many requests', async () => {
    world.answer = async () => problem(503, 'no_worker');
    const client = world.client({ publish: { attemptsMax: 3 } });
    const error = await outcome(client.publish(events(2)));
    expect(error).toBeInstanceOf(PublishError);
    expect(error).toMatchObject({ code: 'no_worker', retry: true });
    expect((error as PublishError).results).toHaveLength(2);
    expect(world.requests).toHaveLength(3);
    await client.close();
  });

  test('ends when its time is over', async () => {
    world.answer = () => new Promise(() => {});
    const client = world.client({ publish: { timeout: 25_000 } });
    const started = Date.now();
    let ended = 0;
    const publishing = client.publish(event(1)).finally(() => (ended = Date.now() - started));
    expect(await outcome(publishing)).toMatchObject({ code: 'timeout', results: [{ error: { code: 'timeout' } }] });
    expect(ended).toBe(25_000);
    // One request has `connectTimeout`, so that a dead connection does not use all of it up.
    expect(world.requests.length).toBeGreaterThan(1);
    await client.close();
  });
});

describe('results', () => {
  test('that may pass are tried again: only those, in their order', async () => {
    answers(
      accepted([
        stored(0),
        refused('pressure', true),
        refused('after_refused', true),
        stored(3),
        refused('after_refused', true),
      ]),
      accepted([stored(1), stored(2), refused('log_unavailable', true)]),
    );
    const client = world.client();
    expect(await outcome(client.publish(events(5)))).toEqual([0, 1, 2, 3, 4].map(stored));
    expect(payloads()).toEqual([[0, 1, 2, 3, 4], [1, 2, 4], [4]]);
    await client.close();
  });

  test('that stand are an error that holds each, and nothing behind them is sent again', async () => {
    answers(accepted([stored(0), refused('conflict', false), refused('after_refused', true)]));
    const client = world.client();
    const error = await outcome(client.publish(events(3)));
    expect(error).toMatchObject({ name: 'PublishError', code: 'conflict', retry: false });
    const after = refused('after_refused', true);
    expect((error as PublishError).results).toEqual([stored(0), refused('conflict', false), after]);
    expect(world.requests).toHaveLength(1);
    await client.close();
  });

  test('of a wrong request are the error of all of them, with what is wrong', async () => {
    const detail = { where: '/0/channel', detail: 'must be one of agents' };
    answers(
      new Response(JSON.stringify({ code: 'bad_request', detail: '1 error', retry: false, errors: [detail] }), {
        status: 400,
      }),
    );
    const client = world.client();
    const error = await outcome(client.publish(events(2)));
    expect(error).toMatchObject({ code: 'bad_request', status: 400, errors: [detail] });
    expect((error as PublishError).detail).toContain('/0/channel: must be');
    expect(world.requests).toHaveLength(1);
    await client.close();
  });

  test('that are not one for each event are what the protocol does not allow', async () => {
    answers(accepted([]));
    const client = world.client();
    expect(await outcome(client.publish(event(1)))).toMatchObject({ code: 'protocol' });
    await client.close();
  });
});

describe('many events', () => {
  test('go in several requests, one after the other', async () => {
    answers();
    const client = world.client();
    expect(await outcome(client.publish(events(2_500)))).toEqual(events(2_500).map(({ payload }) => stored(payload)));
    expect(bodies().map((body) => body.length)).toEqual([1_000, 1_000, 500]);
    expect(payloads().flat()).toEqual(events(2_500).map(({ payload }) => payload));
    await client.close();
  });

  test('and large ones are kept below what the server takes at once', async () => {
    answers();
    const client = world.client();
    await outcome(client.publish(Array.from({ length: 50 }, () => event('é'.repeat(30_000)))));
    expect(bodies().flat()).toHaveLength(50);
    for (const { init } of world.requests) expect(Buffer.byteLength(init.body as string)).toBeLessThan(1_048_576);
    await client.close();
  });

  test('stop at the first request that can not be stored', async () => {
    answers(problem(403, 'forbidden'));
    const client = world.client();
    const error = (await outcome(client.publish(events(1_001)))) as PublishError;
    expect(error.code).toBe('forbidden');
    expect(error.results[1_000]).toMatchObject({ error: { code: 'not_sent' } });
    expect(world.requests).toHaveLength(1);
    await client.close();
  });

  test('of two calls keep their order', async () => {
    answers(problem(503, 'no_worker'));
    const client = world.client();
    const both = Promise.all([client.publish(event(1)), client.publish(event(2))]);
    await outcome(both);
    expect(payloads()).toEqual([[1], [1], [2]]);
    await client.close();
  });
});

test('pressure has the next request wait, longer each time, until it is over', async () => {
  answers(accepted([stored(1)], 'pause'), accepted([stored(2)], 'pause'));
  const client = world.client();
  const times: number[] = [];
  const start = Date.now();
  for (let i = 1; i <= 4; i++) {
    const publishing = client.publish(event(i)).then(() => times.push(Date.now() - start));
    await vi.advanceTimersByTimeAsync(2_000);
    await publishing;
  }
  expect(times).toEqual([0, 2_750, 5_500, 6_000]);
  await client.close();
});

test('what waits while there is pressure is not sent, however much: one asks, and all follow when it is over', async () => {
  answers(accepted([stored(1)], 'pause'), accepted([stored(2)], 'pause'));
  const client = world.client();
  await client.publish(event(1));
  const rest = Promise.all([2, 3, 4, 5].map((i) => client.publish(event(i))));
  await vi.advanceTimersByTimeAsync(749);
  expect(payloads()).toEqual([[1]]);
  await vi.advanceTimersByTimeAsync(1);
  expect(payloads()).toEqual([[1], [2]]);
  await vi.advanceTimersByTimeAsync(1_499);
  expect(payloads()).toEqual([[1], [2]]);
  await vi.advanceTimersByTimeAsync(1);
  await rest;
  expect(payloads()).toEqual([[1], [2], [3], [4], [5]]);
  await client.close();
});

test('what is refused with pressure has what follows it wait too', async () => {
  answers(problem(429, 'pressure'));
  const client = world.client({ publish: { attemptsMax: 1 } });
  expect(await outcome(client.publish(event(1)))).toMatchObject({ code: 'pressure' });
  const second = client.publish(event(2));
  await vi.advanceTimersByTimeAsync(749);
  expect(world.requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  await second;
  await client.close();
});

describe('it ends', () => {
  test.each(['waiting', 'asking', 'in the queue'])('when its signal says so, while %s', async (when) => {
    if (when === 'asking' || when === 'in the queue') world.answer = () => new Promise(() => {});
    const client = world.client();
    if (when === 'in the queue') client.publish(event(0)).catch(() => {});
    const stop = new AbortController();
    const publishing = client.publish(event(1), { signal: stop.signal }).catch((error: unknown) => error);
    await settle();
    stop.abort(new Error('enough'));
    expect(await publishing).toMatchObject({ message: 'enough' });
    await client.close();
  });

  test('when the client is closed', async () => {
    const client = world.client();
    const publishing = client.publish(event(1)).catch((error: unknown) => error);
    await settle();
    await client.close();
    expect(await publishing).toMatchObject({ code: 'closed' });
    await expect(client.publish(event(1))).rejects.toMatchObject({ code: 'closed' });
  });

  test('at once without an event', async () => {
    const client = world.client();
    await expect(client.publish([])).rejects.toMatchObject({ code: 'bad_request' });
    await client.close();
  });
});

test("results are the caller's alone: a client that publishes for days keeps none", async () => {
  answers();
  const client = world.client();
  await Promise.all([client.publish(event(1)), client.publish(event(2))]);
  const { turn } = (client as unknown as { publisher: { turn: Promise<unknown> } }).publisher;
  expect(await turn).toBeUndefined();
  await client.close();
});

test('a token that is refused is asked for anew, once', async () => {
  const tokens = ['old', 'new', 'newest'];
  world.answer = async (_, init) =>
    (init.headers as Record<string, string>).Authorization === 'Bearer new'
      ? accepted([stored(1)])
      : problem(401, 'token_expired');
  const client = world.client({ token: () => tokens.shift()! });
  expect(await outcome(client.publish(event(1)))).toEqual([stored(1)]);
  expect(await outcome(client.publish(event(1)))).toEqual([stored(1)]);
  expect(tokens).toEqual(['newest']);
  world.answer = async () => problem(401, 'token_expired');
  expect(await outcome(client.publish(event(1)))).toMatchObject({ code: 'token_expired' });
  await client.close();
});
