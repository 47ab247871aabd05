import { EventId } from './eventId.js';
import type { Channel, WireEvent } from './messages.js';

/** One fact about an agent, a task, a project or the system. Times are ms since 1970. */
export interface AgentEvent<P = unknown> {
  /** `<partition>:<ms>-<offset>.<epoch>`; see `EventId`. */
  id: string;
  channel: Channel;
  type: string;
  agent?: string;
  task?: string;
  project?: string;
  /** The event is the latest value of this key; with the payload `null` it deletes the value. */
  stateKey?: string;
  /** The producer's clock. */
  ts: number;
  /** When the server encoded it. */
  sent: number;
  /** When it was stored, by the log's clock. */
  appended: number;
  payload: P;
}

/** An event as the application sees it. */
export function toAgentEvent(wire: WireEvent, id: EventId = EventId.parse(wire.id)): AgentEvent {
  const event: AgentEvent = {
    id: wire.id,
    channel: wire.channel,
    type: wire.type,
    ts: wire.ts,
    sent: wire.sent,
    appended: id.ms,
    payload: wire.payload,
  };
  if (wire.agent !== undefined) event.agent = wire.agent;
  if (wire.task !== undefined) event.task = wire.task;
  if (wire.project !== undefined) event.project = wire.project;
  if (wire.state_key !== undefined) event.stateKey = wire.state_key;
  return event;
}
