/** The connection as the SDK tells it, reduced to what the page says of it. */
export type Link =
  | { status: 'connecting'; attempt: number }
  | { status: 'connected' }
  | { status: 'waiting'; attempt: number; nextAt: number; reason: string }
  | { status: 'closed'; code: string; detail: string };

export type ConnectionName =
  'connecting' | 'live' | 'behind' | 'log-away' | 'reconnecting' | 'expired' | 'not-accepted' | 'refused' | 'closed';

export interface ConnectionView {
  name: ConnectionName;
  label: string;
  /** More words: why, and which attempt. */
  detail?: string;
}

/** Being so far behind is told; less is the ordinary way of things. */
export const BEHIND_MS = 2_000;

/** An old event that was the last says nothing of now: with no other after it, we are up to date. */
const LAG_HOLDS_MS = 3_000;

export interface Lag {
  ms: number;
  at: number;
}

/** What is said of the connection: `logAway` while the server says that it gets no events itself. `now` is this device's clock, by which `nextAt` and `lag.at` count. */
export function connectionView(link: Link, lag: Lag, now: number, online: boolean, logAway: boolean): ConnectionView {
  switch (link.status) {
    case 'connected':
      if (logAway) {
        return {
          name: 'log-away',
          label: 'Connected; the log is away',
          detail: 'the server gets no events for now; they follow when its log is back',
        };
      }
      return lag.ms >= BEHIND_MS && now - lag.at < LAG_HOLDS_MS
        ? { name: 'behind', label: `Behind by ${Math.round(lag.ms / 1000)} s`, detail: 'catching up' }
        : { name: 'live', label: 'Live' };
    case 'connecting':
      return link.attempt <= 1
        ? { name: 'connecting', label: 'Connecting…' }
        : { name: 'reconnecting', label: 'Reconnecting…', detail: `attempt ${link.attempt}` };
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil((link.nextAt - now) / 1000));
      const why = online ? link.reason : 'this device is offline';
      return {
        name: 'reconnecting',
        label: seconds === 0 ? 'Reconnecting…' : `Reconnecting in ${seconds} s`,
        detail: `attempt ${link.attempt}${why ? `: ${why}` : ''}`,
      };
    }
    case 'closed':
      return closedView(link.code, link.detail);
  }
}

function closedView(code: string, detail: string): ConnectionView {
  if (code === 'token_expired') return { name: 'expired', label: 'Sign-in has run out', detail };
  // Nothing ran out: the server has another key, or the token was called back.
  if (code === 'unauthorized') return { name: 'not-accepted', label: 'Sign-in not accepted', detail };
  if (code === 'forbidden' || code === 'bad_tenant') return { name: 'refused', label: 'Not allowed', detail };
  return { name: 'closed', label: 'Disconnected', detail };
}
