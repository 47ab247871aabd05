import { ExtData } from '@msgpack/msgpack';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TerminalPosition } from '../src/terminalPosition.js';
import { FakeWorld, settle, stateOf } from './support/fakeWorld.js';
import { bytes, reconnect, subscribed, watchTerminal } from './support/terminalWatch.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('begins where it was asked to, and ends by itself after the end', async () => {
  const { client, socket, terminal, text, items, read } = await watchTerminal(world, { from: 'tail:7' });
  expect(socket.of('subscribe')).toEqual([{ op: 'subscribe', id: 's1', terminal: 't1', from: 'tail:7' }]);
  const ended = read();
  socket
    .say(subscribed(3))
    .say(bytes(3, 'hello'))
    .say(bytes(8, '!!', { stream: 'stderr' }));
  socket.say(bytes(10, '', { length: 0, end: { exit_code: 4 } }));
  expect(await ended).toBe('ended');
  expect(text()).toBe('hello!!<end>');
  expect(items[1]).toMatchObject({ offset: 8, stream: 'stderr' });
  expect(items[2]).toEqual({ kind: 'end', exitCode: 4 });
  expect(terminal.status).toBe('closed');
  expect(terminal.position).toBe('10.k3x9qa');
  await client.close();
});

test('resumes at the byte after the last, in its epoch, and cuts off what comes twice', async () => {
  const { client, socket, text, read } = await watchTerminal(world);
  void read();
  expect((await reconnect(world, socket)).of('subscribe')[0]).toMatchObject({ from: 'start' });
  const second = world.sockets[1]!;
  second.say(subscribed(0)).say(bytes(0, 'abcdef'));
  await settle();
  const third = await reconnect(world, second);
  expect(third.of('subscribe')[0]).toMatchObject({ from: '6.k3x9qa' });
  third.say(subscribed(6)).say(bytes(4, 'efgh')).say(bytes(2, 'cdef')).say(bytes(8, 'ij'));
  await settle();
  expect(text()).toBe('abcdefghij');
  await client.close();
});

test('goes on behind a gap, in another epoch too', async () => {
  const { client, socket, text, items, read, terminal } = await watchTerminal(world, { from: 100 });
  void read();
  socket
    .say(subscribed(100))
    .say({ op: 'gap', id: 's1', task: 't1', after: '100', resumes_at: '150.k3x9qa', missing: 50, reason: 'retention' });
  socket.say(bytes(150, 'abc'));
  socket.say({ op: 'gap', id: 's1', task: 't1', after: '153.k3x9qa', resumes_at: '0.zz81mm', reason: 'epoch' });
  socket.say(bytes(0, 'new', { epoch: 'zz81mm' }));
  await settle();
  expect(text()).toBe('<gap>abc<gap>new');
  expect(items[0]).toMatchObject({ gap: { missing: 50, resumesAt: '150.k3x9qa', reason: 'retention' } });
  expect(terminal.position).toBe('3.zz81mm');
  await client.close();
});

test.each([
  ['a hole', bytes(7, 'x')],
  ['another epoch', bytes(5, 'x', { epoch: 'zz81mm' })],
])('%s without a gap is what the protocol does not allow', async (_, message) => {
  const { client, socket } = await watchTerminal(world);
  socket.say(subscribed(0)).say(bytes(0, 'hello')).say(message);
  await settle();
  expect(stateOf(client, 'waiting').error.code).toBe('protocol');
  await client.close();
});

test('that vanishes is a notice: it may begin anew', async () => {
  const { client, socket, terminal } = await watchTerminal(world);
  const notice = vi.fn();
  client.on('notice', notice);
  socket.say(subscribed(0)).say({ op: 'error', code: 'not_found', detail: 'gone', id: 's1', retry: false });
  expect(notice).toHaveBeenCalledWith({ code: 'not_found', detail: 'gone', retry: false, subscription: 's1' });
  expect(terminal.status).toBe('active');
  await client.close();
});

describe('bytes', () => {
  const block = Uint8Array.of(0x05, 0x14, 0x61, 0x01, 0x00, 0x10, 0x62);
  test('come as LZ4 too', async () => {
    const { client, socket, text, read } = await watchTerminal(world);
    void read();
    const data = new ExtData(99, Uint8Array.of(10, ...block.subarray(1)));
    socket.say(subscribed(0)).say(bytes(0, '', { length: 10, data, encoding: 'lz4' }));
    await settle();
    expect(text()).toBe('aaaaaaaaab');
    await client.close();
  });

  test.each([
    ['LZ4 of another length', new ExtData(99, Uint8Array.of(9, ...block.subarray(1)))],
    ['another extension', new ExtData(98, block)],
    ['text', 'aGVsbG8='],
  ])('as %s are what the protocol does not allow', async (_, data) => {
    const { client, socket } = await watchTerminal(world);
    socket.say(subscribed(0)).say(bytes(0, '', { length: 5, data }));
    await settle();
    expect(stateOf(client, 'waiting').error.code).toBe('protocol');
    await client.close();
  });

  test('are base64 where JSON is spoken, and nothing that was not asked for', async () => {
    const { client, socket } = await world.connected({ format: 'json' });
    const iterator = client.terminal('t1')[Symbol.asyncIterator]();
    expect(socket.protocols).toEqual(['realtime.v1.json', 'bearer.to.ken']);
    socket.say(subscribed(0)).say(bytes(0, '', { length: 5, data: 'aGVsbG8=', encoding: 'base64' }));
    expect((await iterator.next()).value).toMatchObject({ data: new TextEncoder().encode('hello') });
    socket.say(bytes(5, '', { length: 5, data: 'aGVsbG8=', encoding: 'lz4+base64' }));
    await settle();
    expect(stateOf(client, 'waiting').error.code).toBe('protocol');
    await client.close();
  });
});

test('is told by callbacks as by iteration', async () => {
  const { client, socket, terminal } = await watchTerminal(world);
  const seen: unknown[] = [];
  terminal.on('bytes', (data) => seen.push(data.length)).on('end', (code) => seen.push(code));
  await settle();
  socket.say(subscribed(0)).say(bytes(0, 'abc', { end: { exit_code: 0 } }));
  expect(seen).toEqual([3, 0]);
  expect(terminal.position).toBe('3.k3x9qa');
  await client.close();
});

// However the bytes are cut into messages, and whatever comes again: each once, in order.
test.each(Array.from({ length: 50 }, (_, seed) => seed))('an overlap is cut exactly (%i)', (seed) => {
  const position = new TerminalPosition();
  const output = Uint8Array.from({ length: 500 }, (_, i) => (i * 7 + seed) % 256);
  const seen: number[] = [];
  position.begin(0, 'aaaaaa');
  let state = seed + 1;
  while (seen.length < output.length) {
    state = (state * 48_271) % 2_147_483_647;
    const offset = Math.max(0, seen.length - (state % 40));
    const data = output.subarray(offset, offset + (state % 61));
    const fresh = position.accept(offset, 'aaaaaa', data);
    expect(fresh.offset).toBe(fresh.data.length > 0 ? seen.length : fresh.offset);
    seen.push(...fresh.data);
  }
  expect(Uint8Array.from(seen)).toEqual(output);
});
