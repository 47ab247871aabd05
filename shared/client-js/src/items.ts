import type { AgentEvent } from './events.js';
import type { WireGap } from './messages.js';

/** Events of one stream that should have come are gone. */
export interface Gap {
  partition: number;
  /** The last event before the gap. */
  after: string;
  /** The first event that will come. No cursor: that is `cursor`, which stands right before it. */
  resumesAt: string;
  cursor: string;
  /** How many are gone, if anybody can know. */
  missing?: number;
  /** `retention`: too old; `epoch`: the stream's history was lost or replaced; others may be added. */
  reason: 'retention' | 'epoch' | (string & {});
}

/** Bytes of a terminal that should have come are gone. `after` and `resumesAt` are `<offset>` or `<offset>.<epoch>`. */
export interface TerminalGap {
  task: string;
  after: string;
  resumesAt: string;
  missing?: number;
  reason: 'retention' | 'epoch' | (string & {});
}

/** Where an event came from: as it happened, from before, or as the latest value of its key. */
export type EventOrigin = 'live' | 'replay' | 'snapshot';

export interface EventItem {
  kind: 'event';
  event: AgentEvent;
  origin: EventOrigin;
}

export type SubscriptionItem =
  | EventItem
  | { kind: 'gap'; gap: Gap }
  /** The values that were asked for or lost are complete: after a loss in some streams only those of these came. */
  | { kind: 'snapshot' }
  /** So many values were left out, because newer ones follow. */
  | { kind: 'conflated'; count: number };

export type TerminalItem =
  | { kind: 'bytes'; offset: number; data: Uint8Array; stream?: 'stdout' | 'stderr' }
  /** From here on the program writes for this size; the first tells the one in effect where it begins, if known. */
  | { kind: 'resize'; cols: number; rows: number }
  | { kind: 'gap'; gap: TerminalGap }
  | { kind: 'end'; exitCode: number };

/** A gap of events as the application sees it. */
export function toGap(wire: WireGap): Gap {
  const cursor = wire.cursor ?? wire.after;
  const gap: Gap = {
    partition: wire.partition ?? 0,
    after: wire.after,
    resumesAt: wire.resumes_at,
    cursor,
    reason: wire.reason,
  };
  if (wire.missing !== undefined) gap.missing = wire.missing;
  return gap;
}

/** A gap of a terminal as the application sees it. */
export function toTerminalGap(wire: WireGap): TerminalGap {
  const gap: TerminalGap = {
    task: wire.task ?? '',
    after: wire.after,
    resumesAt: wire.resumes_at,
    reason: wire.reason,
  };
  if (wire.missing !== undefined) gap.missing = wire.missing;
  return gap;
}
