import type { RealtimeError } from './errors.js';

/** Why there is a wait before the next attempt. */
export type WaitReason =
  /** The server leaves, and said when to come back. */
  | 'drain'
  /** The server closed the connection, with a number. */
  | 'closed'
  /** The connection broke. */
  | 'lost'
  /** Nothing came any more. */
  | 'dead_peer'
  /** No connection could be made. */
  | 'unreachable'
  /** The attempt took longer than `connectTimeout`. */
  | 'timeout'
  /** The server answered that it can't take us now. */
  | 'refused'
  /** The token does not hold: a fresh one is asked for. */
  | 'unauthorized'
  /** The token callback failed. */
  | 'token_failed'
  /** The server sent what it must not. */
  | 'protocol';

/** Where the connection stands. Times are ms. */
export type ConnectionState =
  | { readonly status: 'idle' }
  /** `attempt` in a row of failures, from 1. */
  | { readonly status: 'connecting'; readonly attempt: number }
  | { readonly status: 'connected'; readonly session: string }
  | {
      readonly status: 'waiting';
      /** The attempt that comes. */
      readonly attempt: number;
      /** The wait, as it was decided. */
      readonly delay: number;
      /** When it ends: ms since 1970, by this machine's clock. */
      readonly until: number;
      readonly reason: WaitReason;
      readonly error: RealtimeError;
      readonly closeCode?: number;
    }
  /** For good. Without an error: by the application. */
  | { readonly status: 'closed'; readonly error?: RealtimeError };
