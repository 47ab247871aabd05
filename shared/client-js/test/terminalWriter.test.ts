import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TerminalHoleError } from '../src/terminalHoleError.js';
import { FakeWorld, problem } from './support/fakeWorld.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const stored = (end: number, more: object = {}) =>
  new Response(JSON.stringify({ end, epoch: 'k3x9qa', duplicate: false, pressure: { state: 'ok' }, ...more }));
const hole = () =>
  new Response(JSON.stringify({ code: 'hole', detail: 'bytes are missing', expected: 12, epoch: 'k3x9qa' }), {
    status: 409,
  });
const silence = () => new TypeError('fetch failed');
const base = 'https://edge.test:8443/v1/tasks/t1/terminal';
const urls = () => world.requests.map(({ url }) => url);

/** Answers in turn; whatever comes after is stored. */
function answers(...list: (Response | Error)[]): void {
  world.answer = async () => {
    const next = list.shift() ?? stored(99);
    if (next instanceof Error) throw next;
    return next;
  };
}

async function outcome<T>(promise: Promise<T>): Promise<T | Error> {
  const settled = promise.catch((error: unknown) => error as Error);
  await vi.advanceTimersByTimeAsync(100_000);
  return await settled;
}

test('appends follow each other, each at the offset behind the one before, and then it ends', async () => {
  answers();
  const client = world.client();
  const writer = client.terminalWriter('t1');
  const first = writer.append('büild\n');
  const second = writer.append(new Uint8Array([1, 2]), { stream: 'stderr' });
  const ended = writer.end(3);
  expect(await outcome(first)).toEqual({ end: 99, epoch: 'k3x9qa', duplicate: false, storedBefore: false });
  await Promise.all([second, ended]);
  expect(urls()).toEqual([`${base}?offset=0`, `${base}?offset=7&stream=stderr`, `${base}/end`]);
  expect(world.requests[0]!.init.headers).toMatchObject({ 'Content-Type': 'application/octet-stream' });
  expect(world.requests[0]!.init.body).toEqual(new TextEncoder().encode('büild\n'));
  expect(world.requests[2]!.init.body).toBe('{"exit_code":3}');
  expect(writer.offset).toBe(9);
  await client.close();
});

test('what was answered by silence is sent again at the same offset', async () => {
  answers(silence(), problem(503, 'no_worker'), stored(47, { duplicate: true }));
  const client = world.client();
  const writer = client.terminalWriter('t1', { offset: 42 });
  expect(await outcome(writer.append('bytes'))).toMatchObject({ end: 47, duplicate: true });
  expect(urls()).toEqual(Array(3).fill(`${base}?offset=42`));
  answers(silence());
  await outcome(writer.end(0));
  expect(urls().slice(3)).toEqual(Array(2).fill(`${base}/end`));
  await client.close();
});

test.each<[string, (Response | Error)[], number, boolean]>([
  ['all of the bytes', [stored(5, { duplicate: true, stored: 0 })], 5, true],
  ['some of the bytes', [stored(5, { stored: 2 })], 5, true],
  ['none of the bytes', [stored(5, { stored: 5 })], 5, false],
  ['all, of a server that tells no more', [stored(5, { duplicate: true })], 5, true],
  ['what an attempt of its own may have stored', [silence(), stored(5, { duplicate: true, stored: 0 })], 5, false],
  ['what it had to ask for once more, since bytes are gone', [hole(), stored(5, { stored: 2 })], 5, true],
  ['some of a first request of two', [stored(524_288, { stored: 1 }), stored(524_289, { stored: 1 })], 524_289, true],
  ['some of a last request of two', [stored(524_288, { stored: 524_288 }), stored(9, { stored: 0 })], 524_289, true],
])('whether it was there before the first attempt: %s', async (_, list, length, storedBefore) => {
  answers(...list);
  const client = world.client();
  const writer = client.terminalWriter('t1', { goOnAfterLoss: true });
  expect(await outcome(writer.append(new Uint8Array(length)))).toMatchObject({ storedBefore });
  await client.close();
});

test('what fails keeps the offset, and what waits behind it is not stored in its place', async () => {
  answers(problem(403, 'forbidden'));
  const client = world.client();
  const writer = client.terminalWriter('t1');
  const calls = [writer.append('one'), writer.append('two'), writer.end(0)];
  const codes = await outcome(Promise.all(calls.map((call) => call.catch((error: { code: string }) => error.code))));
  expect(codes).toEqual(['forbidden', 'not_sent', 'not_sent']);
  expect(writer.offset).toBe(0);
  await outcome(writer.append('one'));
  expect(urls()).toEqual([`${base}?offset=0`, `${base}?offset=0`]);
  await client.close();
});

