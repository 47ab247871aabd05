import type { AgentEvent } from '@realtime/client';

/** What an event tells of, as a filter names it. */
export const EVENT_KINDS = ['status', 'progress', 'messages', 'tasks', 'cost', 'other'] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

const KINDS: Readonly<Record<string, EventKind>> = {
  'agent.status': 'status',
  'agent.lost': 'status',
  'task.lost': 'tasks',
  'task.started': 'tasks',
  'task.finished': 'tasks',
  'agent.progress': 'progress',
  'agent.message': 'messages',
  'budget.cost': 'cost',
};

/** By its type; what a producer names itself, by its channel. */
export function eventKindOf({ type, channel }: Pick<AgentEvent, 'type' | 'channel'>): EventKind {
  if (Object.hasOwn(KINDS, type)) return KINDS[type]!;
  return channel === 'messages' ? 'messages' : channel === 'tasks' ? 'tasks' : channel === 'budget' ? 'cost' : 'other';
}

/** A list of kinds as an address has it; undefined = all. */
export function eventKindsIn(text: string | undefined | null): EventKind[] | undefined {
  if (text == null) return undefined;
  const named = text.split(',', EVENT_KINDS.length);
  const kinds = EVENT_KINDS.filter((kind) => named.includes(kind));
  return kinds.length === 0 ? undefined : kinds;
}

/** Puts a kind in or takes it out; all and none are the same: no filter. */
export function toggledKind(shown: readonly EventKind[] | undefined, kind: EventKind): EventKind[] | undefined {
  const next = EVENT_KINDS.filter((one) => (one === kind) !== (shown?.includes(one) ?? false));
  return next.length === 0 || next.length === EVENT_KINDS.length ? undefined : next;
}
