import { randomBytes } from '#platform';
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

/** The event as JSON of the wire, with the key that makes a retry harmless. */
export function toPublishJson(event: PublishEvent): string {
  const { channel, type, agent, task, project, group, stateKey, key, ts, payload } = event;
  const wire = {
    channel,
    type,
    agent,
    task,
    project,
    group,
    state_key: stateKey,
    key: key ?? randomKey(),
    ts,
    payload,
  };
  return JSON.stringify(wire);
}

function randomKey(): string {
  return Array.from(randomBytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
