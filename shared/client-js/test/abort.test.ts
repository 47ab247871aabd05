import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { onAbort } from '../src/abort.js';
import { FakeWorld } from './support/fakeWorld.js';

test('any number wait for one signal by one listener, and none is left', () => {
  const controller = new AbortController();
  const told: number[] = [];
  const offs = Array.from({ length: 20 }, (_, i) => onAbort(controller.signal, () => told.push(i)));
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
  offs[0]!();
  controller.abort();
  expect(told).toEqual(Array.from({ length: 19 }, (_, i) => i + 1));

  const other = new AbortController();
  onAbort(other.signal, () => {})();
  expect(getEventListeners(other.signal, 'abort')).toHaveLength(0);
});

test('many that publish during an outage are no leak to Node', async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on('warning', warned);
  const world = new FakeWorld();
  const client = world.client();
  world.answer = () => new Promise(() => {});
  const mine = new AbortController();
  const publishing = Array.from({ length: 30 }, (_, i) =>
    client.publish({ channel: 'agents', type: 'agent.status', payload: i }, { signal: mine.signal }).catch(() => {}),
  );
  const reading = Array.from({ length: 30 }, () => client.values().catch(() => {}));

  // Node warns at the next turn of its loop.
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
  process.off('warning', warned);
  await client.close();
  await Promise.all([...publishing, ...reading]);
});
