import { RealtimeError } from './errors.js';

/** Another producer holds the lease. */
export class LeasedError extends RealtimeError {
  constructor(
    detail: string,
    /** Until when, if it is not renewed: ms since 1970 by the log's clock. */
    readonly expiresAt: number | undefined,
  ) {
    super('leased', detail, { status: 409 });
    this.name = 'LeasedError';
  }
}
