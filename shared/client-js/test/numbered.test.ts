import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PublishError } from '../src/publishError.js';
import type { PublishEvent } from '../src/publishEvent.js';
import { StaleProducerError } from '../src/staleProducerError.js';
import { FakeWorld, problem, settle } from './support/fakeWorld.js';

const Epoch = 1_795_230_320_698;

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
  key?: string;
  payload: number;
  producer: string;
  producer_epoch: number;
  producer_seq: number;
}

const event = (payload: number, more: Partial<PublishEvent> = {}): PublishEvent => ({
  ...{ channel: 'agents', type: 'agent.status', agent: 'a1', payload, ...more },
});
const bodies = () => world.requests.map(({ init }) => JSON.parse(init.body as string) as Sent[]);
/** Payload and number of each event, request by request. */
const sent = () => bodies().map((body) => body.map((one) => `${one.payload}:${one.producer_seq}`).join(' '));
const epochs = () => bodies().flatMap((body) => body.map((one) => one.producer_epoch));
const stored = (id: unknown) => ({ id: `3:1-${String(id)}.k3x9qa`, duplicate: false });
const refused = (code: string, retry: boolean, more: object = {}) => ({
  error: { code, detail: `it is ${code}`, retry, ...more },
});
const accepted = (...results: unknown[]) =>
  new Response(JSON.stringify({ results, pressure: { state: 'ok', depth: 0, limit: 5_000 } }), { status: 202 });
const allRefused = (status: number, ...results: unknown[]) =>
  new Response(JSON.stringify({ code: 'worst', detail: 'all', retry: false, results }), { status });
const client = (epoch: number | undefined = Epoch) => world.client({ producer: { id: 'runner-7', epoch } });

/** Answers in turn; whatever comes after is stored. */
function answers(...list: (Response | Error | 'silence')[]): void {
  world.answer = async (_, init) => {
    const next = list.shift();
    if (next === 'silence') return await new Promise(() => {});
    if (next instanceof Error) throw next;
    return next ?? accepted(...(JSON.parse(init.body as string) as Sent[]).map(({ payload }) => stored(payload)));
  };
}

/** Runs all there is to wait for. */
async function outcome<T>(promise: Promise<T>): Promise<T | PublishError> {
  const settled = promise.catch((error: unknown) => error as PublishError);
  await vi.advanceTimersByTimeAsync(100_000);
  return await settled;
}

test('each group is numbered by itself, and none has a key', async () => {
  answers();
  const c = client();
  await c.publish([event(1), event(2, { agent: 'a2' }), event(3, { agent: undefined, task: 't1' }), event(4)]);
  await c.publish([event(5), event(6, { agent: 'a2', group: 't1' })]);
  expect(sent()).toEqual(['1:1 2:1 3:1 4:2', '5:3 6:2']);
  expect(bodies()[0]![0]).toMatchObject({ producer: 'runner-7', producer_epoch: Epoch });
  for (const one of bodies().flat()) expect(one).not.toHaveProperty('key');
  await c.close();
});

test('without an epoch it is the time of the start', async () => {
  answers();
  const start = Date.now();
  const c = world.client({ producer: { id: 'p' } });
  await vi.advanceTimersByTimeAsync(5_000);
  await c.publish(event(1));
  expect(epochs()).toEqual([start]);
  await c.close();
});

test('silence is answered by the same numbers, and what was stored counts on', async () => {
  answers(
    new TypeError('fetch failed'),
    problem(503, 'log_unavailable'),
    accepted({ ...stored(1), duplicate: true }, { duplicate: true }, stored(3)),
  );
  const c = client();
  const results = await outcome(c.publish([event(1), event(2), event(3)]));
  expect(results).toEqual([{ ...stored(1), duplicate: true }, { duplicate: true }, stored(3)]);
  await c.publish(event(4));
  expect(sent()).toEqual(['1:1 2:2 3:3', '1:1 2:2 3:3', '1:1 2:2 3:3', '4:4']);
  await c.close();
});

test('what is refused for a while keeps its number', async () => {
  answers(
    accepted(stored(1), refused('pressure', true), stored(3), refused('after_refused', true)),
    allRefused(429, refused('pressure', true), refused('after_refused', true)),
  );
  const c = client();
  await outcome(c.publish([event(1), event(2), event(3, { agent: 'a2' }), event(4)]));
  await c.publish(event(5));
  expect(sent()).toEqual(['1:1 2:2 3:1 4:3', '2:2 4:3', '2:2 4:3', '5:4']);
  await c.close();
});

