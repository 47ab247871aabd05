import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Alerts, GATHER_MS, REST_MS, wordsFor } from '../src/model/alerts';
import { badgeOf } from '../src/model/badge';
import type { MissedOfAgent } from '../src/model/missed';
import { event } from './samples';

describe('notifications', () => {
  let permission: NotificationPermission | 'unsupported';
  let shown: { title: string; body: string; clicked: () => void; closed: boolean }[];
  let kept: Map<string, string>;
  let opened: (string | undefined)[];
  let alerts: Alerts;

  const make = () =>
    new Alerts(
      {
        permission: () => permission,
        ask: async () => (permission = 'granted'),
        show: (title, body, clicked) => {
          const one = { title, body, clicked, closed: false };
          shown.push(one);
          return { close: () => void (one.closed = true) };
        },
      },
      {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, value: string) => void kept.set(key, value),
        removeItem: (key: string) => void kept.delete(key),
      },
      (agent) => opened.push(agent),
    );
  const ended = (agent: string, code: number, task = 't1') =>
    alerts.take(event('task.finished', { exit_code: code }, { agent, task }));

  beforeEach(async () => {
    vi.useFakeTimers();
    permission = 'default';
    shown = [];
    kept = new Map();
    opened = [];
    alerts = make();
    await alerts.toggle();
    alerts.hide();
  });
  afterEach(() => void vi.useRealTimers());

  it('tell what ends at about the same time in one', () => {
    ended('a1', 1);
    ended('a2', 0);
    alerts.take(event('agent.status', { status: 'failed' }, { agent: 'a1', task: 't1' }));
    expect(shown).toEqual([]);
    vi.advanceTimersByTime(GATHER_MS);
    expect(shown).toMatchObject([{ title: '1 task failed, 1 finished', body: 'a1, a2' }]);
  });

  it('come no more often than that, and say all since the page was hidden', () => {
    ended('a1', 0);
    vi.advanceTimersByTime(GATHER_MS);
    for (let i = 0; i < 50; i++) {
      ended('a2', 0, `t${i}`);
      vi.advanceTimersByTime(100);
    }
    expect(shown).toHaveLength(1);
    vi.advanceTimersByTime(REST_MS);
    expect(shown).toHaveLength(2);
    expect(shown[1]).toMatchObject({ title: '51 tasks finished', body: 'a1, a2' });
  });

  it('do not come while somebody looks, and go when somebody does', () => {
    ended('a1', 1);
    vi.advanceTimersByTime(GATHER_MS);
    ended('a2', 1);
    alerts.show();
    vi.advanceTimersByTime(REST_MS * 2);
    ended('a3', 1);
    vi.advanceTimersByTime(REST_MS * 2);
    expect(shown).toHaveLength(1);
    expect(shown[0]!.closed).toBe(true);
  });

  it('come only by consent, which is kept and can be taken back', async () => {
    expect(alerts.state.value).toBe('on');
    expect(make().state.value).toBe('on');
    await alerts.toggle();
    expect([alerts.state.value, make().state.value]).toEqual(['off', 'off']);
    ended('a1', 1);
    vi.advanceTimersByTime(REST_MS);
    expect(shown).toEqual([]);
    permission = 'denied';
    expect(make().state.value).toBe('denied');
    permission = 'unsupported';
    expect(make().state.value).toBe('unsupported');
  });

  it('say nothing of what somebody stopped, whichever comes first', () => {
    ended('a1', 137);
    alerts.take(event('agent.status', { status: 'stopped' }, { agent: 'a1', task: 't1' }));
    alerts.take(event('agent.status', { status: 'stopped' }, { agent: 'a2', task: 't1' }));
    ended('a2', 137);
    vi.advanceTimersByTime(REST_MS);
    expect(shown).toEqual([]);
  });

  it('lead to the agent if it is of one', () => {
    ended('a1', 1);
    vi.advanceTimersByTime(GATHER_MS);
    shown[0]!.clicked();
    ended('a2', 1);
    vi.advanceTimersByTime(REST_MS);
    shown[1]!.clicked();
    expect(opened).toEqual(['a1', undefined]);
  });

  it('count and name', () => {
    const of = (how: 'failed' | 'finished', ...agents: string[]) => agents.map((agent) => ({ agent, how }));
    expect(wordsFor(of('finished', 'a1')).title).toBe('1 task finished');
    expect(wordsFor([...of('finished', 'a1', 'a2'), ...of('failed', 'b1', 'b2')])).toEqual({
      title: '2 tasks failed, 2 finished',
      body: 'b1, b2, a1 and 1 more',
    });
  });
});

describe('the tab of the browser', () => {
  const missed = (...failed: string[]): MissedOfAgent => {
    const place = { partition: 1, ms: 1, offset: 1, epoch: 'abcdef' };
    return { count: 1, finished: [], failed, from: place, to: place };
  };

  it('says where one is, and how many agents have something unseen', () => {
    expect(badgeOf({}, new Map())).toEqual({ title: 'Realtime', icon: '/icon.svg' });
    expect(badgeOf({ agent: 'a1' }, new Map([['a2', missed()]]))).toEqual({
      title: '(1) a1 · Realtime',
      icon: '/icon-news.svg',
    });
    const many = new Map(Array.from({ length: 120 }, (_, i) => [`a${i}`, missed(...(i === 7 ? ['t1'] : []))]));
    expect(badgeOf({ view: 'wall' }, many)).toEqual({ title: '(99+) Wall · Realtime', icon: '/icon-failed.svg' });
  });
});
