import { Deadline, sleep } from './deadline.js';
import type { Environment } from './environment.js';
import { closedError, RealtimeError, toRealtimeError } from './errors.js';
import { probeHandshake } from './handshakeProbe.js';
import { jsonCodec } from './jsonCodec.js';
import { Link } from './link.js';
import type { ClientMessage, ServerMessage, TokenMessage, WireWelcome } from './messages.js';
import { msgpackCodec } from './msgpackCodec.js';
import type { Settings } from './options.js';
import { type Decision, type Ending, ReconnectPolicy } from './reconnectPolicy.js';
import type { ConnectionState } from './state.js';
import { TokenRenewal } from './tokenRenewal.js';
import { Tokens } from './tokens.js';

const Path = 'ws/agents';
/** When a browser says that the network is back, a wait is cut to a random time up to this. */
const OnlineDelayMax = 1_000;

export interface ConnectionHooks {
  stateChanged(state: ConnectionState): void;
  welcomed(welcome: WireWelcome): void;
  /** Another `welcome` of the same session. */
  agreed(welcome: WireWelcome): void;
  /** Those of one frame, and how many bytes it had. */
  messages(messages: readonly ServerMessage[], bytes: number): void;
  /** Something about the token that the application may want to know. */
  notice(error: RealtimeError): void;
  /** By the server's clock. */
  now(): number;
  /** A connection that was welcomed is no more. */
  lost(): void;
  /** There will be none again. */
  closed(error: RealtimeError | undefined): void;
}

