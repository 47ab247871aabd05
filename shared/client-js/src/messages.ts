// The messages of PROTOCOL.md, as they stand on the wire.

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
  data: string;
  encoding: string;
  stream?: 'stdout' | 'stderr';
  end?: { exit_code: number };
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
  | { op: 'ack'; id: string; offset: number }
  | { op: 'ping'; nonce?: string }
  | { op: 'pong'; nonce?: string };

/** One thing that is wrong with a request, and where. */
export interface ProblemPlace {
  where: string;
  detail: string;
}
