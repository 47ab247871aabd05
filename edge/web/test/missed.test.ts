import { RealtimeError, type Gap } from '@realtime/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { catchUp, isRefused, PAGES_MAX } from '../src/model/catchUp';
import { Absence, GLANCE_MS } from '../src/model/absence';
import { describeMissed, Missed } from '../src/model/missed';
import { Notices } from '../src/model/notices';
import { Seen, type SeenRecord } from '../src/model/seen';
import { event, ManualFrames } from './samples';

const gap = (missing: number | undefined, more: Partial<Gap> = {}): Gap => ({
  partition: 3,
  after: '3:100-9.abcdef',
  resumesAt: '3:200-37.abcdef',
  cursor: '3:199-36.abcdef',
  reason: 'retention',
  ...(missing !== undefined && { missing }),
  ...more,
});

describe('what was missed of a stopped task', () => {
  it('is no failure, whichever is told first', () => {
    const missed = new Missed(new ManualFrames().schedule);
    missed.add([
      event('task.finished', { exit_code: 137 }, { task: 't1' }),
      event('agent.status', { status: 'stopped' }, { task: 't1' }),
      event('agent.status', { status: 'stopped' }, { task: 't2' }),
      event('task.finished', { exit_code: 137 }, { task: 't2' }),
      event('task.finished', { exit_code: 137 }, { task: 't3' }),
    ]);
    expect(missed.toRecord().a1).toMatchObject({ count: 5, failed: ['t3'], stopped: ['t1', 't2'] });
  });
});

describe('what was missed', () => {
  let frames: ManualFrames;
  beforeEach(() => void (frames = new ManualFrames()));

  it('is counted by agent, each event once, ends by task', () => {
    const missed = new Missed(frames.schedule);
    const failed = event('task.finished', { exit_code: 1 }, { task: 't1' });
    missed.add([event('agent.message', {}), failed, event('agent.status', { status: 'failed' }, { task: 't1' })]);
    missed.add([
      failed,
      event('agent.status', { status: 'done' }, { task: 't2' }),
      event('agent.message', {}, { agent: 'a2' }),
      event('notice', {}, { agent: undefined }),
    ]);
    frames.draw();
    expect(missed.total.value).toBe(5);
    expect(describeMissed(missed.byAgent.value.get('a1')!, false)).toBe('4 while away, 1 failed, 1 finished');
    expect(describeMissed(missed.byAgent.value.get('a2')!, true)).toBe('1+ while away');
  });

  it('is over for an agent when that is opened, and is told for its timeline', () => {
    const missed = new Missed(frames.schedule);
    missed.add([
      event('agent.message', {}, { ms: 700 }),
      event('agent.message', {}, { ms: 500 }),
      event('agent.message', {}, { agent: 'a2' }),
    ]);
    expect(missed.open('a1')).toMatchObject({ count: 2, from: { ms: 500 }, to: { ms: 700 } });
    expect(missed.open('a1')).toBeUndefined();
    expect([...missed.byAgent.value.keys()]).toEqual(['a2']);
  });

  it('is kept over another visit until it is opened', () => {
    const missed = new Missed(frames.schedule);
    missed.add([event('agent.message', {})]);
    const later = new Missed(frames.schedule);
    later.restore(JSON.parse(JSON.stringify(missed.toRecord())));
    later.add([event('agent.message', {})]);
    expect(later.open('a1')?.count).toBe(2);
  });

  it('remembers one place per stream, and tells once per frame, however many events come', () => {
    const missed = new Missed(frames.schedule);
    const told = vi.fn();
    missed.byAgent.subscribe(told);
    const events = Array.from({ length: 500 }, (_, i) => event('agent.message', {}, { partition: i % 4 }));
    for (const one of events) missed.add([one]);
    expect(told).toHaveBeenCalledTimes(1);
    frames.draw();
    expect(told).toHaveBeenCalledTimes(2);
    expect(missed.total.value).toBe(500);
    missed.add(events);
    frames.draw();
    expect(missed.total.value).toBe(500);
    expect((missed as unknown as { counted: Map<number, unknown> }).counted.size).toBe(4);
  });

  it('counts the history that is read while events come live, and nothing of both twice', () => {
    const missed = new Missed(frames.schedule);
    const [a, b, c, d] = [1, 2, 3, 4].map(() => event('agent.message', {}));
    missed.add([c!]);
    missed.add([d!]);
    missed.add([a!, b!, c!]);
    missed.add([a!, b!]);
    const anew = { ...event('agent.message', {}), id: '3:9000-1.bbbbbb' }; // the stream's next life
    missed.add([anew]);
    missed.add([anew]);
    expect(missed.open('a1')?.count).toBe(5);
  });
});

