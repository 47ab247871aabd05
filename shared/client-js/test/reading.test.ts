import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RealtimeClient } from '../src/client.js';
import { retryAfterOf } from '../src/http.js';
import type { TerminalChunk } from '../src/terminalReading.js';
import { FakeWorld, problem, wireEvent } from './support/fakeWorld.js';

let world: FakeWorld;
let client: RealtimeClient;
beforeEach(() => {
  world = new FakeWorld();
  client = world.client({ connectTimeout: 50 });
});
afterEach(() => client.close());

const json = (body: unknown) => async () => new Response(JSON.stringify(body));
const asked = () => decodeURIComponent(world.requests.at(-1)!.url.replace('https://edge.test:8443', ''));

describe('reading', () => {
  test('history', async () => {
    const gap = {
      op: 'gap',
      partition: 3,
      after: '3:0-1.aaaaaa',
      resumes_at: '3:0-4.aaaaaa',
      missing: 2,
      reason: 'retention',
    };
    world.answer = json({
      events: [wireEvent(1, { state_key: 'k' })],
      next: ['3:1-1.k3x9qa'],
      gaps: [gap],
      more: true,
    });
    const page = await client.history({ agents: ['a*', 'b'], after: ['3:0-1.aaaaaa', '4:0-1.aaaaaa'], limit: 5 });
    expect(asked()).toBe('/v1/events?agents=a*,b&after=3:0-1.aaaaaa,4:0-1.aaaaaa&limit=5');
    expect(page.events[0]).toMatchObject({ stateKey: 'k', payload: 1, appended: 1_795_230_320_001 });
    expect(page.gaps[0]).toMatchObject({ resumesAt: '3:0-4.aaaaaa', missing: 2 });
    expect(page).toMatchObject({ next: ['3:1-1.k3x9qa'], more: true });
  });

  test('the latest', async () => {
    const cursors = { cursor: ['3:1-9.k3x9qa'], before: ['3:1-1.k3x9qa'], more: true };
    world.answer = json({ events: [wireEvent(1)], ...cursors });
    expect(await client.latest({ types: 'x', last: 2, before: ['3:1-3.k3x9qa'] })).toMatchObject(cursors);
    expect(asked()).toBe('/v1/events?types=x&last=2&before=3:1-3.k3x9qa');
    await client.latest();
    expect(asked()).toBe('/v1/events?last=100');
  });

  test('values', async () => {
    world.answer = json({
      agents: [{ agent: 'a1', values: { k: wireEvent(1) } }],
      cursor: ['3:1-9.k3x9qa'],
      more: false,
    });
    const page = await client.values({ channels: 'agents', limit: 2, afterAgent: 'a0' });
    expect(asked()).toBe('/v1/agents?channels=agents&limit=2&after_agent=a0');
    expect(page.agents[0]!.values.k).toMatchObject({ payload: 1 });
  });

  test('what is refused is an error, and is not tried again', async () => {
    world.answer = async () => problem(503, 'log_unavailable', { 'Retry-After': '3' });
    await expect(client.history()).rejects.toMatchObject({
      code: 'log_unavailable',
      status: 503,
      retry: true,
      retryAfter: 3_000,
    });
    world.answer = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }));
    await expect(client.values()).rejects.toMatchObject({
      code: 'network',
      retry: true,
      detail: 'the server could not be reached: ECONNREFUSED',
    });
    world.answer = () => new Promise(() => {});
    await expect(client.latest()).rejects.toMatchObject({ code: 'timeout', retry: true });
    world.answer = async () => new Response('<html>');
    await expect(client.history()).rejects.toMatchObject({ code: 'protocol' });
    expect(world.requests).toHaveLength(4);
  });

  test('ends with its signal', async () => {
    world.answer = () => new Promise(() => {});
    const stop = new AbortController();
    const reading = client.history({ signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });
});

