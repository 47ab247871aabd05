import type { AgentEvent } from '@realtime/client';

/** Where an event stands, as far as order needs it; read from its id, `<partition>:<ms>-<offset>.<epoch>`. */
export interface Place {
  partition: number;
  ms: number;
  offset: number;
  epoch: string;
}

const ID = /^(\d+):(\d+)-(\d+)\.(.+)$/;

/** The parts of an event's id; undefined if it is none. */
export function placeOf(id: string): Place | undefined {
  const parts = ID.exec(id);
  if (!parts) return undefined;
  return { partition: Number(parts[1]), ms: Number(parts[2]), offset: Number(parts[3]), epoch: parts[4]! };
}

/**
 * Order in which events are shown: by time of append, inside one stream by offset. Between streams there is no order
 * but time, so the partition only keeps the result stable.
 */
export function comparePlaces(a: Place, b: Place): number {
  return a.ms - b.ms || a.partition - b.partition || a.offset - b.offset;
}

/** The payload as an object; an empty one if the producer sent something else. */
export function fieldsOf(payload: unknown): Record<string, unknown> {
  return typeof payload === 'object' && payload !== null && !Array.isArray(payload)
    ? (payload as Record<string, unknown>)
    : {};
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** What an event says about the end of a task: undefined if nothing. */
export function outcomeOf(event: Pick<AgentEvent, 'type' | 'payload'>): 'finished' | 'failed' | 'stopped' | undefined {
  const fields = fieldsOf(event.payload);
  if (event.type === 'task.finished') {
    const code = numberOf(fields.exit_code);
    return code === undefined || code === 0 ? 'finished' : 'failed';
  }
  if (event.type === 'agent.lost' || event.type === 'task.lost') return 'failed';
  if (event.type !== 'agent.status') return undefined;
  if (fields.status === 'done') return 'finished';
  if (fields.status === 'stopped') return 'stopped';
  return fields.status === 'failed' || fields.status === 'lost' ? 'failed' : undefined;
}

/** Why an agent or a task is lost, in words: all that the log knows is who has not been heard of. */
export function lossOf(event: Pick<AgentEvent, 'payload'>): string {
  const holder = textOf(fieldsOf(event.payload).holder);
  return holder === undefined ? 'its producer is gone' : `its producer is gone (${holder})`;
}
