import { Backoff } from './backoff.js';
import type { Environment } from './environment.js';
import { RealtimeError } from './errors.js';
import type { ClientMessage, ServerMessage, WireError, WireEvent } from './messages.js';

/** Who takes the messages of one id. */
export interface Route {
  handle(message: ServerMessage): void;
  /** An event behind a `replay` header. */
  replayed?(event: WireEvent, bytes: number): void;
}

/** What a subscription's owner can do for it. */
export interface SubscriptionHost {
  readonly environment: Environment;
  readonly settings: { reconnectDelay: number; reconnectDelayMax: number; bufferItems: number; bufferBytes: number };
  readonly isConnected: boolean;
  /** Bytes that one message to the server may have. */
  readonly messageBytesMax: number;
  /** The server's clock, ms since 1970. */
  now(): number;
  /** Bytes that a message would have on the wire. */
  sizeOf(message: ClientMessage): number;
  send(message: ClientMessage): void;
  /** Messages for this id are for this one. */
  route(id: string, route: Route): void;
  /** Messages for this id are for nobody. */
  removed(id: string): void;
}

export type SubscriptionStatus = 'subscribing' | 'active' | 'paused' | 'closed';

/** Where the server stands, as far as it has answered. */
type Wire = 'absent' | 'subscribing' | 'active' | 'pausing' | 'paused' | 'resuming';

export interface WireHooks {
  /** The message that subscribes, from where it stands now. */
  subscribe(): ClientMessage;
  statusChanged(status: SubscriptionStatus): void;
  failed(error: RealtimeError): void;
}

/**
 * Brings the server to what is wanted, one request at a time: the next one waits for the answer, so that answers can't
 * be mistaken. While paused it is not subscribed on a new connection at all: its cursor is its place.
 */
export class WireControl {
  private wire: Wire = 'absent';
  private wasSubscribed = false;
  private isClosed = false;
  private told: SubscriptionStatus = 'subscribing';
  private readonly pausedBy = new Set<'application' | 'buffer'>();
  private readonly backoff: Backoff;
  private retryTimer: unknown;
  private waiters: { isDone: () => boolean; resolve: () => void; reject?: (error: RealtimeError) => void }[] = [];
  private failure: RealtimeError | undefined;
  private unsubscribed: (() => void) | undefined;

  constructor(
    private readonly id: string,
    private readonly host: SubscriptionHost,
    private readonly hooks: WireHooks,
  ) {
    const { reconnectDelay, reconnectDelayMax } = host.settings;
    this.backoff = new Backoff(reconnectDelay, reconnectDelayMax, () => host.environment.random());
  }

  get status(): SubscriptionStatus {
    return this.told;
  }

  /** Whether what comes now belongs to it: after `subscribed`, up to `paused`. */
  get isReceiving(): boolean {
    return this.wire === 'active' || this.wire === 'pausing';
  }

  /** Whether the server has it, active or not. */
  get isOnServer(): boolean {
    return this.host.isConnected && this.wire !== 'absent' && this.wire !== 'subscribing';
  }

  /**
   * Fulfilled when the server has confirmed it for the first time: from then on it has a place, and nothing published
   * is missed, whatever breaks. Rejected when it ends.
   */
  active(): Promise<void> {
    if (this.isClosed) return Promise.reject(this.failure ?? endedError());
    return new Promise((resolve, reject) => {
      this.waiters.push({ isDone: () => this.wasSubscribed, resolve, reject });
      this.settle();
    });
  }

  /** Holds until `release` by the same; fulfilled when the server has said so. */
  hold(by: 'application' | 'buffer'): Promise<void> {
    this.pausedBy.add(by);
    return this.until(
      () => !this.pausedBy.has(by) || this.wire === 'paused' || (this.wire === 'absent' && this.mayRest),
    );
  }

  release(by: 'application' | 'buffer'): Promise<void> {
    this.pausedBy.delete(by);
    return this.until(() => this.pausedBy.size > 0 || this.wire === 'active');
  }

  /** There is a connection. A listener may have had it subscribed on it already. */
  connected(): void {
    this.settle();
  }

