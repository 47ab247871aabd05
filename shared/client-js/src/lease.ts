import type { Backoff } from './backoff.js';
import { Deadline, sleep, withSignal } from './deadline.js';
import { RealtimeError } from './errors.js';
import type { Environment } from './environment.js';
import type { Http } from './http.js';
import type { Producer } from './producer.js';
import { publishBackoff, type PublishSettings, Retrying } from './retrying.js';

const TtlMin = 10_000;
const TtlMax = 300_000;
const TtlDefault = 30_000;
/** How long giving back may take. Who can't be told finds out: the lease runs out. */
const ReleaseTimeout = 5_000;

// A lease is renewed after a third of its time. In the rest at least three attempts fit, also if none is answered: each a
// sixth, with at most a twelfth in between, and at most a sixth more if the server asks for it.
const Renewals = 3;
const Attempts = 6;
const Delays = 12;

export interface LeaseOptions {
  /** How long it is held if it is not renewed, ms, 10,000 to 300,000: 30,000. It is renewed after a third of that. */
  ttl?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** @internal */
export interface LeaseHost {
  http: Http;
  settings: PublishSettings;
  environment: Environment;
  closed: AbortSignal;
  producer: Producer;
}

interface WireTaken {
  lease: { expires_at: number };
  renewed: boolean;
}

/** What is leased: an agent, or a task and maybe the agent that works on it. */
export interface Leased {
  agent?: string | undefined;
  task?: string | undefined;
}

/**
 * A lease on an agent or a task: while it is held, nothing is shown as working though its producer is gone. It is renewed by
 * itself, however long the server is away; `release` gives it back.
 */
export class Lease {
  private readonly losing = new AbortController();
  private readonly stopping = new AbortController();
  private readonly abandoning = new AbortController();
  private readonly quick: Backoff;
  private readonly patient: Backoff;
  private readonly keeping: Promise<void>;
  private releasing: Promise<void> | undefined;
  private until: number;
  private heldSince: number;

  /** @internal */
  constructor(
    readonly leased: Leased,
    private readonly ttl: number,
    expiresAt: number,
    private readonly host: LeaseHost,
    private readonly ended: (lease: Lease) => void,
  ) {
    this.until = expiresAt;
    this.heldSince = host.environment.clock.now();
    this.quick = publishBackoff(host.settings, host.environment, ttl / Delays);
    this.patient = publishBackoff(host.settings, host.environment);
    // Its own loop; how it ends is told by `lost`.
    this.keeping = this.keep().catch(() => {});
  }

  /** Until when it is held if it is not renewed, ms since 1970 by the log's clock. */
  get expiresAt(): number {
    return this.until;
  }

  /**
   * Aborted when the server says that it is lost, with a `RealtimeError` as reason: another has it, or it ran out. What was
   * leased is shown as lost then, or is another's: stop, or take a new lease.
   */
  get lost(): AbortSignal {
    return this.losing.signal;
  }

  /** Gives it back, if it is not lost; viewers are told nothing. */
  release(): Promise<void> {
    return (this.releasing ??= this.giveBack());
  }

  private async giveBack(): Promise<void> {
    const { clock } = this.host.environment;
    this.stopping.abort();
    // A renewal that is under way must not arrive behind the release, by another worker: it is waited for, but not for ever.
    const patience = new Deadline(clock, ReleaseTimeout);
    await withSignal(this.keeping, patience.signal).catch(() => this.abandoning.abort());
    patience.clear();
    await this.keeping;
    const deadline = new Deadline(clock, ReleaseTimeout);
    try {
      if (!this.lost.aborted)
        await post(this.host, 'v1/leases/release', bodyOf(this.host, this.leased), deadline.signal);
    } catch {
      // It runs out by itself.
    } finally {
      deadline.clear();
      this.ended(this);
    }
  }

  private async keep(): Promise<void> {
    const { clock } = this.host.environment;
    const ended = this.stopping.signal;
    let delay = this.ttl / Renewals;
    while (!this.lost.aborted) {
      await sleep(clock, delay, ended);
      const asked = clock.now();
      try {
        const taken = await this.renew();
        this.heldSince = asked;
        this.until = taken.lease.expires_at;
        this.quick.reset();
        this.patient.reset();
        delay = this.ttl / Renewals;
        if (!taken.renewed) this.losing.abort(new RealtimeError('lease_lost', 'it ran out before it was renewed'));
      } catch (error) {
        const failure = error as RealtimeError;
        if (this.abandoning.signal.aborted) throw error;
        if (failure.retry) delay = this.delayAfter(failure);
        else this.losing.abort(failure);
      }
    }
  }

  private renew(): Promise<WireTaken> {
    const timeout = this.isOverdue ? undefined : this.ttl / Attempts;
    return ask(this.host, this.leased, this.ttl, this.abandoning.signal, { isRenewal: true, timeout });
  }

  private delayAfter({ retryAfter = 0 }: RealtimeError): number {
    return this.isOverdue ? this.patient.next(retryAfter) : this.quick.next(Math.min(retryAfter, this.ttl / Attempts));
  }

  /** Whether it ran out, unless the log was away: then there is no hurry any more. */
  private get isOverdue(): boolean {
    return this.host.environment.clock.now() - this.heldSince >= this.ttl;
  }
}

/** Takes a lease; tries again what may pass. */
export async function takeLease(
  leased: Leased,
  options: LeaseOptions,
  host: LeaseHost,
  ended: (lease: Lease) => void,
): Promise<Lease> {
  const ttl = options.ttl ?? TtlDefault;
  if (!Number.isInteger(ttl) || ttl < TtlMin || ttl > TtlMax)
    throw new TypeError(`Options of a lease: ttl is ${ttl}, but must be a whole number from ${TtlMin} to ${TtlMax}`);
  const retrying = new Retrying(host.settings, host.environment, [host.closed, options.signal]);
  try {
    for (;;) {
      try {
        const taken = await ask(host, leased, ttl, retrying.signal);
        return new Lease(leased, ttl, taken.lease.expires_at, host, ended);
      } catch (error) {
        await retrying.wait(error);
      }
    }
  } finally {
    retrying.clear();
  }
}

/** What was lost is taken anew only by who asks for it, not by who renews it. */
async function ask(
  host: LeaseHost,
  leased: Leased,
  ttl: number,
  signal: AbortSignal,
  { isRenewal, timeout }: { isRenewal?: true; timeout?: number | undefined } = {},
): Promise<WireTaken> {
  const body = { ...bodyOf(host, leased), ttl_ms: ttl, renew: isRenewal };
  const taken = (await post(host, 'v1/leases', body, signal, timeout)) as WireTaken;
  if (typeof taken.lease?.expires_at !== 'number' || typeof taken.renewed !== 'boolean')
    throw new RealtimeError('protocol', 'the answer is no lease', { retry: true });
  return taken;
}

function bodyOf({ producer }: LeaseHost, { agent, task }: Leased): object {
  return { agent, task, holder: producer.id, epoch: producer.epoch };
}

function post(
  { http }: LeaseHost,
  path: string,
  body: object,
  signal: AbortSignal,
  timeout?: number,
): Promise<unknown> {
  const request = { method: 'POST', path, body: JSON.stringify(body), signal, timeout } as const;
  return http.send(request, (response) => response.json());
}
