import { fieldsOf, numberOf, textOf } from './events';
import type { Timeline } from './timeline';

/** One task that an agent worked on, as far as its timeline goes back. */
export interface TaskSummary {
  name: string;
  title?: string;
  command?: string;
  exitCode?: number;
  /** Its producer is gone: nobody knows how it ended. */
  isLost: boolean;
  /** Somebody stopped it: its exit code is no failure. */
  isStopped: boolean;
  lastAt: number;
  /** Its first event of those that were read. */
  firstId?: string;
}

/** The tasks of a timeline, the newest first. */
export function tasksOf(timeline: Pick<Timeline, 'all' | 'isStopped'>): TaskSummary[] {
  const byName = new Map<string, TaskSummary>();
  for (const { event, place } of timeline.all()) {
    if (event.task === undefined) continue;
    const known = byName.get(event.task) ?? {
      name: event.task,
      firstId: event.id,
      isLost: false,
      isStopped: timeline.isStopped(event.task),
      lastAt: 0,
    };
    const fields = fieldsOf(event.payload);
    if (event.type === 'task.started') {
      known.title = textOf(fields.title) ?? known.title;
      known.command = textOf(fields.command) ?? known.command;
    } else if (event.type === 'task.finished') {
      known.exitCode = numberOf(fields.exit_code);
    }
    // Somebody may have begun it anew, or ended it after all.
    if (event.type === 'task.lost') known.isLost = true;
    else if (event.type === 'task.started' || event.type === 'task.finished') known.isLost = false;
    known.lastAt = Math.max(known.lastAt, place.ms);
    byName.set(event.task, known);
  }
  return [...byName.values()].sort((a, b) => b.lastAt - a.lastAt);
}
