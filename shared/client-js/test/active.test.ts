import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeWorld, settle } from './support/fakeWorld.js';
import { reconnect, subscribed, watching } from './support/watching.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** What became of a promise by now. */
async function outcome(promise: Promise<void>): Promise<unknown> {
  let known: unknown = 'waits';
  promise.then(
    () => (known = 'active'),
    (error: { code: string }) => (known = error.code),
  );
  await settle();
  return known;
}

test('active is fulfilled when the server has confirmed it, and not before', async () => {
  const { client, socket, subscription } = await watching(world);
  const first = subscription.active();
  expect(await outcome(first)).toBe('waits');
  const next = await reconnect(world, socket);
  expect(await outcome(first)).toBe('waits');
  next.say(subscribed(1));
  expect(await outcome(first)).toBe('active');
  expect(await outcome(subscription.active())).toBe('active');

  // It has a place now: what is published while the connection is away is delivered too.
  next.end(1006);
  await settle();
  expect(subscription.status).toBe('subscribing');
  expect(await outcome(subscription.active())).toBe('active');
  await client.close();
  expect(await outcome(subscription.active())).toBe('closed');
});

test.each(['refused', 'ended by the application', 'closed with the client', 'closed by the server'])(
  'active is rejected when it is %s',
  async (how) => {
    const { client, socket, subscription } = await watching(world);
    subscription.on('error', () => {});
    const waiting = subscription.active();
    if (how === 'refused')
      socket.say({ op: 'error', request: 'subscribe', id: 's1', code: 'forbidden', detail: 'no', retry: false });
    else if (how === 'ended by the application') void subscription.close();
    else if (how === 'closed with the client') void client.close();
    else socket.end(4403);
    const code = how === 'refused' || how === 'closed by the server' ? 'forbidden' : 'closed';
    expect(await outcome(waiting)).toBe(code);
    expect(await outcome(subscription.active())).toBe(code);
    await client.close();
  },
);

test('a terminal is active when the server has said where it begins', async () => {
  const { client, socket } = await world.connected();
  const terminal = client.terminal('t1');
  const waiting = terminal.active();
  expect(await outcome(waiting)).toBe('waits');
  socket.say({ op: 'subscribed', id: 's1', task: 't1', epoch: 'k3x9qa', offset: 0 });
  expect(await outcome(waiting)).toBe('active');
  await client.close();
});

test('a terminal that there is none of is not', async () => {
  const { client, socket } = await world.connected();
  const waiting = client.terminal('t1').active();
  socket.say({ op: 'error', request: 'subscribe', id: 's1', code: 'not_found', detail: 'no', retry: false });
  expect(await outcome(waiting)).toBe('not_found');
  await client.close();
});
