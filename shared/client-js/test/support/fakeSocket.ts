import { expect } from 'vitest';
import { decode, encode } from '@msgpack/msgpack';
import type { ClientMessage } from '../../src/messages.js';
import type { WebSocketLike } from '../../src/platform.browser.js';

/** A socket whose other end the test plays. */
export class FakeSocket implements WebSocketLike {
  onopen: ((event: unknown) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly sent: ClientMessage[] = [];
  /** The server's choice: the first that is offered. */
  protocol: string;
  binaryType = 'blob';
  closedWith: number | undefined;
  isTerminated = false;
  /** Whether the peer answers our close frame. */
  answersClose = true;

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    this.protocol = protocols[0]!;
  }

  send(data: string | Uint8Array): void {
    this.sent.push((typeof data === 'string' ? JSON.parse(data) : decode(data)) as ClientMessage);
  }

  close(code?: number): void {
    this.closedWith = code ?? 1005;
    if (this.answersClose) queueMicrotask(() => this.onclose?.({ code: this.closedWith!, reason: '' }));
  }

  terminate(): void {
    this.isTerminated = true;
  }

  open(): this {
    this.onopen?.({});
    return this;
  }

  /** The server says something, in the form that was chosen: a message, or an array in one frame. A text goes as it is. */
  say(message: unknown): this {
    this.onmessage?.({ data: typeof message === 'string' ? message : this.frame(message) });
    return this;
  }

  /** @internal */
  frame(message: unknown): unknown {
    if (this.protocol === 'realtime.v1.json') return JSON.stringify(message);
    expect(this.binaryType).toBe('arraybuffer');
    return encode(message, { ignoreUndefined: true }).slice().buffer;
  }

  welcome(more: object = {}): this {
    return this.open().say({
      op: 'welcome',
      session: 'w1-1',
      features: [],
      heartbeat_ms: 20_000,
      limits: { message_bytes: 65_536, subscriptions: 64, terminal_window_bytes: 262_144 },
      time: Date.now(),
      ...more,
    });
  }

  /** The server, or the network, ends it. */
  end(code: number, reason = ''): void {
    this.onclose?.({ code, reason });
  }

  /** What was sent with this op. */
  of<Op extends ClientMessage['op']>(op: Op): Extract<ClientMessage, { op: Op }>[] {
    return this.sent.filter((message): message is Extract<ClientMessage, { op: Op }> => message.op === op);
  }
}