test('a hole says where the log ends and in which life; who lost the bytes too begins a new one', async () => {
  answers(hole());
  const client = world.client();
  const error = await outcome(client.terminalWriter('t1', { offset: 42 }).append('bytes'));
  expect(error).toBeInstanceOf(TerminalHoleError);
  expect(error).toMatchObject({ code: 'hole', expected: 12, epoch: 'k3x9qa', retry: false });
  const writer = client.terminalWriter('t1', { offset: 42, afterLoss: 'k3x9qa' });
  await outcome(writer.append('bytes'));
  await outcome(writer.append('more'));
  expect(urls().slice(1)).toEqual([`${base}?offset=42&after_loss=k3x9qa`, `${base}?offset=47`]);
  await client.close();
});

test('whoever keeps nothing goes on by itself, once for each append', async () => {
  answers(hole(), stored(5), hole(), hole());
  const client = world.client();
  const writer = client.terminalWriter('t1', { goOnAfterLoss: true });
  await outcome(writer.append('bytes'));
  expect(await outcome(writer.append('bytes'))).toBeInstanceOf(TerminalHoleError);
  const [first, second] = [`${base}?offset=0`, `${base}?offset=5`];
  expect(urls()).toEqual([first, `${first}&after_loss=k3x9qa`, second, `${second}&after_loss=k3x9qa`]);
  await client.close();
});

test('a new life that began with a lost answer is written to; another is an error', async () => {
  answers(hole(), silence(), problem(409, 'other_epoch'), stored(5), problem(409, 'other_epoch'));
  world.answer = inOrder(world.answer);
  const client = world.client();
  await outcome(client.terminalWriter('t1', { goOnAfterLoss: true }).append('bytes'));
  const first = `${base}?offset=0`;
  expect(urls()).toEqual([first, `${first}&after_loss=k3x9qa`, `${first}&after_loss=k3x9qa`, first]);
  const error = await outcome(client.terminalWriter('t1', { afterLoss: 'k3x9qa' }).append('bytes'));
  expect(error).toMatchObject({ code: 'other_epoch' });
  await client.close();
});

/** `problem` says that whatever is 409 may be tried again, which of an epoch is not so. */
function inOrder(answer: FakeWorld['answer']): FakeWorld['answer'] {
  return async (url, init) => {
    const response = await answer(url, init);
    if (response.status !== 409) return response;
    return new Response(JSON.stringify({ ...((await response.json()) as object), retry: false }), { status: 409 });
  };
}

test('many bytes go out in pieces that follow each other', async () => {
  answers();
  const client = world.client();
  await outcome(client.terminalWriter('t 1').append(new Uint8Array(1_200_000)));
  const sizes = world.requests.map(({ init }) => (init.body as Uint8Array).length);
  expect(sizes).toEqual([524_288, 524_288, 151_424]);
  expect(urls()[2]).toBe('https://edge.test:8443/v1/tasks/t%201/terminal?offset=1048576');
  await client.close();
});

test('while its viewers are behind it waits', async () => {
  answers(stored(1, { pressure: { state: 'pause' } }));
  const client = world.client();
  const writer = client.terminalWriter('t1');
  await writer.append('a');
  const second = writer.append('b');
  await vi.advanceTimersByTimeAsync(749);
  expect(urls()).toHaveLength(1);
  // Others are not.
  await client.terminalWriter('t2').append('c');
  expect(urls()).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  await second;
  expect(urls()).toHaveLength(3);
  await client.close();
});

test('it ends with its time, with its attempts, with the client', async () => {
  world.answer = async () => problem(503, 'no_worker');
  const client = world.client({ publish: { attemptsMax: 3, timeout: 60_000 } });
  expect(await outcome(client.terminalWriter('t1').append('a'))).toMatchObject({ code: 'no_worker' });
  expect(urls()).toHaveLength(3);
  world.answer = () => new Promise(() => {});
  expect(await outcome(client.terminalWriter('t1').append('a'))).toMatchObject({ code: 'timeout' });
  const last = outcome(client.terminalWriter('t1').append('a'));
  await client.close();
  expect(await last).toMatchObject({ code: 'closed' });
});
