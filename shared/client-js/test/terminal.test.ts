import { ExtData } from '@msgpack/msgpack';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TerminalItem } from '../src/items.js';
import type { TerminalSubscription } from '../src/terminal.js';
import { TerminalPosition } from '../src/terminalPosition.js';
import type { FakeSocket } from './support/fakeSocket.js';
import { FakeWorld, settle, stateOf } from './support/fakeWorld.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const Window = 262_144;
const subscribed = (offset: number, epoch = 'k3x9qa') => ({ op: 'subscribed', id: 's1', task: 't1', epoch, offset });
const bytes = (offset: number, text: string, more: object = {}) => ({
  ...{ op: 'terminal', id: 's1', task: 't1', epoch: 'k3x9qa', offset, length: text.length },
  ...{ data: Uint8Array.from(text, (letter) => letter.charCodeAt(0)), encoding: 'raw', stream: 'stdout', ...more },
});

async function watching(options = {}) {
  const { client, socket } = await world.connected();
  const terminal = client.terminal('t1', options);
  const items: TerminalItem[] = [];
  const read = async () => {
    for await (const item of terminal) items.push(item);
    return 'ended';
  };
  const text = () =>
    items.map((item) => (item.kind === 'bytes' ? String.fromCharCode(...item.data) : `<${item.kind}>`)).join('');
  return { client, socket, terminal, items, text, read: () => read().catch((error: unknown) => error) };
}

async function terminalClosed(socket: FakeSocket, terminal: TerminalSubscription): Promise<void> {
  const closed = terminal.close();
  socket.say({ op: 'unsubscribed', id: 's1' });
  await closed;
}

async function reconnect(socket: FakeSocket): Promise<FakeSocket> {
  socket.end(1006);
  await vi.advanceTimersByTimeAsync(1_000);
  const next = await world.socket(world.sockets.length);
  next.welcome();
  await settle();
  return next;
}

test('acknowledges what waited during a pause too', async () => {
  const { client, socket, terminal } = await watching();
  const items = terminal[Symbol.asyncIterator]();
  socket.say(subscribed(0)).say(bytes(0, 'x'.repeat(Window)));
  await settle();
  const paused = terminal.pause();
  socket.say({ op: 'paused', id: 's1', offset: Window, epoch: 'k3x9qa' });
  await paused;
  const resumed = terminal.resume();
  socket.say(subscribed(Window));
  await resumed;

  await items.next();
  void items.next();
  await settle();
  expect(socket.of('ack')).toEqual([{ op: 'ack', id: 's1', offset: Window, epoch: 'k3x9qa' }]);
  await terminalClosed(socket, terminal);
  await client.close();
});

test('begins where it was asked to, and ends by itself after the end', async () => {
  const { client, socket, terminal, text, items, read } = await watching({ from: 'tail:7' });
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
  const { client, socket, text, read } = await watching();
  void read();
  expect((await reconnect(socket)).of('subscribe')[0]).toMatchObject({ from: 'start' });
  const second = world.sockets[1]!;
  second.say(subscribed(0)).say(bytes(0, 'abcdef'));
  await settle();
  const third = await reconnect(second);
  expect(third.of('subscribe')[0]).toMatchObject({ from: '6.k3x9qa' });
  third.say(subscribed(6)).say(bytes(4, 'efgh')).say(bytes(2, 'cdef')).say(bytes(8, 'ij'));
  await settle();
  expect(text()).toBe('abcdefghij');
  await client.close();
});

test('goes on behind a gap, in another epoch too', async () => {
  const { client, socket, text, items, read, terminal } = await watching({ from: 100 });
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
  const { client, socket } = await watching();
  socket.say(subscribed(0)).say(bytes(0, 'hello')).say(message);
  await settle();
  expect(stateOf(client, 'waiting').error.code).toBe('protocol');
  await client.close();
});

