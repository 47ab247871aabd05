// The messages of PROTOCOL.md, as they stand on the wire.
import { RealtimeError } from './errors.js';

/** The classes of events. */
export type Channel = 'agents' | 'tasks' | 'messages' | 'budget' | 'system' | 'notifications' | 'workflows';

/** An event on the wire. */
export interface WireEvent {
  op: 'event';
  id: string;
  channel: Channel;
  type: string;
  agent?: string;
  task?: string;
  project?: string;
  state_key?: string;
  ts: number;
  sent: number;
  snapshot?: boolean;
  payload: unknown;
}

/** What `welcome` says of the limits of this connection. */
export interface WireLimits {
  message_bytes: number;
  subscriptions: number;
  terminal_window_bytes: number;
}

export interface WireWelcome {
  op: 'welcome';
  session: string;
  features: string[];
  heartbeat_ms: number;
  limits: WireLimits;
  time: number;
}

export interface WireSubscribed {
  op: 'subscribed';
  id: string;
  cursor?: string[];
  recovered?: boolean;
  reason?: string;
  task?: string;
  epoch?: string;
  offset?: number;
  size?: WireSize;
}

/** Of a terminal, in characters. */
export interface WireSize {
  cols: number;
  rows: number;
}

export interface WireGap {
  op: 'gap';
  id: string;
  partition?: number;
  task?: string;
  after: string;
  resumes_at: string;
  cursor?: string;
  missing?: number;
  reason: string;
}

export interface WireTerminal {
  op: 'terminal';
  id: string;
  task: string;
  epoch: string;
  offset: number;
  length: number;
  /** The bytes, whatever `encoding` they came in; none with a `resize`. */
  data?: Uint8Array;
  encoding: string;
  stream?: 'stdout' | 'stderr';
  end?: { exit_code: number };
  resize?: WireSize;
}

export interface WireError {
  op: 'error';
  code: string;
  detail: string;
  request?: string;
  id?: string;
  retry: boolean;
}

export interface WireDrain {
  op: 'drain';
  deadline: number;
  delay: number;
}

/** The token ends then, ms since 1970. */
export interface WireExpiring {
  op: 'expiring';
  expires_at: number;
}

/** Another one holds, until then. */
export interface WireAuthenticated {
  op: 'authenticated';
  expires_at: number;
}

/** What is said of a connection's token. */
export type TokenMessage = WireExpiring | WireAuthenticated | WireError;

export type ServerMessage =
  | WireWelcome
  | WireSubscribed
  | { op: 'unsubscribed'; id: string }
  | { op: 'paused'; id: string; cursor?: string[] }
  | WireEvent
  | { op: 'replay'; id: string }
  | { op: 'snapshot'; id: string; end: boolean; cursor?: string[] }
  | { op: 'cursor'; id: string; cursor: string[] }
  | { op: 'conflated'; id: string; count: number }
  | WireGap
  | WireTerminal
  | { op: 'pong'; nonce?: string }
  | { op: 'ping'; nonce?: string }
  | WireDrain
  | WireExpiring
  | WireAuthenticated
  | WireError;

/** The lists of a filter, as they go onto the wire. */
export interface WireFilter {
  channels?: string | string[];
  agents?: string | string[];
  tasks?: string | string[];
  projects?: string | string[];
  types?: string | string[];
}

export type ClientMessage =
  | ({ op: 'subscribe'; id: string; after?: string[]; snapshot?: true; conflate?: true } & WireFilter)
  | { op: 'subscribe'; id: string; terminal: string; from?: string }
  | { op: 'unsubscribe'; id: string }
  | { op: 'pause'; id: string }
  | { op: 'resume'; id: string }
  | { op: 'ack'; id: string; offset: number; epoch: string }
  | { op: 'auth'; token: string }
  | { op: 'ping'; nonce?: string }
  | { op: 'pong'; nonce?: string };

/** One thing that is wrong with a request, and where. */
export interface ProblemPlace {
  where: string;
  detail: string;
}

/** What a frame held: a message, or an array of messages. Throws `protocol` if it is none. */
export function toMessages(frame: unknown): ServerMessage[] {
  const messages = Array.isArray(frame) ? frame : [frame];
  for (const message of messages) {
    if (typeof message !== 'object' || message === null || typeof message.op !== 'string')
      throw new RealtimeError('protocol', 'a message was no object with a text `op`');
  }
  return messages as ServerMessage[];
}
