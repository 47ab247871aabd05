import { computed, signal, type Signal } from '@preact/signals';
import type { AgentEvent } from '@realtime/client';
import { comparePlaces, outcomeOf, placeOf, type Place } from './events';
import type { Stretch } from './timeline';

/** What happened to one agent while nobody looked. */
export interface MissedOfAgent extends Stretch {
  count: number;
  finished: string[]; // tasks
  failed: string[];
}

/** As it is stored between visits. */
export type MissedRecord = Record<string, MissedOfAgent>;

const AGENTS_MAX = 1_000;
const TASKS_MAX = 50;

/** Which events came while the page was away or hidden, by agent, until somebody opens that agent. */
export class Missed {
  /** Agents with something unseen. */
  readonly byAgent: Signal<ReadonlyMap<string, MissedOfAgent>> = signal(new Map());
  /** More than could be counted: the numbers are lower bounds. */
  readonly truncated = signal(false);
  readonly total = computed(() => [...this.byAgent.value.values()].reduce((sum, of) => sum + of.count, 0));
  private readonly counted = new Set<string>();

  /** Counts events, each once. */
  add(events: Iterable<AgentEvent>): void {
    const byAgent = new Map(this.byAgent.peek());
    let changed = false;
    for (const event of events) {
      const place = placeOf(event.id);
      if (event.agent === undefined || !place || this.counted.has(event.id)) continue;
      this.counted.add(event.id);
      const known = byAgent.get(event.agent);
      if (!known && byAgent.size >= AGENTS_MAX) {
        this.truncated.value = true;
        continue;
      }
      byAgent.set(event.agent, including(known, event, place));
      changed = true;
    }
    if (changed) this.byAgent.value = byAgent;
  }

  /** Somebody looked at this agent: it has nothing missed any more. What was missed, to mark it in the timeline. */
  open(agent: string): MissedOfAgent | undefined {
    const known = this.byAgent.peek().get(agent);
    if (!known) return undefined;
    const rest = new Map(this.byAgent.peek());
    rest.delete(agent);
    this.byAgent.value = rest;
    if (rest.size === 0) this.truncated.value = false;
    return known;
  }

  clear(): void {
    this.byAgent.value = new Map();
    this.truncated.value = false;
  }

  toRecord(): MissedRecord {
    return Object.fromEntries(this.byAgent.peek());
  }

  /** Takes back what an earlier visit left unopened. */
  restore(record: MissedRecord): void {
    this.byAgent.value = new Map(Object.entries(record));
  }
}

function including(known: MissedOfAgent | undefined, event: AgentEvent, place: Place): MissedOfAgent {
  const next: MissedOfAgent = known
    ? { ...known, count: known.count + 1 }
    : { count: 1, finished: [], failed: [], from: place, to: place };
  if (comparePlaces(place, next.from) < 0) next.from = place;
  if (comparePlaces(place, next.to) > 0) next.to = place;
  const outcome = outcomeOf(event);
  if (outcome) {
    // `task.finished` and the status after it tell of one end: tasks are counted, not events.
    const task = event.task ?? event.id;
    if (!next[outcome].includes(task) && next[outcome].length < TASKS_MAX) next[outcome] = [...next[outcome], task];
  }
  return next;
}

/** "12 while away, 1 failed, 2 finished". */
export function describeMissed(of: MissedOfAgent, truncated: boolean): string {
  const parts = [`${of.count.toLocaleString('en')}${truncated ? '+' : ''} while away`];
  if (of.failed.length > 0) parts.push(`${of.failed.length} failed`);
  if (of.finished.length > 0) parts.push(`${of.finished.length} finished`);
  return parts.join(', ');
}
