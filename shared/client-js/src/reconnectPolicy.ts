import { Backoff } from './backoff.js';
import { CloseCodes, closeError } from './closeCodes.js';
import { RealtimeError } from './errors.js';
import type { Settings } from './options.js';
import type { WaitReason } from './state.js';

/** How an attempt, or the connection that came of it, ended. */
export type Ending =
  | { kind: 'token_failed'; error: RealtimeError }
  /** It can't be done here at all. */
  | { kind: 'impossible'; error: RealtimeError }
  | { kind: 'timeout' }
  /** The handshake failed; `answer` is what the door said when it was asked. */
  | { kind: 'handshake'; answer: RealtimeError | undefined }
  | { kind: 'closed'; code: number; reason: string; drainDelay?: number }
  | { kind: 'dead_peer' }
  | { kind: 'protocol'; error: RealtimeError };

/** What follows. */
export type Decision =
  | { kind: 'close'; error: RealtimeError }
  | {
      kind: 'wait';
      delay: number;
      /** The server named the delay: nothing cuts it short. */
      exact: boolean;
      reason: WaitReason;
      error: RealtimeError;
      closeCode?: number;
    };

/**
 * Who was over a limit waits at least this, twice that the next time in a row, and so on up to the most; and whose token
 * was refused behind `welcome`, from the second time on. For `welcome` ends the row of failures, and not what is wrong.
 */
const FloorMin = 1_000;
const FloorMax = 30_000;

/** Decides by how one attempt ended whether there is a next one, and when. */
export class ReconnectPolicy {
  private readonly backoff: Backoff;
  private failures = 0;
  private refusals = 0;
  private refusal: RealtimeError | undefined;
  /** Connections in a row that the server ended for a fault of ours, each soon after its `welcome`. */
  private sentAway = 0;

  constructor(
    private readonly settings: Pick<
      Settings,
      'reconnectDelay' | 'reconnectDelayMax' | 'attemptsMax' | 'token' | 'ticket'
    >,
    random: () => number,
  ) {
    this.backoff = new Backoff(settings.reconnectDelay, settings.reconnectDelayMax, random);
  }

  /** Number of the next attempt in its row, from 1. */
  get attempt(): number {
    return this.failures + 1;
  }

  /** Whether the last token was refused, so that the next one must be another. */
  get isTokenRefused(): boolean {
    return this.refusals > 0;
  }

  /** Why it was, in the server's words. */
  get tokenRefusal(): RealtimeError | undefined {
    return this.refusal;
  }

  /** The server said `welcome`: all rows have ended. */
  welcomed(): void {
    this.failures = 0;
    this.refusals = 0;
    this.refusal = undefined;
    this.backoff.reset();
  }

  /** @param lasted How long the connection that it ended stood, ms; that is no failed attempt. Undefined if there was none. */
  decide(ending: Ending, lasted: number | undefined): Decision {
    if (lasted === undefined) this.failures++;
    else if (lasted >= FloorMax) this.sentAway = 0;
    switch (ending.kind) {
      case 'impossible':
        return { kind: 'close', error: ending.error };
      case 'token_failed':
        return this.wait('token_failed', ending.error);
      case 'timeout':
        return this.wait(
          'timeout',
          new RealtimeError('timeout', 'the attempt to connect took too long', { retry: true }),
        );
      case 'dead_peer':
        return this.wait('dead_peer', new RealtimeError('timeout', 'nothing came, not even a pong', { retry: true }));
      case 'protocol':
        return this.wait('protocol', ending.error);
      case 'handshake':
        return this.decideHandshake(ending.answer);
      case 'closed':
        return this.decideClosed(ending.code, ending.reason, ending.drainDelay);
    }
  }

  private decideHandshake(answer: RealtimeError | undefined): Decision {
    if (answer?.status === 401) return this.decideUnauthorized(answer);
    if (answer?.status === 403) return { kind: 'close', error: answer };
    if (answer?.status === 429 || answer?.status === 503)
      return this.wait('refused', answer, { atLeast: answer.retryAfter ?? 0 });
    const detail = answer?.detail ?? 'the connection to the server broke off';
    return this.wait('unreachable', new RealtimeError('network', detail, { retry: true, cause: answer }));
  }

  private decideClosed(code: number, reason: string, drainDelay: number | undefined): Decision {
    const error = closeError(code, reason);
    if (code === CloseCodes.Unauthorized) return this.decideUnauthorized(error, code);
    if (!CloseCodes.shouldReconnect(code)) return { kind: 'close', error };
    if (drainDelay !== undefined)
      return { kind: 'wait', delay: drainDelay, exact: true, reason: 'drain', error, closeCode: code };
    if (code === CloseCodes.LimitReached) {
      return this.wait('closed', error, { atLeast: floorOf(++this.sentAway), closeCode: code });
    }
    return this.wait(code === CloseCodes.Broken ? 'lost' : 'closed', error, { closeCode: code });
  }

  /**
   * One more attempt, if there can be another token; whether it is another is seen when it was asked for. Of tickets the
   * next one is always another.
   */
  private decideUnauthorized(cause: RealtimeError, closeCode?: number): Decision {
    const error = new RealtimeError('unauthorized', cause.detail, { cause, closeCode, status: cause.status });
    const atLeast = closeCode === undefined ? 0 : floorOf(this.sentAway++);
    if (this.settings.ticket !== undefined) return this.wait('unauthorized', error, { atLeast, closeCode });
    this.refusals++;
    this.refusal = error;
    if (this.refusals > 1 || typeof this.settings.token !== 'function') return { kind: 'close', error };
    return this.wait('unauthorized', error, { atLeast, closeCode });
  }

  private wait(
    reason: WaitReason,
    error: RealtimeError,
    more: { atLeast?: number; closeCode?: number | undefined } = {},
  ): Decision {
    if (this.failures >= this.settings.attemptsMax) {
      const detail = `${this.failures} attempts in a row failed; the last: ${error.detail}`;
      return { kind: 'close', error: new RealtimeError('attempts_exhausted', detail, { cause: error }) };
    }
    const { atLeast = 0, closeCode } = more;
    const wait = { kind: 'wait', delay: this.backoff.next(atLeast), exact: atLeast > 0, reason, error } as const;
    return closeCode === undefined ? wait : { ...wait, closeCode };
  }
}

function floorOf(times: number): number {
  return times === 0 ? 0 : Math.min(FloorMax, FloorMin * 2 ** Math.min(times - 1, 30));
}
