import { withSignal } from './deadline.js';
import { RealtimeError } from './errors.js';
import type { TokenRequest, TokenSource } from './options.js';

/** Whether a header and a subprotocol can carry it: RFC 9110 `token`, less what a JWT never has. */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9._~+-]+$/.test(text);
}

/** The token: asked for before each attempt to connect, and for HTTP only if there is none yet or it was refused. Or the ticket. */
export class Tokens {
  private latest: string | undefined;
  /** The question under way: who asks the same meanwhile shares its answer. */
  private asking: { token: Promise<string>; refused: boolean } | undefined;

  constructor(
    private readonly source: TokenSource | undefined,
    private readonly what: 'token' | 'ticket' = 'token',
  ) {}

  /** Whether a refused token may be followed by another one. */
  get canChange(): boolean {
    return typeof this.source === 'function';
  }

  /**
   * Throws `token_failed` if the callback does, or gives something else than a token, and the signal's reason if that
   * is aborted first: nobody joins that question any more, its answer may never come.
   */
  async fresh(request: TokenRequest, signal: AbortSignal): Promise<string> {
    if (signal.aborted) throw signal.reason;
    const asking = { token: this.ask(request), refused: request.refused };
    this.asking = asking;
    try {
      return await withSignal(asking.token, signal);
    } finally {
      if (this.asking === asking) this.asking = undefined;
    }
  }

  /** Another one than this, which was refused: one that somebody else has got by now, else a fresh one. */
  async instead(refused: string, signal: AbortSignal): Promise<string> {
    if (this.latest !== undefined && this.latest !== refused) return this.latest;
    if (this.asking?.refused) return await withSignal(this.asking.token, signal);
    return await this.fresh({ attempt: 2, refused: true }, signal);
  }

  /** The last one asked for. Throws `unauthorized` if there is no source: tickets open connections alone. */
  async current(signal: AbortSignal): Promise<string> {
    if (this.latest !== undefined) return this.latest;
    if (this.asking !== undefined) return await withSignal(this.asking.token, signal);
    return await this.fresh({ attempt: 1, refused: false }, signal);
  }

  private async ask(request: TokenRequest): Promise<string> {
    if (this.source === undefined)
      throw new RealtimeError('unauthorized', 'there is no token: what goes over HTTP needs the option `token`');
    let token: unknown;
    try {
      token = typeof this.source === 'function' ? await this.source(request) : this.source;
    } catch (error) {
      const detail = `the ${this.what} callback failed: ${error instanceof Error ? error.message : String(error)}`;
      throw new RealtimeError('token_failed', detail, { cause: error, retry: true });
    }
    if (typeof token !== 'string' || !isToken(token))
      throw new RealtimeError('token_failed', `the ${this.what} is empty or has characters that no ${this.what} has`, {
        retry: true,
      });
    this.latest = token;
    return token;
  }
}