describe('a terminal', () => {
  const content = (
    body: ConstructorParameters<typeof Response>[0],
    offset: number,
    more: Record<string, string> = {},
  ) =>
    new Response(body, {
      headers: { 'Realtime-Epoch': 'k3x9qa', 'Realtime-Offset': `${offset}`, 'Realtime-End': '10', ...more },
    });

  /** A body that breaks off after these bytes. */
  const broken = (text: string) => {
    let isSent = false;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        if (isSent || text === '') return controller.error(new Error('reset'));
        isSent = true;
        controller.enqueue(new TextEncoder().encode(text));
      },
    });
  };

  test('is read as bytes', async () => {
    world.answer = async () => content('hello', 5, { 'Realtime-Exit-Code': '3' });
    const read = await client.readTerminal('t 1', { from: 5 });
    expect(asked()).toBe('/v1/tasks/t 1/terminal?from=5');
    expect(read).toMatchObject({ epoch: 'k3x9qa', offset: 5, end: 10, exitCode: 3 });
    expect(new TextDecoder().decode(read.data)).toBe('hello');
  });

  test('that breaks off is read on from there', async () => {
    const parts = [content(broken('hel'), 0), content(broken(''), 3), content(broken('lo '), 3), content('world', 6)];
    world.answer = async () => parts.shift()!;
    const read = await client.readTerminal('t1');
    expect(new TextDecoder().decode(read.data)).toBe('hello world');
    expect(read.offset).toBe(0);
    expect(world.requests.map(({ url }) => new URL(url).search)).toEqual([
      ...['', '?from=3.k3x9qa', '?from=3.k3x9qa', '?from=6.k3x9qa'],
    ]);
  });

  test('is handed over as it comes, and gone on with when the network is back', async () => {
    const parts = [
      content(broken('hel'), 5),
      new TypeError('fetch failed'),
      content('lo', 8, { 'Realtime-End': '12' }),
    ];
    world.answer = async () => {
      const part = parts.shift()!;
      if (part instanceof Error) throw part;
      return part;
    };
    const seen: unknown[] = [];
    const chunk = (data: Uint8Array, place: TerminalChunk) => seen.push([new TextDecoder().decode(data), place]);
    const read = await client.readTerminal('t1', { from: 5, chunk });
    expect(seen).toEqual([
      ['hel', { offset: 5, end: 10 }],
      ['lo', { offset: 8, end: 12 }],
    ]);
    expect(read).toEqual({ epoch: 'k3x9qa', offset: 5, end: 12, data: new Uint8Array(0) });
    expect(world.requests).toHaveLength(3);
  });

  test('is read no further when the one who gets it throws', async () => {
    world.answer = async () => content(world.requests.length === 1 ? broken('hel') : 'lo', 0);
    const chunk = () => {
      throw new RangeError('enough');
    };
    await expect(client.readTerminal('t1', { chunk })).rejects.toThrow(new RangeError('enough'));
    expect(world.requests).toHaveLength(1);
  });

  test('that only ever breaks off is given up', async () => {
    world.answer = async () => content(broken(''), 0);
    await expect(client.readTerminal('t1')).rejects.toMatchObject({ code: 'network' });
    expect(world.requests).toHaveLength(3);
  });

  test('whose place does not stand is refused', async () => {
    world.answer = async () => problem(409, 'gap');
    await expect(client.readTerminal('t1', { from: 7 })).rejects.toMatchObject({ code: 'gap', status: 409 });
  });
});

test('Retry-After is seconds or a date', () => {
  expect(retryAfterOf('7', 0)).toBe(7_000);
  expect(retryAfterOf('Thu, 01 Jan 1970 00:00:09 GMT', 4_000)).toBe(5_000);
  expect(retryAfterOf('Thu, 01 Jan 1970 00:00:09 GMT', 40_000)).toBe(0);
  expect([retryAfterOf(null, 0), retryAfterOf('soon', 0)]).toEqual([undefined, undefined]);
});
