import { unknownKeys } from './knownKeys.js';
import { isToken } from './tokens.js';

/** What a token callback is told. */
export interface TokenRequest {
  /** Number of the attempt, in a row of failures, from 1. */
  attempt: number;
  /** Whether the last token was refused, or of no use: a cached one won't do. */
  refused: boolean;
  /** Whether it is to take the place of one that ends soon, on a connection that goes on: there is no hurry of more than seconds. */
  expiring?: boolean | undefined;
}

export type TokenSource = string | ((request: TokenRequest) => string | Promise<string>);

/** Gives a ticket that nobody used yet, such as one's own server makes by `createTicket`. */
export type TicketSource = (request: TokenRequest) => string | Promise<string>;

/**
 * Who publishes: its events are numbered, so that none is lost, doubled or swapped, however often it had to be tried, and
 * the terminals that it writes are claimed for it.
 */
export interface ProducerOptions {
  /** Its name, the same after each start: 1 to 128 characters of `A-Z a-z 0-9 . _ : -`. */
  id: string;
  /**
   * Its life, higher after each start: the time at which the client is made, in ms since 1970. Leave room between two: after
   * a loss the client begins anew by itself, with the next higher one.
   */
  epoch?: number | undefined;
}

/** Times are ms, sizes bytes. */
export interface ClientOptions {
  /** The edge's address, `https://…`; `http://` only for this machine itself. */
  url: string | URL;
  /** A text, or a callback that is asked before each attempt to connect. Needless with `ticket`, if nothing goes over HTTP. */
  token?: TokenSource | undefined;
  /** A callback that is asked before each attempt to connect, for a ticket that opens it instead of the token. */
  ticket?: TicketSource | undefined;
  /** What is spoken: MessagePack with LZ4, or JSON, which one can read along: `msgpack`. */
  format?: 'msgpack' | 'json' | undefined;
  reconnect?: {
    /** Upper bound of the first delay, 500. */
    delay?: number | undefined;
    /** Upper bound of any delay, 30,000. */
    delayMax?: number | undefined;
    /** Failures in a row after which it gives up; unlimited. */
    attemptsMax?: number | undefined;
  };
  /** One attempt to connect, and one HTTP request: 10,000. */
  connectTimeout?: number | undefined;
  /**
   * Silence after which the server is asked whether it lives, 10,000 to 60,000; after twice that the connection is given
   * up. As the server has it.
   */
  heartbeat?: number | undefined;
  /** Items that wait for the application, per subscription, before it is paused: 1,024. */
  bufferItems?: number | undefined;
  /** Bytes of them, as received: 1 MiB. */
  bufferBytes?: number | undefined;
  /** Who publishes, if events are to be numbered; without it each event has a key of its own. */
  producer?: ProducerOptions | undefined;
  publish?: {
    /** Requests for the same events, 10. */
    attemptsMax?: number | undefined;
    /** Upper bound of the delay between two of them, 5,000: shorter than that of a connection, since somebody waits. */
    delayMax?: number | undefined;
    /** All of them together, 60,000. */
    timeout?: number | undefined;
  };
}

/** The options with their defaults. */
export interface Settings {
  url: URL;
  token: TokenSource | undefined;
  ticket: TicketSource | undefined;
  format: 'msgpack' | 'json';
  reconnectDelay: number;
  reconnectDelayMax: number;
  attemptsMax: number;
  connectTimeout: number;
  /** What to ask for; without it the server decides. */
  heartbeat: number | undefined;
  bufferItems: number;
  bufferBytes: number;
  publishAttemptsMax: number;
  publishDelayMax: number;
  publishTimeout: number;
  producer: ProducerOptions | undefined;
}

const Known = [
  'url',
  'token',
  'ticket',
  'format',
  'reconnect',
  'connectTimeout',
  'heartbeat',
  'bufferItems',
  'bufferBytes',
  'publish',
  'producer',
] as const;
const KnownOfReconnect = ['delay', 'delayMax', 'attemptsMax'] as const;
const KnownOfPublish = ['attemptsMax', 'delayMax', 'timeout'] as const;
const KnownOfProducer = ['id', 'epoch'] as const;

