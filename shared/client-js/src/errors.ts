import type { ProblemPlace } from './messages.js';

/** What more is known of an error. */
export interface ErrorFacts {
  /** Whether the same again may succeed. */
  retry?: boolean | undefined;
  /** The number that the connection was closed with. */
  closeCode?: number | undefined;
  /** The status of the HTTP answer. */
  status?: number | undefined;
  /** How long the server asks to wait, in ms. */
  retryAfter?: number | undefined;
  /** Each thing that is wrong with a request, with its place. */
  errors?: readonly ProblemPlace[] | undefined;
  /** What became of each event, if all were refused. */
  results?: readonly unknown[] | undefined;
  cause?: unknown;
}

/** Every error of this package. `code` is one of PROTOCOL.md section 13, or of CLIENTS.md. */
export class RealtimeError extends Error {
  readonly code: string;
  /** What is wrong, for people. */
  readonly detail: string;
  /** Whether the same again may succeed. */
  readonly retry: boolean;
  /** The number that the connection was closed with, if that is what went wrong. */
  readonly closeCode: number | undefined;
  /** The status of the HTTP answer, if there was one. */
  readonly status: number | undefined;
  /** How long the server asks to wait, in ms, if it did. */
  readonly retryAfter: number | undefined;
  /** Each thing that is wrong with a request, with its place. */
  readonly errors: readonly ProblemPlace[];
  /** @internal What became of each event, if all were refused. */
  readonly outcomes: readonly unknown[] | undefined;

  constructor(code: string, detail: string, facts: ErrorFacts = {}) {
    super(`${code}: ${detail}`, 'cause' in facts ? { cause: facts.cause } : undefined);
    this.name = 'RealtimeError';
    this.code = code;
    this.detail = detail;
    this.retry = facts.retry ?? false;
    this.closeCode = facts.closeCode;
    this.status = facts.status;
    this.retryAfter = facts.retryAfter;
    this.errors = facts.errors ?? [];
    this.outcomes = facts.results;
  }
}

/** The application closed the client, or what belonged to it. */
export function closedError(): RealtimeError {
  return new RealtimeError('closed', 'the client was closed by the application');
}

/** An error of any kind as ours. */
export function toRealtimeError(error: unknown, code: string): RealtimeError {
  if (error instanceof RealtimeError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new RealtimeError(code, detail, { retry: true, cause: error });
}
