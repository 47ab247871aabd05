import { utf8Length } from './codec.js';
import type { RealtimeError } from './errors.js';
import { EventId } from './eventId.js';
import { toAgentEvent } from './events.js';
import type { ServerMessage, WireError, WireEvent, WireWelcome } from './messages.js';
import type { ServerClock } from './serverClock.js';
import { Subscription } from './subscription.js';
import type { TerminalSubscription } from './terminal.js';

type Any = Subscription | TerminalSubscription;

/** The subscriptions of one client, and which message is whose. */
export class Router {
  private readonly byId = new Map<string, Any>();
  private welcome: WireWelcome | undefined;

  constructor(
    private readonly clock: ServerClock,
    private readonly notice: (error: WireError) => void,
  ) {}

  add(subscription: Any): void {
    this.byId.set(subscription.id, subscription);
    if (this.welcome !== undefined) this.connect(subscription, this.welcome);
  }

  remove(id: string): void {
    this.byId.delete(id);
  }

  connected(welcome: WireWelcome): void {
    this.welcome = welcome;
    for (const subscription of [...this.byId.values()]) this.connect(subscription, welcome);
  }

  disconnected(): void {
    this.welcome = undefined;
    for (const subscription of [...this.byId.values()]) subscription.disconnected();
  }

  /** Ends all: by an error, or by the application. */
  close(error: RealtimeError | undefined): void {
    for (const subscription of [...this.byId.values()]) {
      if (error === undefined) void subscription.close();
      else subscription.fail(error);
    }
  }

  /** The messages of one frame. Of an array, each counts as its share of the bytes. */
  dispatch(messages: readonly ServerMessage[], frame: string): void {
    let replayFor: Any | undefined;
    let isReplay = false;
    const bytes = Math.ceil(utf8Length(frame) / Math.max(1, messages.length));
    for (const message of messages) {
      if (message.op === 'replay') {
        replayFor = this.byId.get(message.id);
        isReplay = true;
      } else if (message.op !== 'event') this.dispatchOne(message);
      else if (!isReplay) this.live(message, bytes);
      else if (replayFor instanceof Subscription) replayFor.replayed(message, bytes);
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
    for (const subscription of this.byId.values())
      if (subscription instanceof Subscription) subscription.live(message, id, event, bytes);
  }

  private dispatchOne(message: ServerMessage): void {
    if (message.op === 'error' && (message.id === undefined || message.request === undefined)) {
      this.notice(message);
    } else if ('id' in message && message.id !== undefined) {
      this.byId.get(message.id)?.handle(message);
    }
  }
}
