import { RealtimeError } from './errors.js';

// PROTOCOL.md section 12. 1005 and 1006 stand for "no number" and "broken".
const Reconnect = new Set([1001, 1005, 1006, 1011, 1012, 1013, 4408, 4429]);

const Codes: Readonly<Record<number, string>> = {
  1000: 'closed',
  1001: 'draining',
  1005: 'network',
  1006: 'network',
  1011: 'internal',
  1012: 'draining',
  1013: 'no_worker',
  4400: 'bad_request',
  4401: 'unauthorized',
  4403: 'forbidden',
  4404: 'not_found',
  4408: 'timeout',
  4413: 'too_large',
  4429: 'rate_limited',
};

/** The numbers that end a connection. */
export const CloseCodes = {
  Normal: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  NoStatus: 1005,
  Broken: 1006,
  InvalidPayload: 1007,
  InternalError: 1011,
  ServiceRestart: 1012,
  TryAgainLater: 1013,
  BadMessage: 4400,
  Unauthorized: 4401,
  Forbidden: 4403,
  NotFound: 4404,
  DeadPeer: 4408,
  TooLarge: 4413,
  LimitReached: 4429,

  /** Whether to connect again by oneself; the number alone says so. 4401: only with a fresh token, hence no. */
  shouldReconnect: (code: number): boolean => Reconnect.has(code),
} as const;

/** The error that a close with this number is. */
export function closeError(code: number, reason: string): RealtimeError {
  const detail = `the connection was closed with ${code}${reason === '' ? '' : `: ${reason}`}`;
  return new RealtimeError(Codes[code] ?? 'protocol', detail, { closeCode: code, retry: Reconnect.has(code) });
}
