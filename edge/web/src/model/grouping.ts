import type { Agent } from './agent';
import { byName, type GroupBy } from './listing';
import { KNOWN_STATUSES, urgencyOf, type StatusKind } from './status';

export interface Group {
  key: string;
  label: string;
  size: number;
  /** How many of it have each status, the most urgent first. */
  counts: readonly [StatusKind, number][];
  isFolded: boolean;
}

/** What a line of the list is. */
export type ListRow = { kind: 'group'; group: Group } | { kind: 'agent'; agent: Agent };

const NONE = '';

/** The list's lines: agents under the heads of their groups, each group in the list's order, folded ones without theirs. */
export function rowsOf(agents: readonly Agent[], by: GroupBy | undefined, folded: ReadonlySet<string>): ListRow[] {
  if (by === undefined) return agents.map((agent) => ({ kind: 'agent', agent }));
  const members = new Map<string, Agent[]>();
  for (const agent of agents) {
    const key = keyOf(agent, by);
    const known = members.get(key);
    if (known) known.push(agent);
    else members.set(key, [agent]);
  }
  const rows: ListRow[] = [];
  for (const key of [...members.keys()].sort((a, b) => compareKeys(a, b, by))) {
    const of = members.get(key)!;
    const isFolded = folded.has(key);
    rows.push({ kind: 'group', group: { key, label: labelOf(key, by), size: of.length, counts: count(of), isFolded } });
    if (!isFolded) for (const agent of of) rows.push({ kind: 'agent', agent });
  }
  return rows;
}

/** A name without the number at its end: `worker-12` is one of `worker`. */
export function stemOf(name: string): string {
  return name.replace(/[._:-]*\d+$/, '') || name;
}

function keyOf(agent: Agent, by: GroupBy): string {
  if (by === 'name') return stemOf(agent.name);
  const view = agent.view.peek();
  return by === 'project' ? (view.project ?? NONE) : view.kind;
}

function labelOf(key: string, by: GroupBy): string {
  return by === 'project' && key === NONE ? 'No project' : key;
}

function compareKeys(a: string, b: string, by: GroupBy): number {
  if (by === 'status') return urgencyOf(a as StatusKind) - urgencyOf(b as StatusKind);
  // Those without one stand last.
  if (a === NONE || b === NONE) return a === b ? 0 : a === NONE ? 1 : -1;
  return byName(a, b);
}

function count(agents: readonly Agent[]): [StatusKind, number][] {
  const counts = new Map<StatusKind, number>();
  for (const agent of agents) {
    const { kind } = agent.view.peek();
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...KNOWN_STATUSES, 'other' as const].flatMap((kind) =>
    counts.has(kind) ? [[kind, counts.get(kind)!] as [StatusKind, number]] : [],
  );
}