/** Connecting -> connected -> waiting -> connecting … until it is closed. */
export class Connection {
  private readonly policy: ReconnectPolicy;
  private readonly stopping = new AbortController();
  private current: ConnectionState = { status: 'idle' };
  private link: Link | undefined;
  private running: Promise<void> | undefined;
  private renewal: TokenRenewal | undefined;
  private refusedToken: string | undefined;
  private readonly tickets: Tokens | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly tokens: Tokens,
    private readonly environment: Environment,
    private readonly hooks: ConnectionHooks,
  ) {
    this.policy = new ReconnectPolicy(settings, () => environment.random());
    if (settings.ticket !== undefined) this.tickets = new Tokens(settings.ticket, 'ticket');
  }

  get state(): ConnectionState {
    return this.current;
  }

  /** Whether what is sent now reaches a server that said `welcome`. */
  get isConnected(): boolean {
    return this.link !== undefined && this.current.status === 'connected';
  }

  /** Begins, unless it has. */
  start(): void {
    if (this.current.status !== 'closed') this.running ??= this.run();
  }

  /** Sends, if it is connected: else what is wanted is said at the next `welcome`. */
  send(message: ClientMessage): void {
    if (this.isConnected) this.link?.send(message);
  }

  /** Bytes that a message would have on the wire. */
  sizeOf(message: ClientMessage): number {
    return this.link?.sizeOf(message) ?? 0;
  }

  /** Ends for good; fulfilled when nothing is left of it. */
  async close(): Promise<void> {
    this.stopping.abort(closedError());
    this.link?.close();
    await this.running;
    this.finish(undefined);
  }

  private async run(): Promise<void> {
    for (;;) {
      this.enter({ status: 'connecting', attempt: this.policy.attempt });
      const { ending, lasted } = await this.attempt();
      if (lasted !== undefined) this.hooks.lost();
      if (this.stopping.signal.aborted) return;
      const decision = this.policy.decide(ending, lasted);
      if (decision.kind === 'close') return this.finish(decision.error);
      await this.wait(decision);
      if (this.stopping.signal.aborted) return;
    }
  }

  private async attempt(): Promise<{ ending: Ending; lasted: number | undefined }> {
    const { clock } = this.environment;
    const deadline = new Deadline(clock, this.settings.connectTimeout, [this.stopping.signal]);
    let since: number | undefined;
    const welcomed = (welcome: WireWelcome) => {
      if (since !== undefined) return this.hooks.agreed(welcome);
      deadline.clear();
      since = clock.now();
      this.policy.welcomed();
      this.current = { status: 'connected', session: welcome.session };
      // First all that belongs to it: who hears "connected" may ask for limits and time, or resume a subscription.
      this.hooks.welcomed(welcome);
      this.hooks.stateChanged(this.current);
    };
    try {
      const ending = await this.connect(deadline, welcomed);
      return { ending, lasted: since === undefined ? undefined : clock.now() - since };
    } finally {
      deadline.clear();
    }
  }

  private async connect(deadline: Deadline, welcomed: (welcome: WireWelcome) => void): Promise<Ending> {
    const { signal } = deadline;
    let token: string;
    try {
      token = await this.askForToken(signal);
    } catch (error) {
      if (signal.aborted) return { kind: 'timeout' };
      if (error instanceof RealtimeError && error.code === 'unauthorized') return { kind: 'impossible', error };
      return { kind: 'token_failed', error: toRealtimeError(error, 'token_failed') };
    }
    try {
      this.link = await this.open(token, welcomed);
    } catch (error) {
      return { kind: 'impossible', error: toRealtimeError(error, 'network') };
    }
    const link = this.link;
    const renewal = this.beginRenewal(token);
    const overdue = () => (deadline.isOver ? link.abandon({ kind: 'timeout' }) : link.close());
    if (signal.aborted) overdue();
    else signal.addEventListener('abort', overdue, { once: true });
    const ending = await link.ended;
    renewal?.stop();
    this.refusedToken = renewal?.inUse;
    this.link = this.renewal = undefined;
    if (ending.kind !== 'handshake' || signal.aborted) return ending;
    const url = new URL(Path, this.settings.url);
    const shown = this.tickets === undefined ? token : undefined;
    return { kind: 'handshake', answer: await probeHandshake(this.environment, url, shown, signal) };
  }

  /** What a ticket opened ends with the token behind it: another ticket opens the next one. */
  private beginRenewal(token: string): TokenRenewal | undefined {
    if (this.tickets !== undefined) return undefined;
    const { settings, tokens, environment, hooks } = this;
    this.renewal = new TokenRenewal(token, {
      settings,
      tokens,
      environment,
      now: () => hooks.now(),
      send: (message) => this.send(message),
      notice: (error) => hooks.notice(error),
    });
    return this.renewal;
  }

  private tokenTold(message: TokenMessage): void {
    if (message.op === 'expiring') this.renewal?.expiring(message.expires_at);
    else if (message.op === 'authenticated') this.renewal?.answered();
    else this.renewal?.answered(new RealtimeError(message.code, message.detail, { retry: message.retry }));
  }

  /** Throws the refusal if the callback gives the very token again that was refused. */
  private async askForToken(signal: AbortSignal): Promise<string> {
    const { isTokenRefused: refused, tokenRefusal } = this.policy;
    if (this.tickets !== undefined) return await this.tickets.fresh({ attempt: this.policy.attempt, refused }, signal);
    const token = await this.tokens.fresh({ attempt: this.policy.attempt, refused }, signal);
    if (tokenRefusal !== undefined && token === this.refusedToken) throw tokenRefusal;
    return token;
  }

  private async open(token: string, welcome: (welcome: WireWelcome) => void): Promise<Link> {
    const WebSocket = await this.environment.loadWebSocket();
    const url = new URL(Path, this.settings.url);
    url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
    const { heartbeat } = this.settings;
    if (heartbeat !== undefined) url.searchParams.set('heartbeat', `${heartbeat}ms`);
    if (this.tickets !== undefined) url.searchParams.set('ticket', token);
    const codecs = this.settings.format === 'json' ? [jsonCodec] : [msgpackCodec, jsonCodec];
    const shown = this.tickets === undefined ? [`bearer.${token}`] : [];
    const socket = new WebSocket(url.href, [...codecs.map((codec) => codec.subprotocol), ...shown]);
    const messages = (list: readonly ServerMessage[], bytes: number) => this.hooks.messages(list, bytes);
    const about = (message: TokenMessage) => this.tokenTold(message);
    return new Link(socket, codecs, this.environment.clock, { welcome, messages, token: about });
  }

  private async wait(decision: Decision & { kind: 'wait' }): Promise<void> {
    const { clock } = this.environment;
    const { delay, reason, error, closeCode, exact } = decision;
    const until = clock.now() + delay;
    const waiting = { status: 'waiting', attempt: this.policy.attempt, delay, until, reason, error } as const;
    const cut = new AbortController();
    const stop = () => cut.abort();
    const off = exact ? () => {} : this.environment.onOnline(stop);
    this.stopping.signal.addEventListener('abort', stop, { once: true });
    try {
      this.enter(closeCode === undefined ? waiting : { ...waiting, closeCode });
      await sleep(clock, delay, cut.signal).catch(async () => {
        // The network is back, for many at once: jittered still. Or it is being closed.
        const rest = Math.min(Math.max(0, until - clock.now()), OnlineDelayMax);
        await sleep(clock, this.environment.random() * rest, this.stopping.signal).catch(() => {});
      });
    } finally {
      off();
      this.stopping.signal.removeEventListener('abort', stop);
    }
  }

  private enter(state: ConnectionState): void {
    this.current = state;
    this.hooks.stateChanged(state);
  }

  private finish(error: RealtimeError | undefined): void {
    if (this.current.status === 'closed') return;
    this.enter(error === undefined ? { status: 'closed' } : { status: 'closed', error });
    this.hooks.closed(error);
  }
}
