import { expect, test } from 'vitest';
import { RealtimeClient } from '../src/client.js';
import { checkOptions, type ClientOptions } from '../src/options.js';
import { FakeWorld } from './support/fakeWorld.js';

const good: ClientOptions = { url: 'https://edge.test', token: 't' };

test.each<[object, string]>([
  [{ reconect: {} }, 'reconect is unknown: did you mean reconnect?'],
  [{ reconnect: { delaymax: 1 } }, 'reconnect.delaymax is unknown: did you mean reconnect.delayMax?'],
  [{ publish: { attempts_max: 1 } }, 'publish.attempts_max is unknown: did you mean publish.attemptsMax?'],
  [{ bufferItem: undefined }, 'bufferItem is unknown: did you mean bufferItems?'],
  [{ colour: 'red' }, 'colour is unknown; known are url, token, ticket, format, reconnect'],
])('an option that is none is refused: %o', (wrong, told) => {
  expect(() => new RealtimeClient({ ...good, ...wrong } as ClientOptions)).toThrow(TypeError);
  expect(() => checkOptions({ ...good, ...wrong } as ClientOptions)).toThrow(told);
});

test.each<[object, string]>([
  [{ agent: 'a1' }, 'agent is unknown: did you mean agents?'],
  [{ snapshots: true }, 'snapshots is unknown: did you mean snapshot?'],
  [{ channels: ['agents'], typ: 'x' }, 'typ is unknown: did you mean types?'],
])('a filter that is none is refused, before anything is asked for: %o', (wrong, told) => {
  const world = new FakeWorld();
  const client = world.client();
  expect(() => client.subscribe(wrong)).toThrow(new TypeError(`Options of subscribe: ${told}`));
  expect(client.state.status).toBe('idle');
});

test('a query, and what a terminal is asked for, is looked at too', async () => {
  const world = new FakeWorld();
  const client = world.client();
  await expect(client.history({ agent: 'a1' } as never)).rejects.toThrow('did you mean agents?');
  await expect(client.history({ last: 5 } as never)).rejects.toThrow('last is unknown');
  await expect(client.latest({ limit: 5 } as never)).rejects.toThrow('limit is unknown');
  await expect(client.values({ after_agent: 'a' } as never)).rejects.toThrow('did you mean afterAgent?');
  await expect(client.readTerminal('t1', { form: 'start' } as never)).rejects.toThrow('form is unknown');
  expect(() => client.terminal('t1', { form: 'start' } as never)).toThrow('form is unknown');
  expect(() => client.terminalWriter('t1', { goOnAfterLos: true } as never)).toThrow('did you mean goOnAfterLoss?');
  expect(world.requests).toHaveLength(0);
});

test('an event with a field that no event has is not published, nor those beside it', async () => {
  const world = new FakeWorld();
  const client = world.client();
  const event = { channel: 'agents', type: 'agent.status', payload: 1 } as const;
  await expect(client.publish({ ...event, agnt: 'x' } as never)).rejects.toThrow(
    new TypeError('Fields of an event: agnt is unknown: did you mean agent?'),
  );
  await expect(client.publish([event, { ...event, state_key: 'k' } as never])).rejects.toThrow(
    new TypeError('Fields of an event: events[1].state_key is unknown: did you mean events[1].stateKey?'),
  );
  expect(world.requests).toHaveLength(0);
});
