import type { Backoff } from './backoff.js';
import { Deadline, sleep, withSignal } from './deadline.js';
import type { Environment } from './environment.js';
import { RealtimeError } from './errors.js';
import type { Http } from './http.js';
import { publishBackoff, type PublishSettings } from './retrying.js';
import { utf8Length } from './jsonCodec.js';
import { PublishError, type PublishOutcome, type PublishResult } from './publishError.js';
import { checkEvents, groupOf, type PublishEvent, toPublishJson } from './publishEvent.js';
import type { Producer } from './producer.js';
import { ProducerNumbers, type Unnumbered } from './producerNumbers.js';
import { StaleProducerError } from './staleProducerError.js';

export type { PublishEvent } from './publishEvent.js';
export type { PublishResult } from './publishError.js';

/** Events in one request, and bytes: the server takes 1,000 and 1 MiB. */
const RequestEventsMax = 1_000;
const RequestBytesMax = 1_000_000;

/** Bytes that numbers add to an event, at most. */
const NumberBytesMax = 256;

interface Pending extends Unnumbered {
  index: number;
  bytes: number;
}

interface WireAnswer {
  results: PublishOutcome[];
  /** The problem that all of them came in. */
  refusal?: RealtimeError;
  pressure?: { state: 'ok' | 'pause'; depth: number; limit: number };
}

