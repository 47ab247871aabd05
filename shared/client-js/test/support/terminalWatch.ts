import { vi } from 'vitest';
import type { TerminalItem } from '../../src/items.js';
import type { TerminalSubscription } from '../../src/terminal.js';
import type { FakeSocket } from './fakeSocket.js';
import { type FakeWorld, settle } from './fakeWorld.js';

/** The bytes that may be under way unacknowledged. */
export const Window = 262_144;
export const subscribed = (offset: number, epoch = 'k3x9qa') => ({
  op: 'subscribed',
  id: 's1',
  task: 't1',
  epoch,
  offset,
});
export const bytes = (offset: number, text: string, more: object = {}) => ({
  ...{ op: 'terminal', id: 's1', task: 't1', epoch: 'k3x9qa', offset, length: text.length },
  ...{ data: Uint8Array.from(text, (letter) => letter.charCodeAt(0)), encoding: 'raw', stream: 'stdout', ...more },
});

/** A client that watches a terminal; nothing is read before `read` is called. */
export async function watchTerminal(world: FakeWorld, options = {}) {
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

/** Closes it, which the server confirms. */
export async function terminalClosed(socket: FakeSocket, terminal: TerminalSubscription): Promise<void> {
  const closed = terminal.close();
  socket.say({ op: 'unsubscribed', id: 's1' });
  await closed;
}

/** The connection breaks, and the next one is there and welcomed. */
export async function reconnect(world: FakeWorld, socket: FakeSocket): Promise<FakeSocket> {
  socket.end(1006);
  await vi.advanceTimersByTimeAsync(1_000);
  const next = await world.socket(world.sockets.length);
  next.welcome();
  await settle();
  return next;
}