describe('ack', () => {
  const taken = async (iterator: AsyncIterator<TerminalItem>, count: number) => {
    for (let i = 0; i < count; i++) await iterator.next();
    void iterator.next();
    await settle();
  };
  const chunk = 'x'.repeat(Window / 16);

  test('is sent when a message was consumed, at most every 50 ms, at once at half of the window', async () => {
    const { client, socket, terminal } = await watching();
    const iterator = terminal[Symbol.asyncIterator]();
    const acks = () => socket.of('ack').map((ack) => (ack.offset * 16) / Window);
    socket.say(subscribed(0));
    for (let i = 0; i < 16; i++) socket.say(bytes(i * chunk.length, chunk));
    await settle();
    expect(acks()).toEqual([]);
    await taken(iterator, 1);
    expect(acks()).toEqual([1]);
    await taken(iterator, 3);
    expect(acks()).toEqual([1]);
    await vi.advanceTimersByTimeAsync(49);
    expect(acks()).toEqual([1]);
    await vi.advanceTimersByTimeAsync(1);
    // An item is taken when the next one is asked for: five were, by two at a time.
    expect(acks()).toEqual([1, 5]);
    await taken(iterator, 8);
    expect(acks()).toEqual([1, 5, 13]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(acks()).toEqual([1, 5, 13, 14]);
    await client.close();
  });

  test('that waits is not sent when there is nobody to tell any more', async () => {
    const { client, socket, terminal } = await watching();
    const iterator = terminal[Symbol.asyncIterator]();
    socket.say(subscribed(0)).say(bytes(0, 'a')).say(bytes(1, 'b'));
    await taken(iterator, 2);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    await terminalClosed(socket, terminal);
    await vi.advanceTimersByTimeAsync(100);
    expect(socket.of('ack')).toHaveLength(1);
    await client.close();
  });

  test('counts from where it was subscribed', async () => {
    const { client, socket, terminal } = await watching({ from: 'tail:9' });
    const iterator = terminal[Symbol.asyncIterator]();
    socket
      .say(subscribed(10 * Window))
      .say(bytes(10 * Window, 'x'))
      .say(bytes(10 * Window + 1, 'x'));
    await taken(iterator, 1);
    // One, not a second one for half of a window that was never open.
    expect(socket.of('ack').map((ack) => ack.offset)).toEqual([10 * Window + 1]);
    await client.close();
  });

  test('begins anew with each connection, and with another epoch', async () => {
    const { client, socket, terminal } = await watching();
    const iterator = terminal[Symbol.asyncIterator]();
    const half = 'x'.repeat(Window / 2);
    socket.say(subscribed(0)).say(bytes(0, half));
    await iterator.next();
    const second = await reconnect(socket);
    const pending = iterator.next();
    // Taken after the break, before it is subscribed again: nobody to tell.
    expect(second.of('ack')).toEqual([]);
    second
      .say(subscribed(Window / 2))
      .say({ op: 'gap', id: 's1', task: 't1', after: '', resumes_at: '0.zz81mm', reason: 'epoch' });
    expect((await pending).value).toMatchObject({ kind: 'gap' });
    second.say(bytes(0, half, { epoch: 'zz81mm' }));
    await iterator.next();
    void iterator.next();
    expect(second.of('ack')).toEqual([{ op: 'ack', id: 's1', offset: Window / 2, epoch: 'zz81mm' }]);
    await client.close();
  });
});

test('bytes of an old life are not acknowledged in the new one', async () => {
  const { client, socket, terminal } = await watching();
  const iterator = terminal[Symbol.asyncIterator]();
  const half = 'x'.repeat(Window / 2);
  const quarter = 'x'.repeat(Window / 4);
  socket
    .say(subscribed(0))
    .say(bytes(0, half))
    .say(bytes(Window / 2, half));
  socket.say({ op: 'gap', id: 's1', task: 't1', after: '', resumes_at: '0.zz81mm', reason: 'epoch' });
  for (let i = 0; i < 3; i++) await iterator.next();
  socket.say(bytes(0, quarter, { epoch: 'zz81mm' })).say(bytes(Window / 4, quarter, { epoch: 'zz81mm' }));
  expect(socket.of('ack')).toEqual([]);
  await iterator.next();
  await iterator.next();
  expect(socket.of('ack').map((ack) => ack.offset)).toEqual([Window / 4]);
  await client.close();
});

test('that vanishes is a notice: it may begin anew', async () => {
  const { client, socket, terminal } = await watching();
  const notice = vi.fn();
  client.on('notice', notice);
  socket.say(subscribed(0)).say({ op: 'error', code: 'not_found', detail: 'gone', id: 's1', retry: false });
  expect(notice).toHaveBeenCalledWith({ code: 'not_found', detail: 'gone', retry: false, subscription: 's1' });
  expect(terminal.status).toBe('active');
  await client.close();
});

const resize = (offset: number, cols: number, rows: number, more: object = {}) => ({
  ...bytes(offset, ''),
  ...{ data: undefined, stream: undefined, resize: { cols, rows }, ...more },
});

describe('resize', () => {
  const sizes = (items: readonly TerminalItem[]) =>
    items.map((item) => (item.kind === 'resize' ? `${item.cols}x${item.rows}` : item.kind));

  test('is told in its place, the size where it begins first', async () => {
    const { client, socket, items, read } = await watching({ from: 'tail:5' });
    const ended = read();
    socket.say({ ...subscribed(5), size: { cols: 80, rows: 24 } });
    socket
      .say(bytes(5, 'hello'))
      .say(resize(10, 120, 40))
      .say(bytes(10, 'world'))
      .say(resize(15, 80, 24));
    socket.say(resize(15, 100, 30, { end: { exit_code: 0 } }));
    await ended;
    expect(sizes(items)).toEqual(['80x24', 'bytes', '120x40', 'bytes', '80x24', '100x30', 'end']);
    await client.close();
  });

  test('that is told again where it resumes is no news', async () => {
    const { client, socket, items, read } = await watching();
    void read();
    socket
      .say(subscribed(0))
      .say(bytes(0, 'ab'))
      .say(resize(2, 120, 40));
    await settle();
    const second = await reconnect(socket);
    expect(second.of('subscribe')[0]).toMatchObject({ from: '2.k3x9qa' });
    second
      .say({ ...subscribed(2), size: { cols: 120, rows: 40 } })
      .say(resize(2, 120, 40))
      .say(bytes(2, 'c'));
    await settle();
    expect(sizes(items)).toEqual(['bytes', '120x40', 'bytes']);
    await client.close();
  });

  test('is told by callbacks', async () => {
    const { client, socket, terminal } = await watching();
    const seen: unknown[] = [];
    terminal.on('resize', (size) => seen.push(size));
    await settle();
    socket.say(subscribed(0)).say(resize(0, 120, 40));
    expect(seen).toEqual([{ cols: 120, rows: 40 }]);
    await client.close();
  });

  test.each([
    ['a size of nothing', resize(0, 0, 40)],
    ['a place behind a hole', resize(3, 120, 40)],
  ])('%s is what the protocol does not allow', async (_, message) => {
    const { client, socket } = await watching();
    socket.say(subscribed(0)).say(message);
    await settle();
    expect(stateOf(client, 'waiting').error.code).toBe('protocol');
    await client.close();
  });
});

describe('bytes', () => {
  const block = Uint8Array.of(0x05, 0x14, 0x61, 0x01, 0x00, 0x10, 0x62);
  test('come as LZ4 too', async () => {
    const { client, socket, text, read } = await watching();
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
    const { client, socket } = await watching();
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
  const { client, socket, terminal } = await watching();
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