/** Publishes in order: one request at a time, each tried until its events are stored or can't be. */
export class Publisher {
  private readonly pressure: Backoff;
  private readonly numbers: ProducerNumbers | undefined;
  private isPressed = false;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly http: Http,
    private readonly settings: PublishSettings,
    private readonly environment: Environment,
    private readonly closed: AbortSignal,
    producer: Producer | undefined,
  ) {
    this.pressure = this.newBackoff();
    if (producer !== undefined) this.numbers = new ProducerNumbers(producer);
  }

  /** Who calls first is served first, so that two calls keep their order too. */
  async publish(events: readonly PublishEvent[], signal: AbortSignal | undefined): Promise<PublishResult[]> {
    if (events.length === 0) throw new RealtimeError('bad_request', 'there is no event to publish');
    checkEvents(events, this.numbers !== undefined);
    const isNumbered = this.numbers !== undefined;
    const pending = events.map((event, index): Pending => {
      const json = toPublishJson(event, isNumbered);
      const bytes = utf8Length(json) + 1 + (isNumbered ? NumberBytesMax : 0);
      return { index, json, bytes, group: groupOf(event) };
    });
    const deadline = new Deadline(this.environment.clock, this.settings.publishTimeout, [this.closed, signal]);
    const before = this.turn;
    const mine = (async () => {
      await withSignal(
        before.catch(() => {}),
        deadline.signal,
      );
      return await this.publishAll(pending, deadline.signal);
    })();
    // Who comes next waits for this one, and for those before it even if this one gives up. What became of them it does
    // not keep: results would pile up for as long as the client lives.
    this.turn = Promise.allSettled([before, mine]).then(() => undefined);
    return mine.finally(() => deadline.clear());
  }

  private async publishAll(pending: readonly Pending[], signal: AbortSignal): Promise<PublishResult[]> {
    const outcomes: PublishOutcome[] = pending.map(() => ({
      error: { code: 'not_sent', detail: 'an event before it could not be stored', retry: true },
    }));
    const { numbers } = this;
    try {
      if (numbers?.stale !== undefined) throw numbers.stale;
      numbers?.begin(pending);
      for (const request of split(pending)) await this.publishRequest(request, outcomes, signal);
    } catch (error) {
      if (numbers?.stale === undefined) throw error;
      throw new StaleProducerError(numbers.stale.detail, outcomes);
    } finally {
      numbers?.end();
    }
    const refused = outcomes.some((outcome) => 'error' in outcome);
    if (refused) throw PublishError.of(outcomes);
    return outcomes as PublishResult[];
  }

  /** Sends these until each has a result that stands. */
  private async publishRequest(events: Pending[], outcomes: PublishOutcome[], signal: AbortSignal): Promise<void> {
    const backoff = this.newBackoff();
    for (let attempt = 1; ; attempt++) {
      let error: RealtimeError | undefined;
      try {
        if (this.isPressed) await sleep(this.environment.clock, this.pressure.nextOfPressure(), signal);
        error = await this.sendOnce(events, outcomes, signal);
      } catch (caught) {
        if (signal.aborted && !(signal.reason instanceof RealtimeError && signal.reason.code === 'timeout'))
          throw signal.reason;
        const failure = caught as RealtimeError;
        // At the limit it is refused.
        if (failure.code === 'pressure') this.isPressed = true;
        for (const { index } of events) outcomes[index] = { error: toOutcomeError(failure) };
        if (!signal.aborted && !failure.retry) this.numbers?.refused(events, failure);
        if (signal.aborted || !failure.retry) throw PublishError.of(outcomes, failure);
        error = failure;
      }
      // What was refused for good has to be mended before what follows it may be stored.
      if (events.some(({ index }) => isRefused(outcomes[index]!))) throw PublishError.of(outcomes);
      events = events.filter(({ index }) => isRetryable(outcomes[index]!));
      if (events.length === 0) return;
      if (attempt >= this.settings.publishAttemptsMax) throw PublishError.of(outcomes, error);
      await sleep(this.environment.clock, backoff.next(waitOf(error, events, outcomes)), signal).catch(
        (reason: unknown) => {
          const isTimeout = reason instanceof RealtimeError && reason.code === 'timeout';
          throw isTimeout ? PublishError.of(outcomes, reason) : reason;
        },
      );
    }
  }

  /** One request. Returns how all were refused, if each has a result; throws what stands for all of its events. */
  private async sendOnce(
    events: readonly Pending[],
    outcomes: PublishOutcome[],
    signal: AbortSignal,
  ): Promise<RealtimeError | undefined> {
    const { numbers } = this;
    const parts = numbers === undefined ? events.map(({ json }) => json) : numbers.number(events);
    const answer = await this.ask(`[${parts.join(',')}]`, events.length, signal);
    if (!Array.isArray(answer.results) || answer.results.length !== events.length)
      throw new RealtimeError('protocol', 'the answer has not one result for each event');
    answer.results.forEach((result, i) => {
      const event = events[i]!;
      outcomes[event.index] = numbers === undefined ? result : numbers.take(event, result);
    });
    if (answer.pressure === undefined) return answer.refusal;
    this.isPressed = answer.pressure.state === 'pause';
    if (!this.isPressed) this.pressure.reset();
    return undefined;
  }

  private async ask(body: string, count: number, signal: AbortSignal): Promise<WireAnswer> {
    try {
      return await this.http.send(
        { method: 'POST', path: 'v1/events', body, signal },
        (response) => response.json() as Promise<WireAnswer>,
      );
    } catch (error) {
      // All were refused: each for a reason of its own, which decides what becomes of its number.
      const results = error instanceof RealtimeError ? (error.outcomes as PublishOutcome[] | undefined) : undefined;
      if (this.numbers === undefined || results?.length !== count) throw error;
      if ((error as RealtimeError).code === 'pressure') this.isPressed = true;
      return { results, refusal: error as RealtimeError };
    }
  }

  private newBackoff(): Backoff {
    return publishBackoff(this.settings, this.environment);
  }
}

function* split(pending: readonly Pending[]): Generator<Pending[]> {
  let request: Pending[] = [];
  let bytes = 2;
  for (const event of pending) {
    if (request.length === RequestEventsMax || (request.length > 0 && bytes + event.bytes > RequestBytesMax)) {
      yield request;
      request = [];
      bytes = 2;
    }
    request.push(event);
    bytes += event.bytes;
  }
  yield request;
}

/** How long the server asks to wait, at least: for all of them, or for one. */
function waitOf(
  error: RealtimeError | undefined,
  events: readonly Pending[],
  outcomes: readonly PublishOutcome[],
): number {
  const asked = events.map(({ index }) => {
    const outcome = outcomes[index]!;
    return 'error' in outcome ? (outcome.error.retry_after_ms ?? 0) : 0;
  });
  return Math.max(error?.retryAfter ?? 0, ...asked);
}

function isRefused(outcome: PublishOutcome): boolean {
  return 'error' in outcome && !outcome.error.retry;
}

function isRetryable(outcome: PublishOutcome): boolean {
  return 'error' in outcome && outcome.error.retry;
}

function toOutcomeError({ code, detail, retry }: RealtimeError): { code: string; detail: string; retry: boolean } {
  return { code, detail, retry };
}