  /** There is none any more. */
  disconnected(): void {
    this.wire = 'absent';
    this.stopRetry();
    this.unsubscribed?.();
    this.settle();
  }

  /** The server said `subscribed`. */
  becameActive(): void {
    this.wire = 'active';
    this.wasSubscribed = true;
    this.backoff.reset();
    this.settle();
  }

  /** The server said `paused`. */
  becamePaused(): void {
    this.wire = 'paused';
    this.settle();
  }

  /** The server said `unsubscribed`, or that there was nothing to end. */
  becameGone(): void {
    this.unsubscribed?.();
  }

  /** The server refused the request that it owed an answer to. */
  refused(error: WireError): void {
    if (!error.retry) {
      // There is nothing to unsubscribe then.
      if (this.wire === 'subscribing') this.wire = 'absent';
      this.hooks.failed(new RealtimeError(error.code, error.detail));
      return;
    }
    this.wire = this.wire === 'resuming' ? 'paused' : this.wire === 'pausing' ? 'active' : 'absent';
    this.stopRetry();
    this.retryTimer = this.host.environment.clock.setTimeout(() => {
      this.retryTimer = undefined;
      this.settle();
    }, this.backoff.next());
    this.settle();
  }

  /** Ends for good, perhaps by an error; fulfilled when the server has said so, if it is there. */
  async close(failure?: RealtimeError): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.failure = failure;
    this.stopRetry();
    const gone =
      this.host.isConnected && this.wire !== 'absent'
        ? new Promise<void>((resolve) => (this.unsubscribed = resolve))
        : undefined;
    if (gone) this.host.send({ op: 'unsubscribe', id: this.id });
    this.wire = 'absent';
    this.settle();
    await gone;
    this.host.removed(this.id);
  }

  /** Paused, it need not be subscribed, once it has a place to come back to. */
  private get mayRest(): boolean {
    return this.pausedBy.size > 0 && this.wasSubscribed;
  }

  private until(isDone: () => boolean): Promise<void> {
    const waiting = new Promise<void>((resolve) => this.waiters.push({ isDone, resolve }));
    this.settle();
    return waiting;
  }

  private settle(): void {
    if (!this.isClosed && this.host.isConnected && this.retryTimer === undefined) this.ask();
    this.tell();
    this.waiters = this.waiters.filter((waiter) => {
      const isDone = this.isClosed || waiter.isDone();
      if (this.isClosed && waiter.reject) waiter.reject(this.failure ?? endedError());
      else if (isDone) waiter.resolve();
      return !isDone;
    });
  }

  private ask(): void {
    const wantsPause = this.pausedBy.size > 0;
    if (this.wire === 'absent' && !this.mayRest) {
      this.subscribe();
    } else if (this.wire === 'active' && wantsPause) {
      this.wire = 'pausing';
      this.host.send({ op: 'pause', id: this.id });
    } else if (this.wire === 'paused' && !wantsPause) {
      this.wire = 'resuming';
      this.host.send({ op: 'resume', id: this.id });
    }
  }

  private subscribe(): void {
    const message = this.hooks.subscribe();
    const bytes = this.host.sizeOf(message);
    // The server would close the whole connection, for good.
    if (bytes > this.host.messageBytesMax) {
      const detail = `the filter and cursor make a message of ${bytes} bytes; ${this.host.messageBytesMax} are allowed`;
      return this.hooks.failed(new RealtimeError('too_large', detail));
    }
    this.wire = 'subscribing';
    this.host.send(message);
  }

  private tell(): void {
    const status = this.statusNow();
    if (status === this.told) return;
    this.told = status;
    this.hooks.statusChanged(status);
  }

  private statusNow(): SubscriptionStatus {
    if (this.isClosed) return 'closed';
    if (this.isReceiving) return 'active';
    if (this.wire === 'paused' || this.wire === 'resuming' || (this.wire === 'absent' && this.mayRest)) return 'paused';
    return 'subscribing';
  }

  private stopRetry(): void {
    this.host.environment.clock.clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
  }
}

function endedError(): RealtimeError {
  return new RealtimeError('closed', 'the subscription has ended');
}
