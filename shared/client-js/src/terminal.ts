import { Acknowledgement } from './acknowledgement.js';
import { Delivery } from './delivery.js';
import { RealtimeError } from './errors.js';
import { type TerminalGap, type TerminalItem, toTerminalGap } from './items.js';
import { Listeners } from './listeners.js';
import type { ClientMessage, ServerMessage, WireSize, WireTerminal } from './messages.js';
import { reportListenerError } from './report.js';
import type { Buffered } from './subscription.js';
import { type TerminalFrom, TerminalPosition } from './terminalPosition.js';
import { type SubscriptionHost, type SubscriptionStatus, WireControl } from './wireControl.js';

export interface TerminalOptions {
  /** Where to begin; `start`, the first byte retained, if left out. */
  from?: TerminalFrom | undefined;
}

type BytesItem = Extract<TerminalItem, { kind: 'bytes' }>;

type Told = {
  bytes: [data: Uint8Array, item: BytesItem];
  gap: [gap: TerminalGap];
  resize: [size: TerminalSize];
  end: [exitCode: number];
  status: [status: SubscriptionStatus];
  error: [error: RealtimeError];
};

const NoBytes = new Uint8Array(0);
/** Of columns or rows: what a pseudo-terminal can have. */
const ExtentMax = 65_535;

const isExtent = (count: unknown): count is number =>
  Number.isInteger(count) && (count as number) > 0 && (count as number) <= ExtentMax;

/** In characters. */
export type TerminalSize = { cols: number; rows: number };

/** What the application has taken. */
type Taken = { offset: number; epoch: string; text: string };

/** The output of one task, byte by byte, each once. Ends by itself after `end`. */
export class TerminalSubscription implements AsyncIterable<TerminalItem> {
  private readonly received = new TerminalPosition();
  private readonly wire: WireControl;
  private readonly delivery: Delivery<TerminalItem, Taken>;
  private readonly listeners = new Listeners<Told>();
  private taken: Taken | undefined;
  private readonly acknowledgement: Acknowledgement;
  private window = 0;
  /** The last one told. */
  private size: TerminalSize | undefined;

  /** @internal */
  constructor(
    readonly id: string,
    readonly task: string,
    private readonly from: TerminalFrom,
    private readonly host: SubscriptionHost,
  ) {
    this.acknowledgement = new Acknowledgement(host.environment.clock, (offset) => this.acknowledge(offset));
    this.wire = new WireControl(id, host, {
      subscribe: () => this.subscribeMessage(),
      statusChanged: (status) => void this.listeners.tell('status', status),
      failed: (error) => this.fail(error),
    });
    this.delivery = new Delivery(host.settings.bufferItems, host.settings.bufferBytes, {
      taken: (taken) => this.take(taken),
      merge: (_, newer) => newer,
      tell: (item) => this.tell(item),
      failed: (error) => this.tellFailure(error),
      full: (isFull) => void (isFull ? this.wire.hold('buffer') : this.wire.release('buffer')),
      abandoned: () => void this.close(),
    });
  }

  get status(): SubscriptionStatus {
    return this.wire.status;
  }

  /** Behind the bytes that the application has taken: store it, and give it as `from`. Undefined before the first. */
  get position(): string | undefined {
    return this.taken?.text;
  }

  /** What waits for the application. */
  get buffered(): Buffered {
    const { items, bytes, itemsMost, bytesMost } = this.delivery.buffer;
    return { items, bytes, itemsMost, bytesMost };
  }

