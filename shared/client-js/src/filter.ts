import { checkKeys } from './knownKeys.js';
import type { Channel, WireEvent, WireFilter } from './messages.js';

/** Which events are wanted: of each list given, one must match. A text alone is a list of one. */
export interface EventFilter {
  /** Channels, or `*`; all if left out. */
  channels?: Channel | '*' | readonly (Channel | '*')[] | undefined;
  /** A name, the beginning of one followed by `*`, or `*` alone: any name, but some name. */
  agents?: string | readonly string[] | undefined;
  tasks?: string | readonly string[] | undefined;
  projects?: string | readonly string[] | undefined;
  types?: string | readonly string[] | undefined;
}

const Lists = ['channels', 'agents', 'tasks', 'projects', 'types'] as const;

/** Throws a `TypeError` for what is neither a list of a filter nor one of these: it would let everything through. */
export function checkFilter(what: string, given: EventFilter, more: readonly string[]): void {
  checkKeys(what, given, [...Lists, ...more]);
}

/** The filter as it goes onto the wire. */
export function toWireFilter(filter: EventFilter): WireFilter {
  const wire: WireFilter = {};
  for (const list of Lists) {
    const wanted = filter[list];
    if (wanted !== undefined) wire[list] = typeof wanted === 'string' ? wanted : [...wanted];
  }
  return wire;
}

/** The filter as query parameters. */
export function addFilterTo(query: URLSearchParams, filter: EventFilter): void {
  for (const list of Lists) {
    const wanted = filter[list];
    if (wanted !== undefined) query.set(list, typeof wanted === 'string' ? wanted : wanted.join(','));
  }
}

/** Decides as the server does to which subscriptions a live event belongs. */
export function compileFilter(filter: EventFilter): (event: WireEvent) => boolean {
  const channels = toList(filter.channels);
  const agents = patterns(filter.agents);
  const tasks = patterns(filter.tasks);
  const projects = patterns(filter.projects);
  const types = patterns(filter.types);
  return (event) =>
    (channels === undefined || channels.includes('*') || channels.includes(event.channel)) &&
    agents(event.agent) &&
    tasks(event.task) &&
    projects(event.project) &&
    types(event.type);
}

function patterns(wanted: string | readonly string[] | undefined): (name: string | undefined) => boolean {
  const list = toList(wanted);
  if (list === undefined) return () => true;
  const names = new Set(list.filter((pattern) => !pattern.endsWith('*')));
  const prefixes = list.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1));
  return (name) => name !== undefined && (names.has(name) || prefixes.some((prefix) => name.startsWith(prefix)));
}

function toList(wanted: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof wanted === 'string' ? [wanted] : wanted;
}
