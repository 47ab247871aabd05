import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeWorld, problem } from './support/fakeWorld.js';
import { accepted, answers, event, outcome, payloads, stored } from './support/publishing.js';

let world: FakeWorld;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new FakeWorld();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('pressure has the next request wait, longer each time, until it is over', async () => {
  answers(world, accepted([stored(1)], 'pause'), accepted([stored(2)], 'pause'));
  const client = world.client();
  const times: number[] = [];
  const start = Date.now();
  for (let i = 1; i <= 4; i++) {
    const publishing = client.publish(event(i)).then(() => times.push(Date.now() - start));
    await vi.advanceTimersByTimeAsync(2_000);
    await publishing;
  }
  expect(times).toEqual([0, 2_750, 5_500, 6_000]);
  await client.close();
});

test('what waits while there is pressure is not sent, however much: one asks, and all follow when it is over', async () => {
  answers(world, accepted([stored(1)], 'pause'), accepted([stored(2)], 'pause'));
  const client = world.client();
  await client.publish(event(1));
  const rest = Promise.all([2, 3, 4, 5].map((i) => client.publish(event(i))));
  await vi.advanceTimersByTimeAsync(749);
  expect(payloads(world)).toEqual([[1]]);
  await vi.advanceTimersByTimeAsync(1);
  expect(payloads(world)).toEqual([[1], [2]]);
  await vi.advanceTimersByTimeAsync(1_499);
  expect(payloads(world)).toEqual([[1], [2]]);
  await vi.advanceTimersByTimeAsync(1);
  await rest;
  expect(payloads(world)).toEqual([[1], [2], [3], [4], [5]]);
  await client.close();
});

test('what is refused with pressure has what follows it wait too', async () => {
  answers(world, problem(429, 'pressure'));
  const client = world.client({ publish: { attemptsMax: 1 } });
  expect(await outcome(client.publish(event(1)))).toMatchObject({ code: 'pressure' });
  const second = client.publish(event(2));
  await vi.advanceTimersByTimeAsync(749);
  expect(world.requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  await second;
  await client.close();
});

test('an event that is over a limit waits as long as its refusal says, and some more', async () => {
  const limited = { error: { code: 'rate_limited', detail: 'too fast', retry: true, retry_after_ms: 3_000 } };
  answers(world, accepted([stored(1), limited]));
  const client = world.client();
  const publishing = client.publish([event(1), event(2)]);
  await vi.advanceTimersByTimeAsync(3_499);
  expect(world.requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  await publishing;
  expect(payloads(world)).toEqual([[1, 2], [2]]);
  await client.close();
});
