import { Connection } from './connection.js';
import { defaultEnvironment, type Environment } from './environment.js';
import { closedError, type RealtimeError } from './errors.js';
import { checkFilter, type EventFilter } from './filter.js';
import { Http } from './http.js';
import { checkKeys } from './knownKeys.js';
import { type Lease, type Leased, type LeaseOptions, takeLease } from './lease.js';
import { Listeners } from './listeners.js';
import type { WireError, WireWelcome } from './messages.js';
import { checkOptions, type ClientOptions, type Settings } from './options.js';
import { type Producer, toProducer } from './producer.js';
import { Publisher, type PublishEvent, type PublishResult } from './publisher.js';
import {
  type HistoryPage,
  type HistoryQuery,
  type LatestPage,
  type LatestQuery,
  readHistory,
  readLatest,
  readValues,
  type ValuesPage,
  type ValuesQuery,
} from './reading.js';
import { Router } from './router.js';
import { ServerClock } from './serverClock.js';
import type { ConnectionState } from './state.js';
import { type SubscribeOptions, Subscription } from './subscription.js';
import { createTicket, type Ticket, type TicketOptions } from './tickets.js';
import { type TerminalOptions, TerminalSubscription } from './terminal.js';
import { readTerminal, type ReadTerminalOptions, type TerminalContent } from './terminalReading.js';
import { TerminalWriter, type TerminalWriterOptions } from './terminalWriter.js';
import { Tokens } from './tokens.js';
import type { SubscriptionHost } from './wireControl.js';

/** What the server allows this connection. */
export interface ServerLimits {
  /** Bytes of one message to the server. */
  messageBytes: number;
  subscriptions: number;
  /** Bytes of a terminal that it sends beyond what was acknowledged. */
  terminalWindowBytes: number;
}

/** An `error` of the server that concerns no request, `subscription` if it concerns one; or what becomes of the token. */
export interface ServerError {
  code: string;
  detail: string;
  retry: boolean;
  subscription?: string;
}

type Told = { state: [state: ConnectionState]; notice: [notice: ServerError] };

/** One connection to the edge, made when something is first asked of it, and any number of subscriptions on it. */
export class RealtimeClient {
  private readonly settings: Settings;
  private readonly environment: Environment;
  private readonly listeners = new Listeners<Told>();
  private readonly closing = new AbortController();
  private readonly clock: ServerClock;
  private readonly connection: Connection;
  private readonly router: Router;
  private readonly http: Http;
  private readonly publisher: Publisher;
  private readonly producer: Producer | undefined;
  private readonly leases = new Set<Lease>();
  private readonly host: SubscriptionHost;
  private lastLimits: ServerLimits | undefined;
  private lastHeartbeat: number | undefined;
  private subscriptions = 0;

  /** Throws a `TypeError` that names what is wrong with the options. */
  constructor(options: ClientOptions);
  /** @internal */
  constructor(options: ClientOptions, environment: Environment);
  constructor(options: ClientOptions, environment: Environment = defaultEnvironment) {
    this.settings = checkOptions(options);
    this.environment = environment;
    const tokens = new Tokens(this.settings.token);
    this.clock = new ServerClock(() => environment.clock.now());
    this.router = new Router(this.clock, (error) => this.tellNotice(error));
    this.connection = new Connection(this.settings, tokens, environment, {
      stateChanged: (state) => void this.listeners.tell('state', state),
      welcomed: (welcome) => this.welcomed(welcome),
      agreed: (welcome) => this.agreed(welcome),
      messages: (messages, bytes) => this.router.dispatch(messages, bytes),
      notice: (error) => this.tellNotice(error),
      now: () => this.now(),
      lost: () => this.router.disconnected(),
      closed: (error) => this.closed(error),
    });
    const { url, connectTimeout } = this.settings;
    this.http = new Http(url, tokens, connectTimeout, environment, this.closing.signal);
    this.producer = toProducer(this.settings.producer, environment.clock.now());
    this.publisher = new Publisher(this.http, this.settings, environment, this.closing.signal, this.producer);
    this.host = this.makeHost();
  }

  get state(): ConnectionState {
    return this.connection.state;
  }

  /** Of the last `welcome`. */
  get limits(): ServerLimits | undefined {
    return this.lastLimits;
  }

  /** What silence is too long, ms, as the last `welcome` told it. */
  get heartbeat(): number | undefined {
    return this.lastHeartbeat;
  }

  /** The server's clock, ms since 1970, as far as known: this machine's before the first `welcome`. */
  now(): number {
    return this.clock.now();
  }

  /** Returns "off". */
  on(event: 'state', listener: (state: ConnectionState) => void): () => void;
  on(event: 'notice', listener: (notice: ServerError) => void): () => void;
  on(event: keyof Told, listener: (told: never) => void): () => void {
    return this.listeners.add(event, listener as (...told: Told[typeof event]) => void);
  }

  /** Fulfilled when connected; rejected when the client is closed, by whomever. What can be tried again is. */
  connect(): Promise<void> {
    this.connection.start();
    return new Promise((resolve, reject) => {
      const look = (state: ConnectionState) => {
        if (state.status === 'connected') resolve();
        else if (state.status === 'closed') reject(state.error ?? closedError());
        else return;
        off();
      };
      const off = this.on('state', look);
      look(this.state);
    });
  }

  /** Events that match a filter; all without one. */
  subscribe(filter: EventFilter & SubscribeOptions = {}): Subscription {
    checkFilter('Options of subscribe', filter, ['after', 'snapshot', 'conflate']);
    const { after, snapshot, conflate, ...lists } = filter;
    return this.begin(new Subscription(this.nextId(), lists, { after, snapshot, conflate }, this.host));
  }

