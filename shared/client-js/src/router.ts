import type { RealtimeError } from './errors.js';
import { EventId } from './eventId.js';
import { toAgentEvent } from './events.js';
import type { ServerMessage, WireError, WireEvent, WireWelcome } from './messages.js';
import type { ServerClock } from './serverClock.js';
import { Subscription } from './subscription.js';
import type { TerminalSubscription } from './terminal.js';
import type { Route } from './wireControl.js';

type Any = Subscription | TerminalSubscription;

/** The subscriptions of one client, and which message is whose. */
export class Router {
  private readonly all = new Set<Any>();
  private readonly routes = new Map<string, Route>();
  private welcome: WireWelcome | undefined;

  constructor(
    private readonly clock: ServerClock,
    private readonly notice: (error: WireError) => void,
  ) {}

  add(subscription: Any): void {
    this.all.add(subscription);
    this.routes.set(subscription.id, subscription);
    if (this.welcome !== undefined) this.connect(subscription, this.welcome);
  }

  route(id: string, route: Route): void {
    this.routes.set(id, route);
  }

  remove(id: string): void {
    const route = this.routes.get(id);
    this.routes.delete(id);
    this.all.delete(route as Any);
  }

  connected(welcome: WireWelcome): void {
    this.welcome = welcome;
    for (const subscription of [...this.all]) this.connect(subscription, welcome);
  }

  disconnected(): void {
    this.welcome = undefined;
    for (const subscription of [...this.all]) subscription.disconnected();
  }

  /** Ends all: by an error, or by the application. */
  close(error: RealtimeError | undefined): void {
    for (const subscription of [...this.all]) {
      if (error === undefined) void subscription.close();
      else subscription.fail(error);
    }
  }

  /** The messages of one frame of so many bytes. Of an array, each counts as its share of them. */
  dispatch(messages: readonly ServerMessage[], frameBytes: number): void {
    let replayFor: Route | undefined;
    let isReplay = false;
    const bytes = Math.ceil(frameBytes / Math.max(1, messages.length));
    for (const message of messages) {
      if (message.op === 'replay') {
        replayFor = this.routes.get(message.id);
        isReplay = true;
      } else if (message.op !== 'event') this.dispatchOne(message);
      else if (!isReplay) this.live(message, bytes);
      else replayFor?.replayed?.(message, bytes);
    }
  }

  private connect(subscription: Any, welcome: WireWelcome): void {
    if (subscription instanceof Subscription) subscription.connected();
    else subscription.connected(welcome.limits.terminal_window_bytes);
  }

  private live(message: WireEvent, bytes: number): void {
    const id = EventId.parse(message.id);
    const event = toAgentEvent(message, id);
    this.clock.hear(message.sent);
    for (const subscription of this.all)
      if (subscription instanceof Subscription) subscription.live(message, id, event, bytes);
  }

  private dispatchOne(message: ServerMessage): void {
    // The connection's own.
    if (message.op === 'error' && message.request === 'auth') return;
    if (message.op === 'error' && (message.id === undefined || message.request === undefined)) {
      this.notice(message);
    } else if ('id' in message && message.id !== undefined) {
      this.routes.get(message.id)?.handle(message);
    }
  }
}
