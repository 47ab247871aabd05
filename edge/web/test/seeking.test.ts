import type { AgentEvent } from '@realtime/client';
import { describe, expect, it } from 'vitest';
import { duration, timesOf } from '../src/model/durations';
import { localTimeIn, localTimeText } from '../src/model/localTime';
import { OpenAgent } from '../src/model/openAgent';
import { Outages } from '../src/model/outages';
import { Timeline } from '../src/model/timeline';
import { eventKindOf, eventKindsIn, toggledKind } from '../src/model/timelineFilter';
import { event, ManualFrames } from './samples';

/** One stream of an agent, as the server pages it back. */
class FakeLog {
  readonly asked: { last: number; before?: string[] }[] = [];
  constructor(readonly events: AgentEvent[]) {}
  latest = async (query: { agents: string[]; last: number; before?: string[] }) => {
    this.asked.push(query);
    const end = query.before ? Number(/-(\d+)\./.exec(query.before[0]!)![1]) : this.events.length + 1;
    const page = this.events.slice(Math.max(0, end - 1 - query.last), end - 1);
    const first = page[0];
    const more = first !== undefined && first !== this.events[0];
    return { events: page, before: more ? [first!.id] : [], more };
  };
}

const idOf = (n: number) => `3:${n * 1_000}-${n}.abcdef`;
const logOf = (count: number) =>
  new FakeLog(
    Array.from({ length: count }, (_, i) => event('agent.message', { text: `${i + 1}` }, { id: idOf(i + 1) })),
  );
const texts = (open: OpenAgent) =>
  open.timeline.items().map((item) => (item.kind === 'event' ? item.entry.event.id : item.kind));

async function opened(log: FakeLog): Promise<OpenAgent> {
  const open = new OpenAgent('a1', log, new ManualFrames().schedule);
  await open.load();
  return open;
}

describe('a link to an event', () => {
  it('asks for nothing if that is there', async () => {
    const log = logOf(100);
    const open = await opened(log);
    await open.seek({ event: idOf(5) });
    expect(open.sought.value).toEqual({ state: 'found', id: idOf(5) });
    expect(log.asked).toHaveLength(1);
  });

  it('reads what is around it, however far back, and says that more is between', async () => {
    const log = logOf(5_000);
    const open = await opened(log);
    await open.seek({ event: idOf(700) });
    expect(open.sought.value).toEqual({ state: 'found', id: idOf(700) });
    expect(log.asked).toHaveLength(2);
    const lines = texts(open);
    expect([lines[0], lines[200], lines[201], lines.length]).toEqual([idOf(5_000), 'unread', idOf(700), 401]);
  });

  it('has all when what is between was loaded', async () => {
    const open = await opened(logOf(3_000));
    await open.seek({ event: idOf(700) });
    while (texts(open).includes('unread')) await open.loadBetween();
    const lines = texts(open);
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines).toEqual(Array.from({ length: lines.length }, (_, i) => idOf(3_000 - i)));
    expect(lines.length).toBeGreaterThan(2_300);
  });

  it('is not led astray by an older page that was on its way', async () => {
    const log = logOf(5_000);
    const open = await opened(log);
    const older = open.loadOlder();
    const seeking = open.seek({ event: idOf(700) });
    await Promise.all([older, seeking]);
    while (texts(open).includes('unread')) await open.loadBetween();
    const lines = texts(open);
    expect(lines).toEqual(Array.from({ length: lines.length }, (_, i) => idOf(5_000 - i)));
    expect(lines).toContain(idOf(700));
  });

  it('leaves one such place for the next', async () => {
    const open = await opened(logOf(5_000));
    await open.seek({ event: idOf(700) });
    await open.seek({ event: idOf(2_000) });
    const lines = texts(open);
    expect([lines[200], lines[201], lines.length]).toEqual(['unread', idOf(2_000), 401]);
    expect(lines).not.toContain(idOf(700));
  });

  it('says that it is gone, or is none of this agent', async () => {
    const log = logOf(1_000);
    log.events.splice(
      0,
      500,
      ...log.events.slice(0, 500).map((one) => ({ ...one, id: one.id.replace('abcdef', 'other1') })),
    );
    const open = await opened(log);
    await open.seek({ event: idOf(100) });
    expect(open.sought.value).toMatchObject({ state: 'gone' });
    await open.seek(undefined);
    expect(open.sought.value).toBeUndefined();
  });
});

