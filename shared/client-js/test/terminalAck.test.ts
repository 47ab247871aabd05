import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TerminalItem } from '../src/items.js';
import { FakeWorld, settle } from './support/fakeWorld.js';
import { bytes, reconnect, subscribed, terminalClosed, watchTerminal, Window } from './support/terminalWatch.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('acknowledges what waited during a pause too', async () => {
  const { client, socket, terminal } = await watchTerminal(world);
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

describe('ack', () => {
  const taken = async (iterator: AsyncIterator<TerminalItem>, count: number) => {
    for (let i = 0; i < count; i++) await iterator.next();
    void iterator.next();
    await settle();
  };
  const chunk = 'x'.repeat(Window / 16);

  test('is sent when a message was consumed, at most every 50 ms, at once at half of the window', async () => {
    const { client, socket, terminal } = await watchTerminal(world);
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
    const { client, socket, terminal } = await watchTerminal(world);
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
    const { client, socket, terminal } = await watchTerminal(world, { from: 'tail:9' });
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
    const { client, socket, terminal } = await watchTerminal(world);
    const iterator = terminal[Symbol.asyncIterator]();
    const half = 'x'.repeat(Window / 2);
    socket.say(subscribed(0)).say(bytes(0, half));
    await iterator.next();
    const second = await reconnect(world, socket);
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
  const { client, socket, terminal } = await watchTerminal(world);
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