  /** The output of one task. */
  terminal(task: string, options: TerminalOptions = {}): TerminalSubscription {
    checkKeys('Options of terminal', options, ['from']);
    return this.begin(new TerminalSubscription(this.nextId(), task, options.from ?? 'start', this.host));
  }

  /**
   * Stores events, each once however often it had to be tried. Fulfilled with a result for each event, all stored; else
   * rejected, by a `PublishError` if the results differ.
   */
  publish(
    events: PublishEvent | readonly PublishEvent[],
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<PublishResult[]> {
    return this.publisher.publish(Array.isArray(events) ? events : [events as PublishEvent], options.signal);
  }

  /** Events after a cursor, oldest first. */
  history(query: HistoryQuery = {}): Promise<HistoryPage> {
    return readHistory(this.http, query);
  }

  /** The newest events, oldest first. */
  latest(query: LatestQuery = {}): Promise<LatestPage> {
    return readLatest(this.http, query);
  }

  /** The latest value of each state key. */
  values(query: ValuesQuery = {}): Promise<ValuesPage> {
    return readValues(this.http, query);
  }

  /** Bytes of a terminal, once. */
  readTerminal(task: string, options: ReadTerminalOptions = {}): Promise<TerminalContent> {
    return readTerminal(this.http, task, options);
  }

  /** Writes the output of one task: `append` after `append`, then `end`. */
  terminalWriter(task: string, options: TerminalWriterOptions = {}): TerminalWriter {
    const { http, settings, environment, producer } = this;
    return new TerminalWriter(task, options, { http, settings, environment, producer, closed: this.closing.signal });
  }

  /**
   * Takes a lease on an agent for this client's producer, and keeps it: when this process is gone without a word, the log
   * says that the agent is lost, so that it isn't shown as working for ever.
   */
  async leaseAgent(agent: string, options: LeaseOptions = {}): Promise<Lease> {
    checkKeys('Options of leaseAgent', options, ['ttl', 'signal']);
    return await this.lease({ agent }, options);
  }

  /**
   * Takes a lease on a task and claims its terminal for this client's producer, and keeps it: while it lives, nobody else
   * writes to the terminal; when this process is gone without a word, the log says that the task is lost, and ends the
   * terminal with exit code -1.
   */
  async leaseTask(task: string, options: LeaseOptions & { agent?: string | undefined } = {}): Promise<Lease> {
    checkKeys('Options of leaseTask', options, ['ttl', 'signal', 'agent']);
    return await this.lease({ agent: options.agent, task }, options);
  }

  /** Makes a ticket, by which somebody else opens one connection for this client's user, with no more than its grants. */
  async createTicket(options: TicketOptions = {}): Promise<Ticket> {
    const { http, settings, environment } = this;
    return await createTicket(options, { http, settings, environment, closed: this.closing.signal });
  }

  /** Gives leases back and ends everything: subscriptions, requests, the connection. Then nothing is left of it. */
  async close(): Promise<void> {
    if (this.leases.size > 0) await Promise.all([...this.leases].map((lease) => lease.release()));
    this.closing.abort(closedError());
    this.router.close(undefined);
    await this.connection.close();
  }

  private async lease(leased: Leased, options: LeaseOptions): Promise<Lease> {
    const { http, settings, environment, producer } = this;
    if (producer === undefined) throw new TypeError("Leases are a producer's: the option producer is not set");
    const host = { http, settings, environment, producer, closed: this.closing.signal };
    const lease = await takeLease(leased, options, host, (ended) => this.leases.delete(ended));
    this.leases.add(lease);
    return lease;
  }

  private begin<T extends Subscription | TerminalSubscription>(subscription: T): T {
    this.router.add(subscription);
    const { state } = this.connection;
    if (state.status === 'closed') subscription.fail(state.error ?? closedError());
    this.connection.start();
    return subscription;
  }

  private nextId(): string {
    return `s${++this.subscriptions}`;
  }

  private makeHost(): SubscriptionHost {
    const { connection } = this;
    const messageBytesMax = () => this.lastLimits?.messageBytes ?? Infinity;
    return {
      environment: this.environment,
      settings: this.settings,
      get isConnected() {
        return connection.isConnected;
      },
      get messageBytesMax() {
        return messageBytesMax();
      },
      now: () => this.now(),
      sizeOf: (message) => connection.sizeOf(message),
      send: (message) => connection.send(message),
      route: (id, route) => this.router.route(id, route),
      removed: (id) => this.router.remove(id),
    };
  }

  private welcomed(welcome: WireWelcome): void {
    this.agreed(welcome);
    this.router.connected(welcome);
  }

  private agreed(welcome: WireWelcome): void {
    this.clock.welcome(welcome.time);
    this.lastHeartbeat = welcome.heartbeat_ms;
    this.lastLimits = {
      messageBytes: welcome.limits.message_bytes,
      subscriptions: welcome.limits.subscriptions,
      terminalWindowBytes: welcome.limits.terminal_window_bytes,
    };
  }

  private closed(error: RealtimeError | undefined): void {
    this.closing.abort(error ?? closedError());
    this.router.close(error);
  }

  private tellNotice({ code, detail, retry, id }: Omit<WireError, 'op' | 'request'>): void {
    const notice = { code, detail, retry };
    void this.listeners.tell('notice', id === undefined ? notice : { ...notice, subscription: id });
  }
}
