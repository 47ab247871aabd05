import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PublishError } from '../src/publishError.js';
import { FakeWorld, problem, settle } from './support/fakeWorld.js';
import { accepted, answers, bodies, event, events, outcome, payloads, refused, stored } from './support/publishing.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('an event goes onto the wire with its fields and a random key', async () => {
  answers(world);
  const client = world.client();
  const results = await client.publish([event({ a: 1 }, { stateKey: 'k', group: 'g' }), event(2, { key: 'mine' })]);
  expect(results).toHaveLength(2);
  const { url, init } = world.requests[0]!;
  expect(url).toBe('https://edge.test:8443/v1/events');
  expect(init).toMatchObject({
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer to.ken' },
  });
  expect(bodies(world)[0]![0]).toEqual({
    ...{ channel: 'agents', type: 'agent.status', agent: 'a1', group: 'g', state_key: 'k', payload: { a: 1 } },
    key: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(bodies(world)[0]![1]!.key).toBe('mine');
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
    answers(world, fault);
    const client = world.client();
    expect(await outcome(client.publish(events(2)))).toEqual([stored(0), stored(1)]);
    expect(bodies(world)).toHaveLength(2);
    expect(bodies(world)[1]).toEqual(bodies(world)[0]);
    await client.close();
  });

  test('waits with back-off, at most 5 s, and by that longer than it was told to', async () => {
    answers(
      world,
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
      world,
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
    expect(payloads(world)).toEqual([[0, 1, 2, 3, 4], [1, 2, 4], [4]]);
    await client.close();
  });

  test('that stand are an error that holds each, and nothing behind them is sent again', async () => {
    answers(world, accepted([stored(0), refused('conflict', false), refused('after_refused', true)]));
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
      world,
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
    answers(world, accepted([]));
    const client = world.client();
    expect(await outcome(client.publish(event(1)))).toMatchObject({ code: 'protocol' });
    await client.close();
  });
});

describe('many events', () => {
  test('go in several requests, one after the other', async () => {
    answers(world);
    const client = world.client();
    expect(await outcome(client.publish(events(2_500)))).toEqual(events(2_500).map(({ payload }) => stored(payload)));
    expect(bodies(world).map((body) => body.length)).toEqual([1_000, 1_000, 500]);
    expect(payloads(world).flat()).toEqual(events(2_500).map(({ payload }) => payload));
    await client.close();
  });

  test('and large ones are kept below what the server takes at once', async () => {
    answers(world);
    const client = world.client();
    await outcome(client.publish(Array.from({ length: 50 }, () => event('é'.repeat(30_000)))));
    expect(bodies(world).flat()).toHaveLength(50);
    for (const { init } of world.requests) expect(Buffer.byteLength(init.body as string)).toBeLessThan(1_048_576);
    await client.close();
  });

  test('stop at the first request that can not be stored', async () => {
    answers(world, problem(403, 'forbidden'));
    const client = world.client();
    const error = (await outcome(client.publish(events(1_001)))) as PublishError;
    expect(error.code).toBe('forbidden');
    expect(error.results[1_000]).toMatchObject({ error: { code: 'not_sent' } });
    expect(world.requests).toHaveLength(1);
    await client.close();
  });

  test('of two calls keep their order', async () => {
    answers(world, problem(503, 'no_worker'));
    const client = world.client();
    const both = Promise.all([client.publish(event(1)), client.publish(event(2))]);
    await outcome(both);
    expect(payloads(world)).toEqual([[1], [1], [2]]);
    await client.close();
  });
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
  answers(world);
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
