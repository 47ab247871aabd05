import { Backoff } from './backoff.js';
import { Deadline, sleep } from './deadline.js';
import type { Environment } from './environment.js';
import { RealtimeError } from './errors.js';
import type { Settings } from './options.js';

export type PublishSettings = Pick<
  Settings,
  'reconnectDelay' | 'publishAttemptsMax' | 'publishDelayMax' | 'publishTimeout'
>;

/** The back-off between requests that publish, or a quicker one. */
export function publishBackoff(settings: PublishSettings, environment: Environment, delayMax = Infinity): Backoff {
  const most = Math.min(settings.publishDelayMax, delayMax);
  return new Backoff(settings.reconnectDelay, most, () => environment.random());
}

/**
 * One thing that is tried until it is done, refused for good, or has had its attempts or its time: back-off in between,
 * at least as long as the server asks.
 */
export class Retrying {
  private readonly deadline: Deadline;
  private readonly backoff: Backoff;
  private attempts = 0;
  private last: RealtimeError | undefined;

  constructor(
    private readonly settings: PublishSettings,
    private readonly environment: Environment,
    signals: readonly (AbortSignal | undefined)[],
  ) {
    this.deadline = new Deadline(environment.clock, settings.publishTimeout, signals);
    this.backoff = publishBackoff(settings, environment);
  }

  get signal(): AbortSignal {
    return this.deadline.signal;
  }

  /** Waits before the next attempt; throws the failure if there is none. */
  async wait(failure: unknown): Promise<void> {
    if (this.signal.aborted || !(failure instanceof RealtimeError) || !failure.retry) throw this.reasonOf(failure);
    this.last = failure;
    if (++this.attempts >= this.settings.publishAttemptsMax) throw failure;
    await this.sleep(this.backoff.next(failure.retryAfter));
  }

  async sleep(ms: number): Promise<void> {
    await sleep(this.environment.clock, ms, this.signal).catch((reason: unknown) => {
      throw this.reasonOf(reason);
    });
  }

  /** When its time is over or nobody wants it any more; else its timer stays. */
  clear(): void {
    this.deadline.clear();
  }

  private reasonOf(failure: unknown): unknown {
    if (!this.signal.aborted) return failure;
    if (!this.deadline.isOver) return this.signal.reason;
    const last = this.last === undefined ? '' : `; the last error: ${this.last.message}`;
    const detail = `not done within ${this.settings.publishTimeout} ms${last}`;
    return new RealtimeError('timeout', detail, { retry: true, cause: this.last ?? failure });
  }
}
