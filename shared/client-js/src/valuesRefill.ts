import { Backoff } from './backoff.js';
import { RealtimeError } from './errors.js';
import type { ServerMessage, WireEvent, WireFilter } from './messages.js';
import type { SubscriptionHost } from './wireControl.js';

export interface RefillHooks {
  value(event: WireEvent, bytes: number): void;
  complete(): void;
  failed(error: RealtimeError): void;
}

/**
 * Values that a broken connection cut off. To resume with `after` loses no event, but the server then sees nothing lost
 * and sends no values; so they are asked for beside it, by a subscription of their own that ends with them. What it
 * would tell of events is left to the main one: the values may be newer than what is replayed, and the last word is the
 * same.
 */
export class ValuesRefill {
  private readonly id: string;
  private readonly backoff: Backoff;
  private isAsked = false;
  private isHeld = false;
  /** It would have asked, were it not held. */
  private isDue = false;
  private timer: unknown;

  constructor(
    subscription: string,
    private readonly filter: WireFilter,
    private readonly host: SubscriptionHost,
    private readonly hooks: RefillHooks,
  ) {
    this.id = `${subscription}.values`;
    const { reconnectDelay, reconnectDelayMax } = host.settings;
    this.backoff = new Backoff(reconnectDelay, reconnectDelayMax, () => host.environment.random());
  }

  begin(): void {
    this.isDue = this.isHeld && !this.isAsked;
    if (this.isAsked || this.isDue) return;
    this.isAsked = true;
    this.host.route(this.id, this);
    this.host.send({ op: 'subscribe', id: this.id, ...this.filter, snapshot: true });
  }

  /** More waits for the application than may: nothing is asked for. What was comes whole, as any snapshot does. */
  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.isHeld = false;
    if (this.isDue) this.begin();
  }

  /** The connection is gone, and what was asked on it. */
  disconnected(): void {
    this.host.environment.clock.clearTimeout(this.timer);
    this.isAsked = this.isDue = false;
    this.host.removed(this.id);
  }

  /** Nobody wants them any more. */
  stop(): void {
    if (this.isAsked) this.host.send({ op: 'unsubscribe', id: this.id });
    this.disconnected();
  }

  replayed(event: WireEvent, bytes: number): void {
    if (event.snapshot === true) this.hooks.value(event, bytes);
  }

  handle(message: ServerMessage): void {
    if (message.op === 'snapshot') {
      this.stop();
      this.hooks.complete();
    } else if (message.op === 'error') {
      this.disconnected();
      // There is room again when another subscription ends; the main one lacks nothing but these values.
      if (!message.retry && message.code !== 'too_many')
        return this.hooks.failed(new RealtimeError(message.code, message.detail));
      this.timer = this.host.environment.clock.setTimeout(() => this.begin(), this.backoff.next());
    }
  }
}
