import type { TimelineItem } from './timeline';

/** Times between the lines of a timeline, ms. */
export interface Times {
  /** Since the line below. */
  after?: number;
  /** How long it took: a task that is finished, a run of progress. */
  took?: number;
}

/** The times of the lines that have any, by key. `items` are newest first, as they are shown. */
export function timesOf(items: readonly TimelineItem[]): Map<string, Times> {
  const times = new Map<string, Times>();
  const started = new Map<string, number>();
  let before: number | undefined;
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i]!;
    // Nobody knows what happened in between.
    if (item.kind === 'hole' || item.kind === 'unread') before = undefined;
    if (item.kind !== 'event' && item.kind !== 'progress') continue;
    const newest = item.kind === 'event' ? item.entry : item.entries[0]!;
    const oldest = item.kind === 'event' ? item.entry : item.entries[item.entries.length - 1]!;
    const { type, task } = newest.event;
    const of: Times = {};
    if (before !== undefined) of.after = Math.max(0, oldest.place.ms - before);
    if (type === 'task.started' && task !== undefined) started.set(task, newest.place.ms);
    const began = task === undefined ? undefined : started.get(task);
    if (type === 'task.finished' && began !== undefined) of.took = newest.place.ms - began;
    else if (newest !== oldest) of.took = newest.place.ms - oldest.place.ms;
    times.set(item.key, of);
    before = newest.place.ms;
  }
  return times;
}

/** "0.4 s", "12 s", "4 min 12 s", "1 h 5 min". */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