test('a number that was refused for good goes to the next event', async () => {
  answers(
    accepted(stored(1), refused('too_large', false), refused('after_refused', true)),
    new Response('{"code":"bad_request","retry":false}', { status: 400 }),
  );
  const c = client();
  await outcome(c.publish([event(1), event(2), event(3)]));
  await outcome(c.publish(event(7)));
  await c.publish(event(8));
  expect(sent()).toEqual(['1:1 2:2 3:3', '7:2', '8:2']);
  expect(new Set(epochs())).toEqual(new Set([Epoch]));
  await c.close();
});

test('a log that forgot is given a new life with what has no answer, in that group alone', async () => {
  answers(
    accepted(stored(1), stored(2)),
    allRefused(409, refused('producer_gap', false, { expected: 1 }), refused('after_refused', true)),
  );
  const c = client();
  await c.publish([event(1), event(2)]);
  expect(await outcome(c.publish([event(3), event(4)]))).toEqual([stored(3), stored(4)]);
  await c.publish([event(5), event(6, { agent: 'a2' })]);
  expect(sent()).toEqual(['1:1 2:2', '3:3 4:4', '3:1 4:2', '5:3 6:1']);
  // One higher: a later start must stay ahead.
  expect(epochs().map((epoch) => epoch - Epoch)).toEqual([0, 0, 0, 0, 1, 1, 1, 0]);
  await c.close();
});

describe('a later life of the producer', () => {
  test.each([
    ['a problem', () => allRefused(409, refused('stale_producer', false), refused('after_refused', true))],
    ['a result', () => accepted(refused('stale_producer', false), stored(2))],
  ])('told by %s stops this one', async (_, answer) => {
    answers(answer());
    const c = client();
    const error = await outcome(c.publish([event(1), event(2, { agent: 'a2' })]));
    expect(error).toBeInstanceOf(StaleProducerError);
    expect(error).toMatchObject({ code: 'stale_producer', retry: false });
    expect((error as StaleProducerError).results[0]).toEqual(refused('stale_producer', false));
    await expect(c.publish(event(3, { agent: 'a3' }))).rejects.toBeInstanceOf(StaleProducerError);
    expect(world.requests).toHaveLength(1);
    await c.close();
  });
});

describe('what was given up', () => {
  /** Nobody knows what became of them. */
  async function giveUp(c: ReturnType<typeof client>, ...events: PublishEvent[]): Promise<void> {
    const stop = new AbortController();
    const publishing = c.publish(events, { signal: stop.signal }).catch((error: unknown) => error);
    await settle();
    stop.abort(new Error('enough'));
    expect(await publishing).toMatchObject({ message: 'enough' });
  }

  test('has the same numbers when it is given again', async () => {
    answers('silence', accepted({ duplicate: true }), accepted({ duplicate: true }, stored(3)));
    const c = client();
    await giveUp(c, event(1), event(2));
    await c.publish(event(1));
    await c.publish([event(2), event(3)]);
    await c.publish(event(4));
    expect(sent()).toEqual(['1:1 2:2', '1:1', '2:2 3:3', '4:4']);
    expect(new Set(epochs())).toEqual(new Set([Epoch]));
    await c.close();
  });

  test('never gives its numbers to others', async () => {
    answers('silence');
    const c = client();
    await giveUp(c, event(1), event(2));
    await c.publish([event(1), event(7)]);
    expect(sent()).toEqual(['1:1 2:2', '1:1 7:2']);
    expect(epochs().map((epoch) => epoch - Epoch)).toEqual([0, 0, 1, 1]);
    await c.close();
  });
});

test('an epoch that was used before is told, and not taken for stored', async () => {
  answers(accepted({ ...stored(1), duplicate: true }));
  const c = client();
  expect(await outcome(c.publish(event(1)))).toMatchObject({ code: 'conflict', retry: false });
  await c.close();
});

test('calls at the same time are numbered one after the other', async () => {
  answers();
  const c = client();
  await Promise.all([1, 2, 3, 4, 5].map((i) => c.publish(event(i))));
  expect(sent()).toEqual(['1:1', '2:2', '3:3', '4:4', '5:5']);
  await c.close();
});

test('a key is the fault of the application', async () => {
  const c = client();
  await expect(c.publish(event(1, { key: 'mine' }))).rejects.toThrow('an event with a number has no key');
  expect(world.requests).toHaveLength(0);
  await c.close();
});