  /** Callbacks instead of iteration. One that returns a promise gets the next item when that is settled. */
  on(kind: 'bytes', listener: (data: Uint8Array, item: BytesItem) => unknown): this;
  on(kind: 'gap', listener: (gap: TerminalGap) => unknown): this;
  on(kind: 'resize', listener: (size: TerminalSize) => unknown): this;
  on(kind: 'end', listener: (exitCode: number) => unknown): this;
  on(kind: 'status', listener: (status: SubscriptionStatus) => unknown): this;
  on(kind: 'error', listener: (error: RealtimeError) => unknown): this;
  on(kind: keyof Told, listener: (...told: never[]) => unknown): this {
    if (kind !== 'status' && kind !== 'error') this.delivery.listen();
    this.listeners.add(kind, listener as (...told: Told[typeof kind]) => unknown);
    return this;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<TerminalItem, undefined> {
    return this.delivery.iterate();
  }

  /** Fulfilled when the server has confirmed it; rejected when it fails, or is closed, or the client. */
  active(): Promise<void> {
    return this.wire.active();
  }

  pause(): Promise<void> {
    return this.wire.hold('application');
  }

  resume(): Promise<void> {
    return this.wire.release('application');
  }

  close(): Promise<void> {
    this.delivery.end();
    this.acknowledgement.stop();
    return this.wire.close();
  }

  /** @internal */
  connected(windowBytes: number): void {
    this.window = windowBytes;
    this.wire.connected();
  }

  /** @internal */
  disconnected(): void {
    this.acknowledgement.stop();
    this.wire.disconnected();
  }

  /** @internal */
  fail(error: RealtimeError): void {
    if (this.status === 'closed') return;
    this.acknowledgement.stop();
    void this.wire.close(error);
    this.delivery.fail(error);
  }

  /** @internal */
  handle(message: ServerMessage): void {
    switch (message.op) {
      case 'subscribed':
        return this.subscribed(message.offset, message.epoch, message.size);
      case 'unsubscribed':
        return this.wire.becameGone();
      case 'paused':
        return this.wire.becamePaused();
      case 'terminal':
        return this.bytes(message);
      case 'gap': {
        const gap = toTerminalGap(message);
        this.received.move(gap.resumesAt);
        // The server's window begins anew there too.
        this.acknowledgement.begin(this.received.offset!);
        return this.delivery.push({ kind: 'gap', gap }, 0, this.takenHere());
      }
      case 'error':
        return message.request === 'unsubscribe' ? this.wire.becameGone() : this.wire.refused(message);
    }
  }

  private subscribeMessage(): ClientMessage {
    const from = this.received.text ?? String(this.from);
    return { op: 'subscribe', id: this.id, terminal: this.task, from };
  }

  private subscribed(offset: number | undefined, epoch: string | undefined, size: WireSize | undefined): void {
    this.received.begin(offset!, epoch!);
    // The window begins anew with each subscription; `resume` leaves it as it was, with what still waits here.
    if (!this.wire.isOnServer) this.acknowledgement.begin(offset!);
    this.wire.becameActive();
    if (size !== undefined) this.resized(size);
  }

  private bytes(message: WireTerminal): void {
    if (!this.wire.isReceiving) return;
    const given = message.data === undefined ? NoBytes : message.data;
    if (!(given instanceof Uint8Array)) throw new RealtimeError('protocol', 'data of a terminal was no bytes');
    if (message.length !== given.length)
      throw new RealtimeError('protocol', `${given.length} bytes of a terminal came as ${String(message.length)}`);
    const exitCode = message.end?.exit_code;
    if (message.end !== undefined && !Number.isInteger(exitCode))
      throw new RealtimeError('protocol', 'a terminal ended without an exit code');
    const { offset, data } = this.received.accept(message.offset, message.epoch, given);
    if (data.length > 0) {
      const item: BytesItem = { kind: 'bytes', offset, data };
      if (message.stream !== undefined) item.stream = message.stream;
      this.delivery.push(item, data.length, this.takenHere());
    }
    if (message.resize !== undefined) this.resized(message.resize);
    if (exitCode !== undefined) this.ended(exitCode);
  }

  /** Told again where it resumes, so that a change there is not missed: once is enough for the application. */
  private resized(size: WireSize | null): void {
    const { cols, rows } = size ?? {};
    if (!isExtent(cols) || !isExtent(rows)) throw new RealtimeError('protocol', 'a terminal has no size');
    if (cols === this.size?.cols && rows === this.size.rows) return;
    this.size = { cols, rows };
    this.delivery.push({ kind: 'resize', cols, rows }, 0, this.takenHere());
  }

  /** Nothing follows: it closes by itself, once all was taken. */
  private ended(exitCode: number): void {
    this.delivery.push({ kind: 'end', exitCode }, 0);
    this.acknowledgement.stop();
    void this.wire.close();
    this.delivery.finish();
  }

  private takenHere(): Taken {
    const { offset, epoch, text } = this.received;
    return { offset: offset!, epoch: epoch!, text: text! };
  }

  private take(taken: Taken): void {
    this.taken = taken;
    // What waited since an older life of the terminal says nothing about this one's offsets.
    if (taken.epoch !== this.received.epoch || !this.wire.isOnServer) return;
    this.acknowledgement.take(taken.offset, this.window);
  }

  private acknowledge(offset: number): void {
    const { epoch } = this.received;
    if (this.wire.isOnServer) this.host.send({ op: 'ack', id: this.id, offset, epoch: epoch! });
  }

  private tell(item: TerminalItem): Promise<void> | undefined {
    switch (item.kind) {
      case 'bytes':
        return this.listeners.tell('bytes', item.data, item);
      case 'gap':
        return this.listeners.tell('gap', item.gap);
      case 'resize':
        return this.listeners.tell('resize', { cols: item.cols, rows: item.rows });
      case 'end':
        return this.listeners.tell('end', item.exitCode);
    }
  }

  private tellFailure(error: RealtimeError): void {
    if (this.listeners.has('error')) void this.listeners.tell('error', error);
    else reportListenerError(error);
  }
}
