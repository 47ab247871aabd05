import { computed, signal, type Signal } from '@preact/signals';
import type { AgentEvent } from '@realtime/client';
import { onNextFrame, type Schedule } from './agentStore';
import { comparePlaces, outcomeOf, placeOf, type Place } from './events';
import type { Stretch } from './timeline';

/** What happened to one agent while nobody looked. */
export interface MissedOfAgent extends Stretch {
  count: number;
  finished: string[]; // tasks
  failed: string[];
  /** Stopped by somebody: how their programs ended is no failure. */
  stopped?: string[];
}

/** As it is stored between visits. */
export type MissedRecord = Record<string, MissedOfAgent>;

const AGENTS_MAX = 1_000;
const TASKS_MAX = 50;

/** Numbers of events of one stream's life: from the first to the last, both included. */
interface Range {
  epoch: string;
  first: number;
  last: number;
}

/** Which events came while the page was away or hidden, by agent, until somebody opens that agent. */
export class Missed {
  /** Agents with something unseen; set at most once per frame. */
  readonly byAgent: Signal<ReadonlyMap<string, MissedOfAgent>> = signal(new Map());
  /** More than could be counted: the numbers are lower bounds. */
  readonly truncated = signal(false);
  readonly total = computed(() => [...this.byAgent.value.values()].reduce((sum, of) => sum + of.count, 0));
  private readonly next = new Map<string, MissedOfAgent>();
  /** What was counted, by stream. */
  private readonly counted = new Map<number, Range>();
  private scheduled: (() => void) | undefined;

  constructor(private readonly schedule: Schedule = onNextFrame) {}

  /**
   * Counts events, each once: those that are newer than all that were counted of their stream, and those that are older,
   * which are told in one call. So it is with what came live, and with the history read beside it.
   */
  add(events: Iterable<AgentEvent>): void {
    const firsts = new Map<number, Range>();
    let changed = false;
    for (const event of events) {
      const place = placeOf(event.id);
      if (event.agent === undefined || !place || !this.isNew(place, firsts)) continue;
      const known = this.next.get(event.agent);
      if (!known && this.next.size >= AGENTS_MAX) {
        this.truncated.value = true;
        continue;
      }
      this.next.set(event.agent, including(known, event, place));
      changed = true;
    }
    for (const [partition, { epoch, first }] of firsts) {
      const range = this.counted.get(partition);
      if (range?.epoch === epoch) range.first = Math.min(range.first, first);
    }
    if (changed) this.scheduled ??= this.schedule(() => this.publish());
  }

  /** Somebody looked at this agent: it has nothing missed any more. What was missed, to mark it in the timeline. */
  open(agent: string): MissedOfAgent | undefined {
    const known = this.next.get(agent);
    if (!known) return undefined;
    this.next.delete(agent);
    if (this.next.size === 0) this.truncated.value = false;
    this.publish();
    return known;
  }

  clear(): void {
    this.next.clear();
    this.truncated.value = false;
    this.publish();
  }

  toRecord(): MissedRecord {
    return Object.fromEntries(this.next);
  }

  /** Takes back what an earlier visit left unopened. */
  restore(record: MissedRecord): void {
    for (const [agent, of] of Object.entries(record)) this.next.set(agent, of);
    this.publish();
  }

  // The range grows upwards at once, and downwards only when all that is told in one call was compared with it.
  private isNew({ partition, epoch, offset }: Place, firsts: Map<number, Range>): boolean {
    const range = this.counted.get(partition);
    if (!range || range.epoch !== epoch) {
      this.counted.set(partition, { epoch, first: offset, last: offset });
      return true;
    }
    if (offset > range.last) {
      range.last = offset;
      return true;
    }
    if (offset >= range.first) return false;
    const first = firsts.get(partition);
    if (first?.epoch !== epoch || offset < first.first) firsts.set(partition, { epoch, first: offset, last: offset });
    return true;
  }

  private publish(): void {
    this.scheduled?.();
    this.scheduled = undefined;
    this.byAgent.value = new Map(this.next);
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
    const of = next[outcome] ?? [];
    if (!of.includes(task) && of.length < TASKS_MAX) next[outcome] = [...of, task];
    if (next.stopped?.includes(task)) next.failed = next.failed.filter((other) => other !== task);
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
