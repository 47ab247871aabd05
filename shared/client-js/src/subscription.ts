import { compileFilter, type EventFilter, toWireFilter } from './filter.js';
import { Cursor, parseAll } from './cursor.js';
import { Delivery } from './delivery.js';
import type { RealtimeError } from './errors.js';
import { EventId } from './eventId.js';
import { type AgentEvent, toAgentEvent } from './events.js';
import { type EventItem, type EventOrigin, type Gap, type SubscriptionItem, toGap } from './items.js';
import { Listeners } from './listeners.js';
import type { ClientMessage, ServerMessage, WireEvent, WireGap, WireSubscribed } from './messages.js';
import { reportListenerError } from './report.js';
import { type CursorStep, TakenCursor } from './takenCursor.js';
import { ValuesRefill } from './valuesRefill.js';
import { type SubscriptionHost, type SubscriptionStatus, WireControl } from './wireControl.js';

/** Bytes that an item without an event counts as. */
const NoticeBytes = 64;

export interface SubscribeOptions {
  /** Resume behind these: the `cursor` that was stored. Empty is as if it was left out. */
  after?: readonly string[] | undefined;
  /** The latest value of each state key first, and again after a loss. */
  snapshot?: boolean | undefined;
  /** While behind, only the newest of several values of a state key. */
  conflate?: boolean | undefined;
}

type Told = {
  event: [event: AgentEvent, item: EventItem];
  gap: [gap: Gap];
  snapshot: [];
  conflated: [count: number];
  status: [status: SubscriptionStatus];
  error: [error: RealtimeError];
};

/** What waits for the application. */
export interface Buffered {
  items: number;
  bytes: number;
  /** The most that ever waited. */
  itemsMost: number;
  bytesMost: number;
}

/** The events of one filter, each once, in the order of their streams. By iteration or by callbacks, not both. */
export class Subscription implements AsyncIterable<SubscriptionItem> {
  private readonly matches: (event: WireEvent) => boolean;
  private readonly received: Cursor;
  private readonly taken: TakenCursor;
  private readonly wire: WireControl;
  private readonly refill: ValuesRefill;
  private readonly delivery: Delivery<SubscriptionItem, CursorStep>;
  private readonly listeners = new Listeners<Told>();
  private hasCursor: boolean;
  /** Values that were promised have not all come. */
  private awaitsValues = false;
  private lagNow = 0;

  /** @internal */
  constructor(
    readonly id: string,
    private readonly filter: EventFilter,
    private readonly options: SubscribeOptions,
    private readonly host: SubscriptionHost,
  ) {
    const after = options.after ?? [];
    this.matches = compileFilter(filter);
    this.received = Cursor.of(after);
    this.taken = new TakenCursor(after);
    this.hasCursor = after.length > 0;
    this.wire = new WireControl(id, host, {
      subscribe: () => this.subscribeMessage(),
      statusChanged: (status) => void this.listeners.tell('status', status),
      failed: (error) => this.fail(error),
    });
    this.refill = new ValuesRefill(id, toWireFilter(filter), host, {
      value: (event, bytes) => this.add(EventId.parse(event.id), toAgentEvent(event), bytes, 'snapshot'),
      complete: () => this.snapshotEnded([]),
      failed: (error) => this.fail(error),
    });
    this.delivery = new Delivery(host.settings.bufferItems, host.settings.bufferBytes, {
      taken: (step) => this.taken.apply(step),
      merge: (older, newer) => TakenCursor.merge(older, newer),
      tell: (item) => this.tell(item),
      failed: (error) => this.tellFailure(error),
      full: (isFull) => this.weighed(isFull),
      abandoned: () => void this.close(),
    });
  }

  get status(): SubscriptionStatus {
    return this.wire.status;
  }

  /** What the application has taken: store it, and give it as `after`. Empty until it can be resumed from. */
  get cursor(): string[] {
    return this.taken.toList();
  }

  /** How old the newest event was when it arrived, by the server's clock, in ms; 0 if nothing was behind. */
  get lag(): number {
    return this.lagNow;
  }

  /** What waits for the application. */
  get buffered(): Buffered {
    const { items, bytes, itemsMost, bytesMost } = this.delivery.buffer;
    return { items, bytes, itemsMost, bytesMost };
  }