describe('a link to a time', () => {
  it('pages back until it is reached', async () => {
    const open = await opened(logOf(3_000));
    await open.seek({ at: 700_500 });
    expect(open.sought.value).toEqual({ state: 'found', id: idOf(700) });
    expect(texts(open)).not.toContain('unread');
  });

  it('says from when the first is that is kept', async () => {
    const open = await opened(logOf(300));
    await open.seek({ at: 10 });
    expect(open.sought.value).toMatchObject({ state: 'found', id: idOf(1) });
    expect((open.sought.value as { words: string }).words).toMatch(/^Nothing is kept from before/);
  });

  it('is read as the field writes it, to the end of the second', () => {
    const ms = new Date(2026, 10, 22, 5, 4, 3).getTime();
    expect(localTimeText(ms)).toBe('2026-11-22T05:04:03');
    expect(localTimeIn('2026-11-22T05:04:03')).toBe(ms + 999);
    for (const text of ['', '2026-11-22', '2026-13-45T99:99', 'x'.repeat(40)])
      expect(localTimeIn(text)).toBeUndefined();
  });
});

describe('a timeline', () => {
  it('shows the kinds that were chosen', () => {
    const timeline = new Timeline();
    timeline.add([
      event('agent.status', {}, { ms: 1 }),
      event('agent.message', {}, { ms: 2, channel: 'messages' }),
      event('own.word', {}, { ms: 3, channel: 'messages' }),
      event('agent.progress', {}, { ms: 4 }),
    ]);
    expect(timeline.items({ show: ['messages'] })).toHaveLength(2);
    expect(eventKindOf({ type: 'constructor', channel: 'agents' })).toBe('other');
    expect(eventKindsIn('tasks,messages,nonsense')).toEqual(['messages', 'tasks']);
    expect(toggledKind(undefined, 'cost')).toEqual(['cost']);
    expect(toggledKind(['cost'], 'cost')).toBeUndefined();
  });

  it('has a break of the connection between what was there and what came later', () => {
    const timeline = new Timeline();
    timeline.add([event('agent.message', {}, { ms: 100 }), event('agent.message', {}, { ms: 300 })]);
    const outages = new Outages();
    outages.begin(200);
    outages.because('the connection broke');
    outages.because('the server cannot be reached');
    outages.begin(250);
    outages.end(400);
    expect(outages.all.value).toMatchObject([{ from: 200, to: 400, reason: 'the connection broke' }]);
    expect(timeline.items({ outages: outages.all.value }).map(({ kind }) => kind)).toEqual([
      'event',
      'outage',
      'event',
    ]);
    for (let i = 0; i < 300; i++) {
      outages.begin(1_000 + i);
      outages.end(1_000 + i);
    }
    expect(outages.all.value).toHaveLength(100);
  });

  it('tells how long things took, and nothing over a gap', () => {
    const timeline = new Timeline();
    timeline.add([
      event('task.started', {}, { ms: 1_000, task: 't1' }),
      event('agent.progress', {}, { ms: 3_000, task: 't1' }),
      event('agent.progress', {}, { ms: 8_000, task: 't1' }),
      event('agent.message', {}, { ms: 9_000 }),
      event('task.finished', {}, { ms: 61_000, task: 't1' }),
    ]);
    timeline.addHole({ key: 'h', reason: 'retention', at: 10_000 });
    const items = timeline.items();
    const times = timesOf(items);
    expect(items.map(({ key, kind }) => [kind, times.get(key)])).toEqual([
      ['event', { took: 60_000 }],
      ['hole', undefined],
      ['event', { after: 1_000 }],
      ['progress', { after: 2_000, took: 5_000 }],
      ['event', {}],
    ]);
    expect([400, 12_300, 252_000, 3_900_000, 200_000_000].map(duration)).toEqual([
      '0.4 s',
      '12 s',
      '4 min 12 s',
      '1 h 5 min',
      '2 d 7 h',
    ]);
  });
});
