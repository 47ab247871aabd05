import type { Agent } from './agent';
import { KNOWN_STATUSES, urgencyOf, type StatusKind } from './status';

export type SortBy = 'attention' | 'name' | 'activity' | 'progress' | 'cost';
export type GroupBy = 'status' | 'project' | 'name';

export interface ListQuery {
  text: string;
  kinds: ReadonlySet<StatusKind>; // empty = all
  sort: SortBy;
  group?: GroupBy | undefined;
  /** Agents that something was last told of in this project. */
  project?: string | undefined;
  /** Agents of which something was heard on this channel. */
  channel?: ListChannel | undefined;
}

export const SORTS: readonly { by: SortBy; label: string }[] = [
  { by: 'attention', label: 'Needs attention' },
  { by: 'name', label: 'Name' },
  { by: 'activity', label: 'Last activity' },
  { by: 'progress', label: 'Progress' },
  { by: 'cost', label: 'Cost' },
];

export const GROUPS: readonly { by: GroupBy; label: string }[] = [
  { by: 'status', label: 'Status' },
  { by: 'project', label: 'Project' },
  { by: 'name', label: 'Name without number' },
];

export const CHANNELS = ['agents', 'tasks', 'messages', 'budget', 'system', 'notifications', 'workflows'] as const;

export type ListChannel = (typeof CHANNELS)[number];

export const TEXT_MAX = 200;

/** Everything, by name. */
export const NO_QUERY: ListQuery = { text: '', kinds: new Set(), sort: 'name' };

export function kindsIn(text: string | undefined): ReadonlySet<StatusKind> {
  const named = (text ?? '').split(',', KNOWN_STATUSES.length + 1);
  return new Set([...KNOWN_STATUSES, 'other' as const].filter((kind) => named.includes(kind)));
}

export function sortIn(text: string | undefined): SortBy {
  return SORTS.find(({ by }) => by === text)?.by ?? NO_QUERY.sort;
}

export function groupIn(text: string | undefined): GroupBy | undefined {
  return GROUPS.find(({ by }) => by === text)?.by;
}

export function channelIn(text: string | undefined): ListChannel | undefined {
  return CHANNELS.find((channel) => channel === text);
}

/** Whether anything is left out by it. */
export function isFilter({ text, kinds, project, channel }: ListQuery): boolean {
  return text !== '' || kinds.size > 0 || project !== undefined || channel !== undefined;
}

/** Whether rows come, go or move when only values change: such lists are made anew once a second. */
export function isVolatile({ sort, text, project, channel }: ListQuery): boolean {
  if (text !== '' || project !== undefined || channel !== undefined) return true;
  return sort === 'activity' || sort === 'progress' || sort === 'cost';
}

/** Why a list of `total` agents is empty: what is asked for, and nothing else. */
export function noMatch(
  total: number,
  { text, kinds, project, channel }: Pick<ListQuery, 'text' | 'kinds' | 'project' | 'channel'>,
): string {
  const status = kinds.size === 0 ? '' : kinds.size === 1 ? 'this status' : 'one of these statuses';
  const words = text.trim() === '' ? '' : 'these words in its name, task or step';
  const label = project === undefined ? '' : `the project ${project}`;
  const heard = channel === undefined ? '' : `told anything on the channel ${channel}`;
  const what = [status, words, label, heard].filter(Boolean).join(' and ');
  return total === 1 ? `The one agent has not ${what}.` : `None of ${total} agents has ${what}.`;
}

/**
 * The agents that match, in order. They are given in the order of names, and stay in it where the order says nothing
 * else. Reads signals without following them: the caller decides when to ask again.
 */
export function list(agents: Iterable<Agent>, query: ListQuery): Agent[] {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found: Agent[] = [];
  for (const agent of agents) {
    if (matches(agent, words, query)) found.push(agent);
  }
  return query.sort === 'name' ? found : found.sort((a, b) => compare(a, b, query.sort));
}

function matches(agent: Agent, words: string[], { kinds, project, channel }: ListQuery): boolean {
  const view = agent.view.peek();
  if (kinds.size > 0 && !kinds.has(view.kind)) return false;
  if (project !== undefined && view.project !== project) return false;
  if (channel !== undefined && !agent.channels.has(channel)) return false;
  if (words.length === 0) return true;
  const text =
    `${agent.name} ${view.task ?? ''} ${view.title ?? ''} ${view.step ?? ''} ${view.detail ?? ''} ${view.status} ${view.project ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function compare(a: Agent, b: Agent, sort: SortBy): number {
  const left = a.view.peek();
  const right = b.view.peek();
  switch (sort) {
    case 'attention':
      return urgencyOf(left.kind) - urgencyOf(right.kind);
    case 'activity':
      return right.lastAt - left.lastAt;
    case 'progress':
      return (right.percent ?? -1) - (left.percent ?? -1);
    case 'cost':
      return (right.usdTotal ?? right.usd ?? -1) - (left.usdTotal ?? left.usd ?? -1);
    case 'name':
      return 0;
  }
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** As people count: agent-9 before agent-10. */
export function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}
