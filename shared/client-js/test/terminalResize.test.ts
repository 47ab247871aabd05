import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TerminalItem } from '../src/items.js';
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

const resize = (offset: number, cols: number, rows: number, more: object = {}) => ({
  ...bytes(offset, ''),
  ...{ data: undefined, stream: undefined, resize: { cols, rows }, ...more },
});

describe('resize', () => {
  const sizes = (items: readonly TerminalItem[]) =>
    items.map((item) => (item.kind === 'resize' ? `${item.cols}x${item.rows}` : item.kind));

  test('is told in its place, the size where it begins first', async () => {
    const { client, socket, items, read } = await watchTerminal(world, { from: 'tail:5' });
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
    const { client, socket, items, read } = await watchTerminal(world);
    void read();
    socket
      .say(subscribed(0))
      .say(bytes(0, 'ab'))
      .say(resize(2, 120, 40));
    await settle();
    const second = await reconnect(world, socket);
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
    const { client, socket, terminal } = await watchTerminal(world);
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
    const { client, socket } = await watchTerminal(world);
    socket.say(subscribed(0)).say(message);
    await settle();
    expect(stateOf(client, 'waiting').error.code).toBe('protocol');
    await client.close();
  });
});
