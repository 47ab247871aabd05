import { CloseCodes } from './closeCodes.js';
import type { Codec } from './codec.js';
import type { Clock } from './environment.js';
import { RealtimeError, toRealtimeError } from './errors.js';
import { Liveness } from './liveness.js';
import type { ClientMessage, ServerMessage, TokenMessage, WireDrain, WireWelcome } from './messages.js';
import type { Ending } from './reconnectPolicy.js';
import type { WebSocketLike } from './platform.browser.js';

/** How long the peer may take to answer our close frame. */
const CloseTimeout = 1_000;

export interface LinkHooks {
  welcome(welcome: WireWelcome): void;
  /** What is said of the token. */
  token(message: TokenMessage): void;
  /** The messages of one frame, and how many bytes it had. */
  messages(messages: readonly ServerMessage[], bytes: number): void;
}

/** One socket, from its opening to its end. `ended` is told once, after which nothing comes any more. */
export class Link {
  readonly ended: Promise<Ending>;
  private end!: (ending: Ending) => void;
  private isEnded = false;
  private isOpen = false;
  private liveness: Liveness | undefined;
  private timer: unknown;
  private drain: WireDrain | undefined;
  private codec: Codec;

  constructor(
    private readonly socket: WebSocketLike,
    private readonly codecs: readonly Codec[],
    private readonly clock: Clock,
    private readonly hooks: LinkHooks,
  ) {
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.codec = codecs[0]!;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.opened();
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = (event) => this.closed(event.code, event.reason);
    // `close` follows and says more. Without a listener, `ws` would throw.
    socket.onerror = () => {};
  }

  send(message: ClientMessage): void {
    if (!this.isEnded) this.socket.send(this.codec.encode(message));
  }

  sizeOf(message: ClientMessage): number {
    const frame = this.codec.encode(message);
    return typeof frame === 'string' ? this.codec.sizeOf(frame) : frame.byteLength;
  }

  /** Says goodbye, and waits a little for the answer. */
  close(): void {
    if (this.isEnded) return;
    this.liveness?.stop();
    this.clock.clearTimeout(this.timer);
    this.timer = this.clock.setTimeout(() => {
      this.abandon({ kind: 'closed', code: CloseCodes.Normal, reason: '' });
    }, CloseTimeout);
    this.socket.onmessage = null;
    this.socket.close(CloseCodes.Normal);
  }

  /** Ends without the peer's answer. */
  abandon(ending: Ending, code: number = CloseCodes.Normal): void {
    if (this.isEnded) return;
    this.finish(ending);
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    if (this.socket.terminate) this.socket.terminate();
    else this.socket.close(code);
  }

  /** The form is the server's choice among those offered. */
  private opened(): void {
    this.isOpen = true;
    this.codec = this.codecs.find(({ subprotocol }) => subprotocol === this.socket.protocol) ?? this.codec;
  }

  private receive(data: unknown): void {
    this.liveness?.hear();
    try {
      const messages = this.codec.decode(data);
      for (const message of messages) this.look(message);
      if (!this.isEnded) this.hooks.messages(messages, this.codec.sizeOf(data));
    } catch (error) {
      this.abandon({ kind: 'protocol', error: toRealtimeError(error, 'protocol') }, CloseCodes.BadMessage);
    }
  }

  /** What concerns the connection itself. */
  private look(message: ServerMessage): void {
    if (message.op === 'welcome') return this.welcome(message);
    if (this.liveness === undefined) throw new RealtimeError('protocol', `${message.op} came before welcome`);
    if (message.op === 'ping') this.send({ ...message, op: 'pong' });
    else if (message.op === 'drain') this.drained(message);
    else if (message.op === 'expiring' || message.op === 'authenticated') this.hooks.token(message);
    else if (message.op === 'error' && message.request === 'auth') this.hooks.token(message);
  }

  /** The first one opens; another of the same session tells that something else was agreed. */
  private welcome(welcome: WireWelcome): void {
    if (!(welcome.heartbeat_ms > 0)) throw new RealtimeError('protocol', 'welcome has no heartbeat_ms');
    this.liveness?.stop();
    this.liveness = new Liveness(
      this.clock,
      welcome.heartbeat_ms,
      () => this.send({ op: 'ping' }),
      () => this.abandon({ kind: 'dead_peer' }, CloseCodes.DeadPeer),
    );
    this.hooks.welcome(welcome);
  }

  private drained(drain: WireDrain): void {
    this.drain = drain;
    this.clock.clearTimeout(this.timer);
    // The server closes; should it forget to, we go by ourselves.
    this.timer = this.clock.setTimeout(() => {
      this.abandon({ kind: 'closed', code: CloseCodes.ServiceRestart, reason: '', drainDelay: drain.delay });
    }, drain.deadline + CloseTimeout);
  }

  private closed(code: number, reason: string): void {
    if (!this.isOpen) return this.finish({ kind: 'handshake', answer: undefined });
    const closed = { kind: 'closed', code, reason } as const;
    this.finish(this.drain ? { ...closed, drainDelay: this.drain.delay } : closed);
  }

  private finish(ending: Ending): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.liveness?.stop();
    this.clock.clearTimeout(this.timer);
    this.end(ending);
  }
}
