import { RealtimeError } from './errors.js';

/** An event that is stored. */
export interface PublishResult {
  /** Without one it was stored so long before that only its number is remembered (option `producer`). */
  id?: string;
  /** It was stored before, by the same key or number. */
  duplicate: boolean;
}

/** What became of one event. */
export type PublishOutcome =
  | PublishResult
  | {
      error: {
        code: string;
        detail: string;
        retry: boolean;
        /** Of `producer_gap`: the number that the log takes next. */
        expected?: number;
        /** How long to wait, ms, if the server says so. */
        retry_after_ms?: number;
      };
    };

/** Not all events were stored. `code` is that of the first refusal that is the cause of others. */
export class PublishError extends RealtimeError {
  private constructor(
    code: string,
    detail: string,
    facts: ConstructorParameters<typeof RealtimeError>[2],
    /** What became of each event, in order. */
    readonly results: readonly PublishOutcome[],
  ) {
    super(code, detail, facts);
    this.name = 'PublishError';
  }

  static of(results: readonly PublishOutcome[], cause?: RealtimeError): PublishError {
    if (cause !== undefined) {
      const { code, detail, retry, status, retryAfter, errors } = cause;
      return new PublishError(code, detail, { retry, status, retryAfter, errors, cause }, results);
    }
    const errors = results.flatMap((result) => ('error' in result ? [result.error] : []));
    const first = errors.find((error) => error.code !== 'after_refused' && !error.retry) ?? errors[0]!;
    const stored = results.length - errors.length;
    return new PublishError(
      first.code,
      `${first.detail} (${stored} of ${results.length} events stored)`,
      { retry: first.retry },
      results,
    );
  }
}
