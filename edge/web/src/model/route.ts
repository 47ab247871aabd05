import { channelIn, groupIn, kindsIn, NO_QUERY, sortIn, TEXT_MAX, type ListQuery } from './listing';
import { eventIdIn, nameIn, terminalPlaceIn, terminalPlaceText, timeIn, type TerminalPlace } from './names';
import { COLUMNS_MAX, EMPTY_WALL, panesIn, panesText, type WallState } from './panes';
import { eventKindsIn, type EventKind } from './timelineFilter';

/** What the page shows: the list alone, an agent (with a task, an event, a time, a byte of a terminal), or the wall. */
export interface Route {
  view?: 'wall';
  agent?: string;
  task?: string;
  event?: string;
  at?: number;
  offset?: TerminalPlace;
  /** The kinds of events that the timeline is to show; all if left out. */
  show?: readonly EventKind[];
}

/** All that the address says. */
export interface Address {
  route: Route;
  query: ListQuery;
  wall: WallState;
}

/** Longer ones are written by nobody. */
const ADDRESS_MAX = 8_192;
const PARAMETERS_MAX = 32;

const PATH = /^#\/(?:(wall)|agents\/([^/?]+)(?:\/tasks\/([^/?]+))?)\/?(?:\?|$)/;

/** `#/?…`, `#/agents/<agent>?…`, `#/agents/<agent>/tasks/<task>?…`, `#/wall?…`; what it does not know it leaves out. */
export function parseAddress(hash: string): Address {
  const nothing: Address = { route: {}, query: NO_QUERY, wall: EMPTY_WALL };
  if (hash.length > ADDRESS_MAX) return nothing;
  const parameters = parametersOf(hash);
  const query: ListQuery = {
    text: (parameters.get('q') ?? '').slice(0, TEXT_MAX),
    kinds: kindsIn(parameters.get('status')),
    sort: sortIn(parameters.get('sort')),
    ...defined({
      group: groupIn(parameters.get('group')),
      project: nameIn(parameters.get('project')),
      channel: channelIn(parameters.get('channel')),
    }),
  };
  const parts = PATH.exec(hash);
  if (!parts) return { ...nothing, query };
  if (parts[1] !== undefined) return { route: { view: 'wall' }, query, wall: wallIn(parameters) };
  return { route: routeIn(parts[2]!, parts[3], parameters), query, wall: EMPTY_WALL };
}

export function parseRoute(hash: string): Route {
  return parseAddress(hash).route;
}

/** The address of a place, with the list's filter, so that going back leads to the same list. */
export function hashOf(route: Route, query: ListQuery = NO_QUERY, wall: WallState = EMPTY_WALL): string {
  const parameters: [string, string | undefined][] = [];
  let path = '#/';
  if (route.view === 'wall') {
    path = '#/wall';
    parameters.push(
      ['panes', wall.panes.length > 0 ? panesText(wall.panes) : undefined],
      ['max', wall.max === undefined ? undefined : String(wall.max + 1)],
      ['columns', wall.columns?.toString()],
    );
  } else if (route.agent !== undefined) {
    path = `#/agents/${encodeURIComponent(route.agent)}`;
    if (route.task !== undefined) path += `/tasks/${encodeURIComponent(route.task)}`;
    parameters.push(
      ['event', route.event],
      ['at', route.at?.toString()],
      ['offset', route.offset && terminalPlaceText(route.offset)],
      ['show', route.show?.join(',')],
    );
  }
  parameters.push(
    ['q', query.text || undefined],
    ['status', query.kinds.size > 0 ? [...query.kinds].join(',') : undefined],
    ['sort', query.sort === NO_QUERY.sort ? undefined : query.sort],
    ['group', query.group],
    ['project', query.project],
    ['channel', query.channel],
  );
  const said = parameters.filter((one): one is [string, string] => one[1] !== undefined);
  return said.length === 0 ? path : `${path}?${said.map(([name, value]) => `${name}=${escaped(value)}`).join('&')}`;
}

function routeIn(agentText: string, taskText: string | undefined, parameters: Map<string, string>): Route {
  const agent = nameIn(decoded(agentText));
  const task = taskText === undefined ? undefined : nameIn(decoded(taskText));
  if (agent === undefined || (taskText !== undefined && task === undefined)) return {};
  const event = eventIdIn(parameters.get('event'));
  const at = event === undefined ? timeIn(parameters.get('at')) : undefined;
  return {
    agent,
    ...defined({
      task,
      event,
      at,
      // A byte is one of a certain task, not of whichever is the present one.
      offset: task === undefined ? undefined : terminalPlaceIn(parameters.get('offset')),
      // What is led to must not be left out.
      show: event === undefined && at === undefined ? eventKindsIn(parameters.get('show')) : undefined,
    }),
  };
}

function wallIn(parameters: Map<string, string>): WallState {
  const panes = panesIn(parameters.get('panes') ?? null);
  const max = Number(parameters.get('max')) - 1;
  const columns = Number(parameters.get('columns'));
  return {
    panes,
    ...(Number.isInteger(max) && max >= 0 && max < panes.length && { max }),
    ...(Number.isInteger(columns) && columns >= 1 && columns <= COLUMNS_MAX && { columns }),
  };
}

// The first of each name counts, and what is cut off or wrongly encoded is nothing.
function parametersOf(hash: string): Map<string, string> {
  const found = new Map<string, string>();
  const at = hash.indexOf('?');
  if (at < 0) return found;
  for (const part of hash.slice(at + 1).split('&', PARAMETERS_MAX)) {
    const [name = '', ...value] = part.split('=');
    const text = decoded(value.join('=').replaceAll('+', ' '));
    if (text !== undefined && !found.has(name)) found.set(name, text);
  }
  return found;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a percent sign that is none
  }
}

// Signs that mean nothing in a fragment's query stay legible.
function escaped(value: string): string {
  return encodeURIComponent(value).replace(/%(?:3A|2C|40)/g, decodeURIComponent);
}

function defined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