describe('an absence', () => {
  const setUp = () => {
    const clock = { now: 50_000 };
    const missed = new Missed(new ManualFrames().schedule);
    return { clock, missed, absence: new Absence(missed, () => clock.now) };
  };
  const message = () => event('agent.message', {});

  it('counts from its first moment, once it is more than a glance', () => {
    const { clock, missed, absence } = setUp();
    absence.take(message()); // seen
    absence.begin();
    absence.take(message());
    clock.now += GLANCE_MS + 1;
    absence.take(message());
    absence.end();
    absence.take(message());
    expect(missed.open('a1')?.count).toBe(2);
  });

  it('counts also if nothing came later than in its first moments', () => {
    const { clock, missed, absence } = setUp();
    absence.begin();
    absence.take(message());
    clock.now += GLANCE_MS + 1;
    absence.end();
    expect(missed.open('a1')?.count).toBe(1);
  });

  it('is none if it was a glance, and keeps not too much aside to know', () => {
    const { clock, missed, absence } = setUp();
    absence.begin();
    absence.take(message());
    clock.now += GLANCE_MS;
    absence.end();
    expect(missed.open('a1')).toBeUndefined();
    absence.begin();
    for (let i = 0; i < 2_000; i++) absence.take(message());
    expect(missed.open('a1')?.count).toBe(2_000);
  });
});

describe('catching up', () => {
  const page = (events: ReturnType<typeof event>[], next: string, more: boolean, gaps: Gap[] = []) => ({
    events,
    next: [next],
    gaps,
    more,
  });

  it('reads page after page behind the cursor, and leaves out what came since', async () => {
    const history = vi
      .fn()
      .mockResolvedValueOnce(page([event('a', {}, { ms: 100 })], 'n1', true, [gap(27)]))
      .mockResolvedValueOnce(page([event('b', {}, { ms: 200 }), event('c', {}, { ms: 301 })], 'n2', false));
    const away = await catchUp({ history }, ['c0'], 300);
    expect(history.mock.calls.map(([query]) => query.after)).toEqual([['c0'], ['n1']]);
    expect(away.events.map((one) => one.type)).toEqual(['a', 'b']);
    expect(away.gaps).toHaveLength(1);
    expect(away.truncated).toBe(false);
  });

  it('ends after five pages and says that there is more', async () => {
    const history = vi.fn(async () => page([event('a', {}, { ms: 1 })], 'n', true));
    const away = await catchUp({ history }, [], 300);
    expect(history).toHaveBeenCalledTimes(PAGES_MAX);
    expect(away.truncated).toBe(true);
  });

  it('is given up for good if the server refuses the cursor, and for nothing else', () => {
    const error = (code: string, facts: ConstructorParameters<typeof RealtimeError>[2]) =>
      new RealtimeError(code, '', facts);
    expect(isRefused(error('bad_request', { status: 400, retry: false }))).toBe(true);
    expect(isRefused(new TypeError('a cursor that is none'))).toBe(true);
    expect(isRefused(error('network', { retry: true }))).toBe(false);
    expect(isRefused(error('log_unavailable', { status: 503, retry: true }))).toBe(false);
    expect(isRefused(error('token_expired', { status: 401, retry: false }))).toBe(false);
    expect(isRefused(error('closed', {}))).toBe(false);
  });

  it('ends when only new events follow', async () => {
    const history = vi.fn(async () => page([event('a', {}, { ms: 301 })], 'n', true));
    expect(await catchUp({ history }, [], 300)).toMatchObject({ events: [], truncated: false });
    expect(history).toHaveBeenCalledTimes(1);
  });
});

