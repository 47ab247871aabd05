import { Deadline } from './deadline.js';
import type { Environment } from './environment.js';
import { RealtimeError } from './errors.js';
import { LeasedError } from './leasedError.js';
import { networkError } from './networkFailure.js';
import { StaleProducerError } from './staleProducerError.js';
import { TerminalHoleError } from './terminalHoleError.js';
import type { Tokens } from './tokens.js';

export interface HttpRequest {
  method?: 'GET' | 'POST';
  /** Relative to the edge's address. */
  path: string;
  query?: URLSearchParams;
  body?: string | Uint8Array<ArrayBuffer>;
  signal?: AbortSignal | undefined;
  /** The time it may take, ms, if that is less than the client's. */
  timeout?: number | undefined;
}

/**
 * Requests to the edge, with the token. What is refused is a `RealtimeError`; nothing is tried again but a refused
 * token.
 */
export class Http {
  constructor(
    private readonly base: URL,
    private readonly tokens: Tokens,
    private readonly timeout: number,
    private readonly environment: Environment,
    private readonly closed: AbortSignal,
  ) {}

  /** Reads an answer of 2xx by `read`. The time of one request is that of the token too, and of a second one. */
  async send<T>(request: HttpRequest, read: (response: Response) => Promise<T>): Promise<T> {
    const timeout = Math.min(this.timeout, request.timeout ?? Infinity);
    const deadline = new Deadline(this.environment.clock, timeout, [this.closed, request.signal]);
    const { signal } = deadline;
    try {
      const token = await this.tokens.current(signal);
      try {
        return await this.sendOnce(request, token, signal, read);
      } catch (error) {
        if (!(error instanceof RealtimeError) || error.status !== 401 || !this.tokens.canChange) throw error;
        const fresh = await this.tokens.instead(token, signal);
        if (fresh === token) throw error;
        return await this.sendOnce(request, fresh, signal, read);
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof RealtimeError) throw error;
      throw networkError(error);
    } finally {
      deadline.clear();
    }
  }

  private async sendOnce<T>(
    request: HttpRequest,
    token: string,
    signal: AbortSignal,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const response = await this.fetch(request, token, signal);
    if (!response.ok) throw await problemOf(response, this.environment.clock.now());
    return await read(response);
  }

  private fetch(request: HttpRequest, token: string, signal: AbortSignal): Promise<Response> {
    const url = new URL(request.path, this.base);
    if (request.query !== undefined) url.search = request.query.toString();
    const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
    const init: RequestInit = {
      method: request.method ?? 'GET',
      headers,
      signal,
      cache: 'no-store',
      credentials: 'omit',
      // What it carries is for this host alone.
      redirect: 'error',
    };
    if (request.body !== undefined) {
      headers['Content-Type'] = typeof request.body === 'string' ? 'application/json' : 'application/octet-stream';
      init.body = request.body;
    }
    return this.environment.fetch(url.href, init);
  }
}

/** The error that a refusing answer is: its problem document (RFC 9457), or its status if it has none. */
export async function problemOf(response: Response, now: number): Promise<RealtimeError> {
  const text = await response.text().catch(() => '');
  const problem = parseObject(text);
  const status = response.status;
  const code = typeof problem.code === 'string' ? problem.code : codeOf(status);
  const errors = Array.isArray(problem.errors) ? problem.errors : [];
  const told = typeof problem.detail === 'string' ? problem.detail : `the server answered ${status}`;
  const places = errors.map((one) => `${one.where}: ${one.detail}`).join('; ');
  const { expected, epoch, expires_at } = problem;
  if (code === 'leased') return new LeasedError(told, typeof expires_at === 'number' ? expires_at : undefined);
  if (code === 'stale_producer' && !Array.isArray(problem.results)) return new StaleProducerError(told);
  if (code === 'hole' && typeof expected === 'number' && typeof epoch === 'string')
    return new TerminalHoleError(told, expected, epoch);
  return new RealtimeError(code, places === '' ? told : `${told}: ${places}`, {
    status,
    retry: typeof problem.retry === 'boolean' ? problem.retry : status === 408 || status === 429 || status >= 500,
    retryAfter: retryAfterOf(response.headers.get('Retry-After'), now),
    errors,
    results: Array.isArray(problem.results) ? problem.results : undefined,
  });
}

/** `Retry-After` in ms: it is seconds or a date (RFC 9110, section 10.2.3). */
export function retryAfterOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

interface Problem {
  code?: unknown;
  detail?: unknown;
  retry?: unknown;
  errors?: unknown;
  expected?: unknown;
  epoch?: unknown;
  results?: unknown;
  expires_at?: unknown;
}

function parseObject(text: string): Problem {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

function codeOf(status: number): string {
  const codes: Record<number, string> = {
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not_found',
    408: 'timeout',
    413: 'too_large',
    429: 'rate_limited',
    502: 'bad_gateway',
    503: 'no_worker',
  };
  return codes[status] ?? (status >= 500 ? 'internal' : 'bad_request');
}