  /** Callbacks instead of iteration. One that returns a promise gets the next item when that is settled. */
  on(kind: 'event', listener: (event: AgentEvent, item: EventItem) => unknown): this;
  on(kind: 'gap', listener: (gap: Gap) => unknown): this;
  on(kind: 'snapshot', listener: () => unknown): this;
  on(kind: 'conflated', listener: (count: number) => unknown): this;
  on(kind: 'status', listener: (status: SubscriptionStatus) => unknown): this;
  on(kind: 'error', listener: (error: RealtimeError) => unknown): this;
  on(kind: keyof Told, listener: (...told: never[]) => unknown): this {
    if (kind !== 'status' && kind !== 'error') this.delivery.listen();
    this.listeners.add(kind, listener as (...told: Told[typeof kind]) => unknown);
    return this;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<SubscriptionItem, undefined> {
    return this.delivery.iterate();
  }

  /**
   * Fulfilled when the server has confirmed it: all that is published from then on is delivered, after breaks and pauses
   * too. Rejected when it fails, or is closed, or the client.
   */
  active(): Promise<void> {
    return this.wire.active();
  }

  /** Nothing is sent until `resume`; nothing is lost. Fulfilled when the server has said so. */
  pause(): Promise<void> {
    return this.wire.hold('application');
  }

  /** Goes on with what was missed. */
  resume(): Promise<void> {
    return this.wire.release('application');
  }

  /** Ends it: nothing more is told, iteration ends. */
  close(): Promise<void> {
    this.delivery.end();
    this.refill.stop();
    return this.wire.close();
  }

  /** @internal */
  connected(): void {
    this.wire.connected();
  }

  /** @internal */
  disconnected(): void {
    this.refill.disconnected();
    this.wire.disconnected();
  }

  /** @internal Ends it by an error; what waits is delivered first. */
  fail(error: RealtimeError): void {
    if (this.status === 'closed') return;
    this.refill.stop();
    void this.wire.close(error);
    this.delivery.fail(error);
  }

  /** @internal A live event of the connection: its own if it matches while it is active. */
  live(wire: WireEvent, id: EventId, event: AgentEvent, bytes: number): void {
    if (this.wire.isReceiving && this.matches(wire)) this.add(id, event, bytes, 'live');
  }

  /** @internal An event behind a `replay` header: its own, whatever it is. */
  replayed(wire: WireEvent, bytes: number): void {
    if (!this.wire.isReceiving) return;
    const id = EventId.parse(wire.id);
    this.add(id, toAgentEvent(wire, id), bytes, wire.snapshot === true ? 'snapshot' : 'replay');
  }

  /** @internal */
  handle(message: ServerMessage): void {
    switch (message.op) {
      case 'subscribed':
        return this.subscribed(message);
      case 'unsubscribed':
        return this.wire.becameGone();
      case 'paused':
        this.adopt(message.cursor ?? []);
        return this.wire.becamePaused();
      case 'cursor':
        this.lagNow = 0;
        return this.adopt(message.cursor);
      case 'snapshot':
        return this.snapshotEnded(message.cursor ?? []);
      case 'gap':
        return this.gap(message);
      case 'conflated':
        return this.delivery.push({ kind: 'conflated', count: message.count }, NoticeBytes);
      case 'error':
        return message.request === 'unsubscribe' ? this.wire.becameGone() : this.wire.refused(message);
    }
  }

  private weighed(isFull: boolean): void {
    if (isFull) this.refill.hold();
    else this.refill.release();
    void (isFull ? this.wire.hold('buffer') : this.wire.release('buffer'));
  }

  private subscribeMessage(): ClientMessage {
    const message: ClientMessage = { op: 'subscribe', id: this.id, ...toWireFilter(this.filter) };
    if (this.hasCursor) message.after = this.received.toList();
    if (this.options.snapshot) message.snapshot = true;
    if (this.options.conflate) message.conflate = true;
    return message;
  }

  private subscribed(message: WireSubscribed): void {
    const positions = parseAll(message.cursor ?? []);
    const isResumed = message.recovered === true;
    this.received.replace(positions);
    this.hasCursor = true;
    if (this.options.snapshot && !isResumed) this.awaitsValues = true;
    this.delivery.mark({ positions, hold: this.awaitsValues });
    this.lagNow = 0;
    // What was promised before the connection broke; the server sees nothing lost, and does not send it again.
    if (this.awaitsValues && isResumed) this.refill.begin();
    this.wire.becameActive();
  }

  private snapshotEnded(cursor: readonly string[]): void {
    const positions = parseAll(cursor);
    this.awaitsValues = false;
    this.received.adopt(positions);
    this.delivery.push({ kind: 'snapshot' }, NoticeBytes, { positions, release: true });
  }

  private adopt(cursor: readonly string[]): void {
    const positions = parseAll(cursor);
    this.received.adopt(positions);
    this.delivery.mark({ positions });
  }

  private gap(wire: WireGap): void {
    const gap = toGap(wire);
    const positions = [EventId.parse(gap.cursor)];
    this.received.adopt(positions);
    this.delivery.push({ kind: 'gap', gap }, NoticeBytes, { positions });
  }

  private add(id: EventId, event: AgentEvent, bytes: number, origin: EventOrigin): void {
    if (origin === 'snapshot') return this.delivery.push({ kind: 'event', event, origin }, bytes);
    if (!this.received.take(id)) return;
    this.lagNow = Math.max(0, this.host.now() - id.ms);
    this.delivery.push({ kind: 'event', event, origin }, bytes, { positions: [id] });
  }

  private tell(item: SubscriptionItem): Promise<void> | undefined {
    switch (item.kind) {
      case 'event':
        return this.listeners.tell('event', item.event, item);
      case 'gap':
        return this.listeners.tell('gap', item.gap);
      case 'snapshot':
        return this.listeners.tell('snapshot');
      case 'conflated':
        return this.listeners.tell('conflated', item.count);
    }
  }

  private tellFailure(error: RealtimeError): void {
    if (this.listeners.has('error')) void this.listeners.tell('error', error);
    else reportListenerError(error);
  }
}
