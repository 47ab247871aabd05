import type { AgentEvent } from '@realtime/client';
import { comparePlaces, fieldsOf, placeOf, type Place } from './events';

export interface Entry {
  event: AgentEvent;
  place: Place;
}

/** A hole in what was delivered, shown where it was noticed. */
export interface Hole {
  key: string;
  missing?: number;
  reason: string;
  /** When what comes after it was appended, ms. */
  at: number;
}

/** A stretch of time whose events were missed: from the first to the last, both included. */
export interface Stretch {
  from: Place;
  to: Place;
}

export type TimelineItem =
  | { kind: 'event'; key: string; entry: Entry; missed: boolean }
  | { kind: 'progress'; key: string; entries: Entry[]; missed: boolean } // newest first, of one task
  | { kind: 'hole'; key: string; hole: Hole }
  | { kind: 'missed'; key: string } // stands above the events that were missed
  | { kind: 'seen'; key: string }; // stands below them

export const ENTRIES_MAX = 5_000;

/** What is kept at most while somebody reads further down, where nothing is to vanish under their eyes. */
export const READING_MAX = 20_000;

/** The events of one agent: merged by id from live delivery, history and older pages, newest first. */
export class Timeline {
  private entries: Entry[] = []; // oldest first
  private readonly ids = new Set<string>();
  private holes: Hole[] = [];
  /** By task, the last that was said of its status. */
  private readonly statuses = new Map<string, { place: Place; isStop: boolean }>();

  get size(): number {
    return this.entries.length;
  }

  /** Oldest first. */
  all(): readonly Entry[] {
    return this.entries;
  }

  /** Takes events in any order; how many were new. */
  add(events: Iterable<AgentEvent>): number {
    let added = 0;
    let ordered = true;
    for (const event of events) {
      const place = placeOf(event.id);
      if (!place || this.ids.has(event.id)) continue;
      const last = this.entries[this.entries.length - 1];
      ordered &&= last === undefined || comparePlaces(last.place, place) <= 0;
      this.ids.add(event.id);
      this.entries.push({ event, place });
      this.learnStatus(event, place);
      added++;
    }
    if (!ordered) this.entries.sort((a, b) => comparePlaces(a.place, b.place));
    return added;
  }

  /**
   * Forgets the oldest beyond what is kept. Answers what is to be read again from where: for each stream of which
   * something went, the place behind the newest of it; empty if nothing went.
   */
  trim(max = ENTRIES_MAX): string[] {
    const over = this.entries.length - max;
    if (over <= 0) return [];
    const behind = new Map<number, string>();
    for (const { event, place } of this.entries.splice(0, over)) {
      this.ids.delete(event.id);
      const { partition, ms, offset, epoch } = place;
      behind.set(partition, `${partition}:${ms}-${offset + 1}.${epoch}`);
    }
    return [...behind.values()];
  }

  /** Whether somebody stopped this task: how its program ended is no failure then. */
  isStopped(task: string | undefined): boolean {
    return task !== undefined && this.statuses.get(task)?.isStop === true;
  }

  addHole(hole: Hole): void {
    if (!this.holes.some((known) => known.key === hole.key)) this.holes.push(hole);
  }

  clear(): void {
    this.entries = [];
    this.holes = [];
    this.ids.clear();
    this.statuses.clear();
  }

  /** What to show, newest first: a run of progress of a task is one item, what was missed is between two lines. */
  items(missed?: Stretch): TimelineItem[] {
    const items: TimelineItem[] = [];
    const holes = [...this.holes].sort((a, b) => b.at - a.at);
    let inside = false;
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const entry = this.entries[i]!;
      const isMissed = missed !== undefined && within(entry.place, missed);
      if (isMissed !== inside) {
        inside = isMissed;
        if (isMissed) items.push({ kind: 'missed', key: 'missed' });
        else items.push({ kind: 'seen', key: 'seen' });
      }
      while (holes.length > 0 && holes[0]!.at > entry.place.ms) items.push(holeItem(holes.shift()!));
      append(items, entry, isMissed);
    }
    for (const hole of holes) items.push(holeItem(hole));
    return items;
  }

  private learnStatus({ type, task, payload }: AgentEvent, place: Place): void {
    if (type !== 'agent.status' || task === undefined) return;
    const known = this.statuses.get(task);
    if (known && comparePlaces(known.place, place) > 0) return;
    this.statuses.set(task, { place, isStop: fieldsOf(payload).status === 'stopped' });
  }
}

/** Whether a place lies in a stretch, both ends included. */
export function within(place: Place, stretch: Stretch): boolean {
  return comparePlaces(place, stretch.from) >= 0 && comparePlaces(place, stretch.to) <= 0;
}

function append(items: TimelineItem[], entry: Entry, missed: boolean): void {
  if (entry.event.type !== 'agent.progress') {
    items.push({ kind: 'event', key: entry.event.id, entry, missed });
    return;
  }
  const last = items[items.length - 1];
  if (last?.kind === 'progress' && last.entries[0]!.event.task === entry.event.task) {
    last.entries.push(entry);
    // The key is the oldest of the run, so that a growing run stays the same row, open or closed.
    last.key = `run ${entry.event.id}`;
    return;
  }
  items.push({ kind: 'progress', key: `run ${entry.event.id}`, entries: [entry], missed });
}

function holeItem(hole: Hole): TimelineItem {
  return { kind: 'hole', key: hole.key, hole };
}
