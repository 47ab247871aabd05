import type { Backoff } from './backoff.js';
import { Deadline, sleep } from './deadline.js';
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
  private readonly backoff: Backoff;
  private readonly keeping: Promise<void>;
  private releasing: Promise<void> | undefined;
  private until: number;

  /** @internal */
  constructor(
    readonly leased: Leased,
    private readonly ttl: number,
    expiresAt: number,
    private readonly host: LeaseHost,
    private readonly ended: (lease: Lease) => void,
  ) {
    this.until = expiresAt;
    this.backoff = publishBackoff(host.settings, host.environment);
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
    this.stopping.abort();
    await this.keeping;
    const deadline = new Deadline(this.host.environment.clock, ReleaseTimeout);
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
    const { environment } = this.host;
    const ended = this.stopping.signal;
    let delay = this.ttl / 3;
    while (!this.lost.aborted) {
      await sleep(environment.clock, delay, ended);
      try {
        const taken = await ask(this.host, this.leased, this.ttl, ended);
        this.until = taken.lease.expires_at;
        this.backoff.reset();
        delay = this.ttl / 3;
        if (!taken.renewed) this.losing.abort(new RealtimeError('lease_lost', 'it ran out before it was renewed'));
      } catch (error) {
        if (ended.aborted) throw error;
        const failure = error as RealtimeError;
        if (failure.retry) delay = this.backoff.next(failure.retryAfter);
        else this.losing.abort(failure);
      }
    }
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

async function ask(host: LeaseHost, leased: Leased, ttl: number, signal: AbortSignal): Promise<WireTaken> {
  const taken = (await post(host, 'v1/leases', { ...bodyOf(host, leased), ttl_ms: ttl }, signal)) as WireTaken;
  if (typeof taken.lease?.expires_at !== 'number' || typeof taken.renewed !== 'boolean')
    throw new RealtimeError('protocol', 'the answer is no lease', { retry: true });
  return taken;
}

function bodyOf({ producer }: LeaseHost, { agent, task }: Leased): object {
  return { agent, task, holder: producer.id, epoch: producer.epoch };
}

function post({ http }: LeaseHost, path: string, body: object, signal: AbortSignal): Promise<unknown> {
  return http.send({ method: 'POST', path, body: JSON.stringify(body), signal }, (response) => response.json());
}
