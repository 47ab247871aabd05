import { type AgentEvent, toAgentEvent } from './events.js';
import { addFilterTo, checkFilter, type EventFilter } from './filter.js';
import type { Http } from './http.js';
import { type Gap, toGap } from './items.js';
import { RealtimeError } from './errors.js';
import type { WireEvent, WireGap } from './messages.js';

interface Abortable {
  signal?: AbortSignal | undefined;
}

export interface HistoryQuery extends EventFilter, Abortable {
  /** Behind these; streams that are not named begin at the first event retained. */
  after?: readonly string[] | undefined;
  /** 1 to 1,000; 100. */
  limit?: number | undefined;
}

/** Events after a cursor, oldest first. A page may be short, or empty, though there is more. */
export interface HistoryPage {
  events: AgentEvent[];
  /** The `after` of the next page. */
  next: string[];
  gaps: Gap[];
  more: boolean;
}

export interface LatestQuery extends EventFilter, Abortable {
  /** How many, 1 to 1,000; 100. */
  last?: number | undefined;
  /** The `before` of a page: the events before that page. */
  before?: readonly string[] | undefined;
}

/** The newest events, oldest first. */
export interface LatestPage {
  events: AgentEvent[];
  /** The live end: subscribe after it. */
  cursor: string[];
  /** What to give to page further back. */
  before: string[];
  more: boolean;
}

export interface ValuesQuery extends EventFilter, Abortable {
  limit?: number | undefined;
  /** The last name of the page before. */
  afterAgent?: string | undefined;
}

/** The latest value of each state key, by agent, in order of names. */
export interface ValuesPage {
  agents: { agent: string; values: Record<string, AgentEvent> }[];
  /** Subscribe after it: that of the first page. */
  cursor: string[];
  more: boolean;
}

interface WireHistory {
  events: WireEvent[];
  next: string[];
  gaps: WireGap[];
  more: boolean;
}

interface WireLatest {
  events: WireEvent[];
  cursor: string[];
  before: string[];
  more: boolean;
}

interface WireValues {
  agents: { agent: string; values: Record<string, WireEvent> }[];
  cursor: string[];
  more: boolean;
}

export async function readHistory(http: Http, query: HistoryQuery): Promise<HistoryPage> {
  const parameters = parametersOf('history', query, ['after', 'limit']);
  addList(parameters, 'after', query.after);
  addNumber(parameters, 'limit', query.limit);
  const page = await readJson<WireHistory>(http, 'v1/events', parameters, query.signal);
  return {
    events: page.events.map((one) => toAgentEvent(one)),
    next: page.next,
    gaps: page.gaps.map(toGap),
    more: page.more,
  };
}

export async function readLatest(http: Http, query: LatestQuery): Promise<LatestPage> {
  const parameters = parametersOf('latest', query, ['last', 'before']);
  addNumber(parameters, 'last', query.last ?? 100);
  addList(parameters, 'before', query.before);
  const page = await readJson<WireLatest>(http, 'v1/events', parameters, query.signal);
  const { cursor, before, more } = page;
  return { events: page.events.map((one) => toAgentEvent(one)), cursor, before, more };
}

export async function readValues(http: Http, query: ValuesQuery): Promise<ValuesPage> {
  const parameters = parametersOf('values', query, ['limit', 'afterAgent']);
  addNumber(parameters, 'limit', query.limit);
  if (query.afterAgent !== undefined) parameters.set('after_agent', query.afterAgent);
  const page = await readJson<WireValues>(http, 'v1/agents', parameters, query.signal);
  const agents = page.agents.map(({ agent, values }) => ({
    agent,
    values: Object.fromEntries(Object.entries(values).map(([key, one]) => [key, toAgentEvent(one)])),
  }));
  return { agents, cursor: page.cursor, more: page.more };
}

function readJson<T>(http: Http, path: string, query: URLSearchParams, signal: AbortSignal | undefined): Promise<T> {
  return http.send({ path, query, signal }, async (response) => {
    const text = await response.text();
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw new RealtimeError('protocol', 'the answer was not JSON', { cause: error });
    }
  });
}

function parametersOf(what: string, filter: EventFilter & Abortable, more: readonly string[]): URLSearchParams {
  checkFilter(`Query of ${what}`, filter, [...more, 'signal']);
  const parameters = new URLSearchParams();
  addFilterTo(parameters, filter);
  return parameters;
}

function addList(parameters: URLSearchParams, name: string, list: readonly string[] | undefined): void {
  if (list !== undefined && list.length > 0) parameters.set(name, list.join(','));
}

function addNumber(parameters: URLSearchParams, name: string, value: number | undefined): void {
  if (value !== undefined) parameters.set(name, String(value));
}
