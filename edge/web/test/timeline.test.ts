import { describe, expect, it } from 'vitest';
import { outcomeOf, placeOf } from '../src/model/events';
import { Timeline, type Stretch } from '../src/model/timeline';
import { tasksOf } from '../src/model/tasks';
import { event } from './samples';

const texts = (timeline: Timeline, missed?: Stretch) =>
  timeline
    .items({ missed })
    .map((item) =>
      item.kind === 'event'
        ? String((item.entry.event.payload as { text: string }).text)
        : item.kind === 'progress'
          ? `progress x${item.entries.length}`
          : item.kind,
    );

const message = (text: string, ms: number) => event('agent.message', { text }, { ms });

describe('the timeline', () => {
  it('merges live events and pages by id, newest first', () => {
    const timeline = new Timeline();
    const [a, b, c] = [message('a', 100), message('b', 200), message('c', 300)];
    expect(timeline.add([c])).toBe(1);
    expect(timeline.add([a, b, c])).toBe(2);
    expect(timeline.add([a])).toBe(0);
    expect(texts(timeline)).toEqual(['c', 'b', 'a']);
  });

  it('makes one item of a run of progress of one task', () => {
    const timeline = new Timeline();
    timeline.add([
      event('agent.progress', {}, { task: 't1' }),
      event('agent.progress', {}, { task: 't1' }),
      event('agent.message', { text: 'm' }),
      event('agent.progress', {}, { task: 't1' }),
      event('agent.progress', {}, { task: 't2' }),
    ]);
    expect(texts(timeline)).toEqual(['progress x1', 'progress x1', 'm', 'progress x2']);
    const key = timeline.items()[0]!.key;
    timeline.add([event('agent.progress', {}, { task: 't2' })]);
    expect(timeline.items()[0]!.key).toBe(key); // the same row, so that an open one stays open
  });

  it('stands what was missed between two lines, and splits a run there', () => {
    const timeline = new Timeline();
    const events = [1, 2, 3, 4].map((i) => event('agent.progress', {}, { task: 't1', ms: i * 100 }));
    timeline.add(events);
    const missed = { from: placeOf(events[1]!.id)!, to: placeOf(events[2]!.id)! };
    expect(texts(timeline, missed)).toEqual(['progress x1', 'missed', 'progress x2', 'seen', 'progress x1']);
  });

  it('puts a gap before the event that comes after it', () => {
    const timeline = new Timeline();
    timeline.add([message('a', 100), message('b', 300)]);
    timeline.addHole({ key: 'g', missing: 27, reason: 'retention', at: 300 });
    timeline.addHole({ key: 'g', missing: 27, reason: 'retention', at: 300 });
    expect(texts(timeline)).toEqual(['b', 'hole', 'a']);
  });

  it('forgets the oldest beyond its limit, and can take them again', () => {
    const timeline = new Timeline();
    const events = Array.from({ length: 10 }, (_, i) => message(`m${i}`, i));
    timeline.add(events);
    expect(timeline.trim(10)).toEqual([]);
    const behind = timeline.trim(4);
    expect(texts(timeline)).toEqual(['m9', 'm8', 'm7', 'm6']);
    const { partition, ms, offset, epoch } = placeOf(events[5]!.id)!;
    expect(behind).toEqual([`${partition}:${ms}-${offset + 1}.${epoch}`]);
    expect(timeline.add(events)).toBe(6);
  });

  it('knows which tasks somebody stopped, by the last that was said of each', () => {
    const timeline = new Timeline();
    const status = (word: string, task: string, ms: number) => event('agent.status', { status: word }, { task, ms });
    timeline.add([
      event('task.finished', { exit_code: 137 }, { task: 't1', ms: 20 }),
      status('stopped', 't1', 21),
      status('stopped', 't2', 10),
      status('failed', 't2', 30),
      status('stopped', 't2', 20),
    ]);
    expect(['t1', 't2', 't3', undefined].map((task) => timeline.isStopped(task))).toEqual([true, false, false, false]);
    expect(tasksOf(timeline).find(({ name }) => name === 't1')).toMatchObject({ isStopped: true, exitCode: 137 });
    timeline.clear();
    expect(timeline.isStopped('t1')).toBe(false);
  });

  it('knows which task was lost, until it begins anew or ends', () => {
    const timeline = new Timeline();
    timeline.add([
      event('task.started', {}, { task: 't1' }),
      event('task.lost', { reason: 'lease_expired' }, { task: 't1' }),
      event('task.lost', {}, { task: 't2' }),
      event('task.started', {}, { task: 't2' }),
    ]);
    expect(tasksOf(timeline)).toMatchObject([
      { name: 't2', isLost: false },
      { name: 't1', isLost: true },
    ]);
    expect(outcomeOf(event('task.lost', {}))).toBe('failed');
  });

  it('knows the tasks, the newest first', () => {
    const timeline = new Timeline();
    timeline.add([
      event('task.started', { title: 'One', command: 'make' }, { task: 't1' }),
      event('task.finished', { exit_code: 2 }, { task: 't1' }),
      event('task.started', {}, { task: 't2' }),
    ]);
    expect(tasksOf(timeline)).toMatchObject([
      { name: 't2' },
      { name: 't1', title: 'One', command: 'make', exitCode: 2 },
    ]);
  });
});
