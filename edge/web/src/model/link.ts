import type { ConnectionState, WaitReason } from '@realtime/client';
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

/** The SDK's state in the page's terms; undefined where it says nothing new. */
export function linkOf(state: ConnectionState): Link | undefined {
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
      return state.error && { status: 'closed', code: state.error.code, detail: state.error.detail };
  }
}