describe('gaps', () => {
  it('are told once, with their number, and stay with their stream', () => {
    const notices = new Notices();
    expect(notices.tell([gap(20)])).toHaveLength(1);
    expect(notices.tell([gap(7, { after: '4:1-1.abcdef', partition: 4 })])).toHaveLength(1);
    expect(notices.tell([gap(20)])).toHaveLength(0);
    expect(notices.shown.value.map((notice) => notice.text)).toEqual([
      '27 events are no longer kept. What is shown may lack them.',
    ]);
    expect(notices.holesOf(3)).toMatchObject([{ missing: 20, at: 200 }]);
    notices.dismiss(notices.shown.value[0]!.key);
    expect(notices.shown.value).toEqual([]);
    expect(notices.holesOf(3)).toHaveLength(1);
    notices.tell([gap(5, { after: '5:1-1.abcdef', partition: 5 })]);
    expect(notices.shown.value.map((notice) => notice.text)).toEqual([
      '5 events are no longer kept. What is shown may lack them.',
    ]);
  });

  it('say so if nobody knows how many, and why', () => {
    const notices = new Notices();
    notices.tell([gap(undefined, { reason: 'epoch' })]);
    expect(notices.shown.value[0]!.text).toMatch(/^Some events are lost: the server’s history began anew/);
  });
});

describe('the record of what was seen', () => {
  let stored: Map<string, string>;
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: vi.fn((key: string, value: string) => void stored.set(key, value)),
  };
  const record = (at: number): SeenRecord => ({ cursor: ['3:1-1.abcdef'], at, unopened: {} });

  beforeEach(() => {
    stored = new Map();
    storage.setItem.mockClear();
    vi.useFakeTimers();
  });
  afterEach(() => void vi.useRealTimers());

  it('is written at most every two seconds, with what holds then', () => {
    const seen = new Seen(storage, 'k');
    let at = 0;
    for (; at < 50; at++) {
      seen.save(() => record(at));
      vi.advanceTimersByTime(100);
    }
    expect(storage.setItem.mock.calls.length).toBe(2);
    seen.flush();
    expect(seen.load()?.at).toBe(50);
  });

  it('is not written when there is nothing to say, and not read from rubbish', () => {
    const seen = new Seen(storage, 'k');
    seen.save(() => undefined);
    seen.flush();
    expect(storage.setItem).not.toHaveBeenCalled();
    const place = { partition: 3, ms: 1, offset: 1, epoch: 'abcdef' };
    const of = { count: 2, finished: ['t1'], failed: [], from: place, to: place };
    const text = (unopened: unknown) => JSON.stringify({ cursor: ['3:1-1.abcdef'], at: 1, unopened });
    stored.set('k', text({ a1: of }));
    expect(seen.load()?.unopened).toEqual({ a1: of });
    const broken = [
      { a1: 1 },
      { a1: {} },
      { a1: { ...of, count: '2' } },
      { a1: { ...of, failed: null } },
      { a1: { ...of, stopped: 5 } },
    ];
    const misplaced = [{ a1: { ...of, to: undefined } }, { a1: { ...of, from: { ...place, ms: null } } }, ['a1']];
    for (const unopened of [...broken, ...misplaced]) {
      stored.set('k', text(unopened));
      expect(seen.load()).toBeUndefined();
    }
    for (const rubbish of ['', '{', '[]', '{"cursor":[1],"at":1,"unopened":{}}', '{"cursor":["a"]}']) {
      stored.set('k', rubbish);
      expect(seen.load()).toBeUndefined();
    }
  });

  it('is dropped at sign-out of another’s page', () => {
    const seen = new Seen(storage, 'k');
    seen.save(() => record(1));
    seen.stop();
    vi.advanceTimersByTime(10_000);
    expect(storage.setItem).not.toHaveBeenCalled();
  });
});
