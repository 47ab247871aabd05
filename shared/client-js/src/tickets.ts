import { checkKeys } from './knownKeys.js';
import { RealtimeError } from './errors.js';
import type { Http } from './http.js';
import type { Environment } from './environment.js';
import { Retrying, type PublishSettings } from './retrying.js';

/** What a ticket is to open. */
export interface TicketOptions {
  /** Grants, fewer than the token's: all of them. */
  scope?: string | undefined;
  /** The page that may use it, such as `https://app.example.org`: any that the server lets in. */
  origin?: string | undefined;
  /** ms, 1,000 to 300,000: as the server has it, 30,000. */
  lifetime?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Opens one connection, once, instead of a token. */
export interface Ticket {
  ticket: string;
  /** ms since 1970, by the server's clock. */
  expiresAt: number;
}

/** Asks for one; what may pass is tried again, as publishing is. One that nobody uses ends by itself. */
export async function createTicket(
  options: TicketOptions,
  host: { http: Http; settings: PublishSettings; environment: Environment; closed: AbortSignal },
): Promise<Ticket> {
  checkKeys('Options of createTicket', options, ['scope', 'origin', 'lifetime', 'signal']);
  const { scope, origin, lifetime, signal } = options;
  const body = JSON.stringify({ scope, origin, lifetime_ms: lifetime });
  const retrying = new Retrying(host.settings, host.environment, [host.closed, signal]);
  try {
    for (;;) {
      try {
        const request = { method: 'POST', path: 'v1/tickets', body, signal: retrying.signal } as const;
        return toTicket(await host.http.send(request, (response) => response.json()));
      } catch (failure) {
        await retrying.wait(failure);
      }
    }
  } finally {
    retrying.clear();
  }
}

function toTicket(answer: unknown): Ticket {
  const { ticket, expires_at: expiresAt } = (answer ?? {}) as { ticket?: unknown; expires_at?: unknown };
  if (typeof ticket !== 'string' || typeof expiresAt !== 'number')
    throw new RealtimeError('protocol', 'the answer holds no ticket');
  return { ticket, expiresAt };
}
