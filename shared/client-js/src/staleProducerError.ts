import { RealtimeError } from './errors.js';
import type { PublishOutcome } from './publishError.js';

/**
 * A later life of this producer (a higher epoch) is at work: this one is to stop. Nothing is tried again, and nothing more
 * of this client's events is sent.
 */
export class StaleProducerError extends RealtimeError {
  constructor(
    detail: string,
    /** Of events: what became of each, in order; else empty. */
    readonly results: readonly PublishOutcome[] = [],
  ) {
    super('stale_producer', detail, { status: 409 });
    this.name = 'StaleProducerError';
  }
}
