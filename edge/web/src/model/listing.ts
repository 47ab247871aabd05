import type { Agent } from './agent';
import { urgencyOf, type StatusKind } from './status';

export type SortBy = 'attention' | 'name' | 'activity' | 'progress' | 'cost';

export interface ListQuery {
  text: string;
  kinds: ReadonlySet<StatusKind>; // empty = all
  sort: SortBy;
}

export const SORTS: readonly { by: SortBy; label: string }[] = [
  { by: 'attention', label: 'Needs attention' },
  { by: 'name', label: 'Name' },
  { by: 'activity', label: 'Last activity' },
  { by: 'progress', label: 'Progress' },
  { by: 'cost', label: 'Cost' },
];

/** Whether rows come, go or move when only values change: such lists are made anew once a second. */
export function isVolatile({ sort, text }: ListQuery): boolean {
  return text !== '' || sort === 'activity' || sort === 'progress' || sort === 'cost';
}

/** Why a list of `total` agents is empty: what is asked for, and nothing else. */
export function noMatch(total: number, { text, kinds }: Pick<ListQuery, 'text' | 'kinds'>): string {
  const status = kinds.size === 0 ? '' : kinds.size === 1 ? 'this status' : 'one of these statuses';
  const words = text.trim() === '' ? '' : 'these words in its name, task or step';
  const what = [status, words].filter(Boolean).join(' and ');
  return total === 1 ? `The one agent has not ${what}.` : `None of ${total} agents has ${what}.`;
}

/** The agents that match, in order. Reads signals without following them: the caller decides when to ask again. */
export function list(agents: Iterable<Agent>, query: ListQuery): Agent[] {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found: Agent[] = [];
  for (const agent of agents) {
    if (matches(agent, words, query.kinds)) found.push(agent);
  }
  return found.sort((a, b) => compare(a, b, query.sort) || byName(a, b));
}

function matches(agent: Agent, words: string[], kinds: ReadonlySet<StatusKind>): boolean {
  const view = agent.view.peek();
  if (kinds.size > 0 && !kinds.has(view.kind)) return false;
  if (words.length === 0) return true;
  const text =
    `${agent.name} ${view.task ?? ''} ${view.title ?? ''} ${view.step ?? ''} ${view.detail ?? ''} ${view.status}`.toLowerCase();
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

function byName(a: Agent, b: Agent): number {
  return collator.compare(a.name, b.name) || (a.name < b.name ? -1 : 1);
}
