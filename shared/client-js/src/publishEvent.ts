import { randomBytes } from '#platform';
import { unknownKeys } from './knownKeys.js';
import type { Channel } from './messages.js';

/** An event to be stored. Names: 1 to 128 characters of `A-Z a-z 0-9 . _ : -`. */
export interface PublishEvent {
  channel: Channel;
  type: string;
  agent?: string | undefined;
  task?: string | undefined;
  project?: string | undefined;
  /** Events of one group keep their order; without it the agent, else the task, else the channel. */
  group?: string | undefined;
  /** This event is the latest value of that key. */
  stateKey?: string | undefined;
  /** Idempotency key; a random one if left out. */
  key?: string | undefined;
  /** Your clock, ms since 1970. */
  ts?: number | undefined;
  /** Any JSON; `null` only with `stateKey`, and deletes its value. */
  payload: unknown;
}

const Known: readonly (keyof PublishEvent)[] = [
  ...(['channel', 'type', 'agent', 'task', 'project', 'group', 'stateKey', 'key', 'ts', 'payload'] as const),
];

/** Throws a `TypeError` if an event has fields that no event has: they would be left out without a word. */
export function checkEvents(events: readonly PublishEvent[], isNumbered = false): void {
  const wrong = events.flatMap((event, i) => unknownKeys(event, Known, events.length > 1 ? `events[${i}].` : ''));
  if (isNumbered && events.some(({ key }) => key !== undefined))
    wrong.push('an event with a number has no key: the option producer is set');
  if (wrong.length > 0) throw new TypeError(`Fields of an event: ${wrong.join('; ')}`);
}

/** Events of one group keep their order, and are numbered together. */
export function groupOf({ group, agent, task, channel }: PublishEvent): string {
  return group ?? agent ?? task ?? channel;
}

/** The event as JSON of the wire, with the key that makes a retry harmless; numbered ones need none. */
export function toPublishJson(event: PublishEvent, isNumbered = false): string {
  const { channel, type, agent, task, project, group, stateKey, key, ts, payload } = event;
  const wire = {
    channel,
    type,
    agent,
    task,
    project,
    group,
    state_key: stateKey,
    key: isNumbered ? undefined : (key ?? randomKey()),
    ts,
    payload,
  };
  return JSON.stringify(wire);
}

function randomKey(): string {
  return Array.from(randomBytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
