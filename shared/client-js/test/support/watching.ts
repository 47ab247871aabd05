import { vi } from 'vitest';
import type { RealtimeClient } from '../../src/client.js';
import type { EventFilter } from '../../src/filter.js';
import type { SubscriptionItem } from '../../src/items.js';
import type { ClientOptions } from '../../src/options.js';
import type { SubscribeOptions, Subscription } from '../../src/subscription.js';
import type { FakeSocket } from './fakeSocket.js';
import { type FakeWorld, settle } from './fakeWorld.js';

export const at = (offset: number, epoch = 'k3x9qa') => `3:${1_795_230_320_000 + offset}-${offset}.${epoch}`;
export const subscribed = (offset: number, more: object = {}) => ({
  op: 'subscribed',
  id: 's1',
  cursor: [at(offset)],
  ...more,
});

/** Reads on by itself; what it saw is in the list. */
export function collect(subscription: Subscription): {
  items: SubscriptionItem[];
  numbers: () => unknown[];
  ended: Promise<unknown>;
} {
  const items: SubscriptionItem[] = [];
  const read = async () => {
    for await (const item of subscription) items.push(item);
    return 'ended';
  };
  const ended = read().catch((error: unknown) => error);
  return { items, ended, numbers: () => items.map((item) => (item.kind === 'event' ? item.event.payload : item.kind)) };
}

export async function watching(
  world: FakeWorld,
  filter: EventFilter & SubscribeOptions = {},
  options: Partial<ClientOptions> = {},
): Promise<{ socket: FakeSocket; subscription: Subscription; client: RealtimeClient }> {
  const { client, socket } = await world.connected(options);
  return { client, socket, subscription: client.subscribe(filter) };
}

/** Breaks the connection, and welcomes the client on the next one. */
export async function reconnect(world: FakeWorld, socket: FakeSocket): Promise<FakeSocket> {
  const count = world.sockets.length;
  socket.end(1006);
  await vi.advanceTimersByTimeAsync(1_000);
  const next = await world.socket(count + 1);
  next.welcome();
  await settle();
  return next;
}
