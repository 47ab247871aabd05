import type { ConnectionState, RealtimeError, WaitReason } from '@realtime/client';
import type { Link } from './connection';

const REASONS: Record<WaitReason, string> = {
  drain: 'the server restarts',
  closed: 'the server closed the connection',
  lost: 'the connection broke',
  dead_peer: 'the server fell silent',
  unreachable: 'the server cannot be reached',
  timeout: 'the server did not answer in time',
  refused: 'the server cannot take us now',
  unauthorized: 'the token was refused',
  token_failed: 'there is no token',
  protocol: 'the server’s answer made no sense',
};

/** A token that ends so soon by this page's clock has ended by the server's, if that refuses it. */
const CLOCKS_DIFFER_MS = 5_000;

/** A connection that ended for good. A token that is refused once its time is over has run out; before, it has not. */
export function closedLink(error: Pick<RealtimeError, 'code' | 'detail'>, expiresAt: number, now: number): Link {
  const ranOut = error.code === 'unauthorized' && expiresAt <= now + CLOCKS_DIFFER_MS;
  return { status: 'closed', code: ranOut ? 'token_expired' : error.code, detail: error.detail };
}

/** The SDK's state in the page's terms; undefined where it says nothing new. `expiresAt`: when the token runs out. */
export function linkOf(state: ConnectionState, expiresAt = Infinity, now = 0): Link | undefined {
  switch (state.status) {
    case 'idle':
      return undefined;
    case 'connecting':
      return { status: 'connecting', attempt: state.attempt };
    case 'connected':
      return { status: 'connected' };
    case 'waiting':
      return {
        status: 'waiting',
        attempt: state.attempt,
        nextAt: state.until,
        reason: REASONS[state.reason] ?? state.reason,
      };
    case 'closed':
      // Without an error it was us.
      return state.error && closedLink(state.error, expiresAt, now);
  }
}
