import type { AgentEvent } from '@realtime/client';
import { comparePlaces, fieldsOf, placeOf, type Place } from './events';
import type { Outage } from './outages';
import { eventKindOf, type EventKind } from './timelineFilter';

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
  | { kind: 'outage'; key: string; outage: Outage }
  | { kind: 'unread'; key: string } // stands above what was read from further back: between is more
  | { kind: 'missed'; key: string } // stands above the events that were missed
  | { kind: 'seen'; key: string }; // stands below them

/** What a timeline is to show, and what goes with it. */
export interface TimelineView {
  missed?: Stretch | undefined;
  /** Only events of these kinds. */
  show?: readonly EventKind[] | undefined;
  outages?: readonly Outage[];
}

export const ENTRIES_MAX = 5_000;

/** What is kept at most while somebody reads further down, where nothing is to vanish under their eyes. */
export const READING_MAX = 20_000;

/** The events of one agent: merged by id from live delivery, history and older pages, newest first. */
export class Timeline {
  private entries: Entry[] = []; // oldest first
  private readonly ids = new Set<string>();
  private holes: Hole[] = [];
  private unreadBelow: Place | undefined;
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
      behind.set(place.partition, behindOf(place));
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
    this.unreadBelow = undefined;
    this.ids.clear();
    this.statuses.clear();
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  get unread(): Place | undefined {
    return this.unreadBelow;
  }

  /** Where what is above is read as a whole, and below begins what was read from further back. */
  setUnread(above: Place | undefined): void {
    this.unreadBelow = above;
  }

  /** Forgets all that is older than this place. */
  dropBelow(place: Place): void {
    const end = this.entries.findIndex((entry) => comparePlaces(entry.place, place) >= 0);
    for (const { event } of this.entries.splice(0, end < 0 ? this.entries.length : end)) this.ids.delete(event.id);
  }

  /** What to show, newest first: a run of progress of a task is one item, what was missed is between two lines. */
  items({ missed, show, outages = [] }: TimelineView = {}): TimelineItem[] {
    const items: TimelineItem[] = [];
    const marks = [...this.holes.map(holeMark), ...outages.map(outageMark)].sort((a, b) => b.at - a.at);
    let inside = false;
    let unread = this.unreadBelow;
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const entry = this.entries[i]!;
      if (unread && comparePlaces(entry.place, unread) < 0) {
        items.push({ kind: 'unread', key: 'unread' });
        unread = undefined;
      }
      if (show && !show.includes(eventKindOf(entry.event))) continue;
      const isMissed = missed !== undefined && within(entry.place, missed);
      if (isMissed !== inside) {
        inside = isMissed;
        if (isMissed) items.push({ kind: 'missed', key: 'missed' });
        else items.push({ kind: 'seen', key: 'seen' });
      }
      while (marks.length > 0 && marks[0]!.at > entry.place.ms) items.push(marks.shift()!.item);
      append(items, entry, isMissed);
    }
    for (const { item } of marks) items.push(item);
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

interface Mark {
  at: number;
  item: TimelineItem;
}

function holeMark(hole: Hole): Mark {
  return { at: hole.at, item: { kind: 'hole', key: hole.key, hole } };
}

// What came meanwhile was sent behind it: it stands above all that was there before.
function outageMark(outage: Outage): Mark {
  return { at: outage.from, item: { kind: 'outage', key: outage.key, outage } };
}

/** Right behind an event: a place of its stream, though nothing stands there. */
export function behindOf({ partition, ms, offset, epoch }: Place): string {
  return `${partition}:${ms}-${offset + 1}.${epoch}`;
}

/** The line that an event stands in; -1 if none. */
export function lineOf(items: readonly TimelineItem[], id: string): number {
  return items.findIndex(
    (item) =>
      (item.kind === 'event' && item.entry.event.id === id) ||
      (item.kind === 'progress' && item.entries.some(({ event }) => event.id === id)),
  );
}
