import { Backoff } from './backoff.js';
import { Deadline, sleep, withSignal } from './deadline.js';
import type { Environment } from './environment.js';
import { RealtimeError, toRealtimeError } from './errors.js';
import type { ClientMessage } from './messages.js';
import type { Settings } from './options.js';
import { reportListenerError } from './report.js';
import type { Tokens } from './tokens.js';

/** Upper bound of the delay between two questions: what is warned of ends in about a minute. */
const DelayMax = 10_000;

export interface RenewalHost {
  readonly settings: Pick<Settings, 'connectTimeout' | 'reconnectDelay' | 'reconnectDelayMax'>;
  readonly tokens: Tokens;
  readonly environment: Environment;
  /** By the server's clock. */
  now(): number;
  send(message: ClientMessage): void;
  notice(error: RealtimeError): void;
}

/**
 * The token of one connection: `expiring` makes it ask for another one and show that by `auth`. It goes on, with delays,
 * until a token is taken or the connection ends; one renewal at a time.
 */
export class TokenRenewal {
  private readonly ended = new AbortController();
  private readonly backoff: Backoff;
  /** When the token in use ends, once that was told. */
  private endsAt: number | undefined;
  private due: number | undefined;
  private isRunning = false;
  /** Given, and not judged yet: the server could not, for now. */
  private pending: string | undefined;
  private refused: string | undefined;
  /** Whether the last token that was given is of no use. */
  private isUseless = false;
  private answer: ((refusal: RealtimeError | undefined) => void) | undefined;

  constructor(
    private token: string,
    private readonly host: RenewalHost,
  ) {
    const { settings, environment } = host;
    const most = Math.max(settings.reconnectDelay, Math.min(settings.reconnectDelayMax, DelayMax));
    this.backoff = new Backoff(settings.reconnectDelay, most, () => environment.random());
  }

  /** The token that the connection lives by. */
  get inUse(): string {
    return this.token;
  }

  /** The server told when the token ends, ms since 1970. */
  expiring(at: number): void {
    if (at === this.endsAt) return;
    this.endsAt = this.due = at;
    if (!this.isRunning) void this.run();
  }

  /** The server's answer to `auth`: none is the good one. */
  answered(refusal?: RealtimeError): void {
    if (refusal === undefined) this.endsAt = undefined;
    this.answer?.(refusal);
  }

  /** The connection is no more. */
  stop(): void {
    this.ended.abort();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    try {
      // A fresh token may be about to end too: it is told behind the answer, before that was looked at here.
      for (; this.due !== undefined && !this.ended.signal.aborted;) {
        const at = this.due;
        this.due = undefined;
        await this.renew(at);
      }
    } catch (error) {
      if (!this.ended.signal.aborted) reportListenerError(error);
    } finally {
      this.isRunning = false;
    }
  }

  private async renew(at: number): Promise<void> {
    const { environment, tokens, notice } = this.host;
    if (!tokens.canChange) {
      const detail = `the token ends at ${new Date(at).toISOString()}, and is a text: nothing can renew it`;
      return notice(new RealtimeError('token_expiring', detail));
    }
    // Many were warned at once: who asks when is spread over a quarter of what is left, and half of it is for trying again.
    const left = Math.max(0, at - this.host.now());
    await sleep(environment.clock, (left * (1 + environment.random())) / 4, this.ended.signal);
    let told: string | undefined;
    for (let attempt = 1; ; attempt++) {
      const failure = await this.attempt(attempt);
      if (failure === undefined) return this.backoff.reset();
      if (failure.code !== told) notice(failure);
      told = failure.code;
      await sleep(environment.clock, this.backoff.nextOfPressure(), this.ended.signal);
    }
  }

  /** Returns why there is no fresh token yet. */
  private async attempt(attempt: number): Promise<RealtimeError | undefined> {
    const token = this.pending ?? (await this.ask(attempt));
    if (token instanceof RealtimeError) return token;
    if (token === this.token || token === this.refused) {
      this.isUseless = true;
      const detail = `the token callback gave ${token === this.token ? 'the token that ends' : 'a refused token again'}`;
      return new RealtimeError('token_failed', detail, { retry: true });
    }
    const answer = new Promise<RealtimeError | undefined>((resolve) => (this.answer = resolve));
    this.host.send({ op: 'auth', token });
    // However long that takes: the old token ends the connection, and an answer that is missed would be taken for another's.
    const refusal = await withSignal(answer, this.ended.signal).finally(() => (this.answer = undefined));
    this.pending = refusal?.retry ? token : undefined;
    this.isUseless = refusal !== undefined && !refusal.retry;
    if (refusal === undefined) this.token = token;
    else if (!refusal.retry) this.refused = token;
    return refusal;
  }

  private async ask(attempt: number): Promise<string | RealtimeError> {
    const { environment, settings, tokens } = this.host;
    const deadline = new Deadline(environment.clock, settings.connectTimeout, [this.ended.signal]);
    try {
      return await tokens.fresh({ attempt, refused: this.isUseless, expiring: true }, deadline.signal);
    } catch (error) {
      if (this.ended.signal.aborted) throw error;
      return toRealtimeError(error, 'token_failed');
    } finally {
      deadline.clear();
    }
  }
}
