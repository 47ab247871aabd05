import { RealtimeError } from './errors.js';

/**
 * Bytes before the offset are missing in the log. Send again from `expected` on; or, if those bytes are gone here too, say
 * so by `afterLoss: error.epoch`.
 */
export class TerminalHoleError extends RealtimeError {
  constructor(
    detail: string,
    /** The offset at which the log's terminal ends: the first byte that it lacks. */
    readonly expected: number,
    /** The terminal's present epoch. */
    readonly epoch: string,
  ) {
    super('hole', detail, { status: 409 });
    this.name = 'TerminalHoleError';
  }
}