const TimerMax = 2 ** 31 - 1;
const Loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Checks the options, all of them. Throws a `TypeError` that names each wrong one, its value and the rule. */
export function checkOptions(options: ClientOptions): Settings {
  const wrong = [
    ...unknownKeys(options, Known),
    ...unknownKeys(options.reconnect, KnownOfReconnect, 'reconnect.'),
    ...unknownKeys(options.publish, KnownOfPublish, 'publish.'),
    ...unknownKeys(options.producer, KnownOfProducer, 'producer.'),
  ];
  const number = <Preset extends number | undefined>(
    name: string,
    value: number | undefined,
    preset: Preset,
    min: number,
    max: number,
  ): number | Preset => {
    if (value === undefined) return preset;
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    wrong.push(`${name} is ${String(value)}, but must be a whole number from ${min} to ${max}`);
    return preset;
  };
  const url = checkUrl(options.url, wrong);
  const { token, ticket, reconnect, publish } = options;
  if (ticket !== undefined && typeof ticket !== 'function')
    wrong.push(`ticket is ${typeof ticket}, but must be a function: each ticket is good once`);
  const isNeedless = token === undefined && ticket !== undefined;
  if (!isNeedless && typeof token !== 'function' && (typeof token !== 'string' || token === ''))
    wrong.push(`token is ${token === '' ? 'empty' : typeof token}, but must be a text or a function`);
  // Its value is not told: it may be a good one with a line's end.
  else if (typeof token === 'string' && !isToken(token))
    wrong.push('token has characters that no token has, but must be letters, digits and . _ ~ + - alone');
  const format = options.format ?? 'msgpack';
  if (format !== 'msgpack' && format !== 'json')
    wrong.push(`format is ${JSON.stringify(format)}, but must be msgpack or json`);
  const reconnectDelay = number('reconnect.delay', reconnect?.delay, 500, 0, TimerMax);
  const settings: Settings = {
    url,
    token,
    ticket,
    format,
    reconnectDelay,
    reconnectDelayMax: number('reconnect.delayMax', reconnect?.delayMax, Math.max(30_000, reconnectDelay), 0, TimerMax),
    attemptsMax:
      reconnect?.attemptsMax === Infinity
        ? Infinity
        : number('reconnect.attemptsMax', reconnect?.attemptsMax, Infinity, 1, Number.MAX_SAFE_INTEGER),
    connectTimeout: number('connectTimeout', options.connectTimeout, 10_000, 1, TimerMax),
    heartbeat: number('heartbeat', options.heartbeat, undefined, 10_000, 60_000),
    bufferItems: number('bufferItems', options.bufferItems, 1_024, 1, 1_000_000),
    bufferBytes: number('bufferBytes', options.bufferBytes, 1_048_576, 1, 2 ** 31),
    publishAttemptsMax: number('publish.attemptsMax', publish?.attemptsMax, 10, 1, 1_000_000),
    publishDelayMax: number('publish.delayMax', publish?.delayMax, 5_000, 0, TimerMax),
    publishTimeout: number('publish.timeout', publish?.timeout, 60_000, 1, TimerMax),
    producer: options.producer,
  };
  if (options.producer !== undefined) {
    const { id, epoch } = options.producer;
    if (!isName(id)) wrong.push(`producer.id is ${JSON.stringify(id)}, but must be ${NameRule}`);
    number('producer.epoch', epoch, undefined, 0, Number.MAX_SAFE_INTEGER);
  }
  if (settings.reconnectDelayMax < reconnectDelay)
    wrong.push(`reconnect.delayMax is ${settings.reconnectDelayMax}, but must not be below reconnect.delay`);
  if (wrong.length > 0) throw new TypeError(`Options of RealtimeClient: ${wrong.join('; ')}.`);
  return settings;
}

/** What a name of a producer, an agent or a task is. */
export const NameRule = '1 to 128 characters of A-Z a-z 0-9 . _ : -, beginning with a letter or digit';

export function isName(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/.test(text);
}

function checkUrl(given: string | URL, wrong: string[]): URL {
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    wrong.push(`url is ${JSON.stringify(given)}, but must be an address such as https://host:8443`);
    return new URL('https://invalid');
  }
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && Loopback.has(url.hostname));
  if (!isSafe) wrong.push(`url is ${url.origin}, but must be https://…, or http://… of this machine itself`);
  if (url.username !== '' || url.search !== '' || url.hash !== '')
    wrong.push('url has a user, a query or a fragment, but must be an address alone');
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
